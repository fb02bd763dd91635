package propose

import (
	"regexp"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

var (
	clockPart = regexp.MustCompile(`\b\d{1,2}:\d\d(?::\d\d)?\b`)
	wordPart  = regexp.MustCompile(`\pL+`)
	digitPart = regexp.MustCompile(`\d+`)
)

// layoutOf returns the Go reference-time layout that d was written in, "" when
// there is more than one, or none, as with month names that are not English.
func layoutOf(d item.Date) string {
	if d.Raw == "" || d.IsZero() {
		return ""
	}
	layout := clockPart.ReplaceAllStringFunc(d.Raw, markClock)
	layout = wordPart.ReplaceAllStringFunc(layout, func(s string) string { return layoutWord(s, d.Time) })
	layout, ok := layoutDay(layout, d)
	if !ok {
		return ""
	}
	layout = clockMarks.Replace(layout)
	if strings.Contains(layout, "PM") || strings.Contains(layout, "pm") {
		layout = strings.Replace(layout, "15:", "3:", 1)
	}
	if got, err := time.Parse(layout, d.Raw); err != nil || got.Format(time.DateOnly) != d.Time.Format(time.DateOnly) {
		return ""
	}
	return layout
}

// clockMarks turns the marks of markClock into a layout.
var clockMarks = strings.NewReplacer("\x0f", "15", "\x04", "04", "\x05", "05")

// markClock replaces a time of day by marks without digits, so that the search
// for day, month and year does not see it.
func markClock(clock string) string {
	if strings.Count(clock, ":") == 2 {
		return "\x0f:\x04:\x05"
	}
	return "\x0f:\x04"
}

// layoutWord returns the layout of an English month, weekday or half of the day
// of t, and other words as they are.
func layoutWord(s string, t time.Time) string {
	for _, form := range []string{"January", "Jan", "Monday", "Mon", "PM", "pm"} {
		if s == t.Format(form) {
			return form
		}
	}
	return s
}

// layoutDay replaces the numbers of the day, month and year in layout. ok is
// false when day and month cannot be told apart.
func layoutDay(layout string, d item.Date) (_ string, ok bool) {
	t := d.Time
	named := strings.Contains(layout, "Jan")
	yearFirst := strings.HasPrefix(d.Raw, t.Format("2006"))
	if !named && t.Day() == int(t.Month()) && !yearFirst {
		return "", false
	}
	return digitPart.ReplaceAllStringFunc(layout, func(s string) string {
		switch {
		case s == t.Format("2006"):
			return "2006"
		case !named && (s == t.Format("01") || s == t.Format("1")):
			named = true
			return "1" // reads 07 as well
		case s == t.Format("02") || s == t.Format("2"):
			return "2"
		case s == t.Format("06"):
			return "06"
		}
		return s
	}), true
}
