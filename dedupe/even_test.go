package dedupe

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestSortEvenSorts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, mostEven+20).Draw(t, "n")
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		width := rapid.SampledFrom([]int{1, 5, 12, 60}).Draw(t, "bits that differ")
		wide, narrow := make([]uint64, n), make([]uint16, n)
		for i := range n {
			wide[i] = rng.Uint64() >> (64 - width)
			narrow[i] = uint16(wide[i])
		}
		for _, ok := range []bool{sorts(wide, 32+shingleBits), sorts(narrow, 16)} {
			if !ok {
				t.Fatal("is not what slices.Sort gives")
			}
		}
	})
}

func sorts[T uint16 | uint64](list []T, width int) bool {
	want := slices.Sorted(slices.Values(list))
	sortEven(list, width)
	return slices.Equal(list, want)
}

func BenchmarkSortEven(b *testing.B) {
	for _, bm := range []struct {
		name string
		sort func([]uint64)
	}{{"buckets", func(l []uint64) { sortEven(l, 32+shingleBits) }}, {"slices", slices.Sort[[]uint64]}} {
		b.Run(bm.name, func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 2))
			list := make([]uint64, 200)
			for b.Loop() {
				for i := range list {
					list[i] = rng.Uint64() >> (64 - 32 - shingleBits)
				}
				bm.sort(list)
			}
			if !slices.IsSorted(list) {
				b.Error("is not sorted")
			}
		})
	}
}
