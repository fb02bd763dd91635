package report

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/state"
)

// Site holds the figures of one site. Days end at midnight of its time zone.
type Site struct {
	Name       string
	Zone       string // IANA name
	Articles   int
	Headlines  int
	Duplicates int
	Revisions  int
	Gone       int
	Days       []Day   // the last plotDays, oldest first
	Empty      []Field // of articles, by field
	Last       time.Time
	URLs       state.SiteCount
	Reasons    []Reason
	Unreadable []Unreadable

	zone    *time.Location
	now     time.Time
	reasons map[reasonKey]*Reason
	weeks   map[int64]*week
}

// Day counts what was first seen on a day.
type Day struct {
	Name                            string // 2026-11-30
	Articles, Headlines, Duplicates int
}

// Field tells how many articles lack a value.
type Field struct {
	Name    string
	Missing int
	Share   float64   // of all articles
	Weeks   []float64 // share by week, oldest first; negative: no articles
	Starts  []string  // first day of each week
}

// Reason groups URLs that could not be fetched.
type Reason struct {
	State   string
	Text    string
	Count   int
	Example string // URL
	NextAt  time.Time
}

type reasonKey struct{ state, text string }

// Unreadable is a source that could not be read the last time.
type Unreadable struct {
	Key, Error string
	Since      time.Time // of the last complete pass; zero: never read
}

// week counts articles and, by field, those without a value.
type week struct {
	articles int
	missing  [len(fields)]int
}

// fields are those whose absence the page shows, in order.
var fields = [...]struct {
	name string
	has  func(*item.Article) bool
}{
	{"title", func(a *item.Article) bool { return a.Title != "" }},
	{"content_text", func(a *item.Article) bool { return a.ContentText != "" }},
	{"date_published", func(a *item.Article) bool { return !a.DatePublished.IsZero() }},
	{"authors", func(a *item.Article) bool { return len(a.Authors) > 0 }},
	{"section", func(a *item.Article) bool { return a.Section != "" }},
	{"image", func(a *item.Article) bool { return a.Image != "" }},
	{"language", func(a *item.Article) bool { return a.Language != "" }},
}

const weekSeconds = 7 * 24 * 60 * 60

func newSite(name string, now time.Time) *Site {
	s := &Site{Name: name, now: now, reasons: map[reasonKey]*Reason{}, weeks: map[int64]*week{}}
	s.setZone(nil)
	return s
}

// setZone sets the zone in which days are counted, UTC if it is nil. It is called before
// any line.
func (s *Site) setZone(zone *time.Location) {
	if zone == nil {
		zone = time.UTC
	}
	s.zone, s.Zone = zone, zone.String()
	today := s.now.In(zone)
	s.Days = make([]Day, plotDays)
	for i := range s.Days {
		s.Days[i].Name = today.AddDate(0, 0, i-plotDays+1).Format(time.DateOnly)
	}
}

// day is where a moment is counted, nil if it lies outside of the plot.
func (s *Site) day(at time.Time) *Day {
	name := at.In(s.zone).Format(time.DateOnly)
	i, ok := slices.BinarySearchFunc(s.Days, name, func(d Day, name string) int { return cmp.Compare(d.Name, name) })
	if !ok {
		return nil
	}
	return &s.Days[i]
}

func (s *Site) article(a *item.Article) {
	s.Articles++
	if a.FetchedAt.After(s.Last) {
		s.Last = a.FetchedAt.Time
	}
	if d := s.day(a.FetchedAt.Time); d != nil {
		d.Articles++
	}
	n := a.FetchedAt.Unix() / weekSeconds
	w := s.weeks[n]
	if w == nil {
		w = &week{}
		s.weeks[n] = w
	}
	w.articles++
	for i := range fields {
		if !fields[i].has(a) {
			w.missing[i]++
		}
	}
}

func (s *Site) headline(h *item.Headline) {
	s.Headlines++
	if d := s.day(h.FirstSeen.Time); d != nil {
		d.Headlines++
	}
}

func (s *Site) reference(r *item.Reference) {
	s.Duplicates++
	if d := s.day(r.FetchedAt.Time); d != nil {
		d.Duplicates++
	}
}

func (s *Site) source(src state.Source) {
	if src.Error != "" {
		s.Unreadable = append(s.Unreadable, Unreadable{src.Key, src.Error, src.DoneAt})
	}
}

// trouble groups a URL with others of the same reason.
func (s *Site) trouble(t state.Trouble) {
	key := reasonKey{t.State.String(), cmp.Or(t.Reason, "no reason recorded")}
	r := s.reasons[key]
	if r == nil {
		r = &Reason{State: key.state, Text: key.text, Example: t.URL, NextAt: t.NextAt}
		s.reasons[key] = r
	}
	r.Count++
}

// shownWeeks bounds the plot of empty fields.
const shownWeeks = 13

func (s *Site) finish() {
	s.Reasons = nil
	for _, key := range slices.SortedFunc(maps.Keys(s.reasons), func(a, b reasonKey) int {
		return cmp.Or(s.reasons[b].Count-s.reasons[a].Count, cmp.Compare(a.text, b.text))
	}) {
		s.Reasons = append(s.Reasons, *s.reasons[key])
	}
	weeks := slices.Sorted(maps.Keys(s.weeks))
	for i := range fields {
		f := Field{Name: fields[i].name}
		for _, n := range weeks {
			f.Missing += s.weeks[n].missing[i]
		}
		if s.Articles > 0 {
			f.Share = float64(f.Missing) / float64(s.Articles)
		}
		if len(weeks) > 0 {
			last := weeks[len(weeks)-1]
			for n := max(weeks[0], last-shownWeeks+1); n <= last; n++ {
				share := -1.0
				if w := s.weeks[n]; w != nil {
					share = float64(w.missing[i]) / float64(w.articles)
				}
				f.Weeks = append(f.Weeks, share)
				f.Starts = append(f.Starts, time.Unix(n*weekSeconds, 0).UTC().Format(time.DateOnly))
			}
		}
		s.Empty = append(s.Empty, f)
	}
}

// Worst is the field that most articles lack in part of the weeks, nil if none is.
func (s *Site) Worst() *Field {
	var worst *Field
	for i := range s.Empty {
		f := &s.Empty[i]
		if f.Missing > 0 && f.Missing < s.Articles && len(f.Weeks) > 1 && (worst == nil || f.Missing > worst.Missing) {
			worst = f
		}
	}
	return worst
}

// Count counts the URLs in a state, such as "queued".
func (s *Site) Count(name string) int {
	for st, n := range s.URLs.ByState {
		if st.String() == name {
			return n
		}
	}
	return 0
}

// ShownReasons are the reasons of most URLs.
func (s *Site) ShownReasons() []Reason { return s.Reasons[:min(len(s.Reasons), maxReasons)] }

// OmittedReasons counts the others.
func (s *Site) OmittedReasons() int { return max(0, len(s.Reasons)-maxReasons) }
