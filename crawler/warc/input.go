package warc

import "io"

const (
	// rewindBytes is how far an input can go back. A decoder that reads past the
	// damaged end of a member consumes some 10 KB of the next ones before it fails.
	rewindBytes = 1 << 20
	// againBytes and againRatio times what was read of a file limit how much of
	// it is read again, in case it holds nothing but damaged members.
	againBytes = 64 << 20
	againRatio = 4
)

// input reads a file, counts its bytes and keeps the last of them, to go back.
type input struct {
	r   io.Reader
	n   int64 // offset of the next byte that Read returns
	err error // of the file itself, never io.EOF

	read  int64  // bytes read from r, at least n
	past  []byte // the last of them
	keep  bool
	again int64 // bytes read again
}

func (f *input) Read(p []byte) (int, error) {
	if back := int(f.read - f.n); back > 0 {
		n := copy(p, f.past[len(f.past)-back:])
		f.n += int64(n)
		return n, nil
	}
	n, err := f.r.Read(p)
	f.n += int64(n)
	f.read = f.n
	if f.keep {
		f.remember(p[:n])
	} else {
		f.past = nil
	}
	if err != nil && err != io.EOF {
		f.err = err
	}
	return n, err
}

func (f *input) remember(b []byte) {
	if len(f.past)+len(b) > 2*rewindBytes {
		f.past = f.past[:copy(f.past, f.past[max(0, len(f.past)-rewindBytes):])]
	}
	f.past = append(f.past, b...)
}

// rewind goes back to an offset, or as near to it as it can. If too much was read
// again already, it goes to the other one instead.
func (f *input) rewind(to, instead int64) {
	if f.again > againBytes+againRatio*f.read {
		to = instead
	}
	f.n = max(to, f.read-int64(len(f.past)))
	f.again += f.read - f.n
}

// jump notes that r was set to another offset.
func (f *input) jump(to int64) {
	f.n, f.read, f.past, f.err = to, to, f.past[:0], nil
}
