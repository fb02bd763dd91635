package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/report"
)

// far are sites with a given number of pages done of 1000, at one a second.
func far(now time.Time, done ...int64) []report.Progress {
	var sites []report.Progress
	for i, n := range done {
		sites = append(sites, report.Progress{Site: fmt.Sprintf("site%d", i+1), Done: n, Queued: 1000 - n, Left: 1000 - n, Articles: int(n), Measured: now, Recent: 30, Span: 30})
	}
	return sites
}

func TestLine(t *testing.T) {
	now := time.Now()
	sites := far(now, 400, 100)
	for i := range sites {
		sites[i] = sites[i].At(now)
	}
	if got, want := line(sites[:1], nil), "site1: 400 done, 600 queued, 1.0/s, 400 new, 0 duplicate, 0 failed, 10 min left"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got, want := line(sites, nil), "2 sites: 500 done, 1,500 queued, 2.0/s, 500 new, 0 duplicate, 0 failed, 15 min left"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// While the run only waits, progress says until when and why, and estimates nothing.
func TestProgressWhileTheRunWaits(t *testing.T) {
	until := time.Now().Add(40 * time.Second)
	w := frontier.Wait{Host: "news.example", Until: until, Reason: "HTTP 503"}
	waits := "waiting for news.example until " + until.Format(time.DateTime) + ": HTTP 503"
	done := []report.Progress{{Site: "site1", Done: 9, Left: 1, Queued: 1, PerPage: .01}}
	var out bytes.Buffer
	s := &showing{app: &app{Options: Options{Err: &out}}, form: "lines", every: time.Hour, done: make(chan struct{})}
	o := crawler.Options{Command: "crawl"}
	s.begin(t.Context(), &o)
	defer s.end()
	shows := func(when, want string) {
		t.Helper()
		out.Reset()
		if s.put(); out.String() != want {
			t.Errorf("%s:\n got %swant %s", when, out.String(), want)
		}
	}
	o.Events.Idle(w)
	shows("before the first commit", "newsonce crawl: "+waits+"\n")
	o.Events.Committed(crawler.Committed{Progress: done})
	const counts = "newsonce crawl: site1: 9 done, 1 queued, 0.0/s, 0 new, 0 duplicate, 0 failed"
	shows("after a commit", counts+", 0 s left\n")
	o.Events.Idle(w)
	shows("while the run waits", counts+"; "+waits+"\n")
	w.Until = time.Now()
	o.Events.Idle(w)
	shows("after the wait", counts+", 0 s left\n")

	if got := bars(done, &w, 30, 24); len(got) != 2 || got[1] != "waiting for news.example unti" {
		t.Errorf("bars: %q", got)
	}
}

// Where there is no room for a bar of each site, those that are over, and then
// the last ones, share one.
func TestBarsOfManySites(t *testing.T) {
	sites := far(time.Now(), 1000, 1, 1000, 2, 3, 4)
	for i := range sites {
		sites[i] = sites[i].At(sites[i].Measured)
	}
	for _, tt := range []struct {
		height int
		want   string
	}{
		{24, "site1 site2 site3 site4 site5 site6"},
		{8, "site1 site2 site3 site4 site5 site6"},
		{7, "site2 site4 site5 site6 2 others"},
		{4, "site2 5 others"},
		{1, "6 others"},
	} {
		lines := bars(sites, nil, 100, tt.height)
		var names []string
		for _, l := range lines {
			name, _, _ := strings.Cut(l, "  ")
			names = append(names, strings.TrimSpace(name))
			if n := len([]rune(l)); n >= 100 {
				t.Errorf("%d columns of 100: %s", n, l)
			}
		}
		if got := strings.Join(names, " "); got != tt.want {
			t.Errorf("%d rows: %s, want %s", tt.height, got, tt.want)
		}
	}
	lines := bars(sites, nil, 100, 7)
	if last := lines[len(lines)-1]; !strings.Contains(last, " 2,000 done, 0 queued, ") || !strings.HasSuffix(last, "complete") {
		t.Errorf("the others are %q", last)
	}
}

// terminal shows what it is sent, as far as a screen makes use of it.
type terminal struct {
	lines []string // above the cursor, which stands at the beginning of a line
	sent  int
}

func (m *terminal) Write(b []byte) (int, error) {
	m.sent++
	s := string(b)
	for s != "" {
		var up int
		if n, _ := fmt.Sscanf(s, "\r\x1b[%dA\x1b[J", &up); n == 1 {
			m.lines = m.lines[:len(m.lines)-up]
			_, s, _ = strings.Cut(s, "\x1b[J")
			continue
		}
		l, rest, ok := strings.Cut(s, "\n")
		if !ok {
			return 0, errors.New("no whole line: " + s)
		}
		m.lines, s = append(m.lines, l), rest
	}
	return len(b), nil
}

func (m *terminal) shows(t *testing.T, when string, want ...string) {
	t.Helper()
	if got := strings.Join(m.lines, "|"); got != strings.Join(want, "|") {
		t.Errorf("%s:\n got %s\nwant %s", when, got, strings.Join(want, "|"))
	}
}

// Log lines go above the bars, whole, and nothing of the bars is left at the
// end.
func TestScreen(t *testing.T) {
	m := new(terminal)
	s := &screen{w: m}
	fmt.Fprintln(s, "begins")
	m.shows(t, "before there are bars", "begins")
	s.draw([]string{"a 1", "b 1"})
	m.shows(t, "two bars", "begins", "a 1", "b 1")
	fmt.Fprintln(s, "a warning")
	m.shows(t, "a log line", "begins", "a warning", "a 1", "b 1")
	s.draw([]string{"a 2"})
	m.shows(t, "fewer bars", "begins", "a warning", "a 2")
	s.draw([]string{"a 3", "b 3", "c 3"})
	fmt.Fprint(s, "two\nlines\n")
	m.shows(t, "more bars", "begins", "a warning", "two", "lines", "a 3", "b 3", "c 3")
	s.draw(nil)
	fmt.Fprintln(s, "the summary")
	m.shows(t, "the end", "begins", "a warning", "two", "lines", "the summary")
	if m.sent != 8 {
		t.Errorf("%d writes for 8 changes", m.sent)
	}
}

// told is what is said of a run that lasts a while, with a commit at half of each
// second, and is stopped five seconds before its end.
func told(t *testing.T, progress string, quiet bool, lasts time.Duration) string {
	var err bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		a := &app{Options: Options{Err: &err}, quiet: quiet}
		ctx, stop := context.WithTimeout(t.Context(), lasts-5*time.Second)
		defer stop()
		s := a.show(progress, "items.jsonl")
		o := crawler.Options{Command: "backfill"}
		s.begin(ctx, &o)
		begun := time.Now()
		for time.Sleep(time.Second / 2); time.Since(begun) < lasts; time.Sleep(time.Second) {
			if o.Events.Committed != nil {
				o.Events.Committed(crawler.Committed{Lines: 7, Progress: far(time.Now(), int64(time.Since(begun).Seconds()))})
			}
		}
		s.end()
	})
	return err.String()
}

