package crawler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/warc"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// recordsAhead is how many records are read before a worker is free. Each may
// hold a page.
const recordsAhead = 4

// warcFile is a WARC file that is read, and how far.
type warcFile struct {
	site   *site
	source string // name of the source in crawl.yaml
	path   string
	warc   *config.WARC
	known  state.Source
	begin  warc.Position

	// The committer's: records that were committed before others that stand
	// before them, by number.
	next  int64
	ahead map[int64]warc.Position
	size  int64 // of the file, once its end was seen
}

// warcCursor is where the reading of a file goes on. Size tells whether a file
// that was read to its end has grown or was replaced.
type warcCursor struct {
	warc.Position
	Size int64 `json:"size,omitempty"`
}

// record is one record of a WARC file on its way through the stages, in the
// order of seq.
type record struct {
	file *warcFile
	seq  int64
	*warc.Record
	broken error // instead of a Record: why one could not be read
	end    int64 // instead of a Record: the file is over, and has so many bytes
}

// newFiles makes the WARC files of a source ready, those left out that were read
// to their end.
func newFiles(ctx context.Context, r *run, s *site, src *config.Source) ([]*warcFile, error) {
	paths, err := source.Files(src.WARC.Files)
	if err != nil {
		return nil, err
	}
	var files []*warcFile
	for _, path := range paths {
		f := &warcFile{site: s, source: src.Name, path: path, warc: src.WARC, ahead: map[int64]warc.Position{}}
		if f.known, err = r.knownSource(ctx, s, "warc "+path+r.bounds()); err != nil {
			return nil, err
		}
		if len(f.known.Cursor) > 0 && path != "-" {
			var c warcCursor
			if err := json.Unmarshal(f.known.Cursor, &c); err != nil {
				return nil, fmt.Errorf("cursor of %s: %w", f.known.Key, err)
			}
			if !f.known.DoneAt.IsZero() && c.Size == fileSize(path) {
				continue
			}
			if f.begin = c.Position; !f.known.DoneAt.IsZero() {
				f.begin = warc.Position{} // another file of that name, or a longer one
			}
		}
		f.known.DoneAt = time.Time{}
		files = append(files, f)
	}
	return files, nil
}

func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// readRecords reads the files one after the other until ctx ends, and closes to.
// What cannot be read is a record, too, so that it is counted in its place.
func (r *run) readRecords(ctx context.Context, files []*warcFile, to chan<- *record) {
	defer close(to)
	for _, f := range files {
		seq := int64(0)
		send := func(rec *record) bool {
			rec.file, rec.seq = f, seq
			seq++
			select {
			case to <- rec:
				return true
			case <-ctx.Done():
				return false
			}
		}
		if err := f.read(ctx, r, send); err != nil && !send(&record{broken: err}) {
			return
		}
		if ctx.Err() != nil {
			return
		}
	}
}

// read sends each record of a file, from where it was left, and its end. An
// error is one after which nothing of the file can be read.
func (f *warcFile) read(ctx context.Context, r *run, send func(*record) bool) error {
	in := r.Stdin
	if f.path != "-" {
		file, err := os.Open(f.path)
		if err != nil {
			return err
		}
		defer file.Close()
		in = file
	} else if in == nil {
		return errors.New("there is no standard input to read records from")
	}
	w := warc.NewReader(in, warc.Options{MaxBody: f.site.Limits.Body, Wanted: f.filter(r).Takes, Stop: ctx.Done()})
	defer w.Close()
	if f.begin != (warc.Position{}) {
		if err := w.Seek(f.begin); err != nil {
			return err
		}
	}
	for {
		rec, err := w.Next()
		var broken *warc.BrokenRecord
		switch {
		case err == io.EOF:
			send(&record{end: max(1, fileSize(f.path))})
			return nil
		case errors.Is(err, warc.ErrStopped):
			return nil
		case errors.As(err, &broken):
			if !send(&record{broken: err}) {
				return nil
			}
		case err != nil:
			return err
		case !send(&record{Record: rec}):
			return nil
		}
	}
}

