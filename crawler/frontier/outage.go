package frontier

import (
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

const (
	// outageDomains is the number of registrable domains that must be silent together,
	// with none answering, to blame the network.
	outageDomains = 3
	// outagePause is the longest pause between two requests that look whether the
	// network is back.
	outagePause = 5 * time.Minute
	// answerLasts is how long the answer of a domain shows that the network works.
	answerLasts = 5 * time.Minute
)

// outage tells failures of this machine and its network from those of hosts. While the
// network is down, the run makes one request now and then, and no failure counts
// against a host or a URL.
type outage struct {
	answered time.Time       // last answer of any host
	answers  map[string]bool // registrable domains that have answered in this run
	silent   map[string]bool // domains that were silent since; true: the failure was not counted

	reason string    // why the network, or this machine, is to blame; "": it is not
	since  time.Time // when that began
	pause  time.Duration
	until  time.Time // when to look again
	probe  *Task     // the request that looks
}

// domainOf returns the registrable domain of an origin.
func domainOf(origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	return urlkey.Domain(host)
}

// blames takes the answer to the request of a task and reports whether a failure counts
// against its host. working counts the domains that have work; retry is the first pause.
func (x *outage) blames(t *Task, a *Answer, working func() int, retry time.Duration) bool {
	domain := domainOf(t.queue.Origin)
	if x.probe == t {
		x.probe = nil
	}
	switch a.Contact {
	case fetch.NoContact:
		return true
	case fetch.Answered:
		x.works(domain, a.At)
		return true
	case fetch.NoRoom:
		x.blame("this machine cannot open another connection: "+a.Outcome.Reason, a.At, retry)
		return false
	}
	if x.reason != "" {
		x.blame(x.reason, a.At, retry)
		return false
	}
	if x.answered.After(t.begun) || x.othersAnswer(domain, a.At) {
		return true
	}
	return !x.suspect(domain, a, working(), retry)
}

// works records that the network works, since a domain has answered.
func (x *outage) works(domain string, now time.Time) {
	if x.answers == nil {
		x.answers = map[string]bool{}
	}
	x.answered, x.answers[domain] = now, true
	x.silent, x.reason, x.pause = nil, "", 0
}

// suspect takes a silent domain, and reports whether the network may be to blame. It
// gives each domain the benefit of the doubt once.
func (x *outage) suspect(domain string, a *Answer, working int, retry time.Duration) bool {
	if x.silent == nil {
		x.silent = map[string]bool{}
	}
	spared := x.silent[domain]
	x.silent[domain] = false
	needed := outageDomains
	if a.Contact == fetch.NoNetwork {
		needed = min(needed, working)
	}
	if len(x.silent) >= needed {
		x.blame("the network seems to be down: "+a.Outcome.Reason, a.At, retry)
		return true
	}
	if spared || a.Contact == fetch.Silent && working < outageDomains {
		return false
	}
	x.silent[domain] = true
	return true
}

// othersAnswer reports whether the network works without any doubt: other domains have
// answered lately, and this one never has in this run. Such is a host that has an IPv6
// address only, on a machine without IPv6.
func (x *outage) othersAnswer(domain string, now time.Time) bool {
	return !x.answered.IsZero() && now.Sub(x.answered) < answerLasts && !x.answers[domain]
}

// blame records that the network, or this machine, is to blame, and backs off.
func (x *outage) blame(reason string, now time.Time, retry time.Duration) {
	if x.reason == "" {
		x.since = now
	}
	if !x.until.After(now) || x.reason == "" { // requests that began together fail together
		x.pause = min(max(retry, 2*x.pause), outagePause)
		x.until = now.Add(x.pause)
	}
	x.reason = reason
}

// holds reports whether no request may be made now, and until when; the zero time
// means until something happens. After patience it stays so.
func (x *outage) holds(now time.Time, patience time.Duration) (until time.Time, held bool) {
	switch {
	case x.reason == "":
		return time.Time{}, false
	case x.probe != nil || x.until.Sub(x.since) > patience:
		return time.Time{}, true
	}
	return x.until, x.until.After(now)
}

// working counts the registrable domains that have work.
func (f *Frontier) working() int {
	domains := map[string]bool{}
	for _, q := range f.queues {
		if f.away(q.group) {
			continue
		}
		if q.more || len(q.steps)+len(q.pages)+len(q.held)+len(q.hops)+len(q.parts) > 0 || q.blocked != nil {
			domains[domainOf(q.Origin)] = true
		}
	}
	return len(domains)
}

// spare gives back the request of a task whose failure does not count.
func (f *Frontier) spare(t *Task) {
	if t.Work.counts() {
		f.handed--
	}
	g := t.queue.group
	if again := f.Now().Add(f.RobotsRetry); g.host.NextAt.Before(again) {
		g.host.NextAt = again
	}
}

// Outage returns why the run gave up on the network, "" if it did not.
func (f *Frontier) Outage() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.outage.reason
}
