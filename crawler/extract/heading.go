package extract

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
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
	for i := int32(0); i < t.len(); i++ {
		a := t.nodes[i].DataAtom
		if a != atom.H1 && a != atom.H2 || p.aside != nil && p.aside[i] {
			continue
		}
		if t.closest(i, atom.Nav) >= 0 || t.closest(i, atom.Footer) >= 0 {
			continue
		}
		if s := t.text(i, nil); s != "" && len(s) <= maxTitle {
			if p.isSite(s) {
				p.note("title: %s %.60q is the site's name", t.nodes[i].Data, s)
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
	for _, s := range d.facts[titleFact] {
		v := p.withoutSite(s.value)
		if p.isSite(v) {
			p.note("title: %s says %.60q, which is the site's name", s.rule, s.value)
			continue
		}
		if v != "" {
			if at >= 0 && s.rule != "json-ld" && words(h1[0].text) >= 3 {
				break // one heading that disagrees with the tags for sharing
			}
			return v, at, s.rule
		}
	}
	switch {
	case len(h1) > 0:
		return h1[0].text, h1[0].i, "h1"
	case len(h2) > 0 && (d.pageTitle == "" || p.isSite(d.pageTitle)):
		return h2[0].text, h2[0].i, "h2"
	}
	if v := p.withoutSite(d.pageTitle); v != "" && !p.isSite(v) {
		return v, -1, "title element"
	}
	return "", -1, ""
}

// agreement is how much of a heading the page's declared titles repeat, 0 to 1.
func (p *page) agreement(s string) float64 {
	key := slug(s)
	if len(key) < 6 {
		return 0
	}
	d := p.declarations()
	if strings.EqualFold(s, d.siteName) {
		return 0
	}
	best := 0.0
	check := func(v string, weight float64) {
		other := slug(v)
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
	for _, v := range d.facts[titleFact] {
		check(v.value, 1)
	}
	check(d.pageTitle, .95)
	return best
}

// overlap is the share of words that two slugs have in common.
func overlap(a, b string) float64 {
	left, right := strings.Split(a, "-"), strings.Split(b, "-")
	if len(left) > 60 || len(right) > 60 {
		return 0
	}
	n := 0
	for _, w := range left {
		if among(w, right) {
			n++
		}
	}
	return float64(n) / float64(max(len(left), len(right)))
}

// withoutKicker is the heading at i without the kicker or sub-heading that some
// sites put into it: what the page declares its title to be, where the heading
// begins or ends with that and holds more in elements of its own.
func (p *page) withoutKicker(text string, i int32) (string, string) {
	t := p.tree
	pieces := 0
	for k := i + 1; k < t.end[i]; k++ {
		if t.isText(k) && strings.TrimSpace(t.nodes[k].Data) != "" {
			pieces++
		}
	}
	key := slug(text)
	for _, s := range p.declarations().facts[titleFact] {
		v := p.withoutSite(s.value)
		other := slug(v)
		if pieces > 1 && words(v) >= 3 && (other == key || strings.HasPrefix(key, other+"-") || strings.HasSuffix(key, "-"+other)) {
			return v, s.rule + " within " + t.nodes[i].Data
		}
	}
	return text, t.nodes[i].Data
}

// asInURL is the declared title that the page's URL was made from, "" when
// there is none or when the heading agrees with the URL well enough. Sites
// that show one headline and are known to the world by another name the page
// after the latter.
func (p *page) asInURL(shown string) (string, string) {
	if len(p.declarations().facts[titleFact]) == 0 {
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
	for _, s := range p.declarations().facts[titleFact] {
		if v := p.withoutSite(s.value); words(v) >= 4 && inName(v, name) >= max(.8, agrees+.3) {
			return v, s.rule + ", as in the url"
		}
	}
	return "", ""
}

// urlName are the words of the longest segment of the page's path, those with a
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

// inName is the share of words that a title and the name of a page have in common.
func inName(title string, name []string) float64 {
	n, of := 0, 0
	for _, w := range strings.Split(slug(spellOut.Replace(strings.ToLower(title))), "-") {
		if len(w) < 2 || strings.ContainsAny(w, "0123456789") {
			continue
		}
		of++
		if among(w, name) {
			n++
		}
	}
	return float64(n) / float64(max(of, len(name), 1))
}

// withoutSite cuts the site's name off a title: "Port opens | Example News".
func (p *page) withoutSite(s string) string {
	d := p.declarations()
	for _, name := range []string{d.siteName, d.publisher()} {
		rest, ok := strings.CutSuffix(s, name)
		cut := strings.TrimRight(rest, " \u00a0|-–—:·»«ㅣ_/")
		if !ok || name == "" || cut == rest || words(cut) < 3 {
			continue
		}
		// 제목-정치ㅣ신문: a section before the name
		if i := strings.LastIndexByte(cut, '-'); i > 0 && wideText(cut[i:]) && utf8.RuneCountInString(cut[i:]) <= 7 && !strings.HasSuffix(rest, " ") {
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
		if words(tail) <= 4 && words(head) >= 3 && words(head) > words(tail) {
			return strings.TrimSpace(head)
		}
	}
	return s
}
