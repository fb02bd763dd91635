package polite

import (
	"math/bits"
	"time"
)

const (
	// MaxCrawlDelay bounds the Crawl-delay that is honoured; a caller that cuts
	// one should say so.
	MaxCrawlDelay = 300 * time.Second

	minBackoff      = 30 * time.Second // after the first 429 or 503 without Retry-After
	maxBackoff      = time.Hour
	quarantineAfter = 5 // failures in a row
	minQuarantine   = 15 * time.Minute
	maxQuarantine   = 24 * time.Hour

	// A slow server is given a pause as long as it takes to answer, up to
	// maxSlowFactor times the delay and at most maxSlow. Scrapy's AutoThrottle
	// steers for the same pause (latency over a target concurrency of 1);
	// Heritrix waits five times the latency, up to 30 s.
	maxSlow       = 10 * time.Second
	maxSlowFactor = 10
	latencyWeight = 4 // a new answer counts for a quarter of the average

	maxJitter = 20 // 1/20 of the delay
)

// State says what a host is waiting for. The numbers are stored: they stay.
type State uint8

// States of a host.
const (
	Ready       State = iota // its delay, at most
	Snoozed                  // the server asked for a pause, or sent 429 or 503
	Quarantined              // it failed five times in a row; a single probe follows
)

func (s State) String() string {
	switch s {
	case Snoozed:
		return "snoozed"
	case Quarantined:
		return "quarantined"
	default:
		return "ready"
	}
}

// Kind says what a request came to, as far as its host is concerned. A robots.txt
// that cannot be had for a 5xx or no answer is Busy: the host is left alone, for
// longer each time (RFC 9309 section 2.3.1.4 has it refuse everything).
type Kind uint8

