// Package date reads dates as people and machines write them: absolute and
// relative ones, in many languages and calendars, in text, attributes, scripts
// and URLs.
package date

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// Apart reports two dates that cannot name one day, whatever their zones; it is
// false when either is not known.
func Apart(a, b item.Date) bool {
	return !a.IsZero() && !b.IsZero() && Midnight(a).Sub(Midnight(b)).Abs() > 24*time.Hour
}

func Midnight(d item.Date) time.Time {
	return time.Date(d.Time.Year(), d.Time.Month(), d.Time.Day(), 0, 0, 0, 0, time.UTC)
}

// Options say how the dates of a page are read.
type Options struct {
	URL       string         // of the page
	FetchedAt time.Time      // upper bound of what is believed, and what relative dates count from
	Zone      *time.Location // of the site, nil when not known
	Language  string         // of the page, a BCP 47 tag, "" when not known
}

func New(o Options) Reader {
	r := Reader{zone: o.Zone, now: o.FetchedAt, buf: new([]token)}
	if !o.FetchedAt.IsZero() {
		r.latest = o.FetchedAt.Add(24 * time.Hour)
	}
	primary, region, _ := strings.Cut(strings.ToLower(o.Language), "-")
	r.lang = primary
	r.monthDay = primary == "en" && (region == "" || region == "us") && !dayFirstCountry(o.URL)
	return r
}

// Reader reads the dates of one page.
type Reader struct {
	zone     *time.Location // nil: not known
	lang     string         // primary subtag of the page's language, "" when not known
	monthDay bool           // 07/08/2023 is the 8th of July
	latest   time.Time      // later dates are not believed; zero: no bound
	now      time.Time      // when the page was fetched; zero: not known
	buf      *[]token       // of the text that is read, to be filled again
}

// lex cuts s into tokens, which hold until the next call.
func (r Reader) lex(s string) []token {
	*r.buf = appendTokens((*r.buf)[:0], s)
	return *r.buf
}

// dayFirstCountry reports a page below the domain of a country where 07/08/2023
// is the 7th of August whatever the page says of its language: en-US is what
// many systems put there unasked.
func dayFirstCountry(pageURL string) bool {
	switch tld := dom.TopDomain(pageURL); tld {
	case "ca", "ph": // written either way
		return false
	default:
		return countryZones[tld] != ""
	}
}

// Found is a date and the bytes of the text that it was read from.
type Found struct {
	Date     item.Date
	Pos, End int
}

// Read is the first date in s, as people and machines write it: 13 July 2023 /
// 13:31, July 13, 2023 1:31 pm, 13.07.2023 13:31, 2023-07-13T13:31:00+04:00,
// in the languages of the month table.
func (r Reader) Read(s string) (item.Date, bool) {
	f, ok := r.Find(s)
	return f.Date, ok
}

func (r Reader) Find(s string) (Found, bool) {
	if !MayHold(s) {
		return Found{}, false
	}
	p := dateParser{Reader: r, s: s, t: r.lex(s)}
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

// MayHold dismisses texts with fewer than the four digits that the
// shortest date has, cheaply; 令和5年7月1日 has three, 令和元年7月1日 two.
func MayHold(s string) bool {
	if len(s) > maxDateText {
		s = s[:maxDateText]
	}
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

// believed reports that d is not after the bound. A date without a zone may be
// up to 14 hours ahead of UTC, which the bound's day covers.
func (r Reader) believed(d item.Date) bool {
	return !d.IsZero() && (r.latest.IsZero() || !d.Time.After(r.latest))
}

// Alone reports that there is little in s beside the date.
func (f *Found) Alone(s string) bool { return len(s)-(f.End-f.Pos) <= 16 }
