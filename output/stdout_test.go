package output

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
)

func openStdout(t *testing.T, w io.Writer) Sink {
	t.Helper()
	s, err := Builtin().Open(t.Context(), Options{Path: Stdout, Stdout: w, Save: func(context.Context, []Position) error {
		t.Error("a position was saved")
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestStdout: what is written there cannot be taken back, so that it must be
// out before the commit: a line may come twice, but is never lost.
func TestStdout(t *testing.T) {
	var out bytes.Buffer
	s := openStdout(t, &out)
	must := func(_ []Position, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	holds := func(want string) {
		t.Helper()
		if got := out.String(); got != want {
			t.Errorf("standard output %q, want %q", got, want)
		}
	}
	must(nil, s.Prepare(t.Context(), one))
	must(nil, s.Append(one[0], []byte("a\n")))
	must(nil, s.Append(one[0], []byte("b\n")))
	holds("") // held back
	list, err := s.Flush(t.Context())
	if err != nil || len(list) > 0 {
		t.Errorf("positions %+v, %v", list, err)
	}
	holds("a\nb\n")
	must(nil, s.Committed(t.Context()))
	must(nil, s.Append(one[0], []byte("c\n")))
	must(nil, s.Rewind(t.Context()))
	must(nil, s.Append(one[0], []byte("d\n")))
	must(s.Flush(t.Context()))
	holds("a\nb\nd\n")
	must(nil, s.Close())
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestStdoutBroken(t *testing.T) {
	s := openStdout(t, brokenPipe{})
	s.Append(one[0], []byte("a\n"))
	if _, err := s.Flush(t.Context()); err == nil || !strings.Contains(err.Error(), "standard output: broken pipe") {
		t.Errorf("got %v", err)
	}
}

// TestStdoutClosed opens sinks of a closed file, and of what Go puts in the
// place of a closed standard output. What a shell opens for >/dev/null is right.
func TestStdoutClosed(t *testing.T) {
	open := func(flags int) *os.File {
		f, err := os.OpenFile(os.DevNull, flags, 0)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	shut := open(os.O_WRONLY)
	shut.Close()
	for _, c := range []struct {
		name string
		w    io.Writer
		ok   bool
	}{
		{"none", nil, false},
		{"a closed file", shut, false},
		{"closed when the program started", open(os.O_RDWR), false},
		{"/dev/null", open(os.O_WRONLY), true},
	} {
		_, err := OpenStdout(t.Context(), Options{Stdout: c.w})
		if (err == nil) != c.ok || err != nil && !strings.Contains(err.Error(), "standard output, which is closed") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
