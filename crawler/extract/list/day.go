package list

import (
	"regexp"
	"slices"
	"sort"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// dayLine is a line that names a day and no time, above the entries of that day.
type dayLine struct {
	date  item.Date
	first int32 // its first node
	loud  bool  // in a heading, a dt, a caption or a cell of its own
}

// underDays dates the entries of a list that stand below days, as archives and
// tickers have them: "30 November 2023", then its entries, each with a time of
// day or none. It reports whether the list is of that kind. A lone day is
// believed when half the entries carry a time, or as a heading on a listing;
// else it may be the date of the article that the list follows.
func (p *Finder) underDays(entries []Entry) bool {
	if slices.ContainsFunc(entries, func(e Entry) bool { return !e.Date.IsZero() }) {
		return false
	}
	days := make([]dayLine, len(entries))
	if days[0] = p.dayAbove(entries, 0); days[0].date.IsZero() {
		return false
	}
	heads, times := 1, 0
	clocks := make([]string, len(entries))
	for k := range entries {
		if k > 0 {
			if days[k] = p.dayAbove(entries, k); !days[k].date.IsZero() {
				heads++
			}
		}
		if clocks[k] = p.clockBeside(&entries[k]); clocks[k] != "" {
			times++
		}
	}
	if heads == len(entries) && times == 0 {
		return false // each has a date of its own
	}
	loud := days[0].loud && p.listing
	if heads == 1 && !loud && (times == 0 || 2*times < len(entries)) {
		return false
	}
	var day item.Date
	for k := range entries {
		e := &entries[k]
		if !days[k].date.IsZero() {
			day = days[k].date
			e.From = min(e.From, days[k].first)
		}
		e.Date = day
		if f, ok := p.dates.Find(day.Raw + ", " + clocks[k]); ok && clocks[k] != "" && f.Date.Precision == item.Second {
			e.Date = f.Date
		}
	}
	return true
}

// dayAbove returns the day in the line right above entry k. Above the first entry the
// line may stand up to two elements further out.
func (p *Finder) dayAbove(entries []Entry, k int) dayLine {
	t := p.tree
	from := int32(0)
	if k > 0 {
		from = entries[k-1].To
	} else {
		up := entries[0].Root
		for range 3 {
			if t.Parent[up] >= 0 && t.Nodes[t.Parent[up]].DataAtom != atom.Body {
				up = t.Parent[up]
			}
		}
		from = up
	}
	lines := p.tree.Lines()
	i := sort.Search(len(lines), func(i int) bool { return lines[i].Last >= entries[k].From }) - 1
	if i < 0 || lines[i].First < from || len(lines[i].Text) > maxDayLine {
		return dayLine{}
	}
	l := &lines[i]
	f, ok := p.dates.Find(l.Text)
	if !ok || f.Date.Precision != item.Day || dom.Words(l.Text[:f.Pos])+dom.Words(l.Text[f.End:]) > 2 {
		return dayLine{}
	}
	switch a := t.Nodes[l.Owner].DataAtom; a {
	case atom.Dt, atom.Caption, atom.Th, atom.Legend, atom.Summary:
		return dayLine{f.Date, l.First, true}
	default:
		return dayLine{f.Date, l.First, dom.IsHeading(a) && a != atom.H1}
	}
}

// maxDayLine bounds a line that names a day, its weekday included, in bytes.
const maxDayLine = 80

// timeOfDay is a time of day alone, at either end of a text.
var (
	timeOfDay   = regexp.MustCompile(`^(?:[01]?\d|2[0-3])[:h][0-5]\d(?:\s?[AaPp]\.?[Mm]\.?)?$`)
	leadingTime = regexp.MustCompile(`^(?:[01]?\d|2[0-3])[:h][0-5]\d(?:\s?[AaPp]\.?[Mm]\.?)?\s*[-–—|•·:,.]?\s+`)
)

// clockBeside returns the time of day that an entry carries beside its title, or at
// the beginning of it; "" when there is none.
func (p *Finder) clockBeside(e *Entry) string {
	t := p.tree
	for i := e.From; i < e.To; i++ {
		if !t.IsText(i) || i+1 < t.End[i] {
			continue
		}
		s := strings.Trim(dom.Clean(t.Nodes[i].Data), " |•·-–—,()[]")
		if timeOfDay.MatchString(s) {
			return s
		}
	}
	lines := p.tree.Lines()
	if k := sort.Search(len(lines), func(k int) bool { return lines[k].Last >= e.From }); k < len(lines) {
		before, _, _ := strings.Cut(lines[k].Text, e.Title)
		if before = dom.TrimSeparators(before); timeOfDay.MatchString(before) {
			return before
		}
	}
	return strings.TrimRight(leadingTime.FindString(e.Title), " -–—|•·:,.")
}

// cutTimes takes the time of day off the beginning of the titles of a list
// where half of them have one: "10:42 Port reopens".
func cutTimes(entries []Entry) {
	n := 0
	for k := range entries {
		if leadingTime.MatchString(entries[k].Title) {
			n++
		}
	}
	if n < 2 || 2*n < len(entries) {
		return
	}
	for k := range entries {
		e := &entries[k]
		if at := leadingTime.FindStringIndex(e.Title); at != nil && dom.Words(e.Title[at[1]:]) >= 2 {
			e.Title = e.Title[at[1]:]
		}
	}
}
