// Command extract measures extraction without selectors beside go-trafilatura,
// with and without its fallback, and go-readability: the same pages, in one run.
// The benchmarks are a module of their own, so that newsonce does not depend on
// the extractors it is compared with. Run it in the folder bench:
//
//	go run ./extract -data $NEWSONCE_DATA/extract                     # the table on standard output
//	go run ./extract -data $NEWSONCE_DATA/extract -write ../docs/benchmarks.md
//
// The data is a folder of sets, each with pages.jsonl ({id, url, html: path}) and
// gold.jsonl ({id, text, title, date, authors, with, without, headlines}).
//
//	main.go     flags, reading the sets, the runs
//	subject.go  the extractors behind one function
//	score.go    comparison with the gold
//	table.go    the result as Markdown
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/newsonce/newsonce/crawler/fetch"
)

func main() {
	data := flag.String("data", os.Getenv("NEWSONCE_DATA")+"/extract", "`folder` of the sets")
	sets := flag.String("sets", "aeb,fundus,traf,hdmc,seedlike,headlines", "sets to run, separated by commas")
	rounds := flag.Int("rounds", 3, "rounds, of which the median counts")
	write := flag.String("write", "", "replace the table in this Markdown `file`")
	flag.Parse()
	if err := run(*data, strings.Split(*sets, ","), *rounds, *write); err != nil {
		fmt.Fprintln(os.Stderr, "extract:", err)
		os.Exit(1)
	}
}

func run(data string, sets []string, rounds int, file string) error {
	if rounds < 1 {
		return errors.New("-rounds must be at least 1")
	}
	var results []result
	for _, name := range sets {
		pages, err := readSet(data, name)
		if err != nil {
			return err
		}
		results = append(results, measure(name, pages, rounds)...)
	}
	table := markdown(results)
	if file == "" {
		fmt.Print(table)
		return nil
	}
	return putInto(file, table)
}

// page is a stored page in UTF-8 with its gold.
type page struct {
	id   string
	url  *url.URL
	body []byte
	gold gold
}

func readSet(data, name string) ([]page, error) {
	dir := filepath.Join(data, name)
	golds := map[string]gold{}
	if err := readLines(filepath.Join(dir, "gold.jsonl"), func(g gold) error {
		golds[g.ID] = g
		return nil
	}); err != nil {
		return nil, err
	}
	var pages []page
	type stored struct{ ID, URL, HTML string }
	err := readLines(filepath.Join(dir, "pages.jsonl"), func(s stored) error {
		body, err := os.ReadFile(filepath.Join(dir, s.HTML))
		if err != nil {
			return err
		}
		if !utf8.Valid(body) {
			if body, _, err = fetch.DecodeHTML(body, ""); err != nil {
				return fmt.Errorf("%s: %w", s.HTML, err)
			}
		}
		u, err := url.Parse(s.URL)
		if err != nil {
			return err
		}
		pages = append(pages, page{s.ID, u, body, golds[s.ID]})
		return nil
	})
	return pages, err
}

func readLines[T any](path string, f func(T) error) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read set: %w (unpack the data and name its folder with -data)", err)
	}
	defer file.Close()
	for lines := json.NewDecoder(file); ; {
		var v T
		if err := lines.Decode(&v); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		if err := f(v); err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
	}
}

// result is the result of a subject on a set.
type result struct {
	set, subject string
	pages        int
	score        score
	failed       int           // pages that ended in an error or a panic
	slowest      time.Duration // of one page, in the best of the rounds
	cpu          time.Duration // of the whole set; the median of the rounds
	ratio        float64       // of cpu over html.Parse of the same pages right before; the median of the rounds
}

// minParse is the least time for which a set is parsed in one measurement. Small sets
// are read several times.
const minParse = 60 * time.Millisecond

// measure runs every subject over the pages of a set in turn, round after round, each
// next to a plain parse, so that other load on the machine affects all of them.
func measure(set string, pages []page, rounds int) []result {
	results := make([]result, len(subjects))
	times, ratios := make([][]time.Duration, len(subjects)), make([][]float64, len(subjects))
	best := make([][]time.Duration, len(subjects))
	for i, s := range subjects {
		results[i] = result{set: set, subject: s.name, pages: len(pages)}
		best[i] = slices.Repeat([]time.Duration{math.MaxInt64}, len(pages))
	}
	parsing := func() {
		for _, p := range pages {
			parse(p.body)
		}
	}
	repeat := int(minParse/max(1, cpuOf(1, parsing))) + 1
	for round := range rounds {
		for i, s := range subjects {
			parsed := cpuOf(repeat, parsing)
			answers, errs := make([]answer, len(pages)), make([]error, len(pages))
			took := cpuOf(repeat, func() {
				for k := range pages {
					begin := time.Now()
					answers[k], errs[k] = guarded(s.extract, &pages[k])
					best[i][k] = min(best[i][k], time.Since(begin))
				}
			})
			times[i] = append(times[i], took)
			ratios[i] = append(ratios[i], float64(took)/float64(max(1, parsed)))
			if round == 0 {
				results[i].score = scoreOf(pages, answers)
				results[i].failed = len(slices.DeleteFunc(errs, func(err error) bool { return err == nil }))
			}
		}
	}
	for i := range results {
		results[i].cpu, results[i].ratio = median(times[i]), median(ratios[i])
		results[i].slowest = slices.Max(best[i])
	}
	return results
}

// guarded turns a panic into an error.
func guarded(extract func(*page) (answer, error), p *page) (a answer, err error) {
	defer func() {
		if r := recover(); r != nil {
			a, err = answer{}, fmt.Errorf("panic: %v", r)
		}
	}()
	return extract(p)
}

// cpuOf returns the CPU time of f, user and system, garbage collection included, as
// the mean of n calls.
func cpuOf(n int, f func()) time.Duration {
	runtime.GC()
	begin := cpu()
	for range n {
		f()
	}
	return (cpu() - begin) / time.Duration(n)
}

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // cannot fail for the process itself
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// putInto replaces the section between the marks in file, or appends it.
func putInto(file, table string) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	section := beginMark + "\n" + table + endMark + "\n"
	before, rest, found := bytes.Cut(old, []byte(beginMark))
	if found {
		_, after, closed := bytes.Cut(rest, []byte(endMark+"\n"))
		if !closed {
			return fmt.Errorf("write table: %s has %s without %s", file, beginMark, endMark)
		}
		section = string(before) + section + string(after)
	} else {
		section = strings.TrimRight(string(old), "\n") + "\n\n" + section
	}
	return os.WriteFile(file, []byte(section), 0o644)
}
