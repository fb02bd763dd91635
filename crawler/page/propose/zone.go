package propose

import (
	"fmt"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

// countryZones maps the top-level domain of a country to its time zone, for
// countries where all or nearly all people live in one zone. Source:
// zone1970.tab of the IANA time zone database.
var countryZones = map[string]string{
	"ae": "Asia/Dubai", "al": "Europe/Tirane", "am": "Asia/Yerevan", "ar": "America/Argentina/Buenos_Aires", "at": "Europe/Vienna",
	"az": "Asia/Baku", "ba": "Europe/Sarajevo", "bd": "Asia/Dhaka", "be": "Europe/Brussels", "bg": "Europe/Sofia", "by": "Europe/Minsk",
	"ch": "Europe/Zurich", "cn": "Asia/Shanghai", "cy": "Asia/Nicosia", "cz": "Europe/Prague", "de": "Europe/Berlin", "dk": "Europe/Copenhagen",
	"ee": "Europe/Tallinn", "eg": "Africa/Cairo", "fi": "Europe/Helsinki", "fr": "Europe/Paris", "ge": "Asia/Tbilisi", "gr": "Europe/Athens",
	"hk": "Asia/Hong_Kong", "hr": "Europe/Zagreb", "hu": "Europe/Budapest", "ie": "Europe/Dublin", "il": "Asia/Jerusalem", "in": "Asia/Kolkata",
	"iq": "Asia/Baghdad", "ir": "Asia/Tehran", "is": "Atlantic/Reykjavik", "it": "Europe/Rome", "jo": "Asia/Amman", "jp": "Asia/Tokyo",
	"ke": "Africa/Nairobi", "kg": "Asia/Bishkek", "kr": "Asia/Seoul", "kz": "Asia/Almaty", "lb": "Asia/Beirut", "lk": "Asia/Colombo",
	"lt": "Europe/Vilnius", "lu": "Europe/Luxembourg", "lv": "Europe/Riga", "ma": "Africa/Casablanca", "md": "Europe/Chisinau", "me": "Europe/Podgorica",
	"mk": "Europe/Skopje", "my": "Asia/Kuala_Lumpur", "ng": "Africa/Lagos", "nl": "Europe/Amsterdam", "no": "Europe/Oslo", "np": "Asia/Kathmandu",
	"pe": "America/Lima", "ph": "Asia/Manila", "pk": "Asia/Karachi", "pl": "Europe/Warsaw", "ro": "Europe/Bucharest", "rs": "Europe/Belgrade",
	"sa": "Asia/Riyadh", "se": "Europe/Stockholm", "sg": "Asia/Singapore", "si": "Europe/Ljubljana", "sk": "Europe/Bratislava", "th": "Asia/Bangkok",
	"tj": "Asia/Dushanbe", "tm": "Asia/Ashgabat", "tr": "Europe/Istanbul", "tw": "Asia/Taipei", "tz": "Africa/Dar_es_Salaam", "ua": "Europe/Kyiv",
	"uk": "Europe/London", "uz": "Asia/Tashkent", "ve": "America/Caracas", "vn": "Asia/Ho_Chi_Minh", "za": "Africa/Johannesburg",
}

// guessZone returns a time zone for a site and the reason for it. zone is "" when
// there is no guess; a reason then says what contradicts it. declared is a date
// of the site that carries an offset, or the zero Date.
func guessZone(host string, declared item.Date) (zone, reason string) {
	domain := host[strings.LastIndexByte(host, '.')+1:]
	zone = countryZones[domain]
	offset := ""
	if declared.Zoned {
		if _, seconds := declared.Time.Zone(); seconds != 0 {
			offset = declared.Time.Format("-07:00")
		}
	}
	switch {
	case zone == "" && offset == "":
		return "", ""
	case zone == "":
		return "", "its dates declare the offset " + offset + "; enter the zone that has it"
	case offset == "":
		return zone, "a guess from the domain ." + domain
	}
	if loc, err := time.LoadLocation(zone); err != nil || declared.Time.In(loc).Format("-07:00") != offset {
		return "", fmt.Sprintf("the domain .%s suggests %s, but its dates declare the offset %s", domain, zone, offset)
	}
	return zone, fmt.Sprintf("a guess from the domain .%s, and its dates declare the offset %s", domain, offset)
}
