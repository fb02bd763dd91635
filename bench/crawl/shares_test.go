//go:build unix

package crawl

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"testing"
	"time"
)

// profiled runs f and writes a CPU profile to file.
func profiled(file string, f func() error) error {
	if file == "" {
		return f()
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer out.Close()
	if err := pprof.StartCPUProfile(out); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return f()
}

// parts divide the CPU time of a crawl. A sample belongs to the first part with a mark
// in a function of its stack.
var parts = []struct {
	name  string
	marks []string
}{
	{"gc", []string{"runtime.gcBgMarkWorker", "runtime.gcAssistAlloc", "runtime.bgsweep", "runtime.bgscavenge",
		"runtime.gcStart", "runtime.(*mspan).sweep"}},
	{"fdatasync", []string{"output.datasync", "unixFdatasync", "Xfdatasync", "_full_fsync", "unixSync"}},
	{"sqlite", []string{"crawler/state/sqlite.", "modernc.org/sqlite", "modernc.org/libc", "zombiezen.com/go/sqlite"}},
	{"encode", []string{"item.(*Encoder)", "encoding/json."}},
	{"html.Parse", []string{"x/net/html.Parse", "x/net/html.parse", "x/net/html.(*parser)"}},
	{"extract", []string{"crawler/extract"}},
	{"urlkey", []string{"dedupe/urlkey."}},
	{"fingerprint", []string{"newsonce/dedupe.", "item.ID"}},
	{"charset", []string{"fetch.decodeHTML"}},
	{"http", []string{"crawler/fetch.", "net/http.", "net.(*", "gocolly/colly"}},
	{"output", []string{"newsonce/output."}},
	{"crawler", []string{"newsonce/crawler"}},
	{"start", []string{"runtime.main", "cmd/newsonce/cli.", "runtime.doInit"}},
	{"scheduler", []string{"runtime."}},
}

// BenchmarkShares crawls the site with newsonce under a CPU profile and reports the
// share of each part in per cent. go tool pprof reads the profiles of all rounds.
//
//	go test -run '^$' -bench Shares -benchtime 5x ./crawl -profiles DIR
func BenchmarkShares(b *testing.B) {
	s := serve(b, world(*articles))
	dir := *profiles
	if dir == "" {
		dir = b.TempDir()
	}
	var files []string
	for b.Loop() {
		file := filepath.Join(dir, fmt.Sprintf("newsonce-%d.pprof", len(files)))
		s.run(b, "newsonce", b.TempDir(), profVar+"="+file)
		files = append(files, file)
	}
	spent, err := shares(files)
	if err != nil {
		b.Fatal(err)
	}
	total := time.Duration(0)
	for _, d := range spent {
		total += d
	}
	b.ReportMetric(0, "ns/op")
	for name, d := range spent {
		b.ReportMetric(100*float64(d)/float64(total), name+"-%")
	}
}

// shares adds up the samples of profiles by part. go tool pprof prints each sample as a
// line of dashes, the time with the innermost function, and the callers.
func shares(files []string) (map[string]time.Duration, error) {
	out, err := exec.Command("go", append([]string{"tool", "pprof", "-traces"}, files...)...).Output()
	if err != nil {
		return nil, fmt.Errorf("go tool pprof -traces: %w", err)
	}
	spent := map[string]time.Duration{}
	var stack []string
	var took time.Duration
	add := func() {
		if len(stack) > 0 {
			spent[part(stack)] += took
		}
		stack, took = nil, 0
	}
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		switch {
		case strings.HasPrefix(lines.Text(), "-----------+"):
			add()
		case len(fields) == 0:
		case took > 0:
			stack = append(stack, strings.Join(fields, " "))
		default:
			d, err := time.ParseDuration(fields[0])
			if err == nil && len(fields) > 1 {
				took, stack = d, append(stack, strings.Join(fields[1:], " "))
			}
		}
	}
	add()
	return spent, nil
}

func part(stack []string) string {
	for _, p := range parts {
		for _, function := range stack {
			for _, mark := range p.marks {
				if strings.Contains(function, mark) {
					return p.name
				}
			}
		}
	}
	return "other"
}
