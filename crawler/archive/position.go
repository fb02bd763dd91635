package archive

import (
	"encoding/binary"
	"time"

	"github.com/zeebo/xxh3"
)

// Position is the cursor of a pass through an archive. It is stored with every
// commit, so that a stopped or killed run resumes there, with the same count of
// missing URLs.
type Position struct {
	Series  uint64 `json:"series"`            // Sum of the series that Next belongs to
	Next    int64  `json:"next"`              // index of the next URL to fetch
	Missing int    `json:"missing,omitempty"` // consecutive missing URLs just before Next
	// Begun is the day on which the pass began, as 2006-01-02. Until the pass is over,
	// a date series without an end ends on that day: a later end would shift the
	// indexes of a descending series.
	Begun string `json:"begun,omitempty"`
	Rounds
}

// Outcome tells whether a URL of an archive exists.
type Outcome uint8

// Exists means a page, new or known, or a URL that robots.txt disallows or that could
// not be fetched this time. Missing means 404, 410, a redirect to the front page, a
// page whose text says that it does not exist, or a list without a new entry; see
// Position.Listed.
const (
	Exists Outcome = iota
	Missing
)

// Begin returns the position before the first URL of the series.
func (s Series) Begin() Position {
	return Position{Series: s.Sum(), Begun: s.today.Format(time.DateOnly)}
}

// Holds reports whether a stored position belongs to the series. After a change of
// the archive's template, step, order or first value it does not, and the pass has to
// begin anew.
func (s Series) Holds(p Position) bool { return p.Series == s.Sum() }

// Today returns the day to pass to New for the series of the position; now if the
// position holds none.
func (p Position) Today(now time.Time) time.Time {
	if day, err := time.Parse(time.DateOnly, p.Begun); err == nil {
		return day
	}
	return now
}

// Over reports whether the pass is over: the series is at its end, or stopAfter
// consecutive URLs were missing. A stopAfter of 0 is no bound.
func (s Series) Over(p Position, stopAfter int) bool {
	_, more := s.value(p.Next)
	return !more || stopAfter > 0 && p.Missing >= stopAfter
}

// Again returns where a later pass begins after p was over, to find what is new. A
// series that ascends by id or date begins at the last URL that existed, which may be
// a list that has grown; any other begins at its start, where new entries appear.
func (s Series) Again(p Position) Position {
	again := s.Begin()
	if s.Holds(p) && s.step > 0 && s.by != "page" {
		again.Next = max(0, p.Next-int64(p.Missing)-1)
	}
	return again
}

// Advance moves the position past the outcomes of the next URLs, in the order of the
// series. It reports whether stopAfter consecutive URLs were missing, 0 being no
// bound, and ignores outcomes after that.
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

// Listed returns the outcome of a page of an archive of lists from the ids of its
// article links, in page order. A page without links is missing, and so is one that
// repeats earlier pages, as some sites do past the end. It is called once per page, in
// the order of the series, before Advance.
func (p *Position) Listed(ids []int64) Outcome {
	if len(ids) == 0 || p.Circles(ids) {
		return Missing
	}
	return Exists
}

// Window puts the outcomes of URLs that are fetched concurrently back into the order
// of the series. Outcomes ahead of an open one are not stored in the position; after a
// kill they are found in the state.
type Window struct {
	Position
	ahead map[int64]Outcome
}

// Done records the outcome of the URL with index i and moves the position past all
// URLs that are done without a gap. Calls may come in any order; a repeated one has no
// effect. The result is that of Advance.
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

// Rounds tells a list whose pages repeat from a list that grew by whole pages during
// the pass.
type Rounds struct {
	// Seen are hashes of the link lists of the last pages; Again is how many of the
	// latest pages had occurred before.
	Seen  []uint64 `json:"seen,omitempty"`
	Again int      `json:"again,omitempty"`
}

// seenPages is the length of the longest cycle of pages that is detected.
const seenPages = 8

// Circles records the links of a page and reports whether the pages of the list
// repeat, in a cycle or because every page past the end shows the last one. If n pages
// of new articles appeared at the top of the list, the next n pages repeat those seen n
// pages ago, and then other pages follow; in a cycle of n pages the repetition goes on.
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
