package polite

import (
	"math/bits"
	"time"
)

const (
	// MaxCrawlDelay is the longest Crawl-delay that is honoured. A caller should
	// report a longer one.
	MaxCrawlDelay = 300 * time.Second

	minBackoff      = 30 * time.Second // after the first 429 or 503 without Retry-After
	maxBackoff      = time.Hour
	quarantineAfter = 5 // consecutive failures

	// A 429 or 503 without Retry-After may be about one URL. It is taken for the
	// host's when it is the third in a row, or when more than a fifth of the last
	// answers were of that kind.
	busyInARow    = 3
	busyWindow    = 20
	busyAtMost    = busyWindow / 5
	minQuarantine = 15 * time.Minute
	maxQuarantine = 24 * time.Hour

	// A slow server gets a pause as long as its latency, up to maxSlowFactor
	// times the delay and at most maxSlow. Scrapy's AutoThrottle aims at the same
	// pause (latency over a target concurrency of 1); Heritrix waits five times
	// the latency, up to 30 s.
	maxSlow       = 10 * time.Second
	maxSlowFactor = 10
	latencyWeight = 4 // a new answer counts for a quarter of the average
	oneSlow       = 4 // an answer counts as no slower than so many times the average

	maxJitter = 20 // 1/20 of the delay
)

// State says what a host is waiting for. Its numbers are stored and never change.
type State uint8

// States of a host.
const (
	Ready       State = iota // nothing but its delay
	BackedOff                // the server asked for a pause, or answered 429 or 503
	Quarantined              // it failed five times in a row; a single probe follows
)

// String returns the name that "newsonce status --json" has. Scripts compare these
// names, so they never change.
func (s State) String() string {
	switch s {
	case BackedOff:
		return "snoozed"
	case Quarantined:
		return "quarantined"
	default:
		return "ready"
	}
}

// Words returns the state as messages have it.
func (s State) Words() string {
	switch s {
	case BackedOff:
		return "backed off"
	case Quarantined:
		return "in quarantine"
	default:
		return "ready"
	}
}

// Kind classifies how a request ended by what that says about its host. A
// robots.txt that answers 5xx or not at all is Busy, so that the host is backed
// off for longer each time (RFC 9309 section 2.3.1.4 disallows everything then).
type Kind uint8

// Kinds of outcome.
const (
	Answered  Kind = iota // any answer that is not a failure, including 404
	Busy                  // 429 or 503
	Failed                // no answer in time, or another 5xx
	Cancelled             // stopped by the crawler: says nothing about the host
)

func (k Kind) String() string {
	switch k {
	case Busy:
		return "busy"
	case Failed:
		return "failed"
	case Cancelled:
		return "cancelled"
	default:
		return "answered"
	}
}

// Pace is how fast a host may be crawled, by its configuration and robots.txt.
type Pace struct {
	// Delay is the pause between the starts of two requests, 0 or more. With a
	// Concurrency of 1 it is also the pause between the last byte of one
	// response and the next start.
	Delay time.Duration
	// CrawlDelay replaces Delay where it is longer, up to MaxCrawlDelay.
	CrawlDelay time.Duration
	// Concurrency is the number of requests allowed in flight; below 1 means 1.
	Concurrency int
}

// MaxPause returns the longest pause between two requests to a host that has this
// Delay and neither backs off nor is quarantined.
func MaxPause(delay time.Duration) time.Duration {
	delay = max(delay, MaxCrawlDelay)
	return delay + delay/maxJitter + maxSlow
}

// Effective returns the longer of Delay and Crawl-delay.
func (p Pace) Effective() time.Duration {
	return max(p.Delay, min(p.CrawlDelay, MaxCrawlDelay), 0)
}

// Outcome is how a request ended.
type Outcome struct {
	Kind       Kind
	RetryAfter time.Duration // requested by the server; 0 = none
	Elapsed    time.Duration // to the first byte; 0 = unknown
	Reason     string        // for people, such as "503" or "connection refused"
}

