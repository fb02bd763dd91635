package polite

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestHostNeverHurries drives a host at random and starts every request as early
// as allowed. At times it keeps only the Standing, as a restart does. Each request
// is checked against rules computed independently of the host.
func TestHostNeverHurries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Pace{
			Delay:       time.Duration(rapid.IntRange(0, 3000).Draw(t, "delay ms")) * time.Millisecond,
			CrawlDelay:  time.Duration(rapid.SampledFrom([]int{0, 0, 2, 1000}).Draw(t, "crawl-delay s")) * time.Second,
			Concurrency: rapid.IntRange(0, 4).Draw(t, "concurrency"),
		}
		h := &Host{Seed: rapid.Uint64().Draw(t, "seed")}
		now := start
		var (
			inflight           int
			lastBegin, lastEnd time.Time
			waitsUntil         time.Time // end of Retry-After or back-off
			row                int       // consecutive failures, without late ones
			probing            bool      // only a single request is allowed
			recent             []bool    // the last 20 answers: busy without a Retry-After
			paused             bool      // there was a back-off since the last answer
		)
		begin := func() {
			switch {
			case inflight >= max(p.Concurrency, 1):
				t.Fatalf("%d in flight already", inflight)
			case !lastBegin.IsZero() && now.Sub(lastBegin) < p.Effective():
				t.Fatalf("begins %v after the last", now.Sub(lastBegin))
			case p.Concurrency <= 1 && !lastEnd.IsZero() && now.Sub(lastEnd) < p.Effective():
				t.Fatalf("begins %v after the end of the last", now.Sub(lastEnd))
			case now.Before(waitsUntil):
				t.Fatalf("begins %v before the end of its wait", waitsUntil.Sub(now))
			case probing && inflight > 0:
				t.Fatal("a second probe")
			}
			h.Begin(now, p)
			inflight++
			lastBegin = now
		}
		finish := func() {
			o := Outcome{
				Kind:    rapid.SampledFrom([]Kind{Answered, Answered, Busy, Failed, Failed, Failed, Cancelled}).Draw(t, "kind"),
				Elapsed: time.Duration(rapid.IntRange(0, 8000).Draw(t, "elapsed ms")) * time.Millisecond,
			}
			if o.Kind != Answered && rapid.Bool().Draw(t, "sends Retry-After") {
				o.RetryAfter = time.Duration(rapid.IntRange(-1, 100_000).Draw(t, "retry-after s")) * time.Second
			}
			late := now.Before(waitsUntil)
			h.Finish(now, p, o)
			inflight--
			lastEnd = now
			switch {
			case o.Kind == Cancelled:
				return
			case o.Kind == Answered:
				recent = append(recent, false)
				if !late {
					row, probing, paused = 0, false, false
				}
				return
			}
			recent = append(recent, o.Kind == Busy && o.RetryAfter == 0)
			busy, n := 0, len(recent)
			for _, b := range recent[max(0, n-20):] {
				if b {
					busy++
				}
			}
			inARow := n >= 3 && recent[n-1] && recent[n-2] && recent[n-3]
			wait := min(o.RetryAfter, MaxRetryAfter)
			if !late {
				row++
				probing = probing || row >= 5
				switch {
				case probing:
					wait = max(wait, 15*time.Minute)
				case o.Kind == Busy && wait <= 0 && (paused || inARow || busy > 4):
					wait, paused = 30*time.Second, true
				}
			}
			waitsUntil = later(waitsUntil, now.Add(wait))
		}

		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			before := h.NextAt
			step := rapid.SampledFrom([]string{"begin", "begin", "begin", "finish", "finish", "finish", "pass", "restart"}).Draw(t, "step")
			at, free := h.Next(p)
			switch {
			case step == "begin" && free:
				now = later(now, at)
				begin()
			case step == "finish" && inflight > 0:
				finish()
			case step == "pass":
				now = now.Add(time.Duration(rapid.IntRange(0, 60_000).Draw(t, "ms")) * time.Millisecond)
			case step == "restart" && inflight == 0:
				h = &Host{Standing: h.Standing}
				h.Restored(now)
				recent = nil
			}
			if h.NextAt.Before(before) {
				t.Fatalf("%s: NextAt moved back from %v to %v", step, before, h.NextAt)
			}
			if at, ok := h.Next(p); ok && at.Sub(now) > 24*time.Hour {
				t.Fatalf("%s: waits %v", step, at.Sub(now))
			}
			if h.Slow < 0 || p.Effective()+h.Slow > max(p.Effective(), min(10*p.Effective(), 10*time.Second)) {
				t.Fatalf("%s: slowed by %v over %v", step, h.Slow, p.Effective())
			}
		}
	})
}

// TestPaceIsKeptAndUsed checks that requests made as early as allowed reach 95 %
// to 100 % of the pace.
func TestPaceIsKeptAndUsed(t *testing.T) {
	for _, concurrency := range []int{1, 3} {
		p := Pace{Delay: time.Second, Concurrency: concurrency}
		var h Host
		begun := 0
		now := start
		for now.Before(start.Add(1000 * time.Second)) {
			h.Begin(now, p)
			begun++
			h.Finish(now, p, Outcome{Elapsed: 5 * time.Millisecond})
			now = next(t, &h, p)
		}
		if begun < 950 || begun > 1000 {
			t.Errorf("concurrency %d: %d requests in 1000 s, want 950 to 1000", concurrency, begun)
		}
	}
}
