package demosite

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Options shape a world. The zero value is one site of 300 articles.
type Options struct {
	Sites    int           // 1 to 8, default 1; markups in turn: css, table, cards
	Articles int           // of all sites at the start, default 300
	Seed     uint64        // worlds of equal Options are equal
	Padding  int           // size in bytes to which inert markup fills up a page; 0 = none
	PerPage  int           // articles per listing page, default 20
	Latency  time.Duration // before each response
	Start    time.Time     // local time of the newest article, default 2025-12-01 09:00
	Delay    time.Duration // delay in Config
	Parallel int           // concurrency per host in Config, default 4

	Holes      int  // per cent of article numbers left unused, 0 to 90
	Hole       Hole // response for an article with such a number
	PerSitemap int  // URLs per sitemap of the index, default 5000
}

// Hole is the response of a site for an article that does not exist.
type Hole uint8

// The responses: 404; 200 with a page that says "not found"; a redirect to the
// front page.
const (
	NotFound Hole = iota
	SoftNotFound
	FrontPage
)

// sidebarLength is the number of headlines beside an article.
const sidebarLength = 15

// span is the period over which the first articles are spread.
const span = 180 * 24 * time.Hour

// World is the press of a small region: up to eight news sites on loopback. Its
// methods may be called by several goroutines at once.
type World struct {
	options Options

	mu        sync.RWMutex // guards the fields below and those of the sites
	sites     []*Site
	all       []*Article // in order of publication
	originals []*Article // the first article of each text
	titles    map[string]bool
	newest    time.Time // local time of the last article

	hits   atomic.Int64 // requests so far; drives the clock in the page header
	log    requestLog
	faults faults
}

// Site is one news site.
type Site struct {
	Name string // in Config
	URL  string // "http://127.0.0.1:PORT", "" until the world is served or placed

	title     string // on its pages
	markup    *markup
	articles  []*Article   // oldest first
	revisions int          // of all of them
	shapes    []int        // numbers of articles that its sidebar and listing have shown
	pages     map[int]page // article pages by number, without the sidebar
	lists     map[int]page // listing pages by ordinal
	sidebar   []byte
}

// siteNames holds the names of the sites in Config and on their pages.
var siteNames = [8][2]string{
	{"courier", "Northreach Courier"}, {"gazette", "Valley Gazette"}, {"cards", "Harbour Cards"}, {"observer",
		"Lowland Observer"},
	{"tribune", "Border Tribune"}, {"lantern", "The Lantern"}, {"herald", "Tavel Herald"}, {"echo", "Island Echo"},
}

// New returns a world. It panics if Options.Sites is not within 0 to 8, or
// Options.Holes not within 0 to 90.
func New(o Options) *World {
	if o.Sites < 0 || o.Sites > len(siteNames) {
		panic(fmt.Sprintf("demosite: Options.Sites is %d, want 0 to %d", o.Sites, len(siteNames)))
	}
	if o.Holes < 0 || o.Holes > 90 {
		panic(fmt.Sprintf("demosite: Options.Holes is %d, want 0 to 90", o.Holes))
	}
	o.Sites = orDefault(o.Sites, 1)
	o.Articles = orDefault(o.Articles, 300)
	o.PerPage = orDefault(o.PerPage, 20)
	o.Parallel = orDefault(o.Parallel, 4)
	o.PerSitemap = orDefault(o.PerSitemap, 5000)
	if o.Start.IsZero() {
		o.Start = time.Date(2025, 12, 1, 9, 0, 0, 0, time.UTC)
	}
	w := &World{options: o, titles: map[string]bool{}}
	for i := range o.Sites {
		w.sites = append(w.sites, &Site{Name: siteNames[i][0], title: siteNames[i][1], markup: markups()[i%len(markups())]})
	}
	step := max(span/time.Duration(o.Articles), 2*time.Minute)
	for i := range o.Articles {
		early := time.Duration(0) // less than a step, so that dates ascend
		if i < o.Articles-1 {
			early = time.Duration(i) * 7919 * time.Minute % (step - time.Minute)
		}
		w.add(o.Start.Add(-step*time.Duration(o.Articles-1-i) - early))
	}
	w.settle()
	return w
}

func orDefault(n, def int) int {
	if n == 0 {
		return def
	}
	return n
}

