package extract

import (
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // zones where the system has none

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/item"
)

// countryZones are the zones of the countries that have one, or where most
// people and papers live in one, by top-level domain. Domains that are mostly
// used for their looks (.io, .tv, .me) are left out, and the United States.
var countryZones = map[string]string{
	"ae": "Asia/Dubai", "al": "Europe/Tirane", "am": "Asia/Yerevan", "ar": "America/Argentina/Buenos_Aires", "at": "Europe/Vienna", "au": "Australia/Sydney",
	"az": "Asia/Baku", "ba": "Europe/Sarajevo", "bd": "Asia/Dhaka", "be": "Europe/Brussels", "bg": "Europe/Sofia", "bo": "America/La_Paz", "br": "America/Sao_Paulo",
	"by": "Europe/Minsk", "ca": "America/Toronto", "ch": "Europe/Zurich", "cl": "America/Santiago", "cn": "Asia/Shanghai", "cr": "America/Costa_Rica", "cu": "America/Havana",
	"cy": "Asia/Nicosia", "cz": "Europe/Prague", "de": "Europe/Berlin", "dk": "Europe/Copenhagen", "do": "America/Santo_Domingo", "dz": "Africa/Algiers",
	"ec": "America/Guayaquil", "ee": "Europe/Tallinn", "eg": "Africa/Cairo", "es": "Europe/Madrid", "fi": "Europe/Helsinki", "fr": "Europe/Paris", "ge": "Asia/Tbilisi",
	"gl": "America/Nuuk", "gr": "Europe/Athens", "gt": "America/Guatemala", "hk": "Asia/Hong_Kong", "hr": "Europe/Zagreb", "hu": "Europe/Budapest", "id": "Asia/Jakarta",
	"ie": "Europe/Dublin", "il": "Asia/Jerusalem", "in": "Asia/Kolkata", "iq": "Asia/Baghdad", "ir": "Asia/Tehran", "it": "Europe/Rome", "jo": "Asia/Amman", "jp": "Asia/Tokyo",
	"ke": "Africa/Nairobi", "kg": "Asia/Bishkek", "kh": "Asia/Phnom_Penh", "kr": "Asia/Seoul", "kw": "Asia/Kuwait", "kz": "Asia/Almaty", "lb": "Asia/Beirut", "li": "Europe/Vaduz",
	"lk": "Asia/Colombo", "lt": "Europe/Vilnius", "lu": "Europe/Luxembourg", "lv": "Europe/Riga", "ma": "Africa/Casablanca", "md": "Europe/Chisinau", "mk": "Europe/Skopje",
	"mm": "Asia/Yangon", "mt": "Europe/Malta", "mx": "America/Mexico_City", "my": "Asia/Kuala_Lumpur", "na": "Africa/Windhoek", "ng": "Africa/Lagos", "nl": "Europe/Amsterdam",
	"no": "Europe/Oslo", "np": "Asia/Kathmandu", "nz": "Pacific/Auckland", "pe": "America/Lima", "ph": "Asia/Manila", "pk": "Asia/Karachi", "pl": "Europe/Warsaw",
	"pt": "Europe/Lisbon", "py": "America/Asuncion", "qa": "Asia/Qatar", "ro": "Europe/Bucharest", "rs": "Europe/Belgrade", "ru": "Europe/Moscow", "sa": "Asia/Riyadh",
	"se": "Europe/Stockholm", "sg": "Asia/Singapore", "si": "Europe/Ljubljana", "sk": "Europe/Bratislava", "sv": "America/El_Salvador", "th": "Asia/Bangkok", "tn": "Africa/Tunis",
	"tr": "Europe/Istanbul", "tw": "Asia/Taipei", "tz": "Africa/Dar_es_Salaam", "ua": "Europe/Kyiv", "ug": "Africa/Kampala", "uk": "Europe/London", "uy": "America/Montevideo",
	"uz": "Asia/Tashkent", "ve": "America/Caracas", "vn": "Asia/Ho_Chi_Minh", "za": "Africa/Johannesburg", "zw": "Africa/Harare",
}

