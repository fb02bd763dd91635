package filter

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
	"github.com/newsonce/newsonce/internal/testnear"
)

// hardLines returns the articles of a hard set as JSON Lines.
func hardLines(t testing.TB, o testnear.Options) []string {
	t.Helper()
	var list []string
	for _, i := range testnear.Make(o).Items {
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

func text(lines ...string) Input { return Reader("a", strings.NewReader(strings.Join(lines, "\n"))) }

// run is Run with the lines as its output.
func run(ctx context.Context, o Options, inputs ...Input) ([]string, Summary, error) {
	var out bytes.Buffer
	s, err := Run(ctx, &out, inputs, o)
	return slices.Collect(strings.Lines(out.String())), s, err
}

// TestOrderAloneDecides: how many cores there are, how much comes at once, and
// into how many runs the lines are cut, changes no verdict.
func TestOrderAloneDecides(t *testing.T) {
	all := hardLines(t, testnear.Options{Seed: 11, Size: 150})[:80]
	want, sum, err := run(t.Context(), Options{}, text(all...))
	if err != nil {
		t.Fatal(err)
	}
	if len(want) != len(all) || sum.Near < 5 {
		t.Fatalf("%d lines, %d near-duplicates for %d lines", len(want), sum.Near, len(all))
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
				t.Fatalf("seed %d, %d cores, line %d\ngot  %swant %s", seed, cores, i, got[i], want[i])
			}
		}
	}
}

// inParts filters lines in runs of some length with one index.
func inParts(t *testing.T, rng *rand.Rand, index string, cores int, lines []string) (got []string, err error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
	for len(lines) > 0 {
		part := 1 + rng.IntN(len(lines))
		reader := io.Reader(strings.NewReader(strings.Join(lines[:part], "\n")))
		if rng.IntN(2) == 0 {
			reader = iotest.HalfReader(reader)
		}
		list, _, err := run(t.Context(), Options{Index: index}, Reader("a", reader))
		if err != nil {
			return nil, err
		}
		got, lines = append(got, list...), lines[part:]
	}
	return got, nil
}

// writerFunc is a writer that is called with each line.
type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// TestKilledRunLeavesTheIndex: a copy of the file, made in the middle of a run,
// holds what earlier runs committed. A run that fails changes nothing.
func TestKilledRunLeavesTheIndex(t *testing.T) {
	all := hardLines(t, testnear.Options{Seed: 12, Size: 100})
	path := filepath.Join(t.TempDir(), "seen.db")
	documents := func(path string) uint64 {
		f := open(t, path)
		defer f.close()
		return f.next() - 1
	}
	if _, _, err := run(t.Context(), Options{Index: path}, text(all[:100]...)); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "seen.db")
	half := func(s Summary) {
		for _, suffix := range []string{"", "-journal"} {
			copyFile(t, path+suffix, copied+suffix)
		}
	}
	if _, _, err := run(t.Context(), Options{Index: path, Progress: half}, text(all[100:]...)); err != nil {
		t.Fatal(err)
	}
	if n := documents(copied); n != 100 {
		t.Errorf("%d documents in the copy, want 100", n)
	}
	stop := errors.New("no space left")
	full := writerFunc(func([]byte) (int, error) { return 0, stop })
	if _, err := Run(t.Context(), full, []Input{text(all...)}, Options{Index: path}); !errors.Is(err, stop) {
		t.Errorf("a run that cannot write ends with %v, want %v", err, stop)
	}
	if n := documents(path); n != uint64(len(all)) {
		t.Errorf("%d documents after a run that failed, want %d", n, len(all))
	}
}

// copyFile copies a file that may be missing.
func copyFile(t *testing.T, from, to string) {
	b, err := os.ReadFile(from)
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	if err == nil {
		err = os.WriteFile(to, b, 0o644)
	}
	if err != nil {
		t.Error(err)
	}
}

