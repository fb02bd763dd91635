// Package byline reads the names of authors from bylines.
//
// find.go looks for bylines around an article, line.go reads the pieces of a line,
// parts.go cuts a piece at separators and dates. label.go knows the labels that begin
// bylines, read.go the form of names, words.go the words beside them. byline.go reads
// names that a page declares.
package byline

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// maxNames bounds the names of one byline.
const maxNames = 100

// Names returns the names in a declared byline: "By Ann Lee and Bo Chen, Reuters". It
// believes what is declared more than Read: a name needs no capitals.
func Names(s string) []item.Author {
	s = TrimLabel(tags.ReplaceAllString(withoutAddress(dom.Clean(s)), ""))
	low := strings.ToLower(s)
	if s == "" || len(s) > 300 || strings.Contains(s, "://") || strings.Contains(low, "www.") {
		return nil
	}
	var out []item.Author
	for k, part := range clauses(s) {
		if name := cleanName(part); name != "" && (k == 0 || !isRole(name)) && len(out) < maxNames {
			out = append(out, item.Author{Name: name})
		}
	}
	return out
}

// tags matches the mark-up that some declare with the name.
var tags = regexp.MustCompile(`<[^>]*>`)

// withoutAddress cuts an e-mail address off a name: Ann Lee <ann@news.example>, and the
// reverse with the name in brackets.
func withoutAddress(s string) string {
	at := strings.IndexByte(s, '@')
	if at <= 0 || !strings.Contains(s[at:], ".") || s[at-1] == ' ' || s[at-1] == '(' {
		return s
	}
	from := strings.LastIndexAny(s[:at], " <([,") + 1
	end := len(s)
	if i := strings.IndexAny(s[at:], " >)],"); i >= 0 {
		end = at + i
	}
	rest := strings.Trim(s[:from], " <([,")
	if rest == "" {
		rest = strings.Trim(s[end:], " >)](,")
	}
	return rest
}

// cleanName returns a declared name without what stands around it. It is "" for a job
// title, the credit of a picture or a placeholder.
func cleanName(s string) string {
	s = strings.TrimPrefix(strings.Trim(dom.Clean(s), ".,-–|/ "), "@")
	if credit(s) || placeholder(s) {
		return ""
	}
	if hasRole(s) {
		run, _, role := nameIn(s)
		switch {
		case !role:
			s = strings.Join(run, " ")
		case len(strings.Fields(s)) > 1:
			return ""
		}
	}
	if len(s) > 100 || strings.IndexFunc(s, unicode.IsLetter) < 0 {
		return ""
	}
	return s
}

// hasRole reports whether s has a word of a job title.
func hasRole(s string) bool {
	for w := range strings.FieldsSeq(s) {
		if isRole(w) {
			return true
		}
	}
	return false
}

// Distinct drops authors with a name that came before, and keeps their URL if the first has none.
func Distinct(in []item.Author) []item.Author {
	var out []item.Author
	at := map[string]int{}
	for _, a := range in {
		key := dom.Slug(a.Name)
		if k, ok := at[key]; ok {
			if out[k].URL == "" {
				out[k].URL = a.URL
			}
			continue
		}
		at[key] = len(out)
		out = append(out, a)
	}
	return out
}
