// Package report makes one HTML page of what a crawl collected and how it went: sites,
// fields that are empty, failures, silence, runs, the newest items, and who copied whom.
//
//	collect.go  Collect: the figures, from the items and from the state
//	site.go     the figures of one site
//	story.go    clusters, copies and revisions
//	brief.go    many articles in little memory
//	plot.go     bars as SVG
//	page.go     Page: the figures as HTML
package report

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/view"
)

// Bounds of the lists on the page.
const (
	plotDays    = 30
	maxRuns     = 30
	maxNewest   = 40
	maxClusters = 15
	maxMembers  = 12
	maxRevised  = 15
	maxReasons  = 5
	maxCopies   = 30
)

// Report is what the page shows.
type Report struct {
	Made     time.Time
	Sites    []*Site // by name
	Runs     []Run   // newest first
	Newest   []Item  // newest first
	Clusters []Cluster
	Copies   []Copies
	Revised  []Item
	Waiting  []state.Pace // hosts that back off
	Totals   Totals
}

// Totals count the lines of all sites.
type Totals struct{ Articles, Headlines, Duplicates, Revisions, Gone, Withdrawn int }

// Run is a run as the state keeps it.
type Run struct {
	state.Run
	report.Summary
	Broken bool // the summary could not be read, or the run has not ended
}

// Item is a line that the page links to.
type Item struct {
	Type                 item.Type // article or reference
	Site, URL, Title, ID string
	At                   time.Time // of publication, else of the fetch
	Seen                 time.Time
	Revisions            int
}

// Collect reads the items and the state. If r is nil, only the items are shown.
func Collect(ctx context.Context, c *config.Config, items *view.Items, r state.Reader, now time.Time) (*Report, error) {
	col := &collector{
		report: &Report{Made: now}, sites: map[string]*Site{}, stories: newStories(), now: now,
	}
	if c != nil {
		for _, s := range c.Sites {
			col.site(s.Name).setZone(s.Timezone)
		}
	}
	if err := items.Each(ctx, col.line); err != nil {
		return nil, err
	}
	if err := items.Withdrawals(ctx, func(*item.Withdrawn) error {
		col.report.Totals.Withdrawn++
		return nil
	}); err != nil {
		return nil, err
	}
	if r != nil {
		if err := col.state(ctx, r); err != nil {
			return nil, err
		}
	}
	return col.finish(), nil
}

type collector struct {
	report  *Report
	sites   map[string]*Site
	stories *stories
	now     time.Time
}

// site returns the figures of a site, new ones at first.
func (c *collector) site(name string) *Site {
	s := c.sites[name]
	if s == nil {
		s = newSite(name, c.now)
		c.sites[name] = s
		c.report.Sites = append(c.report.Sites, s)
	}
	return s
}

// line counts one line of the output.
func (c *collector) line(l *view.Line) error {
	s, t := c.site(l.Site), &c.report.Totals
	switch l.Type {
	case item.TypeArticle:
		var a item.Article
		if err := l.Decode(&a); err != nil {
			return err
		}
		if a.Revision > 1 {
			t.Revisions++
			s.Revisions++
			c.stories.revised(&a)
			return nil
		}
		t.Articles++
		s.article(&a)
		if a.DuplicateOf != "" {
			t.Duplicates++
			s.Duplicates++
		}
		c.stories.article(&a)
		c.newest(&a)
	case item.TypeHeadline:
		var h item.Headline
		if err := l.Decode(&h); err != nil {
			return err
		}
		if h.Revision <= 1 {
			t.Headlines++
			s.headline(&h)
		}
	case item.TypeReference:
		var ref item.Reference
		if err := l.Decode(&ref); err != nil {
			return err
		}
		if ref.Revision <= 1 {
			t.Duplicates++
			s.reference(&ref)
			c.stories.reference(&ref)
		}
	case item.TypeGone:
		t.Gone++
		s.Gone++
	}
	return nil
}

// newest keeps the articles that were fetched last.
func (c *collector) newest(a *item.Article) {
	list := &c.report.Newest
	i, _ := slices.BinarySearchFunc(*list, a.FetchedAt.Time, func(x Item, at time.Time) int { return at.Compare(x.Seen) })
	if i >= maxNewest {
		return
	}
	*list = slices.Insert(*list, i, itemOf(a))
	*list = (*list)[:min(len(*list), maxNewest)]
}

func itemOf(a *item.Article) Item {
	at := a.DatePublished.Time
	if a.DatePublished.IsZero() {
		at = a.FetchedAt.Time
	}
	return Item{Type: item.TypeArticle, Site: a.Site, URL: a.URL, Title: cmp.Or(a.Title, a.URL), ID: a.ID, At: at,
		Seen: a.FetchedAt.Time}
}

// state adds what only the state knows.
func (c *collector) state(ctx context.Context, r state.Reader) error {
	counts, err := r.Sites(ctx, c.now)
	if err != nil {
		return err
	}
	for _, n := range counts {
		c.site(n.Site).URLs = n
	}
	sources, err := r.Sources(ctx)
	if err != nil {
		return err
	}
	for _, src := range sources {
		c.site(src.Site).source(src)
	}
	if err := r.Troubles(ctx, func(t state.Trouble) error {
		c.site(t.Site).trouble(t)
		return nil
	}); err != nil {
		return err
	}
	if c.report.Waiting, err = r.Paces(ctx, c.now); err != nil {
		return err
	}
	runs, err := r.Runs(ctx, maxRuns)
	for _, run := range runs {
		shown := Run{Run: run, Broken: run.Ended.IsZero()}
		if json.Unmarshal(run.Summary, &shown.Summary) != nil {
			shown.Broken = true
		}
		c.report.Runs = append(c.report.Runs, shown)
	}
	return err
}

// finish orders what was collected.
func (c *collector) finish() *Report {
	slices.SortFunc(c.report.Sites, func(a, b *Site) int { return cmp.Compare(a.Name, b.Name) })
	for _, s := range c.report.Sites {
		s.finish()
	}
	c.report.Clusters, c.report.Copies = c.stories.clusters(), c.stories.copies()
	c.report.Revised = c.stories.mostRevised()
	return c.report
}
