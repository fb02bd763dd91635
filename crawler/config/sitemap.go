package config

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// Sitemap names sitemaps, and origins such as "https://news.example" whose
// sitemaps are looked for: in robots.txt, then under the usual names.
type Sitemap struct {
	URLs    []string
	Origins []string
	// Guessed are those Origins of "auto" that no source of the site names: they begin
	// with https://, which the host may not serve.
	Guessed []string
	Since   Since // entries not modified since then are skipped
}

// auto, in place of URLs, looks for sitemaps on each of the site's hosts. It
// stands for the origins until these are known.
const auto = "auto"

func readSitemap(n *Node, _ *Site) Spec {
	m := &Sitemap{}
	n = n.Short("urls")
	n.Read("sitemap", Keys{
		"urls": func(v *Node) {
			if v.form == text && v.text == auto {
				m.Origins = []string{auto}
				return
			}
			for _, u := range v.URLs() {
				if origin, ok := originOf(u); ok {
					m.Origins = append(m.Origins, origin)
				} else {
					m.URLs = append(m.URLs, u)
				}
			}
		},
		"since": func(v *Node) { m.Since = v.since() },
	})
	n.Require("urls", "sitemap needs urls: URLs of sitemaps, or auto to look for them on the site's hosts")
	return m
}

// originOf returns the origin of a URL without a path.
func originOf(raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		return "", false
	}
	return u.Scheme + "://" + u.Host, true
}

// SetSiteOrigins replaces auto. The guessed are among the origins.
func (m *Sitemap) SetSiteOrigins(origins, guessed []string) {
	if slices.Contains(m.Origins, auto) {
		m.Origins, m.Guessed = origins, guessed
	}
}

// SiteHosts implements Spec.
func (m *Sitemap) SiteHosts() []string { return Origins(slices.Concat(m.URLs, m.Origins)...) }

// Print implements Spec.
func (m *Sitemap) Print() Mapping {
	origins := printed(m.Origins, func(origin string) string { return origin + "/" })
	block := Mapping{{"urls", slices.Concat(m.URLs, origins)}}
	if len(m.Guessed) > 0 { // the origins would stand for themselves alone
		block[0].Value = auto
	}
	switch {
	case m.Since.Age > 0:
		block = append(block, Entry{"since", m.Since.Age})
	case !m.Since.Day.IsZero():
		block = append(block, Entry{"since", m.Since.Day.Format(time.DateOnly)})
	}
	return block
}

// Since is the start of a span that ends now: midnight UTC of Day, or Age ago.
// The zero value is no bound.
type Since struct {
	Day time.Time
	Age time.Duration
}

// First returns the first moment of the span, zero when it has no bound.
func (s Since) First(now time.Time) time.Time {
	if s.Age > 0 {
		return now.Add(-s.Age)
	}
	return s.Day
}

// since reads a day, or an age such as 30d.
func (n *Node) since() Since {
	if day, err := time.Parse(time.DateOnly, n.text); err == nil && n.form == text {
		return Since{Day: day}
	}
	if strings.Count(n.text, "-") == 2 {
		n.Day() // reports the mistake
		return Since{}
	}
	return Since{Age: n.positive()}
}
