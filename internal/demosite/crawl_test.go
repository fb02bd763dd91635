package demosite

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// A plainCrawl is the simplest complete crawl: one page at a time, and everything
// in memory.
type plainCrawl struct {
	client *http.Client
	site   *config.Site
	from   string // kind of the source
	links  []extract.Selector
	next   []extract.Selector
	out    bytes.Buffer
	lines  map[string]bool   // ids written
	heads  map[string]string // text -> id of its article
	known  map[string]bool   // URL keys of articles and their aliases
	queued map[string]bool   // URL keys
}

func crawlPlainly(t *testing.T, w *World, c *http.Client, mode Mode, ways ...Way) string {
	cfg, err := config.Parse("crawl.yaml", t.TempDir(), []byte(w.Config(t.TempDir(), mode, ways...)))
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Warnings) > 0 {
		t.Errorf("the configuration causes warnings: %q", cfg.Warnings)
	}
	p := plainCrawl{client: c, lines: map[string]bool{}, heads: map[string]string{}, known: map[string]bool{},
		queued: map[string]bool{}}
	for _, p.site = range cfg.Sites {
		for i := range p.site.Sources {
			p.from = p.site.Sources[i].Kind
			for _, link := range p.walk(t, &p.site.Sources[i]) {
				p.visit(t, link.url, link.page)
			}
		}
	}
	return p.out.String()
}

func (p *plainCrawl) extract(t *testing.T, url, body string, kind extract.Kind) *extract.Result {
	page := extract.Page{URL: url, Body: []byte(body), FetchedAt: time.Now(), Kind: kind}
	rules := p.site.Rules
	rules.Links, rules.Next = p.links, p.next
	result, err := extract.Extract(page, &rules)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range result.Headlines {
		key := item.HeadlineKey(p.site.Name, keyOf(h.URL), "", h.Date)
		p.write(t, item.ID(item.TypeHeadline, key), item.Headline{
			Type: item.TypeHeadline, ID: item.ID(item.TypeHeadline, key), Site: p.site.Name, URL: h.URL, Title: h.Title,
			DatePublished: h.Date, DateRaw: h.Date.Raw, Block: h.Block, Position: h.Position, FoundOn: url, FirstSeen: item.At(page.FetchedAt), RunID: "plain",
		})
	}
	return result
}

func (p *plainCrawl) write(t *testing.T, id string, line any) {
	if p.lines[id] {
		return
	}
	p.lines[id] = true
	if err := item.WriteLine(&p.out, line); err != nil {
		t.Fatal(err)
	}
}

func (p *plainCrawl) visit(t *testing.T, url, page string) {
	u, err := urlkey.Parse(url)
	if err != nil || p.queued[u.Key] || !p.site.Match.MatchString(url) || !slices.Contains(p.site.Hosts, u.Host) ||
		strings.Contains(url, "/private/") {
		return
	}
	p.queued[u.Key] = true
	resp, body := get(t, p.client, u.Href)
	if target, err := resp.Location(); err == nil {
		p.visit(t, target.String(), page)
		return
	}
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		return
	}
	result := p.extract(t, u.Href, body, extract.ArticlePage)
	if result.Article == nil {
		t.Errorf("%s is not taken for an article: %q", url, result.Notes)
		return
	}
	canonical := u.Key
	if result.Canonical != "" {
		canonical = keyOf(result.Canonical)
	}
	if p.known[canonical] || p.known[u.Key] {
		return
	}
	p.known[canonical], p.known[u.Key] = true, true
	p.writeArticle(t, u, result, page)
}

func (p *plainCrawl) writeArticle(t *testing.T, u urlkey.URL, result *extract.Result, page string) {
	a, now := result.Article, item.At(time.Now())
	text := strings.Join(a.Paragraphs, "\n\n")
	if head, known := p.heads[text]; known {
		id := item.ID(item.TypeReference, u.Key)
		p.write(t, id, item.Reference{
			Type: item.TypeReference, ID: id, DuplicateOf: head, Method: "exact", Site: p.site.Name, URL: u.Href,
			Title: a.Title, DatePublished: a.DatePublished, FetchedAt: now, RunID: "plain",
		})
		return
	}
	id := item.ID(item.TypeArticle, u.Key)
	p.heads[text] = id
	p.write(t, id, item.Article{
		Type: item.TypeArticle, ID: id, Site: p.site.Name, URL: u.Href, CanonicalURL: result.Canonical, Title: a.Title, Summary: a.Summary,
		ContentText: text, DatePublished: a.DatePublished, DateModified: a.DateModified, DateRaw: a.DatePublished.Raw, Authors: a.Authors,
		Publisher: a.Publisher, Section: a.Section, Tags: a.Tags, Language: a.Language, Image: a.Image,
		Source: p.from, FoundOn: page, FetchedAt: now, RunID: "plain",
	})
}

func TestPlainCrawlGivesTheTruth(t *testing.T) {
	w, c := serve(t, Options{Sites: 3, Articles: 150, Padding: 12_000})
	for _, mode := range []Mode{WithSelectors, Automatic} {
		out := crawlPlainly(t, w, c, mode)
		if problems := w.Truth().Check(strings.NewReader(out)); len(problems) > 0 {
			t.Errorf("mode %d: %d differences, first %.500q", mode, len(problems), problems[0])
		}
		w.Publish(20)
	}
	for _, r := range w.Log() {
		if strings.HasPrefix(r.Path, "/private/") {
			t.Errorf("requested %s", r.Path)
		}
	}
}
