package metrics

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state"
)

const crawlYAML = `
sites:
  - name: one
    sources: [{listing: {urls: ["https://one.example/news", "https://one.example/old"]}}, {feed: "https://one.example/feed"}]
  - name: two
    sources: [{name: all, archive: {url: "https://two.example/?p={page}", page: {from: 1, to: 3}}}]
`

func parse(t *testing.T, text string) *config.Config {
	t.Helper()
	c, err := config.Parse("crawl.yaml", t.TempDir(), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// scrape returns the lines that begin with one of the names.
func scrape(t *testing.T, m *Metrics, open func(context.Context) (state.Reader, error)) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler(open).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

// wants checks that a text has these lines.
func wants(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains("\n"+text, "\n"+line+"\n") {
			name, _, _ := strings.Cut(line, "{")
			t.Errorf("no line %s in\n%s", line, family(text, name))
		}
	}
}

// family returns the series with a name.
func family(text, name string) string {
	var list []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, name) {
			list = append(list, line)
		}
	}
	return strings.Join(list, "")
}

// commit is a commit with a task of every kind.
var commit = crawler.Committed{
	Elapsed: 20 * time.Millisecond,
	Written: []crawler.Written{{Site: "one", Type: item.TypeArticle, Lines: 2}, {Site: "one", Type: item.TypeHeadline, Lines: 7},
		{Site: "other", Type: item.TypeArticle, Lines: 1}},
	Visits: []crawler.Visit{
		{Site: "one", Kind: "page", URL: "https://one.example/1", Bytes: 1000, Elapsed: 80 * time.Millisecond,
			Outcome: crawler.New, Missing: []string{"authors"}},
		{Site: "one", Kind: "page", URL: "https://one.example/2", Bytes: 500, Elapsed: 3 * time.Second, Outcome: crawler.New},
		{Site: "one", Kind: "page", URL: "https://one.example/3", Outcome: crawler.Duplicate},
		{Site: "one", Kind: "page", URL: "https://one.example/4", Outcome: crawler.Duplicate, Similarity: .8},
		{Site: "two", Kind: "page", URL: "https://two.example/5", Outcome: crawler.Failed, Reason: "HTTP 500"},
		{Site: "two", Kind: "source", URL: "https://two.example/?p=1", Bytes: 7},
		{Site: "two", Kind: "source", URL: "https://two.example/?p=2", Reason: "HTTP 500"},
		{Site: "two", Kind: "source", Gap: true},
		{Site: "two", Kind: "robots", URL: "https://two.example/robots.txt", Bytes: 3},
		{Site: "other", Kind: "page", Outcome: crawler.New},
	},
}

func TestCounters(t *testing.T) {
	m := New(parse(t, crawlYAML), "1.2.3")
	heard := 0
	e := crawler.Events{Committed: func(crawler.Committed) { heard++ }}
	m.Listen(&e)
	e.Committed(commit)
	e.Waiting(frontier.Wait{Host: "one.example"})
	s := report.New("r", "crawl", time.Now(), []string{"one", "two"})
	s.Site("two").Less = 2
	s.Finish(time.Now(), nil, 0)
	m.Ended(s)
	text := scrape(t, m, nil)
	wants(t, text,
		`newsonce_build_info{version="1.2.3"} 1`,
		`newsonce_pages_total{outcome="new",site="one"} 2`,
		`newsonce_pages_total{outcome="duplicate",site="one"} 2`,
		`newsonce_pages_total{outcome="failed",site="two"} 1`,
		`newsonce_pages_total{outcome="failed",site="one"} 0`,
		`newsonce_source_pages_total{result="ok",site="two"} 1`,
		`newsonce_source_pages_total{result="failed",site="two"} 1`,
		`newsonce_items_total{site="one",type="article"} 2`,
		`newsonce_items_total{site="one",type="headline"} 7`,
		`newsonce_duplicates_total{method="exact",site="one"} 1`,
		`newsonce_duplicates_total{method="near",site="one"} 1`,
		`newsonce_received_bytes_total{site="one"} 1500`,
		`newsonce_received_bytes_total{site="two"} 10`,
		`newsonce_missing_fields_total{field="authors",site="one"} 1`,
		`newsonce_list_gaps_total{site="two"} 1`,
		`newsonce_fetch_duration_seconds_bucket{site="one",le="0.1"} 1`,
		`newsonce_fetch_duration_seconds_bucket{site="one",le="+Inf"} 2`,
		`newsonce_commit_duration_seconds_bucket{le="0.01"} 0`,
		`newsonce_commit_duration_seconds_bucket{le="0.025"} 1`,
		`newsonce_waits_total{for="host"} 1`,
		`newsonce_runs_total{command="crawl",exit="4"} 1`,
		`newsonce_last_run_exit_code 4`,
		`newsonce_broken_expectations{site="one"} 0`,
		`newsonce_broken_expectations{site="two"} 2`,
	)
	if heard != 1 {
		t.Errorf("the listener before heard %d commits, want 1", heard)
	}
	if strings.Contains(text, "other") {
		t.Errorf("a site that crawl.yaml does not name:\n%s", text)
	}
}

