package source

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// WARCFilter selects captured pages. The zero value takes all.
type WARCFilter struct {
	Hosts    []string       // in the form of urlkey.URL.Host; none, or "*": every host
	Match    *regexp.Regexp // on the whole URL
	From, To time.Time      // first and last day of capture, at midnight UTC; zero: no bound
}

// Takes reports whether the filter selects the page captured at a time. A page without
// a time of capture lies within any days.
func (f WARCFilter) Takes(url string, at time.Time) bool {
	if !Captured(at, f.From, f.To) || f.Match != nil && !f.Match.MatchString(url) {
		return false
	}
	if len(f.Hosts) == 0 || f.Hosts[0] == "*" {
		return true
	}
	u, err := urlkey.Parse(url)
	return err == nil && slices.Contains(f.Hosts, u.Host)
}

// Captured reports whether a time of capture lies within the days from and to, both
// included and given as midnight UTC. A zero day is no bound; an unknown time lies
// within any days.
func Captured(at, from, to time.Time) bool {
	if at.IsZero() {
		return true
	}
	return (from.IsZero() || !at.Before(from)) && (to.IsZero() || at.Before(to.AddDate(0, 0, 1)))
}

// TakesLanguage reports whether the language of a page is among the wanted ones, given
// as BCP 47 tags: en takes en-GB, en-GB does not take en. It also returns true if none
// is wanted or the page's language is unknown.
func TakesLanguage(wanted []string, page string) bool {
	if len(wanted) == 0 || page == "" {
		return true
	}
	has, err := language.Parse(strings.ReplaceAll(page, "_", "-"))
	if err != nil {
		return true
	}
	return slices.ContainsFunc(wanted, func(tag string) bool {
		want, err := language.Parse(tag)
		return err == nil && covers(want, has)
	})
}

// covers compares the subtags given in want; und-Latn gives no language.
func covers(want, has language.Tag) bool {
	base, script, region := want.Raw()
	hasBase, hasScript, hasRegion := has.Raw()
	return base == hasBase && (script == language.Script{} || script == hasScript) &&
		(region == language.Region{} || region == hasRegion)
}