// Standing is what a crawler remembers of a host from run to run. Call Restored
// after loading one.
//
// NextAt changes with every request. It may be stored at the end of a run only,
// if Host.Resumed is called after a run that never reached its end.
type Standing struct {
	NextAt     time.Time     // no request starts before it; never moves back
	State      State         // as of the last outcome; see StateAt
	Reason     string        // why the host is backed off or quarantined, else empty
	Until      time.Time     // end of the back-off or quarantine, else zero
	Failures   int           // consecutive Busy and Failed outcomes
	Since      time.Time     // of the first of them, else zero
	Backoff    time.Duration // last back-off without a Retry-After; 0 = none since an answer
	Quarantine time.Duration // last quarantine; 0 = none since an answer
	Slow       time.Duration // added to the delay because the server is slow
}

// Restored caps the times that a store returned. None can be further away than
// the longest wait, unless a clock was wrong when it was written.
func (s *Standing) Restored(now time.Time) {
	limit := now.Add(max(MaxRetryAfter, maxQuarantine))
	s.NextAt = earlier(s.NextAt, limit)
	s.Until = earlier(s.Until, limit)
}

// StateAt returns State, or Ready once a back-off is over. A quarantine ends only
// with a successful probe.
func (s *Standing) StateAt(now time.Time) State {
	if s.State == BackedOff && !now.Before(s.Until) {
		return Ready
	}
	return s.State
}

// Host schedules the requests to one host, or to a group of hosts that share a
// pace. The zero value is a host that has never been fetched from. It is not
// safe for concurrent use. Call Begin once Ready reports true, then Finish once
// for each Begin.
type Host struct {
	Standing

	// Seed is the state of the jitter. Two hosts may start with the same one.
	Seed uint64

	inflight  int
	lastBegin time.Time
	lastEnd   time.Time
	latency   time.Duration // moving average of Elapsed; 0 = unknown
	busy      uint32        // one bit per answer, the last one lowest: Busy without a Retry-After
}

// Resumed records that an unknown request may have started at the given time,
// because the run before was killed.
func (h *Host) Resumed(at time.Time) { h.lastBegin = later(h.lastBegin, at) }

// Ready reports whether a request may start now.
func (h *Host) Ready(now time.Time, p Pace) bool {
	at, ok := h.Next(p)
	return ok && !now.Before(at)
}

// Next returns the earliest time at which a request may start. ok is false while
// the allowed number of requests is in flight; call it again after Finish.
func (h *Host) Next(p Pace) (at time.Time, ok bool) {
	if h.inflight >= h.allowed(p) {
		return time.Time{}, false
	}
	at = h.NextAt
	// robots.txt may have raised the delay since NextAt was set.
	if !h.lastBegin.IsZero() {
		at = later(at, h.lastBegin.Add(p.Effective()))
	}
	if p.Concurrency <= 1 && !h.lastEnd.IsZero() {
		at = later(at, h.lastEnd.Add(p.Effective()))
	}
	return at, true
}

// allowed returns how many requests may be in flight. A quarantined host gets
// one, the probe.
func (h *Host) allowed(p Pace) int {
	if h.State == Quarantined {
		return 1
	}
	return max(p.Concurrency, 1)
}

// Begin records the start of a request.
func (h *Host) Begin(now time.Time, p Pace) {
	if h.State == BackedOff && !now.Before(h.Until) {
		h.State, h.Reason, h.Until = Ready, "", time.Time{}
	}
	h.inflight++
	h.lastBegin = now
	h.NextAt = later(h.NextAt, now.Add(h.pause(p)))
}

