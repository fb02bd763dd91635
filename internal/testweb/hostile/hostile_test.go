package hostile

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// program is newsonce with the waiting times below.
var program string

// times are the waiting times in nanoseconds, as a variable for the program.
const times = `TEST_TIMES={"PageRetry": 100000000, "SourceRetry": 100000000, "RobotsRetry": 100000000, "Patience": 4000000000}`

func TestMain(m *testing.M) {
	flag.Parse()
	// The crawls wait more than they compute.
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		flag.Set("test.parallel", "8")
	}
	dir, err := os.MkdirTemp("", "hostile")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	program = filepath.Join(dir, "program")
	args := []string{"build", "-o", program}
	if racing() {
		args = append(args, "-race")
	}
	if out, err := exec.Command("go", append(args,
		"github.com/newsonce/newsonce/internal/e2e/program")...).CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// racing reports whether the tests run under the race detector.
var racing = sync.OnceValue(func() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
})

// worst holds the highest figures and their cases.
var worst struct {
	mu                   sync.Mutex // guards all
	memory               int64
	took                 time.Duration
	memoryCase, tookCase string
}

func note(c Case, got *crawl) {
	worst.mu.Lock()
	defer worst.mu.Unlock()
	if got.memory > worst.memory {
		worst.memory, worst.memoryCase = got.memory, c.Name
	}
	if got.took > worst.took {
		worst.took, worst.tookCase = got.took, c.Name
	}
}

func TestCases(t *testing.T) {
	cases := All()
	names := map[string]bool{}
	for _, c := range cases {
		if names[c.Name] {
			t.Errorf("two cases are named %s", c.Name)
		}
		names[c.Name] = true
	}
	t.Run("all", func(t *testing.T) {
		for i, c := range cases {
			if racing() && (i%10 != 0 || c.Want.Bytes > 0) {
				continue // too slow: all starts of the program, and large responses
			}
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				for _, wrong := range attempt(t, c) {
					t.Errorf("%s; the crawler must %s: %s", c.Does, c.Must, wrong)
				}
			})
		}
	})
	t.Logf("%d cases; highest peak of memory %d MB (%s), longest crawl %v (%s)", len(cases), worst.memory>>20,
		worst.memoryCase, worst.took.Round(time.Millisecond), worst.tookCase)
}

// crawl is a run of the program against the server of a case.
type crawl struct {
	exit           int
	stdout, stderr string
	memory         int64 // peak, in bytes; 0 where it cannot be read
	took           time.Duration
}

// attempt crawls the site of a case and returns what went wrong.
func attempt(t *testing.T, c Case) []string {
	s, err := Serve(c)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "crawl.yaml"), []byte(s.Config()), 0o600); err != nil {
		t.Fatal(err)
	}
	if c.Secure != nil {
		if err := os.WriteFile(filepath.Join(dir, "ca.pem"), trusted().pem, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := run(dir, s)
	if err != nil {
		t.Fatal(err)
	}
	note(c, got)
	wrong := slices.Concat(c.Want.cost(s, got), c.Want.summary(got))
	items, broken := read(filepath.Join(dir, "items.jsonl"))
	wrong = append(wrong, broken...)
	wrong = append(wrong, c.Want.items(s, items)...)
	if len(wrong) > 0 || testing.Verbose() {
		t.Logf("exit %d after %v, %d MB, %d requests, %d KB sent\n%s", got.exit, got.took.Round(time.Millisecond),
			got.memory>>20, len(s.Log()), s.Sent()>>10, short(got.stderr))
	}
	return wrong
}

func run(dir string, s *Server) (*crawl, error) {
	ctx, cancel := context.WithTimeout(context.Background(), MaxTime+10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, append([]string{"crawl", "--json"}, s.c.Args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), times)
	if s.c.Secure != nil {
		cmd.Env = append(cmd.Env, "SSL_CERT_FILE="+filepath.Join(dir, "ca.pem"), "SSL_CERT_DIR="+dir)
	}
	for name, value := range s.c.Env {
		cmd.Env = append(cmd.Env, name+"="+s.fill(value))
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	done := make(chan struct{})
	peak := make(chan int64)
	go func() { peak <- watch(cmd.Process.Pid, done) }()
	err := cmd.Wait()
	close(done)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, err
	}
	return &crawl{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), <-peak, time.Since(begun)}, nil
}

