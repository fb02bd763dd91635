package audit

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/newsonce/newsonce/internal/demosite"
)

// Options describe a Web.
type Options struct {
	Hosts int           // 1 to 250
	Pages int           // articles per host
	Delay time.Duration // of each host in the configuration
}

// Web serves a number of hosts, one on each address from 127.0.1.1 on, all on one
// port. They take turns with the kinds of rules.
type Web struct {
	Options
	log     log
	hosts   []*host
	servers []*http.Server
	wg      sync.WaitGroup
}

// host is a site with its rules.
type host struct {
	rules
	number  int
	address string

	mu       sync.Mutex     // guards requests
	requests map[string]int // by path
}

// rules are what a host requires of a crawler.
type rules struct {
	name        string
	robots      string        // "" = 404
	redirected  bool          // robots.txt redirects to another path
	crawlDelay  time.Duration // as robots.txt has it
	forbidden   string        // prefix of forbidden paths
	busy        int           // first status of one article
	retryAfter  time.Duration // with it
	date        bool          // Retry-After is a date
	latency     time.Duration // of every response
	concurrency int           // as configured
	moved       bool          // articles redirect once
	shorter     int           // number of articles that are left out, since each takes longer
}

// kinds returns the rules of the hosts in turn. Hosts that require longer pauses have
// fewer pages, so that all take about as long.
func (o Options) kinds() []rules {
	long := max(2*o.Delay, 300*time.Millisecond)
	return []rules{
		{name: "no robots.txt"},
		{name: "forbidden folder", robots: "User-agent: *\nDisallow: /news/private/\n", forbidden: "/news/private/"},
		{name: "crawl-delay", robots: fmt.Sprintf("User-agent: *\nCrawl-delay: %g\n", long.Seconds()), crawlDelay: long,
			shorter: o.Pages / 2},
		{name: "busy for seconds", busy: 503, retryAfter: time.Second, shorter: 1},
		{name: "busy until a date", busy: 429, retryAfter: 2 * time.Second, date: true, shorter: 2},
		{name: "slow", latency: o.Delay / 4, shorter: o.Pages / 4},
		{name: "two at a time", concurrency: 2, latency: o.Delay},
		{name: "articles that moved", moved: true, shorter: o.Pages / 2},
		{name: "robots.txt elsewhere", robots: "User-agent: *\nDisallow: /news/private/\n", redirected: true,
			forbidden: "/news/private/", shorter: 1},
		{name: "shorter crawl-delay", robots: "User-agent: *\nCrawl-delay: 0.001\n"},
	}
}

// Serve starts the hosts of a Web. Stop it after use.
func Serve(o Options) (*Web, error) {
	w := &Web{Options: o}
	kinds := o.kinds()
	port := "0"
	for i := range o.Hosts {
		h := &host{rules: kinds[i%len(kinds)], number: i, requests: map[string]int{}}
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.1.%d:%s", i+1, port))
		if err != nil {
			w.Stop()
			return nil, fmt.Errorf("listen for host %d: %w", i, err)
		}
		h.address = l.Addr().String()
		_, port, _ = net.SplitHostPort(h.address)
		s := &http.Server{Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.answer(h, rw, r) })}
		w.hosts, w.servers = append(w.hosts, h), append(w.servers, s)
		w.wg.Go(func() { s.Serve(l) })
	}
	return w, nil
}

// Stop ends the servers.
func (w *Web) Stop() {
	for _, s := range w.servers {
		s.Close()
	}
	w.wg.Wait()
}

// articles returns the number of articles of a host.
func (w *Web) articles(h *host) int { return max(w.Pages-h.shorter, 1) }

// Articles returns the number of articles of all hosts.
func (w *Web) Articles() (n int) {
	for _, h := range w.hosts {
		n += w.articles(h)
	}
	return n
}

