package crawler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
)

// outbox is the sink of a run on a shared store. Its lines are stored with the commit,
// and moved to the real sink by whichever run holds the lease of the output.
type outbox struct{ lines []state.Line }

var _ output.Sink = (*outbox)(nil)

// Prepare implements output.Sink.
func (o *outbox) Prepare(context.Context, []output.Key) error { return nil }

// Append implements output.Sink.
func (o *outbox) Append(key output.Key, line []byte) error {
	o.lines = append(o.lines, state.Line{Key: key, Text: bytes.Clone(line)})
	return nil
}

// Flush implements output.Sink: the lines are durable with the commit.
func (o *outbox) Flush(context.Context) ([]output.Position, error) { return nil, nil }

// Committed implements output.Sink.
func (o *outbox) Committed(context.Context) error {
	o.lines = nil
	return nil
}

// Rewind implements output.Sink.
func (o *outbox) Rewind(context.Context) error {
	o.lines = nil
	return nil
}

// Close implements output.Sink.
func (o *outbox) Close() error { return nil }

const (
	// drainLines is how many lines are moved at once.
	drainLines = 500
	// drainEvery is how often a run looks for lines, and for the lease of the output.
	drainEvery = time.Second
	// drainRetry is the pause after the output could not be written.
	drainRetry = 30 * time.Second
)

// drainer moves committed lines to the output while its run holds the lease of it.
type drainer struct {
	fleet *fleet
	runID string
	open  func(context.Context, func(context.Context, []output.Position) error) (output.Sink, error)
	log   *slog.Logger
	every time.Duration

	sink  output.Sink // nil: not open
	lease state.Lease

	mu       sync.Mutex // guards warnings
	warnings []string   // for the summary
}

// loop moves lines until ctx ends.
func (d *drainer) loop(ctx context.Context) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		pause := d.every
		err := d.drain(ctx)
		var busy storeError
		switch {
		case err == nil || ctx.Err() != nil:
		case errors.Is(err, state.ErrFenced):
			return err
		case errors.As(err, &busy):
			d.log.Warn("outbox", "err", err)
		default:
			d.report(err)
			d.giveUp(ctx)
			pause = max(pause, drainRetry)
		}
		timer.Reset(pause)
	}
}

// storeError is an error of the state, which may answer later, rather than of the output.
type storeError struct{ error }

func (e storeError) Unwrap() error { return e.error }

// ofStore returns err as an error of the state.
func ofStore(err error) error {
	if err == nil {
		return nil
	}
	return storeError{err}
}

// report notes why lines could not be moved.
func (d *drainer) report(err error) {
	d.warn(fmt.Sprintf("committed lines wait in the state, since they cannot be moved to the output: %v", err))
}

// warn notes a text for the summary, once.
func (d *drainer) warn(text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if slices.Contains(d.warnings, text) {
		return
	}
	d.log.Warn(text)
	d.warnings = append(d.warnings, text)
}

// drain moves all lines that are committed, if this run holds the lease of the output or
// gets it.
func (d *drainer) drain(ctx context.Context) error {
	if d.sink == nil {
		if ok, err := d.take(ctx); !ok || err != nil {
			return err
		}
	}
	for d.fleet.alive() {
		lines, err := d.fleet.store.Lines(ctx, drainLines)
		if len(lines) == 0 || err != nil {
			return ofStore(err)
		}
		if err := d.move(ctx, lines); err != nil {
			return err
		}
	}
	return nil
}

// take takes the lease and opens the sink.
func (d *drainer) take(ctx context.Context) (bool, error) {
	bounded, cancel := context.WithTimeout(ctx, d.fleet.ttl/6) // a renewal may be due
	defer cancel()
	var err error
	if d.lease, err = d.fleet.acquire(bounded, state.OutputGroup); d.lease.Token == 0 || err != nil {
		return false, ofStore(err)
	}
	if d.sink, err = d.open(ctx, func(ctx context.Context, p []output.Position) error {
		return d.fleet.store.Drained(ctx, d.lease, d.runID, 0, p)
	}); err != nil {
		return false, err
	}
	return true, d.sink.Committed(ctx) // seals files whose rotation is due
}

