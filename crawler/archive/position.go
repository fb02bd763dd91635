package archive

import (
	"encoding/binary"
	"time"

	"github.com/zeebo/xxh3"
)

// Position is how far the walk through an archive has come. It is stored with
// every commit, so that a walk that was stopped, or killed, goes on where it
// was and with the same count of missing URLs.
type Position struct {
	Series  uint64 `json:"series"`            // Sum of the series whose indexes it means
	Next    int64  `json:"next"`              // index of the URL to be asked next
	Missing int    `json:"missing,omitempty"` // URLs right before it, in a row, that do not exist
	// Begun is the day on which the walk began, as 2006-01-02: a date series
	// without an end goes to that day until the walk is over. Were it to go to
	// another day on each, the indexes of one that begins there would shift.
	Begun string `json:"begun,omitempty"`
	Rounds
}

// Outcome says whether a URL of an archive exists.
type Outcome uint8

// Exists: a page, one that was known before, one that robots.txt refuses, or
// one that could not be had this time. Missing: 404, 410, a redirect to the
// front page, a page that says in words that it does not exist, or a list
// without a new entry; see Position.Listed.
const (
	Exists Outcome = iota
	Missing
)

// Begin is the position before the first URL of the series.
func (s Series) Begin() Position {
	return Position{Series: s.Sum(), Begun: s.today.Format(time.DateOnly)}
}

// Holds reports whether a stored position belongs to the series. It does not
// when the archive's template, step, order, or the end where it begins were
// changed: the walk has to begin anew then.
func (s Series) Holds(p Position) bool { return p.Series == s.Sum() }

// Today is the day for which New gives the series of the position; now
// where none was stored.
func (p Position) Today(now time.Time) time.Time {
	if day, err := time.Parse(time.DateOnly, p.Begun); err == nil {
		return day
	}
	return now
}

// Over reports whether nothing is left to be asked: the series is at its end,
// or stopAfter URLs in a row did not exist; 0 is no such bound.
func (s Series) Over(p Position, stopAfter int) bool {
	_, more := s.value(p.Next)
	return !more || stopAfter > 0 && p.Missing >= stopAfter
}

// Again is where a later walk takes up a series of which p was over, for what
// has come since: at the last URL that existed, which may have been a list
// that has grown, where the series counts up through ids or dates, and at its
// beginning where what is new stands there.
func (s Series) Again(p Position) Position {
	again := s.Begin()
	if s.Holds(p) && s.step > 0 && s.by != "page" {
		again.Next = max(0, p.Next-int64(p.Missing)-1)
	}
	return again
}

// Advance moves the position past URLs, in the order of the series. It reports
// whether stopAfter URLs in a row did not exist, 0 being no bound; outcomes
// beyond are not counted.
func (p *Position) Advance(stopAfter int, outcomes ...Outcome) (over bool) {
	for _, o := range outcomes {
		p.Next++
		if o == Exists {
			p.Missing = 0
			continue
		}
		if p.Missing++; stopAfter > 0 && p.Missing >= stopAfter {
			return true
		}
	}
	return false
}

// Listed judges a page of an archive of lists by the ids of its article links,
// in page order: one without any, and one of those that go round in circles,
// as the pages past the end of some sites do, is missing. It is asked once a
// page, in the order of the series, before Advance.
func (p *Position) Listed(ids []int64) Outcome {
	if len(ids) == 0 || p.Circles(ids) {
		return Missing
	}
	return Exists
}

// Window puts the outcomes of URLs that are asked at the same time back into
// the order of the series. What has come ahead of a URL that is still asked is
// not stored: after a kill it is known by the state.
type Window struct {
	Position
	ahead map[int64]Outcome
}

// Done takes the outcome of the URL with index i, in any order, and moves the
// position past all URLs that are done without a gap. It reports as Advance
// does. One that was done before changes nothing.
func (w *Window) Done(i int64, o Outcome, stopAfter int) (over bool) {
	if i < w.Next {
		return false
	}
	if w.ahead == nil {
		w.ahead = map[int64]Outcome{}
	}
	w.ahead[i] = o
	for {
		o, done := w.ahead[w.Next]
		if !done {
			return false
		}
		delete(w.ahead, w.Next)
		if w.Advance(stopAfter, o) {
			return true
		}
	}
}

// Rounds tells whether pages of a list go round in circles, or whether the list
// has grown by whole pages meanwhile.
type Rounds struct {
	// Seen are hashes of the link lists of the last pages, and Again is how many
	// of them, the last ones in a row, had come before.
	Seen  []uint64 `json:"seen,omitempty"`
	Again int      `json:"again,omitempty"`
}

// seenPages is how many pages a circle of pages may have to be noticed.
const seenPages = 8

// Circles notes the links of a page and reports whether the list goes round in
// circles, or its pages past the end repeat the last one. When n pages of new
// articles were put on top since the page before, the next n pages show what
// those n pages back showed, and then come others; in a circle of n pages it
// goes on.
func (r *Rounds) Circles(ids []int64) bool {
	b := make([]byte, 0, 8*len(ids))
	for _, id := range ids {
		b = binary.LittleEndian.AppendUint64(b, uint64(id))
	}
	sum := xxh3.Hash(b)
	back := 0 // pages since the same list
	for i, seen := range r.Seen {
		if seen == sum {
			back = len(r.Seen) - i
		}
	}
	r.Seen = append(r.Seen, sum)
	r.Seen = r.Seen[max(0, len(r.Seen)-seenPages):]
	if back == 0 {
		r.Again = 0
		return false
	}
	r.Again++
	return r.Again > back
}
