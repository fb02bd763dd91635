package e2e

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/newsonce/newsonce/internal/demosite"
)

// A disk is a small file system mounted on a folder. Without the right to mount
// the test is skipped.
type disk struct {
	t   *testing.T
	dir string
}

func newDisk(t *testing.T, dir, size string) *disk {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a small disk cannot be mounted here (%v); TestFileSizeLimit stands in for it", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount %s: %v", dir, err)
		}
	})
	return &disk{t, dir}
}

func (d *disk) remount(flags uintptr, options string) {
	d.t.Helper()
	if err := syscall.Mount("tmpfs", d.dir, "tmpfs", syscall.MS_REMOUNT|flags, options); err != nil {
		d.t.Fatalf("mount %s again: %v", d.dir, err)
	}
}

// apart puts the output and the state into separate folders.
func (s *setup) apart() {
	s.edit(s.path("items.jsonl"), s.path("out/items.jsonl"), s.path("newsonce.db"), s.path("state/newsonce.db"))
}

// toTheEnd lets a crawl run until the disk is full.
func (s *setup) toTheEnd() { s.edit("workers:", "min_free: 0\nworkers:") }

// whole requires that the file holds whole lines of what the world published, and
// returns it.
func (s *setup) whole(name string) []byte {
	s.t.Helper()
	items, err := os.ReadFile(s.path(name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		s.t.Fatal(err)
	}
	valid(s.t, items)
	report(s.t, s.world.Truth().CheckPartial(strings.NewReader(string(items))))
	return items
}

// completeAt requires that the file is exactly what the world published.
func (s *setup) completeAt(name string) {
	s.t.Helper()
	items := s.whole(name)
	report(s.t, s.world.Truth().Check(strings.NewReader(string(items))))
}

// The disk of the output fills up during a crawl.
func TestOutputDiskFull(t *testing.T) {
	t.Parallel()
	plain(t)
	s := serve(t, demosite.Options{Articles: 200})
	s.apart()
	s.toTheEnd()
	d := newDisk(t, s.path("out"), "256k")
	s.crawl().exits(t, 1, s.path("out/items.jsonl"), "no space left on device")
	if len(s.whole("out/items.jsonl")) == 0 {
		t.Error("nothing was written before the disk was full")
	}
	s.crawl().exits(t, 1, s.path("out/items.jsonl"), "no space left on device") // cron tries again
	s.whole("out/items.jsonl")
	d.remount(0, "size=8m")
	s.crawl().exits(t, 0)
	s.completeAt("out/items.jsonl")
	s.world.Publish(3)
	s.crawl().exits(t, 0)
	s.completeAt("out/items.jsonl")
}

// The disk of the state is full, from the start or during a crawl.
func TestStateDiskFull(t *testing.T) {
	t.Parallel()
	plain(t)
	for _, size := range []string{"8k", "64k", "200k", "400k"} {
		t.Run(size, func(t *testing.T) {
			t.Parallel()
			s := serve(t, demosite.Options{Articles: 200})
			s.apart()
			s.toTheEnd()
			d := newDisk(t, s.path("state"), size)
			s.crawl().exits(t, 1, s.path("state/newsonce.db"), "the disk is full")
			s.crawl().exits(t, 1, s.path("state/newsonce.db"), "the disk is full")
			d.remount(0, "size=32m")
			s.crawl().exits(t, 0)
			s.completeAt("out/items.jsonl")
		})
	}
}

// Output and state on one full disk.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 200})
	s.edit(s.dir+"/", s.path("disk")+"/")
	s.toTheEnd()
	d := newDisk(t, s.path("disk"), "800k")
	s.crawl().exits(t, 1, s.path("disk/"))
	s.crawl().exits(t, 1, s.path("disk/"))
	d.remount(0, "size=32m")
	s.crawl().exits(t, 0)
	s.completeAt("disk/items.jsonl")
}

// A crawl stops before the disk is full, says so, and continues when there is
// room again.
func TestLowDisk(t *testing.T) {
	t.Parallel()
	plain(t)
	s := serve(t, demosite.Options{Articles: 1000, Latency: 2 * time.Millisecond})
	s.edit(s.dir+"/", s.path("disk")+"/", "workers:", "min_free: 4MiB\nworkers:")
	d := newDisk(t, s.path("disk"), "5m")
	s.crawl().exits(t, 1, "low disk: "+s.path("disk")+" has ", "less than min_free (4.0 MiB)")
	if len(s.whole("disk/items.jsonl")) == 0 {
		t.Error("nothing was written before the disk was low")
	}
	if runs := s.status().Runs; len(runs) != 1 || runs[0].Exit == nil || *runs[0].Exit != 1 {
		t.Errorf("status has the runs %+v, want one that ended with 1", runs)
	}
	s.crawl().exits(t, 1, "low disk") // cron tries again
	d.remount(0, "size=64m")
	if r := s.crawl().exits(t, 0); strings.Contains(r.err, "did not end") {
		t.Errorf("the previous run was not ended\n%s", r)
	}
	s.completeAt("disk/items.jsonl")
}

