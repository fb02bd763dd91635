package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/internal/demosite"
	"github.com/newsonce/newsonce/internal/schema"
)

// setup is a served world, with a folder and a configuration to crawl it.
type setup struct {
	t       *testing.T
	world   *demosite.World
	dir     string
	config  string
	program string        // that crawls
	times   crawler.Times // of program
	valid   []byte        // the beginning of the output, already validated
}

// serve serves a world and writes crawl.yaml for it, with selectors.
func serve(t *testing.T, o demosite.Options) *setup {
	t.Helper()
	return newSetup(t, o, demosite.WithSelectors)
}

// newSetup serves a world and writes crawl.yaml for it.
func newSetup(t *testing.T, o demosite.Options, mode demosite.Mode) *setup {
	t.Helper()
	s := &setup{t: t, world: demosite.New(o), dir: t.TempDir(), program: program, times: short}
	stop, err := s.world.Serve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	s.config = filepath.Join(s.dir, "crawl.yaml")
	s.write("crawl.yaml", s.world.Config(s.dir, mode))
	return s
}

func (s *setup) path(name string) string { return filepath.Join(s.dir, name) }

func (s *setup) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(s.path(name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *setup) read(name string) []byte {
	s.t.Helper()
	b, err := os.ReadFile(s.path(name))
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

// edit replaces texts in crawl.yaml. They come in pairs of old and new; each old
// text must be there.
func (s *setup) edit(pairs ...string) {
	s.t.Helper()
	text := string(s.read("crawl.yaml"))
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			s.t.Fatalf("crawl.yaml lacks %q:\n%s", pairs[i], text)
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	s.write("crawl.yaml", text)
}

// args adds the configuration to a command.
func (s *setup) args(args []string) []string { return append(args, "-c", s.config) }

func (s *setup) crawl(args ...string) result {
	s.t.Helper()
	return s.start(args...).wait()
}

func (s *setup) start(args ...string) *process {
	s.t.Helper()
	return startWith(s.t, s.times, s.program, s.args(append([]string{"crawl"}, args...))...)
}

// items returns the lines of the output items.jsonl, however it is written; none
// when there is no such file. Every line must agree with the schema.
func (s *setup) items() []byte {
	s.t.Helper()
	b := s.unchecked()
	rest, known := bytes.CutPrefix(b, s.valid)
	if !known {
		rest = b
	}
	valid(s.t, rest)
	s.valid = b
	return b
}

// valid requires that each line agrees with the schema and ends in a newline.
func valid(t *testing.T, items []byte) {
	t.Helper()
	for i, line := range bytes.SplitAfter(items, []byte("\n")) {
		if len(line) == 0 {
			continue
		}
		if !bytes.HasSuffix(line, []byte("\n")) {
			t.Errorf("line %d does not end in a newline: %.200s", i+1, line)
		}
		if err := schema.Validate(bytes.TrimSuffix(line, []byte("\n"))); err != nil {
			t.Errorf("line %d does not agree with the schema: %v\n%.400s", i+1, err, line)
		}
	}
}

// lines returns the number of lines of the output.
func (s *setup) lines() int { return bytes.Count(s.items(), []byte("\n")) }

// complete requires that the output is exactly what the world published.
func (s *setup) complete() {
	s.t.Helper()
	report(s.t, s.world.Truth().Check(bytes.NewReader(s.items())))
}

// partial requires that the output holds nothing that the world did not publish.
func (s *setup) partial() {
	s.t.Helper()
	report(s.t, s.world.Truth().CheckPartial(bytes.NewReader(s.items())))
}

// report fails the test with the first differences.
func report(t *testing.T, differences []string) {
	t.Helper()
	if len(differences) == 0 {
		return
	}
	first := strings.Join(differences[:min(10, len(differences))], "\n  ")
	t.Errorf("the output differs from what was published in %d places:\n  %s", len(differences), first)
}

// decode decodes the lines of a type.
func decode[T any](t *testing.T, items []byte, typ string) []T {
	t.Helper()
	var list []T
	for line := range bytes.Lines(items) {
		var head struct{ Type string }
		if err := json.Unmarshal(line, &head); err != nil {
			t.Fatalf("line %s: %v", line, err)
		}
		if head.Type != typ {
			continue
		}
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatalf("line %s: %v", line, err)
		}
		list = append(list, v)
	}
	return list
}

// requested returns the logged requests whose path matches, robots.txt excepted.
func (s *setup) requested(match func(path string) bool) []demosite.Request {
	var list []demosite.Request
	for _, r := range s.world.Log() {
		if r.Path != "/robots.txt" && match(r.Path) {
			list = append(list, r)
		}
	}
	return list
}

// silent requires that no request was sent.
func (s *setup) silent() {
	s.t.Helper()
	if n := len(s.world.Log()); n > 0 {
		s.t.Errorf("%d requests were sent, want none", n)
	}
}

func anyPath(string) bool              { return true }
func isArticle(path string) bool       { return strings.Contains(path, "/article/") }
func isListing(path string) bool       { return !isArticle(path) }
func is(path string) func(string) bool { return func(p string) bool { return p == path } }

// rewritten is the fault of pages that f changed.
func rewritten(f func(page []byte) []byte) demosite.Fault {
	return demosite.Fault{Kind: demosite.Rewrite, Rewrite: f}
}

// httpStatus is the fault of pages that answer with a status.
func httpStatus(code int) demosite.Fault {
	return demosite.Fault{Kind: demosite.Status, Status: code}
}

// faultOn makes the matching requests fail.
func (s *setup) faultOn(match func(path string) bool, fault demosite.Fault) {
	s.world.SetFault(func(_ int, r *http.Request) demosite.Fault {
		if r.URL.Path != "/robots.txt" && match(r.URL.RequestURI()) {
			return fault
		}
		return demosite.Fault{}
	})
}

// status holds the parts of status --json that the tests look at.
type status struct {
	Running bool
	Outbox  int64
	Sites   []struct {
		Site                                                  string
		Known, Articles, Queued, Later, Gone, Refused, Failed int
	}
	Hosts   []struct{ Host, State, Reason string }
	Sources []struct {
		Site, Source, Error string
		Interrupted         bool
	}
	Runs []struct {
		ID   string
		Exit *int
	}
	Outputs []struct {
		Path          string
		Offset, Lines int64
	}
	Failed []struct {
		URL, State, Reason string
		Status, Attempts   int
	}
}

func (s *setup) status(args ...string) status {
	s.t.Helper()
	r := run(s.t, s.args(append([]string{"status", "--json"}, args...))...).exits(s.t, 0)
	var st status
	if err := json.Unmarshal([]byte(r.out), &st); err != nil {
		s.t.Fatalf("status --json: %v\n%s", err, r)
	}
	return st
}

// scale divides a number by five for -short and the race detector.
func scale(n int) int {
	if testing.Short() || racing() {
		return n / 5
	}
	return n
}

// plain skips a test under the race detector, which makes each start of the
// program slow, because the test does not depend on concurrency.
func plain(t *testing.T) {
	t.Helper()
	if racing() {
		t.Skip("does not depend on concurrency; run without -race")
	}
}
