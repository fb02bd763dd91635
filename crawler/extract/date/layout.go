package date

import (
	"errors"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

// Layout reads s by the first of the layouts that fits the whole of it or, else,
// a part. Month names may be in any language of the table.
func (r Reader) Layout(s string, layouts []string) (item.Date, bool) {
	if len(s) > maxDateText {
		s = s[:maxDateText]
	}
	for _, l := range layouts {
		if d, ok := r.fit(s, s, l); ok {
			return d, true
		}
	}
	for _, l := range layouts {
		bare := withoutWeekday(l)
		local, cuts := localise(s, bare, r.lang)
		for _, t := range lex(local) {
			if d, ok := r.fit(local[t.pos:], "", bare); ok {
				if cuts != nil {
					d.Raw = s[source(cuts, t.pos):source(cuts, t.pos+len(d.Raw))]
				}
				return d, true
			}
		}
	}
	return item.Date{}, false
}

// fit reads s by a layout. With whole, nothing may follow what the layout
// reads; raw is the text to record, "" for what was read.
func (r Reader) fit(s, raw, layout string) (item.Date, bool) {
	loc := time.UTC
	if r.zone != nil {
		loc = r.zone
	}
	t, err := time.ParseInLocation(layout, s, loc)
	if err != nil && raw == "" {
		var pe *time.ParseError
		if errors.As(err, &pe) && pe.LayoutElem == "" && strings.HasSuffix(s, pe.ValueElem) && pe.ValueElem != "" {
			s = s[:len(s)-len(pe.ValueElem)] // extra text after a fit
			t, err = time.ParseInLocation(layout, s, loc)
		}
	}
	if err != nil {
		return item.Date{}, false
	}
	d := item.Date{Time: t, Raw: strings.TrimSpace(s), Precision: item.Second}
	switch {
	case !strings.Contains(layout, "04") && !strings.Contains(layout, "15") && !strings.Contains(layout, "PM") && !strings.Contains(layout, "pm"):
		d.Precision = item.Day
		d.Time = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	case strings.Contains(layout, "-07") || strings.Contains(layout, "Z07"):
		d.Zoned = true
		_, offset := t.Zone()
		d.Time = t.In(time.FixedZone("", offset))
	case strings.Contains(layout, "MST"):
		name, _ := t.Zone()
		if minutes, ok := zoneNames[strings.ToLower(name)]; ok {
			d.Zoned = true
			d.Time = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.FixedZone("", minutes*60))
		} else if name == "UTC" || name == "GMT" {
			d.Zoned = true
		} else {
			d.Time = time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, loc)
			d.Zoned = r.zone != nil
		}
	default:
		d.Zoned = r.zone != nil
	}
	if d.Time.Year() == 0 {
		if r.latest.IsZero() {
			return item.Date{}, false // no year in the layout, and nothing to tell it from
		}
		y := r.latest.Year()
		if d.Time.AddDate(y, 0, 0).After(r.latest) {
			y--
		}
		d.Time = d.Time.AddDate(y, 0, 0)
	}
	return d, r.believed(d)
}

// withoutWeekday drops the weekday that a layout begins with: it tells nothing
// that the day does not.
func withoutWeekday(layout string) string {
	for _, w := range []string{"Monday", "Mon"} {
		if rest, ok := strings.CutPrefix(layout, w); ok {
			return strings.TrimLeft(rest, ",. ")
		}
	}
	return layout
}
