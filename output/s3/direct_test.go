package s3

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/internal/testbucket"
	"github.com/newsonce/newsonce/output"
)

// fleet is a state that several machines share: lines wait in an outbox until the
// machine with the lease has moved them to the output.
type fleet struct {
	t       *testing.T
	random  *rand.Rand
	server  *testbucket.Server
	options output.Options
	outbox  []string
	written []string // ever
	stored  map[string]output.Position
	token   int // of the newest lease
	now     time.Time
}

// machine is one that had the lease, and may not have noticed that it lost it.
type machine struct {
	*fleet
	token int
	sink  *direct
	held  []string // lines that it read before it slept
}

var errFenced = errors.New("fenced")

func newFleet(t *testing.T, seed uint64, name string) *fleet {
	f := &fleet{t: t, random: rand.New(rand.NewPCG(seed, 2)), server: testbucket.New(t, "news"), stored: map[string]output.Position{},
		now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	f.options = output.Options{Path: "s3://news/" + name, Storage: f.server.Store(), Writer: output.Writer{State: "0a1b2c3d", Epoch: 1},
		Now: func() time.Time { return f.now }}
	return f
}

// produce commits lines of pages.
func (f *fleet) produce(n int) {
	for range n {
		text := fmt.Sprintf("{\"n\":%d}\n", len(f.written))
		f.outbox, f.written = append(f.outbox, text), append(f.written, text)
	}
}

// lease gives the lease to a new machine.
func (f *fleet) lease() (*machine, error) {
	f.token++
	m := &machine{fleet: f, token: f.token}
	o := f.options
	for _, p := range f.stored {
		o.Unfinished = append(o.Unfinished, p)
	}
	o.Save = func(_ context.Context, list []output.Position) error { return m.drained(0, list) }
	var err error
	m.sink, err = openDirect(f.t.Context(), o, quick)
	return m, err
}

// drained is the transaction that moves n lines to the output.
func (m *machine) drained(n int, list []output.Position) error {
	if m.token != m.fleet.token {
		return errFenced
	}
	m.outbox = m.outbox[n:]
	for _, p := range list {
		m.stored[p.Key] = p
	}
	return nil
}

// flush writes up to n lines to the bucket.
func (m *machine) flush(n int) (int, []output.Position, error) {
	ctx := m.t.Context()
	lines := m.held
	if lines == nil {
		lines = m.outbox[:min(n, len(m.outbox))]
	}
	site := func(text string) string { return string("ab"[len(text)%2]) }
	var keys []output.Key
	for _, text := range lines {
		keys = append(keys, output.Key{Site: site(text), Type: "article", At: m.now})
	}
	if err := m.sink.Prepare(ctx, keys); err != nil {
		return 0, nil, err
	}
	for i, text := range lines {
		if err := m.sink.Append(keys[i], []byte(text)); err != nil {
			return 0, nil, err
		}
	}
	list, err := m.sink.Flush(ctx)
	return len(lines), list, err
}

// step does what a drainer does in one turn.
func (m *machine) step(n int) error {
	n, list, err := m.flush(n)
	if err != nil {
		return err
	}
	if err := m.drained(n, list); err != nil {
		return errors.Join(err, m.sink.Rewind(m.t.Context()))
	}
	return m.sink.Committed(m.t.Context())
}

// check requires that each line is in one object, and each object in one manifest.
func (f *fleet) check() {
	f.t.Helper()
	got := strings.SplitAfter(f.server.Lines(f.t, "news"), "\n")
	got = got[:len(got)-1]
	want := slices.Sorted(slices.Values(f.written))
	slices.Sort(got)
	if !slices.Equal(got, want) {
		f.t.Errorf("%d lines in the bucket, %d were committed:\n%q\n%q", len(got), len(want), got, want)
	}
	objects := map[string]int{}
	for name, times := range f.server.Puts() {
		if times != 1 {
			f.t.Errorf("object %s was written %d times", name, times)
		}
		name = strings.TrimPrefix(name, "news/")
		if !strings.Contains(name, "manifest") {
			objects[name]++
			continue
		}
		for line := range strings.Lines(f.server.Object(f.t, "news", name)) {
			var of output.Sealed
			if err := json.Unmarshal([]byte(line), &of); err != nil {
				f.t.Fatal(err)
			}
			objects[of.File]--
		}
	}
	for name, n := range objects {
		if n != 0 {
			f.t.Errorf("object %s: objects minus lines of the manifests: %d, want 0", name, n)
		}
	}
}

// TestSharedState moves the lease between machines that die, stop and wake up at random,
// while requests fail.
func TestSharedState(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			f := newFleet(t, seed, []string{"items.jsonl", "{site}.jsonl.gz", "{site}/x.jsonl.zst"}[seed%3])
			f.server.Fail(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				if n := rand.IntN(6 * len(mishaps)); n < len(mishaps) && r.Method != http.MethodGet {
					mishaps[n](w, r, next)
					return
				}
				next.ServeHTTP(w, r)
			})
			f.disturb()
			f.server.Fail(nil)
			m, err := f.lease()
			if err != nil {
				t.Fatal(err)
			}
			for len(f.outbox) > 0 {
				if err := m.step(3); err != nil {
					t.Fatal(err)
				}
			}
			if err := m.sink.Finish(t.Context()); err != nil {
				t.Fatal(err)
			}
			f.check()
			for _, p := range f.stored {
				if strings.Contains(string(p.Data), "taken") {
					t.Errorf("position %s: %s waits for lines that were written", p.Key, p.Data)
				}
			}
		})
	}
}

