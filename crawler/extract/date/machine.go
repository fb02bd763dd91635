package date

import (
	"strconv"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

// IsClock reports whether d is the time of the fetch in some zone: a page's clock.
func (r Reader) IsClock(d item.Date) bool {
	if r.now.IsZero() || d.Precision != item.Second {
		return false
	}
	off := d.Time.Sub(r.now).Abs() % (30 * time.Minute)
	return d.Time.Sub(r.now).Abs() < 15*time.Hour && min(off, 30*time.Minute-off) < 2*time.Minute
}

// machine reads a date, or seconds or milliseconds since 1970 that are of 1995 or later.
func (r Reader) machine(s string) (item.Date, bool) {
	s = strings.TrimSpace(s)
	if len(s) != 10 && len(s) != 13 || strings.Trim(s, "0123456789") != "" {
		return r.Read(s)
	}
	v, err := strconv.ParseInt(s[:10], 10, 64)
	t := time.Unix(v, 0).UTC()
	d := item.Date{Time: t, Raw: s, Precision: item.Second, Zoned: true}
	return d, err == nil && t.Year() >= 1995 && r.believed(d)
}

// maxMachine is the longest value, in bytes, that is read as a machine's date.
const maxMachine = 64
