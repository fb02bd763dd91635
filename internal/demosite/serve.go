package demosite

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Serve serves each site on a free port of 127.0.0.1 until stop is called, which
// waits for the requests in flight.
func (w *World) Serve() (stop func(), err error) {
	addrs := make([]string, len(w.sites))
	for i := range addrs {
		addrs[i] = "127.0.0.1:0"
	}
	return w.ServeOn(addrs)
}

// ServeOn is Serve on given addresses such as "127.0.0.1:8080", one per site, for a
// server that is restarted.
func (w *World) ServeOn(addrs []string) (stop func(), err error) {
	if len(addrs) != len(w.sites) {
		return nil, fmt.Errorf("serve %d sites: got %d addresses", len(w.sites), len(addrs))
	}
	var listeners []net.Listener
	urls := make([]string, len(addrs))
	for i, addr := range addrs {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			for _, open := range listeners {
				open.Close()
			}
			return nil, fmt.Errorf("serve %s: %w", w.sites[i].Name, err)
		}
		listeners = append(listeners, l)
		urls[i] = "http://" + l.Addr().String()
	}
	if err := w.Place(urls); err != nil {
		return nil, err
	}
	var servers []*http.Server
	var running sync.WaitGroup // accept loops and connections
	for i, l := range listeners {
		s := &http.Server{
			Handler:           http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.answer(i, rw, r) }),
			ReadHeaderTimeout: time.Minute,
			ConnState: func(_ net.Conn, state http.ConnState) {
				switch state {
				case http.StateNew:
					running.Add(1)
				case http.StateClosed, http.StateHijacked:
					running.Done()
				}
			},
		}
		servers = append(servers, s)
		running.Go(func() {
			if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				panic(fmt.Sprintf("demosite: serve %s: %v", l.Addr(), err))
			}
		})
	}
	return func() {
		for _, s := range servers {
			s.Close()
		}
		running.Wait()
	}, nil
}

// answer logs a request, waits for the latency and answers it.
func (w *World) answer(site int, rw http.ResponseWriter, r *http.Request) {
	rec := w.log.begin(site, r, rw)
	defer rec.end()
	if w.options.Latency > 0 {
		select {
		case <-time.After(w.options.Latency):
		case <-r.Context().Done():
			return
		}
	}
	fault := w.faults.next(site, r)
	if fault.strike(rec, r) {
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		notice(rec, http.StatusMethodNotAllowed, "Only GET and HEAD are answered here")
		return
	}
	if fault.Kind == Rewrite {
		rewrite(rec, r, func(rw http.ResponseWriter, r *http.Request) { w.route(w.sites[site], rw, r) }, fault.Rewrite)
		return
	}
	w.route(w.sites[site], rec, r)
}

// route answers r by its path.
func (w *World) route(s *Site, rw http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case path == "/":
		http.Redirect(rw, r, "/en/", http.StatusFound)
	case path == "/en/about/", path == "/en/contact/":
		notice(rw, http.StatusOK, "We write about the region from the region")
	case path == "/site.css":
		serveFile(rw, "text/css; charset=utf-8", []byte("body { font-family: serif }\n"))
	case path == "/robots.txt":
		serveFile(rw, "text/plain; charset=utf-8",
			[]byte("User-agent: *\nDisallow: /private/\n\nSitemap: "+s.url("/sitemap.xml")+"\n"))
	case path == "/feed.xml", path == "/atom.xml", path == "/feed.json", strings.HasPrefix(path, "/sitemap"):
		w.serveDiscovery(s, rw, r)
	case strings.HasPrefix(path, "/archive/"):
		w.serveDay(s, rw, r)
	case path == "/latest":
		w.serveOffset(s, rw, r)
	case path == "/api/more":
		w.serveMore(s, rw, r)
	case path == "/private/en/article/3/":
		notice(rw, http.StatusOK, "Nobody was meant to read this draft")
	case path == "/en/article/2/":
		notice(rw, http.StatusGone, "This page was withdrawn")
	case path == "/en/article/4/report.pdf":
		serveFile(rw, "application/pdf", []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"))
	case strings.HasPrefix(path, "/en/article/"):
		w.serveArticle(s, rw, r)
	default:
		w.serveListing(s, rw, r)
	}
}

// serveArticle answers /en/article/N/ with the article, or with a redirect if the
// last slash is missing.
func (w *World) serveArticle(s *Site, rw http.ResponseWriter, r *http.Request) {
	digits := strings.TrimPrefix(r.URL.Path, "/en/article/")
	number, err := strconv.Atoi(strings.TrimSuffix(digits, "/"))
	a := (*Article)(nil)
	w.mu.RLock()
	if err == nil {
		a = s.article(number)
	}
	w.mu.RUnlock()
	switch {
	case a == nil && number >= firstNumber:
		w.options.Hole.answer(rw, r)
	case a == nil || r.URL.Path != a.Path && r.URL.Path+"/" != a.Path:
		notice(rw, http.StatusNotFound, "There is no such page")
	case r.URL.Path != a.Path:
		http.Redirect(rw, r, a.Path, http.StatusMovedPermanently)
	default:
		p, sidebar, v := w.articlePage(s, a)
		w.servePage(rw, r, p, sidebar, v)
	}
}

