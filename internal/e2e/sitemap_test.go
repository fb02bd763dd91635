package e2e

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/internal/demosite"
)

var listingLine = regexp.MustCompile(`- listing: \{urls: \["(http://[^/]*)/en/".*`)

// newSourceSetup serves a world and configures a source in place of its listings,
// such as "sitemap: /sitemap.xml".
func newSourceSetup(t *testing.T, o demosite.Options, source string) *setup {
	t.Helper()
	s := serve(t, o)
	kind, path, _ := strings.Cut(source, ": ")
	text := listingLine.ReplaceAllString(string(s.read("crawl.yaml")), "- "+kind+": $1"+path)
	s.write("crawl.yaml", text)
	return s
}

// completeArticles requires all articles and references, and no wrong headline:
// without listings a crawl sees only the headlines beside articles.
func (s *setup) completeArticles() {
	s.t.Helper()
	truth := s.world.Truth()
	truth.Sources = []string{"sitemap", "feed"}
	var differences []string
	for _, d := range truth.Check(bytes.NewReader(s.items())) {
		if !strings.HasSuffix(d, "no headline was written") {
			differences = append(differences, d)
		}
	}
	report(s.t, differences)
}

// A sitemap or a feed alone gives the same articles as the listings. With nothing
// new, a crawl sends one conditional request per source; the next one writes what
// is new.
func TestSourcesGiveTheWholeSet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source string
		sites  int
		each   int // articles per site
		new    int
	}{
		{"sitemap: /sitemap.xml", 3, scale(500), 40},
		{"sitemap: /sitemap-1.xml.gz", 1, 100, 10},
		{"feed: /feed.xml", 3, 10, 12},
	} {
		t.Run(c.source, func(t *testing.T) {
			t.Parallel()
			s := newSourceSetup(t, demosite.Options{Sites: c.sites, Articles: c.sites * c.each}, c.source)
			first := s.crawl().exits(t, 0)
			s.completeArticles()
			if strings.Contains(first.err, "not read") {
				t.Errorf("the crawl warns about the source\n%s", first)
			}
			before := s.items()
			s.world.ResetLog()
			if r := s.crawl("-q").exits(t, 0); r.out+r.err != "" {
				t.Errorf("a crawl with nothing new prints\n%s", r)
			}
			if !bytes.Equal(before, s.items()) {
				t.Error("a second crawl of an unchanged world wrote lines")
			}
			log := s.world.Log()
			for _, r := range log {
				if !r.Conditional || r.Status != http.StatusNotModified {
					t.Errorf("the second crawl requested %s (conditional: %t, status %d)", r.Path, r.Conditional, r.Status)
				}
			}
			if len(log) != c.sites {
				t.Errorf("the second crawl sent %d requests, want one per site", len(log))
			}
			s.world.Publish(c.new)
			s.crawl().exits(t, 0)
			s.completeArticles()
			for _, src := range s.status().Sources {
				kind, _, _ := strings.Cut(src.Source, " ")
				if src.Error != "" || src.Interrupted || !strings.HasPrefix(c.source, kind) {
					t.Errorf("status shows the source %+v", src)
				}
			}
		})
	}
}

// A crawl that was killed at the index, its part or an article continues there: a
// 304 for the index must not hide a part that was never read.
func TestKillInASitemapHidesNothing(t *testing.T) {
	t.Parallel()
	for _, at := range []struct {
		name  string
		match func(string) bool
		n     int
	}{
		{"index", is("/sitemap.xml"), 1},
		{"part", is("/sitemap-1.xml.gz"), 1},
		{"first article", isArticle, 1},
		{"articles", isArticle, 90},
	} {
		t.Run(at.name, func(t *testing.T) {
			t.Parallel()
			o := demosite.Options{Articles: 200, Latency: 2 * time.Millisecond}
			s := newSourceSetup(t, o, "sitemap: /sitemap.xml")
			p := s.start()
			eventually(t, "the request", func() bool { return len(s.requested(at.match)) >= at.n })
			if !p.kill() {
				t.Fatalf("the crawl ended before it was killed\n%s", p.wait())
			}
			s.crawl().exits(t, 0)
			s.completeArticles()
			s.world.ResetLog()
			s.crawl().exits(t, 0)
			if n := len(s.world.Log()); n != 1 {
				t.Errorf("with nothing new %d requests were sent, want 1", n)
			}
		})
	}
}