// watch returns the peak memory of a process, in bytes (Linux only).
func watch(pid int, done <-chan struct{}) (peak int64) {
	for {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err == nil {
			if m := highWater.FindSubmatch(status); m != nil {
				kib, _ := strconv.ParseInt(string(m[1]), 10, 64)
				peak = max(peak, kib<<10)
			}
		}
		select {
		case <-done:
			return peak
		case <-time.After(20 * time.Millisecond):
		}
	}
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// cost checks requests, time, memory and messages.
func (w Want) cost(s *Server, got *crawl) (wrong []string) {
	add := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if n := s.Leaks(); n > 0 {
		add("%d connections to addresses that must not be contacted", n)
	}
	if got.memory > MaxMemory && !racing() {
		add("peak of %d MB of memory", got.memory>>20)
	}
	if limit := orElse(w.Time, MaxTime); got.took > limit {
		add("took %v, at most %v", got.took, limit)
	}
	if got.took < w.AtLeast {
		add("took %v, at least %v", got.took, w.AtLeast)
	}
	if limit := orElse(w.Requests, 8); len(s.Log()) > limit {
		add("%d requests, at most %d: %s", len(s.Log()), limit, short(fmt.Sprint(pathsOf(s))))
	}
	if limit := orElse(w.Bytes, 4<<20); s.Sent() > limit {
		add("%d bytes sent, at most %d", s.Sent(), limit)
	}
	for path, n := range w.Paths {
		if s.visits(path) > n {
			add("%s was requested %d times, want at most %d", path, s.visits(path), n)
		}
	}
	if m := talk.FindString(got.stderr); m != "" {
		add("stderr holds %q: %s", m, short(got.stderr))
	}
	if strings.ContainsFunc(strings.ReplaceAll(got.stderr, "\t", " "), isControl) {
		add("stderr holds control characters: %q", short(got.stderr))
	}
	return wrong
}

// talk matches what no run may print: a panic, a race, or a line of package log.
var talk = regexp.MustCompile(`(?m)panic|DATA RACE|^goroutine |^\d{4}/\d\d/\d\d .*`)

func orElse[T int | int64 | time.Duration](v, other T) T {
	if v == 0 {
		return other
	}
	return v
}

// summary checks the exit code and the counts.
func (w Want) summary(got *crawl) (wrong []string) {
	exits := w.Exit
	if exits == nil {
		exits = []int{0}
	}
	if !slices.Contains(exits, got.exit) {
		wrong = append(wrong, fmt.Sprintf("exit %d, want one of %v", got.exit, exits))
	}
	var report struct{ Totals map[string]any }
	if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
		return append(wrong, fmt.Sprintf("the summary is no JSON: %v: %s", err, short(got.stdout)))
	}
	for name, n := range w.Counts {
		if v, ok := report.Totals[name].(float64); !ok || int(v) != n {
			wrong = append(wrong, fmt.Sprintf("%s is %v, want %d", name, report.Totals[name], n))
		}
	}
	return wrong
}

// read returns the items of an output and what is wrong with its lines.
func read(file string) (items []map[string]any, wrong []string) {
	data, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, []string{err.Error()}
	}
	if len(data) > 0 && data[len(data)-1] != '\n' {
		wrong = append(wrong, "the last line does not end")
	}
	known := map[string]bool{}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var it map[string]any
		if err := json.Unmarshal(lines.Bytes(), &it); err != nil {
			wrong = append(wrong, fmt.Sprintf("a line is no JSON: %v: %s", err, short(lines.Text())))
			continue
		}
		if key := fmt.Sprint(it["type"], it["id"], it["revision"]); known[key] {
			wrong = append(wrong, "written twice: "+short(lines.Text()))
		} else {
			known[key] = true
		}
		items = append(items, it)
	}
	if err := lines.Err(); err != nil {
		wrong = append(wrong, err.Error())
	}
	return items, wrong
}

// items checks the written items.
func (w Want) items(s *Server, items []map[string]any) (wrong []string) {
	titles, references := []string{}, 0
	for _, it := range items {
		switch it["type"] {
		case "article":
			title, _ := it["title"].(string)
			titles = append(titles, title)
		case "reference":
			references++
		}
	}
	any := w.AnyOf
	if any == nil {
		any = [][]string{w.Articles}
		if w.Articles == nil {
			any[0] = Sound
		}
	}
	if !w.AnyArticles && !slices.ContainsFunc(any, func(set []string) bool { return same(set, titles) }) {
		wrong = append(wrong, fmt.Sprintf("the articles are %s, want %s", short(fmt.Sprintf("%q", titles)),
			short(fmt.Sprintf("%q", any))))
	}
	if !w.AnyArticles && w.References >= 0 && references != w.References {
		wrong = append(wrong, fmt.Sprintf("%d references, want %d", references, w.References))
	}
	if w.Check != nil {
		wrong = append(wrong, w.Check(s, items)...)
	}
	return wrong
}

func same(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func pathsOf(s *Server) []string {
	counts := map[string]int{}
	for _, r := range s.Log() {
		counts[r.Path]++
	}
	var list []string
	for _, p := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, fmt.Sprintf("%s x%d", p, counts[p]))
	}
	return list
}

// short leaves out the middle of a long text.
func short(s string) string {
	if len(s) > 1500 {
		return s[:1000] + " ... " + s[len(s)-400:]
	}
	return s
}
