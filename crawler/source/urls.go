package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// urlsKind reads lists of URLs in files.
type urlsKind struct{}

func (urlsKind) Name() string { return "urls" }

// Open returns a source for each file.
func (urlsKind) Open(ctx context.Context, o *Opening) ([]Source, error) {
	files, err := Files(o.Config.Spec.(*config.URLList).Files)
	if err != nil {
		return nil, err
	}
	var list []Source
	for _, path := range files {
		l := &urlFile{site: o.Site, path: path, stdin: o.Stdin}
		if l.known, err = o.KnownWhole(ctx, "urls "+path); err != nil {
			return nil, err
		}
		list = append(list, l)
	}
	return list, nil
}

// listBatch is how many URLs of a list are queued in one commit.
const listBatch = 512

// urlFile is one file of URLs.
type urlFile struct {
	site  *site.Site
	path  string
	stdin io.Reader
	known state.Source
	empty bool // the end was reached, or an error
	busy  bool // a batch is in progress
	over  bool // the last batch was committed

	// Owned by the worker while a batch is in progress.
	list *URLList
	file io.Closer
}

// listCursor is the durable position in a list.
type listCursor struct {
	Offset int64 `json:"offset"` // in the unpacked list, in bytes
	Line   int64 `json:"line"`
}

// listPart is what a step yields besides its links.
type listPart struct {
	cursor listCursor
	last   bool // the list ends with it
}

// Name implements Source.
func (f *urlFile) Name() string { return f.path }

// Due implements Source.
func (f *urlFile) Due(time.Time) bool { return true }

// Begin implements Source.
func (f *urlFile) Begin(time.Time, state.URLID) {}

// Next implements Source.
func (f *urlFile) Next() *Step {
	if f.busy || f.empty {
		return nil
	}
	f.busy = true
	return &Step{Source: f, Site: f.site}
}

// Read implements Source. It reads the next URLs of the list and keeps those that the
// site admits.
func (f *urlFile) Read(ctx context.Context, _ *Step, _ *fetch.Response) *Page {
	pg := &Page{Read: true}
	part, err := f.take(ctx, pg)
	if err != nil {
		pg.Read, pg.Err = false, err
	}
	pg.data = part
	return pg
}

func (f *urlFile) take(ctx context.Context, pg *Page) (part listPart, err error) {
	if f.list == nil {
		if err := f.open(ctx); err != nil {
			return part, err
		}
	}
	links := f.site.Unlimited("")
	for len(links.List) < listBatch && ctx.Err() == nil && !part.last {
		raw, err := f.list.Next()
		var line *LineError
		switch {
		case err == io.EOF:
			part.last = true
		case errors.Is(err, errStopped):
		case errors.As(err, &line):
			pg.warn("%s: %v", f.path, err)
		case err != nil:
			return part, fmt.Errorf("%s: %w", f.path, err)
		default:
			f.add(pg, links, raw)
		}
	}
	for i := range links.List {
		links.List[i].Later, links.List[i].Depth = true, 0
	}
	pg.Links, pg.Cuts = links.List, links.Cuts
	part.cursor = listCursor{Offset: f.list.Offset(), Line: f.list.Line()}
	if part.last {
		f.close()
	}
	return part, nil
}

// add adds one URL of the list to links.
func (f *urlFile) add(pg *Page, links *site.Links, raw string) {
	u, err := urlkey.Parse(raw)
	if err != nil {
		pg.warn("%s: line %d: %v", f.path, f.list.Line(), err)
		return
	}
	var r *site.Refusal
	if errors.As(links.Add(u, "urls"), &r) && !r.Limit() {
		pg.PassedOver++
	}
}

// open opens the file at its cursor.
func (f *urlFile) open(ctx context.Context) error {
	in, closer, err := openFile(ctx, f.path, f.stdin)
	if err != nil {
		return err
	}
	f.file = closer
	if f.list, err = NewURLList(in); err != nil {
		f.close()
		return fmt.Errorf("%s: %w", f.path, err)
	}
	var c listCursor
	if len(f.known.Cursor) == 0 || f.path == "-" {
		return nil
	}
	if err := json.Unmarshal(f.known.Cursor, &c); err != nil {
		return fmt.Errorf("cursor of %s: %w", f.known.Key, err)
	}
	if err := f.list.SkipTo(c.Offset, c.Line); err != nil {
		f.close() // shortened or replaced: read it from the start; known URLs are not fetched again
		f.known.Cursor = nil
		return f.open(ctx)
	}
	return nil
}

// Close closes the file if it was not read to its end.
func (f *urlFile) Close() { f.close() }

func (f *urlFile) close() {
	if f.list != nil {
		f.list.Close()
	}
	if f.file != nil {
		f.file.Close() // only read from
	}
	f.list, f.file = nil, nil
}

// Advance implements Source.
func (f *urlFile) Advance(_ context.Context, c *Commit) (End, error) {
	part, _ := c.Page.data.(listPart)
	f.busy, f.empty = false, part.last || c.Page.Err != nil
	k := &f.known
	k.AskedAt, k.Error = c.At, ""
	if err := c.Page.Err; err != nil { // ends here; earlier URLs stay queued
		k.Error = err.Error()
		c.Keep(*k)
		return Failed, nil
	}
	end := Open
	if part.last {
		k.DoneAt, f.over, end = c.At, true, LastPage
	}
	var err error
	if k.Cursor, err = json.Marshal(part.cursor); err != nil {
		return end, err
	}
	c.Keep(*k)
	return end, nil
}

// Remaining implements Source.
func (f *urlFile) Remaining() Remaining { return Remaining{Open: !f.empty} }

// Plan implements Source.
func (f *urlFile) Plan(time.Time) Plan {
	p := Plan{Text: "urls " + f.path, Open: true}
	if len(f.known.Cursor) > 0 {
		p.Text += ": lines added since " + f.known.AskedAt.Format(time.RFC3339)
	}
	return p
}

// openFile opens a file, or standard input for "-", for which closer is nil.
func openFile(ctx context.Context, path string, stdin io.Reader) (in io.Reader, closer io.Closer, err error) {
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, nil, err
		}
		return file, file, nil
	}
	if stdin == nil {
		return nil, nil, errors.New("there is no standard input to read from")
	}
	return interruptible(ctx, stdin), nil, nil
}
