package list

import (
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// PairDates sets the date of each entry: one within it, else the one between it and
// its neighbour, on the side where the list has its dates. Layouts may be nil.
func (f *Finder) PairDates(entries []Entry, layouts []string) {
	missing := false
	for k := range entries {
		e := &entries[k]
		e.Date = f.dateWithin(e, layouts)
		missing = missing || e.Date.IsZero()
	}
	if !missing || f.underDays(entries) {
		return
	}
	first := f.gapDate(entries, 0, layouts)
	last := f.gapDate(entries, len(entries), layouts)
	leads := !first.date.IsZero() && last.date.IsZero() // dates stand before their entries
	if leads && len(entries) > 2 && f.lone(entries, layouts) {
		return
	}
	for k := range entries {
		e := &entries[k]
		if !e.Date.IsZero() {
			continue
		}
		if leads {
			if g := f.gapDate(entries, k, layouts); !g.date.IsZero() {
				e.Date, e.From = g.date, min(e.From, g.from)
			}
		} else if g := f.gapDate(entries, k+1, layouts); !g.date.IsZero() {
			e.Date, e.To = g.date, max(e.To, g.to)
		}
	}
}

// lone reports whether no date stands between the entries. Then one before the
// first belongs to what is above the list.
func (f *Finder) lone(entries []Entry, layouts []string) bool {
	for k := 1; k < len(entries); k++ {
		if g := f.gapDate(entries, k, layouts); !g.date.IsZero() {
			return false
		}
	}
	return true
}

// gapDate is a date between two entries, and the nodes that it stands in.
type gapDate struct {
	date     item.Date
	from, to int32
}

// maxGapNodes bounds how far a date may stand from the first or last entry.
const maxGapNodes = 12

// gapDate reads the date before entry k; k = len(entries) is after the last.
func (f *Finder) gapDate(entries []Entry, k int, layouts []string) gapDate {
	t := f.tree
	from, to := int32(0), t.Len()
	switch k {
	case 0:
		if up := t.Parent[entries[0].Root]; up >= 0 {
			from = up
		}
		to = entries[0].From
		from = max(from, to-maxGapNodes)
	case len(entries):
		from = entries[k-1].To
		if up := t.Parent[entries[k-1].Root]; up >= 0 {
			to = t.End[up]
		}
		to = min(to, from+maxGapNodes)
	default:
		from, to = entries[k-1].To, entries[k].From
	}
	if from >= to {
		return gapDate{}
	}
	return f.dateBetween(from, to, k == 0, layouts)
}

// dateBetween reads the date in the lines within [from, to). Before the first entry
// of a list that is the last line, else the first.
func (f *Finder) dateBetween(from, to int32, last bool, layouts []string) (g gapDate) {
	lines := f.tree.Lines()
	for k := f.tree.LineAt(from); k < len(lines) && lines[k].First < to; k++ {
		l := lines[k]
		text := l.Text
		if l.First < from || l.Last >= to {
			text = f.tree.TextBetween(max(l.First, from), min(l.Last+1, to))
		}
		d, ok := f.dates.Line(text, layouts)
		switch {
		case ok:
			g = gapDate{d, max(l.First, from), min(l.Last+1, to)}
			if !last {
				return g
			}
		case last:
			g.date = item.Date{} // something else stands between the date and the entry
		default:
			return gapDate{}
		}
	}
	return g
}

// dateWithin reads the date in the nodes of an entry, outside its title.
func (f *Finder) dateWithin(e *Entry, layouts []string) item.Date {
	t := f.tree
	for i := t.Find(atom.Time, e.From, e.To); i >= 0; i = t.Find(atom.Time, i+1, e.To) {
		if d, ok := f.dates.Element(t.Text(i, nil), dom.Attr(t.Nodes[i], "datetime"), layouts); ok {
			return d
		}
	}
	for i := e.From; i+1 < e.To; i++ {
		if t.End[i] == i+2 && t.IsText(i+1) {
			if d, ok := f.dateAlone(t.Nodes[i+1].Data, e.Title, layouts); ok {
				return d
			}
		}
	}
	lines := t.Lines()
	for k := t.LineAt(e.From); k < len(lines) && lines[k].First < e.To; k++ {
		if lines[k].First < e.From || lines[k].Last >= e.To {
			continue
		}
		s := lines[k].Text
		if i := strings.Index(s, e.Title); i >= 0 && e.Title != "" {
			s = s[:i] + " | " + s[i+len(e.Title):]
		}
		if d, ok := f.dates.Line(s, layouts); ok {
			return d
		}
	}
	return item.Date{}
}

// dateAlone reads the text of an element that is a date and little else.
func (f *Finder) dateAlone(text, title string, layouts []string) (item.Date, bool) {
	if len(text) > maxDayLine || !date.MayHold(text) {
		return item.Date{}, false
	}
	s := dom.Clean(text)
	if s == title || len(s) > date.MaxOnly {
		return item.Date{}, false
	}
	found, ok := f.dates.Find(s)
	if !ok || !found.Alone(s) {
		return item.Date{}, false
	}
	if len(layouts) > 0 {
		return f.dates.Layout(s, layouts)
	}
	return found.Date, true
}

// withoutDate cuts a date with a time of day off the beginning or the end of a
// title: "Port opens" of "10:42 13.07.2023 Port opens".
func (f *Finder) withoutDate(s string) string {
	d, ok := f.dates.Find(s)
	if !ok || d.Date.Precision != item.Second {
		return s
	}
	switch {
	case d.Pos == 0 && dom.Words(s[d.End:]) >= 2:
		return dom.TrimSeparators(s[d.End:])
	case d.End == len(s) && dom.Words(s[:d.Pos]) >= 2:
		return dom.TrimSeparators(s[:d.Pos])
	}
	return s
}

// cutDates moves the dates from the titles of a list to its entries, where half of
// the titles begin or end with one.
func (f *Finder) cutDates(entries []Entry) {
	cuts := make([]date.Found, len(entries))
	n := 0
	for k := range entries {
		s := entries[k].Title
		d, ok := f.dates.Find(s)
		if !ok {
			continue
		}
		before, after := dom.Words(s[:d.Pos]), dom.Words(s[d.End:])
		if before == 0 && after >= 2 || after == 0 && before >= 2 {
			cuts[k] = d
			n++
		}
	}
	if n < 2 || 2*n < len(entries) {
		return
	}
	for k, d := range cuts {
		e := &entries[k]
		if d.End == 0 {
			continue
		}
		if e.Date.IsZero() {
			e.Date = d.Date
		}
		if dom.Words(e.Title[:d.Pos]) == 0 {
			e.Title = strings.TrimLeft(dom.TrimSeparators(e.Title[d.End:]), ")] -–—|·:")
		} else {
			e.Title = strings.TrimRight(dom.TrimSeparators(e.Title[:d.Pos]), "([ -–—|·,")
		}
	}
}
