package list

import (
	"sort"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// PairDates gives each entry its date: one within it, else the one that stands
// between it and its neighbour, on the side where the list has them.
func (p *Finder) PairDates(entries []Entry, layouts []string) {
	if len(entries) == 0 {
		return
	}
	t := p.tree
	missing := false
	for k := range entries {
		e := &entries[k]
		e.Date = p.dateWithin(e, layouts)
		missing = missing || e.Date.IsZero()
	}
	if !missing {
		return
	}
	gap := func(k int) (item.Date, int32, int32) { // before entry k; k = len(entries) is behind the last
		from, to := int32(0), t.Len()
		switch {
		case k == 0:
			if up := t.Parent[entries[0].Root]; up >= 0 {
				from = up
			}
			to = entries[0].From
			from = max(from, to-maxGapNodes)
		case k == len(entries):
			from = entries[k-1].To
			if up := t.Parent[entries[k-1].Root]; up >= 0 {
				to = t.End[up]
			}
			to = min(to, from+maxGapNodes)
		default:
			from, to = entries[k-1].To, entries[k].From
		}
		if from >= to {
			return item.Date{}, 0, 0
		}
		return p.gapDate(from, to, k == 0, layouts)
	}
	if p.underDays(entries) {
		return
	}
	first, _, _ := gap(0)
	last, _, _ := gap(len(entries))
	leads := !first.IsZero() && last.IsZero() // dates stand before their entries
	if leads && len(entries) > 2 && p.lone(entries, gap) {
		return
	}
	for k := range entries {
		e := &entries[k]
		if !e.Date.IsZero() {
			continue
		}
		if leads {
			if d, from, _ := gap(k); !d.IsZero() {
				e.Date, e.From = d, min(e.From, from)
			}
		} else if d, _, to := gap(k + 1); !d.IsZero() {
			e.Date, e.To = d, max(e.To, to)
		}
	}
}

// lone reports whether the date before the first entry is the only one: it is the
// date of what stands above the list.
func (p *Finder) lone(entries []Entry, gap func(int) (item.Date, int32, int32)) bool {
	for k := 1; k < len(entries); k++ {
		if d, _, _ := gap(k); !d.IsZero() {
			return false
		}
	}
	return true
}

// maxGapNodes bounds how far a date may stand from the first or last entry.
const maxGapNodes = 12

// dateWithin finds the date in the nodes of an entry, outside its title.
func (p *Finder) dateWithin(e *Entry, layouts []string) item.Date {
	t := p.tree
	for i := t.Find(atom.Time, e.From, e.To); i >= 0; i = t.Find(atom.Time, i+1, e.To) {
		if d, ok := p.dates.Element(t.Text(i, nil), dom.Attr(t.Nodes[i], "datetime"), layouts); ok {
			return d
		}
	}
	for i := e.From; i+1 < e.To; i++ {
		if t.End[i] == i+2 && t.IsText(i+1) && len(t.Nodes[i+1].Data) <= maxDayLine && date.MayHold(t.Nodes[i+1].Data) {
			s := dom.Clean(t.Nodes[i+1].Data)
			if s == e.Title || len(s) > date.MaxOnly {
				continue
			}
			f, ok := p.dates.Find(s)
			if !ok || !f.Alone(s) {
				continue
			}
			if len(layouts) > 0 {
				f.Date, ok = p.dates.Layout(s, layouts)
			}
			if ok {
				return f.Date
			}
		}
	}
	lines := p.tree.Lines()
	k := sort.Search(len(lines), func(k int) bool { return lines[k].Last >= e.From })
	for ; k < len(lines) && lines[k].First < e.To; k++ {
		s := lines[k].Text
		if lines[k].First < e.From || lines[k].Last >= e.To {
			continue
		}
		if i := strings.Index(s, e.Title); i >= 0 && e.Title != "" {
			s = s[:i] + " | " + s[i+len(e.Title):]
		}
		if d, ok := p.dates.Line(s, layouts); ok {
			return d
		}
	}
	return item.Date{}
}

// gapDate finds the date in the lines within [from, to): the last one before
// the first entry, else the first. It returns the nodes that it stands in.
func (p *Finder) gapDate(from, to int32, last bool, layouts []string) (d item.Date, first, end int32) {
	lines := p.tree.Lines()
	k := sort.Search(len(lines), func(k int) bool { return lines[k].Last >= from })
	for ; k < len(lines) && lines[k].First < to; k++ {
		l := lines[k]
		text := l.Text
		if l.First < from || l.Last >= to {
			text = p.tree.TextBetween(max(l.First, from), min(l.Last+1, to))
		}
		if got, ok := p.dates.Line(text, layouts); ok {
			d, first, end = got, max(l.First, from), min(l.Last+1, to)
			if !last {
				return d, first, end
			}
		} else if last {
			d = item.Date{} // something else stands between the date and the entry
		} else {
			return item.Date{}, 0, 0
		}
	}
	return d, first, end
}

// withoutDate cuts a date off the beginning or the end of a title, where it
// has a time of day: "Port opens" of "10:42 13.07.2023 Port opens".
func (p *Finder) withoutDate(s string) string {
	f, ok := p.dates.Find(s)
	if !ok || f.Date.Precision != item.Second {
		return s
	}
	switch {
	case f.Pos == 0 && dom.Words(s[f.End:]) >= 2:
		return dom.TrimSeparators(s[f.End:])
	case f.End == len(s) && dom.Words(s[:f.Pos]) >= 2:
		return dom.TrimSeparators(s[:f.Pos])
	}
	return s
}

// cutDates takes the dates off the titles of a list where half of them begin or
// end with one, and gives them to the entries that have none.
func (p *Finder) cutDates(entries []Entry) {
	cuts := make([]date.Found, len(entries))
	n := 0
	for k := range entries {
		s := entries[k].Title
		f, ok := p.dates.Find(s)
		if ok && (dom.Words(s[:f.Pos]) == 0 && dom.Words(s[f.End:]) >= 2 || dom.Words(s[f.End:]) == 0 && dom.Words(s[:f.Pos]) >= 2) {
			cuts[k] = f
			n++
		}
	}
	if n < 2 || 2*n < len(entries) {
		return
	}
	for k, f := range cuts {
		e := &entries[k]
		if f.End == 0 {
			continue
		}
		if e.Date.IsZero() {
			e.Date = f.Date
		}
		if dom.Words(e.Title[:f.Pos]) == 0 {
			e.Title = strings.TrimLeft(dom.TrimSeparators(e.Title[f.End:]), ")] -–—|·:")
		} else {
			e.Title = strings.TrimRight(dom.TrimSeparators(e.Title[:f.Pos]), "([ -–—|·,")
		}
	}
}
