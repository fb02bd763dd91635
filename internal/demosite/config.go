package demosite

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Mode is how much a configuration says about the sites.
type Mode uint8

// WithSelectors has selectors for articles, listings and headline blocks. Automatic
// has only the listings and the pattern of article URLs.
const (
	WithSelectors Mode = iota
	Automatic
)

// Config returns a crawl.yaml for the world, with the state dir/newsonce.db and the
// output dir/items.jsonl. The sources are the given ways, by default the listings.
// The world must have been served or placed.
func (w *World) Config(dir string, mode Mode, ways ...Way) string {
	if len(ways) == 0 {
		ways = []Way{ByLinks}
	}
	w.mu.RLock()
	defer w.mu.RUnlock()
	var b strings.Builder
	fmt.Fprintf(&b, `version: 1
user_agent: "newsonce-demo/1 (+https://github.com/newsonce/newsonce)"
state: %s
output: {path: %s}
workers: 8
defaults:
  allow_private: [127.0.0.0/8]
  delay: %s
  concurrency: %d
sites:
`, strconv.Quote(filepath.Join(dir, "newsonce.db")), strconv.Quote(filepath.Join(dir, "items.jsonl")), w.options.Delay, w.options.Parallel)
	for _, s := range w.sites {
		fmt.Fprintf(&b, "  - name: %s\n    sources:\n", s.Name)
		for _, way := range ways {
			fmt.Fprintf(&b, "      - %s\n", w.source(s, way, mode))
		}
		if mode == Automatic {
			b.WriteString("    article:\n      match: '/en/article/\\d+'\n")
			continue
		}
		b.WriteString(s.markup.selectors)
		b.WriteString("    expect: {article.content_text: 0.95, headlines.sidebar: \">=5\"}\n")
	}
	return b.String()
}

// Way is a source that leads to every article of a site.
type Way string

// The ways. ByLinks, ByPage, ByOffset and ByFragment show the headlines of all
// articles. With the others a crawl is sure to see only those beside articles: the
// list of a day may have a single entry, which not every crawler takes for a list.
const (
	ByLinks    Way = "links"    // a listing and its links to the next page
	ByPage     Way = "page"     // an archive of numbered pages without a known end
	ByOffset   Way = "offset"   // an archive of /latest?offset=0, 20, …
	ByDate     Way = "date"     // an archive of /archive/2025/12/01/, newest first
	ByID       Way = "id"       // an archive of article numbers, upwards without a known end
	ByFragment Way = "fragment" // a listing that loads HTML in JSON from /api/more
	ByJSON     Way = "json"     // a listing that loads links in JSON from /api/more
	BySitemap  Way = "sitemap"  // an index of compressed sitemaps
	ByAuto     Way = "auto"     // the same, found in robots.txt
	ByAtom     Way = "atom"     // a paged feed, found on a page that links to it
	ByJSONFeed Way = "jsonfeed" // a paged feed
)

// Ways lists all ways.
var Ways = []Way{ByLinks, ByPage, ByOffset, ByDate, ByID, ByFragment, ByJSON, BySitemap, ByAuto, ByAtom, ByJSONFeed}

// longestGap bounds consecutive holes among 10^5 numbers with up to 30 per cent of
// holes: .3^25 * 10^5 is below 10^-7.
const longestGap = 25

// source returns a way as an entry of sources in Config, without selectors in
// Automatic mode.
func (w *World) source(s *Site, way Way, mode Mode) string {
	links := ""
	if mode == WithSelectors {
		links, _, _ = strings.Cut(s.markup.links, ", next:")
		links = ", " + links
	}
	pages := len(s.articles)/min(w.options.PerPage, feedLength) + 1000 // room for later articles
	switch way {
	case ByPage:
		return fmt.Sprintf("archive: {url: %q, page: {}%s}", s.url(strings.Replace(s.markup.nextPath, "%d", "{page}", 1)),
			links)
	case ByOffset:
		return fmt.Sprintf("archive: {url: %q, page: {from: 0, step: %d}%s}", s.url("/latest?offset={page}"),
			w.options.PerPage, links)
	case ByDate:
		return fmt.Sprintf("archive: {url: %q, date: {from: %s, to: %s, order: desc}%s}",
			s.url("/archive/{date:2006/01/02}/"),
			w.all[0].Date.Time.Format(time.DateOnly), w.newest.Format(time.DateOnly), links)
	case ByID:
		return fmt.Sprintf("archive: {url: %q, id: {from: %d, stop_after_missing: %d}}", s.url("/en/article/{id}/"),
			firstNumber, longestGap)
	case ByFragment:
		return fmt.Sprintf("listing: {urls: %q, json: {html: data.html, next: next}, links: \"a[href*='/en/article/']\", max_pages: %d, stop_after_known: 20}",
			s.url("/api/more?offset=0"), pages)
	case ByJSON:
		return fmt.Sprintf("listing: {urls: %q, json: {links: \"data.items[].url\", next: after, next_url: %q}, max_pages: %d, stop_after_known: 20}",
			s.url("/api/more?offset=0"), s.url("/api/more?offset={next}"), pages)
	case BySitemap:
		return fmt.Sprintf("sitemap: %q", s.url("/sitemap.xml"))
	case ByAuto:
		return fmt.Sprintf("sitemap: %q", s.url("/"))
	case ByAtom:
		return fmt.Sprintf("feed: {urls: %q, max_pages: %d, stop_after_known: 20}", s.url("/en/"), pages)
	case ByJSONFeed:
		return fmt.Sprintf("feed: {urls: %q, max_pages: %d, stop_after_known: 20}", s.url("/feed.json"), pages)
	}
	if mode == WithSelectors {
		links = ", " + s.markup.links
	}
	return fmt.Sprintf("listing: {urls: [%q], max_pages: %d, stop_after_known: 20%s}", s.url("/en/"),
		len(s.articles)/w.options.PerPage+1000, links)
}

// By returns the truth of a crawl by some of the ways.
func (t Truth) By(ways ...Way) Truth {
	t.Sources, t.Beside = []string{"headline"}, true
	for _, way := range ways {
		kind := "listing"
		switch way {
		case ByPage, ByOffset, ByDate, ByID:
			kind = "archive"
		case BySitemap, ByAuto:
			kind = "sitemap"
		case ByAtom, ByJSONFeed:
			kind = "feed"
		}
		if !slices.Contains(t.Sources, kind) {
			t.Sources = append(t.Sources, kind)
		}
		switch way {
		case ByLinks, ByPage, ByOffset, ByFragment:
			t.Beside = false
		}
	}
	return t
}
