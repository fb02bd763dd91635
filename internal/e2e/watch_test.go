package e2e

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
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

func TestWatchServesHealth(t *testing.T) {
	t.Parallel()
	s := serveWatched(t, demosite.Options{Articles: 30})
	s.edit("workers: 8\n", "workers: 8\nnotify: {on: done, command: [sh, -c, \"cat > told.json\"]}\n")
	s.watch("--listen", "0.0.0.0:0").wait().exits(t, 2, "--insecure")
	p := s.watch("--listen", "127.0.0.1:0")
	const listening = "listening on "
	eventually(t, "the address", func() bool { return strings.Contains(p.err.String(), listening) })
	_, rest, _ := strings.Cut(p.err.String(), listening)
	url, _, _ := strings.Cut(rest, "\n")
	s.caughtUp(p)
	for path, want := range map[string]string{
		"/healthz": `"status":"ok"`,
		"/metrics": fmt.Sprintf("newsonce_urls{site=%q,state=\"article\"} 30\n", s.world.Site(0).Name),
	} {
		resp, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(b), want) {
			t.Errorf("%s: %d %s, %v, want %s", path, resp.StatusCode, b, err, want)
		}
	}
	s.ends(p)
	var told struct{ Command string }
	if err := json.Unmarshal(s.read("told.json"), &told); err != nil || told.Command != "watch" {
		t.Errorf("the receiver of notify was told %q, %v", s.read("told.json"), err)
	}
}

// A mistake in the first configuration is wrong use.
func TestWatchOfABrokenConfiguration(t *testing.T) {
	t.Parallel()
	s := serveWatched(t, demosite.Options{Articles: 1})
	s.edit("workers: 8", "workers: none")
	s.watch().wait().exits(t, 2, "crawl.yaml:")
	s.silent()
}
