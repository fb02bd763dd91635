package date

import (
	"slices"
	"sync"
	"time"
)

// countryZones maps a top-level domain to the time zone that most people and
// newspapers of the country live in. Domains that are mostly used for their
// looks (.io, .tv, .me) and the United States are left out. Source: zone1970.tab
// of the IANA time zone database.
var countryZones = map[string]string{
	"ae": "Asia/Dubai", "al": "Europe/Tirane", "am": "Asia/Yerevan", "ar": "America/Argentina/Buenos_Aires", "at": "Europe/Vienna", "au": "Australia/Sydney",
	"az": "Asia/Baku", "ba": "Europe/Sarajevo", "bd": "Asia/Dhaka", "be": "Europe/Brussels", "bg": "Europe/Sofia",
	"bo": "America/La_Paz", "br": "America/Sao_Paulo",
	"by": "Europe/Minsk", "ca": "America/Toronto", "ch": "Europe/Zurich", "cl": "America/Santiago",
	"cn": "Asia/Shanghai", "cr": "America/Costa_Rica", "cu": "America/Havana",
	"cy": "Asia/Nicosia", "cz": "Europe/Prague", "de": "Europe/Berlin", "dk": "Europe/Copenhagen", "do": "America/Santo_Domingo", "dz": "Africa/Algiers",
	"ec": "America/Guayaquil", "ee": "Europe/Tallinn", "eg": "Africa/Cairo", "es": "Europe/Madrid",
	"fi": "Europe/Helsinki", "fr": "Europe/Paris", "ge": "Asia/Tbilisi",
	"gl": "America/Nuuk", "gr": "Europe/Athens", "gt": "America/Guatemala", "hk": "Asia/Hong_Kong",
	"hr": "Europe/Zagreb", "hu": "Europe/Budapest", "id": "Asia/Jakarta",
	"ie": "Europe/Dublin", "il": "Asia/Jerusalem", "in": "Asia/Kolkata", "iq": "Asia/Baghdad", "ir": "Asia/Tehran",
	"is": "Atlantic/Reykjavik", "it": "Europe/Rome", "jo": "Asia/Amman", "jp": "Asia/Tokyo",
	"ke": "Africa/Nairobi", "kg": "Asia/Bishkek", "kh": "Asia/Phnom_Penh", "kr": "Asia/Seoul", "kw": "Asia/Kuwait",
	"kz": "Asia/Almaty", "lb": "Asia/Beirut", "li": "Europe/Vaduz",
	"lk": "Asia/Colombo", "lt": "Europe/Vilnius", "lu": "Europe/Luxembourg", "lv": "Europe/Riga",
	"ma": "Africa/Casablanca", "md": "Europe/Chisinau", "mk": "Europe/Skopje",
	"mm": "Asia/Yangon", "mt": "Europe/Malta", "mx": "America/Mexico_City", "my": "Asia/Kuala_Lumpur",
	"na": "Africa/Windhoek", "ng": "Africa/Lagos", "nl": "Europe/Amsterdam",
	"no": "Europe/Oslo", "np": "Asia/Kathmandu", "nz": "Pacific/Auckland", "pe": "America/Lima", "ph": "Asia/Manila",
	"pk": "Asia/Karachi", "pl": "Europe/Warsaw",
	"pt": "Europe/Lisbon", "py": "America/Asuncion", "qa": "Asia/Qatar", "ro": "Europe/Bucharest",
	"rs": "Europe/Belgrade", "ru": "Europe/Moscow", "sa": "Asia/Riyadh",
	"se": "Europe/Stockholm", "sg": "Asia/Singapore", "si": "Europe/Ljubljana", "sk": "Europe/Bratislava",
	"sv": "America/El_Salvador", "th": "Asia/Bangkok", "tj": "Asia/Dushanbe", "tm": "Asia/Ashgabat",
	"tn": "Africa/Tunis",
	"tr": "Europe/Istanbul", "tw": "Asia/Taipei", "tz": "Africa/Dar_es_Salaam", "ua": "Europe/Kyiv",
	"ug": "Africa/Kampala", "uk": "Europe/London", "uy": "America/Montevideo",
	"uz": "Asia/Tashkent", "ve": "America/Caracas", "vn": "Asia/Ho_Chi_Minh", "za": "Africa/Johannesburg", "zw": "Africa/Harare",
}

