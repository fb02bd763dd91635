package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/state/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// manager is the end of a socket that systemd listens on.
type manager struct {
	path string
	mu   sync.Mutex // guards told
	told []string
}

func newManager(t *testing.T) *manager {
	t.Helper()
	dir, err := os.MkdirTemp("", "watch") // t.TempDir may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	m := &manager{path: filepath.Join(dir, "notify")}
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: m.path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		b := make([]byte, 4096)
		for {
			n, err := c.Read(b)
			if err != nil {
				return
			}
			m.mu.Lock()
			m.told = append(m.told, string(b[:n]))
			m.mu.Unlock()
		}
	}()
	t.Cleanup(func() { c.Close(); <-done })
	return m
}

// hears waits for a message that begins so, and forgets it and those before.
func (m *manager) hears(t *testing.T, begin string) string {
	t.Helper()
	got := ""
	eventually(t, "the message "+begin, func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		i := slices.IndexFunc(m.told, func(s string) bool { return strings.HasPrefix(s, begin) })
		if i >= 0 {
			got, m.told = m.told[i], m.told[i+1:]
		}
		return i >= 0
	})
	return got
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 30 s: %s", what)
		}
	}
}

// subject is a daemon that watches a site of one listing.
type subject struct {
	*Daemon
	t       *testing.T
	manager *manager
	reload  chan os.Signal
	stop    context.CancelCauseFunc
	config  func(text string) // adds to the configuration

	mu       sync.Mutex // guards all below
	reads    int        // of the listing
	articles bool       // the listing has a headline
	ended    []*report.Summary
	said     []string

	last    *report.Summary
	failure error
	done    chan struct{}
}

