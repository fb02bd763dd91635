package e2e

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/state/sqlite"
	"github.com/newsonce/newsonce/internal/demosite"
	"golang.org/x/sys/unix"
)

var copies = flag.Int("copies", 10, "pairs of crawls that TestTwoCopiesAtOnce starts")

// Of two crawls of one state that start at the same time, one works. The other
// exits with 11 at once and changes nothing.
func TestTwoCopiesAtOnce(t *testing.T) {
	t.Parallel()
	n := scale(*copies)
	s := serve(t, demosite.Options{Articles: 12})
	slowest, cpu := time.Duration(0), time.Duration(0)
	for range n {
		gate := make(chan struct{}) // holds up the one that works
		s.world.SetFault(func(int, *http.Request) demosite.Fault {
			<-gate
			return demosite.Fault{}
		})
		works, refused := s.start(), s.start()
		select {
		case <-works.ended:
			works, refused = refused, works
		case <-refused.ended:
		}
		r := refused.wait().exits(t, 11, "state is in use by another run")
		slowest, cpu = max(slowest, r.elapsed), max(cpu, r.cpu)
		close(gate)
		works.wait().exits(t, 0)
		s.complete()
		s.world.Publish(1)
	}
	t.Logf("%d second copies ended with 11, after at most %s and %s of CPU", n, slowest.Round(time.Millisecond), cpu)
	// The bound on CPU time is the promise; elapsed time depends on the load of
	// the machine.
	if !racing() && (slowest > 5*time.Second || cpu > time.Second) {
		t.Errorf("a second copy took %s and %s of CPU, want less than a second", slowest, cpu)
	}
}

// A second crawl names the process of the first, and prints nothing with -q.
func TestSecondCopySaysWhoRuns(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 20})
	store, err := sqlite.Open(t.Context(), s.path("newsonce.db"), state.OpenOptions{Versions: crawler.Versions})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	s.crawl().exits(t, 11, "state is in use by another run", fmt.Sprintf("pid %d,", os.Getpid()))
	if r := s.crawl("-q").exits(t, 11); r.err+r.out != "" {
		t.Errorf("-q is not silent about a lock\n%s", r)
	}
	s.silent()
}

// With --lock-wait a crawl waits for another to end, and gives up after that
// time.
func TestLockWait(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 20})
	store, err := sqlite.Open(t.Context(), s.path("newsonce.db"), state.OpenOptions{Versions: crawler.Versions})
	if err != nil {
		t.Fatal(err)
	}
	r := s.crawl("--lock-wait", "300ms").exits(t, 11)
	if r.elapsed < 300*time.Millisecond {
		t.Errorf("gave up after %s, want 300 ms", r.elapsed)
	}
	wait := opening(t, s.path("newsonce.db.lock"))
	p := s.start("--lock-wait", "1m")
	wait()
	if !p.running() || len(s.world.Log()) > 0 {
		t.Fatalf("did not wait for the lock\n%s", p.wait())
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	p.wait().exits(t, 0)
	s.complete()
}

// opening returns a function that waits up to 30 s until a file is opened.
func opening(t *testing.T, path string) (wait func()) {
	t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		t.Fatal(err)
	}
	events := os.NewFile(uintptr(fd), "inotify")
	t.Cleanup(func() { events.Close() })
	if _, err := unix.InotifyAddWatch(fd, path, unix.IN_OPEN); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		events.SetReadDeadline(time.Now().Add(30 * time.Second))
		if _, err := events.Read(make([]byte, 4096)); err != nil {
			t.Fatalf("%s was not opened: %v", path, err)
		}
	}
}

// status tells a running crawl from one that was killed.
func TestStatusWhileACrawlRuns(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 200, Latency: 20 * time.Millisecond, Parallel: 1})
	p := s.start()
	eventually(t, "20 articles", func() bool { return len(s.requested(isArticle)) >= 20 })
	if st := s.status(); !st.Running || len(st.Sites) != 1 || st.Sites[0].Articles == 0 || st.Outputs[0].Offset == 0 {
		t.Errorf("status during a crawl: %+v", st)
	}
	p.kill()
	st := s.status()
	if st.Running {
		t.Error("status takes a killed crawl for a running one")
	}
	if st.Runs[0].Exit != nil {
		t.Errorf("a killed run has exit code %d", *st.Runs[0].Exit)
	}
	if size := int64(len(s.unchecked())); size < st.Outputs[0].Offset {
		t.Errorf("committed offset %d lies beyond the file's end %d", st.Outputs[0].Offset, size)
	}
	valid(t, s.unchecked()[:st.Outputs[0].Offset])
}
