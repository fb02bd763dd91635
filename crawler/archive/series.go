// Package archive enumerates the URLs of an archive by page number, id or date.
//
//	series.go     Template, Series: the URLs, computed from an index
//	position.go   Position, Window: the cursor of a pass and its end
package archive

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/zeebo/xxh3"
)

// Template is the configuration of an archive: its URL and the values to put in.
type Template struct {
	URL      string // with {page}, {id} or {date:LAYOUT} in it, LAYOUT as in package time
	By       string // page | id | date
	From, To string // whole numbers, or days as 2006-01-02; To "": no end, for date today
	Step     string // a positive whole number, or day | month | year for date
	Order    string // asc | desc
}

// Series is the sequence of the URLs of an archive, indexed from 0 in the order in
// which they are fetched. URLs are computed on demand.
//
// Series by date count whole days, months or years: a series by month goes from the
// first day of From's month to that of To's.
type Series struct {
	parts  []string // of the URL: text and, at odd indexes, layouts; "" for a number
	by     string
	unit   string // day | month | year, "" for numbers
	order  string
	origin int64 // number, or ordinal of the period, at index 0
	step   int64 // from one index to the next: below 0 for desc
	n      int64 // length, or noEnd
	today  time.Time
}

// noEnd is the length of a series without an end.
const noEnd = -1

// placeholder matches the part of an archive's URL that the values replace.
var placeholder = regexp.MustCompile(`\{(?:page|id|date:([^{}]+))\}`)

// New returns the series of an archive. today is the last day of a date series without
// an end; to resume a pass it must be Position.Today, so that indexes keep their
// meaning.
func New(t Template, today time.Time) (Series, error) {
	s := Series{by: t.By, order: t.Order, today: civil(today)}
	if err := s.parse(t); err != nil {
		return Series{}, fmt.Errorf("archive %s: %w", t.URL, err)
	}
	from, to, err := s.bounds(t)
	if err != nil {
		return Series{}, fmt.Errorf("archive %s: %w", t.URL, err)
	}
	s.span(from, to)
	return s, nil
}

// parse reads the template except for its bounds.
func (s *Series) parse(t Template) error {
	end := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(t.URL, -1) {
		kind, layout := t.URL[m[0]+1:m[1]-1], ""
		if m[2] >= 0 {
			kind, layout = "date", t.URL[m[2]:m[3]]
		}
		if kind != t.By {
			return fmt.Errorf("the URL contains {%s}, but the archive goes by %s", kind, t.By)
		}
		s.parts = append(s.parts, t.URL[end:m[0]], layout)
		end = m[1]
	}
	s.parts = append(s.parts, t.URL[end:])
	s.step = 1
	step, err := strconv.ParseInt(t.Step, 10, 64)
	switch {
	case len(s.parts) == 1:
		return fmt.Errorf("the URL does not contain {%s}", t.By)
	case t.Order != "asc" && t.Order != "desc":
		return fmt.Errorf("order %q is neither asc nor desc", t.Order)
	case t.By == "date":
		s.unit = t.Step
		if t.Step != "day" && t.Step != "month" && t.Step != "year" {
			return fmt.Errorf("step %q is not day, month or year", t.Step)
		}
	case err != nil || step < 1:
		return fmt.Errorf("step %q is not a positive whole number", t.Step)
	default:
		s.step = step
	}
	return nil
}

// bounds returns the first and the last number or period; to is math.MaxInt64 if there
// is no end.
func (s *Series) bounds(t Template) (from, to int64, err error) {
	read := func(text string) (int64, error) {
		if s.unit == "" {
			v, err := strconv.ParseInt(text, 10, 64)
			if err != nil || v < 0 {
				return 0, fmt.Errorf("%q is not a non-negative whole number", text)
			}
			return v, nil
		}
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return 0, fmt.Errorf("%q is not a day such as 2019-05-31", text)
		}
		return s.ordinal(day), nil
	}
	if from, err = read(t.From); err != nil {
		return 0, 0, fmt.Errorf("from: %w", err)
	}
	switch {
	case t.To != "":
		if to, err = read(t.To); err != nil {
			return 0, 0, fmt.Errorf("to: %w", err)
		}
	case s.unit != "":
		return from, s.ordinal(s.today), nil
	case s.order == "desc":
		return 0, 0, errors.New("order: desc needs to, the value to begin with")
	default:
		return from, math.MaxInt64, nil
	}
	if from > to {
		return 0, 0, fmt.Errorf("from %s is beyond to %s", t.From, t.To)
	}
	return from, to, nil
}

