package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/newsonce/newsonce/internal/demosite"
	"github.com/newsonce/newsonce/internal/testbucket"
)

// Crawls are killed at random moments while the storage fails at random. In the end each
// item is in one object, and each object was written once.
func TestKillOfOutputToObjectStorage(t *testing.T) {
	rng := random(t)
	server := testbucket.New(t, "news")
	s := serve(t, storageWorld())
	s.toStorage(server)
	s.killsWithStorage(rng, server, 1)
}

// The same with two processes that share a state: either of them moves lines to the
// storage, and is killed in the middle of it.
func TestKillOfFleetToObjectStorage(t *testing.T) {
	rng := random(t)
	server := testbucket.New(t, "news")
	s := fleet(t, storageWorld())
	s.times.Lease = 2 * time.Second
	s.toStorage(server)
	s.killsWithStorage(rng, server, 2)
}

func storageWorld() demosite.Options {
	return demosite.Options{Sites: 3, Articles: scale(40 * *kills), Latency: 2 * time.Millisecond}
}

// toStorage has the output written to a bucket.
func (s *setup) toStorage(server *testbucket.Server) {
	s.edit(fmt.Sprintf("{path: %q}", s.path("items.jsonl")),
		fmt.Sprintf("{path: \"s3://news/press/{site}.jsonl.gz\", rotate: {size: 20kB, age: 1s}}\ns3: {endpoint: %q}", server.URL))
}

// killsWithStorage keeps some crawls running and kills one after the other.
func (s *setup) killsWithStorage(rng *rand.Rand, server *testbucket.Server, processes int) {
	s.t.Helper()
	killed, runs, want := 0, 0, max(1, scale(*kills))
	all := make([]*process, processes)
	for killed < want {
		server.Fail(failing(rng.Uint64()))
		for i := range all {
			if all[i] == nil || !all[i].running() {
				all[i] = s.start()
				runs++
			}
		}
		p := all[rng.IntN(processes)]
		select {
		case <-time.After(time.Duration(100+rng.IntN(900)) * time.Millisecond):
		case <-p.ended:
		}
		if p.kill() {
			killed++
			continue
		}
		if code := p.ProcessState.ExitCode(); code != 0 && code != 3 && !explained(p.err.String()) {
			s.t.Fatalf("exit %d\n%s", code, p.err.String())
		}
		s.world.Publish(60)
	}
	server.Fail(nil)
	for _, p := range all {
		<-p.ended
	}
	if processes > 1 {
		time.Sleep(s.times.Lease) // those of the killed end
	}
	for range processes { // the first one resumes interrupted passes
		s.crawl().exits(s.t, 0)
	}
	lines := server.Lines(s.t, "news")
	valid(s.t, []byte(lines))
	report(s.t, s.world.Truth().Check(strings.NewReader(lines)))
	puts := server.Puts()
	for name, times := range puts {
		if times != 1 {
			s.t.Errorf("object %s was written %d times", name, times)
		}
	}
	s.t.Logf("%d kills in %d runs: %d lines in %d objects, 0 lost, 0 repeated", killed, runs, strings.Count(lines, "\n"), len(puts))
}

// explained reports whether a message says what is wrong with the storage.
func explained(message string) bool {
	return slices.ContainsFunc([]string{"keeps answering HTTP", "cannot be reached", "does not know the access key"},
		func(text string) bool { return strings.Contains(message, text) })
}

// failing returns what befalls the storage for a while: it is down, slow, or refuses the
// credentials, or a fifth of the requests fail.
func failing(seed uint64) testbucket.Fault {
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 1)) // guarded by mu
	random := func(n int) int {
		mu.Lock()
		defer mu.Unlock()
		return rng.IntN(n)
	}
	phase := random(6)
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		switch phase {
		case 0:
			testbucket.Drop(w)
			return
		case 1:
			testbucket.Answer(w, http.StatusForbidden, "InvalidAccessKeyId")
			return
		case 2:
			time.Sleep(time.Duration(random(1000)) * time.Millisecond)
		}
		switch random(20) {
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

// A run of a fleet whose lines could not be moved to the output does not end with exit
// code 0: docs/object-storage.md says 3.
func TestFleetWithoutStorage(t *testing.T) {
	server := testbucket.New(t, "news")
	s := fleet(t, demosite.Options{Sites: 1, Articles: 20})
	s.toStorage(server)
	server.Fail(func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		testbucket.Answer(w, http.StatusForbidden, "InvalidAccessKeyId")
	})
	s.crawl().exits(t, 3)
	server.Fail(nil)
	s.crawl().exits(t, 0)
}
