package page

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/source"
)

// maxArticleTries bounds the links that Probe follows until one leads to an article.
const maxArticleTries = 5

// Probed is what the rules of a site yield today: on its first listing, in each of its
// other sources, and on an article of them.
type Probed struct {
	Site    string
	Listing Seen // zero for a site whose sources are of other kinds
	Sources []Tried
	Article Seen
	Dead    []string // other links, each with why no article was read
	Lesser  []string // other articles, each with what it lacks

	lacks string // what Article lacks
}

// Seen is one page of Probed. Err tells why it could not be read. Items is nil then, and
// also if there was no page to fetch.
type Seen struct {
	URL   string
	Items *Items
	Err   error
}

// Probe reads every source of the Fetcher's site from its beginning until it names
// articles, and of these the first that lacks nothing, else the one that lacks least.
// lacks returns what an article should have and does not.
func Probe(ctx context.Context, f *Fetcher, kinds []source.Kind, lacks func(*Items) []string) *Probed {
	p := &Probed{Site: f.site.Name}
	var links []tryable
	var captures []Page
	for i := range f.site.Sources {
		c := &f.site.Sources[i]
		if start := explained(c); start != "" && p.Listing.URL == "" {
			p.Listing = f.see(ctx, start, true)
			if p.Listing.Err == nil {
				for _, url := range p.Listing.Items.Links {
					links = append(links, tryable{url: url})
				}
			}
			continue
		}
		if l, ok := c.Spec.(*config.URLList); ok && slices.Contains(l.Files, "-") {
			continue // standard input holds URLs in a crawl only
		}
		t := f.Try(ctx, kinds, c)
		p.Sources = append(p.Sources, t)
		links = append(links, t.links...)
		captures = append(captures, t.Captures...)
	}
	p.findArticle(ctx, f, links, captures, lacks)
	return p
}

// explained returns the first page of a listing that is HTML, whose rules can be
// explained, "" for other sources.
func explained(c *config.Source) string {
	if l, ok := c.Spec.(*config.Listing); ok && len(l.URLs) > 0 && l.JSON == nil {
		return l.URLs[0]
	}
	return ""
}

// findArticle reads captures and follows links until one is an article that lacks
// nothing.
func (p *Probed) findArticle(
	ctx context.Context, f *Fetcher, links []tryable, captures []Page, lacks func(*Items) []string,
) {
	best := maxLacks
	for _, c := range captures {
		items, err := Extract(c, f.site)
		if best = p.keep(Seen{c.URL, items, err}, best, lacks); best == 0 {
			return
		}
	}
	for _, l := range links[:min(len(links), maxArticleTries)] {
		best = p.keep(f.seeLink(ctx, l), best, lacks)
		if best == 0 || ctx.Err() != nil {
			return
		}
	}
}

// What speaks against a page, beside the number of fields that its article lacks.
const (
	unreadable = 1 << 20
	noArticle  = 1 << 10
	maxLacks   = unreadable + 1
)

// keep keeps a page as the article if less speaks against it than best, and returns what
// speaks against the one kept. The others go to Dead or Lesser.
func (p *Probed) keep(s Seen, best int, lacks func(*Items) []string) int {
	against, why := noArticle, ""
	switch {
	case s.Err != nil:
		against = unreadable
	case s.Items.Article != nil:
		missing := lacks(s.Items)
		against, why = len(missing), s.URL+": "+strings.Join(missing, ", ")
	}
	if against >= best {
		p.drop(s, why)
		return best
	}
	if best < maxLacks {
		p.drop(p.Article, p.lacks)
	}
	p.Article, p.lacks = s, why
	return against
}

// drop notes why a page is not the article shown.
func (p *Probed) drop(s Seen, lacks string) {
	if lacks != "" {
		p.Lesser = append(p.Lesser, lacks)
	} else {
		p.Dead = append(p.Dead, s.why())
	}
}

// why says why a page gave no article.
func (s *Seen) why() string {
	if s.Err != nil {
		return s.Err.Error()
	}
	return fmt.Sprintf("%s: no article was found: %v", s.URL, s.Items.Notes)
}

func (f *Fetcher) see(ctx context.Context, url string, listing bool) Seen {
	resp, err := f.Get(ctx, url)
	if err != nil {
		return Seen{URL: url, Err: err}
	}
	items, err := Extract(Page{URL: resp.URL, Body: resp.Body, FetchedAt: time.Now(), Listing: listing,
		Further: f.Further(ctx)}, f.site)
	return Seen{URL: resp.URL, Items: items, Err: err}
}

// seeLink is see for a link, which may lead to a capture of the page.
func (f *Fetcher) seeLink(ctx context.Context, l tryable) Seen {
	capturer, ok := l.kind.(source.Capturer)
	if !ok {
		return f.see(ctx, l.url, false)
	}
	original, at, err := capturer.Captured(f.site, l.url)
	if err != nil {
		return Seen{URL: l.url, Err: err}
	}
	resp, err := f.Get(ctx, l.url)
	if err != nil {
		return Seen{URL: l.url, Err: err}
	}
	items, err := Extract(Page{URL: original.Href, Body: resp.Body, FetchedAt: at}, f.site)
	return Seen{URL: l.url, Items: items, Err: err}
}
