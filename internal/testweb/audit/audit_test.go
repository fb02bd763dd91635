package audit

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/newsonce/newsonce/cmd/newsonce/cli"
	"github.com/newsonce/newsonce/internal/testpg"
)

var (
	hosts = flag.Int("hosts", 200, "hosts that are crawled")
	pages = flag.Int("pages", 5, "articles per host")
	bare  = flag.Bool("bare", false,
		"also measure a program that only sends the same requests at the same pace")
	delay = flag.Duration("delay", 50*time.Millisecond,
		"delay of each host; from 1s on, CPU and time must reach their goals: -delay 1s -pages 30")
)

// asProgram is a variable that makes the test binary run as newsonce.
const asProgram = "NEWSONCE_AUDIT_PROGRAM"

// asLoop is a variable that makes it request pages only. Its value lists the hosts;
// flags give the number of pages and the delay.
const asLoop = "NEWSONCE_AUDIT_LOOP"

func TestMain(m *testing.M) {
	if hosts := os.Getenv(asLoop); hosts != "" {
		flag.Parse()
		loop(strings.Fields(hosts))
		os.Exit(0)
	}
	if os.Getenv(asProgram) != "" {
		os.Exit(cli.Main(context.Background(), os.Args[1:], cli.Options{}))
	}
	os.Exit(testpg.Run(m))
}

// Goals for a crawl at a delay of a second or more.
const (
	mostCPU  = 0.10 // of one core
	mostTime = 1.1  // of the ideal
)

func TestPoliteness(t *testing.T) {
	if *bare {
		requestsOnly(t)
	}
	w, err := Serve(Options{Hosts: *hosts, Pages: *pages, Delay: *delay})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "crawl.yaml"), []byte(w.Config()), 0o600); err != nil {
		t.Fatal(err)
	}
	cpu, took := crawl(t, dir)
	r := w.Check()
	for i, wrong := range r.Wrong {
		if i == 20 {
			t.Errorf("and %d more", len(r.Wrong)-i)
			break
		}
		t.Error(wrong)
	}
	if n := articles(t, dir); n != w.Articles() {
		t.Errorf("%d articles were written, want %d", n, w.Articles())
	}
	share, ratio := cpu.Seconds()/took.Seconds(), r.Took.Seconds()/r.Ideal.Seconds()
	t.Logf("%d hosts, %d requests, delay %v: %v, %.3f of the ideal %v; %.1f %% of one core (%v); shortest pause %.3f of the one due",
		*hosts, r.Requests, *delay, r.Took.Round(time.Millisecond), ratio, r.Ideal.Round(time.Millisecond), 100*share, cpu.Round(time.Millisecond), r.Least)
	if *delay >= time.Second && (share > mostCPU || ratio > mostTime) {
		t.Errorf("%.1f %% of one core and %.3f of the ideal time, goals are %.0f %% and %.2f", 100*share, ratio,
			100*mostCPU, mostTime)
	}
}

// TestPolitenessOfAFleet has three processes crawl the hosts together.
func TestPolitenessOfAFleet(t *testing.T) {
	w, err := Serve(Options{Hosts: min(*hosts, 60), Pages: *pages, Delay: *delay})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	dir := t.TempDir()
	config := strings.Replace(w.Config(), "state: state.db", "state: "+strconv.Quote(testpg.Database(t)), 1)
	if err := os.WriteFile(filepath.Join(dir, "crawl.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() { crawl(t, dir) })
	}
	all.Wait()
	r := w.Check()
	for _, wrong := range r.Wrong[:min(20, len(r.Wrong))] {
		t.Error(wrong)
	}
	if n := articles(t, dir); n != w.Articles() {
		t.Errorf("%d articles were written, want %d", n, w.Articles())
	}
	t.Logf("%d requests in %v, ideal %v; shortest pause %.3f of the one due", r.Requests, r.Took.Round(time.Millisecond),
		r.Ideal.Round(time.Millisecond), r.Least)
}

// crawl runs the program and returns its CPU time and duration.
func crawl(t *testing.T, dir string) (cpu, took time.Duration) {
	return run(t, dir, asProgram+"=1", "crawl")
}

// requestsOnly measures the cost of the requests alone.
func requestsOnly(t *testing.T) {
	w, err := Serve(Options{Hosts: *hosts, Pages: *pages, Delay: *delay})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	var list []string
	for _, h := range w.hosts {
		list = append(list, h.address)
	}
	cpu, took := run(t, t.TempDir(), asLoop+"="+strings.Join(list, " "), "-pages", strconv.Itoa(*pages), "-delay",
		delay.String())
	t.Logf("requests only: %.1f %% of one core (%v)", 100*cpu.Seconds()/took.Seconds(), cpu.Round(time.Millisecond))
}

// loop requests the pages of each host, one per delay.
func loop(hosts []string) {
	client := http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}}
	var wg sync.WaitGroup
	for _, host := range hosts {
		wg.Go(func() {
			next := time.Now()
			for i := range *pages {
				time.Sleep(time.Until(next))
				next = time.Now().Add(*delay)
				if resp, err := client.Get(fmt.Sprintf("http://%s/news/%d", host, i)); err == nil {
					io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
			}
		})
	}
	wg.Wait()
}

