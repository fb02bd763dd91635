package date

import (
	"errors"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// Layout reads s by the first of the layouts that fits all of it or, if none does,
// a part of it. Month names may be in any language of the table.
func (r Reader) Layout(s string, layouts []string) (item.Date, bool) {
	s = s[:min(len(s), maxText)]
	for _, l := range layouts {
		if t, err := time.ParseInLocation(l, s, r.location()); err == nil {
			if d, ok := r.dated(t, l, s); ok {
				return d, true
			}
		}
	}
	for _, l := range layouts {
		if d, ok := r.layoutWithin(s, withoutWeekday(l)); ok {
			return d, true
		}
	}
	return item.Date{}, false
}

// layoutWithin reads the first part of s that a layout fits.
func (r Reader) layoutWithin(s, layout string) (item.Date, bool) {
	local, cuts := localise(s, layout, r.lang)
	for _, t := range lex(local) {
		d, ok := r.layoutPrefix(local[t.pos:], layout)
		if !ok {
			continue
		}
		if cuts != nil {
			d.Raw = s[source(cuts, t.pos):source(cuts, t.pos+len(d.Raw))]
		}
		return d, true
	}
	return item.Date{}, false
}

// layoutPrefix reads the beginning of s by a layout.
func (r Reader) layoutPrefix(s, layout string) (item.Date, bool) {
	t, err := time.ParseInLocation(layout, s, r.location())
	var pe *time.ParseError
	if errors.As(err, &pe) && pe.LayoutElem == "" && pe.ValueElem != "" && strings.HasSuffix(s, pe.ValueElem) {
		s = s[:len(s)-len(pe.ValueElem)] // extra text after a fit
		t, err = time.ParseInLocation(layout, s, r.location())
	}
	if err != nil {
		return item.Date{}, false
	}
	return r.dated(t, layout, s)
}

// location is the zone of dates that state none: the site's, else UTC as a carrier.
func (r Reader) location() *time.Location {
	if r.zone != nil {
		return r.zone
	}
	return time.UTC
}

// dated returns the date that a layout read from s as t, in its precision and
// zone and with a year.
func (r Reader) dated(t time.Time, layout, s string) (item.Date, bool) {
	d := item.Date{Time: t, Raw: strings.TrimSpace(s), Precision: item.Second, Zoned: r.zone != nil}
	switch {
	case !dom.ContainsAny(layout, "04", "15", "PM", "pm"):
		d.Precision, d.Zoned = item.Day, false
		d.Time = Midnight(d)
	case strings.Contains(layout, "-07") || strings.Contains(layout, "Z07"):
		_, offset := t.Zone()
		d.Time, d.Zoned = t.In(time.FixedZone("", offset)), true
	case strings.Contains(layout, "MST"):
		r.setZoneByName(&d)
	}
	if d.Time.Year() == 0 {
		if r.latest.IsZero() {
			return item.Date{}, false // no year in the layout, and nothing tells it
		}
		y := r.latest.Year()
		if d.Time.AddDate(y, 0, 0).After(r.latest) {
			y--
		}
		d.Time = d.Time.AddDate(y, 0, 0)
	}
	return d, r.believed(d)
}

// setZoneByName replaces the zone that package time read by name, whose offset may
// be made up, by one that is known.
func (r Reader) setZoneByName(d *item.Date) {
	name, _ := d.Time.Zone()
	if name == "UTC" || name == "GMT" {
		d.Zoned = true
		return
	}
	zone := r.location()
	if minutes, ok := zoneNames[strings.ToLower(name)]; ok {
		zone, d.Zoned = time.FixedZone("", minutes*60), true
	}
	y, m, day := d.Time.Date()
	d.Time = time.Date(y, m, day, d.Time.Hour(), d.Time.Minute(), d.Time.Second(), 0, zone)
}

// withoutWeekday drops the weekday that a layout begins with, which adds nothing to the day.
func withoutWeekday(layout string) string {
	for _, w := range []string{"Monday", "Mon"} {
		if rest, ok := strings.CutPrefix(layout, w); ok {
			return strings.TrimLeft(rest, ",. ")
		}
	}
	return layout
}
