package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestDays(t *testing.T) {
	for _, test := range []struct {
		in, out string // out empty: refused
		want    time.Duration
	}{
		{"30d", "30d", 30 * 24 * time.Hour},
		{"0", "0", 0},
		{"0d", "0", 0},
		{"36h", "1d12h", 36 * time.Hour},
		{"1d12h", "1d12h", 36 * time.Hour},
		{"1.5d", "1d12h", 36 * time.Hour},
		{"90m", "1h30m", 90 * time.Minute},
		{"24h", "1d", 24 * time.Hour},
		{"10s", "10s", 10 * time.Second},
		{"30", "", 0}, {"", "", 0}, {"d", "", 0}, {"-1d", "", 0}, {"1d-1h", "", 0}, {"1e9d", "", 0}, {"99999999999d", "", 0}, {"1w", "", 0},
	} {
		var d days
		err := d.Set(test.in)
		if (err == nil) != (test.out != "") {
			t.Errorf("%q: error %v", test.in, err)
			continue
		}
		if err != nil {
			continue
		}
		if time.Duration(d) != test.want || d.String() != test.out {
			t.Errorf("%q is %v, written %q; want %v, %q", test.in, time.Duration(d), d.String(), test.want, test.out)
		}
		var again days
		if err := again.Set(d.String()); err != nil || again != d {
			t.Errorf("%q, which %q is written as, is %v (%v)", d.String(), test.in, time.Duration(again), err)
		}
	}
}

func TestPairExplain(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"dedupe --explain a b f", "dedupe --explain a --explain b f"},
		{"dedupe f --explain a b", "dedupe f --explain a --explain b"},
		{"dedupe --explain a --explain b f", "dedupe --explain a --explain b f"},
		{"dedupe f --explain a", "dedupe f --explain a"},
		{"dedupe -- --explain a b", "dedupe -- --explain a b"},
		{"extract --explain f g", "extract --explain f g"},
	} {
		if got := pairExplain(strings.Fields(test.in)); !slices.Equal(got, strings.Fields(test.want)) {
			t.Errorf("%q becomes %q, want %q", test.in, got, test.want)
		}
	}
}

func TestDedupeProgress(t *testing.T) {
	r := &deduping{size: 2_000_000_000, read: 500_000_000}
	r.counts.articles, r.counts.exact, r.counts.near = 12345, 1000, 234
	if got, want := r.state(10*time.Second), "12,345 articles, 1,234 duplicates, 1,234/s, 25 % of 2.0 GB, 30s left"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	r.size = -1 // standard input
	if got, want := r.state(10*time.Second), "12,345 articles, 1,234 duplicates, 1,234/s"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestDedupeInterrupted: a signal ends a run that waits for more, with its exit
// code; what was judged is written, and not kept in the index.
func TestDedupeInterrupted(t *testing.T) {
	index := filepath.Join(t.TempDir(), "seen.db")
	in, feed := io.Pipe()
	defer feed.Close()
	out, written := io.Pipe()
	ctx, stop := context.WithCancelCause(t.Context())
	go func() {
		fmt.Fprintln(feed, `{"id":1,"text":"one"}`)
		line, err := bufio.NewReader(out).ReadString('\n')
		if want := `{"id":1,"text":"one","cluster_id":1}` + "\n"; line != want || err != nil {
			t.Errorf("written %q, %v; want %q", line, err, want)
		}
		stop(Interrupted(os.Interrupt))
	}()
	var talk strings.Builder
	if code := Main(ctx, []string{"dedupe", "--index", index, "-"}, Options{In: in, Out: written, Err: &talk}); code != 130 {
		t.Errorf("exit %d, want 130: %s", code, &talk)
	}
	var again strings.Builder
	code := Main(t.Context(), []string{"dedupe", "--index", index, "-"}, Options{In: strings.NewReader(`{"id":1,"text":"one","url":"https://x.example/1"}`), Out: &again, Err: &talk})
	if code != 0 || strings.Contains(again.String(), "duplicate_of") {
		t.Errorf("exit %d: %s%s", code, &again, &talk)
	}
}