// disturb makes fifty turns.
func (f *fleet) disturb() {
	var current, asleep *machine
	for range 50 {
		f.now = f.now.Add(time.Duration(f.random.IntN(300)) * time.Second)
		f.produce(f.random.IntN(4))
		if current == nil {
			var err error
			if current, err = f.lease(); err != nil {
				current = nil
				continue
			}
		}
		n := 1 + f.random.IntN(5)
		switch f.random.IntN(6) {
		case 0: // it dies between the objects and the commit
			_, _, _ = current.flush(n)
			current = nil
		case 1: // it sleeps with lines in its hands, until its lease is gone
			asleep, current = current, nil
			asleep.held = slices.Clone(f.outbox[:min(n, len(f.outbox))])
		case 2: // one that slept wakes up
			if asleep != nil && asleep != current {
				_ = asleep.step(n)
			}
		default:
			if err := current.step(n); err != nil {
				current = nil
			}
		}
	}
}

// TestSharedStateReadBack reads what a shared state has written.
func TestSharedStateReadBack(t *testing.T) {
	f := newFleet(t, 1, "{site}/items.jsonl.gz")
	f.produce(5)
	m, err := f.lease()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.step(5); err != nil {
		t.Fatal(err)
	}
	o := f.options
	for _, p := range f.stored {
		o.Committed = append(o.Committed, p)
		if d, err := Describe("", p); err != nil || !d.Sealed || d.Waiting != nil {
			t.Errorf("%s: %+v, %v", p.Key, d, err)
		}
	}
	b := &bench{t: t, lines: 5}
	got := b.numbers(o)
	slices.Sort(got)
	if !slices.Equal(got, []int{0, 1, 2, 3, 4}) {
		t.Errorf("read %v, want 0 to 4", got)
	}
}

// TestSharedStateAndAnotherObject stops at an object that has none of the lines.
func TestSharedStateAndAnotherObject(t *testing.T) {
	f := newFleet(t, 1, "items.jsonl")
	f.produce(1)
	f.server.Put(t, "news", object(0, 1), "another\n", nil)
	m, err := f.lease()
	if err != nil {
		t.Fatal(err)
	}
	var conflict *ConflictError
	if err := m.step(1); !errors.As(err, &conflict) {
		t.Errorf("got %v, want a conflict", err)
	}
}
