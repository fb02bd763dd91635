//go:build unix

package filter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/newsonce/newsonce/internal/testnear"
)

// cpu is the time that this process has had on all cores.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkRun filters English texts of 2 KB, in memory and with an index file.
// Every fifth is a copy with one word in fifty changed. docs/cpu-s is the number
// of articles per second of one core.
func BenchmarkRun(b *testing.B) {
	const articles = 5000
	text := benchLines(b, articles)
	for _, bm := range []struct {
		name string
		file bool
	}{{"memory", false}, {"index", true}} {
		b.Run(bm.name, func(b *testing.B) {
			dir := b.TempDir()
			b.SetBytes(int64(len(text)))
			begin := cpu(b)
			for n := 0; b.Loop(); n++ {
				var o Options
				if bm.file {
					o.Index = filepath.Join(dir, fmt.Sprint(n))
				}
				sum, err := Run(b.Context(), io.Discard, []Input{Reader("a", bytes.NewReader(text))}, o)
				if err != nil {
					b.Fatal(err)
				}
				if sum.Duplicates() != articles/5 {
					b.Fatalf("%d duplicates of %d, want %d", sum.Duplicates(), articles, articles/5)
				}
			}
			b.ReportMetric(float64(articles*b.N)/(cpu(b)-begin).Seconds(), "docs/cpu-s")
		})
	}
}

func benchLines(b *testing.B, articles int) []byte {
	var words []string
	for _, i := range testnear.Make(testnear.Options{Seed: 1, Size: 50}).Items {
		if i.Lang == "en" {
			words = append(words, strings.Fields(i.Text)...)
		}
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	for i := range articles {
		of := i
		if i%5 == 4 {
			of -= 3
		}
		title := strings.Join(words[of%1000:][:7], " ")
		url, text := fmt.Sprintf("https://x.example/%d", i), benchText(words, of, of != i)
		if err := e.Encode(map[string]any{"id": i, "url": url, "title": title, "text": text}); err != nil {
			b.Fatal(err)
		}
	}
	return text.Bytes()
}

// benchText is a text of 2 KB; every 50th word of a copy is another one.
func benchText(words []string, seed int, isCopy bool) string {
	rng := rand.New(rand.NewPCG(uint64(seed), 1))
	var body strings.Builder
	for n := 0; body.Len() < 2000; n++ {
		word := words[rng.IntN(len(words))]
		switch {
		case n%50 == 49 && isCopy:
			word = "else"
		case n%60 == 59:
			word += ".\n\n"
		}
		body.WriteString(word + " ")
	}
	return body.String()
}
