package extract

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/declared"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/extract/list"
)

// spot is the place of the article in the tree; -1 for what is not known.
type spot struct {
	heading   int32 // the element that carries the title
	bodyFirst int32 // the first and last text node of the body
	bodyLast  int32
}

// titleElement is a heading that may carry the title.
type titleElement struct {
	i    int32
	text string
}

// title finds the title without selectors, and the element that carries it: the
// heading that agrees with what the page declares, else the declared title, else
// the first heading.
func (p *page) title() (text string, at int32, rule string) {
	h1, h2 := p.titleElements()
	if best := p.agreeing(h1, h2); best.i >= 0 {
		text, rule = p.withoutKicker(best.text, best.i)
		if v, r := p.asInURL(text); v != "" {
			text, rule = v, r
		}
		return text, best.i, rule
	}
	if v, rule := p.declaredTitle(h1); v != "" {
		if len(h1) == 1 {
			return v, h1[0].i, rule
		}
		return v, -1, rule
	}
	pageTitle := p.declarations().PageTitle
	switch {
	case len(h1) > 0:
		return h1[0].text, h1[0].i, "h1"
	case len(h2) > 0 && (pageTitle == "" || p.isSite(pageTitle)):
		return h2[0].text, h2[0].i, "h2"
	}
	if v := p.withoutSite(pageTitle); v != "" && !p.isSite(v) {
		return v, -1, "title element"
	}
	return "", -1, ""
}

// titleElements returns the headings of the first two levels that may carry the title.
func (p *page) titleElements() (h1, h2 []titleElement) {
	t := p.tree
	for i := int32(0); i < t.Len(); i++ {
		a := t.Atoms[i]
		if a != atom.H1 && a != atom.H2 || p.isAside(i) {
			continue
		}
		if t.Closest(i, atom.Nav) >= 0 || t.Closest(i, atom.Footer) >= 0 {
			continue
		}
		s := p.headingText(i)
		switch {
		case s == "" || len(s) > dom.MaxTitle:
		case p.isSite(s):
			p.note("title: %s %.60q is the site's name", a, s)
		case a == atom.H1 && len(h1) < 50:
			h1 = append(h1, titleElement{i, s})
		case a == atom.H2 && len(h2) < 20:
			h2 = append(h2, titleElement{i, s})
		}
	}
	return h1, h2
}

// headingText returns the text of the heading at i, without what stands beside the
// title in elements of its own: a kicker, a date, a counter, words that are read aloud.
func (p *page) headingText(i int32) string {
	t := p.tree
	var skip []int32
	for k := i + 1; k < t.End[i]; k++ {
		if !t.IsText(k) && p.besideTitle(k) {
			skip = append(skip, k)
			k = t.End[k] - 1
		}
	}
	if rest := strings.TrimLeft(t.WordsOf(i, skip), "|/-–—•·,: "); len(skip) > 0 && dom.Words(rest) >= minTitleWords {
		return rest
	}
	return t.WordsOf(i, nil)
}

// minTitleWords is the number of words of a title from which what stands beside it is
// known to be beside it.
const minTitleWords = 3

// besideTitle reports whether element k within a heading is no part of the title. A
// kicker that ends in a colon is.
func (p *page) besideTitle(k int32) bool {
	t := p.tree
	n := t.Nodes[k]
	switch t.Atoms[k] {
	case atom.Time, atom.Button:
		return true
	case atom.A:
		if dom.Words(t.Text(k, nil)) == 0 {
			return true // the anchor of the heading
		}
	}
	if t.End[k] == k+2 && t.IsText(k+1) && p.dates.Only(dom.Clean(t.Nodes[k+1].Data)) {
		return true
	}
	class := dom.Attr(n, "class")
	if class == "" {
		return false
	}
	return dom.Words(t.Text(k, nil)) > 0 && (list.IsLabel(class) || list.IsKicker(class) && !t.Colon(k))
}

// agreeing returns the heading that agrees best with the declared titles, with an
// index of -1 when none does. An h1 comes before an h2 that agrees as well.
func (p *page) agreeing(h1, h2 []titleElement) titleElement {
	best, score := titleElement{i: -1}, .5
	for k, e := range append(h1, h2...) {
		s := p.agreement(e.text)
		if s >= .5 && k < len(h1) {
			s += .1
		}
		if s > score {
			best, score = e, s
		}
	}
	return best
}

// declaredTitle returns the first declared title that is not the site's name, "" when
// a single h1 of three words or more disagrees with what is declared for sharing.
func (p *page) declaredTitle(h1 []titleElement) (text, rule string) {
	for _, s := range p.declarations().Fields[declared.Title] {
		v := p.withoutSite(s.Value)
		switch {
		case p.isSite(v):
			p.note("title: %s says %.60q, which is the site's name", s.Rule, s.Value)
		case v != "" && len(h1) == 1 && s.Rule != "json-ld" && dom.Words(h1[0].text) >= 3:
			return "", ""
		case v != "":
			return v, s.Rule
		}
	}
	return "", ""
}

// agreement returns how well a heading agrees with the declared titles, 0 to 1.
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
		case strings.Contains(key, other) && len(other) >= minHeld:
			best = max(best, weight*(.5+.4*float64(len(other))/float64(len(key))))
		default:
			best = max(best, weight*overlap(key, other))
		}
	}
	for _, v := range d.Fields[declared.Title] {
		check(v.Value, 1)
	}
	check(d.PageTitle, .95)
	check(p.withoutSite(d.PageTitle), .9)
	return best
}

