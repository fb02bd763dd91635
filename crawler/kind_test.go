package crawler_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// plainKind is a kind of source that a private main might add: a page of URLs, one
// per line. All there is to it is in this file.
type plainKind struct{}

func (plainKind) Name() string { return "plain" }

// Config implements source.Configured.
func (plainKind) Config() config.Kind {
	return config.Kind{Name: "plain", Read: func(n *config.Node, _ *config.Site) config.Spec {
		return &plainSpec{n.URL()}
	}}
}

type plainSpec struct{ url string }

func (s *plainSpec) SiteHosts() []string   { return config.Origins(s.url) }
func (s *plainSpec) Print() config.Mapping { return config.Mapping{{Key: "url", Value: s.url}} }

// Open implements source.Kind.
func (plainKind) Open(ctx context.Context, o *source.Opening) ([]source.Source, error) {
	p := &plain{Opening: o, url: o.Config.Spec.(*plainSpec).url}
	var err error
	p.known, err = o.Known(ctx, "plain "+p.url)
	return []source.Source{p}, err
}

type plain struct {
	*source.Opening
	url   string
	known state.Source
	open  bool
}

func (p *plain) Name() string                       { return p.url }
func (p *plain) Due(time.Time) bool                 { return true }
func (p *plain) Begin(now time.Time, _ state.URLID) { p.known.AskedAt, p.open = now, true }
func (p *plain) Remaining() source.Remaining        { return source.Remaining{Open: p.open} }
func (p *plain) Plan(time.Time) source.Plan         { return source.Plan{Text: "plain " + p.url} }

func (p *plain) Next() *source.Step {
	if !p.open {
		return nil
	}
	p.open = false
	return &source.Step{Source: p, Kind: "plain", Site: p.Site, URL: p.url, ETag: p.known.ETag, MaxBody: 1 << 20}
}

func (p *plain) Read(_ context.Context, st *source.Step, resp *fetch.Response) *source.Page {
	pg := &source.Page{Class: resp.Class, Err: resp.Err, URL: st.URL}
	if resp.Class != fetch.OK {
		return pg
	}
	links := p.Site.Links(st.URL, 0)
	for line := range strings.Lines(string(resp.Body)) {
		if u, err := urlkey.Parse(strings.TrimSpace(line)); err == nil {
			links.Add(u, "plain")
		}
	}
	pg.Read, pg.ETag, pg.Links, pg.Articles = true, resp.ETag, links.List, len(links.List)
	return pg
}

func (p *plain) Advance(_ context.Context, c *source.Commit) (source.End, error) {
	if c.Page.Err != nil {
		return source.Failed, nil
	}
	if c.Page.Read {
		p.known.ETag = c.Page.ETag
	}
	p.known.DoneAt = c.At
	c.Keep(p.known)
	return source.LastPage, nil
}

// TestAnotherKindOfSource adds a kind in one file and one registration, and crawls
// it twice.
func TestAnotherKindOfSource(t *testing.T) {
	t.Parallel()
	kinds := append(source.Builtin(), plainKind{})
	s := newSetup(t, `  - name: news
    sources: [{plain: "http://news.example/urls.txt"}]
    article: {title: h1, body: ".text p", match: 'example/\d+$'}
`, source.Configs(kinds)...)
	s.web.put("news.example/urls.txt", file("http://news.example/1\nhttp://news.example/2\nhttp://other.example/3\n"))
	s.web.put("news.example/1", article("Aalen", ""))
	s.web.put("news.example/2", article("Bremen", ""))
	with := func(o *crawler.Options) { o.Kinds = kinds }
	sum := s.crawl(with)
	exits(t, sum, 0)
	counts(t, "articles", sum.Totals.Articles, 2)
	s.fetched("news.example/urls.txt", "news.example/1", "news.example/2")
	sum = s.crawl(with)
	exits(t, sum, 0)
	counts(t, "not modified", sum.Totals.NotModified, 1)
	counts(t, "lines", sum.Totals.Lines, 0)
}
