package extract

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/extract/declared"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// published finds the article's date without selectors: what the page declares,
// else a date near the heading or right below the body, else what statistics and
// scripts know (traced), else the day of its last change. Headline lists are set
// aside before, and the clock in the page's header stands outside the element
// that heading and body share.
func (p *page) published(at spot) (item.Date, string) {
	near, nearRule := p.dateNear(at)
	declared, rule := p.declaredDate(declared.Published)
	if nearRule == changeRule && !declared.IsZero() {
		near, nearRule = item.Date{}, ""
	}
	address, _ := p.dates.InPath(p.path())
	if why := p.doubt(declared, near, address); why != "" {
		p.note("date: %s says %s, which is not believed beside %q: %s", rule, declared, near.Raw, why)
		return near, nearRule
	}
	switch {
	case !declared.IsZero():
		if declared.Precision == item.Day && !near.IsZero() && near.Precision == item.Second && near.Day() == declared.Day() {
			return near, nearRule // the same day, with its time
		}
		if _, offset := near.Time.Zone(); near.Zoned && offset == 0 {
			near = p.shown // what readers see of a moment that is written for machines
		}
		return p.local(declared, near, rule)
	case !near.IsZero() && !address.IsZero() && nearRule != "text below body" && date.Midnight(near).Sub(date.Midnight(address)) > 48*time.Hour:
		p.note("date: %q stands near the article, which is later than its address: of a change or an event", near.Raw)
		return address, "url"
	}
	weak, weakRule := p.firstDate(p.declarations().Dates)
	switch {
	case !near.IsZero() && near.Precision == item.Day && weak.Precision == item.Second && near.Day() == weak.Day():
		return p.local(weak, near, weakRule)
	case !near.IsZero() && nearRule != changeRule:
		return near, nearRule
	case !weak.IsZero() && !date.Apart(weak, address):
		return p.local(weak, near, weakRule)
	}
	if d, rule := p.traced(at, address); rule != "" {
		return d, rule
	}
	return near, nearRule
}

// traced returns the date of a page that neither declares nor shows one, from what
// the article's surroundings hold beside the text, the last being its address.
func (p *page) traced(at spot, address item.Date) (item.Date, string) {
	if d, rule := p.stateDate(); rule != "" {
		return d, rule
	}
	if d, rule := p.dateInAttributes(at); rule != "" && !date.Apart(d, address) {
		return p.local(d, item.Date{}, rule)
	}
	if d, ok := p.writtenDate(at); ok && !date.Apart(d, address) {
		return d, "script beside the text"
	}
	if d, ok := p.relativeNear(at); ok {
		return d, "relative to the fetch"
	}
	if d, key := p.dates.Keyed(p.scriptTexts()); key != "" && !date.Apart(d, address) {
		return p.local(d, item.Date{}, "script, "+key)
	}
	if !address.IsZero() {
		return address, "url"
	}
	if d, ok := p.dateline(at); ok {
		return d, "dateline of the text"
	}
	return item.Date{}, ""
}

// doubt says why a declared date is not believed beside the one that the page
// shows, "" when it is: it is the time of the fetch, which some sites declare
// on every page, or day and month were swapped on the way, or the page's
// address agrees with what is shown.
func (p *page) doubt(declared, shown, address item.Date) string {
	if declared.IsZero() || shown.IsZero() {
		return ""
	}
	if !address.IsZero() && date.Apart(declared, shown) && date.Apart(declared, address) && !date.Apart(shown, address) {
		return "so does the address"
	}
	if p.dates.IsClock(declared) && date.Midnight(declared).Sub(date.Midnight(shown)) >= 48*time.Hour {
		return "it is the time of the fetch"
	}
	d, s := declared.Time, shown.Time
	if d.Year() == s.Year() && d.Day() == int(s.Month()) && int(d.Month()) == s.Day() && d.Day() != s.Day() && strings.IndexFunc(shown.Raw, unicode.IsLetter) >= 0 {
		return "day and month are swapped"
	}
	return ""
}

// declaredDate returns the first declared date that is believed.
func (p *page) declaredDate(f declared.Field) (item.Date, string) {
	return p.firstDate(p.declarations().Fields[f])
}

