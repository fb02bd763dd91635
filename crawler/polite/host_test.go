package polite

import (
	"testing"
	"time"
)

var start = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// visit makes one request, without duration, as early as allowed and returns its
// time.
func visit(t *testing.T, h *Host, p Pace, o Outcome) time.Time {
	t.Helper()
	at, ok := h.Next(p)
	if !ok {
		t.Fatalf("Next: a request is in flight: %+v", h)
	}
	at = later(at, start)
	h.Begin(at, p)
	h.Finish(at, p, o)
	return at
}

// between checks that d is low to high.
func between(t *testing.T, what string, d, low, high time.Duration) {
	t.Helper()
	if d < low || d > high {
		t.Errorf("%s is %v, want %v to %v", what, d, low, high)
	}
}

func next(t *testing.T, h *Host, p Pace) time.Time {
	t.Helper()
	at, ok := h.Next(p)
	if !ok {
		t.Fatalf("Next: not while %d are in flight", h.inflight)
	}
	return at
}

func TestDelay(t *testing.T) {
	tests := []struct {
		name string
		pace Pace
		want time.Duration
	}{
		{"configured", Pace{Delay: time.Second, Concurrency: 1}, time.Second},
		{"zero concurrency means one", Pace{Delay: time.Second}, time.Second},
		{"longer Crawl-delay", Pace{Delay: time.Second, CrawlDelay: 10 * time.Second}, 10 * time.Second},
		{"shorter Crawl-delay", Pace{Delay: 3 * time.Second, CrawlDelay: time.Second}, 3 * time.Second},
		{"excessive Crawl-delay", Pace{Delay: time.Second, CrawlDelay: time.Hour}, MaxCrawlDelay},
		{"configured delay above MaxCrawlDelay", Pace{Delay: 10 * time.Minute, CrawlDelay: time.Hour}, 10 * time.Minute},
		{"none", Pace{}, 0},
		{"negative", Pace{Delay: -time.Second}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var h Host
			h.Begin(start, tt.pace)
			if h.Ready(start.Add(time.Hour), tt.pace) {
				t.Error("ready while a request is in flight")
			}
			end := start.Add(200 * time.Millisecond)
			h.Finish(end, tt.pace, Outcome{})
			at := later(next(t, &h, tt.pace), end)
			between(t, "pause", at.Sub(end), tt.want, tt.want+tt.want/20)
			if h.Ready(at.Add(-1), tt.pace) && tt.want > 0 || !h.Ready(at, tt.pace) {
				t.Errorf("Ready disagrees with Next %v: %+v", at, h)
			}
		})
	}
}

func TestDelayGrowsBetweenRequests(t *testing.T) {
	for concurrency, want := range map[int]time.Duration{
		1: 23 * time.Second, // from the end of the last
		2: 20 * time.Second, // from its beginning
	} {
		var h Host
		p := Pace{Delay: time.Second, Concurrency: concurrency}
		h.Begin(start, p) // robots.txt, for example
		h.Finish(start.Add(3*time.Second), p, Outcome{})
		p.CrawlDelay = 20 * time.Second
		if got := next(t, &h, p).Sub(start); got != want {
			t.Errorf("concurrency %d: next after %v, want %v", concurrency, got, want)
		}
	}
}

func TestConcurrency(t *testing.T) {
	var h Host
	p := Pace{Delay: time.Second, Concurrency: 2}
	h.Begin(start, p)
	second := next(t, &h, p)
	between(t, "pause between starts", second.Sub(start), time.Second, 1050*time.Millisecond)
	h.Begin(second, p)
	if at, ok := h.Next(p); ok {
		t.Errorf("Next = %v while two of two are in flight", at)
	}
	end := second.Add(10 * time.Second)
	h.Finish(end, p, Outcome{})
	if !h.Ready(end, p) {
		t.Errorf("not ready at the end of one of two: %+v", h)
	}
}

