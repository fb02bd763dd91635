package demosite

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// WaybackSite is the site of requests to the archive, in Request and in the
// argument of a fault function.
const WaybackSite = -1

// ServeWayback serves an archive of the world on a free port of 127.0.0.1 until stop
// is called, which waits for the requests in flight. As in the Wayback Machine,
// /cdx/search/cdx lists captures and /web/20251201090000id_/URL has the pages. The
// world must have been served or placed.
//
// Each article was captured an hour after its publication, a day later, and after
// 40 days with the same bytes. In the first capture of every third article the last
// paragraph is missing. Later captures of some articles are a 404 or refer to an
// earlier capture; neither is a page. Redirects, aliases of articles and the first
// listing page were captured as well.
func (w *World) ServeWayback() (base string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("serve the archive: %w", err)
	}
	archive := &wayback{world: w}
	var running sync.WaitGroup // the accept loop and connections
	server := &http.Server{Handler: archive, ReadHeaderTimeout: time.Minute,
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				running.Add(1)
			case http.StateClosed, http.StateHijacked:
				running.Done()
			}
		}}
	running.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			panic(fmt.Sprintf("demosite: serve the archive: %v", err))
		}
	})
	return "http://" + l.Addr().String(), func() {
		server.Close()
		running.Wait()
	}, nil
}

// capture is a line of the index.
type capture struct {
	key      string // of the URL, by which the index is sorted
	at       string // 14 digits
	original string
	mime     string
	status   string // "-": refers to an earlier capture
	digest   string

	site     int
	article  *Article // nil: the first listing page
	first    bool     // the version without its last paragraph
	location string   // of a redirect
}

// captureClock is the layout of times in the index.
const captureClock = "20060102150405"

// wayback is the handler of an archive.
type wayback struct {
	world *World

	mu    sync.Mutex // guards the fields below
	state [2]int     // articles and revisions in index
	index []capture
}

// captures returns the sorted index of the world in its present state.
func (b *wayback) captures() []capture {
	w := b.world
	w.mu.RLock()
	defer w.mu.RUnlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	state := [2]int{len(w.all)}
	for _, s := range w.sites {
		state[1] += s.revisions
	}
	if b.index != nil && b.state == state {
		return b.index
	}
	b.index, b.state = []capture{}, state
	for i, s := range w.sites {
		b.list(i, s.url("/en/"), w.modified(s).Add(time.Hour), capture{digest: sha1Digest([]byte(s.URL))})
		for n, a := range s.articles {
			b.article(i, s, n, a)
		}
	}
	slices.SortFunc(b.index, func(a, b capture) int {
		return cmp.Or(strings.Compare(a.key, b.key),
			strings.Compare(a.at, b.at))
	})
	return b.index
}

// article adds the captures of the article with index n of a site.
func (b *wayback) article(site int, s *Site, n int, a *Article) {
	at := instant(a.Date.Time)
	last := capture{article: a, digest: sha1Digest(fmt.Append(nil, a.name(), a.URL))}
	early := last
	if n%3 == 0 && len(a.Paragraphs) > 1 {
		early.first, early.digest = true, sha1Digest(fmt.Append(nil, "first ", a.URL))
	}
	b.list(site, a.URL, at.Add(time.Hour), early)
	b.list(site, a.URL, at.AddDate(0, 0, 1), last)
	b.list(site, a.URL, at.AddDate(0, 0, 40), last)
	if n%5 == 0 {
		b.list(site, a.URL, at.AddDate(0, 0, 60), capture{article: a, digest: last.digest, mime: "warc/revisit", status: "-"})
	}
	if n%7 == 0 {
		b.list(site, a.URL, at.AddDate(0, 0, 300), capture{digest: sha1Digest(nil), status: "404"})
	}
	if a.View != "" {
		b.list(site, s.url(a.View), at.AddDate(0, 0, 1), last)
	}
	if a.Redirect != "" {
		b.list(site, s.url(a.Redirect), at.AddDate(0, 0, 2), capture{digest: sha1Digest(nil), status: "301", location: a.URL})
	}
}

func (b *wayback) list(site int, original string, at time.Time, c capture) {
	c.site, c.original, c.key, c.at = site, original, captureKey(original), at.Format(captureClock)
	c.mime, c.status = cmp.Or(c.mime, "text/html"), cmp.Or(c.status, "200")
	b.index = append(b.index, c)
}

// captureKey returns the key of a URL: the host reversed, unless it is an IP
// address, and the path without its last slash.
func captureKey(rawURL string) string {
	key, query, found := strings.Cut(keyPrefix(rawURL), "?")
	key = strings.TrimSuffix(key, "/")
	if found {
		key += "?" + query
	}
	return key
}

