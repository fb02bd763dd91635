package audit

import (
	"fmt"
	"strings"
	"time"
)

// Report is the result of an audit.
type Report struct {
	Requests int
	Wrong    []string // violations
	// Ideal is the shortest time in which all hosts can be crawled: that of the
	// slowest host, the sum of its response times and the pauses due to it.
	Ideal time.Duration
	// Took is the time from the first request to the last response.
	Took time.Duration
	// Least is the shortest pause as a fraction of the one due.
	Least float64
}

// Check compares the visits with the rules of each host.
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
			wrong("never visited")
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

// checkPaths checks which paths were requested, and how often.
func (w *Web) checkPaths(h *host, visits []Visit, wrong func(string, ...any)) {
	if visits[0].Path != "/robots.txt" {
		wrong("%s was requested before robots.txt", visits[0].Path)
	}
	answered, times := map[string]int{}, map[string]int{}
	for _, v := range visits {
		times[v.Path]++
		if v.Status < 400 {
			answered[v.Path]++
		}
		if h.forbidden != "" && strings.HasPrefix(v.Path, h.forbidden) {
			wrong("%s was requested although robots.txt forbids it", v.Path)
		}
	}
	if times["/robots.txt"] != 1 {
		wrong("robots.txt was requested %d times, want once", times["/robots.txt"])
	}
	for path, n := range answered {
		if n > 1 {
			wrong("%s was answered and requested again, %d times", path, n)
		}
	}
	for i := range w.articles(h) {
		if path := fmt.Sprintf("/news/%d", i); answered[path] == 0 {
			wrong("%s was not fetched", path)
		}
	}
}

// checkPauses checks the pauses, and returns the shortest time that the visits could
// have taken.
func (w *Web) checkPauses(h *host, visits []Visit, r *Report, wrong func(string, ...any)) (ideal time.Duration) {
	due := w.Delay
	var quiet time.Time // not before, by Retry-After
	for i, v := range visits {
		if v.Begin.Before(quiet) {
			wrong("%s was requested %v before the end of a Retry-After", v.Path, quiet.Sub(v.Begin))
		}
		if i > 0 {
			pause := w.pause(h, visits, i)
			if pause < due {
				wrong("%s was requested %v after %s, due was %v", v.Path, pause, visits[i-1].Path, due)
			}
			r.Least = min(r.Least, float64(pause)/float64(due))
			ideal += max(due, quiet.Sub(visits[i-1].End))
		}
		if h.concurrency < 2 {
			ideal += v.End.Sub(v.Begin)
		}
		if h.crawlDelay > due && v.Path == "/robots.txt" {
			due = h.crawlDelay
		}
		if v.RetryAfter > 0 {
			quiet = v.End.Add(v.RetryAfter)
		}
	}
	w.checkOverlaps(h, visits, wrong)
	return ideal
}

// pause returns the time between the end of the previous visit and visit i. Where
// two may be in flight, it is the time since the start of the one before that: at
// least as long a pause is due, and a request may take long to arrive.
func (w *Web) pause(h *host, visits []Visit, i int) time.Duration {
	if h.concurrency < 2 {
		return visits[i].Begin.Sub(visits[i-1].End)
	}
	return visits[i].Begin.Sub(visits[max(i-2, 0)].Begin)
}

// checkOverlaps checks how many requests were in flight at once.
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
			wrong("%d requests at once when %s was requested, want at most %d", under, v.Path, allowed)
		}
	}
}
