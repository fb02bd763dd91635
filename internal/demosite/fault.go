package demosite

import (
	"net"
	"net/http"
	"sync"
)

// A FaultKind is a way in which a site fails.
type FaultKind uint8

// The kinds of fault. NoFault is the zero value.
const (
	NoFault  FaultKind = iota
	Status             // responds with Fault.Status
	Hang               // does not respond until the client or the world ends
	Reset              // resets the connection
	Truncate           // sends less than Content-Length
	NotHTML            // responds with JSON
	Rewrite            // changes the body with Fault.Rewrite and sends no validators
)

// Fault describes the failure of one request.
type Fault struct {
	Kind       FaultKind
	Status     int    // for Status
	RetryAfter string // for Status: value of the header, "" = none
	Rewrite    func(body []byte) []byte
}

// faults holds the present fault function and counts the faults by kind.
type faults struct {
	mu     sync.Mutex // guards both
	choose func(site int, r *http.Request) Fault
	counts map[FaultKind]int
}

// SetFault makes choose decide on each later request; nil ends all faults. Several
// goroutines call choose at once.
func (w *World) SetFault(choose func(site int, r *http.Request) Fault) {
	w.faults.mu.Lock()
	defer w.faults.mu.Unlock()
	w.faults.choose = choose
}

// Faults returns the number of faults of each kind so far.
func (w *World) Faults() map[FaultKind]int {
	w.faults.mu.Lock()
	defer w.faults.mu.Unlock()
	counts := map[FaultKind]int{}
	for k, n := range w.faults.counts {
		counts[k] = n
	}
	return counts
}

func (f *faults) next(site int, r *http.Request) Fault {
	f.mu.Lock()
	choose := f.choose
	f.mu.Unlock()
	if choose == nil {
		return Fault{}
	}
	fault := choose(site, r)
	if fault.Kind != NoFault {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.counts == nil {
			f.counts = map[FaultKind]int{}
		}
		f.counts[fault.Kind]++
	}
	return fault
}

// strike answers r with the fault and reports whether it did.
func (f Fault) strike(rw http.ResponseWriter, r *http.Request) bool {
	switch f.Kind {
	case Status:
		if f.RetryAfter != "" {
			rw.Header().Set("Retry-After", f.RetryAfter)
		}
		notice(rw, f.Status, http.StatusText(f.Status))
	case Hang:
		<-r.Context().Done()
	case Reset:
		reset(rw)
	case Truncate:
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		rw.Header().Set("Content-Length", "4000")
		rw.Write([]byte("<!DOCTYPE html><html><head><title>Cut</title></head><body><h1>Cut"))
	case NotHTML:
		rw.Header().Set("Content-Type", "application/json")
		rw.Write([]byte(`{"title":"not a page"}` + "\n"))
	default:
		return false
	}
	return true
}

// rewrite answers r with a changed body, like a site with a new markup.
func rewrite(rw http.ResponseWriter, r *http.Request, answer func(http.ResponseWriter, *http.Request),
	change func([]byte) []byte) {
	r = r.Clone(r.Context())
	r.Header.Del("If-None-Match")
	r.Header.Del("If-Modified-Since")
	held := &heldAnswer{header: rw.Header(), status: http.StatusOK}
	answer(held, r)
	for _, name := range []string{"ETag", "Last-Modified", "Content-Length"} {
		rw.Header().Del(name)
	}
	rw.WriteHeader(held.status)
	rw.Write(change(held.body))
}

// heldAnswer keeps the status and body of a response.
type heldAnswer struct {
	header http.Header
	status int
	body   []byte
}

func (h *heldAnswer) Header() http.Header    { return h.header }
func (h *heldAnswer) WriteHeader(status int) { h.status = status }
func (h *heldAnswer) Write(b []byte) (int, error) {
	h.body = append(h.body, b...)
	return len(b), nil
}

// reset resets the connection of the client.
func reset(rw http.ResponseWriter) {
	conn, _, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}
