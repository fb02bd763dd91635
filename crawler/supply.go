package crawler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

const (
	// ahead is how many URLs of an archive are queued before their outcomes are
	// known: what it may ask beyond the end that stop_after_missing finds.
	ahead = 64
	// listBatch is how many URLs of a list are queued in one commit.
	listBatch = 512
)

// supply brings URLs that need no request to be found: those that an archive
// counts through, and those of a list in a file. It gives them to the queues of
// their hosts a batch at a time; its position is stored with each batch.
type supply struct {
	site   *site
	kind   string // archive, urls; what its articles carry as their source
	name   string // for a person: the template, or the file
	key    string // in the state
	source string // name of the source in crawl.yaml
	known  state.Source

	// The frontier's.
	busy  bool  // a batch is under way
	empty bool  // nothing is left to be queued
	asked int64 // position at which the end of the run looked for outcomes; -1: not yet
	// Set by the committer, read by the frontier.
	over atomic.Bool  // an archive's end was found
	open atomic.Int64 // URLs of an archive whose outcome is not known yet
	base atomic.Int64 // index of the first of them; also read by the worker

	// Of an archive.
	series source.Series
	stop   int            // stop_after_missing
	given  int64          // index of the next URL to be queued; the worker's
	window source.Window  // the committer's
	waits  map[int64]bool // indexes that are waited for; the committer's

	// Of a list; the worker's.
	list *source.URLList
	file io.Closer
}

// counted is a URL that an archive waits for.
type counted struct {
	supply *supply
	index  int64
}

// newSeries makes an archive ready whose URLs are articles; nil where nothing is
// left of it.
func newSeries(ctx context.Context, r *run, s *site, src *config.Source) (*supply, error) {
	a := src.Archive
	sp := &supply{site: s, kind: "archive", name: a.URL, source: src.Name, stop: a.StopAfterMissing}
	var err error
	var position source.Position
	if sp.series, position, sp.known, err = r.openSeries(ctx, s, a); err != nil {
		return nil, err
	}
	sp.key = sp.known.Key
	sp.window.Position, sp.given, sp.waits = position, position.Next, map[int64]bool{}
	sp.base.Store(position.Next)
	sp.asked = -1
	if sp.series.Over(position, sp.stop) {
		return nil, nil
	}
	return sp, nil
}

// openSeries gives the series of an archive and where its walk goes on: where
// it was stopped, at its beginning where the archive was edited since, and for
// what has come since where it was over.
func (r *run) openSeries(ctx context.Context, s *site, a *config.Archive) (source.Series, source.Position, state.Source, error) {
	key := "archive " + a.URL
	if a.By == "date" {
		key += r.bounds()
	}
	known, err := r.knownSource(ctx, s, key)
	if err != nil {
		return source.Series{}, source.Position{}, known, err
	}
	var p source.Position
	stored := len(known.Cursor) > 0
	if stored {
		if err := json.Unmarshal(known.Cursor, &p); err != nil {
			return source.Series{}, p, known, fmt.Errorf("cursor of %s: %w", key, err)
		}
	}
	over := !known.DoneAt.IsZero()
	day := r.Now()
	if stored && !over {
		day = p.Today(day)
	}
	series, err := source.NewSeries(a.Template(), day)
	if err != nil {
		return series, p, known, fmt.Errorf("archive %s: %w", a.URL, err)
	}
	series = series.Clip(r.From, r.To)
	switch {
	case !stored || !series.Holds(p):
		p, known.DoneAt = series.Begin(), time.Time{}
	case over && a.To == "":
		p, known.DoneAt = series.Again(p), time.Time{}
	}
	return series, p, known, nil
}

// bounds are the days that a run is confined to, as part of a source's key:
// what is complete within them says nothing of other days.
func (r *run) bounds() string {
	if r.From.IsZero() && r.To.IsZero() {
		return ""
	}
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.DateOnly)
	}
	return " " + day(r.From) + ".." + day(r.To)
}

// knownSource is what the state knows of a source; nothing after --restart.
func (r *run) knownSource(ctx context.Context, s *site, key string) (state.Source, error) {
	var known state.Source
	if !r.Restart {
		var err error
		if known, _, err = r.Store.Source(ctx, s.Name, key); err != nil {
			return known, err
		}
	}
	known.Site, known.Key = s.Name, key
	return known, nil
}

