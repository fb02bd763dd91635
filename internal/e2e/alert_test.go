package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/internal/demosite"
)

// hook is a webhook that counts deliveries.
type hook struct {
	*httptest.Server
	mu     sync.Mutex     // guards what follows
	counts map[string]int // by Idempotency-Key
	items  map[string]int // deliveries with a new key, by id of the item
	fail   bool
}

func newHook(t *testing.T) *hook {
	t.Helper()
	h := &hook{counts: map[string]int{}, items: map[string]int{}}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m struct {
			Delivery string
			Item     struct{ ID string }
		}
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil || m.Delivery == "" || m.Delivery != r.Header.Get("Idempotency-Key") {
			t.Errorf("message %+v, key %q, error %v", m, r.Header.Get("Idempotency-Key"), err)
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.fail {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		if h.counts[m.Delivery]++; h.counts[m.Delivery] == 1 {
			h.items[m.Item.ID]++
		}
	}))
	t.Cleanup(h.Close)
	return h
}

// delivered requires that each item raised its alerts once, but for deliveries that a
// kill interrupted, which are repeated under their key.
func (h *hook) delivered(t *testing.T, ids []string, alerts, kills int) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	repeated := 0
	for _, n := range h.counts {
		repeated += n - 1
	}
	for _, id := range ids {
		if h.items[id] != alerts {
			t.Errorf("item %s raised %d alerts, want %d", id, h.items[id], alerts)
		}
	}
	if len(h.items) != len(ids) {
		t.Errorf("alerts on %d items, want %d", len(h.items), len(ids))
	}
	if repeated > kills {
		t.Errorf("%d deliveries were repeated after %d kills, want at most one each", repeated, kills)
	}
	t.Logf("%d items, %d deliveries, %d repeated under their key after %d kills", len(ids), len(h.counts), repeated, kills)
}

// matching returns the ids of the new articles and headlines of the output.
func (s *setup) matching() (ids []string) {
	items := s.items()
	for _, a := range decode[item.Article](s.t, items, "article") {
		if a.Revision < 2 && a.DuplicateOf == "" {
			ids = append(ids, a.ID)
		}
	}
	for _, h := range decode[item.Headline](s.t, items, "headline") {
		if h.Revision < 2 {
			ids = append(ids, h.ID)
		}
	}
	return ids
}

// addAlerts adds an alert on every item to crawl.yaml.
func (s *setup) addAlerts(url string) {
	s.write("crawl.yaml", string(s.read("crawl.yaml"))+fmt.Sprintf(`
alerts:
  - {name: all, match: ".", webhook: %q}
  - {name: also, match: ".", webhook: %q}
  - {name: none, match: [nosuchword], webhook: %q}
`, url, url, url))
}

func TestAlertsAfterKills(t *testing.T) {
	t.Parallel()
	want := scale(2 * *kills)
	rng := random(t)
	h := newHook(t)
	s := serve(t, demosite.Options{Sites: 2, Articles: scale(50 * *kills), Latency: 2 * time.Millisecond})
	s.addAlerts(h.URL)
	killed := 0
	for killed < want {
		ok := false
		if rng.IntN(2) == 0 {
			ok = s.killAfter(1 + rng.IntN(60))
		} else {
			ok = s.killIn(time.Duration(rng.IntN(300)) * time.Millisecond)
		}
		if ok {
			killed++
		} else {
			s.world.Publish(60)
		}
	}
	s.crawl().exits(t, 0)
	s.complete()
	h.delivered(t, s.matching(), 2, killed)
}

// Alerts wait for a receiver that fails, and go to one whose address was corrected.
func TestAlertsWaitForTheirReceiver(t *testing.T) {
	t.Parallel()
	h, other := newHook(t), newHook(t)
	h.fail = true
	s := serve(t, demosite.Options{Articles: 20})
	s.addAlerts(h.URL)
	r := s.crawl().exits(t, 0)
	if !strings.Contains(r.err, "alerts wait for the next run: webhook "+h.URL+": HTTP 404") {
		t.Errorf("no warning in\n%s", r.err)
	}
	s.complete()
	h.delivered(t, nil, 0, 0)
	s.edit(h.URL, other.URL)
	s.crawl().exits(t, 0)
	other.delivered(t, s.matching(), 2, 0)
	s.crawl().exits(t, 0)
	other.delivered(t, s.matching(), 2, 0)
}

func TestAlertsOfACommand(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 20})
	s.write("crawl.yaml", string(s.read("crawl.yaml"))+`
notify: {on: [failed], command: [sh, -c, "cat >> got; echo >> got"]}
alerts: [{name: all, match: ".", types: [article]}]
`)
	s.crawl().exits(t, 0)
	text, err := os.ReadFile(s.path("got"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		var m struct {
			Events []string
			Alert  string
			Text   string
			Item   item.Article
		}
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if m.Alert != "all" || m.Events[0] != "alert" || m.Text != "all: "+m.Item.Title+"\n"+m.Item.URL || seen[m.Item.ID] {
			t.Errorf("message %s", line)
		}
		seen[m.Item.ID] = true
	}
	if n := len(decode[item.Article](t, s.items(), "article")); len(seen) == 0 || len(seen) > n {
		t.Errorf("alerts on %d articles of %d", len(seen), n)
	}
}
