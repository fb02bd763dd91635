// Package schedule decides when a source is read again, from how often it gave
// something new. It is pure logic: the time is passed in.
package schedule

import (
	"math"
	"time"
)

const (
	// worth is how long articles may wait, in all, until a request is worth it: one
	// article for that long, or two for half of it. A pass of several requests is worth
	// it when they have waited for as many times that.
	worth = 75 * time.Second

	// A source of which nothing is known yet is taken to give firstRate articles per
	// hour, which weighs as much as firstHours of observation.
	firstRate  = 1.0
	firstHours = 1.0
	// hourWeight is how many expected articles in an hour of the day weigh as much as the
	// assumption that this hour is like the others.
	hourWeight = 1.0

	levelFades = 14 * 24 * time.Hour // to 37 %
	hoursFade  = 21 * 24 * time.Hour

	// spread is the largest share by which a wait is made longer, so that sources that
	// began together do not stay together.
	spread = 0.1

	// resolution is that of a wait.
	resolution = time.Minute
)

// Bounds are those of the time between two reads of a source. Min takes precedence.
type Bounds struct{ Min, Max time.Duration }

// clip returns the nearest duration within the bounds.
func (b Bounds) clip(d time.Duration) time.Duration { return max(b.Min, min(d, b.Max)) }

// Rate is what is known about how often a source gives something new. The zero value
// knows nothing. It is stored as JSON.
//
// The rate is a level, in articles per hour, times a factor for the hour of the day. Both
// are Gamma-Poisson estimates whose counts fade with time.
type Rate struct {
	Read   time.Time  `json:"read,omitzero"`  // when it was last read to its end
	Tried  time.Time  `json:"tried,omitzero"` // the same, or when that failed
	Failed int        `json:"failed,omitempty"`
	Cost   float32    `json:"cost,omitempty"` // requests of a pass, of late; 0: unknown
	Level  counts     `json:"level"`          // articles, and hours as long as an hour of mean rate
	Hours  [24]counts `json:"hours"`          // of the day in UTC: articles, and how many the level made expect
}

// counts are what was found, and what that is measured against.
type counts struct {
	Found float32 `json:"n"`
	Of    float32 `json:"of"`
}

// ratio returns found per expected, drawn towards mean by weight.
func (c counts) ratio(mean, weight float64) float64 {
	return (float64(c.Found) + mean*weight) / (float64(c.Of) + weight)
}

func (c *counts) add(found, of float64) {
	c.Found, c.Of = c.Found+float32(found), c.Of+float32(of)
}

func (c *counts) fade(by float64) {
	c.Found, c.Of = c.Found*float32(by), c.Of*float32(by)
}

// Saw records that the source was read to its end at a time by a number of requests, and
// how many articles had appeared since the last time. After a pause of more than twice
// b.Max they do not count: a list shows only the newest. The first pass counts for nothing,
// since what it finds is of any age.
func (r *Rate) Saw(at time.Time, found, requests int, b Bounds) {
	from := r.Read
	r.Read, r.Tried, r.Failed = at, at, 0
	switch {
	case from.IsZero():
	case r.Cost == 0:
		r.Cost = float32(requests)
	default:
		r.Cost += (float32(requests) - r.Cost) / 4
	}
	if from.IsZero() || !at.After(from) || at.Sub(from) > 2*b.Max {
		return
	}
	parts, expected := r.split(from, at)
	level := r.level()
	r.fade(at.Sub(from))
	for _, p := range parts { // an article is as likely in a part as it was expected there
		n := float64(found) * p.expected / expected
		r.Level.add(n, p.expected/level)
		r.Hours[p.hour].add(n, level*p.hours)
	}
}

// Missed records that the source could not be read.
func (r *Rate) Missed(at time.Time) { r.Tried, r.Failed = at, r.Failed+1 }

// part is a part of the time between two reads, within one hour of the day.
type part struct {
	hour     int
	hours    float64 // its length
	expected float64 // articles
}

// split cuts the time between two reads at the full hours, and returns how many articles
// were expected in all.
func (r *Rate) split(from, to time.Time) (parts []part, expected float64) {
	for from.Before(to) {
		end := from.Truncate(time.Hour).Add(time.Hour)
		if end.After(to) {
			end = to
		}
		p := part{hour: from.UTC().Hour(), hours: end.Sub(from).Hours(), expected: r.At(from) * end.Sub(from).Hours()}
		parts, expected = append(parts, p), expected+p.expected
		from = end
	}
	return parts, expected
}

func (r *Rate) fade(d time.Duration) {
	r.Level.fade(math.Exp(-d.Hours() / levelFades.Hours()))
	for i := range r.Hours {
		r.Hours[i].fade(math.Exp(-d.Hours() / hoursFade.Hours()))
	}
}

func (r *Rate) level() float64 { return r.Level.ratio(firstRate, firstHours) }

// At returns the rate at a time, in articles per hour.
func (r *Rate) At(t time.Time) float64 {
	return r.level() * r.Hours[t.UTC().Hour()].ratio(1, hourWeight)
}

// PerDay returns the mean rate, in articles per day.
func (r *Rate) PerDay() float64 {
	sum := 0.0
	for h := range r.Hours {
		sum += r.level() * r.Hours[h].ratio(1, hourWeight)
	}
	return sum
}

// Next returns when the source is due again; the zero time if it was never read. seed, in
// [0,1), spreads sources that are alike.
func (r *Rate) Next(b Bounds, seed float64) time.Time {
	if r.Tried.IsZero() {
		return time.Time{}
	}
	wait := r.wait(b)
	if r.Failed > 0 {
		const doublings = 16
		wait = b.clip(b.Min << min(r.Failed-1, doublings))
	}
	return r.Tried.Add(wait + time.Duration(seed*spread*float64(wait)))
}

// wait returns the time from the last read until the articles that are expected meanwhile
// are worth a pass, within the bounds. For steady rates these are the waits that let the
// articles of all sources wait least at a given number of requests.
func (r *Rate) wait(b Bounds) time.Duration {
	waiting, waited := 0.0, 0.0 // articles; minutes of all of them
	enough := worth.Minutes() * max(1, float64(r.Cost))
	d := time.Duration(0)
	for d < b.Max && waited < enough {
		n := r.At(r.Read.Add(d)) * resolution.Hours()
		waited += (waiting + n/2) * resolution.Minutes()
		waiting += n
		d += resolution
	}
	return b.clip(d)
}
