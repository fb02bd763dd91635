//go:build unix

package settle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/newsonce/newsonce/internal/judged"
	"github.com/newsonce/newsonce/internal/nearset"
)

// cpu is the time that this process has had on all cores.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkRun takes English texts of 2 KB from JSON to the verdict, in memory
// and with an index in a file. Every fifth is a copy with one word in fifty
// changed. docs/cpu-s is articles a second of one core.
func BenchmarkRun(b *testing.B) {
	const articles = 5000
	var words []string
	for _, i := range nearset.Make(nearset.Options{Seed: 1, Size: 50}).Items {
		if i.Lang == "en" {
			words = append(words, strings.Fields(i.Text)...)
		}
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	for i := range articles {
		of := uint64(i)
		if i%5 == 4 {
			of -= 3
		}
		rng := rand.New(rand.NewPCG(of, 1))
		var body strings.Builder
		for n := 0; body.Len() < 2000; n++ {
			word := words[rng.IntN(len(words))]
			switch {
			case n%50 == 49 && of != uint64(i):
				word = "else"
			case n%60 == 59:
				word += ".\n\n"
			}
			body.WriteString(word + " ")
		}
		title := strings.Join(words[of%1000:][:7], " ")
		if err := e.Encode(map[string]any{"id": i, "url": fmt.Sprintf("https://x.example/%d", i), "title": title, "text": body.String()}); err != nil {
			b.Fatal(err)
		}
	}
	for _, bm := range []struct {
		name string
		file bool
	}{{"memory", false}, {"index", true}} {
		b.Run(bm.name, func(b *testing.B) {
			dir := b.TempDir()
			b.SetBytes(int64(text.Len()))
			begin := cpu(b)
			for n := 0; b.Loop(); n++ {
				var past *judged.File
				if bm.file {
					var err error
					if past, err = judged.Open(filepath.Join(dir, fmt.Sprint(n))); err != nil {
						b.Fatal(err)
					}
				}
				duplicates := 0
				if err := Run(b.Context(), []Input{input("a", bytes.NewReader(text.Bytes()))}, options(past), func(l *Line) error {
					if l.Duplicate {
						duplicates++
					}
					return nil
				}); err != nil {
					b.Fatal(err)
				}
				if past != nil {
					if err := errors.Join(past.Commit(), past.Close()); err != nil {
						b.Fatal(err)
					}
				}
				if duplicates != articles/5 {
					b.Fatalf("%d duplicates of %d, want %d", duplicates, articles, articles/5)
				}
			}
			b.ReportMetric(float64(articles*b.N)/(cpu(b)-begin).Seconds(), "docs/cpu-s")
		})
	}
}
