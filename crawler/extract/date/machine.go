package date

import (
	"strconv"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

// IsClock reports a time within an hour of the fetch, whatever the zone: what a
// page's clock shows.
func (r Reader) IsClock(d item.Date) bool {
	if r.now.IsZero() || d.Precision != item.Second {
		return false
	}
	off := d.Time.Sub(r.now).Abs() % (30 * time.Minute)
	return d.Time.Sub(r.now).Abs() < 15*time.Hour && min(off, 30*time.Minute-off) < 2*time.Minute
}

// machineDate reads what machines write: a date, or the seconds or milliseconds
// since 1970, for 1995 and later.
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

// maxAttributeDate is the longest value of an attribute that is read as a date,
// in bytes.
const maxAttributeDate = 64
