//go:build unix

package dedupe

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// press makes articles of 2 KB: every fourth is a copy of an earlier one, with
// another title, a few words changed and, of some, the end cut off.
type press struct {
	random *rand.Rand
	words  [1 << 16]string // common ones many times
	recent []string        // texts
	of     []uint64        // their ids
	next   uint64
}

func newPress() *press {
	random := rand.New(rand.NewPCG(7, 7))
	p := &press{random: random}
	var words []string
	for range 50_000 {
		word := make([]byte, 2+random.IntN(5)+random.IntN(5))
		for i := range word {
			word[i] = "etaoinshrdlucmfwypvbgk"[min(random.IntN(22), random.IntN(22))]
		}
		if random.IntN(8) == 0 {
			word[0] -= 'a' - 'A'
		}
		words = append(words, string(word))
	}
	zipf := rand.NewZipf(random, 1.1, 8, uint64(len(words)-1))
	for i := range p.words {
		p.words[i] = words[zipf.Uint64()]
	}
	return p
}

func (p *press) word() string {
	if p.random.IntN(20) == 0 {
		return fmt.Sprint(p.random.IntN(3000))
	}
	return p.words[p.random.IntN(len(p.words))]
}

// article gives an article, and the id of the one that it is a copy of, its own
// for a new one. ids count from 0.
func (p *press) article() (title, text string, of uint64) {
	id := p.next
	p.next++
	for range 8 {
		title += p.word() + " "
	}
	if id%4 == 3 {
		i := p.random.IntN(len(p.recent))
		words := strings.Split(p.recent[i], " ")
		for range 5 {
			words[p.random.IntN(len(words))] = p.word()
		}
		if p.random.IntN(3) == 0 {
			words = words[:len(words)*2/3]
		}
		return title, strings.Join(words, " "), p.of[i]
	}
	var b strings.Builder
	for b.Len() < 2048 {
		b.WriteString(p.word())
		b.WriteByte(' ')
		if p.random.IntN(15) == 0 {
			b.WriteString("\n\n")
		}
	}
	text = b.String()
	if len(p.recent) < 1000 {
		p.recent, p.of = append(p.recent, text), append(p.of, id)
	} else {
		i := p.random.IntN(len(p.recent))
		p.recent[i], p.of[i] = text, id
	}
	return title, text, id
}

// BenchmarkJudge goes from a title and a text to a committed verdict, which it
// checks.
func BenchmarkJudge(b *testing.B) {
	for _, bm := range []struct {
		name   string
		memory int64
	}{{"memory", 1 << 30}, {"spilled", 2 << 20}} {
		b.Run(bm.name, func(b *testing.B) {
			p := newPress()
			type input struct {
				title, text string
				of          uint64
			}
			inputs := make([]input, 20_000)
			for i := range inputs {
				inputs[i].title, inputs[i].text, inputs[i].of = p.article()
			}
			b.SetBytes(2048)
			b.ReportAllocs()
			x := NewIndex(Options{Threshold: DefaultThreshold, Memory: bm.memory, Dir: b.TempDir()})
			wrong, i := 0, 0
			start := cpuTime(b)
			for b.Loop() {
				if i%len(inputs) == 0 {
					x.Close()
				}
				in := inputs[i%len(inputs)]
				id := uint64(i % len(inputs))
				_, s := Read(in.title, in.text)
				m, dup, err := x.Judge(Doc{ID: id, Sketch: s})
				if err != nil {
					b.Fatal(err)
				}
				if dup != (in.of != id) || dup && m.Head != in.of {
					wrong++
				}
				if i%64 == 63 {
					if err := x.Commit(); err != nil {
						b.Fatal(err)
					}
				}
				i++
			}
			b.ReportMetric(float64(b.N)/(cpuTime(b)-start).Seconds(), "docs/cpu-s")
			x.Close()
			if wrong > i/1000 {
				b.Errorf("%d of %d verdicts are wrong", wrong, i)
			}
		})
	}
}

