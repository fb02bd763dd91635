package polite

import "time"

// urlPauses are the pauses after the first, second, … failed try of one URL. The
// first is short, for the second try of the same run; the others reach over
// later runs.
var urlPauses = []time.Duration{2 * time.Second, 5 * time.Minute, 30 * time.Minute, 3 * time.Hour, 12 * time.Hour}

// URLBackoff returns the pause between a URL's failed try number attempt, from
// 1, and the next: 2 s, 5 min, 30 min, 3 h, then always 12 h. jitter, in [0,1),
// adds up to a fifth, so that what failed together does not come back together.
func URLBackoff(attempt int, jitter float64) time.Duration {
	pause := urlPauses[min(max(attempt, 1), len(urlPauses))-1]
	return pause + time.Duration(jitter*float64(pause/5))
}
