// Package statetest holds the promises of state.Store as one suite. A new
// store is finished when Run passes.
//
//	statetest.go  Run, and what the tests share
//	lease.go      leases, and the commits that they fence
//	claims.go     links, redirects, canonical URLs, texts, headlines
//	atomic.go     nothing is left of a batch that was not stored
//	queue.go      what is due, and what is made due again
//	withdraw.go   items that are taken back
//	forget.go     what is removed is as if it had never been found
//	alert.go      alerts that wait for delivery
//	replay.go     what a rebuild takes from lines that were written
//	clock.go      times that a wrong clock stored
//	kept.go       everything else that must be found again
//	model.go      claims over plain maps, by the words of the seam
//	property.go   the store against the model
package statetest

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/newsonce/newsonce/crawler/state"
)

// Opener opens the store at path, made if there is none. The suite closes it.
type Opener func(t *testing.T, path string) state.Store

// Run holds a store to every promise of the seam.
func Run(t *testing.T, open func(t *testing.T, path string) state.Store) {
	for _, group := range []struct {
		name string
		run  func(*testing.T, Opener)
	}{
		{"leases", testLeases},
		{"claims", testClaims},
		{"atomic", testAtomic},
		{"queue", testQueue},
		{"kept", testKept},
		{"clock", testClock},
		{"withdraw", testWithdraw},
		{"walls", testWalls},
		{"replay", testReplay},
		{"forget", testForget},
		{"alerts", testAlerts},
		{"property", testProperty},
	} {
		t.Run(group.name, func(t *testing.T) { group.run(t, open) })
	}
}

// noon is the time of the first visit of every test.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// subject is a store under test, with a lease of whatever there is.
type subject struct {
	state.Store
	t      *testing.T
	open   Opener
	path   string
	leases []state.Lease
}

func newSubject(t *testing.T, open Opener) *subject {
	t.Helper()
	s := openSubject(t, open, filepath.Join(t.TempDir(), "state.db"))
	t.Cleanup(func() { s.Close() })
	return s
}

func openSubject(t *testing.T, open Opener, path string) *subject {
	t.Helper()
	s := &subject{t: t, open: open, path: path}
	s.start()
	return s
}

func (s *subject) start() {
	s.t.Helper()
	s.Store = s.open(s.t, s.path)
	s.leases = s.lease("subject")
}

func (s *subject) lease(owner string) []state.Lease {
	s.t.Helper()
	leases, err := s.Lease(s.t.Context(), owner, 100, time.Minute)
	if err != nil || len(leases) == 0 {
		s.t.Fatalf("lease: %v, %v", leases, err)
	}
	return leases
}

// Commit commits under the leases of the subject, unless the batch has its own.
func (s *subject) Commit(ctx context.Context, b state.Batch, decide state.Decide) error {
	if b.Leases == nil {
		b.Leases = s.leases
	}
	return s.Store.Commit(ctx, b, decide)
}

// reopen closes the store and opens it again, as the next run does.
func (s *subject) reopen() {
	s.t.Helper()
	if err := s.Close(); err != nil {
		s.t.Fatalf("close: %v", err)
	}
	s.start()
}

// commit stores visits without effects.
func (s *subject) commit(visits ...state.Visit) []state.Verdict {
	s.t.Helper()
	return s.batch(state.Batch{Visits: visits}, state.Effects{})
}

func (s *subject) batch(b state.Batch, e state.Effects) []state.Verdict {
	s.t.Helper()
	var got []state.Verdict
	calls := 0
	err := s.Commit(s.t.Context(), b, func(v []state.Verdict, _ []state.Withdrawn) (state.Effects, error) {
		calls++
		got = v
		return e, nil
	})
	if err != nil {
		s.t.Fatalf("commit: %v", err)
	}
	if calls != 1 || len(got) != len(b.Visits) {
		s.t.Fatalf("decide was called %d times with %d verdicts for %d visits", calls, len(got), len(b.Visits))
	}
	return got
}

// queue claims the pages with these numbers from a listing of site a; their
// ids are the numbers if the store was empty and they count from 1.
func (s *subject) queue(numbers ...int) {
	s.t.Helper()
	v := state.Visit{Site: "a", State: state.Done, At: noon}
	for _, n := range numbers {
		v.Links = append(v.Links, link(n))
	}
	s.commit(v)
}

// due lists the ids of what is due on site a at t.
func (s *subject) due(t time.Time) []state.URLID {
	s.t.Helper()
	urls, _, err := s.Due(s.t.Context(), queueA, t, 1000)
	if err != nil {
		s.t.Fatalf("due: %v", err)
	}
	var ids []state.URLID
	for _, u := range urls {
		ids = append(ids, u.ID)
	}
	return ids
}

var queueA = state.Queue{Site: "a", Origin: "https://a.example"}

// link is page n of site a. Its key is 1000 + n.
func link(n int) state.Link {
	return state.Link{URL: address(n), Key: uint64(1000 + n), Origin: "https://a.example", Site: "a",
		Depth: 1, Source: "listing", Found: "https://a.example/"}
}

func address(n int) string { return fmt.Sprintf("https://a.example/%d", n) }

// text is the n-th text.
func text(n int) *state.Text {
	return &state.Text{Key: uint64(5000 + n), Hash: [32]byte{byte(n), byte(n >> 8), 1}, Fields: 7, Words: 100}
}

// page is the visit of a URL that gave an article with the n-th text.
func page(id state.URLID, n int) state.Visit {
	return state.Visit{URL: id, Site: "a", State: state.Done, At: noon, Status: 200, Text: text(n)}
}

// record is page n with text t, as a WARC file has it, captured after noon.
func record(n, t int, after time.Duration) state.Visit {
	to := link(n)
	v := page(0, t)
	v.Claim, v.Capture, v.At = &to, true, noon.Add(after)
	return v
}

// capture is the page of URL id with text t, a capture of page n after noon.
func capture(id state.URLID, n, t int, after time.Duration) state.Visit {
	to := link(n)
	v := page(id, t)
	v.Original, v.Capture, v.At = &to, true, noon.Add(after)
	return v
}

// unless is v whose links are not to be taken up where page n is known.
func unless(v state.Visit, n int) state.Visit {
	for i := range v.Links {
		v.Links[i].Unless = link(n).Key
	}
	return v
}

func withFates(v state.Visit) state.Visit {
	v.Fates = true
	return v
}

// listed is v as a page of a source.
func listed(v state.Visit) state.Visit {
	v.Listed = true
	return v
}

// withIdentity is v whose page names page n as its canonical URL.
func withIdentity(v state.Visit, n int) state.Visit {
	l := link(n)
	v.Identity = &l
	return v
}

// redirect is the visit of a URL that leads to page n.
func redirect(id state.URLID, n int) state.Visit {
	l := link(n)
	l.Hops = 1
	return state.Visit{URL: id, Site: "a", State: state.Alias, At: noon, Status: 301, Target: &l}
}

// equal fails unless got is want, nil and empty slices being the same.
func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}
