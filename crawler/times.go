package crawler

import (
	"time"

	"github.com/newsonce/newsonce/crawler/polite"
)

// Times are the waiting times of a run. A zero field means its default, which suits
// the web; tests on loopback shorten them.
type Times struct {
	Linger      time.Duration // how long a commit waits for further pages; default 50 ms
	Grace       time.Duration // how long requests in flight may take once the run stops; default 7 s
	Patience    time.Duration // how long the end of a run waits for a host or URL in back-off; default 20 s
	PageRetry   time.Duration // pause before the second attempt of a page; default 2 s
	BusyRetry   time.Duration // the same after a 429 or 503 without Retry-After; default 30 s
	SourceRetry time.Duration // pause before the second attempt of a source's page; default 2 s
	RobotsRetry time.Duration // pause before the second attempt of a robots.txt; default 2 s
	Silence     time.Duration // how long a run may only wait before it says for what; default 1 min
}

// linger is the default of Times.Linger. Without it a fast crawl commits 5 to 8
// pages at a time, with 50 ms 13 to 18, which saves 11 % of CPU per page; 100 ms
// saves no more.
const linger = 50 * time.Millisecond

// withDefaults returns t with the default of each zero field.
func (t Times) withDefaults() Times {
	for _, f := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&t.Linger, linger},
		{&t.Grace, 7 * time.Second},
		{&t.Patience, 20 * time.Second},
		{&t.PageRetry, polite.URLBackoff(1, 0)},
		{&t.BusyRetry, polite.BusyBackoff(1, 0)},
		{&t.SourceRetry, 2 * time.Second},
		{&t.RobotsRetry, 2 * time.Second},
		{&t.Silence, time.Minute},
	} {
		if *f.field == 0 {
			*f.field = f.value
		}
	}
	return t
}

// busyBackoff returns the pause after the given attempt of a URL, counted from 1, was
// answered with 429 or 503 without Retry-After. jitter is as in urlBackoff.
func (t Times) busyBackoff(attempt int, jitter float64) time.Duration {
	if attempt > 1 {
		return polite.BusyBackoff(attempt, jitter)
	}
	return t.BusyRetry + time.Duration(jitter*float64(t.BusyRetry/5))
}

// urlBackoff returns the pause after the given failed attempt of a URL, counted from
// 1. jitter, in [0,1), adds up to a fifth.
func (t Times) urlBackoff(attempt int, jitter float64) time.Duration {
	if attempt > 1 {
		return polite.URLBackoff(attempt, jitter)
	}
	return t.PageRetry + time.Duration(jitter*float64(t.PageRetry/5))
}