// zones keeps the zones that were loaded, by name.
var zones sync.Map

func loadZone(name string) *time.Location {
	if loc, ok := zones.Load(name); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil // no zone data on this machine
	}
	zones.Store(name, loc)
	return loc
}

// languageZones are the zones of the languages that most readers of which live
// in one, or in several of the same time, by primary subtag.
var languageZones = map[string]string{
	"az": "Asia/Baku", "be": "Europe/Minsk", "bg": "Europe/Sofia", "bs": "Europe/Sarajevo", "cs": "Europe/Prague", "da": "Europe/Copenhagen", "de": "Europe/Berlin", "el": "Europe/Athens",
	"et": "Europe/Tallinn", "fa": "Asia/Tehran", "fi": "Europe/Helsinki", "gu": "Asia/Kolkata", "he": "Asia/Jerusalem", "hi": "Asia/Kolkata", "hr": "Europe/Zagreb",
	"hu": "Europe/Budapest", "hy": "Asia/Yerevan", "is": "Atlantic/Reykjavik", "it": "Europe/Rome", "ja": "Asia/Tokyo", "ka": "Asia/Tbilisi", "kk": "Asia/Almaty", "km": "Asia/Phnom_Penh",
	"kn": "Asia/Kolkata", "ko": "Asia/Seoul", "lo": "Asia/Vientiane", "lt": "Europe/Vilnius", "lv": "Europe/Riga", "mk": "Europe/Skopje", "ml": "Asia/Kolkata", "mr": "Asia/Kolkata",
	"my": "Asia/Yangon", "nb": "Europe/Oslo", "ne": "Asia/Kathmandu", "nl": "Europe/Amsterdam", "nn": "Europe/Oslo", "no": "Europe/Oslo", "pa": "Asia/Kolkata", "pl": "Europe/Warsaw",
	"ro": "Europe/Bucharest", "ru": "Europe/Moscow", "si": "Asia/Colombo", "sk": "Europe/Bratislava", "sl": "Europe/Ljubljana", "sq": "Europe/Tirane", "sr": "Europe/Belgrade",
	"sv": "Europe/Stockholm", "ta": "Asia/Kolkata", "te": "Asia/Kolkata", "th": "Asia/Bangkok", "tr": "Europe/Istanbul", "uk": "Europe/Kyiv", "ur": "Asia/Karachi",
	"uz": "Asia/Tashkent", "vi": "Asia/Ho_Chi_Minh", "zh": "Asia/Shanghai",
}

// americaZone stands for the United States: what is one day there by it is one
// by the others, but for some hours of the morning.
const americaZone = "America/New_York"

// likelyZone is the zone that the page's dates are likely meant in, and where
// that is known from: the site's as configured, that of its top-level domain,
// or of the region in the page's language (fr-CA), one that its scripts name,
// that of its language; nil when none is known. raw is a moment as the
// page declares it. Two regions say little, since
// systems put them there unasked: es-ES, and en-US on pages that do not write
// the moment as scripts do, with a Z.
func (p *page) likelyZone(raw string) (*time.Location, string) {
	if p.in.Zone != nil {
		return p.in.Zone, "the site's zone"
	}
	tld := topDomain(p.in.URL)
	if name, ok := countryZones[tld]; ok {
		return loadZone(name), "zone of ." + tld
	}
	languages := []string{p.pageLanguage()}
	for _, s := range p.declarations().facts[languageFact] {
		languages = append(languages, languageTag(s.value))
	}
	for _, tag := range languages {
		low := strings.ToLower(tag)
		_, region, _ := strings.Cut(low, "-")
		if name, ok := countryZones[region]; ok && low != "es-es" {
			return loadZone(name), "zone of " + tag
		}
	}
	if loc := p.namedZone(); loc != nil {
		return loc, "zone in a script"
	}
	for _, tag := range languages {
		primary, region, _ := strings.Cut(strings.ToLower(tag), "-")
		if name, ok := languageZones[primary]; ok {
			return loadZone(name), "zone of " + tag
		}
		if primary == "en" && region == "us" && strings.HasSuffix(raw, "Z") {
			return loadZone(americaZone), "zone of " + tag
		}
	}
	return nil, ""
}

