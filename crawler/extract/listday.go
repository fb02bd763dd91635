package extract

import (
	"regexp"
	"slices"
	"sort"
	"strings"

	"golang.org/x/net/html/atom"

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
func (p *page) underDays(entries []entry) bool {
	if slices.ContainsFunc(entries, func(e entry) bool { return !e.date.IsZero() }) {
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
	loud := days[0].loud && p.in.Kind == ListingPage
	if heads == 1 && !loud && (times == 0 || 2*times < len(entries)) {
		return false
	}
	var day item.Date
	for k := range entries {
		e := &entries[k]
		if !days[k].date.IsZero() {
			day = days[k].date
			e.from = min(e.from, days[k].first)
		}
		e.date = day
		if f, ok := p.dates.find(day.Raw + ", " + clocks[k]); ok && clocks[k] != "" && f.date.Precision == item.Second {
			e.date = f.date
		}
	}
	return true
}

// dayAbove is the day in the line right above entry k. Above the first entry the
// line may stand up to two elements further out.
func (p *page) dayAbove(entries []entry, k int) dayLine {
	t := p.tree
	from := int32(0)
	if k > 0 {
		from = entries[k-1].to
	} else {
		up := entries[0].root
		for range 3 {
			if t.parent[up] >= 0 && t.nodes[t.parent[up]].DataAtom != atom.Body {
				up = t.parent[up]
			}
		}
		from = up
	}
	lines := p.lines()
	i := sort.Search(len(lines), func(i int) bool { return lines[i].last >= entries[k].from }) - 1
	if i < 0 || lines[i].first < from || len(lines[i].text) > maxDayLine {
		return dayLine{}
	}
	l := &lines[i]
	f, ok := p.dates.find(l.text)
	if !ok || f.date.Precision != item.Day || words(l.text[:f.pos])+words(l.text[f.end:]) > 2 {
		return dayLine{}
	}
	switch a := t.nodes[l.owner].DataAtom; a {
	case atom.Dt, atom.Caption, atom.Th, atom.Legend, atom.Summary:
		return dayLine{f.date, l.first, true}
	default:
		return dayLine{f.date, l.first, heading(a) && a != atom.H1}
	}
}

// maxDayLine bounds a line that names a day, its weekday included, in bytes.
const maxDayLine = 80

// timeOfDay is a time of day alone, at either end of a text.
var (
	timeOfDay   = regexp.MustCompile(`^(?:[01]?\d|2[0-3])[:h][0-5]\d(?:\s?[AaPp]\.?[Mm]\.?)?$`)
	leadingTime = regexp.MustCompile(`^(?:[01]?\d|2[0-3])[:h][0-5]\d(?:\s?[AaPp]\.?[Mm]\.?)?\s*[-–—|•·:,.]?\s+`)
)

// clockBeside is the time of day that an entry carries beside its title, or at
// the beginning of it; "" when there is none.
func (p *page) clockBeside(e *entry) string {
	t := p.tree
	for i := e.from; i < e.to; i++ {
		if !t.isText(i) || i+1 < t.end[i] {
			continue
		}
		s := strings.Trim(clean(t.nodes[i].Data), " |•·-–—,()[]")
		if timeOfDay.MatchString(s) {
			return s
		}
	}
	lines := p.lines()
	if k := sort.Search(len(lines), func(k int) bool { return lines[k].last >= e.from }); k < len(lines) {
		before, _, _ := strings.Cut(lines[k].text, e.title)
		if before = trimSeparators(before); timeOfDay.MatchString(before) {
			return before
		}
	}
	return strings.TrimRight(leadingTime.FindString(e.title), " -–—|•·:,.")
}

// cutTimes takes the time of day off the beginning of the titles of a list
// where half of them have one: "10:42 Port reopens".
func cutTimes(entries []entry) {
	n := 0
	for k := range entries {
		if leadingTime.MatchString(entries[k].title) {
			n++
		}
	}
	if n < 2 || 2*n < len(entries) {
		return
	}
	for k := range entries {
		e := &entries[k]
		if at := leadingTime.FindStringIndex(e.title); at != nil && words(e.title[at[1]:]) >= 2 {
			e.title = e.title[at[1]:]
		}
	}
}