func TestReloadDropsSites(t *testing.T) {
	m := New(parse(t, crawlYAML), "1")
	m.committed(&commit)
	first, _, _ := strings.Cut(crawlYAML, "  - name: two")
	m.SetConfig(parse(t, first))
	m.committed(&commit)
	text := scrape(t, m, nil)
	if strings.Contains(text, `"two"`) {
		t.Errorf("series of a site that is gone:\n%s", text)
	}
	wants(t, text, `newsonce_pages_total{outcome="new",site="one"} 4`)
}

// reader is a state with one of everything.
type reader struct {
	state.Reader
	err    error
	reads  int
	closed int
}

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func (r *reader) Sites(context.Context, time.Time) ([]state.SiteCount, error) {
	r.reads++
	return []state.SiteCount{
		{Site: "one", Articles: 40, Empty: 2, Waiting: 3, Again: 1,
			ByState: map[state.URLState]int{state.Queued: 10, state.Done: 42, state.Failed: 4}},
		{Site: "other", Articles: 1},
	}, r.err
}

func (r *reader) Paces(context.Context, time.Time) ([]state.Pace, error) {
	later := time.Now().Add(time.Hour)
	return []state.Pace{{Standing: polite.Standing{State: polite.BackedOff, Until: later}},
		{Standing: polite.Standing{State: polite.Quarantined, Until: later}},
		{Standing: polite.Standing{State: polite.BackedOff, Until: noon}}}, nil
}

func (r *reader) Sources(context.Context) ([]state.Source, error) {
	return []state.Source{
		{Site: "one", Key: "listing http://one.example/news", DoneAt: noon},
		{Site: "one", Key: "whole listing http://one.example/news", DoneAt: noon.Add(-time.Hour), Error: "HTTP 503"},
		{Site: "one", Key: "listing http://one.example/old", DoneAt: noon.Add(-2 * time.Hour)},
		{Site: "one", Key: "listing http://one.example/removed", DoneAt: noon.Add(-9 * time.Hour)},
		{Site: "one", Key: "feed http://one.example/feed"},
		{Site: "two", Key: "archive https://two.example/?p={page}", DoneAt: noon},
	}, nil
}

func (r *reader) Runs(context.Context, int) ([]state.Run, error) {
	return []state.Run{{Begun: noon.Add(time.Hour)}, {Begun: noon, Ended: noon.Add(90 * time.Second), Exit: 3}}, nil
}

func (r *reader) Close() error {
	r.closed++
	return nil
}

func TestState(t *testing.T) {
	m := New(parse(t, crawlYAML), "1")
	r := &reader{}
	open := func(context.Context) (state.Reader, error) { return r, nil }
	text := scrape(t, m, open)
	wants(t, text,
		`newsonce_state_up 1`,
		`newsonce_queue_urls{due="now",site="one"} 8`,
		`newsonce_queue_urls{due="later",site="one"} 3`,
		`newsonce_urls{site="one",state="article"} 40`,
		`newsonce_urls{site="one",state="empty"} 2`,
		`newsonce_urls{site="one",state="failed"} 4`,
		`newsonce_waiting_hosts{state="backed_off"} 1`,
		`newsonce_waiting_hosts{state="quarantined"} 1`,
		`newsonce_source_last_success_timestamp_seconds{site="one",source="listing"} 1.7951688e+09`,
		`newsonce_source_failing{site="one",source="listing"} 1`,
		`newsonce_source_last_success_timestamp_seconds{site="one",source="feed"} 0`,
		`newsonce_source_failing{site="one",source="feed"} 0`,
		`newsonce_source_last_success_timestamp_seconds{site="two",source="all"} 1.795176e+09`,
		`newsonce_last_run_exit_code 3`,
		`newsonce_last_run_duration_seconds 90`,
	)
	if strings.Contains(text, "other") {
		t.Errorf("a site that crawl.yaml does not name:\n%s", text)
	}
	scrape(t, m, open)
	if r.reads != 1 || r.closed != 1 {
		t.Errorf("two scrapes in a row: read %d times, closed %d times, want 1 and 1", r.reads, r.closed)
	}
}

