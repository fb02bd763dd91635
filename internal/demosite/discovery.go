package demosite

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// feedLength is the number of articles in the RSS feed.
const feedLength = 20

type sitemapIndex struct {
	XMLName  xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemapindex"`
	Sitemaps []sitemapURL `xml:"sitemap"`
}

type sitemap struct {
	XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	URLs    []sitemapURL `xml:"url"`
}

type sitemapURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod"`
}

type rss struct {
	XMLName xml.Name  `xml:"rss"`
	Version string    `xml:"version,attr"`
	Title   string    `xml:"channel>title"`
	Link    string    `xml:"channel>link"`
	Items   []rssItem `xml:"channel>item"`
}

type rssItem struct {
	Title     string `xml:"title"`
	Link      string `xml:"link"`
	GUID      string `xml:"guid"`
	Published string `xml:"pubDate"`
}

// An atomFeed is a page of a feed after RFC 4287 and RFC 5005 section 3.
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Title   string      `xml:"title"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string   `xml:"id"`
	Title     string   `xml:"title"`
	Link      atomLink `xml:"link"`
	Published string   `xml:"published"`
	Updated   string   `xml:"updated"`
}

// A jsonFeed is a page of a JSON Feed 1.1.
type jsonFeed struct {
	Version string         `json:"version"`
	Title   string         `json:"title"`
	Next    string         `json:"next_url,omitempty"`
	Items   []jsonFeedItem `json:"items"`
}

type jsonFeedItem struct {
	ID        string `json:"id"`
	URL       string `json:"url"`
	Title     string `json:"title"`
	Published string `json:"date_published"`
}

// serveDiscovery answers /sitemap.xml, an index of /sitemap-1.xml.gz and so on with
// the oldest articles first; /feed.xml, the latest articles in RSS 2.0; and /atom.xml
// and /feed.json, which lead through all articles in pages.
func (w *World) serveDiscovery(s *Site, rw http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	page, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil {
		page = 1
	}
	w.mu.RLock()
	v := w.validator(s, fmt.Sprintf("%s-%d", path, page))
	doc := w.discovery(s, path, page, v.modified)
	w.mu.RUnlock()
	if doc == nil {
		notice(rw, http.StatusNotFound, "There is no such page")
		return
	}
	rw.Header().Set("ETag", v.etag)
	rw.Header().Set("Last-Modified", v.modified.Format(http.TimeFormat))
	if v.holds(r) {
		rw.WriteHeader(http.StatusNotModified)
		return
	}
	if feed, ok := doc.(jsonFeed); ok {
		serveJSON(rw, "application/feed+json", feed)
		return
	}
	body, err := xml.MarshalIndent(doc, "", " ")
	if err != nil {
		panic(fmt.Sprintf("demosite: encode %s: %v", path, err))
	}
	body = append([]byte(xml.Header), body...)
	if _, part := doc.(sitemap); !part {
		serveFile(rw, "application/xml; charset=utf-8", body)
		return
	}
	var packed bytes.Buffer
	gz := gzip.NewWriter(&packed)
	gz.Write(body)
	gz.Close()
	serveFile(rw, "application/gzip", packed.Bytes())
}

// discovery returns the document at a path, nil if there is none.
func (w *World) discovery(s *Site, path string, page int, modified time.Time) any {
	switch path {
	case "/sitemap.xml":
		return w.sitemapIndex(s, modified)
	case "/feed.xml":
		feed := rss{Version: "2.0", Title: s.title, Link: s.url("/en/")}
		for _, a := range s.newest(0, feedLength) {
			feed.Items = append(feed.Items, rssItem{Title: a.Title, Link: a.URL, GUID: a.URL,
				Published: instant(a.Date.Time).In(zone).Format(time.RFC1123Z)})
		}
		return feed
	}
	if path == "/atom.xml" || path == "/feed.json" {
		return w.feedPage(s, path, page)
	}
	var n int
	if _, err := fmt.Sscanf(path, "/sitemap-%d.xml.gz", &n); err != nil || path != sitemapPart(n) || n < 1 ||
		n > max(1, w.sitemapParts(s)) {
		return nil
	}
	var m sitemap
	for _, a := range s.articles[min((n-1)*w.options.PerSitemap, len(s.articles)):min(n*w.options.PerSitemap,
		len(s.articles))] {
		m.URLs = append(m.URLs, sitemapURL{Loc: a.URL, LastMod: instant(a.Date.Time).Format(time.RFC3339)})
	}
	return m
}

func sitemapPart(n int) string { return fmt.Sprintf("/sitemap-%d.xml.gz", n) }

func (w *World) sitemapParts(s *Site) int {
	return (len(s.articles) + w.options.PerSitemap - 1) / w.options.PerSitemap
}

// sitemapIndex lists the parts, each as modified with its newest article.
func (w *World) sitemapIndex(s *Site, modified time.Time) sitemapIndex {
	var index sitemapIndex
	parts := max(1, w.sitemapParts(s))
	for n := 1; n <= parts; n++ {
		when := modified
		if n < parts {
			when = instant(s.articles[n*w.options.PerSitemap-1].Date.Time)
		}
		index.Sitemaps = append(index.Sitemaps, sitemapURL{Loc: s.url(sitemapPart(n)), LastMod: when.Format(time.RFC3339)})
	}
	return index
}

// feedPage returns a page, from 1, of the feed of all articles.
func (w *World) feedPage(s *Site, path string, page int) any {
	start := (page - 1) * feedLength
	list := s.newest(start, feedLength)
	if len(list) == 0 && page != 1 {
		return nil
	}
	next := ""
	if start+feedLength < len(s.articles) {
		next = fmt.Sprintf("%s?page=%d", s.url(path), page+1)
	}
	if path == "/feed.json" {
		feed := jsonFeed{Version: "https://jsonfeed.org/version/1.1", Title: s.title, Next: next}
		for _, a := range list {
			feed.Items = append(feed.Items, jsonFeedItem{ID: a.URL, URL: a.URL, Title: a.Title,
				Published: instant(a.Date.Time).Format(time.RFC3339)})
		}
		return feed
	}
	feed := atomFeed{Title: s.title, Links: []atomLink{{"self", s.url(path)}}}
	if next != "" {
		feed.Links = append(feed.Links, atomLink{"next", next})
	}
	for _, a := range list {
		when := instant(a.Date.Time).Format(time.RFC3339)
		feed.Entries = append(feed.Entries, atomEntry{ID: a.URL, Title: a.Title, Link: atomLink{"alternate", a.URL},
			Published: when, Updated: when})
	}
	return feed
}
