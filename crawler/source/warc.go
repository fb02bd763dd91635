package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/warc"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// warcKind reads the pages in WARC files, in a backfill only.
type warcKind struct{}

func (warcKind) Name() string { return "warc" }

// Open returns a source for each file that was not read to its end.
func (warcKind) Open(ctx context.Context, o *Opening) ([]Source, error) {
	if !o.Backfill {
		return nil, nil
	}
	paths, err := Files(o.Config.Spec.(*config.WARC).Files)
	if err != nil {
		return nil, err
	}
	var list []Source
	for _, path := range paths {
		f, err := newWARCFile(ctx, o, path)
		if err != nil {
			return nil, err
		}
		if f != nil {
			list = append(list, f)
		}
	}
	return list, nil
}

// warcFile is a WARC file. Workers take its records in order and read the pages in
// them concurrently.
type warcFile struct {
	site   *site.Site
	config *config.WARC
	path   string
	stdin  io.Reader
	filter WARCFilter

	// Used by the workers.
	mu     sync.Mutex // guards all up to the next blank line
	begin  warc.Position
	reader *warc.Reader
	file   io.Closer
	taken  int64 // records so far

	ended atomic.Bool // no further record will be taken

	// Used by the committer.
	known state.Source
	next  int64                   // sequence number of the first record not committed
	ahead map[int64]warc.Position // later records committed already
	read  int64                   // bytes
	size  int64                   // bytes, once the end was reached
	open  bool                    // the size is unknown
}

// warcCursor is the position at which reading resumes. Size tells whether a file that
// was read to its end has grown or was replaced.
type warcCursor struct {
	warc.Position
	Size int64 `json:"size,omitempty"`
}

// record describes what one step took from a file.
type record struct {
	seq    int64 // sequence number in this run
	next   warc.Position
	broken bool
	end    int64 // size of the file, when its end was reached instead of a record
	none   bool  // nothing was taken: reading has ended or was stopped
}

func newWARCFile(ctx context.Context, o *Opening, path string) (*warcFile, error) {
	f := &warcFile{site: o.Site, config: o.Config.Spec.(*config.WARC), path: path, stdin: o.Stdin,
		ahead: map[int64]warc.Position{}, open: path == "-"}
	f.filter = f.wanted(o)
	var err error
	if f.known, err = o.KnownWhole(ctx, "warc "+path+o.Days()); err != nil {
		return nil, err
	}
	if len(f.known.Cursor) > 0 && path != "-" {
		var c warcCursor
		if err := json.Unmarshal(f.known.Cursor, &c); err != nil {
			return nil, fmt.Errorf("cursor of %s: %w", f.known.Key, err)
		}
		done := !f.known.DoneAt.IsZero()
		if done && c.Size == fileSize(path) {
			return nil, nil
		}
		if !done { // if done, the file has grown or was replaced: read it from the start
			f.begin = c.Position
		}
	}
	f.known.DoneAt = time.Time{}
	f.read = f.begin.File
	return f, nil
}

func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// wanted returns the filter of the records to read.
func (f *warcFile) wanted(o *Opening) WARCFilter {
	filter := WARCFilter{Hosts: f.config.Hosts, Match: f.config.Match}
	filter.From, filter.To = o.Clip(f.config.From, f.config.To)
	if len(filter.Hosts) == 0 {
		for _, h := range f.site.Hosts {
			filter.Hosts = append(filter.Hosts, h, "www."+h, strings.TrimPrefix(h, "www."))
		}
	}
	if filter.Match == nil {
		filter.Match = f.site.Match
	}
	return filter
}

// Name implements Source.
func (f *warcFile) Name() string { return f.path }

// Due implements Source.
func (f *warcFile) Due(time.Time) bool { return true }

// Begin implements Source.
func (f *warcFile) Begin(time.Time, state.URLID) {}

// Next implements Source.
func (f *warcFile) Next() *Step {
	if f.ended.Load() {
		return nil
	}
	return &Step{Source: f, Site: f.site, Pages: true, drained: f.ended.Load}
}

// Read implements Source. It reads the next record.
func (f *warcFile) Read(ctx context.Context, _ *Step, _ *fetch.Response) *Page {
	rec, r, err := f.take(ctx)
	pg := &Page{data: r}
	switch {
	case err != nil:
		pg.Broken = err
	case rec == nil:
	default:
		pg.Read, pg.URL = true, rec.URI
		pg.Capture = f.capture(rec)
	}
	return pg
}

