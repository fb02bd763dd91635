package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/newsonce/newsonce/internal/demosite"
	"github.com/newsonce/newsonce/internal/testbucket"
)

// TestKillOfOutputToObjectStorage kills crawls at random moments while the storage
// fails at random. In the end each item is in one object, and each object was written
// once.
func TestKillOfOutputToObjectStorage(t *testing.T) {
	rng := random(t)
	server := testbucket.New(t, "news")
	articles, want := scale(40**kills), max(1, scale(*kills))
	s := serve(t, demosite.Options{Sites: 3, Articles: articles, Latency: 2 * time.Millisecond})
	s.edit(fmt.Sprintf("{path: %q}", s.path("items.jsonl")),
		fmt.Sprintf("{path: \"s3://news/press/{site}.jsonl.gz\", rotate: {size: 20kB, age: 1s}}\ns3: {endpoint: %q}", server.URL))
	killed, runs := 0, 0
	for killed < want {
		runs++
		server.Fail(failing(rng.Uint64()))
		p := s.start()
		select {
		case <-time.After(time.Duration(100+rng.IntN(900)) * time.Millisecond):
		case <-p.ended:
		}
		if p.kill() {
			killed++
			continue
		}
		if code := p.ProcessState.ExitCode(); code != 0 && code != 3 && !strings.Contains(p.err.String(), "keeps answering HTTP") &&
			!strings.Contains(p.err.String(), "cannot be reached") {
			t.Fatalf("exit %d\n%s", code, p.err.String())
		}
		s.world.Publish(60)
	}
	server.Fail(nil)
	s.crawl().exits(t, 0)
	lines := server.Lines(t, "news")
	valid(t, []byte(lines))
	report(t, s.world.Truth().Check(strings.NewReader(lines)))
	puts := server.Puts()
	for name, times := range puts {
		if times != 1 {
			t.Errorf("object %s was written %d times", name, times)
		}
	}
	t.Logf("%d kills in %d runs: %d lines in %d objects, 0 lost, 0 repeated", killed, runs, strings.Count(lines, "\n"), len(puts))
}

// failing fails a fifth of the requests.
func failing(seed uint64) testbucket.Fault {
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 1)) // guarded by mu
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		mu.Lock()
		n := rng.IntN(20)
		mu.Unlock()
		switch n {
		case 0:
			testbucket.Answer(w, http.StatusInternalServerError, "InternalError")
		case 1:
			testbucket.Answer(w, http.StatusServiceUnavailable, "SlowDown")
		case 2:
			testbucket.Drop(w)
		case 3:
			testbucket.Lose(w, r, next)
		default:
			next.ServeHTTP(w, r)
		}
	}
}
