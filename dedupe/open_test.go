package dedupe_test

import (
	"bufio"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/dedupe"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// article is a line of a measured set.
type article struct {
	ID, URL, Title, Text, Published string
}

// openSet reads the set of articles of known clusters below $NEWSONCE_DATA.
func openSet(t testing.TB) (articles []article, cluster map[string]string, pairs [][4]string) {
	t.Helper()
	dir := os.Getenv("NEWSONCE_DATA")
	if dir == "" {
		t.Skip("NEWSONCE_DATA is unset: the measured sets are not here")
	}
	dir = filepath.Join(dir, "dedupe", "open")
	cluster = map[string]string{}
	lines(t, filepath.Join(dir, "items.jsonl"), func(line string) {
		var a article
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		articles = append(articles, a)
	})
	lines(t, filepath.Join(dir, "labels.jsonl"), func(line string) {
		var l struct{ ID, Cluster string }
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		cluster[l.ID] = l.Cluster
	})
	lines(t, filepath.Join(dir, "pairs.tsv"), func(line string) {
		if f := strings.Split(line, "\t"); len(f) == 4 && f[0] != "a" {
			pairs = append(pairs, [4]string(f))
		}
	})
	return articles, cluster, pairs
}

func lines(t testing.TB, path string, each func(string)) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 16<<20)
	for s.Scan() {
		each(s.Text())
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
}

// doc makes the document of an article as a crawl does.
func (a article) doc(t testing.TB, id uint64) dedupe.Doc {
	_, s := dedupe.Read(a.Title, a.Text)
	d := dedupe.Doc{ID: id, Sketch: s}
	if u, err := urlkey.Parse(a.URL); err == nil {
		d.URL, d.Site = u.Key, u.Host
	}
	if a.Published != "" {
		when, err := time.Parse(time.RFC3339, a.Published)
		if err != nil {
			t.Fatal(err)
		}
		d.When = when
	}
	return d
}

// TestOpenSet measures pair F1 and, by type, the share of pairs that are joined; -v
// shows them.
func TestOpenSet(t *testing.T) {
	articles, cluster, pairs := openSet(t)
	o := dedupe.Options{Threshold: dedupe.DefaultThreshold, Window: dedupe.DefaultWindow}
	x := dedupe.NewIndex(o)
	defer x.Close()
	got := map[string]uint64{}
	docs := map[string]dedupe.Doc{}
	for i, a := range articles {
		d := a.doc(t, uint64(i))
		docs[a.ID] = d
		m, dup, err := x.Judge(d)
		if err != nil {
			t.Fatal(err)
		}
		if got[a.ID] = d.ID; dup {
			got[a.ID] = m.Head
		}
	}
	f1 := pairF1(t, articles, got, cluster)
	types := map[string][2]int{}
	for _, p := range pairs {
		key := p[2] + " " + p[3]
		if p[2] == "1" && strings.Contains(p[3], "+") {
			key = "1 two variants"
		}
		joined := got[p[0]] == got[p[1]]
		if joined != (p[2] == "1") {
			t.Logf("%v: joined %v; alone %+v", p, joined, dedupe.Explain(docs[p[0]], docs[p[1]], o))
		}
		n := types[key]
		types[key] = [2]int{n[0] + count(joined), n[1] + 1}
	}
	for _, key := range slices.Sorted(maps.Keys(types)) {
		n := types[key]
		t.Logf("%-20s %5d of %5d", key, n[0], n[1])
		switch share := float64(n[0]) / float64(n[1]); {
		case key[0] == '1' && share < 0.97:
			t.Errorf("%.3f of the pairs %s are found, want 0.97", share, key)
		case key[0] == '0' && share > 0.02:
			t.Errorf("%.3f of the pairs %s are merged, want at most 0.02", share, key)
		}
	}
	if f1 < 0.99 {
		t.Errorf("pair F1 %.4f, want 0.99", f1)
	}
}

// pairF1 compares the clusters of all pairs of articles with the truth.
func pairF1(t *testing.T, articles []article, got map[string]uint64, cluster map[string]string) float64 {
	var joined, same, both int
	for i, a := range articles {
		for _, b := range articles[:i] {
			g, c := got[a.ID] == got[b.ID], cluster[a.ID] == cluster[b.ID]
			joined += count(g)
			same += count(c)
			both += count(g && c)
		}
	}
	precision, recall := float64(both)/float64(joined), float64(both)/float64(same)
	f1 := 2 * precision * recall / (precision + recall)
	t.Logf("pairs: precision %.4f, recall %.4f, F1 %.4f", precision, recall, f1)
	return f1
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}
