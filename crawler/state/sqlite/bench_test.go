//go:build unix

package sqlite

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
	"golang.org/x/sys/unix"
)

const (
	pagesPerCommit = 64
	newLinks       = 3 // of 60
	knownLinks     = 57
	newHeadlines   = 1 // of 15
	knownHeadlines = 14
)

// BenchmarkCommit stores pages as a crawl of news does: of 60 links 57 are
// known, of 15 headlines 14, the text is new; 64 pages a commit. cpu-us/page is
// what it costs; the time also holds the waits for the disk.
func BenchmarkCommit(b *testing.B) {
	for _, known := range []int{0, 1_000_000} {
		b.Run(fmt.Sprintf("known=%d", known), func(b *testing.B) { benchmarkCommit(b, known) })
	}
}

func benchmarkCommit(b *testing.B, known int) {
	ctx := b.Context()
	s := open(b, filepath.Join(b.TempDir(), "state.db"))
	defer s.Close()
	if known > 0 {
		know(b, s, known)
	}
	// The pages to visit, and links and headlines for them to repeat.
	claim(b, s, known+1, 100)
	p := pageMaker{nextURL: known + 101, nextHeadline: 1, visit: state.URLID(known + 1)}
	batch := state.Batch{Visits: make([]state.Visit, pagesPerCommit)}
	batch.Visits[0] = state.Visit{Site: "a", State: state.Done, At: at}
	p.headlines(&batch.Visits[0], 20)
	first := batch
	first.Visits = batch.Visits[:1]
	if err := s.Commit(ctx, first, func([]state.Verdict, []state.Withdrawn) (state.Effects,
		error) {
		return state.Effects{}, nil
	}); err != nil {
		b.Fatal(err)
	}
	urls, headlines := s.urls.last, s.headlines.last
	commits := 0
	var cpu time.Duration
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		for i := range batch.Visits {
			batch.Visits[i] = p.page()
		}
		b.StartTimer()
		before := used(b)
		err := s.Commit(ctx, batch, func(v []state.Verdict, _ []state.Withdrawn) (state.Effects, error) {
			return state.Effects{Outputs: []output.Position{{Key: "items.jsonl",
				Data: fmt.Appendf(nil, `{"offset":%d}`, commits)}}}, checkVerdicts(v)
		})
		if err != nil {
			b.Fatal(err)
		}
		cpu += used(b) - before
		commits++
	}
	b.ReportMetric(float64(cpu.Microseconds())/float64(commits*pagesPerCommit), "cpu-us/page")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(commits*pagesPerCommit), "us/page")
	pages := uint32(commits * pagesPerCommit)
	if got := s.urls.last - urls; got != pages*newLinks {
		b.Errorf("%d URLs were added by %d pages, want %d", got, pages, pages*newLinks)
	}
	if got := s.headlines.last - headlines; got != pages*newHeadlines {
		b.Errorf("%d headlines were added by %d pages, want %d", got, pages, pages*newHeadlines)
	}
	for _, query := range []string{"SELECT count(*) FROM text", "SELECT count(*) FROM url WHERE revision = 1"} {
		if n, err := only(s.conn, number, query); err != nil || n != int64(pages) {
			b.Errorf("%s: %d, %v, want %d", query, n, err, pages)
		}
	}
}

// BenchmarkDue reads a short queue, as a crawl of many sites does all the time.
func BenchmarkDue(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "state.db"))
	defer s.Close()
	const queued = 30
	claim(b, s, 1, queued)
	b.ReportAllocs()
	for b.Loop() {
		due, next, err := s.Due(b.Context(), state.Queue{Site: "a", Origin: "https://a.example"}, at, 2*queued)
		if err != nil || len(due) != queued || !next.IsZero() {
			b.Fatalf("%d URLs, %v, %v, want %d", len(due), next, err, queued)
		}
	}
}

// used is the processor time of this process.
func used(b *testing.B) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// pageMaker makes pages whose new links are visited later.
type pageMaker struct {
	nextURL, nextHeadline int
	visit                 state.URLID
}

func (p *pageMaker) page() state.Visit {
	v := state.Visit{URL: p.visit, Site: "a", State: state.Done, At: at, Status: 200, ETag: `"5f3a-61"`,
		Text: &state.Text{Key: uint64(p.visit), Fields: 1, Words: 400, Published: at}}
	binary.LittleEndian.PutUint64(v.Text.Hash[:], uint64(p.visit))
	p.visit++
	for j := range knownLinks { // spread over all that is known
		n := 1 + (uint64(p.nextURL)*2654435761+uint64(j)*40503)%uint64(p.nextURL-1)
		v.Links = append(v.Links, benchLink(int(n)))
	}
	for range newLinks {
		v.Links = append(v.Links, benchLink(p.nextURL))
		p.nextURL++
	}
	p.headlines(&v, newHeadlines)
	for j := range knownHeadlines {
		v.Headlines = append(v.Headlines, state.Headline{Key: uint64(p.nextHeadline - newHeadlines - 1 - j), Title: 1})
	}
	return v
}

// headlines adds n new headlines.
func (p *pageMaker) headlines(v *state.Visit, n int) {
	for range n {
		v.Headlines = append(v.Headlines, state.Headline{Key: uint64(p.nextHeadline), Title: 1})
		p.nextHeadline++
	}
}

func benchLink(n int) state.Link {
	return state.Link{URL: fmt.Sprintf("https://a.example/en/article/2026/03/a-title-of-some-length-%d/", n),
		Key:    uint64(n),
		Origin: "https://a.example", Site: "a", Depth: 1, Source: "listing", Found: "https://a.example/en/"}
}

func checkVerdicts(list []state.Verdict) error {
	for _, v := range list {
		links, headlines := 0, 0
		for _, l := range v.Links {
			if l.New {
				links++
			}
		}
		for _, revision := range v.Headlines {
			if revision == 1 {
				headlines++
			}
		}
		if v.Article != state.New || links != newLinks || headlines != newHeadlines {
			return fmt.Errorf("article %d, %d new links, %d new headlines", v.Article, links, headlines)
		}
	}
	return nil
}

// know makes n URLs known that are done.
func know(b *testing.B, s *leased, n int) {
	b.Helper()
	for first := 1; first <= n; first += 100_000 {
		claim(b, s, first, min(100_000, n-first+1))
	}
	if err := exec(s.conn, "UPDATE url SET state = 1"); err != nil {
		b.Fatal(err)
	}
	if err := exec(s.conn, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		b.Fatal(err)
	}
}
