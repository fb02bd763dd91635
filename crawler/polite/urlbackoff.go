package polite

import "time"

// urlPauses are the pauses after the first, second, … failed attempt at one URL.
// The first two are short, so that the same run retries; the others lead to later runs.
var urlPauses = []time.Duration{2 * time.Second, time.Minute, 10 * time.Minute, 3 * time.Hour, 12 * time.Hour}

// BusyBackoff returns the pause of a URL after its attempt-th 429 or 503 without a
// Retry-After, counted from 1, on a host that does not back off: 30 s, then 1 min,
// then as URLBackoff. jitter is as there.
func BusyBackoff(attempt int, jitter float64) time.Duration {
	if attempt > 2 {
		return URLBackoff(attempt, jitter)
	}
	pause := minBackoff << max(attempt-1, 0)
	return pause + time.Duration(jitter*float64(pause/5))
}

// URLBackoff returns the pause after a URL's failed attempt, counted from 1: 2 s,
// 1 min, 10 min, 3 h, then 12 h each. jitter, in [0,1), adds up to a fifth, so that
// URLs that failed together are not retried together.
func URLBackoff(attempt int, jitter float64) time.Duration {
	pause := urlPauses[min(max(attempt, 1), len(urlPauses))-1]
	return pause + time.Duration(jitter*float64(pause/5))
}
