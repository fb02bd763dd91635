package testnear

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
)

// A Rate is the number of joined pairs among all pairs of a kind.
type Rate struct{ Joined, Of int }

// A Score tells how well a clustering agrees with a set.
type Score struct {
	Precision, Recall, F1 float64 // over all pairs of items, without open ones

	Same      map[string]Rate // by type: the more joined, the better
	Different map[string]Rate // by type: false merges
	Language  map[string]Rate // pairs of one story, by language
	Merged    map[string]Rate // known pairs of two stories, by language
}

// Score compares clusters, one per item and in their order, with the truth.
func (s Set) Score(clusters []string) Score {
	r := Score{Same: map[string]Rate{}, Different: map[string]Rate{}, Language: map[string]Rate{}, Merged: map[string]Rate{}}
	got := make(map[*Item]string, len(s.Items))
	truth, found, both := map[string]int{}, map[string]int{}, map[[2]string]int{}
	for i, item := range s.Items {
		got[item] = clusters[i]
		truth[item.Cluster]++
		found[clusters[i]]++
		both[[2]string{item.Cluster, clusters[i]}]++
	}
	want, joined, right := pairs(truth), pairs(found), pairs(both)
	for _, p := range s.Pairs {
		same := got[p.A] == got[p.B]
		switch {
		case p.Open && same:
			joined--
		case p.Open:
		case p.Same:
			count(r.Same, p.Type, same)
			count(r.Language, p.B.Lang, same)
		default:
			count(r.Different, p.Type, same)
			count(r.Merged, p.B.Lang, same)
		}
	}
	r.Precision, r.Recall = share(right, joined), share(right, want)
	if right > 0 {
		r.F1 = 2 * r.Precision * r.Recall / (r.Precision + r.Recall)
	}
	return r
}

func pairs[K comparable](sizes map[K]int) (n int) {
	for _, k := range sizes {
		n += k * (k - 1) / 2
	}
	return n
}

func count(m map[string]Rate, key string, joined bool) {
	r := m[key]
	r.Of++
	if joined {
		r.Joined++
	}
	m[key] = r
}

func share(n, of int) float64 {
	if of == 0 {
		return 1
	}
	return float64(n) / float64(of)
}

// Share returns the share of joined pairs.
func (r Rate) Share() float64 { return share(r.Joined, r.Of) }

// Total adds up rates.
func Total(m map[string]Rate) (t Rate) {
	for _, r := range m {
		t.Joined += r.Joined
		t.Of += r.Of
	}
	return t
}

// Print writes the score as a table, the worst type first.
func (r Score) Print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "pairs\tP %.4f\tR %.4f\tF1 %.4f\n", r.Precision, r.Recall, r.F1)
	table := func(what string, m map[string]Rate, better int) {
		keys := slices.SortedFunc(maps.Keys(m), func(a, b string) int {
			return cmp.Or(better*cmp.Compare(m[a].Share(), m[b].Share()), cmp.Compare(a, b))
		})
		for _, k := range keys {
			fmt.Fprintf(t, "%s\t%s\t%d of %d\t%.3f\n", what, k, m[k].Joined, m[k].Of, m[k].Share())
		}
	}
	table("same", r.Same, 1)
	table("different", r.Different, -1)
	table("same, language", r.Language, 1)
	table("different, language", r.Merged, -1)
	return t.Flush()
}
