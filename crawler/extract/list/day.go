package list

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// dayLine is a line above entries that names a day and no time.
type dayLine struct {
	date  item.Date
	first int32 // its first node
	loud  bool  // in a heading, a dt, a caption or a cell of its own
}

// underDays dates the entries of a list that stand below days, as in archives and
// tickers: "30 November 2023", then its entries, each with a time of day or none.
// It reports whether the list is of that kind. A single day may be the date of the
// article above the list. It counts if half of the entries have a time, or on a
// listing as a heading.
func (f *Finder) underDays(entries []Entry) bool {
	if countDated(entries) > 0 {
		return false
	}
	days := make([]dayLine, len(entries))
	if days[0] = f.dayAbove(entries, 0); days[0].date.IsZero() {
		return false
	}
	heads, timed := 1, 0
	times := make([]string, len(entries))
	for k := range entries {
		if k > 0 {
			if days[k] = f.dayAbove(entries, k); !days[k].date.IsZero() {
				heads++
			}
		}
		if times[k] = f.timeBeside(&entries[k]); times[k] != "" {
			timed++
		}
	}
	if heads == len(entries) && timed == 0 {
		return false // each has a date of its own
	}
	loud := days[0].loud && f.listing
	if heads == 1 && !loud && (timed == 0 || 2*timed < len(entries)) {
		return false
	}
	f.setDays(entries, days, times)
	return true
}

// setDays dates entries by the days above them and the times beside them.
func (f *Finder) setDays(entries []Entry, days []dayLine, times []string) {
	var day item.Date
	for k := range entries {
		e := &entries[k]
		if !days[k].date.IsZero() {
			day = days[k].date
			e.From = min(e.From, days[k].first)
		}
		e.Date = day
		if times[k] == "" {
			continue
		}
		if d, ok := f.dates.Read(day.Raw + ", " + times[k]); ok && d.Precision == item.Second {
			e.Date = d
		}
	}
}

// dayAbove returns the day in the line right above entry k. Above the first entry
// the line may stand up to two elements further out.
func (f *Finder) dayAbove(entries []Entry, k int) dayLine {
	t := f.tree
	from := entries[0].Root
	if k > 0 {
		from = entries[k-1].To
	} else {
		for range 3 {
			if up := t.Parent[from]; up >= 0 && t.Atoms[up] != atom.Body {
				from = up
			}
		}
	}
	lines := t.Lines()
	i := t.LineAt(entries[k].From) - 1
	if i < 0 || lines[i].First < from || len(lines[i].Text) > maxDayLine {
		return dayLine{}
	}
	l := &lines[i]
	d, ok := f.dates.Find(l.Text)
	if !ok || d.Date.Precision != item.Day || dom.Words(l.Text[:d.Pos])+dom.Words(l.Text[d.End:]) > 2 {
		return dayLine{}
	}
	loud := false
	switch a := t.Atoms[l.Owner]; a {
	case atom.Dt, atom.Caption, atom.Th, atom.Legend, atom.Summary:
		loud = true
	default:
		loud = dom.IsHeading(a) && a != atom.H1
	}
	return dayLine{d.Date, l.First, loud}
}

// maxDayLine is the longest line, in bytes, that names a day with its weekday.
const maxDayLine = 80

// timeOfDay matches a time of day alone, leadingTime one at the beginning of a text.
var (
	timeOfDay   = regexp.MustCompile(`^(?:[01]?\d|2[0-3])[:h][0-5]\d(?:\s?[AaPp]\.?[Mm]\.?)?$`)
	leadingTime = regexp.MustCompile(`^(?:[01]?\d|2[0-3])[:h][0-5]\d(?:\s?[AaPp]\.?[Mm]\.?)?\s*[-–—|•·:,.]?\s+`)
)

// timeBeside returns the time of day beside the title of an entry or at its
// beginning, "" when there is none.
func (f *Finder) timeBeside(e *Entry) string {
	t := f.tree
	for i := e.From; i < e.To; i++ {
		if !t.IsText(i) || i+1 < t.End[i] {
			continue
		}
		s := strings.Trim(dom.Clean(t.Nodes[i].Data), " |•·-–—,()[]")
		if timeOfDay.MatchString(s) {
			return s
		}
	}
	lines := f.tree.Lines()
	if k := f.tree.LineAt(e.From); k < len(lines) {
		before, _, _ := strings.Cut(lines[k].Text, e.Title)
		if before = dom.TrimSeparators(before); timeOfDay.MatchString(before) {
			return before
		}
	}
	return strings.TrimRight(leadingTime.FindString(e.Title), " -–—|•·:,.")
}

// cutTimes cuts the time of day off the beginning of the titles of a list, where
// half of them have one: "10:42 Port reopens".
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

// leadingRank matches a place in a list at the beginning of a title.
var leadingRank = regexp.MustCompile(`^#?(\d{1,3})(?:[.):]\s*|\s+)`)

// cutRanks cuts the places in a list off the titles that are numbered one after the other.
func cutRanks(entries []Entry) {
	if len(entries) < MinEntries {
		return
	}
	first := 0
	for k := range entries {
		m := leadingRank.FindStringSubmatch(entries[k].Title)
		if m == nil {
			return
		}
		n, _ := strconv.Atoi(m[1])
		if k == 0 {
			first = n
		}
		if n != first+k || dom.Words(entries[k].Title[len(m[0]):]) == 0 {
			return
		}
	}
	for k := range entries {
		e := &entries[k]
		e.Title = e.Title[len(leadingRank.FindString(e.Title)):]
	}
}
