package source

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// WARCFilter says which captured pages are taken. The zero value takes all.
type WARCFilter struct {
	Hosts    []string       // as urlkey.URL.Host has them; none, or "*": every host
	Match    *regexp.Regexp // on the whole URL
	From, To time.Time      // first and last day of capture, at midnight UTC; zero: no bound
}

// Takes reports whether the page that was captured at that time is taken. A
// page without a time of capture is, whatever the days.
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
// included, given as their midnight in UTC; zero is no bound, and a time that
// is not known lies within any.
func Captured(at, from, to time.Time) bool {
	if at.IsZero() {
		return true
	}
	return (from.IsZero() || !at.Before(from)) && (to.IsZero() || at.Before(to.AddDate(0, 0, 1)))
}

// TakesLanguage reports whether a page in a language is one of those wanted, as
// BCP 47 tags: en takes en-GB, en-GB does not take en. Without any wanted, and
// where the page's is not known, it does.
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

// covers compares the parts that want names: und-Latn names no language.
func covers(want, has language.Tag) bool {
	base, script, region := want.Raw()
	hasBase, hasScript, hasRegion := has.Raw()
	return base == hasBase && (script == language.Script{} || script == hasScript) && (region == language.Region{} || region == hasRegion)
}
