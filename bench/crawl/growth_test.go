//go:build linux

package crawl

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/newsonce/newsonce/internal/demosite"
)

var (
	growth = flag.Int("growth", 2000, "pages of the archive in TestGrowth; figures from 100000 on mean something")
	shots  = flag.Int("growth-kills", 0, "how often TestGrowth kills the program on its way")
)

// smallPage is page n of an archive, about 1.5 KB; no two are similar. Page after
// page is a minute younger, but for one that is older than all.
func smallPage(n int, oldest bool) string {
	r := rand.New(rand.NewPCG(uint64(n), 7))
	sentence := func(words int) string { return demosite.Babble(r, words) }
	var p strings.Builder
	for range 4 {
		fmt.Fprintf(&p, "<p>%s %s %s</p>\n", sentence(14), sentence(18), sentence(12))
	}
	day := time.Date(2020, 1, 1, 9, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute)
	if oldest {
		day = day.AddDate(-5, 0, 0)
	}
	return fmt.Sprintf("<!DOCTYPE html><html lang=en><head><title>%s</title></head><body><h1>%[1]s</h1><time datetime=%q>%[2]s</time><div class=text>%s</div></body></html>",
		strings.TrimSuffix(sentence(7), "."), day.Format(time.RFC3339), p.String())
}

// sample is how the program stands when it has fetched so many pages.
type sample struct {
	pages int
	rss   int64 // bytes
	peak  int64 // the highest that was seen since the sample before
	cpu   time.Duration
	state int64 // bytes
}

// TestGrowth backfills an archive of -growth small pages and samples memory, CPU
// and state on the way. Every page must be written once, also when the program
// was killed -growth-kills times; then few may be fetched twice.
func TestGrowth(t *testing.T) {
	n := *growth
	var served atomic.Int64
	again := make([]uint8, n+3)
	var repeated, highest atomic.Int64
	var lowest atomic.Int64 // since the program was started last
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/a/"))
		if err != nil || id < 1 || id > n+2 {
			http.NotFound(w, r)
			return
		}
		if again[id]++; again[id] > 1 { // a page is never fetched by two workers
			repeated.Add(1)
		}
		served.Add(1)
		atMost(&lowest, int64(id))
		atLeast(&highest, int64(id))
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, smallPage(id, id == n+2))
	}))
	defer server.Close()
	dir := t.TempDir()
	config := func(last int) string {
		return fmt.Sprintf(`version: 1
user_agent: "newsonce-bench/1 (+https://news.example/)"
output: {path: items.jsonl}
defaults: {delay: 0s, concurrency: 8, allow_private: [127.0.0.0/8]}
sites:
  - name: growth
    sources: [{archive: {url: "%s/a/{id}", id: {from: 1, to: %d}}}]
    article: {title: h1, body: ".text p", date_published: time@datetime}
`, server.URL, last)
	}
	if err := os.WriteFile(filepath.Join(dir, "crawl.yaml"), []byte(config(n)), 0o600); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(uint64(n), 1))
	reached, back := int64(0), int64(0) // the last number before the program was started, and how far it went back at most
	lowest.Store(math.MaxInt64)
	restarted := func() {
		if at := lowest.Load(); at != math.MaxInt64 {
			back = max(back, reached-at+1)
		}
		reached = highest.Load()
		lowest.Store(math.MaxInt64)
	}
	for k := range *shots {
		c := process(programRole, "", dir)
		c.Stderr = os.Stderr
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		target := int64((k+1)*n/(*shots+2) + rng.IntN(1+n/(*shots+2)/4))
		ended := make(chan struct{})
		go func() { c.Wait(); close(ended) }() // killed
		for done := false; !done && served.Load() < target; {
			select {
			case <-ended:
				done = true
			case <-time.After(5 * time.Millisecond):
			}
		}
		c.Process.Kill()
		<-ended
		restarted()
	}
	c := process(programRole, "", dir)
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	samples := watch(t, c, filepath.Join(dir, "newsonce.db"), &served, n)
	if err := c.Wait(); err != nil {
		t.Fatal(err)
	}
	written := map[string]int{}
	for line := range strings.Lines(readFile(t, filepath.Join(dir, "items.jsonl"))) {
		_, rest, ok := strings.Cut(line, `"url":"`)
		url, _, _ := strings.Cut(rest, `"`)
		if !ok || !strings.HasSuffix(line, "}\n") {
			t.Fatalf("broken line %.200q", line)
		}
		written[url]++
	}
	for id := 1; id <= n; id++ {
		if got := written[fmt.Sprintf("%s/a/%d", server.URL, id)]; got != 1 {
			t.Fatalf("page %d was written %d times", id, got)
		}
	}
	restarted()
	kills := max(1, *shots)
	t.Logf("%d pages, each written once; %d fetched again, %.1f a kill of %d; %d numbers back at most", n, repeated.Load(), float64(repeated.Load())/float64(kills), *shots, back)
	if back > mostBack {
		t.Errorf("the archive went back by %d numbers after a kill, want at most %d: a batch, and what was under way", back, mostBack)
	}
	if repeated.Load() > int64((64+16)**shots) {
		t.Errorf("%d pages were fetched again, want at most %d a kill", repeated.Load(), 64+16)
	}
	for i, s := range samples {
		text := fmt.Sprintf("%8d pages: RSS %5.1f MB, at most %5.1f since, state %5.0f bytes a page", s.pages, float64(s.rss)/1e6, float64(s.peak)/1e6, float64(s.state)/float64(s.pages))
		if i > 0 {
			was := samples[i-1]
			text += fmt.Sprintf(", %.2f ms of CPU a page since", (s.cpu-was.cpu).Seconds()*1000/float64(s.pages-was.pages))
		}
		t.Log(text)
	}
	further := func(what string) {
		var said bytes.Buffer
		start := time.Now()
		c := process(programRole, "", dir)
		c.Stdout, c.Stderr = &said, &said
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		highest := int64(0)
		for ; !zombie(c.Process.Pid); time.Sleep(5 * time.Millisecond) {
			highest = max(highest, rss(c.Process.Pid))
		}
		if err := c.Wait(); err != nil {
			t.Fatalf("a run with %s: %v\n%s", what, err, said.Bytes())
		}
		t.Logf("a run with %s: %.2f s, of CPU %.2f s, RSS at most %.1f MB", what, time.Since(start).Seconds(),
			(c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds(), float64(highest)/1e6)
	}
	fetched := served.Load()
	further("nothing to do")
	for i, what := range []string{"one new page, which loads what is known", "a page older than all, which is compared with all"} {
		if err := os.WriteFile(filepath.Join(dir, "crawl.yaml"), []byte(config(n+1+i)), 0o600); err != nil {
			t.Fatal(err)
		}
		further(what)
		if got := served.Load() - fetched; got != int64(1+i) {
			t.Errorf("%d pages were fetched after the end, want the %d new ones", got, 1+i)
		}
	}
}

