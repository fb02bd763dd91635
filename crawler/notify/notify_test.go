package notify

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/report"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server answers one request after the other with these statuses, the last one for ever.
type server struct {
	*httptest.Server
	mu       sync.Mutex // guards what follows
	statuses []int
	bodies   []string
	headers  []http.Header
}

func serve(t *testing.T, statuses ...int) *server {
	t.Helper()
	s := &server{statuses: statuses}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.bodies, s.headers = append(s.bodies, string(body)), append(s.headers, r.Header)
		status := s.statuses[min(len(s.bodies), len(s.statuses))-1]
		if status == 0 { // answers too late
			s.mu.Unlock()
			<-r.Context().Done()
			s.mu.Lock()
			return
		}
		w.Header().Set("Location", s.URL+"/elsewhere")
		w.WriteHeader(status)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) got() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.bodies)
}

// receiver returns a receiver without pauses between its attempts.
func receiver(t *testing.T, r config.Receiver) *Receiver {
	t.Helper()
	if r.Timeout == 0 {
		r.Timeout = 10 * time.Second
	}
	x := NewReceiver(&r, t.TempDir())
	x.pauses = []time.Duration{0, 0}
	t.Cleanup(x.client.CloseIdleConnections)
	return x
}

func TestWebhook(t *testing.T) {
	for _, tt := range []struct {
		name     string
		statuses []int
		attempts int
		err      string // "" for success
	}{
		{"success", []int{200}, 1, ""},
		{"accepted", []int{202}, 1, ""},
		{"busy once", []int{503, 204}, 2, ""},
		{"rate limit once", []int{429, 200}, 2, ""},
		{"broken", []int{500}, 3, "HTTP 500"},
		{"wrong address: not tried again", []int{404}, 1, "HTTP 404"},
		{"a redirect is not followed", []int{302}, 1, "HTTP 302"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, tt.statuses...)
			r := receiver(t, config.Receiver{Webhook: s.URL + "/secret", Headers: map[string]string{"Authorization": "Bearer x"}})
			err := r.Deliver(t.Context(), []byte(`{"a":1}`), "key")
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Errorf("error %v, want %q", err, tt.err)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("error %q shows the path", err)
			}
			if got := s.got(); len(got) != tt.attempts || got[0] != `{"a":1}` {
				t.Errorf("got %q, want %d attempts", got, tt.attempts)
			}
			h := s.headers[0]
			if h.Get("Authorization") != "Bearer x" || h.Get("Idempotency-Key") != "key" || h.Get("Content-Type") != "application/json" {
				t.Errorf("headers %v", h)
			}
		})
	}
}

func TestWebhookThatDoesNotAnswer(t *testing.T) {
	s := serve(t, 0)
	r := receiver(t, config.Receiver{Webhook: s.URL + "/secret", Timeout: 50 * time.Millisecond})
	err := r.Deliver(t.Context(), []byte("{}"), "")
	if err == nil || !strings.Contains(err.Error(), "no success within 50ms") || strings.Contains(err.Error(), "secret") {
		t.Errorf("error %v", err)
	}
	if n := len(s.got()); n != 3 {
		t.Errorf("%d attempts, want 3", n)
	}
	s.Close()
	err = r.Deliver(t.Context(), []byte("{}"), "")
	if err == nil || !strings.Contains(err.Error(), "refused") || strings.Contains(err.Error(), "secret") {
		t.Errorf("nobody listens: error %v", err)
	}
}

func TestDeliveryEndsWithItsContext(t *testing.T) {
	s := serve(t, 503)
	ctx, cancel := context.WithCancel(t.Context())
	r := receiver(t, config.Receiver{Webhook: s.URL})
	r.pauses = []time.Duration{time.Hour}
	done := make(chan error)
	go func() { done <- r.Deliver(ctx, nil, "") }()
	for len(s.got()) == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-done; err == nil {
		t.Error("no error")
	}
}