// run starts this test binary in another role.
func run(t *testing.T, dir, role string, args ...string) (cpu, took time.Duration) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), role)
	var said bytes.Buffer
	cmd.Stderr = &said
	begun := time.Now()
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, said.String())
	}
	if said.Len() > 0 {
		t.Log(strings.TrimSpace(said.String()))
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), time.Since(begun)
}

// articles returns the number of articles in the output.
func articles(t *testing.T, dir string) int {
	items, err := os.ReadFile(filepath.Join(dir, "items.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(items, []byte(`{"type":"article"`))
}

// Check notices each kind of violation.
func TestCheckNotices(t *testing.T) {
	at := func(ms int) time.Time { return time.Unix(0, int64(ms)*1e6) }
	for _, tt := range []struct {
		name   string
		host   rules
		visits []Visit
		want   string // part of the one complaint; "" = none
	}{
		{"all is well", rules{}, []Visit{{Path: "/robots.txt", Begin: at(0), End: at(1)},
			{Path: "/news/0", Begin: at(101), End: at(102), Status: 200}}, ""},
		{"too soon", rules{}, []Visit{{Path: "/robots.txt", Begin: at(0), End: at(2)},
			{Path: "/news/0", Begin: at(101), End: at(102), Status: 200}}, "due was 100ms"},
		{"robots.txt not first", rules{}, []Visit{{Path: "/news/0", Begin: at(0), End: at(1), Status: 200},
			{Path: "/robots.txt", Begin: at(101), End: at(102)}}, "before robots.txt"},
		{"robots.txt twice", rules{}, []Visit{{Path: "/robots.txt", Begin: at(0), End: at(1), Status: 404},
			{Path: "/robots.txt", Begin: at(101), End: at(102), Status: 404},
			{Path: "/news/0", Begin: at(202), End: at(203), Status: 200}}, "2 times"},
		{"forbidden", rules{forbidden: "/news/private/"}, []Visit{{Path: "/robots.txt", Begin: at(0), End: at(1)},
			{Path: "/news/private/1", Begin: at(101), End: at(102)}, {Path: "/news/0", Begin: at(202), End: at(203),
				Status: 200}}, "forbids"},
		{"crawl-delay", rules{crawlDelay: 300 * time.Millisecond},
			[]Visit{{Path: "/robots.txt", Begin: at(0), End: at(1)}, {Path: "/news/0", Begin: at(201), End: at(202),
				Status: 200}}, "due was 300ms"},
		{"retry-after", rules{}, []Visit{{Path: "/robots.txt", Begin: at(0), End: at(1)},
			{Path: "/news/0", Begin: at(101), End: at(102), Status: 503, RetryAfter: time.Second},
			{Path: "/news/0", Begin: at(1101), End: at(1102), Status: 200}}, "Retry-After"},
		{"page again", rules{}, []Visit{{Path: "/robots.txt", Begin: at(0), End: at(1)},
			{Path: "/news/0", Begin: at(101), End: at(102), Status: 200},
			{Path: "/news/0", Begin: at(202), End: at(203), Status: 200}}, "requested again"},
		{"page missing", rules{}, []Visit{{Path: "/robots.txt", Begin: at(0), End: at(1)}}, "not fetched"},
		{"three at once", rules{concurrency: 2}, []Visit{{Path: "/robots.txt", Begin: at(0), End: at(500)},
			{Path: "/a", Begin: at(100), End: at(500)}, {Path: "/news/0", Begin: at(200), End: at(300), Status: 200}},
			"3 requests at once"},
		{"never visited", rules{}, nil, "never visited"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := &Web{Options: Options{Pages: 1, Delay: 100 * time.Millisecond}, hosts: []*host{{rules: tt.host}}}
			for i := range tt.visits {
				w.log.visits = append(w.log.visits, &tt.visits[i])
			}
			got := w.Check().Wrong
			if tt.want == "" && len(got) > 0 || tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)) {
				t.Errorf("Check: %q, want one complaint with %q", got, tt.want)
			}
		})
	}
}
