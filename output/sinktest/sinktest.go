// Package sinktest holds the promises of output.Sink as one suite. A new sink is
// finished when Run passes.
//
//	sinktest.go  Run, and the place that a sink writes to
//	crash.go     each durable step fails, or is the last of a killed process
//	property.go  commits, rewinds and kills in any order
package sinktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/newsonce/newsonce/output"
)

// Place is what sinks under test write to, and what outlives a crash.
type Place interface {
	// Open opens a sink. It adds to the options what they lack, such as a path.
	// The sink calls the faults for each change that a crash does not undo.
	Open(ctx context.Context, o output.Options, f *Faults) (output.Sink, error)
	// Crash ends the process of the sink opened last, also after Close: its handles
	// and locks go, everything else stays. It fails the test when what was
	// committed up to the stored positions cannot be read.
	Crash(stored []output.Position)
	// Lines returns every line that a reader finds after a commit, those of each
	// site in order.
	Lines() []string
}

// Run holds a sink to every promise of the seam. It calls place for an empty
// place, often. With -short it leaves out two of three crashes.
func Run(t *testing.T, place func(t *testing.T) Place) {
	t.Run("each step goes wrong", func(t *testing.T) { testSteps(t, place) })
	t.Run("killed again and again", func(t *testing.T) { testKills(t, place) })
	t.Run("any order", func(t *testing.T) { testOrder(t, place) })
}

// A mishap befalls one durable step.
type mishap int

const (
	fails     mishap = iota // it returns an error; half of a write is done
	killed                  // the process is killed before it; half of a write is done
	killAfter               // the process is killed when it is done
)

func (m mishap) String() string { return [...]string{"fails", "killed before", "killed after"}[m] }

var (
	errInjected = errors.New("injected")
	errKilled   = errors.New("killed") // what a killed process panics with
)

// Faults let durable steps go wrong.
type Faults struct {
	steps int // so far
	at    int // the step that goes wrong, 0 = none
	how   mishap
}

// Step makes a durable change, unless it goes wrong.
func (f *Faults) Step(do func() error) error { return f.either(do, func() error { return nil }) }

// Write makes a durable change of bytes, or of the first half of them.
func (f *Faults) Write(b []byte, do func(part []byte) error) error {
	return f.either(func() error { return do(b) }, func() error { return do(b[:len(b)/2]) })
}

// either makes a step, or the part of it that is done when it goes wrong.
func (f *Faults) either(all, part func() error) error {
	f.steps++
	if f.steps != f.at {
		return all()
	}
	if f.how == killAfter {
		part = all
	}
	if err := part(); err != nil {
		return err
	}
	if f.how == fails {
		return errInjected
	}
	panic(errKilled)
}

// sites are those of the lines.
var sites = []string{"courier", "gazette"}

// key is that of a line about a site.
func key(site string, at time.Time) output.Key {
	return output.Key{Site: site, Type: "article", At: at}
}

// keys are those of all lines.
func keys(at time.Time) []output.Key {
	var list []output.Key
	for _, s := range sites {
		list = append(list, key(s, at))
	}
	return list
}

// line is one line of a site.
type line struct {
	Site string `json:"site"`
	N    int    `json:"n"`
	Text string `json:"text"`
}

func (l line) bytes() []byte {
	b, err := json.Marshal(l)
	if err != nil {
		panic(err)
	}
	return append(b, '\n')
}

// failer is a *testing.T or a *rapid.T.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// state is what a database keeps: positions, and the lines whose claims were
// committed with them.
type state struct {
	t         failer
	place     Place
	faults    Faults
	positions map[string]position
	committed []line
	commits   int

	run   int // number of the present one
	begun bool
	sink  output.Sink
}

// position is a stored one, and the run that stored it.
type position struct {
	output.Position
	run int
}

func newState(t failer, place Place) *state {
	return &state{t: t, place: place, positions: map[string]position{}}
}

// now is a minute later after each commit.
func (s *state) now() time.Time {
	return time.Date(2026, 11, 24, 12, s.commits, 0, 0, time.UTC)
}

// save is the transaction for positions.
func (s *state) save(_ context.Context, list []output.Position) error {
	return s.faults.Step(func() error {
		for _, p := range list {
			if len(p.Data) == 0 {
				delete(s.positions, p.Key)
			} else {
				s.positions[p.Key] = position{p, s.run}
			}
		}
		return nil
	})
}

// open begins a run after one that ended, or did not.
func (s *state) open(ctx context.Context, ended bool) error {
	last, begun := s.run, s.begun
	s.run, s.begun = s.run+1, false
	o := output.Options{Keys: keys(time.Time{}), Now: s.now, Save: s.save,
		Warn: func(text string) { s.t.Errorf("warned: %s", text) }}
	for _, p := range s.positions {
		if p.run == last && begun && !ended {
			o.Unfinished = append(o.Unfinished, p.Position)
		} else {
			o.Committed = append(o.Committed, p.Position)
		}
	}
	sink, err := s.place.Open(ctx, o, &s.faults)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	s.sink, s.begun = sink, true
	return sink.Committed(ctx)
}

// commit writes lines and stores them with their positions.
func (s *state) commit(ctx context.Context, lines []line) error {
	if err := s.append(ctx, lines); err != nil {
		return err
	}
	list, err := s.sink.Flush(ctx)
	if err != nil {
		return err
	}
	if err := s.store(list, lines); err != nil {
		return errors.Join(err, s.sink.Rewind(ctx))
	}
	return s.sink.Committed(ctx)
}

func (s *state) append(ctx context.Context, lines []line) error {
	if err := s.sink.Prepare(ctx, keys(s.now())); err != nil {
		return err
	}
	for _, l := range lines {
		if err := s.sink.Append(key(l.Site, s.now()), l.bytes()); err != nil {
			return err
		}
	}
	return nil
}

// store is the transaction for a batch.
func (s *state) store(list []output.Position, lines []line) error {
	return s.faults.Step(func() error {
		for _, p := range list {
			s.positions[p.Key] = position{p, s.run}
		}
		s.committed = append(s.committed, lines...)
		s.commits++
		return nil
	})
}

// finish is what a run does after its last commit.
func (s *state) finish(ctx context.Context) error {
	f, ok := s.sink.(output.Finisher)
	if !ok {
		return nil
	}
	err := f.Finish(ctx)
	s.check("at the end of a run")
	return err
}

// crash ends the process.
func (s *state) crash() {
	list := make([]output.Position, 0, len(s.positions))
	for _, p := range s.positions {
		list = append(list, p.Position)
	}
	s.place.Crash(list)
}

// check compares what readers find with what was committed.
func (s *state) check(when string) {
	s.t.Helper()
	got, want := map[string][]line{}, map[string][]line{}
	for _, text := range s.place.Lines() {
		var l line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			s.t.Fatalf("%s: line %q: %v", when, text, err)
		}
		got[l.Site] = append(got[l.Site], l)
	}
	for _, l := range s.committed {
		want[l.Site] = append(want[l.Site], l)
	}
	for _, site := range sites {
		if !slices.Equal(got[site], want[site]) {
			s.t.Fatalf("%s: readers of %s find %d lines, %d were committed:\n%.1000v\n%.1000v",
				when, site, len(got[site]), len(want[site]), got[site], want[site])
		}
	}
}
