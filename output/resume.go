package output

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// ErrShort is wrapped by the errors of Segment.OpenAt about a segment that has fewer
// lines than were read of it before: it was replaced.
var ErrShort = errors.New("output is shorter than before")

// OpenAt is Open without the first skip bytes of the lines. It seeks where the segment
// is a plain file, and else reads up to that place.
func (s Segment) OpenAt(ctx context.Context, skip int64) (io.ReadCloser, error) {
	if skip > 0 && compression(s.Path) == "" {
		packed, err := s.open(ctx)
		if err != nil {
			return nil, fmt.Errorf("open output %s: %w", s.Path, plain(err))
		}
		if f, ok := packed.(io.Seeker); ok {
			return s.seek(packed, f, skip)
		}
		if err := packed.Close(); err != nil {
			return nil, err
		}
	}
	r, err := s.Open(ctx)
	if err != nil {
		return nil, err
	}
	n, err := io.CopyN(io.Discard, r, skip)
	if errors.Is(err, io.EOF) {
		err = s.short(n, skip)
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// seek returns the committed lines of an opened plain file after skip bytes.
func (s Segment) seek(packed io.ReadCloser, f io.Seeker, skip int64) (io.ReadCloser, error) {
	end, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		if s.Bytes >= 0 {
			end = min(end, s.Bytes)
		}
		if skip > end {
			err = s.short(end, skip)
		} else {
			_, err = f.Seek(skip, io.SeekStart)
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read output %s: %w", s.Path, plain(err)), packed.Close())
	}
	return &segmentReader{io.NopCloser(io.LimitReader(packed, end-skip)), packed, s}, nil
}

func (s Segment) short(has, skip int64) error {
	return fmt.Errorf("%w: %s has %d bytes of lines, not the %d that were read before", ErrShort, s.Path, has, skip)
}