func TestJitter(t *testing.T) {
	p := Pace{Delay: time.Minute}
	a, b, c := Host{Seed: 1}, Host{Seed: 1}, Host{Seed: 2}
	for i := range 5 {
		x, y, z := visit(t, &a, p, Outcome{}), visit(t, &b, p, Outcome{}), visit(t, &c, p, Outcome{})
		if !x.Equal(y) {
			t.Errorf("visit %d: same seed, but %v and %v", i, x, y)
		}
		if i > 0 && x.Equal(z) {
			t.Errorf("visit %d: another seed, but both at %v", i, x)
		}
	}
}

func TestRetryAfterBacksOff(t *testing.T) {
	p := Pace{Delay: time.Second}
	tests := []struct {
		name  string
		out   Outcome
		pause time.Duration
	}{
		{"as long as requested", Outcome{Busy, 7 * time.Minute, 0, "429"}, 7 * time.Minute},
		{"at most a day", Outcome{Busy, 72 * time.Hour, 0, "503"}, 24 * time.Hour},
		{"with another 5xx", Outcome{Failed, time.Minute, 0, "500"}, time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var h Host
			at := visit(t, &h, p, tt.out)
			if got := next(t, &h, p).Sub(at); got != tt.pause {
				t.Errorf("pause is %v, want %v", got, tt.pause)
			}
			if h.State != BackedOff || !h.Until.Equal(at.Add(tt.pause)) || h.Reason != tt.out.Reason || h.Backoff != 0 {
				t.Errorf("host is %+v", h)
			}
			if got := h.StateAt(h.Until.Add(-1)); got != BackedOff {
				t.Errorf("before its end the host is %v", got)
			}
			if got := h.StateAt(h.Until); got != Ready {
				t.Errorf("at its end the host is %v", got)
			}
			visit(t, &h, p, Outcome{})
			if h.State != Ready || h.Reason != "" || !h.Until.IsZero() || h.Failures != 0 {
				t.Errorf("after an answer the host is %+v", h)
			}
		})
	}
}

func TestShortRetryAfterDoesNotCutTheDelay(t *testing.T) {
	var h Host
	p := Pace{Delay: time.Minute}
	at := visit(t, &h, p, Outcome{Kind: Busy, RetryAfter: time.Second})
	between(t, "pause", next(t, &h, p).Sub(at), time.Minute, 63*time.Second)
}

// An isolated 503 is about its URL. The third in a row backs the host off, and each
// further one for twice as long.
func TestBusyWithoutRetryAfterDoubles(t *testing.T) {
	var h Host
	p := Pace{Delay: time.Second}
	busy := Outcome{Kind: Busy, Reason: "503"}
	want := []time.Duration{0, 0, 30 * time.Second, time.Minute}
	for round := range 2 {
		for i, w := range want {
			at := visit(t, &h, p, busy)
			got := next(t, &h, p).Sub(at)
			if w == 0 {
				between(t, "pause", got, time.Second, 1050*time.Millisecond)
			} else if got != w {
				t.Errorf("round %d, answer %d: backed off for %v, want %v", round, i+1, got, w)
			}
		}
		for range busyWindow {
			visit(t, &h, p, Outcome{Kind: Answered})
		}
	}
}

// A host that answers 503 to more than a fifth of the last 20 requests backs off.
func TestBusyNowAndThen(t *testing.T) {
	for _, tt := range []struct {
		name  string
		every int // each such answer is a 503
		want  int // the 503 that backs the host off, from 1; 0: none does
	}{
		{"every second", 2, 5},
		{"every fourth", 4, 5},
		{"every fifth", 5, 0},
		{"every hundredth", 100, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var h Host
			p := Pace{Delay: time.Second}
			got, n := 0, 0
			for i := 1; i <= 1000 && got == 0; i++ {
				o := Outcome{Kind: Answered}
				if i%tt.every == 0 {
					o.Kind = Busy
					n++
				}
				if visit(t, &h, p, o); h.State == BackedOff {
					got = n
				}
			}
			if got != tt.want {
				t.Errorf("backed off with busy answer %d, want %d", got, tt.want)
			}
		})
	}
}

func TestBackoffIsAtMostAnHour(t *testing.T) {
	h := Host{Standing: Standing{Backoff: 50 * time.Minute}}
	visit(t, &h, Pace{}, Outcome{Kind: Busy})
	if h.Backoff != time.Hour || !h.Until.Equal(start.Add(time.Hour)) {
		t.Errorf("host is %+v", h)
	}
}

