package date

import (
	"iter"
	"strings"

	"github.com/newsonce/newsonce/crawler/item"
)

// quotedDate is the first string literal of a script that is a date.
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
		if len(s) > maxAttributeDate {
			continue
		}
		if f, ok := r.Find(s); ok && len(s)-(f.End-f.Pos) <= 16 {
			return f.Date, true
		}
	}
}

// stateKeys are parts of the keys that scripts keep a page's date under, the
// most telling first: datePublished, publishDate, pub_date, createdAt.
var stateKeys = []string{"ublished", "ublish", "ublica", "ubDate", "ubdate", "ub_date", "ostDate", "ost_date", "rticleDate", "rticle_date", "reated"}

// Keyed is what was found under the keys that have one part in common.
type keyed struct {
	date    item.Date
	key     string
	several bool // days
}

// maxKey is the longest key of a date, in bytes.
const maxKey = 40

// keyedIn looks for the values of keys with that part in their names.
func (r Reader) keyedIn(script, part string, found *keyed) {
	for at := 0; ; {
		i := strings.Index(script[at:], part)
		if i < 0 {
			return
		}
		i += at
		at = i + len(part)
		from, to := i, at
		for from > 0 && i-from <= maxKey && inKey(script[from-1]) {
			from--
		}
		for to < len(script) && to-i <= maxKey && inKey(script[to]) {
			to++
		}
		key := script[from:to]
		if len(key) > maxKey || ChangedNames.In(key) {
			continue
		}
		d, ok := r.machine(valueBehind(script[to:]))
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

func inKey(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.'
}

// valueBehind is the value that follows a key: ": "2020-05-02", ', '20200502',
// = 1588384469; "" when none does.
func valueBehind(s string) string {
	s = s[:min(len(s), maxAttributeDate+16)]
	rest := strings.TrimLeft(s, `\"' `)
	if rest == "" || strings.IndexByte(":=,", rest[0]) < 0 {
		return ""
	}
	rest = strings.TrimLeft(rest[1:], `\"' `)
	if i := strings.IndexAny(rest, `"'\,}])<;`+"\n"); i >= 0 {
		rest = rest[:i]
	}
	if len(rest) > maxAttributeDate {
		return ""
	}
	return rest
}

// Keyed is the date that the scripts of a page name under a key: settings of a
// statistics service, application state, JSON-LD that cannot be decoded. A key
// is believed that has one day on the whole page: of several articles each has
// its own. It returns the key.
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

// maxScripts is how much of a page's scripts is searched for keys, in bytes.
const maxScripts = 8 << 20
