//go:build linux

package crawl

import (
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
	growth = flag.Int("growth", 2000, "pages of the archive in TestGrowth; its figures mean something from 100000 on")
	shots  = flag.Int("growth-kills", 0, "kills of the program in TestGrowth")
)

// mostBack bounds how far a kill sets an archive back: a batch and what is in flight.
const mostBack = 64 + 16

// archive is a site of n small pages, two of which may be added later, and a log of
// the requests for them.
type archive struct {
	*httptest.Server
	n        int
	requests []uint8 // by page; two workers never request the same page
	served   atomic.Int64
	repeated atomic.Int64
	highest  atomic.Int64
	lowest   atomic.Int64 // since the program was started
}

func newArchive(n int) *archive {
	a := &archive{n: n, requests: make([]uint8, n+3)}
	a.lowest.Store(math.MaxInt64)
	a.Server = httptest.NewServer(a)
	return a
}

func (a *archive) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/a/"))
	if err != nil || id < 1 || id > a.n+2 {
		http.NotFound(w, r)
		return
	}
	if a.requests[id]++; a.requests[id] > 1 {
		a.repeated.Add(1)
	}
	a.served.Add(1)
	atMost(&a.lowest, int64(id))
	atLeast(&a.highest, int64(id))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(w, smallPage(id, id == a.n+2))
}

func atMost(x *atomic.Int64, n int64) {
	for old := x.Load(); n < old && !x.CompareAndSwap(old, n); old = x.Load() {
	}
}

func atLeast(x *atomic.Int64, n int64) {
	for old := x.Load(); n > old && !x.CompareAndSwap(old, n); old = x.Load() {
	}
}

// smallPage returns page n, about 1.5 KB with a text of its own. Each page is a minute
// younger than the one before, except for the oldest.
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
	return fmt.Sprintf("<!DOCTYPE html><html lang=en><head><title>%s</title></head><body><h1>%[1]s</h1>"+
		"<time datetime=%q>%[2]s</time><div class=text>%s</div></body></html>",
		strings.TrimSuffix(sentence(7), "."), day.Format(time.RFC3339), p.String())
}

