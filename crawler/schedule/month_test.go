package schedule

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// press is a kind of source in the simulated month.
type press struct {
	kind     string
	sources  int
	perDay   float64 // articles on a usual day, in the mean of its sources
	night    float64 // rate at night
	weekend  float64 // share of the rate on Saturday and Sunday
	bursts   float64 // per week: ten times the rate for two hours
	batch    int     // articles published together at five in the morning
	halfHour bool    // articles appear on the half hour
	from, to int     // days on which it publishes; 0, 0: all
}

// presses are 74 sources, most of which publish little. Their time zones differ.
var presses = []press{
	{kind: "portal", sources: 8, perDay: 250, night: .15, weekend: .7, bursts: 2},
	{kind: "daily", sources: 20, perDay: 40, night: .05, weekend: .5, bursts: 1, batch: 10},
	{kind: "half-hourly", sources: 6, perDay: 20, night: .1, weekend: .6, halfHour: true},
	{kind: "local", sources: 16, perDay: 5, weekend: .1},
	{kind: "weekly", sources: 8, perDay: .2, night: .3, weekend: 1},
	{kind: "dead", sources: 10, to: -1},
	{kind: "dies", sources: 3, perDay: 40, night: .05, weekend: .5, to: 10},
	{kind: "revives", sources: 3, perDay: 40, night: .05, weekend: .5, from: 15},
}

const monthDays = 30

var (
	monthBegin = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	monthEnd   = monthBegin.Add(monthDays * 24 * time.Hour)
)

// publish returns the times at which a source publishes in the month, ascending.
func (p *press) publish(r *rand.Rand) []time.Time {
	perDay := p.perDay * math.Exp(.4*r.NormFloat64())
	zone := time.Duration(r.IntN(12)-5) * time.Hour
	var list []time.Time
	var burst time.Time // its end
	for t := monthBegin; t.Before(monthEnd); t = t.Add(time.Minute) {
		day := int(t.Sub(monthBegin).Hours() / 24)
		if p.to != 0 && day >= p.to || day < p.from {
			continue
		}
		local := t.Add(zone)
		rate := perDay / 24 / 60 * p.hour(local)
		if wd := local.Weekday(); wd == time.Saturday || wd == time.Sunday {
			rate *= p.weekend
		}
		if r.Float64() < p.bursts/7/24/60 {
			burst = t.Add(2 * time.Hour)
		}
		if t.Before(burst) {
			rate *= 10
		}
		n := poisson(r, rate)
		if local.Hour() == 5 && local.Minute() == 0 {
			n += p.batch
		}
		at := t
		if p.halfHour {
			at = t.Truncate(30 * time.Minute).Add(30 * time.Minute)
		}
		for range n {
			list = append(list, at)
		}
	}
	return list
}

// hour returns the rate at a time of the day, 1 in the mean: it peaks in the morning and
// in the afternoon.
func (p *press) hour(local time.Time) float64 {
	h := float64(local.Hour()) + float64(local.Minute())/60
	peak := func(at, wide float64) float64 { return math.Exp(-(h - at) * (h - at) / 2 / wide / wide) }
	const mean = (1.6*2 + 1.2*3) * 2.5066 / 24
	return (p.night + 1.6*peak(9, 2) + 1.2*peak(15.5, 3)) / (p.night + mean)
}

func poisson(r *rand.Rand, mean float64) (n int) {
	least := math.Exp(-mean)
	for p := r.Float64(); p > least; p *= r.Float64() {
		n++
	}
	return n
}

// tally is what a schedule of the month cost, and how long articles waited.
type tally struct {
	requests int
	delays   []time.Duration
}

func (x *tally) add(o tally) {
	x.requests, x.delays = x.requests+o.requests, append(x.delays, o.delays...)
}

// quantile returns the delay that a share of the articles stays within.
func (x *tally) quantile(share float64) time.Duration {
	if len(x.delays) == 0 {
		return 0
	}
	slices.Sort(x.delays)
	return x.delays[int(share*float64(len(x.delays)-1))]
}

// follow reads a source of the month whenever next says.
func follow(published []time.Time, first time.Time, next func(at time.Time, found int) time.Time) (x tally) {
	for t := first; t.Before(monthEnd); {
		x.requests++
		found := 0
		for len(published) > 0 && !published[0].After(t) {
			x.delays = append(x.delays, t.Sub(published[0]))
			published = published[1:]
			found++
		}
		t = next(t, found)
	}
	return x
}

// fixed follows a source at an interval.
func fixed(published []time.Time, first float64, interval time.Duration) tally {
	begin := monthBegin.Add(time.Duration(first * float64(interval)))
	return follow(published, begin, func(at time.Time, _ int) time.Time { return at.Add(interval) })
}

// adaptive follows a source by a Rate.
func adaptive(published []time.Time, r *rand.Rand) tally {
	var rate Rate
	b := Bounds{Min: 5 * time.Minute, Max: 24 * time.Hour}
	return follow(published, monthBegin, func(at time.Time, found int) time.Time {
		rate.Saw(at, found, 1, b)
		return rate.Next(b, r.Float64())
	})
}

// TestMonth compares a month of adaptive reading, learning included, with reading every
// 15 minutes. go test -v prints the figures of docs/benchmarks.md.
func TestMonth(t *testing.T) {
	const interval = 15 * time.Minute
	var table strings.Builder
	fmt.Fprintf(&table, "%-12s %7s %8s | requests a day %6s %6s | median %8s %8s | 90 %% %8s %8s\n",
		"kind", "sources", "articles", "fixed", "watch", "fixed", "watch", "fixed", "watch")
	line := func(kind string, sources int, plain, ours *tally) {
		fmt.Fprintf(&table, "%-12s %7d %8d | %14s %6.0f %6.0f | %6s %8s %8s | %4s %8s %8s\n", kind, sources, len(ours.delays),
			"", float64(plain.requests)/monthDays, float64(ours.requests)/monthDays,
			"", plain.quantile(.5).Round(time.Second), ours.quantile(.5).Round(time.Second),
			"", plain.quantile(.9).Round(time.Second), ours.quantile(.9).Round(time.Second))
	}
	random, chance := rand.New(rand.NewPCG(1, 2)), rand.New(rand.NewPCG(3, 4))
	var plain, ours tally
	sources := 0
	for i := range presses {
		p := &presses[i]
		var kindPlain, kindOurs tally
		for range p.sources {
			published := p.publish(random)
			kindPlain.add(fixed(published, chance.Float64(), interval))
			kindOurs.add(adaptive(published, chance))
		}
		line(p.kind, p.sources, &kindPlain, &kindOurs)
		plain.add(kindPlain)
		ours.add(kindOurs)
		sources += p.sources
	}
	line("all", sources, &plain, &ours)
	t.Logf("a month of news\n%s", table.String())
	if ours.requests > plain.requests {
		t.Errorf("%d requests, a fixed schedule makes %d", ours.requests, plain.requests)
	}
	if got, most := ours.quantile(.5), plain.quantile(.5)/2; got > most {
		t.Errorf("articles wait for %s in the median, want at most %s", got, most)
	}
	if got, most := ours.quantile(.9), plain.quantile(.9); got > most {
		t.Errorf("a tenth of the articles waits for more than %s, with a fixed schedule %s", got, most)
	}
}
