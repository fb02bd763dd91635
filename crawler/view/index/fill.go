package index

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/zeebo/xxh3"
	"golang.org/x/sync/errgroup"
	engine "zombiezen.com/go/sqlite"

	"github.com/newsonce/newsonce/crawler/view"
	"github.com/newsonce/newsonce/output"
)

// position is how far a segment was read.
type position struct {
	stored string
	last   int64 // where the last line begins
	hash   int64 // of that line, 0: none was read
}

// errReplaced says that a segment does not hold the line that was read last.
var errReplaced = errors.New("the segment was replaced")

// Update reads the lines that were added to the output since the last Update, withdrawn
// lines included, and calls read, unless it is nil, with the number of lines that each
// transaction added. A segment that cannot be read does not keep the others from being
// read. Lines of segments that are gone stay.
func (x *Index) Update(ctx context.Context, items *view.Items, read func(lines int)) error {
	var errs []error
	for _, s := range items.Segments {
		if err := x.update(ctx, s, read); err != nil {
			errs = append(errs, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return errors.Join(errs...)
}

func (x *Index) update(ctx context.Context, s output.Segment, read func(int)) error {
	from, err := x.position(ctx, s.Path)
	if err != nil {
		return err
	}
	now := fingerprint(s)
	if from.stored == now {
		return nil
	}
	err = x.read(ctx, s, from, now, read)
	if errors.Is(err, errReplaced) || errors.Is(err, output.ErrShort) {
		err = x.read(ctx, s, position{}, now, read)
	}
	return err
}

// fingerprint differs for a segment that has changed. One that is no file and has no
// committed end is complete.
func fingerprint(s output.Segment) string {
	if s.Bytes >= 0 {
		return fmt.Sprintf("%d committed", s.Bytes)
	}
	if info, err := os.Stat(s.Path); err == nil {
		return fmt.Sprintf("%d at %d", info.Size(), info.ModTime().UnixNano())
	}
	return "complete"
}

func (x *Index) position(ctx context.Context, path string) (p position, err error) {
	err = x.query(ctx, "SELECT stored, last, hash FROM segment WHERE path = ?", []any{path}, func(s *engine.Stmt) error {
		p = position{s.ColumnText(0), s.ColumnInt64(1), s.ColumnInt64(2)}
		return nil
	})
	return p, err
}

// read reads a segment from a position to its end. Lines are prepared while those before
// them are stored.
func (x *Index) read(ctx context.Context, s output.Segment, from position, stored string, read func(int)) error {
	group, ctx := errgroup.WithContext(ctx)
	batches := make(chan *batch, 1)
	group.Go(func() error {
		defer close(batches)
		return x.prepare(ctx, s, from, stored, batches)
	})
	group.Go(func() error {
		for b := range batches {
			if err := x.store(ctx, b); err != nil {
				return err
			}
			if read != nil {
				read(len(b.entries))
			}
		}
		return nil
	})
	return group.Wait()
}

func (x *Index) prepare(ctx context.Context, s output.Segment, from position, stored string, to chan<- *batch) error {
	send := func(b *batch) error {
		select {
		case to <- b:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	b := &batch{path: s.Path, at: from}
	known := from.hash
	err := view.Lines(ctx, s, from.last, func(l *view.Line) error {
		h := max(1, int64(xxh3.Hash(l.Raw)>>1))
		if known != 0 {
			if known != h {
				return fmt.Errorf("%s: %w", s.Path, errReplaced)
			}
			known = 0
			return nil
		}
		e, err := x.entry(l)
		if err != nil {
			return fmt.Errorf("%s: line before byte %d: %w", s.Path, l.End, err)
		}
		b.add(e)
		b.at = position{last: l.End - int64(len(l.Raw)), hash: h}
		if b.bytes < maxBatch {
			return nil
		}
		full := b
		b = &batch{path: s.Path, at: b.at}
		return send(full)
	})
	if err != nil {
		return err
	}
	b.at.stored = stored
	return send(b)
}

func (x *Index) setPosition(path string, p position) error {
	return x.exec("INSERT OR REPLACE INTO segment VALUES (?, ?, ?, ?)", path, p.stored, p.last, p.hash)
}
