package site

import (
	"net/url"
	"slices"
	"strings"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Canonical returns the URL that a page declares as its own, if it can be meant: on
// the registrable domain of the page and admitted by the site. ignored reports that
// the page declared another one.
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

// Aliases returns the URLs that a page declares for forms of itself, its AMP and its
// print page, where the site would take them for articles and they can be meant: an
// alias is never fetched, and so must not be another article. ignored counts the
// others.
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

// formOf reports whether the URL of other says that it is a form of the
// page own: it holds what names that page, the last segment of its path or a
// number in it, and agrees with it in every parameter that both have. Names
// such as "article" are none; then it is the values of the query.
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

// named holds what a URL may call its page by.
type named struct {
	stems []string // of the segments of its path, in lower case
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

// isExtension reports whether what follows a dot can be that of a file, as html
// and aspx: up to five letters.
func isExtension(s string) bool {
	return len(s) <= 5 && !strings.ContainsFunc(s, func(r rune) bool { return r < 'a' || r > 'z' })
}

// generic are the last segments that name a kind of page, not a page.
var generic = map[string]bool{
	"index": true, "default": true, "article": true, "articles": true, "story": true, "view": true, "show": true, "read": true,
	"news": true, "item": true, "post": true, "page": true, "content": true, "detail": true, "details": true, "amp": true, "print": true,
}

// minDigits is the length from which a number in a name is that of an article,
// and not of a day or a part. A year is left to the path before it.
const minDigits = 5

// numbers are the long runs of digits in a name.
func numbers(name string) []string {
	return slices.DeleteFunc(strings.FieldsFunc(name, func(r rune) bool { return r < '0' || r > '9' }),
		func(n string) bool { return len(n) < minDigits })
}