// mostBack is a batch and what is under way besides.
const mostBack = 64 + 16

func atMost(x *atomic.Int64, n int64) {
	for old := x.Load(); n < old && !x.CompareAndSwap(old, n); old = x.Load() {
	}
}

func atLeast(x *atomic.Int64, n int64) {
	for old := x.Load(); n > old && !x.CompareAndSwap(old, n); old = x.Load() {
	}
}

// watch samples the program at every tenth of n pages, until it has ended.
func watch(t *testing.T, c *exec.Cmd, db string, served *atomic.Int64, n int) []sample {
	t.Helper()
	var samples []sample
	step, peak := max(1, n/10), int64(0)
	for next := (int(served.Load())/step + 1) * step; next <= n; {
		now := rss(c.Process.Pid)
		peak = max(peak, now)
		if served.Load() < int64(next) {
			if zombie(c.Process.Pid) {
				break
			}
			time.Sleep(5 * time.Millisecond)
			continue
		}
		s := sample{pages: int(served.Load()), rss: now, peak: peak, cpu: cpuOf(c.Process.Pid)}
		for _, f := range []string{db, db + "-wal"} {
			if info, err := os.Stat(f); err == nil {
				s.state += info.Size()
			}
		}
		samples = append(samples, s)
		next, peak = next+step, 0
	}
	return samples
}

// procStat are the fields of /proc/PID/stat behind the name, see proc(5).
func procStat(pid int) []string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	return strings.Fields(rest)
}

func zombie(pid int) bool {
	f := procStat(pid)
	return len(f) == 0 || f[0] == "Z"
}

// cpuOf is the CPU time of a process: fields utime and stime, in ticks of 10 ms.
func cpuOf(pid int) time.Duration {
	f := procStat(pid)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// rss is the resident memory of a process: field rss, in pages.
func rss(pid int) int64 {
	f := procStat(pid)
	if len(f) < 22 {
		return 0
	}
	pages, _ := strconv.ParseInt(f[21], 10, 64)
	return pages * int64(os.Getpagesize())
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
