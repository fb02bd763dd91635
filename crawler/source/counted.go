package source

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/newsonce/newsonce/crawler/archive"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// ahead is how many URLs of an archive may wait for their outcomes. It bounds the
// requests beyond the end that stop_after_missing finds.
const ahead = 64

// counted is an archive whose URLs are articles. It queues them in batches and waits
// for the outcome of each.
type counted struct {
	site   *site.Site
	name   string // the template
	series archive.Series
	stop   int // stop_after_missing

	mu      sync.Mutex // guards all below, for Recheck
	known   state.Source
	window  archive.Window
	given   int64                 // index of the next URL to queue
	waits   map[int64]state.URLID // by index: queued, outcome unknown
	indexes map[state.URLID][]int64
	busy    bool  // a batch is in progress
	empty   bool  // nothing is left to queue
	over    bool  // the end was found
	looked  int64 // position of the last Recheck; -1: none yet
}

// newCounted returns the source of an archive; nil when it has been read to its end.
func newCounted(ctx context.Context, o *Opening) (*counted, error) {
	a := o.Config.Spec.(*config.Archive)
	c := &counted{site: o.Site, name: a.URL, stop: a.StopAfterMissing,
		waits: map[int64]state.URLID{}, indexes: map[state.URLID][]int64{}, looked: -1}
	var err error
	if c.known, err = o.KnownWhole(ctx, archiveKey(o)); err != nil {
		return nil, err
	}
	var p archive.Position
	if len(c.known.Cursor) > 0 {
		if err := json.Unmarshal(c.known.Cursor, &p); err != nil {
			return nil, fmt.Errorf("cursor of %s: %w", c.known.Key, err)
		}
	}
	if c.series, _, err = openSeries(o, &c.known, &p); err != nil {
		return nil, err
	}
	c.window.Position, c.given = p, p.Next
	if c.series.Over(p, c.stop) {
		return nil, nil
	}
	return c, nil
}

// Name implements Source.
func (c *counted) Name() string { return c.name }

// Due implements Source.
func (c *counted) Due(time.Time) bool { return true }

// Begin implements Source.
func (c *counted) Begin(time.Time, state.URLID) {}

// batch holds the URLs that a step queues, with their indexes, in order.
type batch struct {
	indexes []int64
	last    bool // the archive ends with them
	err     error
	links   []state.Link
}

// Next implements Source. It returns a step unless ahead URLs wait for their outcomes.
func (c *counted) Next() *Step {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy || c.empty || c.over || len(c.waits) >= ahead {
		return nil
	}
	return c.step()
}

// Recheck implements Waiter.
func (c *counted) Recheck() *Step {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy || c.over || len(c.waits) == 0 || c.looked == c.window.Next {
		return nil
	}
	c.looked = c.window.Next
	return c.step()
}

// step returns a step for the next URLs. It begins with those that have waited
// longest: another page may have settled one of them as its canonical URL or alias,
// so that it is never fetched itself.
func (c *counted) step() *Step {
	c.busy = true
	b := &batch{}
	for i := c.window.Next; i < min(c.window.Next+ahead, c.given); i++ {
		b.take(c, i)
	}
	for range ahead {
		if b.take(c, c.given); b.last || b.err != nil {
			break
		}
		c.given++
	}
	return &Step{Source: c, Site: c.site, data: b}
}

func (b *batch) take(c *counted, i int64) {
	raw, ok := c.series.At(i)
	if !ok {
		b.last = true
		return
	}
	u, err := urlkey.Parse(raw)
	if err != nil {
		b.err = err
		return
	}
	link := c.site.Link(u, "archive", c.name)
	link.Later = true
	b.links = append(b.links, link)
	b.indexes = append(b.indexes, i)
}

// Read implements Source.
func (c *counted) Read(_ context.Context, st *Step, _ *fetch.Response) *Page {
	b := st.data.(*batch)
	return &Page{Read: b.err == nil, Links: b.links, Fates: true, Err: b.err}
}

// Advance implements Source.
func (c *counted) Advance(_ context.Context, cm *Commit) (End, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	b := cm.Step.data.(*batch)
	c.busy, c.empty = false, b.last || cm.Page.Err != nil
	c.known.AskedAt, c.known.Error = cm.At, ""
	if err := cm.Page.Err; err != nil { // ends here; earlier URLs stay queued
		c.known.Error = err.Error()
		cm.Keep(c.known)
		return Failed, nil
	}
	for i, index := range b.indexes {
		l := &cm.Links[i]
		if l.New || l.ID != 0 && l.Fate == state.Pending {
			c.wait(index, l.ID)
		} else {
			c.done(index, l.Fate)
		}
	}
	row, err := c.row(cm.At)
	if err != nil {
		return Open, err
	}
	cm.Keep(row)
	return Open, nil
}

// wait records that a URL waits for its outcome.
func (c *counted) wait(index int64, id state.URLID) {
	if _, known := c.waits[index]; known || index < c.window.Next {
		return
	}
	c.waits[index] = id
	c.indexes[id] = append(c.indexes[id], index)
}

// done records the outcome of a URL.
func (c *counted) done(index int64, f state.Fate) {
	if id, ok := c.waits[index]; ok {
		delete(c.waits, index)
		c.indexes[id] = slices.DeleteFunc(c.indexes[id], func(i int64) bool { return i == index })
		if len(c.indexes[id]) == 0 {
			delete(c.indexes, id)
		}
	}
	o := archive.Exists
	if f == state.Absent {
		o = archive.Missing
	}
	c.window.Done(index, o, c.stop)
	c.over = c.over || c.series.Over(c.window.Position, c.stop)
}

// row returns the row with the durable position.
func (c *counted) row(now time.Time) (state.Source, error) {
	if c.over {
		c.known.DoneAt = now
	}
	var err error
	c.known.Cursor, err = json.Marshal(c.window.Position)
	return c.known, err
}

// Settled implements Waiter.
func (c *counted) Settled(id state.URLID, f state.Fate, now time.Time) (row state.Source, moved bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	waiting, ok := c.indexes[id]
	if !ok || f == state.Pending {
		return row, false, nil
	}
	for _, index := range slices.Clone(waiting) {
		c.done(index, f)
	}
	row, err = c.row(now)
	return row, true, err
}

// Remaining implements Source.
func (c *counted) Remaining() Remaining {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, ends := c.series.Len()
	switch {
	case c.over || c.empty:
		return Remaining{}
	case ends:
		return Remaining{Pages: max(0, n-c.given)}
	}
	return Remaining{Open: true}
}

// Plan implements Source.
func (c *counted) Plan(time.Time) Plan {
	p := seriesPlan(c.series, c.window.Next, "articles")
	p.Text = fmt.Sprintf("archive %s: %s", c.name, p.Text)
	return p
}
