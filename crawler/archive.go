package crawler

import (
	"context"
	"encoding/json"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// archiveCursor is how far the walk through an archive of lists has come.
type archiveCursor struct {
	source.Position
	Links int `json:"links,omitempty"` // article links so far
	// Skipped are the indexes of pages that could not be read. They are asked
	// again by the next run, before it goes on.
	Skipped []int64 `json:"skipped,omitempty"`
}

// maxSkipped bounds the pages that wait for another run; an archive with more
// of them stops there.
const maxSkipped = 1000

// openArchive makes an archive of lists ready: its series, and the page at
// which its walk goes on.
func (l *listing) openArchive(ctx context.Context, r *run, a *config.Archive) (err error) {
	if l.series, l.archive.Position, l.known, err = r.openSeries(ctx, l.site, a); err != nil {
		return err
	}
	l.key = l.known.Key
	if len(l.known.Cursor) > 0 {
		var c archiveCursor
		if err := json.Unmarshal(l.known.Cursor, &c); err != nil {
			return err
		}
		if l.series.Holds(c.Position) {
			l.archive.Links, l.archive.Skipped, l.redo = c.Links, c.Skipped, c.Skipped
		}
	}
	if first, ok := l.series.At(0); ok {
		u, err := urlkey.Parse(first)
		if err != nil {
			return err
		}
		l.site.trusted[u.Origin()] = true
	}
	l.turnArchive()
	return nil
}

// page is the index of the page of an archive that is next.
func (w *walk) page() int64 {
	if len(w.redo) > 0 {
		return w.redo[0]
	}
	return w.archive.Next
}

// turnArchive goes to the next page of the archive, if there is one.
func (l *listing) turnArchive() { l.walk = l.nextPage(l.walk) }

func (l *listing) nextPage(w walk) walk {
	w.open = false
	if len(w.redo) == 0 && (l.series.Over(w.archive.Position, l.stop) || len(w.archive.Skipped) >= maxSkipped) {
		return w
	}
	url, ok := l.series.At(w.page())
	if !ok {
		return w
	}
	w.pass.URL = url
	w.turn()
	return w
}

// advanceArchive moves the walk past a page of an archive of lists.
func (d *decision) advanceArchive(res *result, v *state.Verdict, w *walk) source.End {
	l, index := res.task.listing, w.page()
	redone := len(w.redo) > 0
	outcome := source.Exists
	switch {
	case res.page != nil:
		ids := linkIDs(res, v)
		w.archive.Links += len(ids)
		if !redone {
			outcome = w.archive.Listed(ids)
		}
		w.archive.Skipped = without(w.archive.Skipped, index)
	case res.resp.Class == fetch.Gone, res.deadEnd, res.task.denied != nil:
		outcome, res.err = source.Missing, nil
		w.archive.Skipped = without(w.archive.Skipped, index)
	case res.err != nil:
		w.archive.Skipped = append(without(w.archive.Skipped, index), index)
		w.miss("%v", res.err)
	}
	if redone {
		w.redo = w.redo[1:]
	} else {
		w.archive.Advance(l.stop, outcome)
	}
	switch *w = l.nextPage(*w); {
	case w.open:
		return source.Open
	case len(w.archive.Skipped) > 0:
		return partly
	case w.archive.Links == 0:
		return noLinks
	}
	return source.LastPage
}

// without is a copy of list without n.
func without(list []int64, n int64) []int64 {
	var rest []int64
	for _, m := range list {
		if m != n {
			rest = append(rest, m)
		}
	}
	return rest
}

// storeArchive brings the durable cursor up to date with the walk.
func (w *walk) storeArchive(end source.End, res *result) (err error) {
	k := &w.known
	k.Error = ""
	switch end {
	case source.LastPage:
		k.DoneAt = res.visit.At
	case partly:
		k.Error = w.reason
	case noLinks:
		k.Error = string(noLinks)
	}
	k.Cursor, err = json.Marshal(w.archive)
	return err
}
