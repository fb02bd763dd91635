package index

import (
	"bytes"
	"context"
	"io"

	engine "zombiezen.com/go/sqlite"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/view"
	"github.com/newsonce/newsonce/output"
)

// Revisions returns the revisions of an item, oldest first, none for an unknown one.
func (x *Index) Revisions(ctx context.Context, t item.Type, id string) ([]*view.Record, error) {
	return x.records(ctx, "SELECT raw FROM item JOIN line USING (n) WHERE id = ? ORDER BY revision", itemHash(t, id))
}

// maxAbout bounds what About and Cluster return.
const maxAbout = 200

// About returns the newest revisions of all items with a URL, such as an article and the
// headlines that lead to it, in the order in which they were written.
func (x *Index) About(ctx context.Context, url string) ([]*view.Record, error) {
	s := subjectOf(url)
	if s == 0 {
		return nil, nil
	}
	return x.records(ctx, "SELECT raw FROM item JOIN line USING (n) WHERE subject = ? AND newest = 1 ORDER BY n LIMIT ?",
		s, maxAbout)
}

// Cluster returns the article that was written first and its duplicates, oldest first,
// in their newest revisions.
func (x *Index) Cluster(ctx context.Context, id string) ([]*view.Record, error) {
	first := itemHash(item.TypeArticle, id)
	return x.records(ctx, "SELECT raw FROM item JOIN line USING (n) WHERE newest = 1 AND (id = ?1 OR cluster = ?1) "+
		"ORDER BY at DESC LIMIT ?2", first, maxAbout)
}

// Copies returns how many duplicates an article has.
func (x *Index) Copies(ctx context.Context, id string) (n int, err error) {
	err = x.query(ctx, "SELECT count(*) FROM item WHERE newest = 1 AND cluster = ?", []any{itemHash(item.TypeArticle, id)},
		func(s *engine.Stmt) error {
			n = s.ColumnInt(0)
			return nil
		})
	return n, err
}

// Withdrawn counts the lines that were withdrawn.
func (x *Index) Withdrawn(ctx context.Context) (n int, err error) {
	err = x.query(ctx, "SELECT count(*) FROM withdrawn", nil, func(s *engine.Stmt) error {
		n = s.ColumnInt(0)
		return nil
	})
	return n, err
}

func (x *Index) records(ctx context.Context, statement string, args ...any) (list []*view.Record, err error) {
	err = x.query(ctx, statement, args, func(s *engine.Stmt) error {
		r, err := x.record(s, 0)
		list = append(list, r)
		return err
	})
	return list, err
}

// Sites returns the names of the sites that have items, sorted.
func (x *Index) Sites(ctx context.Context) (names []string, err error) {
	err = x.query(ctx, "SELECT name FROM site ORDER BY name", nil, func(s *engine.Stmt) error {
		names = append(names, s.ColumnText(0))
		return nil
	})
	return names, err
}

// Lines returns the indexed lines as an output of one segment, in the order in which
// they were read.
func (x *Index) Lines() *view.Items {
	open := func(ctx context.Context) (io.ReadCloser, error) { return &lineReader{ctx: ctx, x: x}, nil }
	return &view.Items{Segments: []output.Segment{output.NewSegment(x.path, -1, open)}}
}

// lineReader reads some lines at a time, so that it holds no connection in between.
type lineReader struct {
	ctx  context.Context
	x    *Index
	last int64 // n of the last line
	text bytes.Buffer
}

const linesPerRead = 500

func (r *lineReader) Read(b []byte) (int, error) {
	if r.text.Len() == 0 {
		r.text.Reset()
		err := r.x.query(r.ctx, "SELECT n, raw FROM line WHERE n > ? ORDER BY n LIMIT ?", []any{r.last, linesPerRead},
			func(s *engine.Stmt) error {
				r.last = s.ColumnInt64(0)
				raw, err := r.x.raw(s, 1)
				r.text.Write(raw)
				return err
			})
		if err != nil {
			return 0, err
		}
	}
	return r.text.Read(b) // io.EOF if there were no more
}

func (r *lineReader) Close() error { return nil }
