package extract

import (
	"strings"
	"time"
	"unicode"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/extract/declared"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// published finds the article's date without selectors: what the page declares,
// else a date near the heading or right below the body, else one in attributes,
// scripts or the URL, else the day of the last change. Headline lists are already
// set aside. The clock in the page's header stands outside the element that
// heading and body share.
func (p *page) published(at spot) (item.Date, string) {
	near, nearRule := p.dateNear(at)
	stated, rule := p.firstDate(p.declarations().Fields[declared.Published])
	if nearRule == changeRule && !stated.IsZero() {
		near, nearRule = item.Date{}, ""
	}
	inURL, _ := p.dates.InPath(p.path())
	if why := p.doubt(stated, near, inURL); why != "" {
		p.note("date: %s says %s, which is not believed beside %q: %s", rule, stated, near.Raw, why)
		return near, nearRule
	}
	if !stated.IsZero() {
		if stated.Precision == item.Day && near.Precision == item.Second && near.Day() == stated.Day() {
			return near, nearRule // the same day, with its time
		}
		if _, offset := near.Time.Zone(); near.Zoned && offset == 0 {
			near = p.shown // what readers see of a machine's date
		}
		return p.local(stated, near, rule)
	}
	return p.undeclared(near, nearRule, inURL, at)
}

// undeclared returns the date of a page that declares none it is sure of. near is the
// date that the page shows, or that of its last change.
func (p *page) undeclared(near item.Date, nearRule string, inURL item.Date, at spot) (item.Date, string) {
	shown := !near.IsZero() && nearRule != changeRule
	later := date.Midnight(near).Sub(date.Midnight(inURL)) > 48*time.Hour
	if later && !near.IsZero() && !inURL.IsZero() && nearRule != belowBodyRule {
		p.note("date: %q near the article is later than the day in the URL: of a change or an event", near.Raw)
		return inURL, urlRule
	}
	weak, weakRule := p.firstDate(p.declarations().Dates)
	switch {
	case near.Precision == item.Day && !near.IsZero() && weak.Precision == item.Second && near.Day() == weak.Day():
		return p.local(weak, near, weakRule)
	case shown:
		return near, nearRule
	case !weak.IsZero() && !date.Apart(weak, inURL):
		return p.local(weak, near, weakRule)
	}
	if d, rule := p.traced(at, inURL); rule != "" {
		return d, rule
	}
	return near, nearRule
}

// Rules that find the article's date.
const (
	nearHeadingRule = "text near heading"
	belowBodyRule   = "text below body"
	urlRule         = "url"
	changeRule      = "text near heading, of a change" // the only date, and the page calls it that of a change
)

// doubt says why a declared date is not believed beside the one that the page
// shows, "" when it is. Some sites declare the time of the fetch on every page,
// swap day and month, or declare what the URL contradicts.
func (p *page) doubt(stated, shown, inURL item.Date) string {
	if stated.IsZero() || shown.IsZero() {
		return ""
	}
	if !inURL.IsZero() && date.Apart(stated, shown) && date.Apart(stated, inURL) && !date.Apart(shown, inURL) {
		return "the URL agrees with the page"
	}
	if p.dates.IsClock(stated) && date.Midnight(stated).Sub(date.Midnight(shown)) >= 48*time.Hour {
		return "it is the time of the fetch"
	}
	d, s := stated.Time, shown.Time
	swapped := d.Year() == s.Year() && d.Day() == int(s.Month()) && int(d.Month()) == s.Day() && d.Day() != s.Day()
	if swapped && strings.IndexFunc(shown.Raw, unicode.IsLetter) >= 0 {
		return "day and month are swapped"
	}
	return ""
}

// firstDate returns the first of the declared dates that can be believed.
func (p *page) firstDate(statements []declared.Statement) (item.Date, string) {
	for _, s := range statements {
		if d, ok := p.dates.Read(s.Value); ok {
			return d, s.Rule
		}
		p.note("date: %s says %.60q, which is no date that can be believed", s.Rule, s.Value)
	}
	return item.Date{}, ""
}

// local returns a date that is declared in UTC as the clocks of the site show it,
// which on some evenings is another day. shown is the date that the page shows; it
// may be zero.
func (p *page) local(d, shown item.Date, rule string) (item.Date, string) {
	if _, offset := d.Time.Zone(); !d.Zoned || d.Precision != item.Second || offset != 0 {
		return d, rule
	}
	if zone := p.zoneShown(d, shown); zone != nil {
		d.Time = d.Time.In(zone)
		return d, rule + ", zone as shown"
	}
	zone, from := p.likelyZone(d.Raw)
	if zone != nil {
		there := d
		there.Time = d.Time.In(zone)
		if shown.IsZero() || shown.Day() == there.Day() || shown.Day() != d.Day() {
			return there, rule + ", " + from
		}
		return d, rule
	}
	if shown.IsZero() {
		return d, rule
	}
	gap := date.Midnight(shown).Sub(date.Midnight(d))
	if gap == 24*time.Hour && d.Time.Hour() >= 10 || gap == -24*time.Hour && d.Time.Hour() < 14 {
		p.note("date: %s says %s, the page shows %s, which is the day there", rule, d, shown)
		return item.Date{Time: date.Midnight(shown), Raw: shown.Raw}, rule + ", day as shown"
	}
	return d, rule
}

// zoneShown returns the zone in which the moment d is the time that the page shows,
// nil when there is none.
func (p *page) zoneShown(d, shown item.Date) *time.Location {
	if shown.IsZero() || shown.Precision != item.Second || shown.Zoned || p.in.Zone != nil {
		return nil
	}
	offset := shown.Time.Truncate(time.Minute).Sub(d.Time.UTC().Truncate(time.Minute))
	if offset%(30*time.Minute) != 0 || offset.Abs() > 14*time.Hour {
		return nil
	}
	return time.FixedZone("", int(offset/time.Second))
}

// likelyZone returns the zone that the page's dates are probably meant in, and what
// tells it: the configuration, the top-level domain, the region of the page's
// language (fr-CA), a setting in a script, or the language. It is nil when nothing
// does. Two regions say little, since systems put them there by default: es-ES,
// and en-US unless raw, a moment as the page declares it, ends in Z as scripts
// write it.
func (p *page) likelyZone(raw string) (zone *time.Location, from string) {
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
	if zone := date.NamedZone(p.scriptTexts()); zone != nil {
		return zone, "zone in a script"
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
