package extract

import (
	"strings"

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
		if s := t.text(i, nil); s != "" && len(s) <= maxTitle {
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
		return best.text, best.i, t.nodes[best.i].Data
	}
	at = -1
	if len(h1) == 1 {
		at = h1[0].i
	}
	for _, s := range d.facts[titleFact] {
		if v := p.withoutSite(s.value); v != "" && !strings.EqualFold(v, d.siteName) {
			if at >= 0 && s.rule != "json-ld" && words(h1[0].text) >= 3 {
				break // one heading that disagrees with the tags for sharing
			}
			return v, at, s.rule
		}
	}
	switch {
	case len(h1) > 0:
		return h1[0].text, h1[0].i, "h1"
	case len(h2) > 0 && d.pageTitle == "":
		return h2[0].text, h2[0].i, "h2"
	}
	if v := p.withoutSite(d.pageTitle); v != "" {
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

// withoutSite cuts the site's name off a title: "Port opens | Example News".
func (p *page) withoutSite(s string) string {
	d := p.declarations()
	for _, sep := range []string{" | ", " - ", " – ", " — ", " :: ", " » ", " « ", " · "} {
		i := strings.LastIndex(s, sep)
		if i < 0 {
			continue
		}
		head, tail := s[:i], s[i+len(sep):]
		named := d.siteName != "" && strings.EqualFold(tail, d.siteName)
		if named || words(tail) <= 4 && words(head) >= 3 && words(head) > words(tail) {
			return strings.TrimSpace(head)
		}
	}
	return s
}
