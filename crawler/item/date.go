package item

import (
	"fmt"
	"time"
)

// Precision is the known part of a Date.
type Precision uint8

// Precisions. A Date of precision Day has no time of day; it does not mean midnight.
const (
	Day Precision = iota
	Second
)

// Date is a publication or modification date as a page states it. Time is its wall
// clock, in the stated zone if Zoned; otherwise the zone UTC has no meaning. Raw is
// the text it was read from.
type Date struct {
	Time      time.Time
	Precision Precision
	Zoned     bool
	Raw       string
}

const (
	dayLayout   = "2006-01-02"
	localLayout = "2006-01-02T15:04:05"
	zonedLayout = "2006-01-02T15:04:05-07:00"
)

// IsZero reports whether no date is known.
func (d Date) IsZero() bool { return d.Time.IsZero() }

// Day returns the calendar day as YYYY-MM-DD, or "" when no date is known.
func (d Date) Day() string {
	if d.IsZero() {
		return ""
	}
	return d.Time.Format(dayLayout)
}

// String returns the date as in items: 2023-07-13T13:31:00+04:00 with a zone,
// 2023-07-13T13:31:00 without one, 2023-07-13 without a time.
func (d Date) String() string {
	switch {
	case d.IsZero():
		return ""
	case d.Precision == Day:
		return d.Time.Format(dayLayout)
	case d.Zoned:
		return d.Time.Format(zonedLayout)
	default:
		return d.Time.Format(localLayout)
	}
}

// UTC returns the moment of a date whose time and zone are known, else the zero Instant.
func (d Date) UTC() Instant {
	if d.IsZero() || d.Precision == Day || !d.Zoned {
		return Instant{}
	}
	return At(d.Time)
}

// MarshalText returns String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the output of MarshalText. Raw stays empty.
func (d *Date) UnmarshalText(b []byte) error {
	s := string(b)
	if s == "" {
		*d = Date{}
		return nil
	}
	for _, l := range []struct {
		layout    string
		precision Precision
		zoned     bool
	}{{dayLayout, Day, false}, {localLayout, Second, false}, {zonedLayout, Second, true}, {time.RFC3339, Second, true}} {
		if t, err := time.Parse(l.layout, s); err == nil {
			*d = Date{Time: t, Precision: l.precision, Zoned: l.zoned}
			return nil
		}
	}
	return fmt.Errorf("date %q is neither 2006-01-02, 2006-01-02T15:04:05 nor RFC 3339", s)
}

// Instant is a moment observed by newsonce, in UTC and whole seconds.
type Instant struct{ time.Time }

// At returns the Instant of t.
func At(t time.Time) Instant { return Instant{t.UTC().Truncate(time.Second)} }

// MarshalText returns RFC 3339 in UTC without fractions.
func (i Instant) MarshalText() ([]byte, error) {
	return []byte(i.UTC().Format("2006-01-02T15:04:05Z")), nil
}

// MarshalJSON returns MarshalText as a JSON string.
func (i Instant) MarshalJSON() ([]byte, error) {
	return []byte(i.UTC().Format(`"2006-01-02T15:04:05Z"`)), nil
}
