package schedule

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	noon = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)
	wide = Bounds{Min: 5 * time.Minute, Max: 24 * time.Hour}
)

// steady returns what is learned in days in which perHour articles appear per hour.
func steady(days int, perHour float64) *Rate {
	r := &Rate{}
	random := rand.New(rand.NewPCG(3, 4))
	for at := noon; !at.After(noon.AddDate(0, 0, days)); at = at.Add(10 * time.Minute) {
		r.Saw(at, poisson(random, perHour/6), 1, wide)
	}
	return r
}

func TestNextFollowsTheRate(t *testing.T) {
	for _, tt := range []struct {
		name        string
		rate        *Rate
		least, most time.Duration
	}{
		{"read once", steady(0, 100), 12 * time.Minute, 16 * time.Minute},
		{"a portal", steady(10, 20), 5 * time.Minute, 5 * time.Minute},
		{"two an hour", steady(10, 2), 8 * time.Minute, 11 * time.Minute},
		{"one in two hours", steady(30, .5), 14 * time.Minute, 22 * time.Minute},
		{"one a day", steady(30, 1./24), 40 * time.Minute, 80 * time.Minute},
		{"dead for a month", steady(30, 0), 3 * time.Hour, 24 * time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.rate.Next(wide, 0).Sub(tt.rate.Tried)
			if got < tt.least || got > tt.most {
				t.Errorf("next read after %s, want %s to %s", got, tt.least, tt.most)
			}
		})
	}
}

// A source that publishes from 8 to 16 o'clock is read seldom at night, and often again
// when the day begins.
func TestNightsAreLearned(t *testing.T) {
	r := &Rate{}
	at := noon
	for ; at.Before(noon.AddDate(0, 0, 14)); at = at.Add(10 * time.Minute) {
		n := 0
		if h := at.Hour(); h >= 8 && h < 16 {
			n = 1
		}
		r.Saw(at, n, 1, wide)
	}
	wait := func(hour int) time.Duration {
		r.Read = time.Date(2026, 12, 15, hour, 0, 0, 0, time.UTC)
		r.Tried = r.Read
		return r.Next(wide, 0).Sub(r.Tried)
	}
	day, night, dawn := wait(10), wait(20), wait(7)
	if day > 8*time.Minute || night < 40*time.Minute || dawn > 70*time.Minute {
		t.Errorf("waits at 10, 20 and 7 o'clock: %s, %s, %s", day, night, dawn)
	}
}

func TestNextStaysWithinBounds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := Bounds{Min: time.Duration(rapid.Int64Range(1, int64(time.Hour)).Draw(rt, "min"))}
		b.Max = b.Min + time.Duration(rapid.Int64Range(0, int64(48*time.Hour)).Draw(rt, "more"))
		r := &Rate{}
		at := noon
		for range rapid.IntRange(1, 30).Draw(rt, "reads") {
			at = at.Add(time.Duration(rapid.Int64Range(-int64(time.Hour), int64(72*time.Hour)).Draw(rt, "after")))
			if rapid.Bool().Draw(rt, "failed") {
				r.Missed(at)
			} else {
				r.Saw(at, rapid.IntRange(0, 1000).Draw(rt, "found"), rapid.IntRange(0, 50).Draw(rt, "requests"), b)
			}
			text, err := json.Marshal(r)
			if err != nil {
				rt.Fatal(err)
			}
			if err := json.Unmarshal(text, r); err != nil {
				rt.Fatal(err)
			}
			wait := r.Next(b, rapid.Float64Range(0, .999).Draw(rt, "seed")).Sub(at)
			if wait < b.Min || float64(wait) > float64(b.Max)*(1+spread) {
				rt.Fatalf("next read after %s, want %s to %s and a little: %s", wait, b.Min, b.Max, text)
			}
		}
	})
}

func TestFailuresBackOff(t *testing.T) {
	r := steady(2, 20)
	for i, want := range []time.Duration{5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440} {
		r.Missed(noon)
		if got := r.Next(wide, 0).Sub(noon); got != want*time.Minute {
			t.Errorf("after %d failures: %s, want %s", i+1, got, want*time.Minute)
		}
	}
	r.Saw(noon, 1, 1, wide)
	if got := r.Next(wide, 0).Sub(noon); got != 5*time.Minute {
		t.Errorf("once it could be read: %s", got)
	}
}

// A list shows only the newest articles: after a long pause their number says nothing.
func TestLongPausesTeachNothing(t *testing.T) {
	r := steady(10, 20)
	before := r.PerDay()
	r.Saw(r.Read.Add(49*time.Hour), 30, 1, wide)
	if got := r.PerDay(); got != before {
		t.Errorf("after a pause: %.0f per day, before %.0f", got, before)
	}
	r.Saw(r.Read.Add(10*time.Minute), 3, 1, wide)
	if got := r.PerDay(); math.Abs(got/before-1) > .1 {
		t.Errorf("after the next read: %.0f per day, before %.0f", got, before)
	}
}

// A pass of many requests is made less often. One that is unusually long counts little.
func TestDearPassesAreRarer(t *testing.T) {
	wait := func(requests ...int) time.Duration {
		r := steady(10, 2)
		for _, n := range requests {
			r.Saw(r.Read.Add(10*time.Minute), 0, n, wide)
		}
		return r.Next(wide, 0).Sub(r.Tried)
	}
	cheap, once, dear := wait(1, 1), wait(1, 1, 1, 1, 5, 1, 1, 1), wait(20, 20, 20, 20, 20, 20, 20, 20)
	if once > cheap*3/2 || dear < 3*cheap || dear > 6*cheap {
		t.Errorf("waits: %s after passes of one request, %s with one of five, %s after passes of 20", cheap, once, dear)
	}
}

func TestPerDay(t *testing.T) {
	if got := steady(10, 2).PerDay(); got < 44 || got > 52 {
		t.Errorf("%.1f per day, want about 48", got)
	}
}
