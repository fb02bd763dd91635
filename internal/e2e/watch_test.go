package e2e

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/newsonce/newsonce/internal/demosite"
)

var (
	watchKills = flag.Int("watch-kills", 6, "kills of newsonce watch")
	reloads    = flag.Int("reloads", 5, "reloads of newsonce watch under load")
)

// serveWatched serves a world whose sources newsonce watch may read all the time.
func serveWatched(t *testing.T, o demosite.Options) *setup {
	t.Helper()
	s := serve(t, o)
	s.edit("workers: 8\n", "workers: 8\nwatch: {min: 20ms, max: 100ms}\n")
	return s
}

// watch starts newsonce watch.
func (s *setup) watch(args ...string) *process {
	s.t.Helper()
	return startWith(s.t, s.times, s.program, s.args(append([]string{"watch"}, args...))...)
}

// caughtUp waits until everything that was published is written.
func (s *setup) caughtUp(p *process) {
	s.t.Helper()
	eventually(s.t, "everything that was published", func() bool {
		time.Sleep(20 * time.Millisecond)
		if !p.running() {
			s.t.Fatalf("it ended\n%s", p.wait())
		}
		return len(s.world.Truth().Check(bytes.NewReader(s.cut()))) == 0
	})
}

// ends stops newsonce watch and requires that the output is complete.
func (s *setup) ends(p *process) {
	s.t.Helper()
	requests := len(s.world.Log())
	eventually(s.t, "a request", func() bool { return len(s.world.Log()) > requests }) // it has begun
	p.signal(syscall.SIGTERM)
	p.wait().exits(s.t, 143)
	s.complete()
}

// After any number of kills, while articles appear, each item is written once.
func TestKillOfWatch(t *testing.T) {
	t.Parallel()
	want := max(2, scale(*watchKills))
	rng := random(t)
	s := serveWatched(t, demosite.Options{Sites: 3, Articles: 60, Latency: 2 * time.Millisecond})
	for range want {
		p := s.watch()
		s.publishFor(p, rng, time.Duration(rng.IntN(600))*time.Millisecond)
		if !p.kill() {
			t.Fatalf("it ended by itself\n%s", p.wait())
		}
		s.partialAfterKill()
	}
	p := s.watch()
	s.caughtUp(p)
	s.ends(p)
	t.Logf("%d kills, %d lines, 0 lost, 0 repeated", want, s.lines())
}

// publishFor publishes articles now and then while a process runs.
func (s *setup) publishFor(p *process, rng *rand.Rand, d time.Duration) {
	s.t.Helper()
	for over := time.After(d); ; {
		select {
		case <-over:
			return
		case <-p.ended:
			return
		case <-time.After(time.Duration(rng.IntN(100)) * time.Millisecond):
			s.world.Publish(1 + rng.IntN(4))
		}
	}
}

// Configurations are reloaded while pages are fetched and articles appear. One with a
// mistake is refused. Nothing is lost or written twice.
func TestReloadOfWatch(t *testing.T) {
	t.Parallel()
	rng := random(t)
	s := serveWatched(t, demosite.Options{Sites: 3, Articles: 300, Latency: 2 * time.Millisecond})
	p := s.watch()
	eventually(t, "the first request", func() bool { return len(s.world.Log()) > 0 })
	good := string(s.read("crawl.yaml"))
	lines := func(text string) int { return strings.Count(p.err.String(), text) }
	refused := 0
	for i := range *reloads {
		s.publishFor(p, rng, time.Duration(rng.IntN(300))*time.Millisecond)
		if i%4 == 1 {
			s.write("crawl.yaml", good+"nonsense: 1\n")
			p.signal(syscall.SIGHUP)
			refused++
			eventually(t, "a refusal", func() bool { return lines(`unknown key "nonsense"`) == refused })
		}
		s.write("crawl.yaml", strings.Replace(good, "workers: 8", fmt.Sprintf("workers: %d", 4+i%8), 1))
		p.signal(syscall.SIGHUP)
		eventually(t, "the end of a run", func() bool { return lines("stopped by a reload") == i+1 })
	}
	s.caughtUp(p)
	s.ends(p)
	again, seen := 0, map[string]bool{}
	for _, r := range s.requested(isArticle) {
		if url := s.world.Site(r.Site).Name + r.Path; r.Status == http.StatusOK && seen[url] {
			again++
		} else if r.Status == http.StatusOK {
			seen[url] = true
		}
	}
	t.Logf("%d reloads, %d refused, %d lines, %d articles fetched again", *reloads, refused, s.lines(), again)
	if again > 0 {
		t.Errorf("%d articles were fetched again", again)
	}
}

// While newsonce watch runs, another run of the same state exits with 11, and status
// tells when each source is read next. It ends by a signal as a crawl does.
func TestWatchHoldsTheState(t *testing.T) {
	t.Parallel()
	s := serveWatched(t, demosite.Options{Articles: 30})
	for _, c := range []struct {
		signal os.Signal
		code   int
	}{{syscall.SIGTERM, 143}, {os.Interrupt, 130}} {
		p := s.watch()
		s.caughtUp(p)
		s.crawl().exits(t, 11, "state is in use by another run")
		s.watch().wait().exits(t, 11, "state is in use by another run")
		run(t, s.args([]string{"status"})...).exits(t, 0)
		if out := run(t, s.args([]string{"status"})...).out; !strings.Contains(out, "NEW A DAY") {
			t.Errorf("status does not say how often sources are read:\n%s", out)
		}
		p.signal(c.signal)
		p.wait().exits(t, c.code)
		s.world.Publish(2)
	}
	s.crawl().exits(t, 0)
	s.complete()
}

