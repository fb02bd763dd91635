package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/state"
)

// box is a state that holds nothing but alerts.
type box []state.Alert

func (b *box) TakeAlerts(_ context.Context, receivers []string, n int, _ time.Duration) (list []state.Alert, err error) {
	for _, a := range *b {
		if len(list) < n && slices.Contains(receivers, a.Receiver) {
			list = append(list, a)
		}
	}
	return list, nil
}

func (b *box) AlertDelivered(_ context.Context, id string) error {
	*b = slices.DeleteFunc(*b, func(a state.Alert) bool { return a.ID == id })
	return nil
}

// raise puts the alerts on n items into the box.
func (b *box) raise(t *testing.T, c *config.Config, n int) {
	t.Helper()
	for range n {
		id := fmt.Sprint(len(*b))
		alerts, err := Alerts(c, &Item{Type: item.TypeArticle, ID: id, Title: "News", Line: []byte(`{"id":"` + id + "\"}\n")})
		if err != nil {
			t.Fatal(err)
		}
		*b = append(*b, alerts...)
	}
}

// flush sends what waits until nothing can be sent any more.
func flush(t *testing.T, x *Courier, b *box) {
	t.Helper()
	for {
		if err := x.Send(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		if !x.Busy() {
			return
		}
		if err := x.Take(t.Context(), b, <-x.Receipts); err != nil {
			t.Fatal(err)
		}
	}
}

func configOf(t *testing.T, alerts string, args ...any) *config.Config {
	t.Helper()
	text := "sites: [{name: a, sources: [{listing: https://a.test/}]}, {name: b, sources: [{listing: https://b.test/}]}]\n"
	c, err := config.Parse("crawl.yaml", t.TempDir(), []byte(text+fmt.Sprintf(alerts, args...)))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAlerts(t *testing.T) {
	c := configOf(t, `
notify: [{command: [x]}, {command: [y]}]
alerts:
  - {name: quakes, match: [quake]}
  - {name: b, match: '^Quake', sites: [b], types: [article], command: [z]}
`)
	for _, tt := range []struct {
		it   Item
		want string
	}{
		{Item{Type: item.TypeArticle, Site: "a", Title: "Quake!"}, "quakes/1/notify 1 quakes/1/notify 2"},
		{Item{Type: item.TypeArticle, Site: "a", Title: "News", Text: "A quake."}, "quakes/1/notify 1 quakes/1/notify 2"},
		{Item{Type: item.TypeArticle, Site: "a", Title: "News", Text: "Earthquakes."}, ""},
		{Item{Type: item.TypeArticle, Site: "b", Title: "Quakes"}, "b/1/alert b"},
		{Item{Type: item.TypeHeadline, Site: "b", Title: "Quake"}, "quakes/1/notify 1 quakes/1/notify 2"},
	} {
		tt.it.ID, tt.it.URL, tt.it.Identity, tt.it.Line = "1", "https://a.test/1", "https://a.test/one", []byte("{\"id\":\"1\"}\n")
		alerts, err := Alerts(c, &tt.it)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, a := range alerts {
			ids = append(ids, a.ID)
			var m map[string]any
			if err := json.Unmarshal(a.Message, &m); err != nil || m["delivery"] != a.ID || a.URL != tt.it.Identity ||
				!strings.HasSuffix(m["text"].(string), "\nhttps://a.test/1") {
				t.Errorf("alert %+v, %s, error %v", a, a.Message, err)
			}
		}
		slices.Sort(ids)
		if got := strings.Join(ids, " "); got != tt.want {
			t.Errorf("%s %q on %s: %s, want %s", tt.it.Type, tt.it.Title, tt.it.Site, got, tt.want)
		}
	}
}

func TestCourier(t *testing.T) {
	good, bad := serve(t, 200), serve(t, 404, 404, 200)
	c := configOf(t, "alerts: [{name: good, match: N, webhook: %q}, {name: bad, match: N, webhook: %q}]", good.URL, bad.URL)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	x := NewCourier(c, func() time.Time { return now })
	defer x.Stop()
	defer x.receivers["alert good"].client.CloseIdleConnections()
	var b box
	b.raise(t, c, 40)
	// The first 16 that are taken include eight that fail together.
	flush(t, x, &b)
	if n, m := len(good.got()), len(bad.got()); n != 40 || m != 1 {
		t.Errorf("%d and %d requests", n, m)
	}
	if len(b) == 0 || slices.ContainsFunc(b, func(a state.Alert) bool { return a.Receiver == "alert good" }) {
		t.Errorf("%d alerts wait, want those of the receiver that fails", len(b))
	}
	if errs := x.Failures(); len(errs) != 1 || !strings.Contains(errs[0].Error(), "HTTP 404") {
		t.Errorf("failures %v", errs)
	}
	x.Await()
	flush(t, x, &b)
	if n := len(bad.got()); n != 1 {
		t.Errorf("%d requests to a receiver that failed a moment ago, want 1", n)
	}
	now = now.Add(firstWait + time.Second) // it fails again, and gets twice the time
	flush(t, x, &b)
	now = now.Add(firstWait + time.Second)
	flush(t, x, &b)
	if n := len(bad.got()); n != 2 {
		t.Errorf("%d requests, want 2: the wait is longer after the second failure", n)
	}
	now = now.Add(firstWait)
	flush(t, x, &b)
	if len(b) != 0 || len(x.Failures()) != 0 || len(bad.got()) != 42 || len(good.got()) != 40 {
		t.Errorf("%d wait, failures %v, %d and %d requests", len(b), x.Failures(), len(bad.got()), len(good.got()))
	}
}

func TestCourierPausesForACommit(t *testing.T) {
	s := serve(t, 200)
	c := configOf(t, "alerts: [{name: a, match: N, webhook: %q}]", s.URL)
	x := NewCourier(c, time.Now)
	defer x.Stop()
	defer x.receivers["alert a"].client.CloseIdleConnections()
	var b box
	b.raise(t, c, 3)
	if err := x.Send(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	resume, err := x.Pause(t.Context(), &b)
	if err != nil {
		t.Fatal(err)
	}
	begun := len(s.got())
	if delivered := 3 - len(b); !x.slow && delivered != begun {
		t.Errorf("%d deliveries begun, %d stored", begun, delivered)
	}
	resume()
	flush(t, x, &b)
	if len(b) != 0 || len(s.got()) != 3 {
		t.Errorf("%d alerts wait after %d requests, want none after 3", len(b), len(s.got()))
	}
}

func TestFinishedCourierLeavesAlerts(t *testing.T) {
	s := serve(t, 200)
	c := configOf(t, "alerts: [{name: a, match: N, webhook: %q}]", s.URL)
	x := NewCourier(c, time.Now)
	defer x.Stop()
	var b box
	b.raise(t, c, 3)
	x.Finish()
	flush(t, x, &b)
	if len(b) != 3 || len(s.got()) != 0 || len(x.Failures()) != 0 {
		t.Errorf("%d alerts wait after %d requests, failures %v", len(b), len(s.got()), x.Failures())
	}
	if NewCourier(&config.Config{}, time.Now) != nil {
		t.Error("a courier without alerts")
	}
}
