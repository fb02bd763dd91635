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

// Template is the URL of an archive and what it counts through, as crawl.yaml
// has them.
type Template struct {
	URL      string // with {page}, {id} or {date:LAYOUT} in it, LAYOUT as in package time
	By       string // page | id | date
	From, To string // whole numbers, or days as 2006-01-02; To "": no end, for date today
	Step     string // a whole number from 1, or day | month | year for date
	Order    string // asc | desc
}

// Series are the URLs of an archive, counted from 0 in the order in which they
// are to be asked. It is a value: nothing is listed before it is asked for.
//
// Days, months and years are counted as such: a series by month goes from the
// first day of the month of From to that of To.
type Series struct {
	parts  []string // of the URL: text and, at odd indexes, layouts; "" for a number
	by     string
	unit   string // day | month | year, "" for numbers
	order  string
	origin int64 // number, or ordinal of the period, at index 0
	step   int64 // from one index to the next: below 0 for desc
	n      int64 // how many, or noEnd
	today  time.Time
}

// noEnd is the length of a series without an end.
const noEnd = -1

// placeholder is what the URL of an archive counts through.
var placeholder = regexp.MustCompile(`\{(?:page|id|date:([^{}]+))\}`)

// New is the series of an archive. today is the day on which a date
// series without an end is taken to end; for a walk that goes on, that is
// Position.Today, so that its indexes mean what they meant.
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

// parse reads what of the template needs no bounds.
func (s *Series) parse(t Template) error {
	end := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(t.URL, -1) {
		kind, layout := t.URL[m[0]+1:m[1]-1], ""
		if m[2] >= 0 {
			kind, layout = "date", t.URL[m[2]:m[3]]
		}
		if kind != t.By {
			return fmt.Errorf("the URL holds {%s}, but goes by %s", kind, t.By)
		}
		s.parts = append(s.parts, t.URL[end:m[0]], layout)
		end = m[1]
	}
	s.parts = append(s.parts, t.URL[end:])
	s.step = 1
	step, err := strconv.ParseInt(t.Step, 10, 64)
	switch {
	case len(s.parts) == 1:
		return fmt.Errorf("the URL holds no {%s}", t.By)
	case t.Order != "asc" && t.Order != "desc":
		return fmt.Errorf("order %q is neither asc nor desc", t.Order)
	case t.By == "date":
		s.unit = t.Step
		if t.Step != "day" && t.Step != "month" && t.Step != "year" {
			return fmt.Errorf("step %q is none of day, month, year", t.Step)
		}
	case err != nil || step < 1:
		return fmt.Errorf("step %q is no whole number from 1", t.Step)
	default:
		s.step = step
	}
	return nil
}

// bounds are the first and the last number or period; to is math.MaxInt64 where
// there is no end.
func (s *Series) bounds(t Template) (from, to int64, err error) {
	read := func(text string) (int64, error) {
		if s.unit == "" {
			v, err := strconv.ParseInt(text, 10, 64)
			if err != nil || v < 0 {
				return 0, fmt.Errorf("%q is no whole number from 0", text)
			}
			return v, nil
		}
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return 0, fmt.Errorf("%q is no day such as 2019-05-31", text)
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
		return 0, 0, errors.New("a descending series needs to: where it begins")
	default:
		return from, math.MaxInt64, nil
	}
	if from > to {
		return 0, 0, fmt.Errorf("from %s is beyond to %s", t.From, t.To)
	}
	return from, to, nil
}

// span lays the series over from to to, both included.
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

// At is the URL with index i, from 0; ok is false past the end.
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

// value is the number, or the ordinal of the period, with index i.
func (s Series) value(i int64) (v int64, ok bool) {
	switch {
	case i < 0, s.n != noEnd && i >= s.n:
		return 0, false
	case s.n == noEnd && i > (math.MaxInt64-s.origin)/s.step:
		return 0, false
	}
	return s.origin + i*s.step, true
}

// Len is how many URLs the series has; known is false where it has no end.
func (s Series) Len() (n int64, known bool) {
	if s.n == noEnd {
		return 0, false
	}
	return s.n, true
}

// Day is the first day of the period with index i, at midnight UTC; ok is false
// past the end, and for a series that goes by page or id.
func (s Series) Day(i int64) (day time.Time, ok bool) {
	v, ok := s.value(i)
	if !ok || s.unit == "" {
		return time.Time{}, false
	}
	return s.begin(v), true
}

// Clip leaves of a date series the periods that hold a day within from and to,
// both included, whatever their clock and zone say; the zero time is no bound.
// Indexes count from 0 again. A series that goes by page or id stays as it is:
// its dates are not known.
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

// Sum is a hash of all that decides what an index means. Series with one sum
// give the same URL for an index, as far as both go: an end that has moved on
// changes nothing.
func (s Series) Sum() uint64 {
	return xxh3.HashString(strings.Join(append([]string{s.by, s.unit, strconv.FormatInt(s.origin, 10), strconv.FormatInt(s.step, 10)}, s.parts...), "\x00"))
}

// ordinal numbers the periods: the days from 1970 on, the months and the years
// of the calendar.
func (s Series) ordinal(day time.Time) int64 {
	switch s.unit {
	case "year":
		return int64(day.Year())
	case "month":
		return int64(day.Year())*12 + int64(day.Month()) - 1
	}
	return day.Unix() / (24 * 60 * 60) // exact: day is a midnight in UTC
}

// begin is the first day of a period.
func (s Series) begin(ordinal int64) time.Time {
	switch s.unit {
	case "year":
		return time.Date(int(ordinal), 1, 1, 0, 0, 0, 0, time.UTC)
	case "month":
		return time.Date(0, time.Month(ordinal)+1, 1, 0, 0, 0, 0, time.UTC)
	}
	return time.Unix(ordinal*24*60*60, 0).UTC()
}

// civil is the day that the clock of t shows, at midnight UTC.
func civil(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}
