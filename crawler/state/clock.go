package state

import "time"

// Clock is the clock of a run that begins, with the longest waits that a run stores.
type Clock struct {
	Now     time.Time
	Delay   time.Duration // of a host between two requests
	Wait    time.Duration // of a host that backs off, a robots.txt, or a queued URL
	Revisit time.Duration // of a known article
}

// ClockSlack is how far ahead of the clock stored times may lie without remark.
const ClockSlack = time.Minute

// Corrected describes the times that Store.Correct found, and what it changed.
type Corrected struct {
	Last     time.Time     // newest time that an earlier run stored; zero: there was none
	Interval time.Duration // between the begins of the last two runs; 0: unknown
	Waits    int           // waits that were shortened
	Reads    int           // sources that were read in the future
}

// Back returns how far the clock went back since the last run, 0 if it did not.
func (c *Corrected) Back(now time.Time) time.Duration {
	if back := c.Last.Sub(now); !c.Last.IsZero() && back > ClockSlack {
		return back
	}
	return 0
}

// Jumped reports whether the clock went forward by more than a day and by far more
// than the interval at which runs begin.
func (c *Corrected) Jumped(now time.Time) bool {
	return !c.Last.IsZero() && now.Sub(c.Last) > max(24*time.Hour, 3*c.Interval)
}
