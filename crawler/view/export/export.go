// Package export writes the items of a crawl in other formats: CSV, Parquet, SQLite,
// Markdown, Atom and JSON Feed.
//
//	export.go    Run: which lines, to which format
//	record.go    a line of any type, and the columns that it fills
//	csv.go       RFC 4180, safe to open in a spreadsheet
//	parquet.go   typed columns, except with the build tag small
//	sqlite.go    a table for each type, with a full-text index
//	markdown.go  a file for each article
//	feed.go      the newest articles as Atom or JSON Feed
package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/view"
)

// Options say what is exported. The zero values of the filters let every line through.
type Options struct {
	Types []item.Type
	Sites []string
	Since time.Time // by the date of publication, else by when the line was fetched
	Where []Condition

	Title string // of a feed
	Limit int    // newest articles of a feed; 0: DefaultLimit
}

// Condition lets through lines whose column has a value. A list has it when one of its
// entries is equal.
type Condition struct{ Column, Value string }

// ParseCondition reads FIELD=VALUE.
func ParseCondition(s string) (Condition, error) {
	name, value, ok := strings.Cut(s, "=")
	if !ok {
		return Condition{}, fmt.Errorf("%q is not of the form FIELD=VALUE", s)
	}
	if !slices.ContainsFunc(columns, func(c column) bool { return c.name == name }) {
		return Condition{}, fmt.Errorf("unknown field %q; fields are %s", name, strings.Join(Columns(), ", "))
	}
	return Condition{name, value}, nil
}

// Summary counts the exported lines.
type Summary struct {
	Lines  map[item.Type]int
	LeftBy int // articles older than those of a feed
}

// String returns the counts, such as "12 articles, 40 headlines".
func (s *Summary) String() string {
	var parts []string
	for _, t := range slices.Sorted(maps.Keys(s.Lines)) {
		parts = append(parts, fmt.Sprintf("%s %d", t, s.Lines[t]))
	}
	if len(parts) == 0 {
		return "no lines"
	}
	return strings.Join(parts, ", ")
}

// A writer takes lines in the order of the output.
type writer interface {
	write(*record) error
	// finish completes what was written.
	finish() error
}

// Formats are the names of the formats, and whether they need a path of their own
// rather than a stream.
var Formats = map[string]bool{
	"csv": false, "parquet": false, "atom": false, "jsonfeed": false, "sqlite": true, "markdown": true,
}

// ErrSmall is that of a format which a program built with the tag small lacks.
var ErrSmall = errors.New("this newsonce was built without it, with the tag small; use another build")

// ToStream writes a format that Formats says to be a stream.
func ToStream(ctx context.Context, items *view.Items, format string, w io.Writer, o Options) (*Summary, error) {
	s := &Summary{Lines: map[item.Type]int{}}
	var to writer
	var err error
	switch format {
	case "csv":
		to = newCSV(w)
	case "parquet":
		if to, err = newParquet(w); err != nil {
			return nil, err
		}
	case "atom", "jsonfeed":
		o.Types = []item.Type{item.TypeArticle}
		to = newFeed(w, format, o, s)
	default:
		return nil, fmt.Errorf("format %q is no stream", format)
	}
	return s, run(ctx, items, to, o, s)
}

// ToPath writes a format that Formats says to need a path: a new SQLite file, or a folder
// of Markdown files.
func ToPath(ctx context.Context, items *view.Items, format, path string, o Options) (s *Summary, err error) {
	s = &Summary{Lines: map[item.Type]int{}}
	switch format {
	case "sqlite":
		db, err := newSQLite(path)
		if err != nil {
			return nil, err
		}
		defer db.close()
		return s, run(ctx, items, db, o, s)
	case "markdown":
		o.Types = []item.Type{item.TypeArticle}
		return s, run(ctx, items, &markdown{dir: path}, o, s)
	}
	return nil, fmt.Errorf("format %q needs no path", format)
}

func run(ctx context.Context, items *view.Items, to writer, o Options, s *Summary) error {
	err := items.Each(ctx, func(l *view.Line) error {
		if len(o.Types) > 0 && !slices.Contains(o.Types, l.Type) || len(o.Sites) > 0 && !slices.Contains(o.Sites, l.Site) {
			return nil
		}
		r := &record{}
		if err := l.Decode(r); err != nil {
			return err
		}
		if !o.take(r) {
			return nil
		}
		s.Lines[l.Type]++
		return to.write(r)
	})
	if err != nil {
		return err
	}
	return to.finish()
}

// take reports whether a line passes the filters that need its values.
func (o *Options) take(r *record) bool {
	if !o.Since.IsZero() && r.When().Before(o.Since) {
		return false
	}
	for _, c := range o.Where {
		if !r.has(c) {
			return false
		}
	}
	return true
}
