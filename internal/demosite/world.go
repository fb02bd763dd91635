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
	Sites    int           // 1 to 8, default 1; mark-ups in turn: css, table, cards
	Articles int           // over all sites at the start, default 300
	Seed     uint64        // worlds of equal Options are equal
	Padding  int           // bytes of inert mark-up that a page is filled up to; 0 = none
	PerPage  int           // articles a listing page, default 20
	Latency  time.Duration // before each answer
	Start    time.Time     // wall clock of the newest article at the beginning, default 2025-12-01 09:00
	Delay    time.Duration // delay in Config
	Parallel int           // concurrency a host in Config, default 4

	Holes      int  // per cent of the article numbers that were never given, 0 to 90
	Hole       Hole // what an article's address with such a number answers
	PerSitemap int  // addresses in a part of the sitemap, default 5000
}

// Hole is what a site answers for an article that does not exist.
type Hole uint8

// The answers of holes: 404; 200 with a page that says so; a redirect to the
// front page.
const (
	NotFound Hole = iota
	SoftNotFound
	FrontPage
)

// sidebarLength is the number of headlines beside an article.
const sidebarLength = 15

// span is the time over which the first articles are spread.
const span = 180 * 24 * time.Hour

// World is a small region's press: up to eight news sites on loopback. Its
// methods may be called by several goroutines at once.
type World struct {
	options Options

	mu        sync.RWMutex // guards what follows, the sites' fields included
	sites     []*Site
	all       []*Article // in order of publication
	originals []*Article // the first article of each text
	titles    map[string]bool
	newest    time.Time // wall clock of the last article

	hits   atomic.Int64 // requests so far: drives the clock in the page header
	log    requestLog
	faults faults
}

// Site is one news site.
type Site struct {
	Name string // as Config calls it
	URL  string // "http://127.0.0.1:PORT", "" until the world is served or placed

	title     string // as its pages call it
	markup    *markup
	articles  []*Article   // oldest first
	revisions int          // of all of them
	shapes    []int        // number of articles each time that it was changed: what its sidebar and listing have looked like
	pages     map[int]page // article pages by number, without the sidebar
	lists     map[int]page // listing pages by ordinal
	sidebar   []byte
}

// siteNames are the names of the sites, as Config and as their pages have them.
var siteNames = [8][2]string{
	{"courier", "Northreach Courier"}, {"gazette", "Valley Gazette"}, {"cards", "Harbour Cards"}, {"observer", "Lowland Observer"},
	{"tribune", "Border Tribune"}, {"lantern", "The Lantern"}, {"herald", "Tavel Herald"}, {"echo", "Island Echo"},
}

// New makes a world. It panics when Options.Sites is not within 0 to 8, or
// Options.Holes not within 0 to 90.
func New(o Options) *World {
	if o.Sites < 0 || o.Sites > len(siteNames) {
		panic(fmt.Sprintf("demosite: %d sites asked for, 1 to %d can be had", o.Sites, len(siteNames)))
	}
	if o.Holes < 0 || o.Holes > 90 {
		panic(fmt.Sprintf("demosite: %d per cent of holes asked for, 0 to 90 can be had", o.Holes))
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

// add publishes the next article at the wall clock t, cut to the minute.
func (w *World) add(t time.Time) *Article {
	t = t.Truncate(time.Minute)
	a := w.draw(t)
	s := w.sites[a.Site]
	a.URL = s.address(a.Path)
	s.articles = append(s.articles, a)
	w.all = append(w.all, a)
	w.newest = t
	return a
}

// settle drops the rendered pages that show a site's latest articles and
// notes what the site looks like from now on.
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

// Revise has the article's site publish another version of it and returns it.
// The listing and the sidebar show it as well. A truth taken before holds for
// what was written before.
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

// Site returns the name and address of the site with index i, from 0.
func (w *World) Site(i int) *Site {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return &Site{Name: w.sites[i].Name, URL: w.sites[i].URL}
}

// Listing is the address of the site's first listing page.
func (s *Site) Listing() string { return s.URL + "/en/" }

// URLs returns the addresses of the sites, in order.
func (w *World) URLs() []string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	urls := make([]string, len(w.sites))
	for i, s := range w.sites {
		urls[i] = s.URL
	}
	return urls
}

// Place gives the sites their addresses without serving them: for a world
// whose twin is served by another process.
func (w *World) Place(urls []string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(urls) != len(w.sites) {
		return fmt.Errorf("place %d sites: %d addresses given", len(w.sites), len(urls))
	}
	if slices.EqualFunc(w.sites, urls, func(s *Site, url string) bool { return s.URL == url }) {
		return nil
	}
	for i, s := range w.sites {
		s.URL = urls[i]
		s.pages, s.lists, s.sidebar = map[int]page{}, map[int]page{}, nil
		for _, a := range s.articles {
			a.URL = s.address(a.Path)
		}
	}
	return nil
}

// orphans is the largest number of articles that get no listing page of their
// own but stand at the end of the page before.
const orphans = 4

// listingPages is the number of listing pages of n articles.
func listingPages(n, perPage int) int {
	full, rest := n/perPage, n%perPage
	if full == 0 || rest > orphans {
		return full + 1
	}
	return full
}

// listingPlace is the listing page and the position on it, both from 1, of the
// article of n that has so many newer ones before it.
func listingPlace(n, perPage, before int) (page, position int) {
	page = min(before/perPage+1, listingPages(n, perPage))
	return page, before - (page-1)*perPage + 1
}

// listed returns the articles of listing page n, from 1, newest first, and
// whether another page follows; none for a page that does not exist.
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

// latest returns what the site's sidebar shows, newest first.
func (s *Site) latest() []*Article {
	list := slices.Clone(s.articles[max(0, len(s.articles)-sidebarLength):])
	slices.Reverse(list)
	return list
}
