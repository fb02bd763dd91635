package cli

import (
	"slices"
	"testing"
)

func TestGovernor(t *testing.T) {
	quiet := slices.Repeat([]float64{0.1}, idleTicks)
	for _, test := range []struct {
		name string
		used []float64 // a tick each
		want []step    // all but same
	}{
		{"work for all", slices.Repeat([]float64{1.8}, 50), nil},
		{"little to do", slices.Repeat(quiet, 3), []step{fewer}},
		{"not for long", slices.Concat(quiet[1:], []float64{0.4}, quiet[1:]), nil},
		{"more than enough for one", slices.Concat(quiet, []float64{0.5, 0.7}), []step{fewer, more}},
		{"and little again", slices.Concat(quiet, []float64{1}, quiet[1:], []float64{0.1}), []step{fewer, more, fewer}},
		{"in between", slices.Concat(quiet, slices.Repeat([]float64{0.5}, 50)), []step{fewer}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var g governor
			var got []step
			for _, used := range test.used {
				if s := g.next(used); s != same {
					got = append(got, s)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}
