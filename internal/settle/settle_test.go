package settle

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/newsonce/newsonce/dedupe"
	"github.com/newsonce/newsonce/internal/jsonl"
	"github.com/newsonce/newsonce/internal/judged"
	"github.com/newsonce/newsonce/internal/nearset"
)

// lines are the articles of a hard set as JSON Lines.
func lines(t testing.TB, o nearset.Options) []string {
	t.Helper()
	var list []string
	for _, i := range nearset.Make(o).Items {
		m := map[string]any{"id": i.ID, "url": i.URL, "title": i.Title, "text": i.Text}
		if !i.Published.IsZero() {
			m["published"] = i.Published
		}
		line, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, string(line))
	}
	return list
}

func input(name string, r io.Reader) Input {
	return Input{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }}
}

func options(past *judged.File) Options {
	return Options{
		Index:  dedupe.Options{Threshold: dedupe.DefaultThreshold, Window: dedupe.DefaultWindow},
		Fields: jsonl.Usual, Past: past,
		Bad: func(file string, number int, err error) error { return fmt.Errorf("%s:%d: %w", file, number, err) },
	}
}

// verdicts is what Run says of each line.
func verdicts(ctx context.Context, inputs []Input, o Options) ([]string, error) {
	var list []string
	err := Run(ctx, inputs, o, func(l *Line) error {
		v := fmt.Sprintf("%s of %s", l.Name, l.Head)
		if l.Passes {
			v = "passes"
		} else if l.Duplicate {
			v += fmt.Sprintf(" %s %.4f", l.Match.Method, l.Match.Similarity)
		}
		list = append(list, v)
		return nil
	})
	return list, err
}

// TestOrderAloneDecides: how many cores there are, how much comes at once, and
// into how many runs the lines are cut, changes no verdict.
func TestOrderAloneDecides(t *testing.T) {
	all := lines(t, nearset.Options{Seed: 11, Size: 150})[:80]
	joined := strings.Join(all, "\n")
	want, err := verdicts(t.Context(), []Input{input("a", strings.NewReader(joined))}, options(nil))
	if err != nil {
		t.Fatal(err)
	}
	duplicates := 0
	for _, v := range want {
		if strings.Contains(v, "near") {
			duplicates++
		}
	}
	if len(want) != len(all) || duplicates < 5 {
		t.Fatalf("%d verdicts, %d near duplicates for %d lines", len(want), duplicates, len(all))
	}
	dir := t.TempDir()
	// A loop and not rapid, since each case makes databases.
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 1))
		cores := 1 + rng.IntN(4)
		got, err := inParts(t, rng, filepath.Join(dir, fmt.Sprint(seed)), cores, all)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("seed %d, %d cores, line %d: %s, want %s", seed, cores, i, got[i], want[i])
			}
		}
	}
}

// inParts judges lines in runs of some length, each after the one before.
func inParts(t *testing.T, rng *rand.Rand, path string, cores int, lines []string) (got []string, err error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
	for len(lines) > 0 {
		part := 1 + rng.IntN(len(lines))
		past, err := judged.Open(path)
		if err != nil {
			return nil, err
		}
		reader := io.Reader(strings.NewReader(strings.Join(lines[:part], "\n")))
		if rng.IntN(2) == 0 {
			reader = iotest.HalfReader(reader)
		}
		list, err := verdicts(t.Context(), []Input{input("a", reader)}, options(past))
		if err == nil {
			err = past.Commit()
		}
		if err = errors.Join(err, past.Close()); err != nil {
			return nil, err
		}
		got, lines = append(got, list...), lines[part:]
	}
	return got, nil
}

