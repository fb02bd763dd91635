package config

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// auto, in place of sitemaps, has them looked for on each of the site's hosts.
// Until these are known it stands for the origins.
const auto = "auto"

// looksOnHosts reports whether a source needs the site's hosts.
func (s Source) looksOnHosts() bool {
	return s.Sitemap != nil && slices.Contains(s.Sitemap.Origins, auto)
}

func (r *reader) sitemap(n *node, hosts *hostSet) *Sitemap {
	m := &Sitemap{}
	n = short(n, "urls")
	r.read(n, "sitemap", keys{
		"urls": func(v *node) {
			if v.kind == text && v.text == auto {
				m.Origins = []string{auto}
				return
			}
			for _, u := range r.urls(v, hosts) {
				if origin, ok := originOf(u); ok {
					m.Origins = append(m.Origins, origin)
				} else {
					m.URLs = append(m.URLs, u)
				}
			}
		},
		"since": func(v *node) { m.Since = r.since(v) },
	})
	r.needs(n, "urls", "sitemap needs urls: addresses of sitemaps, or auto to look for them on the site's hosts")
	return m
}

// originOf is the origin that a URL without a path names.
func originOf(raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		return "", false
	}
	return u.Scheme + "://" + u.Host, true
}

// since reads a day, or an age such as 30d.
func (r *reader) since(n *node) Since {
	if day, err := time.Parse(time.DateOnly, n.text); err == nil && n.kind == text {
		return Since{Day: day}
	}
	if strings.Count(n.text, "-") == 2 {
		r.day(n) // says what is wrong with it
		return Since{}
	}
	return Since{Age: r.positive(n)}
}

// lookForSitemaps gives the sitemaps that are to be looked for the origins of
// the site's hosts: https, unless an address of its sources says otherwise.
func (s *Site) lookForSitemaps() {
	for _, src := range s.Sources {
		if !src.looksOnHosts() {
			continue
		}
		src.Sitemap.Origins = nil
		for _, host := range s.Hosts {
			src.Sitemap.Origins = append(src.Sitemap.Origins, s.origin(host))
		}
	}
}

func (s *Site) origin(host string) string {
	for _, src := range s.Sources {
		for _, raw := range src.addresses() {
			if u, err := urlkey.Parse(raw); err == nil && u.Host == host {
				scheme, _, _ := strings.Cut(u.Href, "://")
				return scheme + "://" + host
			}
		}
	}
	return "https://" + host
}

// addresses are the URLs that a source names.
func (s Source) addresses() []string {
	switch {
	case s.Listing != nil:
		return s.Listing.URLs
	case s.Archive != nil:
		return []string{placeholder.ReplaceAllString(s.Archive.URL, "1")}
	case s.Sitemap != nil:
		return slices.Concat(s.Sitemap.URLs, s.Sitemap.Origins)
	case s.Feed != nil:
		return s.Feed.URLs
	}
	return nil
}

func (m *Sitemap) print() yaml.MapSlice {
	urls := slices.Concat(m.URLs, printed(m.Origins, func(origin string) string { return origin + "/" }))
	block := yaml.MapSlice{{Key: "urls", Value: urls}}
	switch {
	case m.Since.Age > 0:
		block = append(block, yaml.MapItem{Key: "since", Value: FormatDuration(m.Since.Age)})
	case !m.Since.Day.IsZero():
		block = append(block, yaml.MapItem{Key: "since", Value: m.Since.Day.Format(time.DateOnly)})
	}
	return block
}