// configure writes a crawl.yaml for the pages up to last.
func (a *archive) configure(t *testing.T, dir string, last int) {
	t.Helper()
	config := fmt.Sprintf(`version: 1
user_agent: "newsonce-bench/1 (+https://news.example/)"
output: {path: items.jsonl}
defaults: {delay: 0s, concurrency: 8, allow_private: [127.0.0.0/8]}
sites:
  - name: growth
    sources: [{archive: {url: "%s/a/{id}", id: {from: 1, to: %d}}}]
    article: {title: h1, body: ".text p", date_published: time@datetime}
`, a.URL, last)
	if err := os.WriteFile(filepath.Join(dir, "crawl.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestGrowth backfills an archive of -growth small pages and samples memory, CPU and
// state on the way. Every page must be written once, even if the program is killed
// -growth-kills times, and few may be fetched twice.
func TestGrowth(t *testing.T) {
	a := newArchive(*growth)
	defer a.Close()
	dir := t.TempDir()
	a.configure(t, dir, a.n)
	back := a.killed(t, dir, *shots)
	c := startProgram(t, dir)
	samples := watch(t, c, filepath.Join(dir, "newsonce.db"), a)
	if err := c.Wait(); err != nil {
		t.Fatal(err)
	}
	a.written(t, dir)
	t.Logf("%d pages, each written once; %d kills, %d pages fetched again; set back by at most %d pages",
		a.n, *shots, a.repeated.Load(), back)
	if back > mostBack {
		t.Errorf("a kill set the archive back by %d pages, want at most %d", back, mostBack)
	}
	if most := int64(mostBack * *shots); a.repeated.Load() > most {
		t.Errorf("%d pages were fetched again, want at most %d", a.repeated.Load(), most)
	}
	for i, s := range samples {
		text := fmt.Sprintf("%8d pages: RSS %5.1f MB, peak since %5.1f MB, state %5.0f bytes per page", s.pages,
			float64(s.rss)/1e6, float64(s.peak)/1e6, float64(s.state)/float64(s.pages))
		if i > 0 {
			was := samples[i-1]
			text += fmt.Sprintf(", %.2f ms of CPU per page since", (s.cpu-was.cpu).Seconds()*1000/float64(s.pages-was.pages))
		}
		t.Log(text)
	}
	served := a.served.Load()
	for i, what := range []string{"nothing new", "one new page, for which what is known is loaded",
		"a page older than all, which is compared with all"} {
		a.configure(t, dir, a.n+i)
		further(t, dir, what)
		if got := a.served.Load() - served; got != int64(i) {
			t.Errorf("%d pages were fetched after the end, want the %d new ones", got, i)
		}
	}
}

func startProgram(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	c := process(programRole, "", dir)
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// killed kills n backfills at random moments and returns how far the archive was set
// back at most.
func (a *archive) killed(t *testing.T, dir string, n int) (back int64) {
	t.Helper()
	rng := rand.New(rand.NewPCG(uint64(a.n), 1))
	for k := range n {
		reached := a.highest.Load()
		c := startProgram(t, dir)
		target := int64((k+1)*a.n/(n+2) + rng.IntN(1+a.n/(n+2)/4))
		for a.served.Load() < target && !zombie(c.Process.Pid) {
			time.Sleep(5 * time.Millisecond)
		}
		c.Process.Kill()
		c.Wait()
		if lowest := a.lowest.Swap(math.MaxInt64); lowest != math.MaxInt64 {
			back = max(back, reached-lowest+1)
		}
	}
	return back
}

// written requires that the output holds each page once.
func (a *archive) written(t *testing.T, dir string) {
	t.Helper()
	items, err := os.ReadFile(filepath.Join(dir, "items.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	times := map[string]int{}
	for line := range strings.Lines(string(items)) {
		_, rest, ok := strings.Cut(line, `"url":"`)
		url, _, _ := strings.Cut(rest, `"`)
		if !ok || !strings.HasSuffix(line, "}\n") {
			t.Fatalf("broken line %.200q", line)
		}
		times[url]++
	}
	for id := 1; id <= a.n; id++ {
		if got := times[fmt.Sprintf("%s/a/%d", a.URL, id)]; got != 1 {
			t.Fatalf("page %d was written %d times", id, got)
		}
	}
}

// further runs a backfill after the end of the first and logs its cost.
func further(t *testing.T, dir, what string) {
	t.Helper()
	start, peak := time.Now(), int64(0)
	c := startProgram(t, dir)
	for ; !zombie(c.Process.Pid); time.Sleep(5 * time.Millisecond) {
		peak = max(peak, rss(c.Process.Pid))
	}
	if err := c.Wait(); err != nil {
		t.Fatalf("a run with %s: %v", what, err)
	}
	t.Logf("a run with %s: %.2f s, of CPU %.2f s, peak RSS %.1f MB", what, time.Since(start).Seconds(),
		(c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds(), float64(peak)/1e6)
}

// sample is the state of the program after a number of pages.
type sample struct {
	pages int
	rss   int64 // bytes
	peak  int64 // of rss since the previous sample
	cpu   time.Duration
	state int64 // bytes
}

// watch samples the program at every tenth of the pages until it has ended.
func watch(t *testing.T, c *exec.Cmd, db string, a *archive) []sample {
	t.Helper()
	var samples []sample
	step, peak := max(1, a.n/10), int64(0)
	for next := (int(a.served.Load())/step + 1) * step; next <= a.n; {
		now := rss(c.Process.Pid)
		peak = max(peak, now)
		if a.served.Load() < int64(next) {
			if zombie(c.Process.Pid) {
				break
			}
			time.Sleep(5 * time.Millisecond)
			continue
		}
		s := sample{pages: int(a.served.Load()), rss: now, peak: peak, cpu: cpuOf(c.Process.Pid)}
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

// procStat returns the fields of /proc/PID/stat after the name, see proc(5).
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

// cpuOf returns the CPU time of a process: fields utime and stime, in ticks of 10 ms.
func cpuOf(pid int) time.Duration {
	f := procStat(pid)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// rss returns the resident memory of a process in bytes: field rss, in pages.
func rss(pid int) int64 {
	f := procStat(pid)
	if len(f) < 22 {
		return 0
	}
	pages, _ := strconv.ParseInt(f[21], 10, 64)
	return pages * int64(os.Getpagesize())
}
