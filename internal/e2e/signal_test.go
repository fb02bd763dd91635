package e2e

import (
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/newsonce/newsonce/internal/demosite"
)

// A signal ends a crawl in order, although a page hangs: what was finished is
// in the file, the hanging page is asked again by the next crawl.
func TestSignalInMidCrawl(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		signal os.Signal
		code   int
	}{{"SIGTERM", syscall.SIGTERM, 143}, {"SIGINT", os.Interrupt, 130}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, demosite.Options{Articles: 300, Latency: 10 * time.Millisecond}, demosite.WithSelectors)
			hanging := s.world.Articles()[250].Path
			s.faultOn(is(hanging), demosite.Fault{Kind: demosite.Hang})
			p := s.start()
			eventually(t, "100 articles and the hanging one", func() bool {
				return len(s.asked(isArticle)) >= 100 && len(s.asked(is(hanging))) > 0
			})
			sent := time.Now()
			p.signal(c.signal)
			r := p.wait().exits(t, c.code, "interrupted")
			took := time.Since(sent)
			if took > 10*time.Second {
				t.Errorf("ended %s after the signal, want within 10 s", took)
			}
			s.partial()
			answered := 0
			for _, q := range s.asked(isArticle) {
				if q.Status == 200 {
					answered++
				}
			}
			lines := s.lines()
			t.Logf("ended after %s with %d lines from %d answered pages", took.Round(time.Millisecond), lines, answered)
			if lines < answered {
				t.Errorf("%d lines after %d finished pages\n%s", lines, answered, r)
			}
			if st := s.status(); st.Runs[0].Exit == nil || *st.Runs[0].Exit != c.code {
				t.Errorf("the run is recorded as %+v, want exit %d", st.Runs[0], c.code)
			}
			s.world.SetFault(nil)
			s.world.ResetLog()
			s.crawl().exits(t, 0)
			s.complete()
			if n := len(s.asked(isArticle)); n > 320-answered+refetchBound {
				t.Errorf("the next crawl asked %d articles, although %d were finished", n, answered)
			}
		})
	}
}

// Without a hanging page nothing is waited for.
func TestSignalIsQuickWhenNothingHangs(t *testing.T) {
	t.Parallel()
	s := newSetup(t, demosite.Options{Articles: 300, Latency: 10 * time.Millisecond}, demosite.WithSelectors)
	p := s.start()
	eventually(t, "50 articles", func() bool { return len(s.asked(isArticle)) >= 50 })
	sent := time.Now()
	p.signal(syscall.SIGTERM)
	p.wait().exits(t, 143)
	if took := time.Since(sent); took > 3*time.Second && !racing() {
		t.Errorf("ended %s after the signal", took)
	}
	s.crawl().exits(t, 0)
	s.complete()
}

// A second signal ends the crawl at once; the files are right.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	s := newSetup(t, demosite.Options{Articles: 300, Latency: 10 * time.Millisecond}, demosite.WithSelectors)
	hanging := s.world.Articles()[250].Path
	s.faultOn(is(hanging), demosite.Fault{Kind: demosite.Hang})
	p := s.start()
	eventually(t, "50 articles and the hanging one", func() bool {
		return len(s.asked(isArticle)) >= 50 && len(s.asked(is(hanging))) > 0
	})
	p.signal(syscall.SIGTERM)
	time.Sleep(300 * time.Millisecond) // two signals at once are one
	if !p.running() {
		t.Fatalf("did not wait for the hanging page\n%s", p.wait())
	}
	sent := time.Now()
	p.signal(os.Interrupt)
	p.wait().exits(t, 130)
	if took := time.Since(sent); took > time.Second && !racing() {
		t.Errorf("ended %s after the second signal", took)
	}
	s.partialAfterKill()
	s.world.SetFault(nil)
	s.crawl().exits(t, 0)
	s.complete()
}

// A crawl that waits, for a host's pace or a server's Retry-After, ends at once.
func TestSignalWhileWaiting(t *testing.T) {
	t.Parallel()
	s := newSetup(t, demosite.Options{Articles: 30}, demosite.WithSelectors)
	s.edit("delay: 0s", "delay: 1h")
	p := s.start()
	eventually(t, "the first request", func() bool { return len(s.world.Log()) > 0 })
	time.Sleep(100 * time.Millisecond)
	sent := time.Now()
	p.signal(syscall.SIGTERM)
	p.wait().exits(t, 143)
	if took := time.Since(sent); took > 2*time.Second {
		t.Errorf("ended %s after the signal", took)
	}
	s.edit("delay: 1h", "delay: 0s")
}

// Pages in flight get their time before the crawl ends, and their lines.
func TestSignalFinishesWhatIsInFlight(t *testing.T) {
	t.Parallel()
	s := newSetup(t, demosite.Options{Articles: 40}, demosite.WithSelectors)
	slow := s.world.Articles()[30].Path
	release := make(chan struct{})
	s.world.SetFault(func(_ int, r *http.Request) demosite.Fault {
		if r.URL.Path == slow {
			<-release
		}
		return demosite.Fault{}
	})
	p := s.start()
	eventually(t, "the slow page", func() bool { return len(s.asked(is(slow))) > 0 })
	p.signal(syscall.SIGTERM)
	time.Sleep(200 * time.Millisecond)
	close(release)
	p.wait().exits(t, 143)
	s.partial()
	s.world.ResetLog()
	s.crawl().exits(t, 0)
	s.complete()
	if n := len(s.asked(is(slow))); n > 0 {
		t.Error("the page that was in flight was asked again")
	}
}
