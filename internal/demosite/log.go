package demosite

import (
	"net/http"
	"sync"
	"time"
)

// Request is an entry of the request log of a world.
type Request struct {
	Begin       time.Time
	End         time.Time // when the handler returned; zero before
	Site        int
	Method      string
	Path        string // with its query
	Status      int    // 0: no response (yet)
	Conditional bool   // If-None-Match or If-Modified-Since was sent
	UserAgent   string
}

// requestLog holds requests in the order in which they began.
type requestLog struct {
	mu    sync.Mutex // guards lines and their entries
	lines []*Request
}

// Log returns the requests since the start or ResetLog, in the order in which
// they began.
func (w *World) Log() []Request {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	list := make([]Request, len(w.log.lines))
	for i, line := range w.log.lines {
		list[i] = *line
	}
	return list
}

// ResetLog empties the log.
func (w *World) ResetLog() {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	w.log.lines = nil
}

// begin logs the arrival of r. The recorder that it returns logs the response.
func (l *requestLog) begin(site int, r *http.Request, rw http.ResponseWriter) *recorder {
	line := &Request{
		Begin: time.Now(), Site: site, Method: r.Method, Path: r.URL.RequestURI(), UserAgent: r.UserAgent(),
		Conditional: r.Header.Get("If-None-Match") != "" || r.Header.Get("If-Modified-Since") != "",
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, line)
	return &recorder{ResponseWriter: rw, log: l, line: line}
}

// A recorder logs the status of a response before the client can see it.
type recorder struct {
	http.ResponseWriter
	log  *requestLog
	line *Request
	sent bool
}

func (r *recorder) WriteHeader(status int) {
	if !r.sent {
		r.sent = true
		r.log.mu.Lock()
		r.line.Status = status
		r.log.mu.Unlock()
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if !r.sent {
		r.WriteHeader(http.StatusOK)
	}
	return r.ResponseWriter.Write(b)
}

func (r *recorder) end() {
	r.log.mu.Lock()
	defer r.log.mu.Unlock()
	r.line.End = time.Now()
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
