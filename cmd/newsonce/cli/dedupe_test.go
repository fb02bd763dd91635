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

	"github.com/newsonce/newsonce/dedupe/filter"
)

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
	p := dedupeProgress{size: 2_000_000_000}
	s := filter.Summary{Articles: 12345, Exact: 1000, Near: 234, Bytes: 500_000_000}
	if got, want := p.line(&s, 10*time.Second), "12,345 articles, 1,234 duplicates, 1,234/s, 25 % of 2.0 GB, 30s left"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	p.size = -1 // standard input
	if got, want := p.line(&s, 10*time.Second), "12,345 articles, 1,234 duplicates, 1,234/s"; got != want {
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
