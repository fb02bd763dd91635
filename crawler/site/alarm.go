package site

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
	// alarmLast is the number of articles or pages that an expectation looks back on;
	// alarmFrom is the number from which on it is judged.
	alarmLast = 20
	alarmFrom = 10
	// blockShare is the smallest share of pages with the expected number of headlines.
	blockShare = 0.9
)

// Observation records whether a page met an expectation.
type Observation struct {
	Key string
	Met bool
}

// Alarm holds the latest observations, across runs, for the expectations of a site. It
// must not be used by two goroutines at once.
type Alarm struct {
	site   string
	expect []config.Expectation
	seen   map[string][]byte
	fresh  map[string]bool // observed in this run
}

// BlockedKey is the key of an expectation that every site has: less than half of its
// article pages are walls.
const BlockedKey = "blocked"

// Windows reads the observations of earlier runs; state.Store implements it.
type Windows interface {
	Window(ctx context.Context, site, key string) ([]byte, error)
}

// NewAlarm returns the alarm of a site with the observations of earlier runs.
func NewAlarm(ctx context.Context, store Windows, s *config.Site) (*Alarm, error) {
	a := &Alarm{site: s.Name, expect: s.Expect, seen: map[string][]byte{}, fresh: map[string]bool{}}
	keys := []string{BlockedKey}
	for _, e := range s.Expect {
		keys = append(keys, e.Key)
	}
	for _, key := range keys {
		seen, err := store.Window(ctx, s.Name, key)
		if err != nil {
			return nil, err
		}
		a.seen[key] = seen
	}
	return a, nil
}

// ObserveArticle compares a page that should hold an article with the expectations.
func (s *Site) ObserveArticle(got *extract.Result) []Observation {
	obs := s.observe(got, func(b *extract.Block) bool { return b.OnArticle })
	for _, e := range s.Expect {
		if e.Article != "" {
			met := got.Article != nil && hasField(got.Article, e.Article) && s.byRule(got, e.Article) &&
				(e.Article != "content_text" || !got.Article.Partial)
			obs = append(obs, Observation{e.Key, met})
		}
	}
	return obs
}

// byRule reports whether a field was filled by the site's selectors, if it has any.
// The automatic rules step in when selectors no longer fit, and a person needs to know.
func (s *Site) byRule(got *extract.Result, field string) bool {
	return len(s.Rules.Article.Field(field).Select) == 0 || strings.HasPrefix(got.Rules[field], "selector ")
}

// ObserveListing compares a listing page with the expectations.
func (s *Site) ObserveListing(got *extract.Result) []Observation {
	return s.observe(got, func(b *extract.Block) bool { return b.OnListing })
}

func (s *Site) observe(got *extract.Result, on func(*extract.Block) bool) []Observation {
	var obs []Observation
	for _, e := range s.Expect {
		if e.Block == "" || !s.stands(e.Block, on) {
			continue
		}
		n := 0
		for i := range got.Headlines {
			if got.Headlines[i].Block == e.Block {
				n++
			}
		}
		obs = append(obs, Observation{e.Key, n >= e.Min && (e.Max < 0 || n <= e.Max)})
	}
	return obs
}

// stands reports whether a block is expected on this kind of page. A block without
// configured selectors may be on any.
func (s *Site) stands(block string, on func(*extract.Block) bool) bool {
	for i := range s.Rules.Blocks {
		if s.Rules.Blocks[i].Name == block {
			return on(&s.Rules.Blocks[i])
		}
	}
	return len(s.Rules.Blocks) == 0
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

// Record adds an observation and drops the oldest beyond alarmLast.
func (a *Alarm) Record(o Observation) {
	b := byte(0)
	if o.Met {
		b = 1
	}
	seen := append(slices.Clone(a.seen[o.Key]), b)
	a.seen[o.Key] = seen[max(0, len(seen)-alarmLast):]
	a.fresh[o.Key] = true
}

// Window returns the last observations of an expectation, to be stored.
func (a *Alarm) Window(key string) state.Window {
	return state.Window{Site: a.site, Key: key, Seen: a.seen[key]}
}

// blocked describes a site that serves walls, "" for none.
func (a *Alarm) blocked() string {
	seen := a.seen[BlockedKey]
	met := met(seen)
	if !a.fresh[BlockedKey] || len(seen) < alarmFrom || 2*met > len(seen) {
		return ""
	}
	return fmt.Sprintf("%d of the last %d article pages were consent walls, bot challenges or error pages",
		len(seen)-met, len(seen))
}

func met(seen []byte) (n int) {
	for _, b := range seen {
		n += int(b)
	}
	return n
}

// Broken describes the expectations that this run's pages broke.
func (a *Alarm) Broken() []string {
	var list []string
	if text := a.blocked(); text != "" {
		list = append(list, text)
	}
	for _, e := range a.expect {
		seen := a.seen[e.Key]
		if !a.fresh[e.Key] || len(seen) < alarmFrom {
			continue
		}
		met := met(seen)
		least := blockShare
		if e.Article != "" {
			least = e.Share
		}
		if len(seen)-met == 1 { // an odd page
			continue
		}
		if share := float64(met) / float64(len(seen)); share < least {
			list = append(list, fmt.Sprintf(
				"%s held on %d of the last %d pages, expected on %.0f %%: the site may have changed its mark-up",
				e.Key, met, len(seen), 100*least))
		}
	}
	return list
}
