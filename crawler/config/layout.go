package config

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// samples differ from each other and from the reference time in every part, so
// that formatting them shows which parts a layout has. The first has two digits
// in every part and an hour after noon, the second has one digit.
var samples = []time.Time{
	time.Date(2023, time.November, 28, 21, 43, 57, 0, time.UTC),
	time.Date(2009, time.February, 3, 4, 5, 6, 0, time.UTC),
}

// holds reports whether layout writes a shifted time differently.
func holds(layout string, shift func(time.Time) time.Time) bool {
	t := samples[1]
	return t.Format(layout) != shift(t).Format(layout)
}

func nextYear(t time.Time) time.Time   { return t.AddDate(1, 0, 0) }
func nextMonth(t time.Time) time.Time  { return t.AddDate(0, 1, 0) }
func nextDay(t time.Time) time.Time    { return t.AddDate(0, 0, 1) }
func nextHour(t time.Time) time.Time   { return t.Add(time.Hour) }
func nextMinute(t time.Time) time.Time { return t.Add(time.Minute) }

// checkLayout checks a layout of dates. It must contain year, month and day, and
// read back the dates that it writes.
func checkLayout(layout string) error {
	const hint = "write the time 2 January 2006 15:04:05 as the site would"
	if strings.Contains(layout, "%") {
		return fmt.Errorf("layout %q uses %% codes: "+hint, clip(layout))
	}
	if samples[0].Format(layout) == layout {
		return fmt.Errorf("layout %q has no part of the reference time: "+hint, clip(layout))
	}
	var missing []string
	for _, part := range []struct {
		name  string
		shift func(time.Time) time.Time
	}{{"year (2006)", nextYear}, {"month (January, Jan, 01, 1)", nextMonth}, {"day (2, 02)", nextDay}} {
		if !holds(layout, part.shift) {
			missing = append(missing, part.name)
		}
	}
	if missing != nil {
		return fmt.Errorf("layout %q has no %s: "+hint, clip(layout), strings.Join(missing, ", no "))
	}
	if holds(layout, nextMinute) && !holds(layout, nextHour) {
		return fmt.Errorf("layout %q has minutes without an hour (15)", clip(layout))
	}
	return roundTrip(layout)
}

// roundTrip checks that layout reads back the parts that it writes.
func roundTrip(layout string) error {
	for _, t := range samples {
		written := t.Format(layout)
		got, err := time.Parse(layout, written)
		if err != nil {
			return fmt.Errorf("layout %q cannot read back its own %q", clip(layout), clip(written))
		}
		if holds(layout, nextHour) && got.Hour()+12 == t.Hour() {
			return fmt.Errorf("layout %q has a 12-hour clock without PM: use 15 for 24 hours", clip(layout))
		}
		if got.Year() != t.Year() || got.YearDay() != t.YearDay() ||
			holds(layout, nextHour) && got.Hour() != t.Hour() ||
			holds(layout, nextMinute) && got.Minute() != t.Minute() {
			read := got.Format("2006-01-02 15:04")
			return fmt.Errorf("layout %q reads back its own %q as %s", clip(layout), clip(written), read)
		}
	}
	return nil
}

// finest returns the smallest step that the layouts in an archive's url tell
// apart: day, month or year.
func finest(layouts []string) (string, error) {
	all := strings.Join(layouts, " ")
	if !holds(all, nextYear) {
		return "", errors.New("the dates in url have no year (2006)")
	}
	switch {
	case holds(all, nextHour):
		return "", errors.New("the dates in url have an hour, but an archive counts by day, month or year")
	case holds(all, nextDay) && !holds(all, nextMonth):
		return "", errors.New("the dates in url have a day without a month (01)")
	case holds(all, nextDay):
		return "day", readsBack(all, time.DateOnly)
	case holds(all, nextMonth):
		return "month", readsBack(all, "2006-01")
	}
	return "year", readsBack(all, "2006")
}

// readsBack checks that dates written with layout read back the same down to
// precision.
func readsBack(layout, precision string) error {
	for _, t := range samples {
		got, err := time.Parse(layout, t.Format(layout))
		if err != nil || got.Format(precision) != t.Format(precision) {
			return fmt.Errorf("the dates in url (%s) cannot be read back", clip(layout))
		}
	}
	return nil
}
