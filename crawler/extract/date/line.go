package date

import (
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// MaxOnly is the longest text that is a date and little else, in bytes.
const MaxOnly = 80

// Only reports whether s is a date with at most a few words around it.
func (r Reader) Only(s string) bool {
	if len(s) > MaxOnly {
		return false
	}
	f, ok := r.Find(s)
	return ok && f.Alone(s)
}

// Line reads a line that is a date with little beside it, by the layouts if there are any.
func (r Reader) Line(s string, layouts []string) (item.Date, bool) {
	if len(layouts) > 0 {
		return r.Layout(s, layouts)
	}
	if len(s) > 160 {
		return item.Date{}, false
	}
	f, ok := r.Find(s)
	if !ok {
		return r.SinceIn(s)
	}
	return f.Date, len(s)-(f.End-f.Pos) <= 48
}

// SinceIn is Since for a line of a list, whose parts are separated by bars or dots:
// "Sport | 2 hours ago".
func (r Reader) SinceIn(s string) (item.Date, bool) {
	if r.now.IsZero() || len(s) > MaxOnly {
		return item.Date{}, false
	}
	for _, part := range dom.Parts(s) {
		part = dom.TrimSeparators(part)
		if part == "" || dom.Words(part) > maxListSince && !dom.HasWide(part) || MarksChange(part) {
			continue
		}
		if d, ok := r.Since(part); ok {
			return d, true
		}
	}
	return item.Date{}, false
}

// maxListSince is the number of words of such a part.
const maxListSince = 6

// Element reads the date of an element: its text by the layouts, then machine, its
// datetime attribute or "", then a machine's date in the text.
func (r Reader) Element(text, machine string, layouts []string) (item.Date, bool) {
	if d, ok := r.Layout(text, layouts); ok {
		return d, true
	}
	if machine != "" {
		if d, ok := r.Read(machine); ok {
			return d, true
		}
	}
	if len(layouts) == 0 || isoDate(text) {
		return r.Read(text)
	}
	return item.Date{}, false
}

// isoDate reports whether s begins as dates of RFC 3339 do.
func isoDate(s string) bool {
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return false
	}
	for _, i := range [...]int{0, 1, 2, 3, 5, 6, 8, 9} {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
