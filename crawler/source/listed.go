package source

import (
	"context"
	"fmt"
	"time"

	"github.com/newsonce/newsonce/crawler/archive"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// listed is an archive whose URLs are lists of articles.
type listed struct {
	paged
	lists  lists
	series archive.Series
	stop   int // stop_after_missing
	walk   listedCursor
	redo   []int64 // pages that an earlier run could not read; fetched first
	reason string  // why the last unreadable page could not be read
}

// listedCursor is the durable position in an archive of lists.
type listedCursor struct {
	archive.Position
	Links int `json:"links,omitempty"` // article links so far
	// Skipped are the indexes of pages that could not be read. The next run fetches
	// them first.
	Skipped []int64 `json:"skipped,omitempty"`
}

// maxSkipped bounds the pages that wait for another run. The archive stops when there
// are as many.
const maxSkipped = 1000

func newListed(ctx context.Context, o *Opening) (*listed, error) {
	a := o.Config.Spec.(*config.Archive)
	l := &listed{
		paged: paged{site: o.Site, kind: "archive", start: a.URL, retry: o.retry()},
		lists: newLists(o.Site, "archive", a.Links, nil, a.JSON, true), stop: a.StopAfterMissing,
	}
	l.self = l
	var err error
	if l.known, err = o.KnownWhole(ctx, archiveKey(o)); err != nil {
		return nil, err
	}
	if _, err := l.resume(&l.walk); err != nil {
		return nil, err
	}
	held := false
	if l.series, held, err = openSeries(o, &l.known, &l.walk.Position); err != nil {
		return nil, err
	}
	if !held {
		l.walk.Links, l.walk.Skipped = 0, nil
	}
	l.redo = l.walk.Skipped
	if err := trustFirst(o, l.series); err != nil {
		return nil, err
	}
	l.goOn()
	return l, nil
}

// index returns the index of the next page.
func (l *listed) index() int64 {
	if len(l.redo) > 0 {
		return l.redo[0]
	}
	return l.walk.Next
}

// goOn goes to the next page, if there is one.
func (l *listed) goOn() {
	l.open = false
	if len(l.redo) == 0 && (l.series.Over(l.walk.Position, l.stop) || len(l.walk.Skipped) >= maxSkipped) {
		return
	}
	if url, ok := l.series.At(l.index()); ok {
		l.turn(url)
	}
}

// Due implements Source.
func (l *listed) Due(time.Time) bool { return l.open }

// Begin implements Source.
func (l *listed) Begin(now time.Time, _ state.URLID) { l.known.AskedAt = now }

// Next implements Source.
func (l *listed) Next() *Step {
	st := l.step()
	if st != nil {
		st.MaxBody = l.lists.maxBody()
	}
	return st
}

// Read implements Source. A page that redirects to the front page or to a listing
// counts as missing, since many sites redirect missing pages there.
func (l *listed) Read(_ context.Context, st *Step, resp *fetch.Response) *Page {
	pg := l.failed(st, resp, l.admits)
	if pg == nil {
		return l.lists.read(st, resp)
	}
	pg.data = pg.Class == fetch.Redirect && pg.Err != nil // leads away from the archive
	return pg
}

func (l *listed) admits(u urlkey.URL) error {
	if err := l.site.AdmitsListing(u); err != nil {
		return err
	}
	if l.site.IsFront(u) {
		return site.ErrFront
	}
	return nil
}

// Advance implements Source.
func (l *listed) Advance(_ context.Context, c *Commit) (End, error) {
	if l.again(c) {
		return Open, nil
	}
	l.advance(c)
	end := LastPage
	switch {
	case l.open:
		end = Open
	case len(l.walk.Skipped) > 0:
		end = Partly
	case l.walk.Links == 0:
		end = NoLinks
	}
	k := &l.known
	k.Error = ""
	switch end {
	case LastPage:
		k.DoneAt = c.At
	case Partly:
		k.Error = l.reason
	case NoLinks:
		k.Error = string(NoLinks)
	}
	if err := l.cursor(l.walk); err != nil {
		return end, err
	}
	c.Keep(*k)
	return end, nil
}

// advance moves the cursor past a page.
func (l *listed) advance(c *Commit) {
	pg, index, redone := c.Page, l.index(), len(l.redo) > 0
	leadsAway, _ := pg.data.(bool)
	outcome := archive.Exists
	switch {
	case pg.Read:
		ids := c.ids()
		l.walk.Links += len(ids)
		if !redone {
			outcome = l.walk.Listed(ids)
		}
		l.walk.Skipped = without(l.walk.Skipped, index)
	case pg.Class == fetch.Gone, leadsAway, pg.Denied:
		outcome, pg.Err = archive.Missing, nil
		l.walk.Skipped = without(l.walk.Skipped, index)
	case pg.Err != nil:
		l.walk.Skipped = append(without(l.walk.Skipped, index), index)
		l.reason = pg.Err.Error()
	}
	if redone {
		l.redo = l.redo[1:]
	} else {
		l.walk.Advance(l.stop, outcome)
	}
	l.goOn()
}

// without returns a copy of list without n.
func without(list []int64, n int64) []int64 {
	var rest []int64
	for _, m := range list {
		if m != n {
			rest = append(rest, m)
		}
	}
	return rest
}

// Remaining implements Source. Each page may name any number of articles.
func (l *listed) Remaining() Remaining {
	if !l.open {
		return Remaining{}
	}
	r := Remaining{Pages: 1, Open: true}
	if n, ends := l.series.Len(); ends {
		r.Pages = max(0, n-l.walk.Next) + int64(len(l.redo))
	}
	return r
}

// Plan implements Source.
func (l *listed) Plan(time.Time) Plan {
	if !l.open {
		return Plan{Text: fmt.Sprintf("archive %s: complete since %s; --restart reads it again",
			l.start, l.known.DoneAt.Format(time.RFC3339))}
	}
	p := seriesPlan(l.series, l.walk.Next, "pages that list articles")
	if n := len(l.redo); n > 0 {
		p.Text = fmt.Sprintf("%d pages that could not be read, then %s", n, p.Text)
	}
	p.Text = fmt.Sprintf("archive %s: %s", l.start, p.Text)
	return p
}
