package dedupe

import (
	"testing"

	"pgregory.net/rapid"
)

// TestNearDuplicateIsCompare checks the short comparison of a search against the
// full one of an explanation.
func TestNearDuplicateIsCompare(t *testing.T) {
	duplicates, others := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		docs := smallWorld(t)
		o := Options{Threshold: rapid.SampledFrom([]float64{0.01, 0.3, 0.5, 0.9, 1}).Draw(t, "threshold")}
		for i := range docs {
			for j := range docs[:i] {
				a, b := newRecord(&docs[j]), newRecord(&docs[i])
				e := compare(subject{&docs[j].Sketch, &a}, subject{&docs[i].Sketch, &b}, &o)
				similarity, ok := nearDuplicate(subject{&docs[j].Sketch, &a}, subject{&docs[i].Sketch, &b}, &o)
				if ok != e.Duplicate || ok && similarity != e.Similarity {
					t.Fatalf("nearDuplicate: %v, %v; compare: %+v", similarity, ok, e)
				}
				if e.Similarity > e.mostSimilarity() {
					t.Fatalf("similarity %v is above the bound %v: %+v", e.Similarity, e.mostSimilarity(), e)
				}
				if ok {
					duplicates++
				} else {
					others++
				}
			}
		}
	})
	if duplicates == 0 || others == 0 {
		t.Errorf("%d duplicates, %d others: the test needs both", duplicates, others)
	}
}