func (p *page) firstDate(said []declared.Statement) (item.Date, string) {
	for _, s := range said {
		if d, ok := p.dates.Read(s.Value); ok {
			return d, s.Rule
		}
		p.note("date: %s says %.60q, which is no date that can be believed", s.Rule, s.Value)
	}
	return item.Date{}, ""
}

// stateDate returns the date that stands beside a text of application state.
func (p *page) stateDate() (item.Date, string) {
	for _, part := range []string{"publi", "release", "deploy", "display", "creat", "date"} {
		for _, s := range p.stateDates {
			if !strings.Contains(s.Rule, part) || dom.ContainsAny(s.Rule, "updat", "modif", "last") {
				continue
			}
			if d, ok := p.dates.Read(s.Value); ok {
				return d, "application state"
			}
		}
	}
	return item.Date{}, ""
}

// likelyZone returns the zone that the page's dates are likely meant in, and where
// that is known from: the site's as configured, that of its top-level domain,
// or of the region in the page's language (fr-CA), one that its scripts name,
// that of its language; nil when none is known. raw is a moment as the
// page declares it. Two regions say little, since
// systems put them there unasked: es-ES, and en-US on pages that do not write
// the moment as scripts do, with a Z.
func (p *page) likelyZone(raw string) (*time.Location, string) {
	if p.in.Zone != nil {
		return p.in.Zone, "the site's zone"
	}
	tld := dom.TopDomain(p.in.URL)
	if name, _ := date.CountryZone(tld); name != "" {
		return date.LoadZone(name), "zone of ." + tld
	}
	languages := []string{p.pageLanguage()}
	for _, s := range p.declarations().Fields[declared.Language] {
		languages = append(languages, languageTag(s.Value))
	}
	for _, tag := range languages {
		low := strings.ToLower(tag)
		_, region, _ := strings.Cut(low, "-")
		if name, _ := date.CountryZone(region); name != "" && low != "es-es" {
			return date.LoadZone(name), "zone of " + tag
		}
	}
	if loc := date.NamedZone(p.scriptTexts()); loc != nil {
		return loc, "zone in a script"
	}
	for _, tag := range languages {
		primary, region, _ := strings.Cut(strings.ToLower(tag), "-")
		if name := date.LanguageZone(primary); name != "" {
			return date.LoadZone(name), "zone of " + tag
		}
		if primary == "en" && region == "us" && strings.HasSuffix(raw, "Z") {
			return date.LoadZone(date.America), "zone of " + tag
		}
	}
	return nil, ""
}

// local returns a date that is declared in UTC as it reads where the site is: the
// same moment, which on some evenings is another day. shown is the date that
// the page shows, zero when it shows none.
func (p *page) local(d, shown item.Date, rule string) (item.Date, string) {
	if _, offset := d.Time.Zone(); !d.Zoned || d.Precision != item.Second || offset != 0 {
		return d, rule
	}
	if !shown.IsZero() && shown.Precision == item.Second && !shown.Zoned && p.in.Zone == nil {
		wall := time.Date(d.Time.Year(), d.Time.Month(), d.Time.Day(), d.Time.Hour(), d.Time.Minute(), 0, 0, time.UTC)
		off := shown.Time.Truncate(time.Minute).Sub(wall)
		if off%(30*time.Minute) == 0 && off.Abs() <= 14*time.Hour {
			d.Time = d.Time.In(time.FixedZone("", int(off/time.Second)))
			return d, rule + ", zone as shown"
		}
	}
	loc, from := p.likelyZone(d.Raw)
	if loc != nil {
		there := d
		there.Time = d.Time.In(loc)
		if shown.IsZero() || shown.Day() == there.Day() || shown.Day() != d.Day() {
			return there, rule + ", " + from
		}
		return d, rule
	}
	if gap := date.Midnight(shown).Sub(date.Midnight(d)); !shown.IsZero() && (gap == 24*time.Hour && d.Time.Hour() >= 10 || gap == -24*time.Hour && d.Time.Hour() < 14) {
		p.note("date: %s says %s, the page shows %s, which is the day there", rule, d, shown)
		return item.Date{Time: date.Midnight(shown), Raw: shown.Raw}, fmt.Sprintf("%s, day as shown", rule)
	}
	return d, rule
}
