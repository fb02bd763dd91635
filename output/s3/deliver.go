package s3

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/newsonce/newsonce/output"
)

// parallel is how many segments are delivered at a time.
const parallel = 4

// firstRest is how long the sink waits after a failed delivery before it tries again
// in the same run; doubled up to maxRest.
const (
	firstRest = time.Minute
	maxRest   = 15 * time.Minute
)

// delivery is what the sink knows of the segments on their way. Its goroutines make
// requests only; everything else happens in the goroutine of the sink.
type delivery struct {
	ctx     context.Context // of the requests
	cancel  context.CancelFunc
	group   sync.WaitGroup
	spawn   func(func()) // begins a delivery; tests have it done at once
	results chan result
	running int
	failed  error // why the last delivery failed; cleared when one succeeds
	rest    time.Duration
	until   time.Time // nothing is delivered before
}

type result struct {
	segment *segment
	err     error
}

func newDelivery() *delivery {
	d := &delivery{results: make(chan result, parallel)}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	return d
}

// stop ends all deliveries, and waits until they have ended.
func (s *sink) stop() {
	s.cancel()
	s.group.Wait()
}

// deliver begins deliveries and confirms those that have ended.
func (s *sink) deliver(ctx context.Context) error {
	for {
		if !s.Now().Before(s.until) {
			s.begin()
		}
		list := s.ended()
		if len(list) == 0 {
			return nil
		}
		if err := s.settle(ctx, list); err != nil {
			return err
		}
	}
}

// deliverAll delivers all segments, until one cannot be delivered or ctx ends. The
// error about those that are left wraps output.ErrUndelivered.
func (s *sink) deliverAll(ctx context.Context) error {
	s.failed = nil
	for {
		if s.failed == nil && ctx.Err() == nil {
			s.begin()
		}
		if s.running == 0 {
			break
		}
		list := s.ended()
		if len(list) == 0 {
			select {
			case r := <-s.results:
				list = append(list, r)
			case <-ctx.Done():
				s.cancel()
				list = append(list, <-s.results)
			}
		}
		if err := s.settle(context.WithoutCancel(ctx), list); err != nil {
			return err
		}
	}
	if len(s.waiting) == 0 {
		return nil
	}
	why := s.failed
	if ctx.Err() != nil {
		why = errors.New("the run was stopped")
	}
	return fmt.Errorf("%w: %w%s, until the next run delivers them", output.ErrUndelivered, why, s.kept())
}

// begin begins deliveries, oldest segments first.
func (s *sink) begin() {
	for _, url := range slices.Sorted(maps.Keys(s.waiting)) {
		g := s.waiting[url]
		if g.running {
			continue
		}
		if s.running == parallel {
			return
		}
		name, key := split(g.object())
		b, err := s.bucketOf(name)
		if err != nil {
			s.failed = err
			return
		}
		g.running = true
		s.running++
		o, file := Object{Key: key, Bytes: g.Bytes, SHA256: g.SHA256}, s.file(g.url)
		s.start(func() { s.results <- result{g, send(s.ctx, b, o, file)} })
	}
}

func (s *sink) start(do func()) {
	if s.spawn != nil {
		s.spawn(do)
		return
	}
	s.group.Go(do)
}

// ended returns the deliveries that have ended since the last call.
func (s *sink) ended() (list []result) {
	for {
		select {
		case r := <-s.results:
			list = append(list, r)
		default:
			return list
		}
	}
}

// send puts a segment into its bucket. A file that is gone was delivered by a run that
// was killed before it could say so.
func send(ctx context.Context, b *Bucket, o Object, file string) error {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		err := b.Same(ctx, o)
		if isMissing(err) {
			return &lostError{fmt.Sprintf("segment s3://%s/%s is neither there nor in %s", b.name, o.Key, file)}
		}
		return err
	}
	if err != nil {
		return fmt.Errorf("open segment: %w", err)
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return fmt.Errorf("read segment: %w", err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != o.SHA256 {
		return &lostError{fmt.Sprintf("segment %s was changed since it was sealed", file)}
	}
	return b.Put(ctx, o, f)
}

// lostError reports a segment that only a person can find again.
type lostError struct{ what string }

func (e *lostError) Error() string {
	return e.what + "; restore that file, or continue without it by --accept-output"
}

// settle stores the outcome of deliveries. It returns the errors that no later attempt
// will change.
func (s *sink) settle(ctx context.Context, list []result) error {
	var delivered []output.Sealed
	var store []output.Position
	var fatal []error
	for _, r := range list {
		s.running--
		r.segment.running = false
		p, err := s.outcome(r)
		if err != nil {
			fatal = append(fatal, err)
		}
		if p != nil {
			store = append(store, *p)
		}
		if s.waiting[r.segment.url] == nil && r.err == nil && !s.isManifest(r.segment.url) {
			delivered = append(delivered, s.listed(r.segment))
		}
	}
	return errors.Join(append(fatal, s.spool.List(ctx, delivered, store...))...)
}

// outcome returns what to store about a delivery, nil for nothing.
func (s *sink) outcome(r result) (*output.Position, error) {
	g := r.segment
	var conflict *ConflictError
	var lost *lostError
	switch {
	case r.err == nil:
		return s.delivered(g)
	case errors.Is(r.err, context.Canceled):
		s.failed = r.err
		return nil, nil
	case errors.As(r.err, &lost) && s.Accept:
		s.Warn(lost.what)
		return s.delivered(g)
	case errors.As(r.err, &conflict) && g.Epoch < s.Writer.Epoch:
		g.Object, g.Epoch = s.newer(g), s.Writer.Epoch
		p, err := g.position()
		return &p, err
	case errors.As(r.err, &conflict):
		return nil, fmt.Errorf("segment %s: %w", s.file(g.url), r.err)
	case errors.As(r.err, &lost):
		return nil, r.err
	}
	s.failed = r.err
	s.rest = min(max(2*s.rest, firstRest), maxRest)
	s.until = s.Now().Add(s.rest)
	if g.Error == r.err.Error() {
		return nil, nil
	}
	g.Error = r.err.Error()
	p, err := g.position()
	return &p, err
}

// delivered removes a segment from the spool and from the state. The file goes first:
// without it the next run finds the object, without the position it would find nothing.
func (s *sink) delivered(g *segment) (*output.Position, error) {
	if err := os.Remove(s.file(g.url)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("remove segment: %w", err)
	}
	delete(s.waiting, g.url)
	s.failed, s.rest, s.until = nil, 0, time.Time{}
	return &output.Position{Key: g.url}, nil
}

// listed returns the line of the manifest about a segment.
func (s *sink) listed(g *segment) output.Sealed {
	of := g.Sealed
	_, key := split(g.object())
	of.File = s.relative(key)
	return of
}
