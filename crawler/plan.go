package crawler

import (
	"context"
	"time"

	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/state"
)

// Plan describes what a run would do with one site. Nothing is fetched or written.
type Plan struct {
	Site  string
	Lines []string      // one per source
	URLs  int64         // known URLs it would fetch, without those that listings, sitemaps and feeds will name
	Open  bool          // there may be any number of further URLs
	Takes time.Duration // time for URLs at the site's delay and concurrency
}

// planned is a source.Store of rows already read from the state.
type planned map[string]state.Source

func (p planned) Source(_ context.Context, site, key string) (state.Source, bool, error) {
	row, ok := p[site+"\n"+key]
	return row, ok, nil
}

// LastFailure implements source.Store: a plan sends no validators.
func (p planned) LastFailure(context.Context, string) (time.Time, error) { return time.Time{}, nil }

// Window implements source.Store: a plan learns nothing.
func (p planned) Window(context.Context, string, string) ([]byte, error) { return nil, nil }

// PlanOf returns the plan of a run for each site. known holds the stored sources by
// site, line feed and key; queued holds the number of due URLs of each site.
func PlanOf(ctx context.Context, o Options, known map[string]state.Source, queued map[string]int) ([]Plan, error) {
	o.setDefaults()
	r := &run{Options: o, sites: map[string]*site.Site{}}
	defer r.close()
	if err := r.open(ctx, planned(known)); err != nil {
		return nil, err
	}
	var plans []Plan
	for _, cfg := range o.Sites {
		p := Plan{Site: cfg.Name, URLs: int64(queued[cfg.Name])}
		for _, s := range r.bySite[cfg.Name] {
			one := s.Plan(o.Now())
			p.Lines = append(p.Lines, one.Text)
			p.URLs += one.URLs
			p.Open = p.Open || one.Open
		}
		p.Takes = time.Duration(p.URLs) * cfg.Delay / time.Duration(max(1, cfg.Workers))
		plans = append(plans, p)
	}
	return plans, nil
}