// start starts a daemon whose runs last that long.
func start(t *testing.T, every time.Duration, env map[string]string) *subject {
	t.Helper()
	s := &subject{t: t, manager: newManager(t), reload: make(chan os.Signal, 1), done: make(chan struct{})}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		s.mu.Lock()
		s.reads++
		fmt.Fprint(w, `<html><body>`)
		if s.articles {
			fmt.Fprint(w, `<div><li><a href="/news/1">The council has met again</a></li></div>`)
		}
		s.mu.Unlock()
	}))
	t.Cleanup(web.Close)
	dir := t.TempDir()
	text := fmt.Sprintf("user_agent: \"test (+https://news.example/)\"\n"+
		"defaults: {allow_private: [127.0.0.0/8], delay: 0s, watch: {min: 10ms, max: 20ms}}\n"+
		"sites: [{name: a, sources: [{listing: {urls: [\"%s/\"], links: .none}}], "+
		"headlines: [{block: b, on: [listing], item: li, title: a}]}]\n", web.URL)
	s.config = func(more string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		text += more
	}
	store, err := sqlite.Open(t.Context(), filepath.Join(dir, "state.db"), state.OpenOptions{Versions: crawler.Versions})
	if err != nil {
		t.Fatal(err)
	}
	load := func() (crawler.Options, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		c, err := config.Parse("crawl.yaml", dir, []byte(text))
		if err != nil {
			return crawler.Options{}, err
		}
		return crawler.Options{Config: c, Sites: c.Sites, Store: store, Command: "watch", Version: "1",
			Log: slog.New(slog.DiscardHandler)}, nil
	}
	first, err := load()
	if err != nil {
		t.Fatal(err)
	}
	env["NOTIFY_SOCKET"] = s.manager.path
	say := func(format string, args ...any) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.said = append(s.said, fmt.Sprintf(format, args...))
	}
	s.Daemon = New(Options{Load: load, Reload: s.reload, Every: every,
		Run: func(ctx context.Context, o crawler.Options) (*report.Summary, error) {
			sum, err := crawler.Run(ctx, o)
			if err == nil {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.ended = append(s.ended, sum)
			}
			return sum, err
		},
		Say: say, Warn: say,
		Getenv: func(key string) string { return env[key] },
	})
	ctx, stop := context.WithCancelCause(t.Context())
	s.stop = stop
	go func() {
		defer close(s.done)
		s.last, s.failure = s.Daemon.Run(ctx, first)
	}()
	t.Cleanup(func() {
		stop(crawler.Interrupted("the test", 143))
		<-s.done
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// readAgain waits until the listing has been read twice more.
func (s *subject) readAgain() {
	s.t.Helper()
	count := func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.reads
	}
	want := count() + 2
	eventually(s.t, "two reads of the listing", func() bool { return count() >= want })
}

// healthz returns what /healthz answers.
func (s *subject) healthz() (code int, h health) {
	s.t.Helper()
	w := httptest.NewRecorder()
	s.Handler(nil).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/healthz", nil))
	if err := json.Unmarshal(w.Body.Bytes(), &h); err != nil {
		s.t.Fatal(err)
	}
	return w.Code, h
}

func TestDaemon(t *testing.T) {
	s := start(t, time.Hour, map[string]string{"WATCHDOG_USEC": "4"})
	s.manager.hears(t, "READY=1")
	s.readAgain()
	s.manager.hears(t, "WATCHDOG=1")
	if code, h := s.healthz(); code != 200 || h.Status != "ok" {
		t.Errorf("/healthz: %d %+v", code, h)
	}

	s.config("nonsense: 1\n")
	s.reload <- syscall.SIGHUP
	if got := s.manager.hears(t, "RELOADING=1"); !strings.Contains(got, "\nMONOTONIC_USEC=") {
		t.Errorf("%q lacks the time", got)
	}
	s.manager.hears(t, "READY=1\nSTATUS=the configuration was refused")
	if code, h := s.healthz(); code != 200 || h.Status != "degraded" || !strings.Contains(h.Refused, "nonsense") {
		t.Errorf("/healthz after a broken configuration: %d %+v", code, h)
	}
	s.readAgain()
	if len(s.ended) > 0 {
		t.Error("a broken configuration ended the run")
	}

	s.stop(crawler.Interrupted("SIGTERM", 143))
	<-s.done
	s.manager.hears(t, "STOPPING=1")
	if s.failure != nil || s.last.Exit != 143 {
		t.Errorf("ended with %+v, %v", s.last, s.failure)
	}
}

func TestReloadBeginsANewRun(t *testing.T) {
	s := start(t, time.Hour, map[string]string{})
	for range 3 {
		s.readAgain()
		s.reload <- syscall.SIGHUP
		s.manager.hears(t, "RELOADING=1")
		s.manager.hears(t, "READY=1")
		s.readAgain()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.ended) != 3 || s.ended[0].Stopped != "a reload" || s.ended[0].Exit == report.ExitFailed {
		t.Errorf("%d runs ended, want 3 by a reload: %+v", len(s.ended), s.ended)
	}
}

// Reloads that come while a run begins or ends are made after that.
func TestReloadsInARow(t *testing.T) {
	s := start(t, 5*time.Millisecond, map[string]string{})
	for range 50 {
		s.reload <- syscall.SIGHUP
	}
	s.manager.hears(t, "RELOADING=1")
	s.readAgain()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, text := range s.said {
		if !strings.HasSuffix(text, "was reloaded") {
			t.Error(text)
		}
	}
	if n := len(s.said); n < 49 { // the last may be under way
		t.Errorf("%d of 50 reloads were made", n)
	}
}

// A configuration with which no run can begin, or write, is refused although it can be
// read.
func TestRunThatCannotBegin(t *testing.T) {
	for name, key := range map[string]string{
		"begin": "min_free: 900000GiB\n",
		"write": "output: {path: /dev/null/items.jsonl}\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, time.Hour, map[string]string{})
			s.readAgain()
			s.config(key)
			s.reload <- syscall.SIGHUP
			eventually(t, "the new configuration", func() bool { _, h := s.healthz(); return h.Loaded.After(h.Begun) })
			s.mu.Lock()
			s.articles = true
			s.mu.Unlock()
			eventually(t, "a refusal", func() bool { _, h := s.healthz(); return h.Refused != "" })
			s.mu.Lock()
			s.articles = false
			s.mu.Unlock()
			s.readAgain()
		})
	}
}

