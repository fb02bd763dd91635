package site

import (
	"net/url"
	"slices"
	"strings"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Canonical returns the canonical URL that a page declares, if it is plausible: on the
// registrable domain of the page and admitted by the site. ignored reports that the
// declared URL is not.
func (s *Site) Canonical(declared string, own urlkey.URL) (u urlkey.URL, ok, ignored bool) {
	if declared == "" {
		return u, false, false
	}
	u, err := urlkey.Parse(declared)
	if err != nil || urlkey.Domain(u.Host) != urlkey.Domain(own.Host) || s.Admits(u, SameDomain(own)) != nil {
		return u, false, true
	}
	return u, true, false
}

// Aliases returns the URLs that a page declares for its AMP and print forms, if they
// are plausible and admitted by the site. An alias is never fetched, so it must not be
// the URL of another article. ignored counts the implausible ones.
func (s *Site) Aliases(own urlkey.URL, declared ...string) (list []urlkey.URL, ignored int) {
	for _, raw := range declared {
		if raw == "" {
			continue
		}
		u, err := urlkey.Parse(raw)
		switch {
		case err != nil || u.Key == own.Key:
		case urlkey.Domain(u.Host) != urlkey.Domain(own.Host), s.IsFront(u), !formOf(own, u):
			ignored++
		case s.Admits(u) == nil:
			list = append(list, u)
		}
	}
	return list, ignored
}

// formOf reports whether other looks like another form of the page own. It must contain
// the name of that page, which is the last segment of its path or a number in it, and
// agree in every query parameter that both have. Generic segments such as "article" are
// not names; without any name the values of the query must agree.
func formOf(own, other urlkey.URL) bool {
	mine, theirs := nameOf(own.Href), nameOf(other.Href)
	for name, value := range mine.query {
		if v, ok := theirs.query[name]; ok && !slices.Equal(v, value) {
			return false
		}
	}
	known := slices.Clone(theirs.stems)
	for _, values := range theirs.query {
		known = append(known, values...)
	}
	for _, stem := range slices.Backward(mine.stems) {
		if generic[stem] {
			continue
		}
		return slices.Contains(known, stem) || slices.ContainsFunc(numbers(stem), func(n string) bool {
			return slices.ContainsFunc(known, func(k string) bool { return slices.Contains(numbers(k), n) })
		})
	}
	for _, values := range mine.query {
		for _, v := range values {
			if !slices.Contains(known, v) {
				return false
			}
		}
	}
	return len(mine.query) > 0
}

// named holds the parts of a URL that may name its page.
type named struct {
	stems []string // segments of the path without extension and affixes, in lower case
	query url.Values
}

func nameOf(href string) named {
	u, err := url.Parse(href)
	if err != nil {
		return named{}
	}
	n := named{query: u.Query()}
	for seg := range strings.SplitSeq(strings.ToLower(u.Path), "/") {
		stem := seg
		if dot := strings.LastIndexByte(stem, '.'); dot > 0 && isExtension(stem[dot+1:]) {
			stem = stem[:dot]
		}
		for _, affix := range []string{"amp", "print"} {
			for _, sep := range []string{"-", "_", "."} {
				stem = strings.TrimPrefix(strings.TrimSuffix(stem, sep+affix), affix+sep)
			}
		}
		if stem != "" {
			n.stems = append(n.stems, stem)
		}
	}
	return n
}

// isExtension reports whether s can be a file extension, such as html or aspx: up to
// five letters.
func isExtension(s string) bool {
	return len(s) <= 5 && !strings.ContainsFunc(s, func(r rune) bool { return r < 'a' || r > 'z' })
}

// generic are path segments that name a kind of page instead of one page.
var generic = map[string]bool{
	"index": true, "default": true, "article": true, "articles": true, "story": true,
	"view": true, "show": true, "read": true, "news": true, "item": true, "post": true,
	"page": true, "content": true, "detail": true, "details": true, "amp": true, "print": true,
}

// minDigits is the smallest length of a number that identifies an article, rather than
// a year, a day or a part.
const minDigits = 5

// numbers returns the long runs of digits in a name.
func numbers(name string) []string {
	return slices.DeleteFunc(strings.FieldsFunc(name, func(r rune) bool { return r < '0' || r > '9' }),
		func(n string) bool { return len(n) < minDigits })
}
