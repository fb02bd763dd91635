package page

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
)

const (
	// maxTrySteps bounds the requests for one source: the robots.txt, a sitemap index,
	// and the first sitemaps of it.
	maxTrySteps = 6
	// maxTryRecords bounds the records that are read of a file, which may begin with many
	// pages that are no articles.
	maxTryRecords = 1000
)

// Tried is what one source of a site yields today.
type Tried struct {
	Kind, Name string
	URL        string      // of the last page that was read
	Links      []string    // URLs of articles
	News       bool        // it states the titles of articles, as feeds and news sitemaps do
	Undated    int         // of Links, those without a stated date
	Captures   []Page      // of a source that holds pages itself: the first articles
	Problems   []string    // what the source reports
	Err        error       // why it could not be read
	links      []tryable   // the same as Links
	kind       source.Kind // for captures
}

// tryable is a link that may lead to an article.
type tryable struct {
	url  string
	kind source.Kind // nil for a page of the site itself
}

// nothing is the store of a source that was never read.
type nothing struct{}

func (nothing) Source(context.Context, string, string) (state.Source, bool, error) {
	return state.Source{}, false, nil
}

func (nothing) Window(context.Context, string, string) ([]byte, error) { return nil, nil }

func (nothing) LastFailure(context.Context, string) (time.Time, error) { return time.Time{}, nil }

// Try reads a configured source from its beginning until it yields articles. A source
// such as an archive consists of several that are read alike; the first is tried.
func (f *Fetcher) Try(ctx context.Context, kinds []source.Kind, c *config.Source) (t Tried) {
	t = Tried{Kind: c.Kind, Name: c.Name}
	if t.kind = source.Find(kinds, c.Kind); t.kind == nil {
		t.Err = fmt.Errorf("sources of kind %q are not supported", c.Kind)
		return t
	}
	list, err := t.kind.Open(ctx, &source.Opening{
		Run:  source.Run{Backfill: true, Stdin: strings.NewReader(""), Now: time.Now},
		Site: f.site, Config: c, Store: nothing{},
	})
	if err != nil || len(list) == 0 {
		t.Err = err
		return t
	}
	s := list[0]
	t.Name = s.Name()
	s.Begin(time.Now(), 0)
	for requests, records := 0, 0; requests < maxTrySteps && records < maxTryRecords; {
		st := s.Next()
		if st == nil || !st.NotBefore.Before(time.Now()) {
			break // it ends here, or needs another attempt later
		}
		if st.URL == "" {
			records++
		} else {
			requests++
		}
		pg := f.do(ctx, st)
		end, err := s.Advance(ctx, newCommit(st, pg))
		if t.take(st, pg, err) || end != source.Open {
			break
		}
	}
	return t
}

// newCommit is a page of which every link is new.
func newCommit(st *source.Step, pg *source.Page) *source.Commit {
	c := &source.Commit{Step: st, Page: pg, At: time.Now(), Links: make([]state.LinkVerdict, len(pg.Links))}
	for i := range c.Links {
		c.Links[i] = state.LinkVerdict{ID: state.URLID(i + 1), New: true}
	}
	return c
}

// take adds what a page yielded, and reports whether that is enough.
func (t *Tried) take(st *source.Step, pg *source.Page, err error) bool {
	t.Err = errors.Join(pg.Err, err)
	if pg.Denied && pg.Err != nil {
		t.Err = pg.Err
	}
	if pg.URL != "" {
		t.URL = pg.URL
	}
	t.Problems = append(t.Problems, pg.Problems...)
	kind := t.kind
	if _, ok := kind.(source.Capturer); !ok {
		kind = nil
	}
	articles := pg.Links[:pg.Articles]
	if st.URL == "" { // a list of URLs
		articles = pg.Links
	}
	for i := range articles {
		t.Links = append(t.Links, pg.Links[i].URL)
		t.News = t.News || pg.Links[i].Stated.Title != ""
		if pg.Links[i].Stated.Date == "" {
			t.Undated++
		}
		t.links = append(t.links, tryable{pg.Links[i].URL, kind})
	}
	if c := pg.Capture; c != nil {
		t.Links = append(t.Links, c.URL.Href)
		t.Captures = append(t.Captures, Page{URL: c.URL.Href, Body: c.Response.Body, FetchedAt: c.At})
		return len(t.Captures) == maxArticleTries
	}
	return len(t.Links) > 0
}

// do does one step of a source, with the politeness of Get.
func (f *Fetcher) do(ctx context.Context, st *source.Step) *source.Page {
	switch {
	case st.Robots:
		body, err := f.RobotsTxt(ctx, st.URL)
		if err != nil {
			return &source.Page{Err: err}
		}
		st.Sitemaps = polite.ParseRobots(body).Sitemaps
		return st.Source.Read(ctx, st, nil)
	case st.URL == "":
		return st.Source.Read(ctx, st, nil)
	}
	origin, err := originOf(st.URL)
	if err == nil {
		err = errors.Join(f.pause(ctx, st.URL, origin), f.allowed(ctx, st.URL))
	}
	if err != nil {
		return &source.Page{Err: err}
	}
	req := fetch.Request{URL: st.URL, Plain: !f.site.Trusts(st.URL)}
	if st.MaxBody > 0 {
		req.Any, req.Cut, req.MaxBody = true, true, st.MaxBody+1
	}
	resp := f.site.Client.Get(ctx, req)
	f.fetched[origin] = time.Now()
	st.FetchedAt = time.Now()
	return st.Source.Read(ctx, st, &resp)
}
