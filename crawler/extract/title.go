package extract

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/declared"
	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// spot is where on the page the article stands, as node indices; -1 when not known.
type spot struct {
	heading   int32 // the element that carries the title
	bodyFirst int32
	bodyLast  int32
}

// title finds the title without selectors, and the element that carries it: the
// heading that agrees with what the page declares, else what it declares, else
// the first heading.
func (p *page) title() (text string, at int32, rule string) {
	d := p.declarations()
	t := p.tree
	type candidate struct {
		i    int32
		text string
	}
	var h1, h2 []candidate
	for i := int32(0); i < t.Len(); i++ {
		a := t.Nodes[i].DataAtom
		if a != atom.H1 && a != atom.H2 || p.aside != nil && p.aside[i] {
			continue
		}
		if t.Closest(i, atom.Nav) >= 0 || t.Closest(i, atom.Footer) >= 0 {
			continue
		}
		if s := t.Text(i, nil); s != "" && len(s) <= dom.MaxTitle {
			if p.isSite(s) {
				p.note("title: %s %.60q is the site's name", t.Nodes[i].Data, s)
				continue
			}
			if a == atom.H1 && len(h1) < 50 {
				h1 = append(h1, candidate{i, s})
			} else if a == atom.H2 && len(h2) < 20 {
				h2 = append(h2, candidate{i, s})
			}
		}
	}
	best, score := candidate{i: -1}, .5
	for k, c := range append(h1, h2...) {
		s := p.agreement(c.text)
		if s >= .5 && k < len(h1) {
			s += .1
		}
		if s > score {
			best, score = c, s
		}
	}
	if best.i >= 0 {
		text, rule = p.withoutKicker(best.text, best.i)
		if v, r := p.asInURL(text); v != "" {
			text, rule = v, r
		}
		return text, best.i, rule
	}
	at = -1
	if len(h1) == 1 {
		at = h1[0].i
	}
	for _, s := range d.Fields[declared.Title] {
		v := p.withoutSite(s.Value)
		if p.isSite(v) {
			p.note("title: %s says %.60q, which is the site's name", s.Rule, s.Value)
			continue
		}
		if v != "" {
			if at >= 0 && s.Rule != "json-ld" && dom.Words(h1[0].text) >= 3 {
				break // one heading that disagrees with the tags for sharing
			}
			return v, at, s.Rule
		}
	}
	switch {
	case len(h1) > 0:
		return h1[0].text, h1[0].i, "h1"
	case len(h2) > 0 && (d.PageTitle == "" || p.isSite(d.PageTitle)):
		return h2[0].text, h2[0].i, "h2"
	}
	if v := p.withoutSite(d.PageTitle); v != "" && !p.isSite(v) {
		return v, -1, "title element"
	}
	return "", -1, ""
}

// agreement returns how much of a heading the page's declared titles repeat, 0 to 1.
func (p *page) agreement(s string) float64 {
	key := dom.Slug(s)
	if len(key) < 6 {
		return 0
	}
	d := p.declarations()
	if strings.EqualFold(s, d.SiteName) {
		return 0
	}
	best := 0.0
	check := func(v string, weight float64) {
		other := dom.Slug(v)
		switch {
		case other == "":
		case other == key:
			best = max(best, weight)
		case strings.Contains(other, key):
			best = max(best, weight*(.5+.5*float64(len(key))/float64(len(other))))
		default:
			best = max(best, weight*overlap(key, other))
		}
	}
	for _, v := range d.Fields[declared.Title] {
		check(v.Value, 1)
	}
	check(d.PageTitle, .95)
	return best
}

// overlap returns the share of words that two slugs have in common.
func overlap(a, b string) float64 {
	left, right := strings.Split(a, "-"), strings.Split(b, "-")
	if len(left) > 60 || len(right) > 60 {
		return 0
	}
	n := 0
	for _, w := range left {
		if slices.Contains(right, w) {
			n++
		}
	}
	return float64(n) / float64(max(len(left), len(right)))
}