// listCursor is how far a list was read.
type listCursor struct {
	Offset int64 `json:"offset"` // of the unpacked list, in bytes
	Line   int64 `json:"line"`
}

// newLists makes the files of a list ready.
func newLists(ctx context.Context, r *run, s *site, src *config.Source) ([]*supply, error) {
	files, err := source.Files(src.URLs.Files)
	if err != nil {
		return nil, err
	}
	var list []*supply
	for _, path := range files {
		sp := &supply{site: s, kind: "urls", name: path, source: src.Name, key: "urls " + path}
		if sp.known, err = r.knownSource(ctx, s, sp.key); err != nil {
			return nil, err
		}
		list = append(list, sp)
	}
	return list, nil
}

// hungry reports whether another batch can be queued.
func (sp *supply) hungry() bool {
	return !sp.busy && !sp.empty && !sp.over.Load() && (sp.kind == "urls" || sp.open.Load() < ahead)
}

// visitSupply takes the next URLs of a supply.
func (r *run) visitSupply(ctx context.Context, res *result) {
	sp := res.task.supply
	res.visit.Fates = sp.kind == "archive"
	if sp.kind == "archive" {
		res.err = sp.count(res)
	} else {
		res.err = r.readList(ctx, res)
	}
}

// count takes the next URLs of an archive, and before them again those that are
// waited for longest: another page may have settled one of them, as its
// canonical URL or an alias, so that it is not asked itself.
func (sp *supply) count(res *result) error {
	take := func(i int64) error {
		raw, ok := sp.series.At(i)
		if !ok {
			res.last = true
			return nil
		}
		u, err := urlkey.Parse(raw)
		if err != nil {
			return fmt.Errorf("archive %s: %w", sp.name, err)
		}
		res.visit.Links = append(res.visit.Links, sp.link(u))
		res.indexes = append(res.indexes, i)
		return nil
	}
	for i := sp.base.Load(); i < min(sp.base.Load()+ahead, sp.given); i++ {
		if err := take(i); err != nil {
			return err
		}
	}
	for range ahead {
		if err := take(sp.given); err != nil || res.last {
			return err
		}
		sp.given++
	}
	return nil
}

func (sp *supply) link(u urlkey.URL) state.Link {
	found := ""
	if sp.kind == "archive" {
		found = sp.name
	}
	return state.Link{URL: u.Href, Key: u.Hash(), Origin: u.Origin(), Site: sp.site.Name, Later: true, Source: sp.kind, Found: found}
}

// readList takes the next URLs of a list: those on the site's hosts that match
// article.match.
func (r *run) readList(ctx context.Context, res *result) error {
	sp := res.task.supply
	if sp.list == nil {
		if err := sp.openList(r.Stdin); err != nil {
			return err
		}
	}
	links := newLinks(sp.site, "", -1)
	links.most = 0
	read := 0
	for len(links.list) < listBatch && ctx.Err() == nil {
		raw, err := sp.list.Next()
		var line *source.LineError
		switch {
		case err == io.EOF:
			res.last = true
		case errors.As(err, &line):
			res.note("%v", err)
			continue
		case err != nil:
			return fmt.Errorf("%s: %w", sp.name, err)
		}
		if res.last {
			break
		}
		read++
		u, err := urlkey.Parse(raw)
		if err != nil {
			res.note("line %d: %v", sp.list.Line(), err)
			continue
		}
		before := len(links.list)
		links.add(u, sp.kind)
		if len(links.list) > before {
			links.list[before] = sp.link(u)
		} else if !sp.site.inScope(u.Host) || sp.site.Match != nil && !sp.site.Match.MatchString(u.Href) {
			res.passedOver++
		}
	}
	res.visit.Links, res.overLimit = links.list, links.over
	res.cursor = listCursor{Offset: sp.list.Offset(), Line: sp.list.Line()}
	return nil
}

