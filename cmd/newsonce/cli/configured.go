package cli

import (
	"strings"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// configured holds the URLs of a site's sources as crawl.yaml has them. The state knows
// sources by the keys of their URLs, in which http and https are one.
type configured struct {
	urls  map[string]string // by key
	https map[string]bool   // hosts; false: they are also named with http
}

// configuredOf reads the sources of the sites, by the name of the site.
func configuredOf(sites []*config.Site) map[string]configured {
	all := map[string]configured{}
	for _, s := range sites {
		c := configured{urls: map[string]string{}, https: map[string]bool{}}
		for i := range s.Sources {
			for _, e := range s.Sources[i].Spec.Print() {
				switch v := e.Value.(type) {
				case string:
					c.add(v)
				case []string:
					for _, u := range v {
						c.add(u)
					}
				}
			}
		}
		all[s.Name] = c
	}
	return all
}

func (c configured) add(url string) {
	u, err := urlkey.Parse(url)
	if err != nil {
		return
	}
	secure := strings.HasPrefix(url, "https://")
	known, ok := c.https[u.Host]
	c.urls[u.Key], c.https[u.Host] = url, secure && (known || !ok)
}

// name returns the key of a source with its URL as configured. Other URLs, such as the
// parts of a sitemap, get the scheme of the URLs that are configured for their host.
func (c configured) name(key string) string {
	i := strings.Index(key, "http://")
	if i < 0 {
		return key
	}
	start, url := key[:i], key[i:]
	if raw, ok := c.urls[url]; ok {
		return start + raw
	}
	host, _, _ := strings.Cut(strings.TrimPrefix(url, "http://"), "/")
	if c.https[host] {
		return start + "https" + strings.TrimPrefix(url, "http")
	}
	return key
}