// TestKilledRunLeavesTheIndex: a copy of the file in the middle of a run holds
// what was committed before, and the run can be made again.
func TestKilledRunLeavesTheIndex(t *testing.T) {
	all := lines(t, nearset.Options{Seed: 12, Size: 100})
	day := func(path, text string, each func(*Line) error) error {
		past, err := judged.Open(path)
		if err != nil {
			return err
		}
		if err := Run(t.Context(), []Input{input("a", strings.NewReader(text))}, options(past), each); err != nil {
			return errors.Join(err, past.Close())
		}
		return errors.Join(past.Commit(), past.Close())
	}
	path := filepath.Join(t.TempDir(), "seen.db")
	ignore := func(*Line) error { return nil }
	if err := day(path, strings.Join(all[:100], "\n"), ignore); err != nil {
		t.Fatal(err)
	}
	copies := t.TempDir()
	number := 0
	err := day(path, strings.Join(all[100:], "\n"), func(*Line) error {
		if number++; number == len(all)-150 {
			for _, suffix := range []string{"", "-journal"} {
				b, err := os.ReadFile(path + suffix)
				if err != nil && suffix == "" {
					t.Error(err)
				}
				if err == nil {
					if err := os.WriteFile(filepath.Join(copies, "seen.db"+suffix), b, 0o644); err != nil {
						t.Error(err)
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	past, err := judged.Open(filepath.Join(copies, "seen.db"))
	if err != nil {
		t.Fatal(err)
	}
	if past.Len() != 100 {
		t.Errorf("%d documents in the copy, want 100", past.Len())
	}
	if err := past.Close(); err != nil {
		t.Fatal(err)
	}
	stop := errors.New("no space left")
	if err := day(path, strings.Join(all, "\n"), func(*Line) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("a failing callback ends the run with %v", err)
	}
	if past, err = judged.Open(path); err != nil {
		t.Fatal(err)
	}
	defer past.Close()
	if past.Len() != uint64(len(all)) {
		t.Errorf("%d documents after a run that failed, want %d", past.Len(), len(all))
	}
}

func TestNames(t *testing.T) {
	text := strings.Join([]string{
		`{"id":"a","url":"https://x.example/1?utm_source=b","title":"T","text":"one"}`,
		`{"url":"http://x.example/1","text":"another text at the same address"}`,
		`{"id":7,"url":"https://x.example/","text":"a front page"}`,
		`{"id":8,"url":"https://x.example/","text":"is no address of an article"}`,
		`{"type":"headline","id":"h","title":"T"}`, `{"type":"reference"}`, `{"type":"gone"}`,
		`{"type":"article","text":"without id and URL <&>"}`,
		``, `{}`,
	}, "\n")
	got, err := verdicts(t.Context(), []Input{input("dir/f<.jsonl", strings.NewReader(text))}, options(nil))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`"a" of "a"`, `"http://x.example/1" of "a" url 0.0000`, `7 of 7`, `8 of 8`, "passes", "passes", "passes",
		`"dir/f<.jsonl:8" of "dir/f<.jsonl:8"`, `"dir/f<.jsonl:10" of "dir/f<.jsonl:10"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestBrokenInputs(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	fmt.Fprint(w, strings.Repeat(`{"text":"a"}`+"\n", 3))
	if err := errors.Join(w.Flush(), w.Close()); err != nil {
		t.Fatal(err)
	}
	inputs := []Input{
		input("a", strings.NewReader("{\"text\":\"a\"}\n{\"cut\n[]\n{\"text\":\"b\"}")),
		input("cut.gz", bytes.NewReader(packed.Bytes()[:packed.Len()-10])),
		{Name: "gone", Open: func() (io.ReadCloser, error) { return nil, os.ErrNotExist }},
		input("last", strings.NewReader(`{"text":"c"}`)),
	}
	var bad []string
	o := options(nil)
	o.Bad = func(file string, number int, err error) error {
		bad = append(bad, fmt.Sprintf("%s:%d", file, number))
		return nil
	}
	got, err := verdicts(t.Context(), inputs, o)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"a:2", "a:3", "cut.gz:4", "gone:0"}; !slices.Equal(bad, want) {
		t.Errorf("broken %q, want %q", bad, want)
	}
	if len(got) != 6 {
		t.Errorf("%d lines were read, want 6: %q", len(got), got)
	}
	inputs[0] = input("a", strings.NewReader("{\"cut"))
	if _, err := verdicts(t.Context(), inputs, options(nil)); err == nil || !strings.HasPrefix(err.Error(), "a:1: line is no JSON") {
		t.Errorf("error %v, want that of a:1", err)
	}
}

// TestStops: the end of the context ends a run that waits for its input.
func TestStops(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped")
	idle := 0
	o := options(nil)
	o.Idle = func() error { idle++; return nil }
	go fmt.Fprintln(w, `{"text":"a"}`)
	err := Run(ctx, []Input{input("-", r)}, o, func(*Line) error { cancel(stopped); return nil })
	if !errors.Is(err, stopped) {
		t.Errorf("error %v, want the cause", err)
	}
	if idle == 0 {
		t.Error("Idle was not called while no line was there")
	}
}