// minHeld is the length of a declared title that a heading may hold beside another
// text, as a slug in bytes.
const minHeld = 20

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

// withoutKicker returns the heading at i without a kicker or subheading in it. That
// is the declared title, if the heading begins or ends with it and holds the rest
// in other elements.
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
		if dom.Slug(s.Value) == key {
			return s.Value, s.Rule + ", " + t.Nodes[i].Data
		}
		within := other == key || strings.HasPrefix(key, other+"-") || strings.HasSuffix(key, "-"+other)
		if within && pieces > 1 && dom.Words(v) >= 3 {
			return v, s.Rule + " within " + t.Nodes[i].Data
		}
	}
	if v := p.pieceInPageTitle(text, i); v != "" {
		return v, "title element within " + t.Nodes[i].Data
	}
	return text, t.Nodes[i].Data
}

// pieceInPageTitle returns the pieces of the heading at i that begin the page's title,
// "" if the heading does, or none of them.
func (p *page) pieceInPageTitle(text string, i int32) string {
	t := p.tree
	title := dom.Slug(p.withoutSite(p.declarations().PageTitle))
	if title == "" || strings.Contains(title, dom.Slug(text)) {
		return ""
	}
	begins := []int32{i + 1} // of the children of the heading
	for k := t.End[i+1]; k < t.End[i]; k = t.End[k] {
		begins = append(begins, k)
	}
	begins = append(begins, t.End[i])
	for from := range begins {
		for to := len(begins) - 1; to > from; to-- {
			v := dom.TrimSeparators(t.TextBetween(begins[from], begins[to]))
			if dom.Words(v) >= minTitleWords && strings.HasPrefix(title+"-", dom.Slug(v)+"-") {
				return v
			}
		}
	}
	return ""
}

// asInURL returns the declared title that the page's URL was made from, "" when
// there is none or the heading agrees with the URL well enough. Some sites show one
// headline and name the page after another, which search engines show.
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

// urlName returns the words of the longest segment of the page's path, without those
// that have a digit.
func (p *page) urlName() []string {
	var longest []string
	for _, segment := range strings.Split(strings.ToLower(p.path()), "/") {
		segment = strings.TrimSuffix(strings.TrimSuffix(segment, ".html"), ".htm")
		segment = spellOut.Replace(segment)
		parts := strings.FieldsFunc(segment, func(r rune) bool { return strings.ContainsRune("-_+.", r) })
		parts = slices.DeleteFunc(parts, func(w string) bool { return len(w) < 2 || hasDigit(w) })
		if len(parts) > len(longest) {
			longest = parts
		}
	}
	return longest
}

// hasDigit reports whether s has an ASCII digit.
func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// spellOut writes letters as they are spelt in URLs.
var spellOut = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "è", "e", "ê", "e", "ë",
	"e", "à", "a", "â", "a", "á", "a", "ã", "a", "ç", "c",
	"í", "i", "î", "i", "ï", "i", "ó", "o", "ô", "o", "õ", "o", "ú", "u", "û", "u", "ù", "u", "ñ", "n", "å", "a", "ø",
	"o", "æ", "ae", "œ", "oe", "’", "", "'", "")

// inName returns the share of words that a title and a name in a URL have in common.
func inName(title string, name []string) float64 {
	n, of := 0, 0
	for _, w := range strings.Split(dom.Slug(spellOut.Replace(strings.ToLower(title))), "-") {
		if len(w) < 2 || hasDigit(w) {
			continue
		}
		of++
		if slices.Contains(name, w) {
			n++
		}
	}
	return float64(n) / float64(max(of, len(name), 1))
}

// besideSite are the marks between a title and the site's name.
const besideSite = " \u00a0|-‒–—―:·•»«ㅣ_/"

// withoutSite cuts the site's name off a title: "Port opens | Example News".
func (p *page) withoutSite(s string) string {
	d := p.declarations()
	for _, name := range []string{d.SiteName, d.Publisher()} {
		if name == "" {
			continue
		}
		if cut, ok := withoutNameBehind(s, name); ok {
			return cut
		}
		if cut, ok := withoutNameBefore(s, name); ok {
			return cut
		}
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

// withoutNameBehind cuts the site's name off the end of a title.
func withoutNameBehind(s, name string) (string, bool) {
	rest, ok := strings.CutSuffix(s, name)
	cut := strings.TrimRight(rest, besideSite)
	if !ok || cut == rest || dom.Words(cut) < minTitleWords {
		return s, false
	}
	// 제목-정치ㅣ신문: a section before the name
	i := strings.LastIndexByte(cut, '-')
	if i > 0 && dom.HasWide(cut[i:]) && utf8.RuneCountInString(cut[i:]) <= 7 && !strings.HasSuffix(rest, " ") {
		cut = cut[:i]
	}
	return cut, true
}

// withoutNameBefore cuts the site's name off the beginning of a title.
func withoutNameBefore(s, name string) (string, bool) {
	rest, ok := strings.CutPrefix(s, name)
	cut := strings.TrimLeft(rest, besideSite)
	return cut, ok && cut != strings.TrimLeft(rest, " ") && dom.Words(cut) >= minTitleWords
}
