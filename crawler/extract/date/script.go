package date

import (
	"iter"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// Quoted reads the first string literal of a script that is a date.
func (r Reader) Quoted(script string) (item.Date, bool) {
	for rest := script; ; {
		i := strings.IndexAny(rest, `"'`)
		if i < 0 {
			return item.Date{}, false
		}
		end := strings.IndexByte(rest[i+1:], rest[i])
		if end < 0 {
			return item.Date{}, false
		}
		s := rest[i+1 : i+1+end]
		rest = rest[i+2+end:]
		if len(s) > maxMachine {
			continue
		}
		if f, ok := r.Find(s); ok && f.Alone(s) {
			return f.Date, true
		}
	}
}

// stateKeys are parts of the keys of a page's date in scripts, the most reliable
// first: datePublished, publishDate, pub_date, createdAt.
var stateKeys = []string{
	"ublished", "ublish", "ublica", "ubDate", "ubdate", "ub_date", "ostDate", "ost_date", "rticleDate", "rticle_date",
	"reated",
}

// keyed is what was found under the keys that share one part of stateKeys.
type keyed struct {
	date    item.Date
	key     string
	several bool // the keys name several days
}

// maxKey is the longest key of a date, in bytes.
const maxKey = 40

// keyedIn looks for the values of keys that contain part.
func (r Reader) keyedIn(script, part string, found *keyed) {
	for at := 0; ; {
		i := strings.Index(script[at:], part)
		if i < 0 {
			return
		}
		i += at
		at = i + len(part)
		key, rest := keyAround(script, i, at)
		if len(key) > maxKey || ChangedNames.In(key) {
			continue
		}
		d, ok := r.machine(valueAfter(rest))
		if !ok || r.IsClock(d) {
			continue
		}
		if !found.date.IsZero() && found.date.Day() != d.Day() {
			found.several = true
			return
		}
		if found.date.IsZero() || found.date.Precision == item.Day && d.Precision == item.Second {
			found.date, found.key = d, key
		}
	}
}

// keyAround returns the key around script[from:to], and what follows it.
func keyAround(script string, from, to int) (key, rest string) {
	begin, end := from, to
	for begin > 0 && from-begin <= maxKey && inKey(script[begin-1]) {
		begin--
	}
	for end < len(script) && end-from <= maxKey && inKey(script[end]) {
		end++
	}
	return script[begin:end], script[end:]
}

// inKey reports whether c may stand in a key.
func inKey(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.'
}

// valueAfter returns the value that follows a key: ": "2020-05-02", ', '20200502',
// = 1588384469. It is "" when there is none.
func valueAfter(s string) string {
	s = s[:min(len(s), maxMachine+16)]
	rest := strings.TrimLeft(s, `\"' `)
	if rest == "" || strings.IndexByte(":=,", rest[0]) < 0 {
		return ""
	}
	rest = strings.TrimLeft(rest[1:], `\"' `)
	if i := strings.IndexAny(rest, `"'\,}])<;`+"\n"); i >= 0 {
		rest = rest[:i]
	}
	if len(rest) > maxMachine {
		return ""
	}
	return rest
}

// Keyed reads the date that a page's scripts have under a key: in the settings of a
// statistics service, in application state, in JSON-LD that cannot be decoded. A
// key counts if it has one day on the whole page, since each of several articles
// has its own. Keyed returns the key too.
func (r Reader) Keyed(scripts iter.Seq[string]) (item.Date, string) {
	left := maxScripts
	found := make([]keyed, len(stateKeys))
	for script := range scripts {
		if left -= len(script); left < 0 {
			break
		}
		for k, part := range stateKeys {
			if !found[k].several {
				r.keyedIn(script, part, &found[k])
			}
		}
	}
	for k := range found {
		if f := &found[k]; !f.several && !f.date.IsZero() {
			return f.date, f.key
		}
	}
	return item.Date{}, ""
}

// maxScripts is how much of a page's scripts is searched, in bytes.
const maxScripts = 8 << 20

// maxZones bounds the names of zones that are looked up for one page.
const maxZones = 50

// maxZoneKey is the distance between a zone's name and its key, in bytes.
const maxZoneKey = 40

// zoneName returns the name of a zone at the beginning of s, whose slash may be escaped.
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

// zoneSlash resolves escaped slashes.
var zoneSlash = strings.NewReplacer(`\/`, "/", `\u002F`, "/", `\u002f`, "/", "%2F", "/")

// NamedZone returns the zone that scripts name as a setting:
// "timezone":"America/New_York". It is nil when they name none or several.
func NamedZone(scripts iter.Seq[string]) *time.Location {
	s := zoneSearch{}
	for script := range scripts {
		for _, area := range [...]string{"America", "Europe", "Asia", "Australia", "Africa", "Pacific"} {
			if !s.search(script, area) {
				return s.found
			}
		}
	}
	return s.found
}

// zoneSearch looks for zones in scripts.
type zoneSearch struct {
	found *time.Location
	tried int
}

// search looks up the zones of an area that a script names as settings. It returns
// false when the search is over: two zones or too many names were found.
func (s *zoneSearch) search(script, area string) bool {
	for rest := script; ; {
		at := strings.Index(rest, area)
		if at < 0 {
			return true
		}
		before := strings.ToLower(rest[max(0, at-maxZoneKey):at])
		name := zoneName(rest[at:min(len(rest), at+2*maxZoneKey)])
		rest = rest[at+len(area):]
		if name == "" || !dom.ContainsAny(before, "zone", `"tz`, "'tz", " tz") {
			continue
		}
		if s.tried++; s.tried > maxZones {
			return false
		}
		loc := LoadZone(name)
		switch {
		case loc == nil:
		case s.found != nil && s.found.String() != loc.String():
			s.found = nil
			return false
		default:
			s.found = loc
		}
	}
}