func TestUnreadableState(t *testing.T) {
	m := New(parse(t, crawlYAML), "1")
	r := &reader{err: errors.New("disk")}
	text := scrape(t, m, func(context.Context) (state.Reader, error) { return r, nil })
	wants(t, text, `newsonce_state_up 0`)
	if r.closed != 1 {
		t.Error("the state was not closed")
	}
	m = New(parse(t, crawlYAML), "1")
	text = scrape(t, m, func(context.Context) (state.Reader, error) { return nil, errors.New("none") })
	wants(t, text, `newsonce_state_up 0`)
}

// write makes a run of its own process, and returns the file.
func write(t *testing.T, path, yaml string, c crawler.Committed) (string, error) {
	t.Helper()
	m := New(parse(t, yaml), "1")
	file, warning := m.Textfile(path)
	m.committed(&c)
	s := report.New("r", "crawl", time.Now(), nil)
	if len(c.Visits) > 0 {
		s.Site("one").Less = 3
	}
	s.Finish(time.Now(), nil, 0)
	m.Ended(s)
	for range 2 { // a second time in one run counts nothing twice
		if err := file.Write(); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), warning
}

func TestTextfileContinuesCounters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsonce.prom")
	if _, err := write(t, path, crawlYAML, commit); err != nil {
		t.Fatal(err)
	}
	text, err := write(t, path, crawlYAML, commit)
	if err != nil {
		t.Fatal(err)
	}
	wants(t, text,
		`newsonce_pages_total{outcome="new",site="one"} 4`,
		`newsonce_runs_total{command="crawl",exit="4"} 2`,
		`newsonce_last_run_exit_code 4`,
		`newsonce_fetch_duration_seconds_bucket{site="one",le="0.1"} 2`,
		`newsonce_fetch_duration_seconds_bucket{site="one",le="+Inf"} 4`,
		`newsonce_fetch_duration_seconds_count{site="one"} 4`,
		`newsonce_fetch_duration_seconds_sum{site="one"} 6.16`,
		`newsonce_commit_duration_seconds_count 2`,
		`newsonce_broken_expectations{site="one"} 3`)
	first, _, _ := strings.Cut(crawlYAML, "  - name: two")
	text, err = write(t, path, first, crawler.Committed{})
	if err != nil {
		t.Fatal(err)
	}
	wants(t, text, `newsonce_pages_total{outcome="duplicate",site="one"} 4`, `newsonce_duplicates_total{method="near",site="one"} 2`, `newsonce_runs_total{command="crawl",exit="0"} 1`,
		`newsonce_runs_total{command="crawl",exit="4"} 2`, `newsonce_broken_expectations{site="one"} 3`)
	if strings.Contains(text, `"two"`) {
		t.Errorf("series of a site that is gone:\n%s", text)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("files %v, error %v", left, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v, error %v; the collector runs as another user", info.Mode(), err)
	}
}

func TestDamagedTextfile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newsonce.prom")
	for _, damage := range []string{"newsonce_pages_total{site=", "newsonce_pages_total gone\n",
		"# TYPE newsonce_fetch_duration_seconds histogram\nnewsonce_fetch_duration_seconds_bucket{site=\"one\",le=\"7\"} 3\n"} {
		if err := os.WriteFile(path, []byte(damage), 0o600); err != nil {
			t.Fatal(err)
		}
		text, err := write(t, path, crawlYAML, commit)
		if other := strings.Contains(damage, "TYPE"); other != (err == nil) {
			t.Errorf("%q: error %v", damage, err)
		}
		wants(t, text, `newsonce_pages_total{outcome="new",site="one"} 2`, `newsonce_fetch_duration_seconds_count{site="one"} 2`)
	}
}

func TestTextfileInNoFolder(t *testing.T) {
	m := New(parse(t, crawlYAML), "1")
	file, err := m.Textfile(filepath.Join(t.TempDir(), "none", "newsonce.prom"))
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Write(); err == nil || !strings.Contains(err.Error(), "newsonce.prom") {
		t.Errorf("error %v, want one that names the file", err)
	}
}
