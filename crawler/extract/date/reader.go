// Package date reads dates as people and machines write them: absolute and
// relative ones, in many languages and calendars, in text, attributes, scripts
// and URLs.
//
// reader.go finds a date in a text: token.go cuts the text into numbers and words,
// day.go and calendar.go read a day from them, month.go a month's name, clock.go a
// time of day, zone.go its zone. layout.go reads by a site's layouts. relative.go
// reads "2 hours ago", yearless.go "13 July". line.go judges short lines,
// change.go labels such as "updated". attribute.go, machine.go, script.go and
// url.go read what is written for machines, roman.go
// months in Roman figures and days in figures without marks.
package date

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// Options tell how the dates of a page are read.
type Options struct {
	URL       string         // of the page
	FetchedAt time.Time      // dates more than a day later are not believed; relative dates count from it; may be zero
	Zone      *time.Location // of the site, nil when not known
	Language  string         // of the page, a BCP 47 tag, "" when not known
	English   func() bool    // whether a page that declares English is in English; nil when it is
}

// Reader reads the dates of one page. It must not be used by two goroutines at once.
type Reader struct {
	zone     *time.Location // nil when not known
	lang     string         // primary subtag of the page's language, "" when not known
	monthDay bool           // 07/08/2023 is the 8th of July if the page is in English
	english  func() bool    // or nil
	latest   time.Time      // later dates are not believed; zero: no bound
	now      time.Time      // when the page was fetched; zero when not known
	buf      *[]token       // reused for the tokens of each text
}

// New returns a reader for a page.
func New(o Options) Reader {
	r := Reader{zone: o.Zone, now: o.FetchedAt, buf: new([]token), english: o.English}
	if !o.FetchedAt.IsZero() {
		r.latest = o.FetchedAt.Add(24 * time.Hour)
	}
	primary, region, _ := strings.Cut(strings.ToLower(o.Language), "-")
	r.lang = primary
	r.monthDay = primary == "en" && (region == "" || region == "us") && !dayFirstCountry(o.URL)
	return r
}

// dayFirstCountry reports whether a page is below the domain of a country where
// 07/08/2023 is the 7th of August, whatever language the page declares: many
// systems declare en-US by default.
func dayFirstCountry(pageURL string) bool {
	switch tld := dom.TopDomain(pageURL); tld {
	case "ca", "ph": // written either way
		return false
	default:
		return countryZones[tld] != ""
	}
}

// Found is a date and the bytes [Pos, End) of the text that it was read from.
type Found struct {
	Date     item.Date
	Pos, End int
}

// Alone reports whether s holds little beside the date.
func (f *Found) Alone(s string) bool { return len(s)-(f.End-f.Pos) <= 16 }

// Read returns the first date in s: 13 July 2023 / 13:31, July 13, 2023 1:31 pm,
// 13.07.2023 13:31, 2023-07-13T13:31:00+04:00, in the languages of the month table.
func (r Reader) Read(s string) (item.Date, bool) {
	f, ok := r.Find(s)
	return f.Date, ok
}

// Find is like Read and also tells where the date stands.
func (r Reader) Find(s string) (Found, bool) {
	if !MayHold(s) {
		return Found{}, false
	}
	p := r.parse(s)
	for i := range p.t {
		d, ok := p.day(i)
		if !ok {
			continue
		}
		if f, ok := p.finish(i, d); ok {
			return f, true
		}
	}
	return Found{}, false
}

// MayHold reports whether s has the four digits of the shortest date. It is a
// cheap test before Find. 令和5年7月1日 has three digits, 令和元年7月1日 two.
func MayHold(s string) bool {
	s = s[:min(len(s), maxText)]
	n := 0
	for _, r := range s {
		if '0' <= r && r <= '9' || r >= utf8.RuneSelf && digit(r) >= 0 {
			if n++; n == 4 {
				return true
			}
		}
	}
	return n >= 2 && strings.Contains(s, "年")
}

// believed reports whether d is not after the bound. A date without a zone may be
// up to 14 hours ahead of UTC, which the bound's day covers.
func (r Reader) believed(d item.Date) bool {
	return !d.IsZero() && !epoch(d.Time) && (r.latest.IsZero() || !d.Time.After(r.latest))
}

// epoch reports whether t is second 0 of a clock of 1970 in some zone, the second before
// it, or the day 0 of databases: a field that holds no time.
func epoch(t time.Time) bool {
	second := t.Unix()
	near := second >= -14*60*60-1 && second <= 14*60*60
	return t.Year() == 1900 && t.YearDay() == 1 || near && (second%(15*60) == 0 || (second+1)%(15*60) == 0)
}

// Midnight returns the day of d as its midnight in UTC.
func Midnight(d item.Date) time.Time {
	return time.Date(d.Time.Year(), d.Time.Month(), d.Time.Day(), 0, 0, 0, 0, time.UTC)
}

// Apart reports whether two dates cannot name one day, whatever their zones. It is
// false when either is zero.
func Apart(a, b item.Date) bool {
	return !a.IsZero() && !b.IsZero() && Midnight(a).Sub(Midnight(b)).Abs() > 24*time.Hour
}
