package crawler

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/newsonce/newsonce/crawler/report"

	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/wall"
	"golang.org/x/net/html"
)

// blockedPauses are the pauses after the first, second, … time that a wall was served
// in place of an article. Such a URL is never given up, since the wall may be lifted.
var blockedPauses = []time.Duration{90 * time.Minute, 3 * time.Hour, 12 * time.Hour, 24 * time.Hour}

// suspectPauses are the pauses before a page that may be a wall is fetched again.
var suspectPauses = []time.Duration{10 * time.Minute, 10 * time.Minute, 3 * time.Hour, 12 * time.Hour, 24 * time.Hour}

// longestRefresh is the longest delay of a refresh that counts as a redirect.
const longestRefresh = 30 * time.Second

// habits counts how many articles of each site have a date and an author.
type habits struct {
	mu                       sync.Mutex // guards all
	articles, dates, authors map[string]int
}

// enoughArticles is the number of articles from which on the habits of a site count.
const enoughArticles = 10

// see counts an article of a site.
func (h *habits) see(site string, a *extract.Article) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.articles == nil {
		h.articles, h.dates, h.authors = map[string]int{}, map[string]int{}, map[string]int{}
	}
	h.articles[site]++
	if !a.DatePublished.IsZero() {
		h.dates[site]++
	}
	if len(a.Authors) > 0 {
		h.authors[site]++
	}
}

// usual reports whether most articles of a site have a date, and whether most have an
// author.
func (h *habits) usual(site string) (dates, authors bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := h.articles[site]
	return n >= enoughArticles && 2*h.dates[site] > n, n >= enoughArticles && 2*h.authors[site] > n
}

// judge looks for signs that a page is not the article.
func (h *habits) judge(v *visited, resp *fetch.Response, doc func() *html.Node, got *extract.Result) wall.Verdict {
	p := wall.Page{Doc: doc, Header: wall.Keep(resp.Header), URL: v.task.URL}
	if q := v.queued(); q != nil {
		p.LinkTitle = q.LinkTitle()
	}
	p.SiteHasDates, p.SiteHasAuthors = h.usual(v.task.Site.Name)
	if p.URL == "" {
		p.URL = resp.URL
	}
	if a := got.Article; a != nil {
		p.Title, p.Paragraphs = a.Title, a.Paragraphs
		p.HasDate, p.HasAuthor = !a.DatePublished.IsZero(), len(a.Authors) > 0
	}
	return wall.Look(p)
}

// block leaves a URL in the queue for which a wall was served.
func (v *visited) block(p *state.URL, reason string) {
	v.blocked = reason
	v.observed = append(v.observed, site.Observation{Key: site.BlockedKey, Met: false})
	v.claims.Doubt = state.Blocked
	v.postpone(p, reason, pauseAfter(blockedPauses, p.Attempts))
}

// shut closes the URL of a stored page that is a wall.
func (v *visited) shut(reason string) {
	v.blocked = reason
	c := &v.claims
	c.State, c.Reason, c.Doubt = state.Refused, reason, state.Blocked
}

// hold leaves a URL in the queue whose page may be a wall. fetches is how often its
// text was fetched before.
func (v *visited) hold(p *state.URL, reason string, fetches int) {
	v.held = reason
	v.claims.Doubt = state.Suspected
	v.postpone(p, reason, pauseAfter(suspectPauses, fetches))
}

func pauseAfter(pauses []time.Duration, n int) time.Duration { return pauses[min(n, len(pauses)-1)] }

// postpone leaves a URL in the queue and counts the attempt, but never gives the URL
// up.
func (v *visited) postpone(p *state.URL, reason string, wait time.Duration) {
	c := &v.claims
	c.State, c.Reason, c.NextAt = state.Queued, reason, c.At.Add(wait)
	c.Attempts = min(p.Attempts+1, max(1, v.task.Site.Retries))
	c.ETag, c.Modified = "", "" // a 304 would only say that the wall is unchanged
	if p.Known {
		v.keep(p)
	}
}

// named returns the reason for a response without a page, with the vendor of a
// challenge if a header names it.
func named(resp *fetch.Response) (reason string, challenge bool) {
	reason = resp.Err.Error()
	if w := wall.LookHeader(wall.Keep(resp.Header)); w.Kind != wall.None {
		return strings.TrimSuffix(reason, ".") + ": " + w.Reason, w.Sure
	}
	return reason, false
}

// OldTexts lists articles that may be walls; state.Store and state.Reader implement it.
type OldTexts interface {
	OldTexts(ctx context.Context, yield func(state.OldText) error) error
}

// OldWalls returns the written articles that may be walls, by text: those of a release
// that did not look for walls, where one text answers for three or more URLs of a site
// whose slugs differ, and those that were written as suspects.
func OldWalls(ctx context.Context, r OldTexts) ([][]state.OldText, error) {
	var walls [][]state.OldText
	var group []state.OldText
	end := func() {
		if len(group) > 0 && (group[0].Suspect || answersForMany(group)) {
			walls = append(walls, group)
		}
		group = nil
	}
	err := r.OldTexts(ctx, func(x state.OldText) error {
		if len(group) > 0 && (x.Suspect || group[0].Site != x.Site || group[0].Hash != x.Hash) {
			end()
		}
		group = append(group, x)
		return nil
	})
	end()
	return walls, err
}

// answersForMany reports whether the URLs of a text promise different articles.
func answersForMany(group []state.OldText) bool {
	copies := make([]wall.Copy, len(group))
	for i, x := range group {
		copies[i].Slug = wall.Slug(x.URL)
		copies[i].Known = copies[i].Slug != ""
	}
	return wall.Answers(wall.Compare(copies)) == wall.Wall
}

// suspectedWall is the reason for which an article is withdrawn with RefetchSuspects.
const suspectedWall = "it may be a wall or an error page; fetched again with --refetch-suspects"

// suspects returns the withdrawals of the written articles of sites that may be walls.
func suspects(ctx context.Context, store state.Store, sites map[string]*site.Site) ([]state.Withdrawal, error) {
	walls, err := OldWalls(ctx, store)
	var list []state.Withdrawal
	for _, group := range walls {
		for _, x := range group {
			if sites[x.Site] != nil {
				list = append(list, state.Withdrawal{URL: x.ID, Requeue: true, Reason: suspectedWall})
			}
		}
	}
	return list, err
}

// reportOldWalls reports, once after an upgrade, the articles that may be walls.
func reportOldWalls(ctx context.Context, o *Options, summary *report.Summary) error {
	due, err := o.Store.FirstCheck(ctx)
	if !due || err != nil || o.RefetchSuspects {
		return err
	}
	walls, err := OldWalls(ctx, o.Store)
	if err != nil {
		return err
	}
	urls := map[string]int{}
	for _, group := range walls {
		urls[group[0].Site] += len(group)
	}
	for _, cfg := range o.Sites {
		if n := urls[cfg.Name]; n > 0 {
			c := summary.Site(cfg.Name)
			c.Less++
			c.Problem("%d articles written by an earlier release have the text of others, so they seem to be consent walls "+
				"or error pages; newsonce status --suspects lists them, newsonce crawl --refetch-suspects withdraws them "+
				"and fetches them again", n)
		}
	}
	return nil
}
