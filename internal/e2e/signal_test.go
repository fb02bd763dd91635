package e2e

import (
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/newsonce/newsonce/internal/demosite"
)

// interrupted starts a crawl of a site on which one page hangs, and returns when
// that page and n articles have been requested.
func interrupted(t *testing.T, s *setup, n int) *process {
	t.Helper()
	hanging := s.world.Articles()[250].Path
	s.faultOn(is(hanging), demosite.Fault{Kind: demosite.Hang})
	p := s.start()
	eventually(t, "requests for articles and the hanging page", func() bool {
		return len(s.requested(isArticle)) >= n && len(s.requested(is(hanging))) > 0
	})
	return p
}

// A crawl that receives a signal stops in order although a page hangs: finished
// pages are in the file, and the next crawl fetches the hanging page again.
// SIGTERM is sent to the released program, whose grace period is 7 s.
func TestSignalInMidCrawl(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		signal   os.Signal
		code     int
		released bool
	}{
		{"SIGTERM", syscall.SIGTERM, 143, true},
		{"SIGINT", os.Interrupt, 130, false},
		{"SIGHUP", syscall.SIGHUP, 129, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, demosite.Options{Articles: 300, Latency: 10 * time.Millisecond})
			grace := s.times.Grace
			if c.released {
				s.program, grace = released, 7*time.Second
			}
			p := interrupted(t, s, 100)
			sent := time.Now()
			p.signal(c.signal)
			r := p.wait().exits(t, c.code, "interrupted")
			took := time.Since(sent)
			if took < grace || took > 10*time.Second {
				t.Errorf("ended %s after the signal, want %s to 10 s", took, grace)
			}
			s.partial()
			answered := 0
			for _, q := range s.requested(isArticle) {
				if q.Status == http.StatusOK {
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
			if n := len(s.requested(isArticle)); n > 320-answered+refetchBound {
				t.Errorf("the next crawl fetched %d articles although %d were finished", n, answered)
			}
		})
	}
}

// A crawl in which nothing hangs does not wait for the end of the grace period.
func TestSignalIsQuickWhenNothingHangs(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 300, Latency: 10 * time.Millisecond})
	s.times.Grace = time.Minute
	p := s.start()
	eventually(t, "50 articles", func() bool { return len(s.requested(isArticle)) >= 50 })
	sent := time.Now()
	p.signal(syscall.SIGTERM)
	p.wait().exits(t, 143)
	if took := time.Since(sent); took > 10*time.Second {
		t.Errorf("ended %s after the signal", took)
	}
	s.crawl().exits(t, 0)
	s.complete()
}

// A second signal ends the crawl at once and leaves the files intact.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 300, Latency: 10 * time.Millisecond})
	s.times.Grace = time.Minute
	p := interrupted(t, s, 50)
	p.signal(syscall.SIGTERM)
	p.received(syscall.SIGTERM)
	if !p.running() {
		t.Fatalf("did not wait for the hanging page\n%s", p.wait())
	}
	sent := time.Now()
	p.signal(os.Interrupt)
	p.wait().exits(t, 130)
	if took := time.Since(sent); took > 10*time.Second {
		t.Errorf("ended %s after the second signal", took)
	}
	s.partialAfterKill()
	s.world.SetFault(nil)
	s.crawl().exits(t, 0)
	s.complete()
}

// A crawl that waits for the delay of a host says so, as status does, and ends at once.
func TestSignalWhileWaiting(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 30})
	s.times.Grace = time.Minute
	s.edit("delay: 0s", "delay: 1h")
	p := s.start("--log-level", "debug")
	eventually(t, "the first response", func() bool { return strings.Contains(p.err.String(), "/robots.txt") })
	const waits = "waiting for 127.0.0.1:"
	eventually(t, "what the run waits for", func() bool { return strings.Contains(p.err.String(), "newsonce crawl: "+waits) })
	eventually(t, "the same in status", func() bool {
		return strings.Contains(run(t, s.args([]string{"status"})...).exits(t, 0).out, "the run is "+waits)
	})
	sent := time.Now()
	p.signal(syscall.SIGTERM)
	r := p.wait().exits(t, 143)
	if took := time.Since(sent); took > 10*time.Second {
		t.Errorf("ended %s after the signal", took)
	}
	if !strings.Contains(r.err, ": crawl delay\n") {
		t.Errorf("no reason for the wait:\n%s", r)
	}
	if log := s.world.Log(); len(log) != 1 {
		t.Errorf("%d requests, want that for robots.txt alone", len(log))
	}
}

// Pages in flight may finish before the crawl ends, and their lines are written.
func TestSignalFinishesWhatIsInFlight(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 40})
	s.times.Grace = time.Minute
	slow := s.world.Articles()[30].Path
	release := make(chan struct{})
	s.world.SetFault(func(_ int, r *http.Request) demosite.Fault {
		if r.URL.Path == slow {
			<-release
		}
		return demosite.Fault{}
	})
	p := s.start()
	eventually(t, "the slow page", func() bool { return len(s.requested(is(slow))) > 0 })
	p.signal(syscall.SIGTERM)
	p.received(syscall.SIGTERM)
	close(release)
	p.wait().exits(t, 143)
	s.partial()
	s.world.ResetLog()
	s.crawl().exits(t, 0)
	s.complete()
	if n := len(s.requested(is(slow))); n > 0 {
		t.Error("the page that was in flight was fetched again")
	}
}
