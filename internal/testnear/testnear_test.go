package testnear

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/newsonce/newsonce/dedupe"
)

var (
	seed  = flag.Uint64("seed", 1, "of the hard set")
	size  = flag.Int("stories", 300, "stories of the hard set")
	write = flag.String("write", "", "write the hard sets under this folder: items.jsonl, labels.jsonl, pairs.tsv")
)

func TestMakeIsDeterministic(t *testing.T) {
	a, b := Make(Options{Seed: 7, Size: 20}), Make(Options{Seed: 7, Size: 20})
	if len(a.Items) != len(b.Items) || len(a.Pairs) != len(b.Pairs) {
		t.Fatalf("%d items and %d pairs, then %d and %d", len(a.Items), len(a.Pairs), len(b.Items), len(b.Pairs))
	}
	for i := range a.Items {
		if !reflect.DeepEqual(a.Items[i], b.Items[i]) {
			t.Fatalf("item %d:\n%+v\n%+v", i, a.Items[i], b.Items[i])
		}
	}
	for i, p := range a.Pairs {
		if p.A.Published.After(p.B.Published) && !p.B.Published.IsZero() {
			t.Errorf("pair %d: %s comes before %s", i, p.A.ID, p.B.ID)
		}
		if (p.A.Cluster == p.B.Cluster) != p.Same {
			t.Errorf("pair %s of %s and %s: clusters %s and %s, same is %v", p.Type, p.A.ID, p.B.ID, p.A.Cluster, p.B.Cluster, p.Same)
		}
	}
}

// runes is how many make a shingle in languages without spaces, about three
// words.
var runes = map[string]int{"zh": 6, "ja": 6, "th": 10}

// shingles is what three words, or runes without spaces, there are.
func shingles(i *Item) map[string]bool {
	normal, set := dedupe.Normalize(i.Text), map[string]bool{}
	if n := runes[i.Lang]; n > 0 {
		for r := []rune(normal); len(r) >= n; r = r[1:] {
			set[string(r[:n])] = true
		}
		return set
	}
	for w := strings.Fields(normal); len(w) >= 3; w = w[1:] {
		set[strings.Join(w[:3], " ")] = true
	}
	return set
}

func containment(a, b *Item) float64 {
	x, y := shingles(a), shingles(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	common := 0
	for s := range x {
		if y[s] {
			common++
		}
	}
	return float64(common) / float64(max(1, len(x)))
}

// TestTypesAreWhatTheySay holds the labels against exact shingles: what is
// called different by its text shares less than half of the shorter one.
func TestTypesAreWhatTheySay(t *testing.T) {
	found := map[string][]float64{}
	for _, p := range Make(Options{Seed: 3, Size: 120}).Pairs {
		c := containment(p.A, p.B)
		found[p.Type] = append(found[p.Type], c)
		switch p.Type {
		case "follow-up", "statement", "same-boilerplate", "column", "other-live", "same-topic", "round-up":
			if c > 0.52 && !p.Open {
				t.Errorf("%s: containment %.2f of\n%s %s\n%s\n\n%s %s\n%s", p.Type, c, p.A.ID, p.A.Title, p.A.Text, p.B.ID, p.B.Title, p.B.Text)
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(found)) {
		c := found[kind]
		slices.Sort(c)
		t.Logf("%-20s %4d pairs, containment %.2f to %.2f, median %.2f", kind, len(c), c[0], c[len(c)-1], c[len(c)/2])
	}
	if len(found) < 20 {
		t.Errorf("%d types of pairs", len(found))
	}
}

func TestTextsAreClean(t *testing.T) {
	for _, i := range Make(Options{Seed: 5, Size: 50}).Items {
		if i.Title == "" || i.Text == "" || i.URL == "" || i.Cluster == "" {
			t.Errorf("something is missing: %+v", i)
		}
		if !utf8.ValidString(i.Title + i.Text) {
			t.Errorf("%s of %s is no UTF-8: %q", i.Kind, i.Lang, i.Text)
		}
		if i.Kind == "template" && strings.ContainsAny(i.Text+i.Title, "{}") {
			t.Errorf("a slot is left: %q %q", i.Title, i.Text)
		}
	}
}

func FuzzUnits(f *testing.F) {
	f.Add("One. Two! 三。四？five")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		if got := strings.Join(sentences(text), ""); got != text {
			t.Errorf("sentences give %q, want %q", got, text)
		}
		for _, l := range []*language{languageOf("en"), languageOf("zh")} {
			if got := strings.Join(l.units(text), l.space); got != text {
				t.Errorf("units of %s give %q, want %q", l.code, got, text)
			}
		}
	})
}

// save writes a set as files.
func save(t *testing.T, dir string, s Set) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	var items, labels, pairs strings.Builder
	enc := func(b *strings.Builder, v any) {
		line, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	for _, i := range s.Items {
		item := map[string]string{"id": i.ID, "url": i.URL, "title": i.Title, "text": i.Text, "lang": i.Lang}
		if !i.Published.IsZero() {
			item["published"] = i.Published.Format("2006-01-02T15:04:05Z07:00")
		}
		enc(&items, item)
		enc(&labels, map[string]string{"id": i.ID, "cluster": i.Cluster, "kind": i.Kind, "lang": i.Lang})
	}
	pairs.WriteString("a\tb\tlabel\ttype\n")
	for _, p := range s.Pairs {
		if label := 0; !p.Open {
			if p.Same {
				label = 1
			}
			fmt.Fprintf(&pairs, "%s\t%s\t%d\t%s\n", p.A.ID, p.B.ID, label, p.Type)
		}
	}
	for name, b := range map[string]*strings.Builder{"items.jsonl": &items, "labels.jsonl": &labels, "pairs.tsv": &pairs} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// given reads the stories of $NEWSONCE_DATA/dedupe/open that nobody copied.
func given(t *testing.T) []Story {
	data := os.Getenv("NEWSONCE_DATA")
	if data == "" {
		t.Skip("NEWSONCE_DATA is unset: no stories to vary but made ones")
	}
	base := map[string]bool{}
	type line struct{ ID, Kind, Title, Text, Lang string }
	each := func(name string, do func(line)) {
		f, err := os.Open(filepath.Join(data, "dedupe/open", name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<24)
		for lines.Scan() {
			var l line
			if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
				t.Fatal(err)
			}
			do(l)
		}
	}
	each("labels.jsonl", func(l line) { base[l.ID] = l.Kind == "base" })
	var list []Story
	each("items.jsonl", func(l line) {
		if base[l.ID] {
			list = append(list, Story{Lang: l.Lang, Title: l.Title, Text: l.Text})
		}
	})
	return list
}
