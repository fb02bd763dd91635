// Package view reads what a crawl wrote: the committed lines of its output, without
// those that were withdrawn. The packages below it show them.
//
//	view.go  Open, Items: the committed lines, one after another
//	line.go  Line: what a line is about
//	record.go  Record: the values of a line of any type
//	text.go  texts and URLs of strangers, made safe to show
package view

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
)

// maxLine bounds the bytes of a line. The largest page that a crawl accepts gives
// less than half of it.
const maxLine = 64 << 20

// Items are the committed lines of an output.
type Items struct {
	Segments  []output.Segment
	withdrawn map[key]bool
}

// key identifies a line; an absent revision is 1.
type key struct {
	typ      item.Type
	id       string
	revision int
}

// Open finds the output of a configuration. Its committed ends come from the state. If r
// is nil, files are read to their end.
func Open(ctx context.Context, c *config.Config, sinks output.Sinks, r state.Reader) (*Items, error) {
	o := output.Options{Path: c.Output.Path, Base: c.Base(), Spool: c.Spool(), Storage: output.ObjectStore(c.S3)}
	if r != nil {
		stored, err := r.Outputs(ctx)
		if err != nil {
			return nil, err
		}
		for _, s := range stored {
			o.Committed = append(o.Committed, s.Position)
		}
		if o.Writer, err = r.Writer(ctx); err != nil {
			return nil, err
		}
	}
	segments, err := sinks.Segments(ctx, o)
	return &Items{Segments: segments}, err
}

// Each calls yield for every line, segment by segment, except for withdrawn lines and
// the lines that withdraw them. A Line is valid until yield returns. Memory does not
// grow with the output, only with the number of withdrawn lines. A line that is no
// item is an error that names its place.
func (it *Items) Each(ctx context.Context, yield func(*Line) error) error {
	if err := it.findWithdrawn(ctx); err != nil {
		return err
	}
	for _, s := range it.Segments {
		if err := it.EachOf(ctx, s, 0, yield); err != nil {
			return err
		}
	}
	return nil
}

// EachOf is Each for the lines of one segment after the first skip bytes of its text.
// Line.End is where to resume.
func (it *Items) EachOf(ctx context.Context, s output.Segment, skip int64, yield func(*Line) error) error {
	if err := it.findWithdrawn(ctx); err != nil {
		return err
	}
	return eachLine(ctx, s, skip, all, func(l *Line) error {
		if l.Type == item.TypeWithdrawn || it.withdrawn[l.key()] {
			return nil
		}
		return yield(l)
	})
}

// Lines calls yield for every line of a segment after the first skip bytes of its text,
// with the withdrawn ones and those that withdraw them. If the segment has fewer bytes,
// it returns output.ErrShort.
func Lines(ctx context.Context, s output.Segment, skip int64, yield func(*Line) error) error {
	return eachLine(ctx, s, skip, all, yield)
}

// Withdrawals calls yield for every line that withdraws another.
func (it *Items) Withdrawals(ctx context.Context, yield func(*item.Withdrawn) error) error {
	for _, s := range it.Segments {
		err := eachLine(ctx, s, 0, mayWithdraw, func(l *Line) error {
			if l.Type != item.TypeWithdrawn {
				return nil
			}
			var w item.Withdrawn
			if err := l.Decode(&w); err != nil {
				return err
			}
			return yield(&w)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (it *Items) findWithdrawn(ctx context.Context) error {
	if it.withdrawn != nil {
		return nil
	}
	found := map[key]bool{}
	err := it.Withdrawals(ctx, func(w *item.Withdrawn) error {
		found[key{w.Withdraws, w.ID, max(1, w.Revision)}] = true
		return nil
	})
	if err == nil {
		it.withdrawn = found
	}
	return err
}

func all([]byte) bool { return true }

// mayWithdraw reports whether a line may withdraw another, before it is parsed.
func mayWithdraw(raw []byte) bool { return bytes.Contains(raw, []byte(`"`+item.TypeWithdrawn+`"`)) }

// eachLine calls yield for the lines of a segment after the first skip bytes, of which
// it parses those that want chooses.
func eachLine(ctx context.Context, s output.Segment, skip int64, want func([]byte) bool, yield func(*Line) error) error {
	r, err := s.OpenAt(ctx, skip)
	if err != nil {
		return err
	}
	defer r.Close()
	b := bufio.NewReaderSize(r, 256<<10)
	line := Line{End: skip}
	for number := 1; ; number++ {
		line.Raw = line.Raw[:0]
		if line.Raw, err = readLine(b, line.Raw); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("%s: line %d after byte %d: %w", s.Path, number, skip, err)
		}
		line.End += int64(len(line.Raw))
		if !want(line.Raw) || len(bytes.TrimSpace(line.Raw)) == 0 {
			continue
		}
		if err := line.parse(); err != nil {
			return fmt.Errorf("%s: line %d after byte %d: %w", s.Path, number, skip, err)
		}
		if err := errors.Join(ctx.Err(), yield(&line)); err != nil {
			return err
		}
	}
}

// readLine appends a line with its newline to dst.
func readLine(b *bufio.Reader, dst []byte) ([]byte, error) {
	for {
		part, err := b.ReadSlice('\n')
		dst = append(dst, part...)
		switch {
		case len(dst) > maxLine:
			return dst, fmt.Errorf("longer than %d bytes", maxLine)
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(dst) > 0:
			return dst, nil // the last line of a file that another program wrote
		default:
			return dst, err
		}
	}
}