func TestQuarantine(t *testing.T) {
	var h Host
	p := Pace{Delay: time.Second, Concurrency: 3}
	failed := Outcome{Kind: Failed, Reason: "connection refused"}
	for i := range 4 {
		visit(t, &h, p, failed)
		if h.State != Ready || h.Failures != i+1 {
			t.Fatalf("after %d failures the host is %+v", i+1, h)
		}
	}
	lengths := []time.Duration{
		15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour,
		8 * time.Hour, 16 * time.Hour, 24 * time.Hour, 24 * time.Hour,
	}
	for i, want := range lengths {
		at := visit(t, &h, p, failed)
		if h.State != Quarantined || h.Reason != "connection refused" || !h.Until.Equal(at.Add(want)) {
			t.Fatalf("quarantine %d, want %v: %+v", i+1, want, h)
		}
		if got := next(t, &h, p).Sub(at); got != want {
			t.Fatalf("quarantine %d: next in %v, want %v", i+1, got, want)
		}
	}

	probe := h.Until
	if got := h.StateAt(probe); got != Quarantined {
		t.Errorf("before the probe the host is %v", got)
	}
	h.Begin(probe, p)
	if h.Ready(probe.Add(time.Hour), p) {
		t.Error("a second probe may begin")
	}
	h.Finish(probe.Add(time.Second), p, Outcome{Kind: Cancelled})
	if h.State != Quarantined || h.Quarantine != 24*time.Hour {
		t.Errorf("after a cancelled probe the host is %+v", h)
	}
	visit(t, &h, p, Outcome{Kind: Answered})
	if h.State != Ready || h.Failures != 0 || h.Quarantine != 0 || h.Backoff != 0 || h.Reason != "" || !h.Until.IsZero() {
		t.Errorf("after an answered probe the host is %+v", h)
	}
}

func TestQuarantineHonoursALongerRetryAfter(t *testing.T) {
	h := Host{Standing: Standing{Failures: 4}}
	at := visit(t, &h, Pace{}, Outcome{Kind: Busy, RetryAfter: 5 * time.Hour})
	if h.State != Quarantined || h.Quarantine != 15*time.Minute || !h.Until.Equal(at.Add(5*time.Hour)) {
		t.Errorf("host is %+v", h)
	}
}

func TestConsecutiveFailures(t *testing.T) {
	var h Host
	for range 20 {
		for _, k := range []Kind{Failed, Busy, Cancelled, Failed, Busy} {
			visit(t, &h, Pace{}, Outcome{Kind: k})
		}
		if h.State == Quarantined || h.Failures != 4 {
			t.Fatalf("after four failures the host is %+v", h)
		}
		visit(t, &h, Pace{}, Outcome{Kind: Answered})
	}
}

// Requests in flight when a wait began do not count as news about the host.
func TestLateOutcomes(t *testing.T) {
	p := Pace{Concurrency: 2}
	tests := []struct {
		name string
		late Outcome
		want time.Duration // end of the back-off, from its start
	}{
		{"answered", Outcome{Kind: Answered}, 10 * time.Minute},
		{"busy", Outcome{Kind: Busy}, 10 * time.Minute},
		{"failed", Outcome{Kind: Failed}, 10 * time.Minute},
		{"cancelled", Outcome{Kind: Cancelled, RetryAfter: time.Hour}, 10 * time.Minute},
		{"busy, for shorter", Outcome{Kind: Busy, RetryAfter: time.Minute}, 10 * time.Minute},
		{"busy, for longer", Outcome{Kind: Busy, RetryAfter: 20 * time.Minute}, 20 * time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := Host{Standing: Standing{Failures: 1, Backoff: 5 * time.Minute}}
			h.Begin(start, p)
			h.Begin(start, p)
			h.Finish(start, p, Outcome{Kind: Busy, Reason: "503"})
			h.Finish(start, p, tt.late)
			if got := next(t, &h, p).Sub(start); got != tt.want || h.State != BackedOff {
				t.Errorf("next in %v, want %v: %+v", got, tt.want, h)
			}
			if h.Failures != 2 || h.Backoff != 10*time.Minute {
				t.Errorf("host is %+v, want 2 failures and a back-off of 10m", h)
			}
		})
	}
}