// zones keeps loaded zones by name.
var zones sync.Map

// LoadZone returns the zone with an IANA name, nil when there is none.
func LoadZone(name string) *time.Location {
	if loc, ok := zones.Load(name); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	zones.Store(name, loc)
	return loc
}

// languageZones maps the primary subtag of a language to the zone that most of its
// readers live in.
var languageZones = map[string]string{
	"az": "Asia/Baku", "be": "Europe/Minsk", "bg": "Europe/Sofia", "bs": "Europe/Sarajevo", "cs": "Europe/Prague",
	"da": "Europe/Copenhagen", "de": "Europe/Berlin", "el": "Europe/Athens",
	"et": "Europe/Tallinn", "fa": "Asia/Tehran", "fi": "Europe/Helsinki", "gu": "Asia/Kolkata", "he": "Asia/Jerusalem",
	"hi": "Asia/Kolkata", "hr": "Europe/Zagreb",
	"hu": "Europe/Budapest", "hy": "Asia/Yerevan", "is": "Atlantic/Reykjavik", "it": "Europe/Rome", "ja": "Asia/Tokyo",
	"ka": "Asia/Tbilisi", "kk": "Asia/Almaty", "km": "Asia/Phnom_Penh",
	"kn": "Asia/Kolkata", "ko": "Asia/Seoul", "lo": "Asia/Vientiane", "lt": "Europe/Vilnius", "lv": "Europe/Riga",
	"mk": "Europe/Skopje", "ml": "Asia/Kolkata", "mr": "Asia/Kolkata",
	"my": "Asia/Yangon", "nb": "Europe/Oslo", "ne": "Asia/Kathmandu", "nl": "Europe/Amsterdam", "nn": "Europe/Oslo",
	"no": "Europe/Oslo", "pa": "Asia/Kolkata", "pl": "Europe/Warsaw",
	"ro": "Europe/Bucharest", "ru": "Europe/Moscow", "si": "Asia/Colombo", "sk": "Europe/Bratislava",
	"sl": "Europe/Ljubljana", "sq": "Europe/Tirane", "sr": "Europe/Belgrade",
	"sv": "Europe/Stockholm", "ta": "Asia/Kolkata", "te": "Asia/Kolkata", "th": "Asia/Bangkok",
	"tr": "Europe/Istanbul", "uk": "Europe/Kyiv", "ur": "Asia/Karachi",
	"uz": "Asia/Tashkent", "vi": "Asia/Ho_Chi_Minh", "zh": "Asia/Shanghai",
}

// America stands for the zones of the United States, whose days differ only for
// some hours of the night.
const America = "America/New_York"

// severalZones are the top-level domains of countries with more than one zone.
var severalZones = []string{"au", "br", "ca", "cl", "ec", "es", "gl", "id", "mx", "nz", "pt", "ru"}

// CountryZone returns the IANA name of the zone of the country with a top-level
// domain, "" when none is known, and whether nearly all the country lives in it.
func CountryZone(domain string) (zone string, sole bool) {
	zone = countryZones[domain]
	return zone, zone != "" && !slices.Contains(severalZones, domain)
}

// LanguageZone returns the zone of the language with that primary subtag, "" when
// none is known.
func LanguageZone(primary string) string { return languageZones[primary] }

// americanTimes maps the abbreviations of times of the United States that leave
// open whether it is summer.
var americanTimes = map[string]string{
	"et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles",
}

// zoneNames maps abbreviations that name one offset in practice to minutes east of
// UTC. Ambiguous ones (IST, BST, AST) are left out.
var zoneNames = map[string]int{
	"est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
	"cet": 60, "cest": 120, "mez": 60, "mesz": 120, "eet": 120, "eest": 180, "msk": 180, "мск": 180, "jst": 540,
	"kst": 540,
	"wib": 420, "sgt": 480, "hkt": 480, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780,
}
