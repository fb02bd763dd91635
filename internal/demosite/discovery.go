package demosite

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"fmt"
	"net/http"
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

// serveDiscovery answers /sitemap.xml (an index), /sitemap-1.xml.gz (every
// article) and /feed.xml (the latest in RSS 2.0).
func (w *World) serveDiscovery(s *Site, rw http.ResponseWriter, r *http.Request) {
	w.mu.RLock()
	v := w.validator(s, r.URL.Path)
	doc := s.discovery(r.URL.Path, v.modified)
	w.mu.RUnlock()
	rw.Header().Set("ETag", v.etag)
	rw.Header().Set("Last-Modified", v.modified.Format(http.TimeFormat))
	if v.holds(r) {
		rw.WriteHeader(http.StatusNotModified)
		return
	}
	body, err := xml.MarshalIndent(doc, "", " ")
	if err != nil {
		panic(fmt.Sprintf("demosite: encode %s: %v", r.URL.Path, err))
	}
	body = append([]byte(xml.Header), body...)
	if r.URL.Path != "/sitemap-1.xml.gz" {
		serveFile(rw, "application/xml; charset=utf-8", body)
		return
	}
	var packed bytes.Buffer
	gz := gzip.NewWriter(&packed)
	gz.Write(body)
	gz.Close()
	serveFile(rw, "application/gzip", packed.Bytes())
}

func (s *Site) discovery(path string, modified time.Time) any {
	switch path {
	case "/sitemap.xml":
		return sitemapIndex{Sitemaps: []sitemapURL{{Loc: s.address("/sitemap-1.xml.gz"), LastMod: modified.Format(time.RFC3339)}}}
	case "/sitemap-1.xml.gz":
		var m sitemap
		for _, a := range s.articles {
			m.URLs = append(m.URLs, sitemapURL{Loc: a.URL, LastMod: instant(a.Date.Time).Format(time.RFC3339)})
		}
		return m
	default:
		feed := rss{Version: "2.0", Title: s.title, Link: s.address("/en/")}
		for i := len(s.articles) - 1; i >= max(0, len(s.articles)-feedLength); i-- {
			a := s.articles[i]
			feed.Items = append(feed.Items, rssItem{Title: a.Title, Link: a.URL, GUID: a.URL, Published: instant(a.Date.Time).In(zone).Format(time.RFC1123Z)})
		}
		return feed
	}
}