// Kinds of outcome.
const (
	Answered  Kind = iota // any answer that is no failure, 404 among them
	Busy                  // 429 or 503
	Failed                // no answer in time, or another 5xx
	Cancelled             // we stopped it: says nothing about the host
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

// Pace is what a host is owed, from configuration and robots.txt.
type Pace struct {
	// Delay is the pause between two starts, 0 or more; when Concurrency is 1
	// also that between the last byte and the next start.
	Delay time.Duration
	// CrawlDelay is used, up to MaxCrawlDelay, where it is the longer.
	CrawlDelay time.Duration
	// Concurrency is how many requests may be in flight; below 1 means 1.
	Concurrency int
}

// Effective returns the longer of Delay and Crawl-delay.
func (p Pace) Effective() time.Duration {
	return max(p.Delay, min(p.CrawlDelay, MaxCrawlDelay), 0)
}

// Outcome is how a request ended.
type Outcome struct {
	Kind       Kind
	RetryAfter time.Duration // what the server asked for; 0 = nothing
	Elapsed    time.Duration // to the first byte; 0 = not known
	Reason     string        // for people, such as "503" or "connection refused"
}

// Host is the pace of one host, or of one group of hosts that share it. The
// zero value is a host never asked. It is driven by one goroutine: Begin when
// Ready says so, then one Finish for each Begin.
//
// The exported fields are durable: the caller stores them, and after loading
// them calls Restored. NextAt alone may be stored at the end only, if Resumed is
// called where there was none.
type Host struct {
	NextAt     time.Time     // no request begins before it; only ever moves on
	State      State         // what it was when last told; see StateAt
	Reason     string        // why it is snoozed or quarantined, else empty
	Until      time.Time     // end of the snooze or quarantine, else zero
	Failures   int           // Busy and Failed in a row
	Backoff    time.Duration // last snooze that nobody asked for; 0 = none since an answer
	Quarantine time.Duration // last quarantine; 0 = none since an answer
	Slow       time.Duration // added to the delay because the server is slow

	// Seed is the state of the jitter; two hosts may begin with the same one.
	Seed uint64

	inflight  int
	lastBegin time.Time
	lastEnd   time.Time
	latency   time.Duration // moving average of Elapsed; 0 = not known
}

// Restored puts right what a store gave back: no time it holds can be further
// away than the longest wait there is, unless a clock was wrong when it was
// written.
func (h *Host) Restored(now time.Time) {
	limit := now.Add(max(MaxRetryAfter, maxQuarantine))
	h.NextAt = earlier(h.NextAt, limit)
	h.Until = earlier(h.Until, limit)
}

// Resumed notes that a request may have begun at a time, of which nothing is
// known: the run that made it was killed.
func (h *Host) Resumed(at time.Time) { h.lastBegin = later(h.lastBegin, at) }

// StateAt is State, but Ready once a snooze is over. A quarantine is over only
// when a probe was answered.
func (h *Host) StateAt(now time.Time) State {
	if h.State == Snoozed && !now.Before(h.Until) {
		return Ready
	}
	return h.State
}

// Ready reports whether a request may begin now.
func (h *Host) Ready(now time.Time, p Pace) bool {
	at, ok := h.Next(p)
	return ok && !now.Before(at)
}

// Next returns when a request may begin at the earliest. ok is false while as
// many are in flight as may be: ask again after Finish.
func (h *Host) Next(p Pace) (at time.Time, ok bool) {
	if h.inflight >= h.allowed(p) {
		return time.Time{}, false
	}
	at = h.NextAt
	// The delay may have grown since NextAt was set: robots.txt came in between.
	if !h.lastBegin.IsZero() {
		at = later(at, h.lastBegin.Add(p.Effective()))
	}
	if p.Concurrency <= 1 && !h.lastEnd.IsZero() {
		at = later(at, h.lastEnd.Add(p.Effective()))
	}
	return at, true
}

// allowed is how many requests may be in flight: one at the end of a
// quarantine, the probe.
func (h *Host) allowed(p Pace) int {
	if h.State == Quarantined {
		return 1
	}
	return max(p.Concurrency, 1)
}

// Begin counts a request that begins now.
func (h *Host) Begin(now time.Time, p Pace) {
	if h.State == Snoozed && !now.Before(h.Until) {
		h.State, h.Reason, h.Until = Ready, "", time.Time{}
	}
	h.inflight++
	h.lastBegin = now
	h.NextAt = later(h.NextAt, now.Add(h.pause(p)))
}

// Finish counts a request whose last byte, or failure, came now. It panics
// without a Begin.
func (h *Host) Finish(now time.Time, p Pace, o Outcome) {
	if h.inflight == 0 {
		panic("polite: Finish without Begin")
	}
	h.inflight--
	h.lastEnd = now
	if o.Kind != Cancelled {
		h.observe(o, p)
	}
	if p.Concurrency <= 1 {
		h.NextAt = later(h.NextAt, now.Add(h.pause(p)))
	}
	switch {
	case o.Kind == Cancelled:
	case h.State != Ready && now.Before(h.Until):
		// It began before the snooze or quarantine did, and is no news: only
		// what the server asks for counts.
		h.extend(now, o)
	case o.Kind == Answered:
		h.State, h.Reason, h.Until = Ready, "", time.Time{}
		h.Failures, h.Backoff, h.Quarantine = 0, 0, 0
	default:
		h.Failures++
		h.fail(now, o)
	}
}

// fail answers a Busy or Failed: quarantine, a snooze, or nothing yet.
func (h *Host) fail(now time.Time, o Outcome) {
	asked := clampRetryAfter(o.RetryAfter)
	switch {
	case h.Failures >= quarantineAfter:
		h.Quarantine = doubled(h.Quarantine, minQuarantine, maxQuarantine)
		h.wait(Quarantined, now.Add(max(h.Quarantine, asked)), o.Reason)
	case asked > 0:
		h.wait(Snoozed, now.Add(asked), o.Reason)
	case o.Kind == Busy:
		h.Backoff = doubled(h.Backoff, minBackoff, maxBackoff)
		h.wait(Snoozed, now.Add(h.Backoff), o.Reason)
	}
}

// extend moves the end of the present wait to what o asks for, if that is later.
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

// observe keeps the average latency and sets Slow by it. An error page is often
// quicker than a page: what failed can raise the average, not lower it.
func (h *Host) observe(o Outcome, p Pace) {
	delay := p.Effective()
	if h.latency == 0 {
		h.latency = delay + h.Slow
	}
	if o.Elapsed > 0 && (o.Kind == Answered || o.Elapsed > h.latency) {
		h.latency += (o.Elapsed - h.latency) / latencyWeight
	}
	longest := min(maxSlowFactor*delay, maxSlow)
	h.Slow = max(min(h.latency, longest)-delay, 0)
}

// pause is the delay, slowed for a slow server, with up to 5 % of the delay on
// top so that crawlers started together drift apart.
func (h *Host) pause(p Pace) time.Duration {
	delay := p.Effective()
	if delay == 0 {
		return 0
	}
	return delay + h.Slow + h.jitter(delay/maxJitter)
}

// jitter returns 0 to limit, the next of a fixed sequence (SplitMix64: Steele,
// Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
func (h *Host) jitter(limit time.Duration) time.Duration {
	h.Seed += 0x9e3779b97f4a7c15
	z := h.Seed
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	part, _ := bits.Mul64(z^z>>31, uint64(limit)+1)
	return time.Duration(part)
}

func clampRetryAfter(d time.Duration) time.Duration { return min(max(d, 0), MaxRetryAfter) }

// doubled returns twice d, at least low and at most high.
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
