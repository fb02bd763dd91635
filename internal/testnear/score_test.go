package testnear

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/dedupe"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// clusters gives each item the number of the first of its cluster, as the
// library finds it.
func clusters(t *testing.T, s Set) []string {
	t.Helper()
	x := dedupe.NewIndex(dedupe.Options{Threshold: dedupe.DefaultThreshold, Window: dedupe.DefaultWindow})
	defer x.Close()
	found := make([]string, len(s.Items))
	for i, item := range s.Items {
		_, sketch := dedupe.Read(item.Title, item.Text)
		u, err := urlkey.Parse(item.URL)
		if err != nil {
			t.Fatal(err)
		}
		m, dup, err := x.Judge(dedupe.Doc{ID: uint64(i), Sketch: sketch, When: item.Published, URL: u.Key, Site: u.Host})
		if err != nil {
			t.Fatal(err)
		}
		if !dup {
			m.Head = uint64(i)
		}
		found[i] = s.Items[m.Head].ID
	}
	return found
}

// TestScore prints how the library does on the hard sets; -v shows it, -seed
// and -stories make others, -write DIR saves them. The bounds are below what
// was measured, to notice a step back.
func TestScore(t *testing.T) {
	for _, test := range []struct {
		name    string
		stories func(*testing.T) []Story
		f1      float64
	}{
		{"made", func(*testing.T) []Story { return nil }, 0.95},
		{"given", given, 0.95},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := Make(Options{Seed: *seed, Size: *size, Stories: test.stories(t)})
			if *write != "" {
				save(t, filepath.Join(*write, test.name), s)
			}
			r := s.Score(clusters(t, s))
			var table strings.Builder
			if err := r.Print(&table); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d items, %d known pairs\n%s", len(s.Items), len(s.Pairs), &table)
			if r.F1 < test.f1 {
				t.Errorf("pair F1 %.3f, want %.2f", r.F1, test.f1)
			}
			for kind, most := range map[string]float64{"template": 0.01, "brief-frame": 0.02, "name-frame": 0.1, "stub": 0, "stub-title": 0} {
				if got := r.Different[kind].Share(); got > most {
					t.Errorf("%.3f of the pairs of type %s were joined, want %.2f at most", got, kind, most)
				}
			}
		})
	}
}

func TestScoreCounts(t *testing.T) {
	a, b, c, d := &Item{Cluster: "1", Lang: "en"}, &Item{Cluster: "1", Lang: "en"}, &Item{Cluster: "2", Lang: "en"}, &Item{Cluster: "3", Lang: "en"}
	s := Set{Items: []*Item{a, b, c, d}, Pairs: []Pair{
		{A: a, B: b, Same: true, Type: "wire"}, {A: a, B: c, Type: "template"}, {A: c, B: d, Open: true, Type: "round-up"},
	}}
	for _, test := range []struct {
		clusters string
		p, r     float64
		wire     int
	}{
		{"1 1 2 3", 1, 1, 1},
		{"1 1 2 2", 1, 1, 1}, // joined where it counts for nothing
		{"1 2 3 4", 1, 0, 0},
		{"1 1 1 2", 1. / 3, 1, 1},
	} {
		got := s.Score(words(test.clusters))
		if got.Precision != test.p || got.Recall != test.r || got.Same["wire"].Joined != test.wire {
			t.Errorf("clusters %s: precision %v, recall %v, wire %v, want %v, %v, %d", test.clusters, got.Precision, got.Recall, got.Same["wire"], test.p, test.r, test.wire)
		}
	}
}
