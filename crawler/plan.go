package crawler

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
)

// Plan is what a run would do with one site, in words, a line a source; nothing
// is asked and nothing written. URLs is how many it would ask at least, as far
// as that can be told; what listings, sitemaps and feeds will name cannot.
type Plan struct {
	Site  string
	Lines []string
	URLs  int64
	Open  bool          // there may be any number more
	Takes time.Duration // for URLs at the site's delay and concurrency
}

// planned answers what a plan asks of a state, from what was read of it.
type planned struct {
	state.Store
	known map[string]state.Source
}

func (p planned) Source(_ context.Context, site, key string) (state.Source, bool, error) {
	s, ok := p.known[site+"\n"+key]
	return s, ok, nil
}

func (planned) LastURL(context.Context) (state.URLID, error) { return 0, nil }

func (planned) Window(context.Context, string, string) ([]byte, error) { return nil, nil }

// PlanOf plans a run. known holds the stored sources by site, line feed and
// key, queued the number of due URLs of each site.
func PlanOf(ctx context.Context, o Options, known map[string]state.Source, queued map[string]int) ([]Plan, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Store = planned{known: known}
	r := &run{Options: o, addresses: map[string]string{}, sites: map[string]*site{}}
	defer r.close()
	var plans []Plan
	for _, cfg := range o.Sites {
		s, err := newSite(ctx, r, cfg)
		if err != nil {
			return nil, fmt.Errorf("site %s: %w", cfg.Name, err)
		}
		r.sites[cfg.Name] = s
		p := Plan{Site: cfg.Name, URLs: int64(queued[cfg.Name])}
		for _, l := range s.sources {
			p.Lines = append(p.Lines, l.plan(r, &p))
		}
		for _, sp := range s.supplies {
			p.Lines = append(p.Lines, sp.plan(&p))
		}
		for _, f := range s.files {
			p.Lines = append(p.Lines, fmt.Sprintf("warc %s, from %v", f.path, f.begin))
		}
		p.Takes = time.Duration(p.URLs) * cfg.Delay / time.Duration(max(1, cfg.Workers))
		plans = append(plans, p)
	}
	return plans, nil
}

// plan says what a run would ask of a listing.
func (l *listing) plan(r *run, p *Plan) string {
	name := l.kind + " " + l.start
	k := &l.known
	now := r.Now()
	refresh := l.site.Refresh
	if r.Backfill && l.whole {
		name += ", to its end"
	}
	switch due := k.AskedAt.Add(refresh); {
	case l.kind == "archive":
		return l.planArchive(p)
	case l.kind == "wayback":
		p.Open = true
		if !k.DoneAt.IsZero() {
			return fmt.Sprintf("%s: complete since %s; --restart walks it again", l.key, k.DoneAt.Format(time.RFC3339))
		}
		return fmt.Sprintf("%s: %d lines of the index are read", l.key, l.captures.Lines)
	case len(k.Cursor) > 0:
		return fmt.Sprintf("%s: page %d of an interrupted pass, %s", name, l.pass.Page, l.pass.URL)
	case l.whole && !l.due(now, refresh):
		return fmt.Sprintf("%s: complete since %s; --restart walks it again", name, k.DoneAt.Format(time.RFC3339))
	case !l.due(now, refresh):
		return fmt.Sprintf("%s: not before %s (refresh %s)", name, due.Format(time.RFC3339), refresh)
	case k.ETag != "" || k.Modified != "":
		return fmt.Sprintf("%s: if it has changed since %s", name, k.DoneAt.Format(time.RFC3339))
	}
	return name
}

// planArchive says which pages of an archive of lists are left.
func (l *listing) planArchive(p *Plan) string {
	if !l.open {
		return fmt.Sprintf("archive %s: complete since %s; --restart walks it again", l.start, l.known.DoneAt.Format(time.RFC3339))
	}
	text := seriesPlan(p, l.series.Len, l.series.At, l.archive.Next, "pages that list articles")
	if n := len(l.redo); n > 0 {
		text = fmt.Sprintf("%d pages that could not be read, then %s", n, text)
	}
	return fmt.Sprintf("archive %s: %s", l.start, text)
}

// firsts is how many URLs of an archive a plan names.
const firsts = 3

// seriesPlan counts what is left of an archive and names the first of it.
func seriesPlan(p *Plan, length func() (int64, bool), at func(int64) (string, bool), next int64, what string) string {
	var first []string
	for i := next; len(first) < firsts; i++ {
		url, ok := at(i)
		if !ok {
			break
		}
		first = append(first, url)
	}
	n, ends := length()
	count := "an open number of"
	if ends {
		n -= next
		p.URLs += n
		count = fmt.Sprint(n)
	} else {
		p.Open = true
	}
	text := fmt.Sprintf("%s %s, first %s", count, what, strings.Join(first, " "))
	if next > 0 {
		text += fmt.Sprintf(" (%d are done)", next)
	}
	return text
}

// plan says what is left of a supply.
func (sp *supply) plan(p *Plan) string {
	if sp.kind == "archive" {
		return fmt.Sprintf("archive %s: %s", sp.name, seriesPlan(p, sp.series.Len, sp.series.At, sp.window.Next, "articles"))
	}
	p.Open = true
	if len(sp.known.Cursor) > 0 {
		return fmt.Sprintf("urls %s: what was added since %s", sp.name, sp.known.AskedAt.Format(time.RFC3339))
	}
	return fmt.Sprintf("urls %s", sp.name)
}