// withoutKicker returns the heading at i without the kicker or sub-heading that some
// sites put into it: what the page declares its title to be, where the heading
// begins or ends with that and holds more in elements of its own.
func (p *page) withoutKicker(text string, i int32) (string, string) {
	t := p.tree
	pieces := 0
	for k := i + 1; k < t.End[i]; k++ {
		if t.IsText(k) && strings.TrimSpace(t.Nodes[k].Data) != "" {
			pieces++
		}
	}
	key := dom.Slug(text)
	for _, s := range p.declarations().Fields[declared.Title] {
		v := p.withoutSite(s.Value)
		other := dom.Slug(v)
		if pieces > 1 && dom.Words(v) >= 3 && (other == key || strings.HasPrefix(key, other+"-") || strings.HasSuffix(key, "-"+other)) {
			return v, s.Rule + " within " + t.Nodes[i].Data
		}
	}
	return text, t.Nodes[i].Data
}

// asInURL returns the declared title that the page's URL was made from, "" when
// there is none or when the heading agrees with the URL well enough. Sites
// that show one headline and are known to the world by another name the page
// after the latter.
func (p *page) asInURL(shown string) (string, string) {
	if len(p.declarations().Fields[declared.Title]) == 0 {
		return "", ""
	}
	name := p.urlName()
	if len(name) < 4 {
		return "", ""
	}
	agrees := inName(shown, name)
	if agrees >= .7 {
		return "", ""
	}
	for _, s := range p.declarations().Fields[declared.Title] {
		if v := p.withoutSite(s.Value); dom.Words(v) >= 4 && inName(v, name) >= max(.8, agrees+.3) {
			return v, s.Rule + ", as in the url"
		}
	}
	return "", ""
}

// urlName returns the words of the longest segment of the page's path, those with a
// digit aside.
func (p *page) urlName() []string {
	var longest []string
	for _, segment := range strings.Split(strings.ToLower(p.path()), "/") {
		if strings.Count(segment, "-")+strings.Count(segment, "_")+strings.Count(segment, "+")+strings.Count(segment, ".") < len(longest) {
			continue
		}
		segment = strings.TrimSuffix(strings.TrimSuffix(segment, ".html"), ".htm")
		segment = spellOut.Replace(segment)
		parts := strings.FieldsFunc(segment, func(r rune) bool { return r == '-' || r == '_' || r == '+' || r == '.' })
		parts = slices.DeleteFunc(parts, func(w string) bool { return strings.ContainsAny(w, "0123456789") || len(w) < 2 })
		if len(parts) > len(longest) {
			longest = parts
		}
	}
	return longest
}

// spellOut writes letters as URLs do.
var spellOut = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "è", "e", "ê", "e", "ë", "e", "à", "a", "â", "a", "á", "a", "ã", "a", "ç", "c",
	"í", "i", "î", "i", "ï", "i", "ó", "o", "ô", "o", "õ", "o", "ú", "u", "û", "u", "ù", "u", "ñ", "n", "å", "a", "ø", "o", "æ", "ae", "œ", "oe", "’", "", "'", "")

// inName returns the share of words that a title and the name of a page have in common.
func inName(title string, name []string) float64 {
	n, of := 0, 0
	for _, w := range strings.Split(dom.Slug(spellOut.Replace(strings.ToLower(title))), "-") {
		if len(w) < 2 || strings.ContainsAny(w, "0123456789") {
			continue
		}
		of++
		if slices.Contains(name, w) {
			n++
		}
	}
	return float64(n) / float64(max(of, len(name), 1))
}

// withoutSite cuts the site's name off a title: "Port opens | Example News".
func (p *page) withoutSite(s string) string {
	d := p.declarations()
	for _, name := range []string{d.SiteName, d.Publisher()} {
		rest, ok := strings.CutSuffix(s, name)
		cut := strings.TrimRight(rest, " \u00a0|-–—:·»«ㅣ_/")
		if !ok || name == "" || cut == rest || dom.Words(cut) < 3 {
			continue
		}
		// 제목-정치ㅣ신문: a section before the name
		if i := strings.LastIndexByte(cut, '-'); i > 0 && dom.HasWide(cut[i:]) && utf8.RuneCountInString(cut[i:]) <= 7 && !strings.HasSuffix(rest, " ") {
			cut = cut[:i]
		}
		return cut
	}
	for _, sep := range []string{" | ", " - ", " – ", " — ", " :: ", " » ", " « ", " · "} {
		i := strings.LastIndex(s, sep)
		if i < 0 {
			continue
		}
		head, tail := s[:i], s[i+len(sep):]
		if dom.Words(tail) <= 4 && dom.Words(head) >= 3 && dom.Words(head) > dom.Words(tail) {
			return strings.TrimSpace(head)
		}
	}
	return s
}
