package cli

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

// layoutOf is the Go reference-time layout that d was written in, "" when it
// cannot be told, as with month names other than English.
func layoutOf(d item.Date) string {
	raw, t := d.Raw, d.Time
	if raw == "" || d.IsZero() {
		return ""
	}
	layout := clockPart.ReplaceAllStringFunc(raw, func(s string) string {
		out := "\x0f:\x04" // no digits yet: the next steps look for those
		if s[1] == ':' {
			out = "\x03:\x04"
		}
		if strings.Count(s, ":") == 2 {
			out += ":\x05"
		}
		return out
	})
	layout = wordPart.ReplaceAllStringFunc(layout, func(s string) string {
		for _, form := range []string{"January", "Jan", "Monday", "Mon", "PM", "pm"} {
			if s == t.Format(form) {
				return form
			}
		}
		return s
	})
	named := strings.Contains(layout, "Jan")
	yearFirst := strings.HasPrefix(layout, t.Format("2006"))
	if !named && t.Day() == int(t.Month()) && !yearFirst {
		return "" // which of the two is the day?
	}
	month := named
	layout = digitPart.ReplaceAllStringFunc(layout, func(s string) string {
		switch {
		case s == t.Format("2006"):
			return "2006"
		case !month && (yearFirst || t.Day() != int(t.Month())) && (s == t.Format("01") || s == t.Format("1")):
			month = true
			return "1" // reads 07 as well
		case s == t.Format("02") || s == t.Format("2"):
			return "2"
		case s == t.Format("06"):
			return "06"
		}
		return s
	})
	layout = strings.NewReplacer("\x0f", "15", "\x03", "15", "\x04", "04", "\x05", "05").Replace(layout)
	if strings.Contains(layout, "PM") || strings.Contains(layout, "pm") {
		layout = strings.Replace(layout, "15:", "3:", 1)
	}
	if got, err := time.Parse(layout, raw); err != nil || got.Format(time.DateOnly) != t.Format(time.DateOnly) {
		return ""
	}
	return layout
}
