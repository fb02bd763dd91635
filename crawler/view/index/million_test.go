//go:build !windows

package index

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/view"
	"github.com/newsonce/newsonce/output"
)

var (
	million = flag.Int("items", 0, "TestMany: index this `number` of items, half of them articles of 3 KB")
	kept    = flag.String("index", "", "TestMany: keep the index in this `file`, and use the one that is there")
)

// TestMany measures an index of many items: time to make it, searches, memory.
//
//	go test ./crawler/view/index -run TestMany -v -items 1000000
func TestMany(t *testing.T) {
	if *million == 0 {
		t.Skip("-items is not given")
	}
	debug.SetMemoryLimit(250 << 20)
	path := *kept
	if path == "" {
		path = filepath.Join(t.TempDir(), "x.db")
	}
	x := open(t, path)
	defer x.Close()
	c := newCorpus()
	begin, cpu := time.Now(), processorTime()
	items := &view.Items{Segments: []output.Segment{output.NewSegment("made up", -1,
		func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(&corpusReader{corpus: c, left: *million}), nil
		})}}
	if err := x.Update(t.Context(), items, nil); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d items, %d MB of lines: %.0f s, processor time %.0f s, file %d MB, peak of memory %d MB",
		*million, c.written>>20, time.Since(begin).Seconds(), processorTime()-cpu, info.Size()>>20, peak()>>20)

	var all, allProcessor []time.Duration
	for _, kind := range []struct {
		name  string
		query func() Query
	}{
		{"one word", func() Query { return Query{Text: c.word()} }},
		{"two words", func() Query { return Query{Text: c.word() + " " + c.word()} }},
		{"three words, of articles of a site", func() Query {
			return Query{Text: c.word() + " " + c.word() + " " + c.word(), Site: c.site(), Type: "article"}
		}},
		{"phrase", func() Query {
			w := strings.Fields(c.sentence())
			return Query{Text: fmt.Sprintf("%q", strings.Join(w[:3], " "))}
		}},
		{"word without another, oldest first", func() Query { return Query{Text: c.word() + " -" + c.word(), Oldest: true} }},
		{"beginning of a word", func() Query { return Query{Text: c.word() + " " + c.long()[:4] + "*"} }},
		{"author and week", func() Query {
			from := corpusEnd.AddDate(0, 0, -7*c.random.IntN(100)-7)
			return Query{Author: c.author(), From: from, To: from.AddDate(0, 0, 7)}
		}},
		{"site alone", func() Query { return Query{Site: c.site()} }},
	} {
		var times, processor []time.Duration
		found, slowest := 0, ""
		for range 200 {
			q := kind.query()
			begin, cpu := time.Now(), processorTime()
			r, err := x.Search(t.Context(), q)
			if err != nil {
				t.Fatalf("%+v: %v", q, err)
			}
			took := time.Since(begin)
			if len(r.Hits) > 0 {
				found++
			}
			if len(times) == 0 || took > slices.Max(times) {
				slowest = q.Text
			}
			times = append(times, took)
			processor = append(processor, time.Duration((processorTime()-cpu)*1e9))
		}
		all, allProcessor = append(all, times...), append(allProcessor, processor...)
		slices.Sort(times)
		slices.Sort(processor)
		t.Logf("%-36s median %5.1f ms, p95 %5.1f ms, most %5.1f ms (%s), p95 of processor time %5.1f ms; %d of 200 found something",
			kind.name, ms(times[100]), ms(times[190]), ms(times[199]), slowest, ms(processor[190]), found)
	}
	slices.Sort(all)
	slices.Sort(allProcessor)
	p95 := len(all) * 95 / 100
	t.Logf("all searches: p95 %.1f ms, of processor time %.1f ms", ms(all[p95]), ms(allProcessor[p95]))
	t.Logf("peak of memory %d MB, now %d MB", peak()>>20, resident()>>20)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func processorTime() float64 {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return float64(r.Utime.Sec+r.Stime.Sec) + float64(r.Utime.Usec+r.Stime.Usec)/1e6
}

func peak() int64 { return status("VmHWM:") }

func resident() int64 { return status("VmRSS:") }

// status reads a size of this process, 0 where the system does not tell it.
func status(name string) (bytes int64) {
	text, _ := os.ReadFile("/proc/self/status")
	if _, rest, ok := strings.Cut(string(text), name); ok {
		_, _ = fmt.Sscan(rest, &bytes)
	}
	return bytes << 10
}

// corpus makes up texts of sentences whose words have the frequencies of a language.
type corpus struct {
	random    *rand.Rand
	frequent  *rand.Zipf
	words     []string
	sentences []string
	written   int64
}

var corpusEnd = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

func newCorpus() *corpus {
	c := &corpus{random: rand.New(rand.NewPCG(1, 2))}
	c.frequent = rand.NewZipf(c.random, 1.07, 2.7, 199_999)
	for range 200_000 {
		word := make([]byte, 2+c.random.IntN(9))
		for i := range word {
			word[i] = "etaoinshrdlucmfw"[c.random.IntN(16)]
		}
		c.words = append(c.words, string(word))
	}
	for range 50_000 {
		var b strings.Builder
		for b.Len() < 60+c.random.IntN(80) {
			b.WriteString(c.word() + " ")
		}
		c.sentences = append(c.sentences, b.String())
	}
	return c
}

func (c *corpus) word() string     { return c.words[c.frequent.Uint64()] }
func (c *corpus) sentence() string { return c.sentences[c.random.IntN(len(c.sentences))] }
func (c *corpus) site() string     { return fmt.Sprintf("site-%02d", c.random.IntN(100)) }
func (c *corpus) author() string   { return "Author " + c.words[1000+c.random.IntN(3000)] }
func (c *corpus) long() string {
	for {
		if w := c.word(); len(w) > 5 {
			return w
		}
	}
}

// item appends the i-th line: an article, or a headline.
func (c *corpus) item(b []byte, i int) []byte {
	at := corpusEnd.Add(-time.Duration(c.random.IntN(3*365*24*60)) * time.Minute).Format("2006-01-02T15:04:05+00:00")
	site := c.site()
	title := c.sentence()
	if i%2 == 1 {
		return fmt.Appendf(b, `{"type":"headline","id":"%032x","site":"%s","url":"https://%s.example/news/%d","title":"%s","date_published":"%s","first_seen":"2026-12-01T00:00:00Z"}`+"\n",
			i, site, site, i-1, title, at)
	}
	b = fmt.Appendf(b, `{"type":"article","id":"%032x","site":"%s","url":"https://%s.example/news/%d","title":"%s","content_text":"`, i, site, site, i, title)
	for begin := len(b); len(b) < begin+3000; {
		b = append(b, c.sentence()...)
	}
	return fmt.Appendf(b, `","date_published":"%s","authors":[{"name":"%s"}],"fetched_at":"2026-12-01T00:00:00Z"}`+"\n", at, c.author())
}

type corpusReader struct {
	*corpus
	left int
	text []byte
	rest []byte
}

func (r *corpusReader) Read(b []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.left == 0 {
			return 0, io.EOF
		}
		r.left--
		r.text = r.item(r.text[:0], r.left)
		r.rest = r.text
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	r.written += int64(n)
	return n, nil
}
