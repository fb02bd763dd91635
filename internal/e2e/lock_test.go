package e2e

import (
	"flag"
	"net/http"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/state/sqlite"
	"github.com/newsonce/newsonce/internal/demosite"
)

var copies = flag.Int("copies", 20, "how often two copies are started at once in TestTwoCopiesAtOnce")

// Of two crawls with one state that are started at once, one works and the
// other ends with 11, quickly, and leaves no trace.
func TestTwoCopiesAtOnce(t *testing.T) {
	n := *copies
	if testing.Short() || racing {
		n = min(n, 4)
	}
	s := newSetup(t, demosite.Options{Articles: 12}, demosite.WithSelectors)
	slowest, cpu := time.Duration(0), time.Duration(0)
	for range n {
		gate := make(chan struct{}) // holds the one that works
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
		r := refused.wait().exits(t, 11, "state is in use by another run", "pid ")
		slowest, cpu = max(slowest, r.elapsed), max(cpu, r.cpu)
		close(gate)
		works.wait().exits(t, 0)
		s.complete()
		s.world.Publish(1)
	}
	t.Logf("%d of %d second copies ended with 11, after %s and %s of CPU at most", n, n, slowest.Round(time.Millisecond), cpu)
	// Both are started on a machine that may be busy: the time on the clock is
	// bounded generously, that on the CPU as promised.
	if !racing && (slowest > 5*time.Second || cpu > time.Second) {
		t.Errorf("a second copy took %s and %s of CPU, want less than a second", slowest, cpu)
	}
}

// A second crawl that is silent says nothing about the first.
func TestSecondCopyQuiet(t *testing.T) {
	s := newSetup(t, demosite.Options{Articles: 20}, demosite.WithSelectors)
	store, err := sqlite.Open(t.Context(), s.path("newsonce.db"), state.OpenOptions{Versions: crawler.Versions})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if r := s.crawl("-q").exits(t, 11); r.err+r.out != "" {
		t.Errorf("-q is not silent about a lock\n%s", r)
	}
	if log := s.world.Log(); len(log) > 0 {
		t.Errorf("a crawl without the lock sent %d requests", len(log))
	}
}

// With --lock-wait a crawl waits for the one before it, and gives up when
// that takes longer.
func TestLockWait(t *testing.T) {
	s := newSetup(t, demosite.Options{Articles: 20}, demosite.WithSelectors)
	store, err := sqlite.Open(t.Context(), s.path("newsonce.db"), state.OpenOptions{Versions: crawler.Versions})
	if err != nil {
		t.Fatal(err)
	}
	r := s.crawl("--lock-wait", "300ms").exits(t, 11)
	if r.elapsed < 300*time.Millisecond {
		t.Errorf("gave up after %s, want 300 ms", r.elapsed)
	}
	p := s.start("--lock-wait", "1m")
	time.Sleep(200 * time.Millisecond) // a moment in which it must not begin
	if !p.running() || len(s.world.Log()) > 0 {
		t.Fatalf("did not wait for the lock\n%s", p.wait())
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	p.wait().exits(t, 0)
	s.complete()
}

// A killed crawl leaves no lock behind, and status says whether one runs.
func TestStatusWhileACrawlRuns(t *testing.T) {
	s := newSetup(t, demosite.Options{Articles: 200, Latency: 20 * time.Millisecond, Parallel: 1}, demosite.WithSelectors)
	p := s.start()
	eventually(t, "20 articles", func() bool { return len(s.asked(isArticle)) >= 20 })
	if st := s.status(); !st.Running || len(st.Sites) != 1 || st.Sites[0].Articles == 0 || st.Outputs[0].Offset == 0 {
		t.Errorf("status beside a running crawl: %+v", st)
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