// span sets the range of the series to from … to, both included.
func (s *Series) span(from, to int64) {
	step := max(s.step, -s.step)
	switch {
	case to == math.MaxInt64:
		s.n = noEnd
	case to < from:
		s.n = 0
	default:
		s.n = (to-from)/step + 1
	}
	s.origin, s.step = from, step
	if s.order == "desc" {
		s.origin, s.step = to, -step
	}
}

// At returns the URL with index i, from 0; ok is false past the end.
func (s Series) At(i int64) (url string, ok bool) {
	v, ok := s.value(i)
	if !ok {
		return "", false
	}
	var b strings.Builder
	for k, part := range s.parts {
		switch {
		case k%2 == 0:
			b.WriteString(part)
		case s.unit == "":
			b.WriteString(strconv.FormatInt(v, 10))
		default:
			b.WriteString(s.begin(v).Format(part))
		}
	}
	return b.String(), true
}

// value returns the number, or the ordinal of the period, with index i.
func (s Series) value(i int64) (v int64, ok bool) {
	switch {
	case i < 0, s.n != noEnd && i >= s.n:
		return 0, false
	case s.n == noEnd && i > (math.MaxInt64-s.origin)/s.step:
		return 0, false
	}
	return s.origin + i*s.step, true
}

// Len returns the number of URLs; known is false if the series has no end.
func (s Series) Len() (n int64, known bool) {
	if s.n == noEnd {
		return 0, false
	}
	return s.n, true
}

// Day returns the first day of the period with index i, at midnight UTC; ok is false
// past the end and for a series by page or id.
func (s Series) Day(i int64) (day time.Time, ok bool) {
	v, ok := s.value(i)
	if !ok || s.unit == "" {
		return time.Time{}, false
	}
	return s.begin(v), true
}

// Clip returns the part of a date series whose periods contain a day from from to to,
// both included; clock and zone are ignored, and the zero time is no bound. Indexes
// count from 0 again. A series by page or id is returned unchanged, since its dates are
// unknown.
func (s Series) Clip(from, to time.Time) Series {
	if s.unit == "" || s.n == 0 {
		return s
	}
	first, last := s.origin, s.origin+(s.n-1)*s.step
	if s.step < 0 {
		first, last = last, first
	}
	if !from.IsZero() {
		first = max(first, s.ordinal(civil(from)))
	}
	if !to.IsZero() {
		last = min(last, s.ordinal(civil(to)))
	}
	s.span(first, last)
	return s
}

// Sum returns a hash of everything that decides the meaning of an index. Two series
// with one sum have the same URL at each index within both; a later end does not
// change the sum.
func (s Series) Sum() uint64 {
	fields := []string{s.by, s.unit, strconv.FormatInt(s.origin, 10), strconv.FormatInt(s.step, 10)}
	return xxh3.HashString(strings.Join(append(fields, s.parts...), "\x00"))
}

// ordinal returns the number of the period of a day: days since 1970, months since
// year 0, or the year.
func (s Series) ordinal(day time.Time) int64 {
	switch s.unit {
	case "year":
		return int64(day.Year())
	case "month":
		return int64(day.Year())*12 + int64(day.Month()) - 1
	}
	return day.Unix() / (24 * 60 * 60) // exact: day is a midnight in UTC
}

// begin returns the first day of a period.
func (s Series) begin(ordinal int64) time.Time {
	switch s.unit {
	case "year":
		return time.Date(int(ordinal), 1, 1, 0, 0, 0, 0, time.UTC)
	case "month":
		return time.Date(0, time.Month(ordinal)+1, 1, 0, 0, 0, 0, time.UTC)
	}
	return time.Unix(ordinal*24*60*60, 0).UTC()
}

// civil returns the date of t in its own zone, at midnight UTC.
func civil(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
