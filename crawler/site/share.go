package site

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
)

// Share counts the links of a listing on the hosts of its site, each once.
type Share struct {
	Matched int `json:"matched"` // that article.match matches
	Links   int `json:"links"`
}

const (
	// shareLinks is the smallest number of links of a listing that is judged, and
	// shareMissed how many of the usual matches must be missing.
	shareLinks  = 10
	shareMissed = 5
	// sharePast is the number of reads before a listing is judged, shareLast how many
	// are remembered.
	sharePast = 3
	shareLast = 20
	// shareEvery is how often a share that is too low is remembered: a change that a
	// person accepts is the usual share after ten days.
	shareEvery = 24 * time.Hour
)

// shares remembers the shares of one listing.
type shares struct {
	Match string    `json:"match"`        // article.match; another one begins anew
	Past  []float64 `json:"past"`         // oldest first
	Now   Share     `json:"now"`          // of the last read
	Usual float64   `json:"usual"`        // before the last read; 0 when the past was too short
	Low   time.Time `json:"low,omitzero"` // when a share that is too low was remembered last
	fresh bool      // read in this run
}

// newShares returns what an earlier run stored for a listing, or an empty record.
func newShares(stored []byte, match string) *shares {
	s := &shares{}
	if err := json.Unmarshal(stored, s); err != nil || s.Match != match {
		s = &shares{Match: match}
	}
	return s
}

// low reports whether the last read fell under half of the usual share.
func (s *shares) low() bool {
	expected := s.Usual * float64(s.Now.Links)
	return 2*float64(s.Now.Matched) < expected && expected-float64(s.Now.Matched) >= shareMissed
}

// see records a read of the listing.
func (s *shares) see(now Share, at time.Time) {
	if now.Links < shareLinks {
		return
	}
	s.Now, s.Usual, s.fresh = now, 0, true
	if n := len(s.Past); n >= sharePast {
		s.Usual = slices.Sorted(slices.Values(s.Past))[(n-1)/2]
	}
	if s.low() {
		if at.Sub(s.Low) < shareEvery {
			return
		}
		s.Low = at
	}
	s.Past = append(s.Past, float64(now.Matched)/float64(now.Links))
	s.Past = s.Past[max(0, len(s.Past)-shareLast):]
}

// text describes a listing whose share fell.
func (s *shares) text(listing string) string {
	return fmt.Sprintf("%s: %d of its %d links match article.match, usually %.0f %%: the site may have changed its URLs; "+
		"newsonce check --online lists the links that do not match", listing, s.Now.Matched, s.Now.Links, 100*s.Usual)
}

// shareKey is the prefix of the keys of shares in the state.
const shareKey = "match "

// window returns what is stored.
func (s *shares) window(site, listing string) (state.Window, error) {
	b, err := json.Marshal(s)
	return state.Window{Site: site, Key: shareKey + listing, Seen: b}, err
}