// move appends lines to the output, and removes them from the state in the transaction
// that stores how far the output reaches.
func (d *drainer) move(ctx context.Context, lines []state.Line) error {
	keys := make([]output.Key, len(lines))
	for i := range lines {
		keys[i] = lines[i].Key
	}
	if err := d.sink.Prepare(ctx, keys); err != nil {
		return err
	}
	for _, l := range lines {
		if err := d.sink.Append(l.Key, l.Text); err != nil {
			return errors.Join(err, d.sink.Rewind(ctx))
		}
	}
	if !d.fleet.alive() {
		return errors.Join(errLapsed, d.sink.Rewind(ctx))
	}
	positions, err := d.sink.Flush(ctx)
	if err != nil {
		return err
	}
	// What was flushed is stored, if it can be, also when the run is about to end.
	if err := d.fleet.store.Drained(context.WithoutCancel(ctx), d.lease, d.runID, lines[len(lines)-1].Number,
		positions); err != nil {
		return errors.Join(err, d.sink.Rewind(ctx))
	}
	return d.sink.Committed(ctx)
}

// giveUp closes the output and gives its lease back, so that another run can try.
func (d *drainer) giveUp(ctx context.Context) {
	if err := d.close(context.WithoutCancel(ctx)); err != nil {
		d.log.Warn("output", "err", err)
	}
}

func (d *drainer) close(ctx context.Context) (err error) {
	if d.sink != nil {
		err, d.sink = d.sink.Close(), nil
	}
	if d.lease.Token == 0 {
		return err
	}
	err = errors.Join(err, d.fleet.release(ctx, []state.Lease{d.lease}, nil))
	d.lease = state.Lease{}
	return err
}

// end moves what is left, unless another run does it.
func (d *drainer) end(ctx context.Context) error {
	err := d.drain(ctx)
	if err != nil && !errors.Is(err, state.ErrFenced) {
		d.report(err)
		err = nil
	}
	return errors.Join(err, d.close(ctx))
}

// acquire leases one thing for this run; the zero lease says that another run holds it.
func (f *fleet) acquire(ctx context.Context, name string) (state.Lease, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	grants, err := f.store.LeaseGroups(ctx, f.owner, []string{name}, 1, f.ttl)
	if len(grants) == 0 || err != nil {
		return state.Lease{}, err
	}
	f.leases[name] = grants[0].Lease
	return grants[0].Lease, nil
}

// openOutput opens the sink of a run on a shared store.
func (r *run) openOutput(ctx context.Context, warn func(string), save func(context.Context, []output.Position) error,
) (output.Sink, error) {
	o, err := sinkOptions(ctx, &r.Options)
	if err != nil {
		return nil, err
	}
	o.Warn, o.Save = warn, save
	if err := sameFolder(o); err != nil {
		return nil, err
	}
	return r.Sinks.Open(ctx, o)
}

// sameFolder returns an error unless the folder of an output in files is the one where
// its files were written before: another machine may have another folder of that name.
// A file in it tells.
func sameFolder(o output.Options) error {
	if strings.Contains(o.Path, "://") || o.Path == output.Stdout {
		return nil
	}
	fixed, _, _ := strings.Cut(o.Path, "{")
	dir := filepath.Dir(fixed)
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(o.Base, dir)
	}
	sign := filepath.Join(dir, ".newsonce-output")
	_, err := os.Stat(sign)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, p := range slices.Concat(o.Committed, o.Unfinished) {
		if !strings.Contains(p.Key, "://") && !o.Accept {
			return fmt.Errorf("folder %s is not the one that the output was written to before: it has no file %s; "+
				"share that folder between all machines, write to s3://, or start the output here with --accept-output",
				dir, filepath.Base(sign))
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the folder of output %s: %w", o.Path, err)
	}
	const text = "Lines of a state that several machines share are written to this folder.\n"
	if err := os.WriteFile(sign, []byte(text), 0o644); err != nil {
		return fmt.Errorf("mark the folder of output %s: %w", o.Path, err)
	}
	return nil
}
