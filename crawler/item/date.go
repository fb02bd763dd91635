package item

import (
	"fmt"
	"time"
)

// Precision says how much of a Date is known.
type Precision uint8

// A Date of precision Day has no time of day: a day is not midnight.
const (
	Day Precision = iota
	Second
)

// Date is a published or modified date as a page states it. Time holds the
// wall clock: in the stated zone when Zoned, else in UTC as a carrier only.
// Raw is the text it was read from.
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

// Day is the calendar day as YYYY-MM-DD, or "" when no date is known.
func (d Date) Day() string {
	if d.IsZero() {
		return ""
	}
	return d.Time.Format(dayLayout)
}

// String is the date as items carry it: 2023-07-13T13:31:00+04:00 with a zone,
// 2023-07-13T13:31:00 where none is known, 2023-07-13 where no time is known.
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

// MarshalText writes String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote. Raw stays empty.
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

// Instant is a moment that newsonce itself observed: RFC 3339, UTC, seconds.
type Instant struct{ time.Time }

// At is the Instant of t.
func At(t time.Time) Instant { return Instant{t.UTC().Truncate(time.Second)} }

// MarshalText writes RFC 3339 in UTC without fractions.
func (i Instant) MarshalText() ([]byte, error) {
	return []byte(i.UTC().Format("2006-01-02T15:04:05Z")), nil
}

// MarshalJSON writes MarshalText as a JSON string.
func (i Instant) MarshalJSON() ([]byte, error) {
	return []byte(i.UTC().Format(`"2006-01-02T15:04:05Z"`)), nil
}
