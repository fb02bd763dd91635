package feed

import (
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

// dateLayouts are the forms of dates in sitemaps: those of
// https://www.w3.org/TR/NOTE-datetime with at least a day, and others that sites
// write.
var dateLayouts = []struct {
	layout    string
	precision item.Precision
	zoned     bool
}{
	{time.RFC3339, item.Second, true},
	{"2006-01-02", item.Day, false},
	{"2006-01-02T15:04Z07:00", item.Second, true},
	{"2006-01-02T15:04:05Z0700", item.Second, true},
	{"2006-01-02 15:04:05 Z0700", item.Second, true},
	{"2006-01-02 15:04:05Z07:00", item.Second, true},
	{"2006-01-02T15:04:05", item.Second, false},
	{"2006-01-02 15:04:05", item.Second, false},
	{"2006-01-02T15:04", item.Second, false},
	{time.RFC1123Z, item.Second, true},
}

// maxDate is the length of the longest text that may be a date.
const maxDate = 64

// parseDate parses a date of a sitemap. For text that it cannot read, and for a month
// or year alone, it returns a Date with nothing but the text.
func parseDate(s string) item.Date {
	if s == "" || len(s) > maxDate {
		return item.Date{}
	}
	for _, l := range dateLayouts {
		if t, err := time.Parse(l.layout, s); err == nil {
			return item.Date{Time: t, Precision: l.precision, Zoned: l.zoned, Raw: s}
		}
	}
	return item.Date{Raw: s}
}

const (
	// clockSkew is how far the clock of a site and its caches may lag behind.
	clockSkew = time.Hour
	// farthestWest is how long after its end in UTC a day ends in the last zone.
	farthestWest = 12 * time.Hour
)

// Settled reports whether a file with this lastmod cannot have changed since it
// was read without a new lastmod. Within an hour of a change, or within the day
// if lastmod is a day, another change may leave it the same.
func Settled(lastmod item.Date, read time.Time) bool {
	end := lastmod.Time.Add(clockSkew)
	switch {
	case lastmod.IsZero():
		return false
	case lastmod.Precision == item.Day:
		end = end.Add(24*time.Hour + farthestWest)
	case !lastmod.Zoned:
		end = end.Add(farthestWest)
	}
	return end.Before(read)
}

// Within reports whether the entry lies within the days from and to, inclusive, by
// its date of publication or, without one, by its last change. Days are compared
// as the dates are written, in whatever zone. The zero time is no bound, and an
// entry without a date is within. A sitemap that an index names is outside only
// if it last changed before from: it may hold entries of any earlier day.
func (e Entry) Within(from, to time.Time) bool {
	d := e.Published
	if d.IsZero() {
		d = e.LastMod
	}
	if d.IsZero() {
		return true
	}
	day := civil(d.Time)
	return (from.IsZero() || !day.Before(civil(from))) && (e.Sitemap || to.IsZero() || !day.After(civil(to)))
}

// civil returns the day of t in its own zone, at midnight UTC.
func civil(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
