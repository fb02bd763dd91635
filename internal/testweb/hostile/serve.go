package hostile

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Server serves one Case.
type Server struct {
	Host    string   // "127.0.3.1:PORT"
	Friend  string   // "127.0.3.9:PORT", answers like Host
	Origins []string // further hosts, see Case.Origins
	Secure  []string // "127.0.3.9:PORT", the listeners with TLS
	Trap    string   // port of every local address, IPv6 included, to which nobody may connect

	c       Case
	servers []*http.Server
	trap    net.Listener
	secure  []net.Listener
	wg      sync.WaitGroup
	closing chan struct{}

	leaks atomic.Int64
	sent  atomic.Int64
	mu    sync.Mutex // guards log and visits
	log   []Request
	seen  map[string]int
}

// Request is an entry of the log.
type Request struct {
	At     time.Time
	Host   string // from the Host header
	Path   string // with its query
	Header http.Header
}

// Serve starts the server of a case. Stop it after use.
func Serve(c Case) (*Server, error) {
	s := &Server{c: c, closing: make(chan struct{}), seen: map[string]int{}}
	s.Origins = make([]string, c.Origins)
	at := []struct {
		ip   string
		host *string
	}{{"127.0.3.1", &s.Host}, {"127.0.3.9", &s.Friend}}
	for i := range s.Origins {
		at = append(at, struct {
			ip   string
			host *string
		}{"127.0.3.9", &s.Origins[i]})
	}
	for _, a := range at {
		if err := s.listen(a.ip, a.host); err != nil {
			s.Stop()
			return nil, err
		}
	}
	for _, serve := range c.Secure {
		l, err := net.Listen("tcp", "127.0.3.9:0")
		if err != nil {
			s.Stop()
			return nil, fmt.Errorf("listen for %s: %w", c.Name, err)
		}
		s.secure = append(s.secure, l)
		s.Secure = append(s.Secure, l.Addr().String())
		s.wg.Go(func() { serve(s, counted{l, &s.sent}) })
	}
	if err := s.watch(); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// listen serves on a port of ip and stores the address in host.
func (s *Server) listen(ip string, host *string) error {
	l, err := net.Listen("tcp", ip+":0")
	if err != nil {
		return fmt.Errorf("listen for %s: %w", s.c.Name, err)
	}
	*host = l.Addr().String()
	h := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	s.servers = append(s.servers, h)
	s.wg.Go(func() { h.Serve(counted{l, &s.sent}) })
	return nil
}

// watch opens the port to which nobody may connect.
func (s *Server) watch() error {
	l, err := net.Listen("tcp", ":0") // both families, every local address
	if err != nil {
		return fmt.Errorf("listen for %s: %w", s.c.Name, err)
	}
	s.trap = l
	s.Trap = strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	s.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.leaks.Add(1)
			c.Close()
		}
	})
	return nil
}

// Stop ends the server and all requests in flight.
func (s *Server) Stop() {
	close(s.closing)
	for _, h := range s.servers {
		h.Close()
	}
	for _, l := range s.secure {
		l.Close()
	}
	if s.trap != nil {
		s.trap.Close()
	}
	s.wg.Wait()
}

// Leaks counts the connections to addresses that must not be contacted.
func (s *Server) Leaks() int { return int(s.leaks.Load()) }

// Sent counts the bytes sent so far, headers included.
func (s *Server) Sent() int64 { return s.sent.Load() }

// Log returns the requests so far, in order of arrival.
func (s *Server) Log() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.log...)
}

// fill inserts the addresses of the server into a text.
func (s *Server) fill(text string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	_, port, _ := net.SplitHostPort(s.Host)
	pairs := []string{"{host}", s.Host, "{port}", port, "{friend}", s.Friend, "{trap}", s.Trap}
	for i, o := range s.Origins {
		pairs = append(pairs, fmt.Sprintf("{origin%d}", i), o)
	}
	for i, o := range s.Secure {
		pairs = append(pairs, fmt.Sprintf("{tls%d}", i), o)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// ServeHTTP answers as the case says, else like a sound site.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.note(r)
	answer := s.c.Answers[r.URL.Path]
	if answer == nil {
		answer = s.sound(r.URL.Path)
	}
	answer(w, r, s)
}

// note logs a request.
func (s *Server) note(r *http.Request) {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	if r.URL != nil {
		path = r.URL.Path
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, Request{At: time.Now(), Host: r.Host, Path: r.RequestURI, Header: r.Header})
	s.seen[path]++
}

// visits returns how often a path was requested.
func (s *Server) visits(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen[path]
}

// sound returns the answer of a sound site.
func (s *Server) sound(path string) Answer {
	switch path {
	case "/":
		return page(listing("/news/1", s.c.Links, "/news/2"))
	case "/news/1":
		return page(article(Sound[0]))
	case "/news/2":
		return page(article(Sound[1]))
	}
	if a := s.c.Answers["*"]; a != nil && path != "/robots.txt" {
		return a
	}
	return status(http.StatusNotFound)
}

// Config returns a crawl.yaml for the server. state.db and items.jsonl are beside it.
func (s *Server) Config() string {
	more := s.c.Listing
	if more == "" {
		more = "max_pages: 10"
	}
	timeout := "10s"
	if s.c.Quick {
		timeout = "500ms"
	}
	var b strings.Builder
	fmt.Fprintf(&b, `version: 1
user_agent: "newsonce-hostile/1 (+https://newsonce.test/bot)"
state: state.db
output: {path: items.jsonl}
workers: 8
defaults:
  allow_private: [127.0.3.1/32, 127.0.3.9/32]
  delay: 0s
  timeout: %s
  retries: 1
sites:
`, timeout)
	if s.c.Sites != "" {
		b.WriteString(s.fill(s.c.Sites))
		return b.String()
	}
	fmt.Fprintf(&b, "  - name: site\n    sources: [{listing: {urls: [\"http://%s/\"], %s}}]\n    article: {match: '/news/'}\n",
		s.Host, more)
	for _, line := range s.c.Site {
		b.WriteString("    " + s.fill(line) + "\n")
	}
	return b.String()
}

// writeBuffer is how many bytes the kernel buffers for a client that does not read.
// By default Linux buffers up to 4 MB, which would count as sent.
const writeBuffer = 64 << 10

// counted counts the bytes written to the connections of a listener.
type counted struct {
	net.Listener
	sent *atomic.Int64
}

// Accept wraps the next connection.
func (l counted) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		if err := tcp.SetWriteBuffer(writeBuffer); err != nil {
			c.Close()
			return nil, err
		}
	}
	return countedConn{c, l.sent}, nil
}

type countedConn struct {
	net.Conn
	sent *atomic.Int64
}

// Write counts the bytes that it writes.
func (c countedConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.sent.Add(int64(n))
	return n, err
}
