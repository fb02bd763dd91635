package postgres

import (
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/internal/testpg"
	"github.com/newsonce/newsonce/output"
)

var (
	benchKnown   = flag.Int("known", 20_000, "URLs that are known when the benchmark begins")
	benchWriters = flag.Int("writers", 8, "processes that commit at once")
	benchDurable = flag.Bool("durable", false, "have the server write each commit to the disk")
)

// BenchmarkCommit commits batches of 64 pages from several stores at once. A page has 60
// links, one of them new, 15 headlines, one of them new, a new text, and a line of 3 kB. At
// the end all of it is counted.
func BenchmarkCommit(b *testing.B) {
	const pages, links, headlines = 64, 60, 15
	url := testpg.Database(b)
	server := testpg.Shared(b)
	open(b, url).Close()
	exec := func(statement string) {
		b.Helper()
		if err := server.ExecIn(b.Context(), url, statement); err != nil {
			b.Fatal(err)
		}
	}
	if *benchDurable {
		exec("ALTER SYSTEM SET fsync = on")
		exec("SELECT pg_reload_conf()")
	}
	exec(fmt.Sprintf(`INSERT INTO newsonce.site(name, urls) VALUES ('a', %[1]d); INSERT INTO newsonce.origin(name) VALUES ('https://a.example');
	    INSERT INTO newsonce.url(id, key, site, origin, state, url, source, found_on, found_at)
	        SELECT n, ('x' || substr(md5(n::text), 1, 16))::bit(64)::bigint, 1, 1, 1,
	            'https://a.example/2026/03/01/a-story-of-some-length-' || n, 'listing', 'https://a.example/', 1
	        FROM generate_series(1, %[1]d) n;
	    INSERT INTO newsonce.headline(id, key, site, title, first_seen, last_seen)
	        SELECT n, n + 1000000000, 1, 7, %[2]d, %[2]d FROM generate_series(1, %[1]d) n;
	    SELECT setval('newsonce.url_id', %[1]d), setval('newsonce.headline_id', %[1]d)`, *benchKnown, noon.UnixMilli()))
	exec("ANALYZE")
	keys := map[int]uint64{}
	s := open(b, url)
	rows, err := s.pool.Query(b.Context(), "SELECT id, key FROM newsonce.url")
	if err != nil {
		b.Fatal(err)
	}
	for rows.Next() {
		var id, key int64
		if err := rows.Scan(&id, &key); err != nil {
			b.Fatal(err)
		}
		keys[int(id)] = uint64(key)
	}
	rows.Close()

	var next atomic.Int64 // numbers of pages
	line := make([]byte, 3000)
	batch := func(rng *rand.Rand, l []state.Lease) state.Batch {
		batch := state.Batch{Run: "r", Leases: l}
		for range pages {
			n := next.Add(1)
			v := state.Visit{URL: state.URLID(int(n)*7919%*benchKnown + 1), Site: "a", State: state.Done, At: noon, Status: 200,
				Text: &state.Text{Key: uint64(n)<<20 | 1, Fields: 1, Words: 300, Outline: make([]byte, 100)}}
			binary.LittleEndian.PutUint64(v.Text.Hash[:], uint64(n))
			v.Links = append(v.Links, state.Link{URL: fmt.Sprintf("https://a.example/new-%d", n), Key: uint64(n)<<32 | 3,
				Origin: "https://a.example", Site: "a", Source: "page", Found: "https://a.example/"})
			for range links - 1 {
				v.Links = append(v.Links, state.Link{URL: "https://a.example/", Key: keys[rng.IntN(*benchKnown)+1],
					Origin: "https://a.example", Site: "a"})
			}
			v.Headlines = append(v.Headlines, state.Headline{Key: uint64(n)<<33 | 5, Title: 1})
			for range headlines - 1 {
				v.Headlines = append(v.Headlines, state.Headline{Key: uint64(rng.IntN(*benchKnown) + 1 + 1000000000), Title: 7})
			}
			batch.Visits = append(batch.Visits, v)
		}
		return batch
	}
	decide := func(verdicts []state.Verdict, _ []state.Withdrawn) (e state.Effects, err error) {
		for i := range verdicts {
			v := &verdicts[i]
			if v.Text == 0 || !v.Links[0].New || v.Links[1].New || v.Headlines[0] != 1 || v.Headlines[1] != 0 {
				return e, fmt.Errorf("verdict %+v", v)
			}
			e.Near = append(e.Near, state.Near{Text: v.Text, When: noon, Head: v.Text, Keys: make([]byte, 300), Sketch: make([]byte, 400)})
			e.Lines = append(e.Lines, state.Line{Key: output.Key{Site: "a", Type: "article", At: noon}, Text: line})
		}
		return e, nil
	}

	var work sync.WaitGroup
	var left atomic.Int64
	left.Store(int64(b.N))
	begun := time.Now()
	b.ResetTimer()
	for i := range *benchWriters {
		work.Go(func() {
			s, err := Open(b.Context(), url, state.OpenOptions{Versions: versions})
			if err != nil {
				b.Error(err)
				return
			}
			defer s.Close()
			grants, err := s.LeaseGroups(b.Context(), "bench", []string{fmt.Sprint(i)}, 1, time.Hour)
			if err != nil {
				b.Error(err)
				return
			}
			rng := rand.New(rand.NewPCG(uint64(i), 1))
			for left.Add(-1) >= 0 {
				if err := s.Commit(b.Context(), batch(rng, []state.Lease{grants[0].Lease}), decide); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	work.Wait()
	took := time.Since(begun)
	b.StopTimer()
	exec("ANALYZE")
	b.ReportMetric(float64(pages*b.N)/took.Seconds(), "pages/s")
	sizes, err := collect(b.Context(), s.pool, pgx.RowTo[string], `SELECT format('%s: %s bytes per row', relname,
	    pg_total_relation_size(oid) / greatest(reltuples, 1)::bigint) FROM pg_class
	    WHERE relnamespace = 'newsonce'::regnamespace AND relkind = 'r' AND relname IN ('url', 'text', 'near', 'headline')`)
	if err != nil {
		b.Fatal(err)
	}
	b.Log(sizes)
	var texts, urls, headings, lines int
	if err := s.pool.QueryRow(b.Context(), `SELECT (SELECT count(*) FROM newsonce.text), (SELECT count(*) FROM newsonce.url),
	    (SELECT count(*) FROM newsonce.headline), (SELECT count(*) FROM newsonce.outbox)`).Scan(&texts, &urls, &headings, &lines); err != nil {
		b.Fatal(err)
	}
	if want := pages * b.N; !b.Failed() && (texts != want || lines != want || urls != want+*benchKnown || headings != want+*benchKnown) {
		b.Errorf("%d texts, %d lines, %d URLs, %d headlines after %d pages", texts, lines, urls, headings, want)
	}
}