// filter says which records are pages to be read.
func (f *warcFile) filter(r *run) source.WARCFilter {
	filter := source.WARCFilter{Hosts: f.warc.Hosts, Match: f.warc.Match, From: f.warc.From, To: f.warc.To}
	if r.From.After(filter.From) {
		filter.From = r.From
	}
	if !r.To.IsZero() && (filter.To.IsZero() || r.To.Before(filter.To)) {
		filter.To = r.To
	}
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

// visitRecord reads a captured page. Only one with an article is claimed: the
// file holds much that is none.
func (r *run) visitRecord(res *result) {
	rec, s := res.task.record, res.task.site
	if rec.Record == nil {
		return
	}
	u, err := urlkey.Parse(rec.URI)
	if err != nil || len(rec.file.warc.Hosts) == 0 && !s.inScope(u.Host) || urlkey.IsRoot(u) || s.isListing(u.Key) || s.Match != nil && !s.Match.MatchString(u.Href) {
		res.outside = true
		return
	}
	if !rec.Date.IsZero() {
		res.visit.At = rec.Date
	}
	resp := fetch.FromStored(fetch.Stored{URL: u.Href, Status: rec.Status, Header: rec.Header, Body: rec.Body, Truncated: rec.Truncated, MaxBody: s.Limits.Body})
	res.resp, res.resp.Body = resp, nil
	res.visit.Status, res.visit.Capture = resp.Status, true
	switch resp.Class {
	case fetch.OK:
	case fetch.Refused:
		res.fail(r, state.Refused, resp.Err)
		return
	default: // a redirect, or an answer that says that there is no page
		res.outside = true
		return
	}
	r.readPage(res, &resp)
	a := res.lines.article
	if a == nil {
		return
	}
	if !source.TakesLanguage(rec.file.warc.Languages, a.Language) {
		res.outside, res.lines, res.visit.Text, res.visit.Headlines, res.visit.Identity = true, lines{}, nil, nil, nil
		return
	}
	res.visit.Claim = &state.Link{URL: u.Href, Key: u.Hash(), Origin: u.Origin(), Site: s.Name, Source: "warc"}
}

// recordTask is the task of a record.
func recordTask(rec *record) *task {
	return &task{site: rec.file.site, url: rec.file.path, record: rec, page: &state.URL{Source: "warc"}}
}

// recorded moves the cursor of a WARC file past what was committed without a
// gap.
func (d *decision) recorded(res *result) error {
	rec := res.task.record
	f := rec.file
	f.ahead[rec.seq] = warc.Position{}
	if rec.Record != nil {
		f.ahead[rec.seq] = rec.Next
	}
	k := &f.known
	k.AskedAt = d.now
	var c warcCursor
	if len(k.Cursor) > 0 {
		if err := json.Unmarshal(k.Cursor, &c); err != nil {
			return err
		}
	}
	for {
		place, ok := f.ahead[f.next]
		if !ok {
			break
		}
		delete(f.ahead, f.next)
		f.next++
		if place != (warc.Position{}) {
			c.Position = place
		}
	}
	f.size = max(f.size, rec.end)
	if f.size > 0 && len(f.ahead) == 0 { // no worker has one that stands before it
		k.DoneAt, c.Size = d.now, f.size
	}
	if rec.broken != nil {
		k.Error = rec.broken.Error()
	}
	var err error
	if k.Cursor, err = json.Marshal(c); err != nil {
		return err
	}
	d.keep(*k)
	return nil
}

// keep stores a source with the batch, once.
func (d *decision) keep(k state.Source) {
	for i := range d.effects.Sources {
		if o := &d.effects.Sources[i]; o.Site == k.Site && o.Key == k.Key {
			*o = k
			return
		}
	}
	d.effects.Sources = append(d.effects.Sources, k)
}
