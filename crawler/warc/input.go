package warc

import "io"

const (
	// rewindBytes is how far an input can go back. A decoder that reads over the
	// damaged end of a member takes some 10 KB of the next ones before it notices.
	rewindBytes = 1 << 20
	// A file of nothing but damaged members may be read again up to this, and
	// againRatio times what was read of it.
	againBytes = 64 << 20
	againRatio = 4
)

// input reads a file, counts its bytes and can go back a little.
type input struct {
	r   io.Reader
	n   int64 // bytes given: the byte of the file that comes next
	err error // of the file itself, never io.EOF

	read  int64  // bytes read from r, at least n
	past  []byte // the last of them; nil when nothing is kept
	keep  bool
	again int64 // bytes given once more
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

// rewind goes back to a byte of the file, or as near as it can; to the other one
// when too much was read again.
func (f *input) rewind(to, instead int64) {
	if f.again > againBytes+againRatio*f.read {
		to = instead
	}
	f.n = max(to, f.read-int64(len(f.past)))
	f.again += f.read - f.n
}

// jump notes that r was set to another byte of the file.
func (f *input) jump(to int64) {
	f.n, f.read, f.past, f.err = to, to, f.past[:0], nil
}