func TestRunsEndInTime(t *testing.T) {
	s := start(t, 50*time.Millisecond, map[string]string{})
	eventually(t, "three runs", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.ended) >= 3
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, sum := range s.ended {
		if sum.Stopped != "the end of the hour" {
			t.Errorf("a run was stopped by %q", sum.Stopped)
		}
	}
	s.healthIs(t, "degraded")
}

// healthIs requires a status.
func (s *subject) healthIs(t *testing.T, want string) {
	t.Helper()
	if h := s.judged(time.Now()); h.Status != want {
		t.Errorf("the daemon is %s (%s), want %s", h.Status, h.Reason, want)
	}
}

func TestHealth(t *testing.T) {
	now := time.Now()
	for _, tt := range []struct {
		name   string
		health health
		want   string
	}{
		{"not begun", health{}, "starting"},
		{"busy", health{Alive: now.Add(-time.Minute)}, "ok"},
		{"hangs", health{Alive: now.Add(-3 * time.Minute), Refused: "a mistake"}, "stalled"},
		{"refused", health{Alive: now, Refused: "a mistake"}, "degraded"},
		{"a bad run", health{Alive: now, Last: &lastRun{Exit: report.ExitLess}}, "degraded"},
		{"a good run", health{Alive: now, Last: &lastRun{}}, "ok"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := New(Options{Getenv: func(string) string { return "" }})
			d.health = tt.health
			if got := d.judged(now).Status; got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			w := httptest.NewRecorder()
			d.Handler(nil).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/healthz", nil))
			if bad := w.Code == http.StatusServiceUnavailable; bad != (tt.want == "stalled") {
				t.Errorf("status %d", w.Code)
			}
		})
	}
}

func TestMetricsAreServed(t *testing.T) {
	d := New(Options{Getenv: func(string) string { return "" }})
	for _, metrics := range []http.Handler{nil, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {})} {
		w := httptest.NewRecorder()
		d.Handler(metrics).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		if served := w.Code == http.StatusOK; served != (metrics != nil) {
			t.Errorf("/metrics: %d", w.Code)
		}
	}
}

// Without systemd nothing is told, and another process's watchdog is not ours.
func TestOutsideSystemd(t *testing.T) {
	env := map[string]string{"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"}
	s := newSystemd(func(key string) string { return env[key] })
	if s.every != 0 {
		t.Errorf("the watchdog of another process is answered every %s", s.every)
	}
	s.tell("READY=1")
	s.reloading()
	env["WATCHDOG_PID"] = fmt.Sprint(os.Getpid())
	if s = newSystemd(func(key string) string { return env[key] }); s.every != time.Second/2 {
		t.Errorf("the watchdog is answered every %s", s.every)
	}
}

func TestFirstRunCannotBegin(t *testing.T) {
	dir := t.TempDir()
	c, err := config.Parse("crawl.yaml", dir, []byte("min_free: 900000GiB\n"+
		"sites: [{name: a, sources: [{listing: \"http://a.test/\"}]}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlite.Open(t.Context(), filepath.Join(dir, "state.db"), state.OpenOptions{Versions: crawler.Versions})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	d := New(Options{Getenv: func(string) string { return "" }})
	o := crawler.Options{Config: c, Sites: c.Sites, Store: store, Log: slog.New(slog.DiscardHandler)}
	if _, err := d.Run(t.Context(), o); err == nil {
		t.Error("no error")
	}
	why := errors.New("stopped")
	ctx, stop := context.WithCancelCause(t.Context())
	stop(why)
	if _, err := d.Run(ctx, o); !errors.Is(err, why) {
		t.Errorf("stopped before it began: %v", err)
	}
}
