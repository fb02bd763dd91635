package audit

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Visit is one request as its host saw it.
type Visit struct {
	Host       int
	Path       string
	Begin, End time.Time // End is zero until the response is sent
	Status     int
	RetryAfter time.Duration // in the response; 0 = none
}

// log holds the visits of all hosts.
type log struct {
	mu     sync.Mutex // guards visits and what they point at
	visits []*Visit
}

func (l *log) begin(host int, path string) *Visit {
	v := &Visit{Host: host, Path: path, Begin: time.Now()}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.visits = append(l.visits, v)
	return v
}

func (l *log) end(v *Visit, status int, retryAfter time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	v.End, v.Status, v.RetryAfter = time.Now(), status, retryAfter
}

// byHost returns the visits of each host in order of their begin.
func (l *log) byHost() map[int][]Visit {
	l.mu.Lock()
	defer l.mu.Unlock()
	hosts := map[int][]Visit{}
	for _, v := range l.visits {
		hosts[v.Host] = append(hosts[v.Host], *v)
	}
	for _, visits := range hosts {
		slices.SortFunc(visits, func(a, b Visit) int { return cmp.Compare(a.Begin.UnixNano(), b.Begin.UnixNano()) })
	}
	return hosts
}
