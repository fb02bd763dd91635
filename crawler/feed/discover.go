package feed

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// sitemapPaths are the usual paths of sitemaps, the most common first: the name
// in the examples of sitemaps.org, then those of widespread publishing systems.
var sitemapPaths = []string{
	"/sitemap.xml", "/sitemap_index.xml", "/sitemap-index.xml", "/wp-sitemap.xml",
	"/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/sitemap.xml.gz", "/sitemap.txt",
}

// CommonSitemaps returns the URLs at which an origin such as "https://a.example"
// may have a sitemap that its robots.txt does not name, the likeliest first. The
// caller tries them in turn until one is a sitemap.
func CommonSitemaps(origin string) []string {
	list := make([]string, len(sitemapPaths))
	for i, p := range sitemapPaths {
		list[i] = strings.TrimSuffix(origin, "/") + p
	}
	return list
}

// maxFeedLinks limits the feeds of one page; portals with a feed per section name
// some 30.
const maxFeedLinks = 100

// Links returns the feeds that an HTML page in UTF-8 names in its head by
// link rel=alternate, in page order and resolved against its url. The feed of
// the page itself usually comes first. Feeds of comments are left out.
func Links(page []byte, url string) []string {
	base, err := urlkey.NewBase(url)
	if err != nil {
		return nil
	}
	var list []string
	for z := html.NewTokenizer(bytes.NewReader(page)); len(list) < maxFeedLinks; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		t := z.Token()
		switch t.DataAtom {
		case atom.Body:
			return list
		case atom.Base:
			if u, err := base.Resolve(attribute(t, "href")); err == nil {
				base, _ = urlkey.NewBase(u.Href)
			}
		case atom.Link:
			href := attribute(t, "href")
			u, err := base.Resolve(href)
			if err == nil && href != "" && namesFeed(t) && !slices.Contains(list, u.Href) {
				list = append(list, u.Href)
			}
		}
	}
	return list
}

// namesFeed reports whether a link element leads to a feed of articles. The types
// of RSS and Atom are those of
// https://html.spec.whatwg.org/multipage/links.html#rel-alternate, that of JSON
// Feed is in https://www.jsonfeed.org/version/1.1/; some sites use general types.
func namesFeed(t html.Token) bool {
	rel := strings.Fields(strings.ToLower(attribute(t, "rel")))
	kind, _, _ := strings.Cut(strings.ToLower(attribute(t, "type")), ";")
	about := strings.ToLower(attribute(t, "title") + " " + attribute(t, "href"))
	switch strings.TrimSpace(kind) {
	case "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json":
	case "application/xml", "text/xml", "application/json":
		if !strings.Contains(about, "feed") && !strings.Contains(about, "rss") && !strings.Contains(about, "atom") {
			return false // an API of the publishing system, for instance
		}
	default:
		return false
	}
	return slices.Contains(rel, "alternate") && !slices.Contains(rel, "stylesheet") && !strings.Contains(about, "comments")
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}