// Config returns a crawl.yaml for the hosts.
func (w *Web) Config() string {
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\nuser_agent: \"newsonce-audit/1 (+https://newsonce.test/bot)\"\nstate: state.db\noutput: {path: items.jsonl}\nworkers: 32\ndefaults:\n  allow_private: [127.0.1.0/24]\n  delay: %v\nsites:\n",
		w.Delay)
	for _, h := range w.hosts {
		fmt.Fprintf(&b, "  - {name: host%d, concurrency: %d, sources: [{listing: {urls: [\"http://%s/\"]}}], article: {match: '/news/'}}\n",
			h.number, max(h.concurrency, 1), h.address)
	}
	return b.String()
}

// answer answers and logs one request.
func (w *Web) answer(h *host, rw http.ResponseWriter, r *http.Request) {
	v := w.log.begin(h.number, r.URL.Path)
	status, retryAfter := w.serve(h, rw, r)
	http.NewResponseController(rw).Flush()
	w.log.end(v, status, retryAfter)
}

// serve writes the response.
func (w *Web) serve(h *host, rw http.ResponseWriter, r *http.Request) (status int, retryAfter time.Duration) {
	time.Sleep(h.latency)
	h.mu.Lock()
	h.requests[r.URL.Path]++
	times := h.requests[r.URL.Path]
	h.mu.Unlock()
	path := r.URL.Path
	send := func(status int, text string) (int, time.Duration) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		rw.WriteHeader(status)
		fmt.Fprint(rw, text)
		return status, 0
	}
	move := func(to string) (int, time.Duration) {
		rw.Header().Set("Location", to)
		return send(http.StatusMovedPermanently, "")
	}
	switch {
	case path == "/robots.txt" && h.redirected:
		return move("/rules")
	case (path == "/robots.txt" || path == "/rules") && h.robots != "":
		return send(http.StatusOK, h.robots)
	case path == "/":
		return send(http.StatusOK, w.listing(h))
	case path == "/news/0" && h.busy != 0 && times == 1:
		rw.Header().Set("Retry-After", fmt.Sprintf("%d", int(h.retryAfter.Seconds())))
		if h.date {
			now := time.Now().Truncate(time.Second)
			rw.Header().Set("Date", now.UTC().Format(http.TimeFormat))
			rw.Header().Set("Retry-After", now.Add(h.retryAfter).UTC().Format(http.TimeFormat))
		}
		send(h.busy, "")
		return h.busy, h.retryAfter
	case strings.HasPrefix(path, "/news/old/"):
		return move("/news/" + strings.TrimPrefix(path, "/news/old/"))
	case strings.HasPrefix(path, "/news/"):
		return send(http.StatusOK, article(h.number, path))
	}
	return send(http.StatusNotFound, "")
}

// listing returns a page with links to the articles of a host and to a forbidden one.
func (w *Web) listing(h *host) string {
	var b strings.Builder
	b.WriteString("<html><body><ul>")
	if h.forbidden != "" {
		fmt.Fprintf(&b, `<li><a href="%s1">A story that is not for robots</a>`, h.forbidden)
	}
	for i := range w.articles(h) {
		folder := "/news/"
		if h.moved {
			folder = "/news/old/"
		}
		fmt.Fprintf(&b, `<li><a href="%s%d">Story number %d of host %d</a>`, folder, i, i, h.number)
	}
	b.WriteString("</ul></body></html>")
	return b.String()
}

// article returns a page of about 1 KB with a text of its own.
func article(host int, path string) string {
	page, _ := strconv.Atoi(path[strings.LastIndexByte(path, '/')+1:])
	rng := rand.New(rand.NewPCG(uint64(host), uint64(page)))
	var b strings.Builder
	fmt.Fprintf(&b, "<html><head><title>%s</title></head><body><article><h1>%[1]s</h1>",
		strings.TrimSuffix(demosite.Babble(rng, 7), "."))
	for range 5 {
		fmt.Fprintf(&b, "<p>%s %s</p>", demosite.Babble(rng, 17), demosite.Babble(rng, 22))
	}
	b.WriteString("</article></body></html>")
	return b.String()
}