// answer answers a request for an article that does not exist.
func (h Hole) answer(rw http.ResponseWriter, r *http.Request) {
	switch h {
	case SoftNotFound:
		notice(rw, http.StatusOK, "Page not found")
	case FrontPage:
		http.Redirect(rw, r, "/en/", http.StatusFound)
	default:
		notice(rw, http.StatusNotFound, "There is no such page")
	}
}

func (w *World) serveListing(s *Site, rw http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	if page := r.URL.Query().Get("page"); page != "" {
		path += "?page=" + page
	}
	p, v, found := w.listingPage(s, s.listingPage(path))
	if !found {
		notice(rw, http.StatusNotFound, "There is no such page")
		return
	}
	w.servePage(rw, r, p, nil, v)
}

// A validator identifies the content of a page, its clock excepted.
type validator struct {
	etag     string
	modified time.Time
}

// validator returns the validator of a page of s in its present state.
func (w *World) validator(s *Site, what string) validator {
	return validator{fmt.Sprintf(`W/"%x-%s-%d"`, w.options.Seed, what, len(s.articles)+s.revisions), w.modified(s)}
}

// modified returns the time of the newest article of the site.
func (w *World) modified(s *Site) time.Time {
	if len(s.articles) == 0 {
		return instant(w.options.Start)
	}
	return instant(s.articles[len(s.articles)-1].Date.Time)
}

// instant converts a local time of the region.
func instant(wall time.Time) time.Time {
	return time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, zone).UTC()
}

// maxRendered is how many rendered articles of a site are kept. A backfill requests
// each page once.
const maxRendered = 2000

// articlePage returns the page of a, rendered if need be.
func (w *World) articlePage(s *Site, a *Article) (p page, sidebar []byte, v validator) {
	w.mu.RLock()
	p, found := s.pages[a.Number]
	sidebar = s.sidebar
	v = w.validator(s, a.name())
	w.mu.RUnlock()
	if found && sidebar != nil {
		return p, sidebar, v
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !found {
		p = s.renderArticle(a)
		if len(s.pages) == maxRendered {
			clear(s.pages)
		}
		s.pages[a.Number] = p
	}
	if s.sidebar == nil {
		s.sidebar = s.renderSidebar()
	}
	return p, s.sidebar, w.validator(s, a.name())
}

// listingPage returns listing page n, rendered if need be.
func (w *World) listingPage(s *Site, n int) (p page, v validator, found bool) {
	w.mu.RLock()
	p, rendered := s.lists[n]
	list, _ := w.listed(s, n)
	v = w.validator(s, "l"+strconv.Itoa(n))
	w.mu.RUnlock()
	if rendered || len(list) == 0 && n != 1 {
		return p, v, rendered
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	p = w.renderListing(s, n)
	s.lists[n] = p
	return p, w.validator(s, "l"+strconv.Itoa(n)), true
}

// buffers holds the byte slices in which pages are assembled.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// servePage answers with the page, or with 304 if the client has it.
func (w *World) servePage(rw http.ResponseWriter, r *http.Request, p page, sidebar []byte, v validator) {
	h := rw.Header()
	h.Set("ETag", v.etag)
	h.Set("Last-Modified", v.modified.Format(http.TimeFormat))
	if v.holds(r) {
		rw.WriteHeader(http.StatusNotModified)
		return
	}
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	*buf = p.assemble((*buf)[:0], w.clock(), sidebar, w.options.Padding)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(*buf)))
	rw.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		rw.Write(*buf)
	}
}

// clock returns the time shown in the page header. It starts on the day after the
// first articles and advances by a minute with each request.
func (w *World) clock() string {
	minutes := time.Duration(w.hits.Add(1)) * time.Minute
	return w.options.Start.Add(24*time.Hour + minutes).Format(shownDate)
}

// holds reports whether the response to a conditional request is 304. If-None-Match
// takes precedence over If-Modified-Since (RFC 9110 section 13.2.2).
func (v validator) holds(r *http.Request) bool {
	if tags := r.Header.Get("If-None-Match"); tags != "" {
		for tag := range strings.SplitSeq(tags, ",") {
			tag = strings.TrimSpace(tag)
			if tag == "*" || strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(v.etag, "W/") {
				return true
			}
		}
		return false
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	return err == nil && !v.modified.After(since)
}

// notice answers with a short page that is no article.
func notice(rw http.ResponseWriter, status int, text string) {
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.WriteHeader(status)
	fmt.Fprintf(rw, "<!DOCTYPE html><html lang=\"en\"><head><title>%s</title></head><body><p>%s.</p></body></html>\n",
		text, text)
}

func serveFile(rw http.ResponseWriter, contentType string, body []byte) {
	rw.Header().Set("Content-Type", contentType)
	rw.Header().Set("Content-Length", strconv.Itoa(len(body)))
	rw.Write(body)
}