// Finish records that a request received its last byte or failed. It panics
// without a matching Begin.
func (h *Host) Finish(now time.Time, p Pace, o Outcome) {
	if h.inflight == 0 {
		panic("polite: Finish without Begin")
	}
	h.inflight--
	h.lastEnd = now
	if o.Kind != Cancelled {
		h.observe(o, p)
		h.busy = h.busy << 1 & (1<<busyWindow - 1)
		if o.Kind == Busy && o.RetryAfter == 0 {
			h.busy |= 1
		}
	}
	if p.Concurrency <= 1 {
		h.NextAt = later(h.NextAt, now.Add(h.pause(p)))
	}
	switch {
	case o.Kind == Cancelled:
	case h.State != Ready && now.Before(h.Until):
		// It started before the back-off or quarantine, so its outcome says
		// nothing new. Only a longer Retry-After counts.
		h.extend(now, o)
	case o.Kind == Answered:
		h.State, h.Reason, h.Until = Ready, "", time.Time{}
		h.Failures, h.Since, h.Backoff, h.Quarantine = 0, time.Time{}, 0, 0
	default:
		if h.Failures++; h.Since.IsZero() {
			h.Since = now
		}
		h.fail(now, o)
	}
}

// fail starts the quarantine or back-off that a Busy or Failed calls for, if any.
func (h *Host) fail(now time.Time, o Outcome) {
	retryAfter := clampRetryAfter(o.RetryAfter)
	switch {
	case h.Failures >= quarantineAfter:
		h.Quarantine = doubled(h.Quarantine, minQuarantine, maxQuarantine)
		h.wait(Quarantined, now.Add(max(h.Quarantine, retryAfter)), o.Reason)
	case retryAfter > 0:
		h.wait(BackedOff, now.Add(retryAfter), o.Reason)
	case o.Kind == Busy && h.wantsPause():
		h.Backoff = doubled(h.Backoff, minBackoff, maxBackoff)
		h.wait(BackedOff, now.Add(h.Backoff), o.Reason)
	}
}

// wantsPause reports whether the answers so far say that the host is busy, rather
// than that one of its URLs is.
func (h *Host) wantsPause() bool {
	const row = 1<<busyInARow - 1
	return h.Backoff > 0 || h.busy&row == row || bits.OnesCount32(h.busy) > busyAtMost
}

// extend prolongs the current wait if the Retry-After of o ends later.
func (h *Host) extend(now time.Time, o Outcome) {
	until := now.Add(clampRetryAfter(o.RetryAfter))
	if o.Kind != Answered && until.After(h.Until) {
		h.wait(h.State, until, o.Reason)
	}
}

func (h *Host) wait(s State, until time.Time, reason string) {
	h.State, h.Until, h.Reason = s, until, reason
	h.NextAt = later(h.NextAt, until)
}

// observe updates the average latency and derives Slow from it. Error pages are
// often faster than real ones, so a failure may raise the average but not lower it.
func (h *Host) observe(o Outcome, p Pace) {
	delay := p.Effective()
	if h.latency == 0 {
		h.latency = delay + h.Slow
	}
	if o.Elapsed > 0 && (o.Kind == Answered || o.Elapsed > h.latency) {
		elapsed := min(o.Elapsed, oneSlow*max(h.latency, delay)) // several slow answers say more than one
		h.latency += (elapsed - h.latency) / latencyWeight
	}
	longest := min(maxSlowFactor*delay, maxSlow)
	h.Slow = max(min(h.latency, longest)-delay, 0)
}

// pause returns the delay plus Slow plus up to 5 % of the delay as jitter, so
// that crawlers started together drift apart.
func (h *Host) pause(p Pace) time.Duration {
	delay := p.Effective()
	if delay == 0 {
		return 0
	}
	return delay + h.Slow + h.jitter(delay/maxJitter)
}

// jitter returns the next number of a fixed sequence, 0 to limit (SplitMix64:
// Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
func (h *Host) jitter(limit time.Duration) time.Duration {
	h.Seed += 0x9e3779b97f4a7c15
	z := h.Seed
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	part, _ := bits.Mul64(z^z>>31, uint64(limit)+1)
	return time.Duration(part)
}

func clampRetryAfter(d time.Duration) time.Duration { return min(max(d, 0), MaxRetryAfter) }

// doubled returns twice d, clamped to low and high.
func doubled(d, low, high time.Duration) time.Duration { return min(max(2*d, low), high) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