// add publishes the next article at the local time t, truncated to the minute.
func (w *World) add(t time.Time) *Article {
	t = t.Truncate(time.Minute)
	a := w.draw(t)
	s := w.sites[a.Site]
	a.URL = s.url(a.Path)
	s.articles = append(s.articles, a)
	w.all = append(w.all, a)
	w.newest = t
	return a
}

// settle drops the rendered pages that show the latest articles of a site and
// records what the site shows from now on.
func (w *World) settle() {
	for _, s := range w.sites {
		if n := len(s.articles); len(s.shapes) == 0 || s.shapes[len(s.shapes)-1] != n {
			s.shapes = append(s.shapes, n)
			s.lists, s.sidebar = map[int]page{}, nil
		}
		if s.pages == nil {
			s.pages = map[int]page{}
		}
	}
}

// Publish adds n articles with the newest dates, spread over the sites, and
// returns them, oldest first.
func (w *World) Publish(n int) []Article {
	w.mu.Lock()
	defer w.mu.Unlock()
	var added []Article
	for range n {
		added = append(added, *w.add(w.newest.Add(time.Duration(7+5*(len(w.all)%9)) * time.Minute)))
	}
	w.settle()
	return added
}

// Revise publishes another version of an article and returns it. The listing and
// the sidebar show it as well. An earlier Truth describes the earlier version.
func (w *World) Revise(a Article, change func(a *Article)) Article {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.sites[a.Site]
	own := s.article(a.Number)
	own.Paragraphs, own.Authors, own.Tags = slices.Clone(own.Paragraphs), slices.Clone(own.Authors), slices.Clone(own.Tags)
	change(own)
	own.Revision++
	s.revisions++
	delete(s.pages, own.Number)
	s.lists, s.sidebar = map[int]page{}, nil
	return *own
}

// Articles returns every article, in order of publication.
func (w *World) Articles() []Article {
	w.mu.RLock()
	defer w.mu.RUnlock()
	list := make([]Article, len(w.all))
	for i, a := range w.all {
		list[i] = *a
	}
	return list
}

// Site returns the name and URL of the site with index i, from 0.
func (w *World) Site(i int) *Site {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return &Site{Name: w.sites[i].Name, URL: w.sites[i].URL}
}

// Listing returns the URL of the first listing page of the site.
func (s *Site) Listing() string { return s.URL + "/en/" }

// URLs returns the URLs of the sites, in order.
func (w *World) URLs() []string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	urls := make([]string, len(w.sites))
	for i, s := range w.sites {
		urls[i] = s.URL
	}
	return urls
}

// Place sets the URLs of the sites without serving them, for a world whose twin is
// served by another process.
func (w *World) Place(urls []string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(urls) != len(w.sites) {
		return fmt.Errorf("place %d sites: got %d URLs", len(w.sites), len(urls))
	}
	if slices.EqualFunc(w.sites, urls, func(s *Site, url string) bool { return s.URL == url }) {
		return nil
	}
	for i, s := range w.sites {
		s.URL = urls[i]
		s.pages, s.lists, s.sidebar = map[int]page{}, map[int]page{}, nil
		for _, a := range s.articles {
			a.URL = s.url(a.Path)
		}
	}
	return nil
}

// orphans is how many articles at most are appended to the last full listing page
// instead of getting a page of their own.
const orphans = 4

// listingPages returns the number of listing pages of n articles.
func listingPages(n, perPage int) int {
	full, rest := n/perPage, n%perPage
	if full == 0 || rest > orphans {
		return full + 1
	}
	return full
}

// listingPlace returns the listing page of one of n articles and its position on
// the page, both from 1, given the number of newer articles.
func listingPlace(n, perPage, before int) (page, position int) {
	page = min(before/perPage+1, listingPages(n, perPage))
	return page, before - (page-1)*perPage + 1
}

// listed returns the articles of listing page n, from 1, newest first, and whether
// another page follows. A page that does not exist has no articles.
func (w *World) listed(s *Site, n int) (list []*Article, more bool) {
	pages := listingPages(len(s.articles), w.options.PerPage)
	if n < 1 || n > pages {
		return nil, false
	}
	start, end := 0, len(s.articles)-(n-1)*w.options.PerPage
	if n < pages {
		start = end - w.options.PerPage
	}
	list = slices.Clone(s.articles[start:end])
	slices.Reverse(list)
	return list, n < pages
}

// latest returns the articles in the sidebar of the site, newest first.
func (s *Site) latest() []*Article {
	list := slices.Clone(s.articles[max(0, len(s.articles)-sidebarLength):])
	slices.Reverse(list)
	return list
}