func TestCommand(t *testing.T) {
	r := receiver(t, config.Receiver{Command: []string{"sh", "-c", `cat > got; echo "$NEWSONCE_DELIVERY" >> got; echo "$1" >> got`,
		"sh", "a b; $(rm x)"}})
	if err := r.Deliver(t.Context(), []byte("{}\n"), "key"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(r.dir, "got"))
	if want := "{}\nkey\na b; $(rm x)\n"; err != nil || string(got) != want {
		t.Errorf("got %q, error %v, want %q", got, err, want)
	}
}

func TestCommandThatFails(t *testing.T) {
	for _, tt := range []struct {
		name, script string
		timeout      time.Duration
		attempts     int
		err          string
	}{
		{"always", "echo no route >&2; exit 3", 0, 3, "exit status 3: no route"},
		{"once", `[ $(wc -l < tries) -eq 2 ]`, 0, 2, ""},
		{"too slow", "sleep 60", 100 * time.Millisecond, 3, "no success within 100ms"},
		{"it does not read", "exit 0", 0, 1, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := receiver(t, config.Receiver{Command: []string{"sh", "-c", "echo x >> tries; " + tt.script}, Timeout: tt.timeout})
			err := r.Deliver(t.Context(), []byte(strings.Repeat("x", 1<<20)), "")
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Errorf("error %v, want %q", err, tt.err)
			}
			tries, err := os.ReadFile(filepath.Join(r.dir, "tries"))
			if n := strings.Count(string(tries), "x"); err != nil || n != tt.attempts {
				t.Errorf("%d attempts, error %v, want %d", n, err, tt.attempts)
			}
		})
	}
	r := receiver(t, config.Receiver{Command: []string{"no-such-program-of-ours"}})
	if err := r.Deliver(t.Context(), nil, ""); err == nil || !strings.Contains(err.Error(), "not found") {
		t.Errorf("a program that does not exist: error %v", err)
	}
}

func TestOccasions(t *testing.T) {
	for _, tt := range []struct {
		name    string
		site    report.Site
		failure error
		want    []config.Occasion
	}{
		{"nothing new", report.Site{Sources: 1}, nil, []config.Occasion{"done"}},
		{"disk full", report.Site{}, errors.New("disk full"), []config.Occasion{"failed", "done"}},
		{"a source unreadable", report.Site{Sources: 2, Unreadable: 1}, nil, []config.Occasion{"failed", "done"}},
		{"walls", report.Site{Blocked: 1, Less: 1}, nil, []config.Occasion{"alarm", "blocked", "done"}},
		{"silent", report.Site{Silent: 1, Less: 1}, nil, []config.Occasion{"alarm", "silent", "done"}},
	} {
		s := report.New("r", "crawl", time.Now(), nil)
		*s.Site("a") = tt.site
		s.Finish(time.Now(), tt.failure, 0)
		if got := Occasions(s); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestRun(t *testing.T) {
	failed, done, broken := serve(t, 200), serve(t, 200), serve(t, 400)
	c := &config.Config{Dir: t.TempDir()}
	add := func(s *server, on ...config.Occasion) {
		c.Notify = append(c.Notify, config.Notify{On: on, Receiver: config.Receiver{Webhook: s.URL, Timeout: 10 * time.Second}})
	}
	add(failed, config.OnFailed, config.OnAlarm)
	add(done, config.OnDone)
	add(broken, config.OnDone)
	s := report.New("r1", "crawl", time.Now(), nil)
	*s.Site("a") = report.Site{Articles: 2}
	s.Finish(time.Now(), nil, 0)
	errs := Run(t.Context(), c, s)
	if len(errs) != 1 || !strings.Contains(errs[0].Error(), "HTTP 400") {
		t.Errorf("errors %v, want that of the third receiver", errs)
	}
	if got := failed.got(); len(got) != 0 {
		t.Errorf("a receiver of failures got %q", got)
	}
	var got struct {
		Events []string
		Text   string
		RunID  string `json:"run_id"`
		Exit   *int
		Totals struct{ Articles int }
	}
	if err := json.Unmarshal([]byte(done.got()[0]), &got); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.Events, []string{"done"}) || !strings.HasPrefix(got.Text, "newsonce crawl: 2 new articles;") ||
		got.RunID != "r1" || got.Exit == nil || got.Totals.Articles != 2 {
		t.Errorf("message %s", done.got()[0])
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
}
