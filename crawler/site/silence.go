package site

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/state"
)

// longestGap is the longest time between two reads that counts as covered, unless half
// of the time of the expectation is longer: a daily run covers the day, but what was
// published while the machine was off for weeks may have left the lists since.
const longestGap = 24 * time.Hour

// silence remembers what a site gave that was new. Its clock runs only over time that
// reads of the site's sources cover, so that neither a machine that was off nor a
// source that could not be read counts as silence.
type silence struct {
	Bound    string    `json:"bound"`         // of the expectation; another one begins anew
	Since    time.Time `json:"since"`         // the first read
	Read     time.Time `json:"read,omitzero"` // the last read; zero when it failed
	Covered  int64     `json:"covered_ms"`    // time covered since the first read
	Found    []int64   `json:"found_ms"`      // Covered at the latest finds, oldest first, at most as many as expected
	Last     time.Time `json:"last,omitzero"` // when something new was found last
	Articles bool      `json:"articles"`      // the site has given articles; headlines alone no longer count
	expect   *config.Expectation
}

// newSilence returns what an earlier run stored for an expectation, or an empty one.
func newSilence(stored []byte, e *config.Expectation) *silence {
	bound := fmt.Sprint(e.Bound())
	s := &silence{}
	if err := json.Unmarshal(stored, s); err != nil || s.Bound != bound {
		s = &silence{Bound: bound}
	}
	s.expect = e
	return s
}

// find records new articles and new headlines. Headlines count on a site that has
// given no article yet.
func (s *silence) find(articles, headlines int, now time.Time) {
	n := articles
	if s.Articles = s.Articles || articles > 0; !s.Articles {
		n = headlines
	}
	if n == 0 {
		return
	}
	s.Last = now
	for range min(n, s.expect.Min) {
		s.Found = append(s.Found, s.Covered)
	}
	s.Found = s.Found[max(0, len(s.Found)-s.expect.Min):]
}

// read records that a source of the site was read to its end, changed or not.
func (s *silence) read(now time.Time) {
	if s.Since.IsZero() {
		s.Since = now
	}
	if !s.Read.IsZero() {
		gap := min(now.Sub(s.Read), max(longestGap, s.expect.Per/2))
		s.Covered += max(0, gap).Milliseconds()
	}
	s.Read = now
}

// miss records that no source of the site could be read: the time until the next read
// is not covered.
func (s *silence) miss() { s.Read = time.Time{} }

// recent returns how many of the expected finds are no older than the time of the
// expectation.
func (s *silence) recent() int {
	n := 0
	for _, at := range s.Found {
		if s.Covered-at < s.expect.Per.Milliseconds() {
			n++
		}
	}
	return n
}

// silent reports whether the site gave less than expected.
func (s *silence) silent() bool {
	return s.Covered >= s.expect.Per.Milliseconds() && s.recent() < s.expect.Min
}

// from returns the time since which nothing new was found.
func (s *silence) from() time.Time {
	if s.Last.IsZero() {
		return s.Since
	}
	return s.Last
}

// text describes a silent site.
func (s *silence) text() string {
	found := fmt.Sprintf("nothing new since %s", s.from().UTC().Format(time.RFC3339))
	if n := s.recent(); n > 0 {
		found = fmt.Sprintf("%d new in the last %s", n, config.FormatDuration(s.expect.Per))
	}
	return fmt.Sprintf("%s, expected %s: the site may have stopped, moved or changed its lists; "+
		"newsonce check --online shows what its sources list", found, s.Bound)
}

// window returns what is stored.
func (s *silence) window(site string) (state.Window, error) {
	b, err := json.Marshal(s)
	return state.Window{Site: site, Key: config.NewKey, Seen: b}, err
}