// A limit on the size of files acts like a full disk and needs no privileges.
func TestFileSizeLimit(t *testing.T) {
	t.Parallel()
	plain(t)
	s := serve(t, demosite.Options{Articles: 200})
	limited := func(kib int) result {
		t.Helper()
		script := fmt.Sprintf("ulimit -f %d; exec %s crawl -c %s", 2*kib, program, s.config) // units of 512 bytes
		return start(t, "/bin/sh", "-c", script).wait()
	}
	for _, kib := range []int{20, 128, 300} {
		limited(kib).exits(t, 1, s.dir+"/")
		s.partialAfterKill()
	}
	s.crawl().exits(t, 0)
	s.complete()
}

// readOnly makes a folder read-only until the test ends or the returned function
// is called. For root, who may write to any folder, it makes the disk read-only.
func readOnly(t *testing.T, dir string) (writable func()) {
	t.Helper()
	if os.Geteuid() == 0 {
		d := &disk{t, dir}
		d.remount(syscall.MS_RDONLY, "")
		return func() { d.remount(0, "") }
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	writable = func() { os.Chmod(dir, 0o755) }
	t.Cleanup(writable)
	return writable
}

var readOnlyCause = regexp.MustCompile(`read-only file system|permission denied|writable`)

// The folder of the output or of the state is read-only, from the start or after
// a first crawl.
func TestReadOnly(t *testing.T) {
	t.Parallel()
	plain(t)
	for _, c := range []struct {
		name, dir, file, cause string
		begun                  bool // a first crawl wrote there
	}{
		{"output from the start", "out", "items.jsonl", "", false},
		{"output later", "out", "items.jsonl", "", true},
		{"state from the start", "state", "newsonce.db", "", false},
		{"state later", "state", "newsonce.db", "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, demosite.Options{Articles: 40})
			s.apart()
			s.toTheEnd()
			if os.Geteuid() == 0 {
				newDisk(t, s.path(c.dir), "32m")
			} else if err := os.MkdirAll(s.path(c.dir), 0o755); err != nil {
				t.Fatal(err)
			}
			if c.begun {
				s.crawl().exits(t, 0)
				s.world.Publish(5)
			}
			writable := readOnly(t, s.path(c.dir))
			r := s.crawl().exits(t, 1, s.path(c.dir)+"/"+c.file)
			if !readOnlyCause.MatchString(r.err) {
				t.Errorf("the cause is not named\n%s", r)
			}
			s.whole("out/items.jsonl")
			writable()
			s.crawl().exits(t, 0)
			s.completeAt("out/items.jsonl")
		})
	}
}

// A folder is in the place of a file, or a file in the place of a folder.
func TestPathsInTheWay(t *testing.T) {
	t.Parallel()
	plain(t)
	for _, c := range []struct {
		name   string
		folder string // in the place of a file
		file   string // in the place of a folder
		texts  []string
	}{
		{"output", "out/items.jsonl", "", []string{"out/items.jsonl"}},
		{"folder of the output", "", "out", []string{"out/items.jsonl", "not a directory"}},
		{"state", "state/newsonce.db", "", []string{"state/newsonce.db"}},
		{"folder of the state", "", "state", []string{"state/newsonce.db", "not a directory"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, demosite.Options{Articles: 40})
			s.apart()
			if c.folder != "" {
				s.mkdir(c.folder)
			} else {
				s.write(c.file, "x")
			}
			s.crawl().exits(t, 1, c.texts...)
			if err := os.Remove(s.path(c.folder + c.file)); err != nil {
				t.Fatal(err)
			}
			s.crawl().exits(t, 0)
			s.completeAt("out/items.jsonl")
		})
	}
}

func (s *setup) mkdir(name string) {
	s.t.Helper()
	if err := os.MkdirAll(s.path(name), 0o755); err != nil {
		s.t.Fatal(err)
	}
}

// The output is a device instead of a file.
func TestOutputIsADevice(t *testing.T) {
	t.Parallel()
	plain(t)
	s := serve(t, demosite.Options{Articles: 40})
	s.edit(s.path("items.jsonl"), "/dev/full")
	s.crawl().exits(t, 1, "/dev/full is not a regular file")
	s.edit("/dev/full", s.path("items.jsonl"))
	s.crawl().exits(t, 0)
	s.complete()
}
