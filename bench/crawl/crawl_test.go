//go:build unix

package crawl

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/internal/demosite"
)

var (
	articles = flag.Int("articles", 800, "articles of the benchmark site")
	profiles = flag.String("profiles", "", "folder for the CPU profiles of BenchmarkShares and BenchmarkReal")
)

// world returns the options of a site with n articles on pages of 60 KB, crawled
// without a delay.
func world(n int) demosite.Options {
	return demosite.Options{Articles: n, Padding: 60_000, Parallel: parallel}
}

// wrong returns what is wrong with the output of a subject.
func (s *site) wrong(tb testing.TB, name, dir string) []string {
	tb.Helper()
	if name != "newsonce" {
		return differences(s.World, dir)
	}
	f, err := os.Open(filepath.Join(dir, "items.jsonl"))
	if err != nil {
		return []string{err.Error()}
	}
	defer f.Close()
	return s.Truth().Check(f)
}

// checked runs a subject and requires that its output is right.
func (s *site) checked(tb testing.TB, name string) cost {
	tb.Helper()
	dir := tb.TempDir()
	got := s.run(tb, name, dir)
	if problems := s.wrong(tb, name, dir); len(problems) > 0 {
		tb.Fatalf("%s: %d differences from what the site published, the first: %s", name, len(problems), problems[0])
	}
	return got
}

func TestEverySubjectReadsTheSite(t *testing.T) {
	s := serve(t, world(60))
	for _, subject := range subjects {
		if got := s.checked(t, subject.name); got.pages < 60 {
			t.Errorf("%s read %d pages of a site with 60 articles", subject.name, got.pages)
		}
	}
}

// BenchmarkCrawl crawls the site with each subject in turn, each in a process of its
// own. It reports the median CPU time per page, and the median ratio of newsonce to
// the others in the same round.
//
//	go test -run '^$' -bench Crawl -benchtime 7x ./crawl
func BenchmarkCrawl(b *testing.B) {
	s := serve(b, world(*articles))
	costs := map[string][]float64{}
	ratios := map[string][]float64{}
	pages := 0
	for b.Loop() {
		round := map[string]float64{}
		for _, subject := range subjects {
			got := s.checked(b, subject.name)
			round[subject.name] = got.perPage()
			costs[subject.name] = append(costs[subject.name], got.perPage())
			if subject.name == "newsonce" {
				pages = got.pages
			}
		}
		for name, c := range round {
			ratios[name] = append(ratios[name], round["newsonce"]/c)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(pages), "pages")
	for name, list := range costs {
		b.ReportMetric(median(list), name+"-ms/page")
		if name != "newsonce" {
			b.ReportMetric(median(ratios[name]), "newsonce/"+name)
		}
	}
}

// BenchmarkNear crawls the site with and without near-duplicates in turn, and reports
// what they add to the CPU time per page.
func BenchmarkNear(b *testing.B) {
	s := serve(b, world(*articles))
	var with, without, more []float64
	for b.Loop() {
		dir := b.TempDir()
		config := s.Config(dir, demosite.WithSelectors)
		off := strings.Replace(config, "defaults:\n", "defaults:\n  dedupe: {near: {threshold: 0}}\n", 1)
		if off == config {
			b.Fatal("the configuration has no defaults")
		}
		exact := s.runWith(b, off, "newsonce", dir).perPage()
		near := s.checked(b, "newsonce").perPage()
		with, without, more = append(with, near), append(without, exact), append(more, near-exact)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(with), "near-ms/page")
	b.ReportMetric(median(without), "exact-ms/page")
	b.ReportMetric(median(more), "more-ms/page")
}

// BenchmarkQuiet runs newsonce over a known site: one conditional request, nothing to
// write. It reports the CPU time of the whole process.
func BenchmarkQuiet(b *testing.B) {
	s := serve(b, world(*articles))
	dir := b.TempDir()
	s.run(b, "newsonce", dir)
	before, err := os.ReadFile(filepath.Join(dir, "items.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	var cpu, wall []float64
	for b.Loop() {
		got := s.run(b, "newsonce", dir)
		if got.requests != 1 || got.pages != 0 {
			b.Fatalf("%d requests, %d of them answered in full, want a conditional one", got.requests, got.pages)
		}
		cpu = append(cpu, float64(got.cpu.Microseconds())/1000)
		wall = append(wall, float64(got.wall.Microseconds())/1000)
	}
	if after, err := os.ReadFile(filepath.Join(dir, "items.jsonl")); err != nil || !slices.Equal(before, after) {
		b.Fatalf("the output changed: %d bytes, %d before, %v", len(after), len(before), err)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(cpu), "cpu-ms/run")
	b.ReportMetric(median(wall), "ms/run")
}

func median(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
