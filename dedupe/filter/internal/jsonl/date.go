package jsonl

import (
	"strconv"
	"strings"
	"time"
)

// layouts lists the date formats of such files. A date without a zone is read
// as UTC: only the distance in days matters.
var layouts = []string{
	time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02T15:04:05Z0700",
	"2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 MST", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02",
	"2006/01/02", "20060102150405", "20060102", time.RFC1123Z, time.RFC1123, "Mon, 2 Jan 2006 15:04:05 -0700",
	"Mon, 2 Jan 2006 15:04:05 MST", time.ANSIC, "2 January 2006", "January 2, 2006", "Jan 2, 2006",
}

// date parses a string, a number such as 20250301, or seconds or milliseconds
// since 1970. It returns the zero time for anything else.
func date(value []byte) time.Time {
	s := strings.TrimSpace(string(value))
	if value[0] == '"' {
		s = strings.TrimSpace(text(value))
	}
	if value[0] == '"' || len(s) == len("20060102") {
		for _, layout := range layouts {
			if t, err := time.Parse(layout, s); err == nil {
				return t.UTC()
			}
		}
	}
	n, err := strconv.ParseFloat(s, 64)
	const second, milli = 1e11, 1e14 // both in the year 5138
	switch {
	case err != nil || n <= 0 || n >= milli:
		return time.Time{}
	case n >= second:
		return time.UnixMilli(int64(n)).UTC()
	}
	return time.Unix(int64(n), 0).UTC()
}
