// Package state defines what a crawl remembers between pages and between runs.
//
//	state.go    errors, versions, URL states, runs
//	store.go    Store, and what a commit takes
//	visit.go    what a fetched page adds: its claims
//	verdict.go  how the claims stood to what was known
//	kept.go     queues, sources, robots.txt, hosts, observations, outputs
//	clock.go    stored times and a clock that was wrong
//	alert.go    alerts that wait for delivery
//	shared.go   Shared, a store that several processes write
//	lease.go    leases of host groups, and the tokens that fence commits
//	withdraw.go taking items back, and forgetting articles
//	reader.go   Reader, for status, plans and progress
//	driver.go   Driver; Open and Read by URL
//	outline.go  the outline of a text, from which its revisions are described
//
// Package sqlite holds the default store, package postgres the shared one, package statetest the suite that every
// store must pass.
package state

import (
	"encoding/json"
	"errors"
	"time"
)

// Sentinels that stores return, wrapped with the name of the state.
var (
	ErrLocked  = errors.New("state is in use by another run") // from Open
	ErrNewer   = errors.New("state was written by a newer newsonce")
	ErrDamaged = errors.New("state is damaged")
	ErrForeign = errors.New("file is not a newsonce state")
)

// Versions are recorded when a state is made. A program whose rules differ refuses
// the state, since every key would mean something else.
type Versions struct {
	URLKey     int
	NormalForm int
}

// URLID numbers the known URLs in the order in which they were found.
type URLID int64

// URLState is the outcome of a URL so far.
type URLState uint8

// The states of a URL. Their numbers are stored.
const (
	Queued    URLState = iota // to be fetched, now or at its next time
	Done                      // fetched, and answered with a page
	Alias                     // stands for another URL: a redirect, or rel=canonical
	Gone                      // 404 or 410
	Refused                   // never fetched again: robots.txt, scope, guard, too large, not HTML
	Failed                    // given up after the configured number of attempts
	Forgotten                 // the empty place of a URL that was removed
)

// String returns the name that status prints.
func (s URLState) String() string {
	return [...]string{"queued", "done", "alias", "gone", "refused", "failed", "forgotten"}[s]
}

// KeptRuns is how many runs a state remembers: 10 days of a crawl every 15 minutes.
const KeptRuns = 1000

// Run is one run of a command that writes. Exit and Summary are set at its end. A
// run without an end is still under way, or was killed.
type Run struct {
	ID      string
	Command string
	Begun   time.Time
	Ended   time.Time // zero: unfinished
	Exit    int
	Summary json.RawMessage // what crawl --json prints
}