// take reads the next record; nil at the end of the file.
func (f *warcFile) take(ctx context.Context) (rec *warc.Record, r record, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended.Load() || ctx.Err() != nil {
		return nil, record{none: true}, nil
	}
	if f.reader == nil {
		if err := f.start(ctx); err != nil {
			return nil, f.end(0, true), err
		}
	}
	rec, err = f.reader.Next()
	var broken *warc.BrokenRecord
	switch {
	case err == io.EOF:
		return nil, f.end(max(1, fileSize(f.path)), false), nil
	case errors.Is(err, warc.ErrStopped), errors.Is(err, errStopped):
		return nil, record{none: true}, nil
	case errors.As(err, &broken):
		return nil, f.number(record{broken: true}), err
	case err != nil:
		return nil, f.end(0, true), err
	}
	return rec, f.number(record{next: rec.Next}), nil
}

// number assigns the next sequence number to a record.
func (f *warcFile) number(r record) record {
	r.seq = f.taken
	f.taken++
	return r
}

// end ends the reading of the file, at its end or at an error that leaves the rest
// unreadable.
func (f *warcFile) end(size int64, broken bool) record {
	f.ended.Store(true)
	f.close()
	return f.number(record{end: size, broken: broken})
}

// start opens the file at its cursor.
func (f *warcFile) start(ctx context.Context) error {
	in, closer, err := openFile(ctx, f.path, f.stdin)
	if err != nil {
		return err
	}
	f.file = closer
	f.reader = warc.NewReader(in, warc.Options{MaxBody: f.site.Limits.Body, Wanted: f.filter.Takes, Stop: ctx.Done()})
	if f.begin != (warc.Position{}) {
		return f.reader.Seek(f.begin)
	}
	return nil
}

// Close closes the file if it was not read to its end.
func (f *warcFile) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.close()
}

func (f *warcFile) close() {
	if f.reader != nil {
		f.reader.Close()
	}
	if f.file != nil {
		f.file.Close() // only read from
	}
	f.reader, f.file = nil, nil
}

// capture returns the page of a record; nil for one that the site does not admit.
func (f *warcFile) capture(rec *warc.Record) *Capture {
	u, err := urlkey.Parse(rec.URI)
	if err != nil {
		return nil
	}
	var hosts []func(string) bool
	if len(f.config.Hosts) > 0 { // the filter has checked the host
		hosts = append(hosts, site.AnyHost)
	}
	if f.site.Admits(u, hosts...) != nil {
		return nil
	}
	return &Capture{
		Source: "warc", URL: u, At: rec.Date,
		Response: fetch.FromStored(fetch.Stored{URL: u.Href, Status: rec.Status, Header: rec.Header, Body: rec.Body,
			Truncated: rec.Truncated, MaxBody: f.site.Limits.Body}),
		Accepts: func(language string) bool { return TakesLanguage(f.config.Languages, language) },
	}
}

// Advance implements Source. It moves the cursor past the records that are committed
// without a gap.
func (f *warcFile) Advance(_ context.Context, c *Commit) (End, error) {
	r, ok := c.Page.data.(record)
	if !ok || r.none {
		return Open, nil
	}
	f.ahead[r.seq] = r.next
	k := &f.known
	k.AskedAt = c.At
	var cursor warcCursor
	if len(k.Cursor) > 0 {
		if err := json.Unmarshal(k.Cursor, &cursor); err != nil {
			return Open, err
		}
	}
	for {
		next, ok := f.ahead[f.next]
		if !ok {
			break
		}
		delete(f.ahead, f.next)
		f.next++
		if next != (warc.Position{}) {
			cursor.Position = next
		}
	}
	f.progress(r)
	end := Open
	if f.size > 0 && len(f.ahead) == 0 { // no worker still holds an earlier record
		k.DoneAt, cursor.Size, end = c.At, f.size, LastPage
	}
	if err := c.Page.Broken; err != nil {
		k.Error = err.Error()
		c.Page.Problems = append(c.Page.Problems, err.Error())
	}
	var err error
	if k.Cursor, err = json.Marshal(cursor); err != nil {
		return end, err
	}
	c.Keep(*k)
	return end, nil
}

// progress records how far the file has been read.
func (f *warcFile) progress(r record) {
	f.size = max(f.size, r.end)
	switch {
	case r.end > 0 || r.broken && f.ended.Load():
		f.read, f.open = max(f.size, fileSize(f.path)), false
	default:
		f.read = max(f.read, r.next.File)
	}
}

// Remaining implements Source.
func (f *warcFile) Remaining() Remaining {
	return Remaining{Open: f.open, Read: f.read, Size: max(f.size, fileSize(f.path))}
}

// Plan implements Source.
func (f *warcFile) Plan(time.Time) Plan {
	return Plan{Text: fmt.Sprintf("warc %s, from %v", f.path, f.begin)}
}
