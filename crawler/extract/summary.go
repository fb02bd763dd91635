package extract

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsonce/newsonce/crawler/extract/declared"
	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// fillSummary reads the summary. A declared one must have to do with the article,
// since some sites describe themselves on every page.
func (p *page) fillSummary(a *Article, f *Field) {
	if v, s := p.one(f); v != "" {
		a.Summary = v
		p.result.Rules["summary"] = "selector " + s.Source
		return
	}
	if len(f.Select) > 0 {
		p.note("summary: no selector matched")
	}
	for _, s := range p.declarations().Fields[declared.Summary] {
		if slogan(s.Value, a) {
			p.note("summary: %s says %.60q, which shares no word with the article: the site's slogan", s.Rule, s.Value)
			continue
		}
		a.Summary = s.Value
		p.result.Rules["summary"] = s.Rule
		return
	}
}

// stemLength is the number of characters of a word that are compared. Shorter words
// are left out.
const stemLength = 5

// eachStem calls f for the stems of the words of s, in lower case, until f returns
// false. It reports whether f never did.
func eachStem(s string, f func(stem string) bool) bool {
	low := strings.ToLower(s)
	n, from, end := 0, 0, 0
	for i, r := range low {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			if n == 0 {
				from = i
			}
			if n++; n == stemLength {
				end = i + utf8.RuneLen(r)
			}
			continue
		}
		if n >= stemLength && !f(low[from:end]) {
			return false
		}
		n = 0
	}
	return n < stemLength || f(low[from:end])
}

// Numbers of stems that are compared.
const (
	minSloganStems  = 3  // of a description
	maxSloganStems  = 60 // of a description
	minArticleStems = 10
)

// slogan reports whether a description shares no longer word with the article. One
// in a script without spaces, or with fewer than three such words, is not judged.
func slogan(s string, a *Article) bool {
	if dom.HasWide(s) {
		return false
	}
	var stems []string
	eachStem(s, func(stem string) bool {
		stems = append(stems, stem)
		return len(stems) < maxSloganStems
	})
	if len(stems) < minSloganStems {
		return false
	}
	var seen []string // of the article
	other := func(stem string) bool {
		if len(seen) < minArticleStems && !slices.Contains(seen, stem) {
			seen = append(seen, stem)
		}
		return !slices.Contains(stems, stem)
	}
	if !eachStem(a.Title, other) {
		return false
	}
	for _, text := range a.Paragraphs {
		if !eachStem(text, other) {
			return false
		}
	}
	return len(seen) >= minArticleStems
}
