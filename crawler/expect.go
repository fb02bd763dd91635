package crawler

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/state"
)

const (
	// watchLast is how many articles or pages an expectation looks back on,
	// watchFrom how many it wants to have seen before it says anything.
	watchLast = 20
	watchFrom = 10
	// blockShare is the least share of pages with as many headlines as expected.
	blockShare = 0.9
)

// observation is whether a page met an expectation.
type observation struct {
	key string
	met bool
}

// watch holds the expectations of a site and what was seen of them lately,
// over runs. Observing reads the configuration only; record and broken belong
// to the committer.
type watch struct {
	expect []config.Expectation
	rules  *extract.Rules
	seen   map[string][]byte
	fresh  map[string]bool // observed in this run
}

func newWatch(ctx context.Context, store state.Store, s *config.Site) (*watch, error) {
	w := &watch{expect: s.Expect, rules: &s.Rules, seen: map[string][]byte{}, fresh: map[string]bool{}}
	for _, e := range s.Expect {
		seen, err := store.Window(ctx, s.Name, e.Key)
		if err != nil {
			return nil, err
		}
		w.seen[e.Key] = seen
	}
	return w, nil
}

// article observes a page that should hold an article.
func (w *watch) article(got *extract.Result) []observation {
	obs := w.page(got, func(b *extract.Block) bool { return b.OnArticle })
	for _, e := range w.expect {
		if e.Article != "" {
			obs = append(obs, observation{e.Key, got.Article != nil && hasField(got.Article, e.Article) && w.byRule(got, e.Article)})
		}
	}
	return obs
}

// byRule reports whether a field was filled by the site's selectors, where it
// has some: the automatic rules step in when they fit no more, and that is
// just what a person should hear of.
func (w *watch) byRule(got *extract.Result, field string) bool {
	return len(w.rules.Article.Field(field).Select) == 0 || strings.HasPrefix(got.Rules[field], "selector ")
}

// listing observes a listing page.
func (w *watch) listing(got *extract.Result) []observation {
	return w.page(got, func(b *extract.Block) bool { return b.OnListing })
}

func (w *watch) page(got *extract.Result, on func(*extract.Block) bool) []observation {
	var obs []observation
	for _, e := range w.expect {
		if e.Block == "" || !w.stands(e.Block, on) {
			continue
		}
		n := 0
		for i := range got.Headlines {
			if got.Headlines[i].Block == e.Block {
				n++
			}
		}
		obs = append(obs, observation{e.Key, n >= e.Min && (e.Max < 0 || n <= e.Max)})
	}
	return obs
}

// stands reports whether a block is to be found on this kind of page; one that
// is not configured by selectors may be on any.
func (w *watch) stands(block string, on func(*extract.Block) bool) bool {
	for i := range w.rules.Blocks {
		if w.rules.Blocks[i].Name == block {
			return on(&w.rules.Blocks[i])
		}
	}
	return len(w.rules.Blocks) == 0
}

func hasField(a *extract.Article, field string) bool {
	switch field {
	case "title":
		return a.Title != ""
	case "summary":
		return a.Summary != ""
	case "content_text":
		return len(a.Paragraphs) > 0
	case "date_published":
		return !a.DatePublished.IsZero()
	case "date_modified":
		return !a.DateModified.IsZero()
	case "authors":
		return len(a.Authors) > 0
	case "publisher":
		return a.Publisher != ""
	case "section":
		return a.Section != ""
	case "tags":
		return len(a.Tags) > 0
	case "language":
		return a.Language != ""
	case "image":
		return a.Image != ""
	}
	return false
}

// record adds an observation; the oldest goes.
func (w *watch) record(key string, met bool) {
	b := byte(0)
	if met {
		b = 1
	}
	seen := append(slices.Clone(w.seen[key]), b)
	w.seen[key] = seen[max(0, len(seen)-watchLast):]
	w.fresh[key] = true
}

// broken describes the expectations that this run's pages broke.
func (w *watch) broken() []string {
	var list []string
	for _, e := range w.expect {
		seen := w.seen[e.Key]
		if !w.fresh[e.Key] || len(seen) < watchFrom {
			continue
		}
		met := 0
		for _, b := range seen {
			met += int(b)
		}
		least := blockShare
		if e.Article != "" {
			least = e.Share
		}
		if len(seen)-met == 1 { // an odd page
			continue
		}
		if share := float64(met) / float64(len(seen)); share < least {
			list = append(list, fmt.Sprintf("%s held on %d of the last %d pages, expected on %.0f %%: the site may have changed its mark-up", e.Key, met, len(seen), 100*least))
		}
	}
	return list
}

// checkExpectations counts what broke in this run.
func (r *run) checkExpectations() {
	for name, s := range r.sites {
		for _, text := range s.watch.broken() {
			c := r.summary.Site(name)
			c.Less++
			c.Problem("%s", text)
		}
	}
}
