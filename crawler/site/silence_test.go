package site

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
)

// windows is a state of one site.
type windows map[string][]byte

func (w windows) Window(_ context.Context, _, key string) ([]byte, error) { return w[key], nil }

func (w windows) keep(t *testing.T, a *Alarm) {
	t.Helper()
	changed, err := a.Changed()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changed {
		w[c.Key] = c.Seen
	}
}

// expectNew parses a site that expects something new, as in ">=1/7d".
func expectNew(t *testing.T, bound, more string) *config.Site {
	t.Helper()
	c, err := config.Parse("crawl.yaml", t.TempDir(), []byte(fmt.Sprintf(`version: 1
user_agent: "newsonce-test/1 (+https://news.example/)"
sites:
  - name: news
    sources: [{listing: {urls: ["https://news.example/"]}}]
    expect: {new: %q}
%s`, bound, more)))
	if err != nil {
		t.Fatal(err)
	}
	return c.Sites[0]
}

// TestSilence: each event is one run. "n" finds n articles, "h" a headline, "." nothing
// new, "x" cannot read the source, "-" is no run at all. The runs are a step apart.
func TestSilence(t *testing.T) {
	const day = 24 * time.Hour
	for _, tt := range []struct {
		name, bound string
		step        time.Duration
		runs, want  string // in want, "!" for a run that reports silence
	}{
		{"a week of daily runs", ">=1/7d", day, "1.......", "       !"},
		{"nothing new from the beginning", ">=1/7d", day, "........", "       !"},
		{"one new article begins anew", ">=1/3d", day, "1..1...1", "      ! "},
		{"it is reported until something is new", ">=1/3d", day, "1....1..", "   !!   "},
		{"headlines count before there are articles", ">=1/3d", day, "h..h..h...", "         !"},
		{"headlines do not count after articles", ">=1/3d", day, "1hhhh", "   !!"},
		{"a source that could not be read", ">=1/3d", day, "1xxxxx...", "         "},
		{"and is silent since", ">=1/3d", day, "1xxxxx....", "         !"},
		{"time before the failure counts", ">=1/3d", day, "1..xxxx..", "        !"},
		{"the machine was off for weeks", ">=1/7d", day, "1---------------------.", strings.Repeat(" ", 23)},
		{"and something new was there", ">=1/7d", day, "1---------------------1......", strings.Repeat(" ", 29)},
		{"and nothing new comes after", ">=1/7d", day, "1---------------------....", strings.Repeat(" ", 26)},
		{"until half of the time is over", ">=1/7d", day, "1---------------------.....", strings.Repeat(" ", 26) + "!"},
		{"runs on weekdays only", ">=1/7d", day, "1....--..", "       !!"},
		{"a short time, rare runs", ">=1/1h", day, "1.", " !"},
		{"a short time, soon enough", ">=1/1h", time.Minute, "1" + strings.Repeat(".", 59), strings.Repeat(" ", 60)},
		{"a short time, over", ">=1/1h", time.Minute, "1" + strings.Repeat(".", 60), strings.Repeat(" ", 60) + "!"},
		{"fewer than expected", ">=3/3d", day, "9.1.1", "   !!"},
		{"as many as expected", ">=3/3d", day, "911111", "      "},
		{"all at once", ">=3/3d", day, "5..5..", "      "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg, kept := expectNew(t, tt.bound, ""), windows{}
			now := time.Date(2026, 11, 1, 6, 0, 0, 0, time.UTC)
			got := ""
			for _, run := range tt.runs {
				got += simulate(t, kept, cfg, run, now)
				now = now.Add(tt.step)
			}
			if got != tt.want {
				t.Errorf("runs %q report %q, want %q", tt.runs, got, tt.want)
			}
		})
	}
}

// simulate makes one run and returns "!" when it reports silence, else " ".
func simulate(t *testing.T, kept windows, cfg *config.Site, run rune, now time.Time) string {
	t.Helper()
	if run == '-' {
		return " "
	}
	a, err := NewAlarm(t.Context(), kept, cfg)
	if err != nil {
		t.Fatal(err)
	}
	switch run {
	case 'x':
		a.Missed()
	case '.':
		a.Read(now)
	case 'h':
		a.Read(now)
		a.Find(0, 1, now)
	default:
		a.Read(now)
		a.Find(int(run-'0'), 0, now)
	}
	kept.keep(t, a)
	if len(a.Broken()) > 0 {
		return "!"
	}
	return " "
}

// TestSilenceAfterAChange: an expectation counts from the first read after it was set.
func TestSilenceAfterAChange(t *testing.T) {
	kept := windows{}
	now := time.Date(2026, 11, 1, 6, 0, 0, 0, time.UTC)
	for day, bound := range []string{">=1/7d", ">=1/7d", ">=1/7d", ">=1/2d", ">=1/2d", ">=1/2d"} {
		got := simulate(t, kept, expectNew(t, bound, ""), '.', now.Add(time.Duration(day)*24*time.Hour))
		if want := map[bool]string{true: "!", false: " "}[day == 5]; got != want {
			t.Errorf("day %d, %s: %q, want %q", day, bound, got, want)
		}
	}
}

// TestSilenceClock: a clock that is wrong for one run is not silence.
func TestSilenceClock(t *testing.T) {
	kept, cfg := windows{}, expectNew(t, ">=1/7d", "")
	noon := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	for i, now := range []time.Time{noon, noon.AddDate(10, 0, 0), noon.Add(time.Hour), noon.Add(25 * time.Hour)} {
		if got := simulate(t, kept, cfg, '.', now); got != " " {
			t.Errorf("run %d at %s reports silence", i, now)
		}
	}
}

func TestSilenceText(t *testing.T) {
	kept, cfg := windows{}, expectNew(t, ">=3/3d", "")
	now := time.Date(2026, 11, 1, 6, 0, 0, 0, time.UTC)
	a, err := NewAlarm(t.Context(), kept, cfg)
	if err != nil {
		t.Fatal(err)
	}
	a.Read(now)
	a.Find(2, 0, now)
	for range 3 {
		now = now.Add(24 * time.Hour)
		a.Read(now)
	}
	const nothing = "nothing new since 2026-11-01T06:00:00Z, expected >=3/3d: the site may have stopped"
	if got := a.Broken(); len(got) != 1 || !strings.HasPrefix(got[0], nothing) {
		t.Errorf("%q, want %q…", got, nothing)
	}
	a.Find(2, 0, now)
	if got := a.Broken(); len(got) != 1 || !strings.HasPrefix(got[0], "2 new in the last 3d, expected >=3/3d") {
		t.Errorf("%q for two of three", got)
	}
}