// Without a terminal there is a line a minute.
func TestLinesOfProgress(t *testing.T) {
	const stopping = "newsonce backfill: stopping after the pages in flight, within 10 s (a second signal stops at once)\n"
	want := `newsonce backfill: site1: 59 done, 941 queued, 1.0/s, 59 new, 0 duplicate, 0 failed, 16 min left
newsonce backfill: site1: 119 done, 881 queued, 1.0/s, 119 new, 0 duplicate, 0 failed, 15 min left
` + stopping
	if got := told(t, "auto", false, 150500*time.Millisecond); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got := told(t, "auto", false, 30500*time.Millisecond); got != stopping {
		t.Errorf("of half a minute: %q", got)
	}
	for _, tt := range []struct {
		progress string
		quiet    bool
	}{{"none", false}, {"auto", true}, {"json", true}, {"", false}} {
		if got := told(t, tt.progress, tt.quiet, time.Hour); got != "" {
			t.Errorf("--progress %s, quiet %v: %q", tt.progress, tt.quiet, got)
		}
	}
}

func TestJSONOfProgress(t *testing.T) {
	var got []progressObject
	dec := json.NewDecoder(strings.NewReader(told(t, "json", false, 35500*time.Millisecond)))
	dec.DisallowUnknownFields()
	for dec.More() {
		var o progressObject
		if err := dec.Decode(&o); err != nil {
			t.Fatal(err)
		}
		got = append(got, o)
	}
	if len(got) != 4 {
		t.Fatalf("%d objects, want 3 and one at the end: %+v", len(got), got)
	}
	for i, o := range got {
		if end := i == 3; o.Stopping != end {
			t.Errorf("object %d: stopping %v", i, o.Stopping)
		}
		if len(o.Sites) != 1 || o.Sites[0].Site != "site1" || o.Sites[0].Done != o.Total.Done || o.Lines != 7 || o.At.IsZero() || o.Sites[0].SecondsLeft == nil {
			t.Errorf("object %d: %+v", i, o)
		}
	}
	if first, last := got[0], got[3]; first.Seconds != 10 || last.Seconds != 35.5 || last.Sites[0].Done != 34 {
		t.Errorf("after %v s and %v s, %d done", first.Seconds, last.Seconds, last.Sites[0].Done)
	}
}

// Nothing was committed yet: JSON says so, a person is told nothing.
func TestProgressBeforeTheFirstCommit(t *testing.T) {
	for progress, want := range map[string]int{"auto": 0, "json": 1} {
		var err bytes.Buffer
		a := &app{Options: Options{Err: &err}}
		s := a.show(progress, "items.jsonl")
		s.begin(t.Context(), &crawler.Options{})
		s.end()
		if n := strings.Count(err.String(), "\n"); n != want {
			t.Errorf("--progress %s: %q", progress, err.String())
		}
	}
}