// openList opens the file of a list where its reading goes on.
func (sp *supply) openList(stdin io.Reader) error {
	in := stdin
	if sp.name != "-" {
		f, err := os.Open(sp.name)
		if err != nil {
			return err
		}
		in, sp.file = f, f
	} else if stdin == nil {
		return errors.New("there is no standard input to read a list from")
	}
	var err error
	if sp.list, err = source.NewURLList(in); err != nil {
		return fmt.Errorf("%s: %w", sp.name, err)
	}
	var c listCursor
	if len(sp.known.Cursor) == 0 || sp.name == "-" {
		return nil
	}
	if err := json.Unmarshal(sp.known.Cursor, &c); err != nil {
		return fmt.Errorf("cursor of %s: %w", sp.key, err)
	}
	if err := sp.list.SkipTo(c.Offset, c.Line); err != nil {
		sp.close() // it was shortened or replaced since: what is known of it is not asked again
		sp.known.Cursor = nil
		return sp.openList(stdin)
	}
	return nil
}

func (sp *supply) close() {
	if sp.list != nil {
		sp.list.Close()
	}
	if sp.file != nil {
		sp.file.Close() // it was only read
	}
	sp.list, sp.file = nil, nil
}

// supplied records a batch of a supply: its position, and which URLs an archive
// waits for.
func (d *decision) supplied(res *result, v *state.Verdict) error {
	sp := res.task.supply
	sp.known.AskedAt, sp.known.Error = d.now, ""
	if res.err != nil { // it ends here; what it had given is queued
		sp.known.Error = res.err.Error()
		d.effects.Sources = append(d.effects.Sources, sp.known)
		return nil
	}
	if sp.kind == "urls" {
		return d.listed(res)
	}
	for i, index := range res.indexes {
		switch l := &v.Links[i]; {
		case l.New, l.ID != 0 && l.Fate == state.Pending:
			if !sp.waits[index] && index >= sp.window.Next {
				sp.wait(index, 1)
				d.counting[l.ID] = append(d.counting[l.ID], counted{sp, index})
			}
		default:
			d.counting[l.ID] = slices.DeleteFunc(d.counting[l.ID], func(w counted) bool { return w.supply == sp && w.index == index })
			if len(d.counting[l.ID]) == 0 {
				delete(d.counting, l.ID)
			}
			sp.done(index, l.Fate)
		}
	}
	return d.moved(sp)
}

// wait notes that a URL is waited for from now on (1), or not any more (-1).
func (sp *supply) wait(index, more int64) {
	if sp.waits[index] == (more > 0) {
		return
	}
	sp.open.Add(more)
	if delete(sp.waits, index); more > 0 {
		sp.waits[index] = true
	}
}

func (d *decision) listed(res *result) error {
	sp := res.task.supply
	if res.last {
		sp.known.DoneAt = d.now
	}
	var err error
	if sp.known.Cursor, err = json.Marshal(res.cursor); err != nil {
		return err
	}
	d.effects.Sources = append(d.effects.Sources, sp.known)
	return nil
}

// done takes the outcome of a URL of an archive.
func (sp *supply) done(index int64, f state.Fate) {
	o := source.Exists
	if f == state.Absent {
		o = source.Missing
	}
	sp.wait(index, -1)
	sp.window.Done(index, o, sp.stop)
	sp.base.Store(sp.window.Next)
	if sp.series.Over(sp.window.Position, sp.stop) {
		sp.over.Store(true)
	}
}

// counted tells the archives that wait for a page what became of it.
func (d *decision) counted(res *result, v *state.Verdict) error {
	id := res.visit.URL
	waiting, ok := d.counting[id]
	if !ok {
		return nil
	}
	again := false // at another address of the same key: http to https
	if t := res.visit.Target; t != nil && !v.Looped {
		own, err := urlkey.Parse(res.task.url)
		again = err == nil && own.Hash() == t.Key
	}
	f := state.FateOf(res.visit.State, res.visit.Status, res.visit.Attempts)
	if f == state.Pending || again {
		return nil
	}
	delete(d.counting, id)
	for _, w := range waiting {
		w.supply.done(w.index, f)
		if err := d.moved(w.supply); err != nil {
			return err
		}
	}
	return nil
}

// moved stores the position of an archive.
func (d *decision) moved(sp *supply) error {
	k := &sp.known
	if sp.over.Load() {
		k.DoneAt = d.now
	}
	var err error
	if k.Cursor, err = json.Marshal(sp.window.Position); err != nil {
		return err
	}
	d.keep(*k)
	return nil
}