// keyPrefix returns the prefix of the keys of all URLs with a given prefix.
func keyPrefix(rawURL string) string {
	if _, rest, ok := strings.Cut(rawURL, "://"); ok {
		rawURL = rest
	}
	host, path, _ := strings.Cut(rawURL, "/")
	name, port, _ := strings.Cut(strings.ToLower(host), ":")
	if net.ParseIP(name) == nil {
		labels := strings.Split(name, ".")
		slices.Reverse(labels)
		name = strings.Join(labels, ",")
	}
	if port != "" && port != "80" && port != "443" {
		name += ":" + port
	}
	return name + ")/" + strings.ToLower(path)
}

// ServeHTTP logs a request and answers it.
func (b *wayback) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w := b.world
	rec := w.log.begin(WaybackSite, r, rw)
	defer rec.end()
	if w.options.Latency > 0 {
		select {
		case <-time.After(w.options.Latency):
		case <-r.Context().Done():
			return
		}
	}
	fault := w.faults.next(WaybackSite, r)
	switch {
	case fault.strike(rec, r):
	case fault.Kind == Rewrite:
		rewrite(rec, r, b.route, fault.Rewrite)
	default:
		b.route(rec, r)
	}
}

func (b *wayback) route(rw http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/robots.txt":
		serveFile(rw, "text/plain; charset=utf-8", []byte("User-agent: *\nDisallow: /save/\n"))
	case r.URL.Path == "/cdx/search/cdx":
		b.serveIndex(rw, r)
	case strings.HasPrefix(r.URL.Path, "/web/"):
		b.servePage(rw, r)
	default:
		notice(rw, http.StatusNotFound, "There is no such page")
	}
}

// servePage answers /web/TIMEid_/URL with the capture of that time, or with a
// redirect to the nearest one.
func (b *wayback) servePage(rw http.ResponseWriter, r *http.Request) {
	when, original, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/web/"), "/")
	if r.URL.RawQuery != "" {
		original += "?" + r.URL.RawQuery
	}
	at := strings.TrimSuffix(when, "id_")
	c := b.nearest(captureKey(original), at)
	switch {
	case c == nil:
		notice(rw, http.StatusNotFound, "The archive has no such page")
	case c.at != at:
		redirect(rw, "/web/"+c.at+"id_/"+c.original, http.StatusFound)
	case c.location != "":
		redirect(rw, "/web/"+c.at+"id_/"+c.location, http.StatusMovedPermanently)
	case c.status != "200":
		notice(rw, http.StatusNotFound, "The page was not there at that time")
	default:
		t, _ := time.Parse(captureClock, c.at)
		rw.Header().Set("Memento-Datetime", t.Format(http.TimeFormat))
		rw.Header().Set("X-Archive-Orig-Content-Type", "text/html; charset=utf-8")
		serveFile(rw, "text/html; charset=utf-8", b.page(c))
	}
}

// redirect redirects to a target as it is. http.Redirect would merge the two slashes
// in it.
func redirect(rw http.ResponseWriter, to string, status int) {
	rw.Header().Set("Location", to)
	notice(rw, status, "The page is elsewhere")
}

// nearest returns the capture of a key that is nearest to a time.
func (b *wayback) nearest(key, at string) *capture {
	index := b.captures()
	i, _ := slices.BinarySearchFunc(index, key, func(c capture, key string) int { return strings.Compare(c.key, key) })
	var best *capture
	for ; i < len(index) && index[i].key == key; i++ {
		if c := &index[i]; c.mime == "text/html" && (best == nil || apart(c.at, at) < apart(best.at, at)) {
			best = c
		}
	}
	return best
}

// apart returns the difference of two times of up to 14 digits.
func apart(a, b string) time.Duration {
	const earliest = "00000101000000"
	ta, _ := time.Parse(captureClock, a)
	tb, _ := time.Parse(captureClock, b+earliest[min(len(b), len(earliest)):])
	return ta.Sub(tb).Abs()
}

// page returns the body of a capture.
func (b *wayback) page(c *capture) []byte {
	w := b.world
	s := w.sites[c.site]
	if c.article == nil {
		p, _, _ := w.listingPage(s, 1)
		return w.assembled(p, nil)
	}
	p, sidebar, _ := w.articlePage(s, c.article)
	if c.first {
		w.mu.RLock()
		early := *c.article
		w.mu.RUnlock()
		early.Paragraphs = early.Paragraphs[:len(early.Paragraphs)-1]
		p = s.renderArticle(&early)
	}
	return w.assembled(p, sidebar)
}
