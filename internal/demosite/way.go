package demosite

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Way is a source that leads to every article of a site.
type Way string

// The ways. ByLinks, ByPage, ByOffset and ByFragment show headlines of all
// articles. With the others only those beside articles are seen for certain: a
// day's list may have one entry, which does not make a list for everybody.
const (
	ByLinks    Way = "links"    // a listing and its links to the next page
	ByPage     Way = "page"     // an archive of numbered pages without a known end
	ByOffset   Way = "offset"   // an archive of /latest?offset=0, 20, …
	ByDate     Way = "date"     // an archive of /archive/2025/12/01/, newest first
	ByID       Way = "id"       // an archive of the articles' numbers, upwards without a known end
	ByFragment Way = "fragment" // a listing that loads HTML in JSON from /api/more
	ByJSON     Way = "json"     // a listing that loads links in JSON from /api/more
	BySitemap  Way = "sitemap"  // an index of packed sitemaps
	ByAuto     Way = "auto"     // the same, found in robots.txt
	ByAtom     Way = "atom"     // a paged feed, by the page that names it
	ByJSONFeed Way = "jsonfeed" // a paged feed
)

// Ways are all of them.
var Ways = []Way{ByLinks, ByPage, ByOffset, ByDate, ByID, ByFragment, ByJSON, BySitemap, ByAuto, ByAtom, ByJSONFeed}

// longestGap bounds the holes in a row, at up to 30 per cent of holes and 10^5
// numbers: .3^25 * 10^5 is below 10^-7.
const longestGap = 25

// source is what a way is written as under sources. Config's selectors are
// left out in Automatic mode.
func (w *World) source(s *Site, way Way, mode Mode) string {
	links := ""
	if mode == WithSelectors {
		links, _, _ = strings.Cut(s.markup.links, ", next:")
		links = ", " + links
	}
	pages := len(s.articles)/min(w.options.PerPage, feedLength) + 1000 // room for what is published later
	switch way {
	case ByPage:
		return fmt.Sprintf("archive: {url: %q, page: {}%s}", s.address(strings.Replace(s.markup.nextPath, "%d", "{page}", 1)), links)
	case ByOffset:
		return fmt.Sprintf("archive: {url: %q, page: {from: 0, step: %d}%s}", s.address("/latest?offset={page}"), w.options.PerPage, links)
	case ByDate:
		return fmt.Sprintf("archive: {url: %q, date: {from: %s, to: %s, order: desc}%s}", s.address("/archive/{date:2006/01/02}/"),
			w.all[0].Date.Time.Format(time.DateOnly), w.newest.Format(time.DateOnly), links)
	case ByID:
		return fmt.Sprintf("archive: {url: %q, id: {from: %d, stop_after_missing: %d}}", s.address("/en/article/{id}/"), firstNumber, longestGap)
	case ByFragment:
		return fmt.Sprintf("listing: {urls: %q, json: {html: data.html, next: next}, links: \"a[href*='/en/article/']\", max_pages: %d, stop_after_known: 20}", s.address("/api/more?offset=0"), pages)
	case ByJSON:
		return fmt.Sprintf("listing: {urls: %q, json: {links: \"data.items[].url\", next: after, next_url: %q}, max_pages: %d, stop_after_known: 20}",
			s.address("/api/more?offset=0"), s.address("/api/more?offset={next}"), pages)
	case BySitemap:
		return fmt.Sprintf("sitemap: %q", s.address("/sitemap.xml"))
	case ByAuto:
		return fmt.Sprintf("sitemap: %q", s.address("/"))
	case ByAtom:
		return fmt.Sprintf("feed: {urls: %q, max_pages: %d, stop_after_known: 20}", s.address("/en/"), pages)
	case ByJSONFeed:
		return fmt.Sprintf("feed: {urls: %q, max_pages: %d, stop_after_known: 20}", s.address("/feed.json"), pages)
	}
	if mode == WithSelectors {
		links = ", " + s.markup.links
	}
	return fmt.Sprintf("listing: {urls: [%q], max_pages: %d, stop_after_known: 20%s}", s.address("/en/"), len(s.articles)/w.options.PerPage+1000, links)
}

// By is the truth of a crawl by some of the ways alone.
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