// BenchmarkPhrases judges articles of a site whose texts are made of its common
// phrases for two thirds, so that most of their keys are those of many others.
func BenchmarkPhrases(b *testing.B) {
	p := newPress()
	words := func(n int) string {
		var text strings.Builder
		for range n {
			text.WriteString(p.word() + " ")
		}
		return text.String()
	}
	phrases := make([]string, 40)
	for i := range phrases {
		phrases[i] = words(13)
	}
	sketches := make([]Sketch, 20_000)
	for i := range sketches {
		text := words(65)
		for range 10 {
			text += phrases[p.random.IntN(len(phrases))]
		}
		_, sketches[i] = Read(words(8), text)
	}
	x := NewIndex(Options{Threshold: DefaultThreshold, Dir: b.TempDir()})
	defer x.Close()
	duplicates, i := 0, 0
	start := cpuTime(b)
	for b.Loop() {
		if i%len(sketches) == 0 {
			x.Close()
		}
		_, dup, err := x.Judge(Doc{ID: uint64(i % len(sketches)), Sketch: sketches[i%len(sketches)]})
		if err != nil {
			b.Fatal(err)
		}
		duplicates += count1(dup)
		if i%64 == 63 {
			if err := x.Commit(); err != nil {
				b.Fatal(err)
			}
		}
		i++
	}
	b.ReportMetric(float64((cpuTime(b)-start).Microseconds())/float64(b.N), "cpu-us/op")
	if duplicates > i/100 {
		b.Errorf("%d of %d are duplicates, want nearly none", duplicates, i)
	}
}

// BenchmarkRead makes the sketch of a text of 2 KB.
func BenchmarkRead(b *testing.B) {
	p := newPress()
	title, text, _ := p.article()
	_, want := Read(title, text)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, s := Read(title, text); s.Exact != want.Exact {
			b.Fatal("another text")
		}
	}
}

var scale = flag.Int("scale", 0, "documents of TestScale; 1000000 takes three minutes and 2 GB of disk")

// TestScale fills an index far beyond its limit and measures time and memory.
func TestScale(t *testing.T) {
	if *scale == 0 {
		t.Skip("-scale is not given")
	}
	p := newPress()
	x := NewIndex(Options{Threshold: DefaultThreshold, Dir: t.TempDir()})
	defer x.Close()
	wrong := 0
	var reading, judging, last time.Duration // of the processor
	for i := range *scale {
		title, text, of := p.article()
		start := cpuTime(t)
		_, s := Read(title, text)
		read := cpuTime(t)
		m, dup, err := x.Judge(Doc{ID: uint64(i), Sketch: s})
		if err != nil {
			t.Fatal(err)
		}
		if dup != (of != uint64(i)) || dup && m.Head != of {
			wrong++
		}
		if i%64 == 63 {
			if err := x.Commit(); err != nil {
				t.Fatal(err)
			}
		}
		reading += read - start
		judging += cpuTime(t) - read
		if step := max(*scale/10, 1); i%step == step-1 {
			total := reading + judging
			t.Logf("%8d documents, %d wrong: %.0f a second of CPU in the last tenth, %.0f of them read, %.0f judged in all, RSS %d MiB, runs %v",
				i+1, wrong, float64(step)/(total-last).Seconds(), float64(i+1)/reading.Seconds(), float64(i+1)/judging.Seconds(), rss(t)>>20, lengths(x.runs))
			last = total
		}
	}
	files := int64(0)
	for _, r := range x.runs {
		files += 8 * int64(r.length)
	}
	t.Logf("%d bytes of postings a document, %d bytes of records", files/int64(*scale), recordSize)
	if wrong > *scale/1000 {
		t.Errorf("%d of %d verdicts are wrong", wrong, *scale)
	}
	if got := rss(t); got > DefaultMemory+64<<20 {
		t.Errorf("RSS %d MiB, want at most the limit of %d MiB and 64 MiB", got>>20, DefaultMemory>>20)
	}
}

func lengths(runs []*run) (n []int) {
	for _, r := range runs {
		n = append(n, r.length)
	}
	return n
}

// rss is what the process has in memory.
func rss(t *testing.T) int64 {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skipf("RSS is read from /proc: %v", err)
	}
	var size, resident int64
	if _, err := fmt.Sscan(string(b), &size, &resident); err != nil {
		t.Fatal(err)
	}
	return resident * int64(os.Getpagesize())
}

// cpuTime is what the process took of the processors, collecting garbage
// included: other work on the machine does not count.
func cpuTime(t testing.TB) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