func TestIDs(t *testing.T) {
	input := Reader("dir/f<.jsonl", strings.NewReader(strings.Join([]string{
		`{"id":"a","url":"https://x.example/1?utm_source=b","title":"T","text":"one"}`,
		`{"url":"http://x.example/1","text":"another text with the same URL"}`,
		`{"id":7,"url":"https://x.example/","text":"a front page"}`,
		`{"id":8,"url":"https://x.example/","text":"is not the URL of an article"}`,
		`{"type":"headline","id":"h","title":"T"}`, `{"type":"reference"}`, `{"type":"gone"}`,
		`{"type":"article","text":"without id and URL <&>"}`,
		``, `{}`,
	}, "\n")))
	j, err := newJudge(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer j.close()
	var got []string
	err = j.run(t.Context(), []Input{input}, nil, func(l *line) error {
		switch {
		case l.passes:
			got = append(got, "passes")
		case l.duplicate:
			got = append(got, fmt.Sprintf("%s of %s %s", l.ID, l.head, l.match.Method))
		default:
			got = append(got, string(l.ID))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`"a"`, `"http://x.example/1" of "a" url`, `7`, `8`, "passes", "passes", "passes", `"dir/f<.jsonl:8"`, `"dir/f<.jsonl:10"`,
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
	var broken []string
	o := Options{Broken: func(e *LineError) error {
		broken = append(broken, fmt.Sprintf("%s:%d", e.Input, e.Line))
		return nil
	}}
	got, sum, err := run(t.Context(), o,
		text(`{"text":"a"}`, `{"cut`, `[]`, `{"text":"b"}`),
		Reader("cut.gz", bytes.NewReader(packed.Bytes()[:packed.Len()-10])),
		File("gone"),
		Reader("last", strings.NewReader(`{"text":"c"}`)))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"a:2", "a:3", "cut.gz:4", "gone:0"}; !slices.Equal(broken, want) {
		t.Errorf("broken %q, want %q", broken, want)
	}
	if len(got) != 6 || sum.Articles != 6 || sum.Broken != 4 {
		t.Errorf("summary %+v, want 6 articles and 4 broken lines; written %q", sum, got)
	}
	_, _, err = run(t.Context(), Options{}, text(`{"text":"a"}`, `{"cut`))
	if line := new(LineError); !errors.As(err, &line) || line.Line != 2 || !strings.HasPrefix(err.Error(), "a:2: not JSON") {
		t.Errorf("error %v, want that of a:2", err)
	}
}

// TestStops: when the context ends, a run that waits for its input ends too,
// with what it has judged written.
func TestStops(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("stopped")
	go fmt.Fprintln(w, `{"id":1,"text":"a"}`)
	var out bytes.Buffer
	_, err := Run(ctx, writerFunc(func(b []byte) (int, error) {
		cancel(stopped)
		return out.Write(b)
	}), []Input{Reader("-", r)}, Options{})
	if !errors.Is(err, stopped) {
		t.Errorf("error %v, want the cause", err)
	}
	if want := `{"id":1,"text":"a","cluster_id":1}` + "\n"; out.String() != want {
		t.Errorf("written %q, want %q", &out, want)
	}
}

// TestExplainLooksUpNumbers: an id on the command line may be a number of the
// file, and the head of its cluster an article of an earlier run.
func TestExplainLooksUpNumbers(t *testing.T) {
	o := Options{Index: filepath.Join(t.TempDir(), "seen.db")}
	if _, _, err := run(t.Context(), o, text(`{"id":7,"url":"https://x.example/7","text":"one"}`, `{"id":8,"url":"https://x.example/7"}`)); err != nil {
		t.Fatal(err)
	}
	today := func() Input { return text(`{"id":"9","url":"https://x.example/7","title":"T"}`) }
	e, _, err := Explain(t.Context(), "9", "8", []Input{today()}, o)
	if err != nil {
		t.Fatal(err)
	}
	if e.A.ID != "8" || e.B.ID != "9" || e.A.Head != "7" || e.B.Head != "7" || !e.A.Duplicate || e.B.Title != "T" || !e.SameCluster || !e.SameURL {
		t.Errorf("got %+v", e)
	}
	if _, _, err := Explain(t.Context(), "7", "10", []Input{today()}, o); !errors.Is(err, ErrNoArticle) || !strings.Contains(err.Error(), `"10"`) {
		t.Errorf("error %v, want ErrNoArticle for 10", err)
	}
	if _, sum, _ := run(t.Context(), o, text(`{"id":"9"}`)); sum.URL+sum.Exact != 0 {
		t.Error("Explain has changed the index")
	}
}
