package crawler

import (
	"bytes"
	"cmp"
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

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/output"
)

// lineTypes are the types of lines that a page may yield.
var lineTypes = []item.Type{item.TypeArticle, item.TypeHeadline, item.TypeReference, item.TypeGone, item.TypeWithdrawn}

// keys returns the keys of all lines that a page of site may yield at a time.
func keys(site string, at time.Time) []output.Key {
	list := make([]output.Key, len(lineTypes))
	for i, t := range lineTypes {
		list[i] = output.Key{Site: site, Type: string(t), At: at}
	}
	return list
}

// openSink opens the output where earlier runs left it.
func openSink(ctx context.Context, r *Options, id string, summary *report.Summary) (output.Sink, error) {
	o, err := sinkOptions(ctx, r)
	if err != nil {
		return nil, err
	}
	o.Warn = func(text string) { summary.Warn("%s", text) }
	o.Save = func(ctx context.Context, p []output.Position) error { return r.Store.SaveOutputs(ctx, id, p) }
	return r.Sinks.Open(ctx, o)
}

// sinkOptions returns what a sink is opened with, apart from its callbacks.
func sinkOptions(ctx context.Context, r *Options) (output.Options, error) {
	writer, err := r.Store.Writer(ctx)
	if err != nil {
		return output.Options{}, err
	}
	o := output.Options{
		Path:     r.Config.Output.Path,
		Base:     r.Config.Base(),
		Spool:    r.Config.Spool(),
		Writer:   writer,
		Storage:  output.ObjectStore(r.Config.S3),
		Rotation: output.Rotation(r.Config.Output.Rotate),
		MinFree:  r.Config.MinFree,
		Accept:   r.AcceptOutput,
		Stdout:   r.Stdout,
		Now:      r.Now,
	}
	stored, err := r.Store.Outputs(ctx)
	for _, s := range stored {
		if s.Unfinished {
			o.Unfinished = append(o.Unfinished, s.Position)
		} else {
			o.Committed = append(o.Committed, s.Position)
		}
	}
	for _, s := range r.Config.Sites { // also sites not crawled in this run: their files stay open
		o.Keys = append(o.Keys, keys(s.Name, time.Time{})...)
	}
	return o, err
}

// deliver has a sink deliver what it collected. Lines that cannot be delivered now are
// committed and kept, which the summary says.
func (r *run) deliver(ctx context.Context) error {
	f, ok := r.out.(output.Finisher)
	if !ok {
		return nil
	}
	err := f.Finish(ctx)
	if errors.Is(err, output.ErrUndelivered) {
		r.summary.Undelivered = err.Error()
		return nil
	}
	return err
}

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
	// drainLines and drainBytes bound the lines that are moved at once.
	drainLines = 20_000
	drainBytes = 16 << 20
	// drainEvery is how often a run looks for lines, and for the lease of the output;
	// objectEvery, where each time makes an object, unless rotate says how old its lines
	// may be.
	drainEvery  = time.Second
	objectEvery = time.Minute
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
	// undelivered says why lines wait in the state at the end of the run; "" if none do, or
	// another run moves them.
	undelivered string

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
		case errors.Is(err, state.ErrFenced), errors.Is(err, output.ErrConflict):
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
		lines, err := d.fleet.store.Lines(ctx, drainLines, drainBytes)
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
		return errors.Join(ofStore(err), d.sink.Rewind(ctx))
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
	if f, ok := d.sink.(output.Finisher); ok && err == nil {
		err = f.Finish(ctx)
	}
	if err != nil && !errors.Is(err, state.ErrFenced) && !errors.Is(err, output.ErrConflict) {
		d.undelivered = err.Error()
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

// drainPause returns how often lines are moved.
func (r *run) drainPause() time.Duration {
	if !strings.Contains(r.Config.Output.Path, "://") {
		return min(drainEvery, r.Times.Lease/10)
	}
	return cmp.Or(r.Config.Output.Rotate.Age, objectEvery)
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
	written := slices.DeleteFunc(slices.Concat(o.Committed, o.Unfinished), func(p output.Position) bool {
		return strings.Contains(p.Key, "://")
	})
	here := func(p output.Position) bool { // also files that a state in SQLite wrote, which was copied
		path := p.Key
		if !filepath.IsAbs(path) {
			path = filepath.Join(o.Base, path)
		}
		_, err := os.Stat(path)
		return err == nil
	}
	if len(written) > 0 && !o.Accept && !slices.ContainsFunc(written, here) {
		return fmt.Errorf("folder %s is not the one that the output was written to before: it has no file %s; "+
			"share that folder between all machines, write to s3://, or start the output here with --accept-output",
			dir, filepath.Base(sign))
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
