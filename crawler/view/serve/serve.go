// Package serve answers HTTP requests about what a crawl collected: the report, a search,
// single items with their revisions, clusters, feeds. It only reads.
//
//	serve.go    Options, New: the routes, and what every response has
//	refresh.go  Keep: the index and the overview kept up to date
//	query.go    a search as URL parameters
//	search.go   the pages and feeds of a search
//	item.go     the pages of an item and of a cluster
//	compare.go  two texts side by side
//	api.go      the same as JSON
//	page.go     templates
package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/newsonce/newsonce/crawler/view"
	"github.com/newsonce/newsonce/crawler/view/index"
	"github.com/newsonce/newsonce/crawler/view/report"
)

// Options of a server.
type Options struct {
	Index *index.Index
	// Items opens the committed lines of the output; its errors are shown by /healthz.
	Items func(context.Context) (*view.Items, error)
	// Report collects the figures of the overview.
	Report func(context.Context) (*report.Report, error)
	// Metrics answers /metrics. If it is nil, there is no such path.
	Metrics http.Handler
	Log     *slog.Logger // nil: nothing is logged

	Searches int           // at the same time; 0: 4. A request waits a second for its turn
	Timeout  time.Duration // of a search; 0: 5s
}

// Server answers requests. Keep must run beside it.
type Server struct {
	Options
	mux      *http.ServeMux
	turns    *semaphore.Weighted
	overview overview
	update   updateState
}

// New returns a server for an index.
func New(o Options) *Server {
	if o.Searches <= 0 {
		o.Searches = 4
	}
	if o.Timeout <= 0 {
		o.Timeout = 5 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{Options: o, mux: http.NewServeMux(), turns: semaphore.NewWeighted(int64(o.Searches))}
	s.overview.wanted, s.overview.first = make(chan struct{}, 1), make(chan struct{})
	s.page("GET /{$}", s.showOverview)
	s.page("GET /search", s.showSearch)
	s.page("GET /item/{type}/{id}", s.showItem)
	s.page("GET /cluster/{id}", s.showCluster)
	s.page("GET /", func(http.ResponseWriter, *http.Request) error { return notFound("There is no such page.") })
	s.mux.HandleFunc("GET /feed.atom", s.feed)
	s.mux.HandleFunc("GET /feed.json", s.feed)
	s.json("GET /api/search", s.apiSearch)
	s.json("GET /api/items/{type}/{id}", s.apiItem)
	s.json("GET /api/clusters/{id}", s.apiCluster)
	s.json("GET /api/sites", s.apiSites)
	s.json("GET /api/", func(*http.Request) (any, error) {
		return nil, notFound("There is no such path; docs/serve.md lists them.")
	})
	s.mux.HandleFunc("GET /style.css", static("text/css; charset=utf-8", styleSheet()))
	s.mux.HandleFunc("GET /icon.svg", static("image/svg+xml", icon))
	s.mux.HandleFunc("GET /healthz", s.health)
	if o.Metrics != nil {
		s.mux.Handle("GET /metrics", o.Metrics)
	}
	return s
}

// policy lets a page load nothing but our own style sheet and icon, and send forms only
// to this server.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; " +
	"frame-ancestors 'none'"

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-cache")
	s.mux.ServeHTTP(w, r)
}

// failure is an error with what the reader is told.
type failure struct {
	status  int
	message string
}

func (f *failure) Error() string { return f.message }

func notFound(message string) error { return &failure{http.StatusNotFound, message} }

// explain returns the status and the message of an error. What a person cannot help is
// logged.
func (s *Server) explain(r *http.Request, err error) *failure {
	var f *failure
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, index.ErrQuery):
		_, message, _ := strings.Cut(err.Error(), index.ErrQuery.Error()+": ")
		return &failure{http.StatusBadRequest, "This search cannot be made: " + message + "."}
	case errors.Is(err, errBusy):
		return &failure{http.StatusServiceUnavailable, "Too many searches at once. Try again in a moment."}
	case errors.Is(err, context.DeadlineExceeded):
		return &failure{http.StatusServiceUnavailable, "The search took too long. Add a word, a site or a date."}
	}
	if r.Context().Err() == nil {
		s.Log.Error("request failed", "url", r.URL.String(), "err", err)
	}
	return &failure{http.StatusInternalServerError, "The index cannot be read; the log of newsonce serve says why."}
}

var errBusy = errors.New("too many searches at once")

// patience is how long a request waits for its turn.
const patience = time.Second

// turn calls f, which searches, when it may.
func (s *Server) turn(ctx context.Context, f func(context.Context) error) error {
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := s.turns.Acquire(wait, 1); err != nil {
		return fmt.Errorf("%w: %w", errBusy, context.Cause(wait))
	}
	defer s.turns.Release(1)
	ctx, stop := context.WithTimeout(ctx, s.Timeout)
	defer stop()
	if err := f(ctx); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return err
	}
	return nil
}

func static(contentType, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write([]byte(text))
	}
}
