package extract

import (
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/item"
)

// maxDateScript is the longest script, in bytes, that is taken to write a date
// where it stands; maxScriptGap how far from the text it may stand, in nodes.
const (
	maxDateScript = 600
	maxScriptGap  = 250
)

// writtenDate is the date in a string of a short script that writes it where it
// stands: <script>show("2020/04/17 01:43")</script>. The last one before the text
// goes before the first one behind it; one that stands further off is taken when
// no other on the page names another day.
func (p *page) writtenDate(at spot) (item.Date, bool) {
	t := p.tree
	var before, behind, far item.Date
	several, tried := false, 0
	for i := t.find(atom.Script, 0, t.len()); i >= 0; i = t.find(atom.Script, i+1, t.len()) {
		n := t.nodes[i]
		if n.FirstChild == nil || len(n.FirstChild.Data) > maxDateScript || hasAttr(n, "src") || p.isAside(i) {
			continue
		}
		if tried++; tried > maxTraces {
			break
		}
		d, ok := p.quotedDate(n.FirstChild.Data)
		if !ok || p.isClock(d) || p.remote(i) || t.closest(i, atom.Head) >= 0 {
			continue
		}
		switch {
		case at.bodyFirst < 0 || i < at.bodyFirst-maxScriptGap || i > at.bodyLast+maxScriptGap:
			several = several || !far.IsZero() && far.Day() != d.Day()
			far = d
		case i < at.bodyLast:
			before = d
		case behind.IsZero():
			behind = d
		}
	}
	switch {
	case !before.IsZero():
		return before, true
	case !behind.IsZero():
		return behind, true
	}
	return far, !far.IsZero() && !several
}

// quotedDate is the first string literal of a script that is a date.
func (p *page) quotedDate(script string) (item.Date, bool) {
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
		if f, ok := p.dates.find(s); ok && len(s)-(f.end-f.pos) <= 16 {
			return f.date, true
		}
	}
}

// stateKeys are parts of the keys that scripts keep a page's date under, the
// most telling first: datePublished, publishDate, pub_date, createdAt.
var stateKeys = []string{"ublished", "ublish", "ublica", "ubDate", "ubdate", "ub_date", "ostDate", "ost_date", "rticleDate", "rticle_date", "reated"}

// keyedDate is the date that the scripts of the page name under a key: settings
// of a statistics service, application state, JSON-LD that cannot be decoded. A
// key is believed that has one day on the whole page: of several articles each
// has its own.
func (p *page) keyedDate() (item.Date, string) {
	t := p.tree
	if t.find(atom.Script, 0, t.len()) < 0 {
		return item.Date{}, ""
	}
	left := maxState
	found := make([]keyed, len(stateKeys))
	for i := t.find(atom.Script, 0, t.len()); i >= 0; i = t.find(atom.Script, i+1, t.len()) {
		n := t.nodes[i]
		if n.FirstChild == nil {
			continue
		}
		if left -= len(n.FirstChild.Data); left < 0 {
			break
		}
		for k, part := range stateKeys {
			if !found[k].several {
				p.keyedIn(n.FirstChild.Data, part, &found[k])
			}
		}
	}
	for k := range found {
		if f := &found[k]; !f.several && !f.date.IsZero() {
			return f.date, "script, " + f.key
		}
	}
	return item.Date{}, ""
}

// keyed is what was found under the keys that have one part in common.
type keyed struct {
	date    item.Date
	key     string
	several bool // days
}

// maxKey is the longest key of a date, in bytes.
const maxKey = 40

// keyedIn looks for the values of keys with that part in their names.
func (p *page) keyedIn(script, part string, found *keyed) {
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
		if len(key) > maxKey || changedNames.in(key) {
			continue
		}
		d, ok := p.machineDate(valueBehind(script[to:]))
		if !ok || p.isClock(d) {
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
