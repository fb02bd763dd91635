//go:build unix

package output

import (
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

// TestLockedByAnotherWriter has two states share one output by mistake.
func TestLockedByAnotherWriter(t *testing.T) {
	m := written(t)
	first, second := newBench(t), newBench(t)
	if _, err := first.Recover([]Mark{m}, Recovery{}); err != nil {
		t.Fatal(err)
	}
	if _, err := second.Recover([]Mark{m}, Recovery{}); err != nil {
		t.Fatal(err)
	}
	first.append(m.Path, "c")
	first.flush()
	second.append(m.Path, "x")
	if _, err := second.Flush(noon); err == nil || !strings.Contains(err.Error(), "written by another process") || !strings.Contains(err.Error(), m.Path) {
		t.Errorf("got %v, want that another process writes it", err)
	}
	// A start after a kill must not cut what the other one is writing.
	if _, err := newBench(t).Recover([]Mark{m}, Recovery{Unfinished: true}); err == nil || !strings.Contains(err.Error(), "written by another process") {
		t.Errorf("recovery beside another writer: got %v", err)
	}
	first.commit()
	holds(t, m.Path, "a\nb\nc\n")
	first.Close()
	second.append(m.Path, "x")
	if _, err := second.Flush(noon); err == nil || !strings.Contains(err.Error(), "changed it during the run") {
		t.Errorf("after the other one went: got %v, want that the file changed", err)
	}
	holds(t, m.Path, "a\nb\nc\n")
}

// TestPipeAsOutput names a pipe, whose opening would wait for a reader.
func TestPipeAsOutput(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	got := make(chan error, 1)
	go func() {
		_, err := NewWriter(nil, func(string) {}, Rotation{}).Prepare([]string{path}, false)
		got <- err
	}()
	select {
	case err := <-got:
		if err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("got %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("it waits for somebody at the other end of the pipe")
	}
}

// TestFailedWriteAndCut turns the file read-only under the Writer, so that
// neither writing nor cutting back works. Nothing may be taken for written.
func TestFailedWriteAndCut(t *testing.T) {
	m := written(t)
	b := newBench(t)
	if _, err := b.Recover([]Mark{m}, Recovery{}); err != nil {
		t.Fatal(err)
	}
	b.append(m.Path, "c")
	b.flush()
	readOnly, err := os.Open(m.Path)
	if err != nil {
		t.Fatal(err)
	}
	b.files[m.Path].handle.Close()
	b.files[m.Path].handle = readOnly
	b.append(m.Path, "d")
	_, err = b.Flush(noon)
	if err == nil || !strings.Contains(err.Error(), "append to output "+m.Path) || !strings.Contains(err.Error(), "cut output") {
		t.Errorf("got %v, want both errors with the path", err)
	}
	holds(t, m.Path, "a\nb\nc\n") // could not be cut
	if got := b.Mark(m.Path); got != m {
		t.Errorf("mark %+v, want %+v", got, m)
	}
	b.append(m.Path, "e")
	if _, err := b.Flush(noon); err == nil {
		t.Error("lines were written behind a tail that could not be cut")
	}
	b.Close()
	next := newBench(t)
	if _, err := next.Recover([]Mark{m}, Recovery{Unfinished: true}); err != nil {
		t.Fatal(err)
	}
	holds(t, m.Path, "a\nb\n")
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
			b := newBench(t)
			b.prepare(path)
			b.files[path].handle = h
			b.append(path, "a")
			want := strings.ReplaceAll(says, "%s", path)
			if _, err := b.Flush(noon); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %q", err, want)
			}
			b.append(path, "a")
			if marks := b.flush(); len(marks) != 1 || marks[0].Offset != 2 || marks[0].Lines != 1 {
				t.Errorf("marks with room again: %+v", marks)
			}
			b.commit()
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
	one, two := filepath.Join(dir, "one"), filepath.Join(dir, "two")
	w := NewWriter(nil, func(string) {}, Rotation{})
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	_, err := w.Prepare([]string{one, two}, false)
	must(err)
	write := func(n int) error {
		must(w.Append(one, []byte("first\n")))
		must(w.Append(two, []byte(strings.Repeat("second", n)+"\n")))
		_, err := w.Flush(noon)
		return err
	}
	must(write(1))
	must(w.Commit())
	must(unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 100, Max: 1000}))
	os.Stdout.WriteString(write(100).Error() + "\n")
	must(unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 1000, Max: 1000}))
	must(write(100))
	must(w.Commit())
	must(w.Close())
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
// copytruncate. Lines must not go on behind a hole, nor the hole be filled.
func TestEmptiedDuringTheRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "items.jsonl")
	b := newBench(t)
	b.prepare(path)
	b.write(path, "a")
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	b.prepare(path)
	b.append(path, "b")
	if _, err := b.Flush(noon); err == nil || !strings.Contains(err.Error(), "has 0 bytes where 2 were written") {
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
	b := newBench(t)
	path := filepath.Join(dir, "items.jsonl")
	b.prepare(path)
	b.append(path, "a")
	if _, err := b.Flush(noon); !errors.Is(err, os.ErrPermission) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want permission denied with the path", err)
	}
}
