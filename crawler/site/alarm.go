package site

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

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

// Alarm holds what is remembered, across runs, for the expectations of a site. It must
// not be used by two goroutines at once.
type Alarm struct {
	site    string
	expect  []config.Expectation
	seen    map[string][]byte
	fresh   map[string]bool    // observed in this run
	silence *silence           // nil: nothing new is expected
	read    bool               // a source was read in this run
	stands  bool               // the last read is not of this run
	match   string             // article.match, "" for none
	shares  map[string]*shares // by listing
	changed map[string]bool    // keys of windows to be stored
	gaps    map[string]time.Time
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
	a := &Alarm{site: s.Name, expect: s.Expect, seen: map[string][]byte{}, fresh: map[string]bool{},
		shares: map[string]*shares{}, changed: map[string]bool{}, gaps: map[string]time.Time{}}
	keys := []string{BlockedKey}
	for _, e := range s.Expect {
		keys = append(keys, e.Key)
	}
	if s.Match != nil {
		a.match = s.Match.String()
		for _, listing := range listings(s) {
			keys = append(keys, shareKey+listing.Href)
		}
	}
	for _, key := range keys {
		seen, err := store.Window(ctx, s.Name, key)
		if err != nil {
			return nil, err
		}
		listing, isShare := strings.CutPrefix(key, shareKey)
		switch {
		case key == config.NewKey:
			a.silence = newSilence(seen, s.New())
		case isShare:
			a.shares[listing] = newShares(seen, a.match)
		default:
			a.seen[key] = seen
		}
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
	a.fresh[o.Key], a.changed[o.Key] = true, true
}

// Find records new articles and new headlines.
func (a *Alarm) Find(articles, headlines int, now time.Time) {
	if a.silence != nil && articles+headlines > 0 {
		a.silence.find(articles, headlines, now)
		a.changed[config.NewKey] = true
	}
}

// Read records that a source was read to its end, changed or not.
func (a *Alarm) Read(now time.Time) {
	if a.read = true; a.silence != nil {
		a.silence.read(now)
		a.changed[config.NewKey] = true
	}
}

// Missed records that the run could read none of the sources, if that is so.
func (a *Alarm) Missed() {
	if a.silence != nil && !a.read && !a.silence.Read.IsZero() {
		a.silence.miss()
		a.changed[config.NewKey] = true
	}
}

// Stand has earlier reads count for a run in which no source may have been due.
func (a *Alarm) Stand() { a.stands = a.silence != nil && !a.silence.Read.IsZero() }

// Listed records the share of a listing's links that article.match matches; nil for an
// unchanged listing.
func (a *Alarm) Listed(listing string, now *Share, at time.Time) {
	s := a.shares[listing]
	if s == nil && now == nil || a.match == "" {
		return
	}
	if s == nil {
		s = newShares(nil, a.match)
		a.shares[listing] = s
	}
	if now == nil {
		now = &s.Now
	}
	s.see(*now, at)
	a.changed[shareKey+listing] = true
}

// Gap records that a list may have a gap before now.
func (a *Alarm) Gap(list string, now time.Time) {
	a.gaps[list], a.changed[gapKey+list] = now, true
}

// Changed returns what has changed since the last call, to be stored.
func (a *Alarm) Changed() ([]state.Window, error) {
	var windows []state.Window
	for _, key := range slices.Sorted(maps.Keys(a.changed)) {
		w, err := a.window(key)
		if err != nil {
			return nil, fmt.Errorf("site %s: remember %s: %w", a.site, key, err)
		}
		windows = append(windows, w)
	}
	clear(a.changed)
	return windows, nil
}

func (a *Alarm) window(key string) (state.Window, error) {
	if key == config.NewKey {
		return a.silence.window(a.site)
	}
	if listing, ok := strings.CutPrefix(key, shareKey); ok {
		return a.shares[listing].window(a.site, listing)
	}
	if list, ok := strings.CutPrefix(key, gapKey); ok {
		at, err := a.gaps[list].UTC().MarshalText()
		return state.Window{Site: a.site, Key: key, Seen: at}, err
	}
	return state.Window{Site: a.site, Key: key, Seen: a.seen[key]}, nil
}

// gapKey is the prefix of the keys of gaps in the state.
const gapKey = "gap "

// blocked describes a site that serves walls, "" for none.
func (a *Alarm) blocked() string {
	seen := a.seen[BlockedKey]
	if !a.fresh[BlockedKey] || !walled(seen) {
		return ""
	}
	return fmt.Sprintf("%d of the last %d article pages were consent walls, bot challenges or error pages",
		len(seen)-met(seen), len(seen))
}

// walled reports whether at least half of the last article pages were walls.
func walled(seen []byte) bool { return len(seen) >= alarmFrom && 2*met(seen) <= len(seen) }

// drifted reports whether pages no longer yield what is expected. One odd page is no
// drift.
func drifted(e *config.Expectation, seen []byte) bool {
	held := met(seen)
	return len(seen) >= alarmFrom && len(seen)-held > 1 && float64(held)/float64(len(seen)) < leastShare(e)
}

// leastShare returns the smallest share of pages that must meet an expectation.
func leastShare(e *config.Expectation) float64 {
	if e.Article != "" {
		return e.Share
	}
	return blockShare
}

func met(seen []byte) (n int) {
	for _, b := range seen {
		n += int(b)
	}
	return n
}

// Silent reports whether the site gives nothing new for longer than expected.
func (a *Alarm) Silent() bool {
	return a.silence != nil && (a.read || a.stands) && a.silence.silent()
}

// Broken describes the expectations that this run's pages broke.
func (a *Alarm) Broken() []string {
	var list []string
	if text := a.blocked(); text != "" {
		list = append(list, text)
	}
	if a.Silent() {
		list = append(list, a.silence.text())
	}
	for _, listing := range slices.Sorted(maps.Keys(a.shares)) {
		if s := a.shares[listing]; s.fresh && s.low() {
			list = append(list, s.text(listing))
		}
	}
	for i := range a.expect {
		e := &a.expect[i]
		if seen := a.seen[e.Key]; a.fresh[e.Key] && drifted(e, seen) {
			list = append(list, fmt.Sprintf(
				"%s held on %d of the last %d pages, expected on %.0f %%: the site may have changed its mark-up",
				e.Key, met(seen), len(seen), 100*leastShare(e)))
		}
	}
	return list
}