// listening returns the address that a process serves.
func (p *process) listening(t *testing.T) string {
	t.Helper()
	const listening = "listening on "
	eventually(t, "the address", func() bool { return strings.Contains(p.err.String(), listening) })
	_, rest, _ := strings.Cut(p.err.String(), listening)
	url, _, _ := strings.Cut(rest, "\n")
	return url
}

// get returns the response to a request for a host, "" for that of the URL.
func get(t *testing.T, url, host string) (code int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// counts waits until the metrics of url have each of the lines.
func counts(t *testing.T, url string, lines ...string) {
	t.Helper()
	body := ""
	defer func() {
		if t.Failed() {
			t.Logf("the metrics:\n%s", body)
		}
	}()
	for _, line := range lines {
		eventually(t, "the metric "+line, func() bool {
			_, body = get(t, url+"/metrics", "")
			return strings.Contains(body, "\n"+line+"\n")
		})
	}
}

// articlesTotal returns the metric that has counted the articles in the output of one site.
func (s *setup) articlesTotal() string {
	return fmt.Sprintf("newsonce_items_total{site=%q,type=\"article\"} %d", s.world.Site(0).Name,
		bytes.Count(s.items(), []byte(`"type":"article"`)))
}

// newsonce watch serves its health and its metrics, which count on over reloads, to those
// who name it by a name that it has. A receiver is told about each run.
func TestWatchServes(t *testing.T) {
	t.Parallel()
	s := serveWatched(t, demosite.Options{Articles: 30})
	s.watch("--listen", "0.0.0.0:0").wait().exits(t, 2, "--insecure")
	s.edit("workers: 8\n", "workers: 8\nnotify: {on: [done], command: [sh, -c, \"cat >> told\"]}\n")
	told := func() string {
		text, err := os.ReadFile(s.path("told"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
		return string(text)
	}
	p := s.watch("--listen", "127.0.0.1:0")
	url := p.listening(t)
	s.caughtUp(p)
	if code, body := get(t, url+"/healthz", ""); code != http.StatusOK || !strings.Contains(body, `"status":"ok"`) {
		t.Errorf("/healthz: %d %s", code, body)
	}
	for _, path := range []string{"/healthz", "/metrics"} {
		if code, body := get(t, url+path, "rebound.example"); code != http.StatusMisdirectedRequest {
			t.Errorf("%s for another host: %d %s", path, code, body)
		}
	}
	counts(t, url, s.articlesTotal(), "newsonce_state_up 1")

	p.signal(syscall.SIGHUP)
	eventually(t, "the end of a run", func() bool { return strings.Contains(p.err.String(), "stopped by a reload") })
	s.world.Publish(2)
	s.caughtUp(p)
	counts(t, url, s.articlesTotal(), `newsonce_runs_total{command="watch",exit="0"} 1`)
	eventually(t, "the message about the run", func() bool { return strings.Contains(told(), "stopped by a reload") })
	s.ends(p)
	if !strings.Contains(told(), `"command":"watch"`) || !strings.Contains(told(), `"exit":143`) {
		t.Errorf("the receiver was not told about the end:\n%s", told())
	}
}

// The metrics file is written, and stays where it is. A reload that moves it is refused, which
// --quiet does not hide.
func TestWatchWritesMetrics(t *testing.T) {
	t.Parallel()
	s := serveWatched(t, demosite.Options{Articles: 10})
	s.edit("workers: 8\n", "workers: 8\nmetrics_file: one.prom\n")
	p := s.watch("-q")
	s.caughtUp(p)
	s.edit("one.prom", "two.prom")
	p.signal(syscall.SIGHUP)
	eventually(t, "a refusal", func() bool { return strings.Contains(p.err.String(), "metrics_file cannot be changed by a reload") })
	s.ends(p)
	if got := string(s.read("one.prom")); !strings.Contains(got, s.articlesTotal()) {
		t.Errorf("no %s in\n%s", s.articlesTotal(), got)
	}
}

// Several newsonce watch share a state in PostgreSQL: none excludes another, each item is
// written once, and each serves what it did itself and what the state knows.
func TestFleetOfWatch(t *testing.T) {
	if testing.Short() {
		t.Skip("on a busy machine the processes do not renew their leases in time")
	}
	const delay = 10 * time.Millisecond
	s := fleet(t, demosite.Options{Sites: 4, Articles: 80, Delay: delay, Parallel: 1})
	s.edit("workers: 8\n", "workers: 8\nwatch: {min: 50ms, max: 200ms}\n")
	var all []*process
	for range 2 {
		all = append(all, s.watch("--listen", "127.0.0.1:0"))
	}
	for range 3 {
		s.caughtUp(all[0])
		s.world.Publish(5)
	}
	all[0].signal(syscall.SIGHUP)
	eventually(t, "the end of a run", func() bool { return strings.Contains(all[0].err.String(), "stopped by a reload") })
	s.world.Publish(5)
	s.caughtUp(all[1])
	for _, p := range all {
		counts(t, p.listening(t), "newsonce_state_up 1")
	}
	for _, p := range all {
		p.signal(syscall.SIGTERM)
		p.wait().exits(t, 143)
	}
	s.complete()
	s.politePauses(delay, logged)
}

// A mistake in the first configuration is wrong use.
func TestWatchOfABrokenConfiguration(t *testing.T) {
	t.Parallel()
	s := serveWatched(t, demosite.Options{Articles: 1})
	s.edit("workers: 8", "workers: none")
	s.watch().wait().exits(t, 2, "crawl.yaml:")
	s.silent()
}
