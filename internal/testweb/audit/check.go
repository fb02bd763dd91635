package audit

import (
	"fmt"
	"strings"
	"time"
)

// Report is what a crawl did.
type Report struct {
	Requests int
	Wrong    []string // what was owed and not kept
	// Ideal is the shortest time that the host which takes longest can be crawled
	// in: what it took to answer, and the pauses that it was owed.
	Ideal time.Duration
	// Took is the time from the first request to the last answer.
	Took time.Duration
	// Least is the shortest pause found, as a part of the one owed.
	Least float64
}

// Check holds the visits against what each host was owed.
func (w *Web) Check() Report {
	r := Report{Least: 1e9}
	var first, last time.Time
	logs := w.log.byHost()
	for _, h := range w.hosts {
		visits := logs[h.number]
		wrong := func(format string, args ...any) {
			r.Wrong = append(r.Wrong, fmt.Sprintf("host %d (%s): ", h.number, h.name)+fmt.Sprintf(format, args...))
		}
		r.Requests += len(visits)
		if len(visits) == 0 {
			wrong("never fetched")
			continue
		}
		w.checkPaths(h, visits, wrong)
		ideal := w.checkPauses(h, visits, &r, wrong)
		r.Ideal = max(r.Ideal, ideal)
		if first.IsZero() || visits[0].Begin.Before(first) {
			first = visits[0].Begin
		}
		for _, v := range visits {
			if v.End.After(last) {
				last = v.End
			}
		}
	}
	r.Took = last.Sub(first)
	return r
}

// checkPaths checks what was fetched, and how often.
func (w *Web) checkPaths(h *host, visits []Visit, wrong func(string, ...any)) {
	if visits[0].Path != "/robots.txt" {
		wrong("%s was fetched before robots.txt", visits[0].Path)
	}
	answered, times := map[string]int{}, map[string]int{}
	for _, v := range visits {
		times[v.Path]++
		if v.Status < 400 {
			answered[v.Path]++
		}
		if h.forbidden != "" && strings.HasPrefix(v.Path, h.forbidden) {
			wrong("%s is forbidden by robots.txt and was fetched", v.Path)
		}
	}
	if times["/robots.txt"] != 1 {
		wrong("robots.txt was fetched %d times, want once", times["/robots.txt"])
	}
	for path, n := range answered {
		if n > 1 {
			wrong("%s was answered and fetched again, %d times", path, n)
		}
	}
	for i := range w.articles(h) {
		if path := fmt.Sprintf("/news/%d", i); answered[path] == 0 {
			wrong("%s was not fetched", path)
		}
	}
}

// checkPauses checks when it was fetched, and returns the shortest time in which
// it could have been.
func (w *Web) checkPauses(h *host, visits []Visit, r *Report, wrong func(string, ...any)) (ideal time.Duration) {
	owed := w.Delay
	var quiet time.Time // not before, by Retry-After
	for i, v := range visits {
		if v.Begin.Before(quiet) {
			wrong("%s was fetched %v before the end of a Retry-After", v.Path, quiet.Sub(v.Begin))
		}
		if i > 0 {
			pause := w.pause(h, visits, i)
			if pause < owed {
				wrong("%s was fetched %v after %s, owed were %v", v.Path, pause, visits[i-1].Path, owed)
			}
			r.Least = min(r.Least, float64(pause)/float64(owed))
			ideal += max(owed, quiet.Sub(visits[i-1].End))
		}
		if h.concurrency < 2 {
			ideal += v.End.Sub(v.Begin)
		}
		if h.crawlDelay > owed && v.Path == "/robots.txt" {
			owed = h.crawlDelay
		}
		if v.RetryAfter > 0 {
			quiet = v.End.Add(v.RetryAfter)
		}
	}
	w.checkOverlaps(h, visits, wrong)
	return ideal
}

// pause is the time between visit i and what came before: its end, or where two
// may be under way, the begin of the one before that, which is owed as much and
// leaves room for a request that was long on its way.
func (w *Web) pause(h *host, visits []Visit, i int) time.Duration {
	if h.concurrency < 2 {
		return visits[i].Begin.Sub(visits[i-1].End)
	}
	return visits[i].Begin.Sub(visits[max(i-2, 0)].Begin)
}

// checkOverlaps checks how many requests were under way at once.
func (w *Web) checkOverlaps(h *host, visits []Visit, wrong func(string, ...any)) {
	allowed := max(h.concurrency, 1)
	for i, v := range visits {
		under := 1
		for _, before := range visits[:i] {
			if before.End.After(v.Begin) {
				under++
			}
		}
		if under > allowed {
			wrong("%d requests at once when %s was fetched, allowed are %d", under, v.Path, allowed)
		}
	}
}
