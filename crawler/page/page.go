// Package page fetches and reads single pages without a crawl: it reads no state and
// writes nothing. A page yields the items that a crawl of its site would write with an
// empty state, except that a headline listed twice is returned twice.
//
//	page.go   Extract: a page in, its items out
//	fetch.go  Fetcher: Get and RobotsTxt, as polite as a crawl
//	probe.go  Probe: what the rules of a site yield today
package page

import (
	"fmt"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/extract/parts"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Page is the input of Extract.
type Page struct {
	URL       string    // base of its links, and identity of the article
	Body      []byte    // HTML in UTF-8
	FetchedAt time.Time // dates after it are ignored
	Listing   bool      // a listing: headlines, links and the next page, but no article

	// Further fetches a further page of an article in several pages, and returns its
	// body. If it is nil, the article holds the text of the one page.
	Further func(url string) ([]byte, error)
}

// Items holds what one page yields.
type Items struct {
	Article    *item.Article     // nil when there is none; Notes say why
	Headlines  []item.Headline   // of all lists, in page order
	Next       string            // of a listing: the next page, absolute; "" when there is none
	Links      []string          // of a listing: the article links that a crawl would take, in page order
	NotMatched []string          // of a listing: the links on the site that article.match leaves out
	Rules      map[string]string // field -> the rule that filled it
	Notes      []string          // what was refused, and why
}

// Extract reads a page by the rules of s. If s is nil, it uses the automatic rules, and
// the items belong to a site named after the host of the URL.
func Extract(p Page, s *site.Site) (*Items, error) {
	u, err := urlkey.Parse(p.URL)
	if err != nil {
		return nil, err
	}
	if s == nil {
		s = site.Compile(site.Bare(u.Host))
	}
	in, rules := s.Page(p.URL, p.Body), s.Rules
	in.FetchedAt = p.FetchedAt
	source := &config.Listing{}
	if p.Listing {
		in.Kind = extract.ListingPage
		source = listingOf(s.Site, u)
		rules.Links, rules.Next = source.Links, source.Next
	}
	got, err := extract.Extract(in, &rules)
	if err != nil {
		return nil, err
	}
	items := &Items{Next: got.Next, Rules: got.Rules}
	if p.Listing {
		items.takeLinks(s, got, source, u)
	}
	if got.Article != nil {
		p.join(s, u, got)
		a := s.Article(got.Article, u).Item
		a.ID, a.FetchedAt = item.ID(item.TypeArticle, u.Key), item.At(p.FetchedAt)
		if c, ok, _ := s.Canonical(got.Canonical, u); ok {
			a.CanonicalURL = c.Href
		}
		items.Article = a
	}
	if s.NoHeadlines {
		return items, nil
	}
	for i := range got.Headlines {
		h, _ := s.Headline(&got.Headlines[i], u.Href)
		h.FirstSeen = item.At(p.FetchedAt)
		items.Headlines = append(items.Headlines, h)
	}
	items.Notes = append(got.Notes, items.Notes...)
	return items, nil
}

// join adds the text of the further pages to an article in several pages.
func (p *Page) join(s *site.Site, own urlkey.URL, got *extract.Result) {
	a := got.Article
	if p.Further == nil || got.Pages.Next.Number == 0 {
		a.Partial = a.Partial || got.Pages != parts.Pages{}
		return
	}
	joined := parts.Join(own.Href, textOf(got))
	for next, ok := joined.Next(); ok; next, ok = joined.Next() {
		if text, err := p.part(s, own, next); err == nil {
			joined.Add(text)
		} else {
			got.Notes = append(got.Notes, fmt.Sprintf("page %d of the article is missing: %v", next.Number, err))
			joined.Missing()
		}
	}
	a.Paragraphs, a.Partial = joined.Paragraphs, a.Partial || joined.Partial
}

// part fetches and reads a further page of the article at own.
func (p *Page) part(s *site.Site, own urlkey.URL, next parts.Part) (t parts.Text, err error) {
	u, err := urlkey.Parse(next.URL)
	if err == nil {
		err = s.AdmitsPart(u, own)
	}
	if err != nil {
		return t, err
	}
	body, err := p.Further(next.URL)
	if err != nil {
		return t, err
	}
	in := s.Page(next.URL, body)
	in.FetchedAt, in.Continues, in.Number = p.FetchedAt, own.Href, next.Number
	got, err := extract.Extract(in, &s.Rules)
	if err != nil {
		return t, err
	}
	return textOf(got), nil
}

// textOf returns the text of one page of an article.
func textOf(got *extract.Result) (t parts.Text) {
	if a := got.Article; a != nil {
		t = parts.Text{Title: a.Title, Paragraphs: a.Paragraphs, Published: a.DatePublished, Next: got.Pages.Next}
	}
	return t
}

// listingOf returns the listing source of s that starts at the page, else its
// first one.
func listingOf(s *config.Site, page urlkey.URL) *config.Listing {
	first := &config.Listing{}
	for i := range s.Sources {
		l, ok := s.Sources[i].Spec.(*config.Listing)
		if !ok {
			continue
		}
		for _, start := range l.URLs {
			if u, err := urlkey.Parse(start); err == nil && u.Key == page.Key {
				return l
			}
		}
		if len(first.URLs) == 0 {
			first = l
		}
	}
	return first
}

// takeLinks sets Links and NotMatched from the links of a listing.
func (i *Items) takeLinks(s *site.Site, got *extract.Result, source *config.Listing, page urlkey.URL) {
	taken := s.Links(page.Href, 0)
	for _, u := range s.ArticleLinks(got, source.Links) {
		if r, ok := taken.Add(u, "listing").(*site.Refusal); ok && r.Reason == site.NotMatching {
			i.NotMatched = append(i.NotMatched, u.Href)
		}
	}
	i.Links = make([]string, len(taken.List))
	for k := range taken.List {
		i.Links[k] = taken.List[k].URL
	}
	if n := taken.Cuts.Total(); n > 0 {
		i.Notes = append(i.Notes, fmt.Sprintf("limits: %d links were left out", n))
	}
}