func TestSlowServerGetsLongerPauses(t *testing.T) {
	tests := []struct {
		name    string
		delay   time.Duration
		elapsed time.Duration
		want    time.Duration // the resulting pause
	}{
		{"quick", time.Second, 100 * time.Millisecond, time.Second},
		{"slower than the delay", time.Second, 4 * time.Second, 4 * time.Second},
		{"at most 10 s", 2 * time.Second, time.Minute, 10 * time.Second},
		{"at most ten delays", 100 * time.Millisecond, time.Minute, time.Second},
		{"long delay", time.Minute, 2 * time.Minute, time.Minute},
		{"no delay", 0, time.Minute, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var h Host
			p := Pace{Delay: tt.delay}
			for range 40 {
				visit(t, &h, p, Outcome{Elapsed: tt.elapsed})
			}
			between(t, "pause", tt.delay+h.Slow, tt.want-tt.want/100, tt.want)
			at := visit(t, &h, p, Outcome{Elapsed: tt.elapsed})
			between(t, "time to the next", next(t, &h, p).Sub(at), tt.want-tt.want/100, tt.want+tt.delay/20)

			visit(t, &h, p, Outcome{Kind: Failed, Elapsed: time.Millisecond})
			between(t, "pause after a quick error", tt.delay+h.Slow, tt.want-tt.want/100, tt.want)
			restored := Host{Standing: Standing{Slow: h.Slow}}
			for range 40 {
				visit(t, &h, p, Outcome{Elapsed: time.Millisecond})
				visit(t, &restored, p, Outcome{Elapsed: time.Millisecond})
			}
			if h.Slow != 0 || restored.Slow != 0 {
				t.Errorf("once fast again, Slow is %v and %v, want 0", h.Slow, restored.Slow)
			}
		})
	}
}

func TestOneSlowAnswerIsNoTrend(t *testing.T) {
	var h Host
	p := Pace{Delay: time.Second}
	visit(t, &h, p, Outcome{Elapsed: 5 * time.Second})
	if h.Slow != 750*time.Millisecond {
		t.Errorf("after one answer in 5s Slow is %v, want 750ms", h.Slow)
	}
	h, p = Host{}, Pace{Delay: 50 * time.Millisecond}
	for range 20 {
		visit(t, &h, p, Outcome{Elapsed: 10 * time.Millisecond})
	}
	if visit(t, &h, p, Outcome{Elapsed: 5 * time.Second}); h.Slow > 10*time.Millisecond {
		t.Errorf("after one answer in 5s among quick ones Slow is %v, want at most 10ms", h.Slow)
	}
	for range 3 {
		visit(t, &h, p, Outcome{Elapsed: 5 * time.Second})
	}
	if h.Slow < 100*time.Millisecond {
		t.Errorf("after four answers in 5s Slow is %v, want more than 100ms", h.Slow)
	}
}

func TestRestored(t *testing.T) {
	wrong := Standing{NextAt: start.AddDate(10, 0, 0), State: Quarantined, Until: start.AddDate(10, 0, 0)}
	wrong.Restored(start)
	if day := start.Add(24 * time.Hour); !wrong.NextAt.Equal(day) || !wrong.Until.Equal(day) {
		t.Errorf("a wait of ten years came back as %+v", wrong)
	}
	right := Standing{NextAt: start.Add(time.Hour), State: BackedOff, Until: start.Add(time.Hour)}
	before := right
	if right.Restored(start); right != before {
		t.Errorf("%+v came back as %+v", before, right)
	}
}

func TestFinishWithoutBegin(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	new(Host).Finish(start, Pace{}, Outcome{})
}

func TestNames(t *testing.T) {
	for got, want := range map[string]string{
		Ready.String(): "ready", BackedOff.String(): "snoozed", Quarantined.String(): "quarantined",
		BackedOff.Words(): "backed off", Quarantined.Words(): "in quarantine",
		Answered.String(): "answered", Busy.String(): "busy", Failed.String(): "failed", Cancelled.String(): "cancelled",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
