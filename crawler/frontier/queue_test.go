package frontier

import (
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/polite"
)

// TestPaceNews: what the state hears of a host with a page. The time of the next request
// is no news; a back-off, a failure and their end are.
func TestPaceNews(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	pace := polite.Pace{Delay: time.Second}
	g := &group{name: "a.example"}
	for _, step := range []struct {
		name         string
		outcome      polite.Outcome
		news, sudden bool
	}{
		{"an answer", polite.Outcome{}, false, false},
		{"another", polite.Outcome{}, false, false},
		{"no answer", polite.Outcome{Kind: polite.Failed}, true, false},
		{"an answer after that", polite.Outcome{}, true, false},
		{"503", polite.Outcome{Kind: polite.Busy, RetryAfter: time.Hour}, true, true},
		{"an answer after the back-off", polite.Outcome{}, true, true},
		{"an answer again", polite.Outcome{}, false, false},
	} {
		now = now.Add(2 * time.Hour)
		g.host.Begin(now, pace)
		g.host.Finish(now, pace, step.outcome)
		p, sudden := g.news()
		if (p != nil) != step.news || sudden != step.sudden {
			t.Errorf("%s: news %+v, sudden %t, want %t and %t", step.name, p, sudden, step.news, step.sudden)
		}
		if p != nil && (p.Group != "a.example" || !p.NextAt.After(now) || p.State != g.host.State) {
			t.Errorf("%s: %+v", step.name, p)
		}
	}
}
