//go:build unix

package output

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestLockedByAnotherSink has two states share one output by mistake.
func TestLockedByAnotherSink(t *testing.T) {
	p := written(t)
	first, second := newBench(t, p.Path, stored(p)), newBench(t, p.Path, stored(p))
	second.ready(p.Path)
	second.release()
	first.ready(p.Path)
	first.append(p.Path, "c")
	first.flush()
	second.append(p.Path, "x")
	if _, err := second.tryFlush(); err == nil || !strings.Contains(err.Error(), "written by another process") || !strings.Contains(err.Error(), p.Path) {
		t.Errorf("got %v, want that another process writes it", err)
	}
	// A start after a kill must not cut what the other one is writing.
	if _, err := try(t, p.Path, killed(p)); err == nil || !strings.Contains(err.Error(), "written by another process") {
		t.Errorf("recovery beside another sink: got %v", err)
	}
	first.committed()
	holds(t, p.Path, "a\nb\nc\n")
	first.Close()
	second.append(p.Path, "x")
	if _, err := second.tryFlush(); err == nil || !strings.Contains(err.Error(), "changed it during the run") {
		t.Errorf("after the other one went: got %v, want that the file changed", err)
	}
	holds(t, p.Path, "a\nb\nc\n")
}

// TestPipeAsOutput names a pipe, whose opening would wait for a reader.
func TestPipeAsOutput(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	got := make(chan error, 1)
	b := newBench(t, path)
	go func() { got <- b.prepare(t.Context(), path) }()
	select {
	case err := <-got:
		if err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("got %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("it waits for somebody at the other end of the pipe")
	}
}

// TestFailedWriteAndCut makes the file read-only under the sink, so that neither
// writing nor cutting back works. Nothing may be taken for written.
func TestFailedWriteAndCut(t *testing.T) {
	p := written(t)
	b := newBench(t, p.Path, stored(p))
	b.ready(p.Path)
	b.append(p.Path, "c")
	b.flush()
	readOnly, err := os.Open(p.Path)
	if err != nil {
		t.Fatal(err)
	}
	b.files[p.Path].handle.Close()
	b.files[p.Path].handle = readOnly
	b.append(p.Path, "d")
	_, err = b.tryFlush()
	if err == nil || !strings.Contains(err.Error(), "append to output "+p.Path) || !strings.Contains(err.Error(), "cut output") {
		t.Errorf("got %v, want both errors with the path", err)
	}
	holds(t, p.Path, "a\nb\nc\n") // could not be cut
	if got := b.pos(p.Path); got != p {
		t.Errorf("position %+v, want %+v", got, p)
	}
	b.append(p.Path, "e")
	if _, err := b.tryFlush(); err == nil {
		t.Error("lines were written after a tail that could not be cut")
	}
	b.Close()
	newBench(t, p.Path, killed(p))
	holds(t, p.Path, "a\nb\n")
}

// TestFailingDevices puts a device in the place of a new file: one that is
// always full, one that cannot be synced. With the real file in its place
// again, the lines can be written.
func TestFailingDevices(t *testing.T) {
	for device, says := range map[string]string{
		"/dev/full": "append to output %s: no space left on device",
		"/dev/null": "sync output %s: invalid argument",
	} {
		t.Run(device, func(t *testing.T) {
			h, err := os.OpenFile(device, os.O_RDWR, 0)
			if err != nil {
				t.Skipf("this system has no such device: %v", err)
			}
			path := filepath.Join(t.TempDir(), "items.jsonl")
			b := newBench(t, path)
			b.ready(path)
			b.files[path].handle = h
			b.append(path, "a")
			want := strings.ReplaceAll(says, "%s", path)
			if _, err := b.tryFlush(); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %q", err, want)
			}
			b.append(path, "a")
			if list := b.flush(); len(list) != 1 || list[0].Offset != 2 || list[0].Lines != 1 {
				t.Errorf("positions with room again: %+v", list)
			}
			b.committed()
			holds(t, path, "a\n")
		})
	}
}

// fullEnv names the folder in which a child of the test fills its disk.
const fullEnv = "NEWSONCE_TEST_FULL"

func TestMain(m *testing.M) {
	if dir := os.Getenv(fullEnv); dir != "" {
		fillDisk(dir)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// fillDisk commits two lines to two files each, then has a limit on the size
// of files stop the second one in the middle of a line. It prints the error.
func fillDisk(dir string) {
	signal.Ignore(unix.SIGXFSZ)
	must := func(_ []Position, err error) {
		if err != nil {
			panic(err)
		}
	}
	ctx, keys := context.Background(), []Key{{Site: "one"}, {Site: "two"}}
	s, err := OpenFiles(ctx, Options{Path: filepath.Join(dir, "{site}"), Keys: keys, Now: time.Now,
		Save: func(context.Context, []Position) error { return nil }})
	must(nil, err)
	must(nil, s.Prepare(ctx, keys))
	write := func(n int) error {
		must(nil, s.Append(keys[0], []byte("first\n")))
		must(nil, s.Append(keys[1], []byte(strings.Repeat("second", n)+"\n")))
		_, err := s.Flush(ctx)
		return err
	}
	must(nil, write(1))
	must(nil, s.Committed(ctx))
	var before unix.Rlimit
	must(nil, unix.Getrlimit(unix.RLIMIT_FSIZE, &before))
	must(nil, unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 100, Max: before.Max}))
	os.Stdout.WriteString(write(100).Error() + "\n")
	must(nil, unix.Setrlimit(unix.RLIMIT_FSIZE, &before)) // go test -cover writes files at the end
	must(nil, write(100))
	must(nil, s.Committed(ctx))
	must(nil, s.Close())
}

func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fullEnv+"="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if want := "append to output " + filepath.Join(dir, "two") + ": file too large\n"; string(out) != want {
		t.Errorf("message %q, want %q", out, want)
	}
	// Both files were cut back, and written whole when there was room.
	holds(t, filepath.Join(dir, "one"), "first\nfirst\n")
	holds(t, filepath.Join(dir, "two"), "second\n"+strings.Repeat("second", 100)+"\n")
}

// TestEmptiedDuringTheRun empties the file in place, as logrotate does with
// copytruncate. Lines must not continue after a hole, nor the hole be filled.
func TestEmptiedDuringTheRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "items.jsonl")
	b := newBench(t, path)
	b.write(path, "a")
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	b.ready(path)
	b.append(path, "b")
	if _, err := b.tryFlush(); err == nil || !strings.Contains(err.Error(), "has 0 bytes where 2 were written") {
		t.Errorf("got %v", err)
	}
	holds(t, path, "")
}

func TestReadOnlyFolder(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everywhere; run this test as another user")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "items.jsonl")
	b := newBench(t, path)
	b.ready(path)
	b.append(path, "a")
	if _, err := b.tryFlush(); !errors.Is(err, os.ErrPermission) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want permission denied with the path", err)
	}
}