// namedZone is the zone that the page's scripts name as a setting, nil when none
// do or several: "timezone":"America/New_York".
func (p *page) namedZone() *time.Location {
	t := p.tree
	var found *time.Location
	tried := 0
	for i := t.find(atom.Script, 0, t.len()); i >= 0; i = t.find(atom.Script, i+1, t.len()) {
		n := t.nodes[i]
		if n.FirstChild == nil {
			continue
		}
		for _, area := range [...]string{"America", "Europe", "Asia", "Australia", "Africa", "Pacific"} {
			for rest := n.FirstChild.Data; ; {
				at := strings.Index(rest, area)
				if at < 0 {
					break
				}
				before := strings.ToLower(rest[max(0, at-maxZoneKey):at])
				name := zoneName(rest[at:min(len(rest), at+2*maxZoneKey)])
				rest = rest[at+len(area):]
				if name == "" || !containsAny(before, "zone", `"tz`, "'tz", " tz") {
					continue
				}
				if tried++; tried > maxZones {
					return found
				}
				loc := loadZone(name)
				switch {
				case loc == nil: // no zone, or none that this machine knows
				case found != nil && found.String() != loc.String():
					return nil
				default:
					found = loc
				}
			}
		}
	}
	return found
}

// maxZones bounds how many names of zones are looked up for one page.
const maxZones = 50

// maxZoneKey is how far before a zone's name its key may stand, in bytes.
const maxZoneKey = 40

// zoneName is the name of a zone that s begins with, its slash escaped or not.
func zoneName(s string) string {
	s = zoneSlash.Replace(s)
	i := 0
	for i < len(s) && (s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' || s[i] == '/' || s[i] == '_') {
		i++
	}
	if strings.IndexByte(s[:i], '/') < 0 {
		return ""
	}
	return s[:i]
}

var zoneSlash = strings.NewReplacer(`\/`, "/", `\u002F`, "/", `\u002f`, "/", "%2F", "/")

// topDomain is the last label of a URL's host, in lower case: "de".
func topDomain(abs string) string {
	host, _, _ := strings.Cut(hostOf(abs), ":")
	return strings.ToLower(host[strings.LastIndexByte(host, '.')+1:])
}

// local is a date that is declared in UTC as it reads where the site is: the
// same moment, which on some evenings is another day. shown is the date that
// the page shows, zero when it shows none.
func (p *page) local(d, shown item.Date, rule string) (item.Date, string) {
	if _, offset := d.Time.Zone(); !d.Zoned || d.Precision != item.Second || offset != 0 {
		return d, rule
	}
	if !shown.IsZero() && shown.Precision == item.Second && !shown.Zoned && p.in.Zone == nil {
		wall := time.Date(d.Time.Year(), d.Time.Month(), d.Time.Day(), d.Time.Hour(), d.Time.Minute(), 0, 0, time.UTC)
		off := shown.Time.Truncate(time.Minute).Sub(wall)
		if off%(30*time.Minute) == 0 && off.Abs() <= 14*time.Hour {
			d.Time = d.Time.In(time.FixedZone("", int(off/time.Second)))
			return d, rule + ", zone as shown"
		}
	}
	loc, from := p.likelyZone(d.Raw)
	if loc != nil {
		there := d
		there.Time = d.Time.In(loc)
		if shown.IsZero() || shown.Day() == there.Day() || shown.Day() != d.Day() {
			return there, rule + ", " + from
		}
		return d, rule
	}
	if gap := midnight(shown).Sub(midnight(d)); !shown.IsZero() && (gap == 24*time.Hour && d.Time.Hour() >= 10 || gap == -24*time.Hour && d.Time.Hour() < 14) {
		p.note("date: %s says %s, the page shows %s, which is the day there", rule, d, shown)
		return item.Date{Time: midnight(shown), Raw: shown.Raw}, fmt.Sprintf("%s, day as shown", rule)
	}
	return d, rule
}
