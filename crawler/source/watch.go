package source

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/schedule"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/state"
)

// Watched is what a run that does not end has learned about a source. It is stored as a
// state.Window.
type Watched struct {
	Rate schedule.Rate `json:"rate"`
	// Newest is the highest id of an article link that a pass has seen. Links beyond it
	// are new to the source, whichever source they were found by first.
	Newest int64 `json:"newest"`
}

// watchedPrefix is the prefix of the keys of these windows, before the key of the source.
const watchedPrefix = "watch "

// WatchedOf returns what a stored window of a site says about a source; ok is false for
// other windows.
func WatchedOf(w state.Window) (key string, got Watched, ok bool, err error) {
	key, ok = strings.CutPrefix(w.Key, watchedPrefix)
	if ok && len(w.Seen) > 0 {
		err = json.Unmarshal(w.Seen, &got)
	}
	if err != nil {
		err = fmt.Errorf("rate of %s: %w", key, err)
	}
	return key, got, ok, err
}

// Next returns when a source of a site is due, by its key.
func (w *Watched) Next(s *config.Site, key string) time.Time {
	seed := site.Hash(key + strconv.FormatInt(w.Rate.Tried.UnixNano(), 36))
	return w.Rate.Next(bounds(s), float64(seed>>11)/(1<<53))
}

// bounds returns those of the time between two reads of a site's sources.
func bounds(s *config.Site) schedule.Bounds {
	least := max(s.Watch.Min, s.Refresh, s.Delay)
	return schedule.Bounds{Min: least, Max: max(s.Watch.Max, least)}
}

// watch has passes learn how often their source changes, in a run that does not end.
type watch struct {
	Watched
	site *config.Site
	key  string    // of the source
	next time.Time // when the source is due
}

// openWatch returns what is known about a source; nil for other runs.
func openWatch(ctx context.Context, o *Opening, key string) (*watch, error) {
	if !o.Watch {
		return nil, nil
	}
	seen, err := o.Store.Window(ctx, o.Site.Name, watchedPrefix+key)
	if err != nil {
		return nil, err
	}
	w := &watch{site: o.Site.Site, key: key}
	_, w.Watched, _, err = WatchedOf(state.Window{Key: watchedPrefix + key, Seen: seen})
	w.next = w.Next(w.site, key)
	return w, err
}

// due reports whether the source is due. What a clock stored that was wrong does not
// count.
func (w *watch) due(now time.Time) bool {
	return !now.Before(w.next) || w.Rate.Tried.After(now.Add(state.ClockSlack))
}

// page counts what is new on a page of a pass.
func (w *watch) page(p *Pass, c *Commit) {
	fresh := 0
	for _, l := range c.Links[:c.Page.Articles] {
		if id := int64(l.ID); id > w.Newest {
			fresh++
			p.Newest = max(p.Newest, id)
		}
	}
	p.Fresh += max(fresh, c.Headlines)
}

// committed takes a page of a pass, and stores what the end of the pass tells.
func (w *watch) committed(p *Pass, c *Commit, end End) error {
	if p.Requests++; end == Open {
		return nil
	}
	if end == Failed {
		w.Rate.Missed(c.At)
	} else {
		w.Rate.Saw(c.At, p.Fresh, p.Requests, bounds(w.site))
		w.Newest = max(w.Newest, p.Newest)
		p.Fresh, p.Newest, p.Requests = 0, 0, 0
	}
	w.next = w.Next(w.site, w.key)
	seen, err := json.Marshal(w.Watched)
	c.Windows = append(c.Windows, state.Window{Site: w.site.Name, Key: watchedPrefix + w.key, Seen: seen})
	return err
}
