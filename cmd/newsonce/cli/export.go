package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/view"
	"github.com/newsonce/newsonce/crawler/view/export"
	"github.com/newsonce/newsonce/output"
	"github.com/spf13/cobra"
)

type exportFlags struct {
	format string
	out    string
	types  []string
	sites  []string
	since  string
	where  []string
	limit  int
}

func (a *app) export() *cobra.Command {
	var f exportFlags
	c := &cobra.Command{
		Use:   "export [FILE...]",
		Short: "Write the items as CSV, Parquet, SQLite, Markdown or a feed",
		Long: `Writes the items of crawl.yaml's output, or of JSON Lines files, in another format.

  csv       one line per item, in UTF-8 with a byte order mark, as spreadsheets need it
  parquet   typed columns; date_published is the wall clock, published_utc the moment
  sqlite    a table per type, and article_text, a full-text index of the articles
  markdown  a folder with a file per article
  atom, jsonfeed   the newest articles

Compressed and rotated files are read as well. Lines that were withdrawn are left out,
and so is what a running crawl has not committed yet.`,
		Example: `  newsonce export --format csv -o items.csv
  newsonce export --format parquet --type article --since 2026-11-01 -o articles.parquet
  newsonce export --format sqlite -o news.sqlite
  newsonce export --format csv --where language=ka --where authors='Nino Beridze'
  newsonce export --format atom --site ccbs --limit 50 -o ccbs.atom
  newsonce export --format csv old/items-*.jsonl.gz`,
		Annotations: map[string]string{"exits": "0 done, 1 failed, 2 wrong use"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runExport(cmd.Context(), &f, args)
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.format, "format", "", "`FORMAT`: "+strings.Join(slices.Sorted(maps.Keys(export.Formats)), ", "))
	fl.StringVarP(&f.out, "out", "o", "", "`PATH` to write to; default: standard output, except for sqlite and markdown")
	fl.StringSliceVar(&f.types, "type", nil, "only lines of this `TYPE`: article, headline, reference or gone; may be repeated")
	fl.StringSliceVar(&f.sites, "site", nil, "only items of this site `NAME`; may be repeated")
	fl.StringVar(&f.since, "since", "",
		"only items published since `DATE`, or in the last 7d; undated ones by when they were fetched")
	fl.StringArrayVar(&f.where, "where", nil, "only items with `FIELD=VALUE`; may be repeated, and all must hold")
	fl.IntVar(&f.limit, "limit", export.DefaultLimit, "atom, jsonfeed: the `N` newest articles")
	return c
}

// options checks the flags.
func (f *exportFlags) options(now time.Time) (export.Options, error) {
	o := export.Options{Sites: f.sites, Limit: f.limit, Title: "newsonce"}
	var errs []error
	needsPath, known := export.Formats[f.format]
	switch {
	case f.format == "":
		errs = append(errs, errors.New("--format is missing, such as --format csv"))
	case !known:
		errs = append(errs, fmt.Errorf("--format %s: unknown; formats are %s", f.format,
			strings.Join(slices.Sorted(maps.Keys(export.Formats)), ", ")))
	case needsPath && (f.out == "" || f.out == "-"):
		errs = append(errs, fmt.Errorf("--format %s needs -o PATH", f.format))
	}
	types := []item.Type{item.TypeArticle, item.TypeHeadline, item.TypeReference, item.TypeGone}
	for _, t := range f.types {
		if !slices.Contains(types, item.Type(t)) {
			errs = append(errs, fmt.Errorf("--type %s: unknown; types are article, headline, reference and gone", t))
		}
		o.Types = append(o.Types, item.Type(t))
	}
	for _, w := range f.where {
		c, err := export.ParseCondition(w)
		if err != nil {
			errs = append(errs, fmt.Errorf("--where: %w", err))
		}
		o.Where = append(o.Where, c)
	}
	if f.limit < 1 {
		errs = append(errs, fmt.Errorf("--limit %d: must be 1 or more", f.limit))
	}
	if f.since != "" {
		var err error
		if o.Since, err = since(f.since, now); err != nil {
			errs = append(errs, fmt.Errorf("--since: %w", err))
		}
	}
	return o, errors.Join(errs...)
}

// since reads a date, or a duration before now.
func since(s string, now time.Time) (time.Time, error) {
	var d item.Date
	if err := d.UnmarshalText([]byte(s)); err == nil {
		return d.Time, nil
	}
	var back duration
	if err := back.Set(s); err != nil {
		return time.Time{}, fmt.Errorf("%q is neither a date such as 2026-11-01 nor a duration such as 7d", s)
	}
	return now.Add(-time.Duration(back)), nil
}

func (a *app) runExport(ctx context.Context, f *exportFlags, args []string) error {
	o, err := f.options(time.Now())
	if err != nil {
		return usage(err)
	}
	items, err := a.items(ctx, args, f.sites)
	if err != nil {
		return err
	}
	s, err := a.exportTo(ctx, items, f, o)
	if errors.Is(err, export.ErrSmall) {
		return usage(err)
	}
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if a.quiet {
		return nil
	}
	to := ""
	if f.out != "" && f.out != "-" {
		to = " to " + f.out
	}
	a.say("newsonce export: wrote %s%s", s, to)
	if s.LeftBy > 0 {
		a.say("  %d older articles are not in the feed; raise --limit to include them", s.LeftBy)
	}
	return nil
}

// exportTo writes to the path or the stream that the flags name. A file gets its name
// when it is complete.
func (a *app) exportTo(ctx context.Context, items *view.Items, f *exportFlags, o export.Options) (s *export.Summary, err error) {
	if export.Formats[f.format] {
		return export.ToPath(ctx, items, f.format, f.out, o)
	}
	if f.out == "" || f.out == "-" {
		return export.ToStream(ctx, items, f.format, a.Out, o)
	}
	err = writeFile(f.out, func(w io.Writer) error {
		s, err = export.ToStream(ctx, items, f.format, w, o)
		return err
	})
	return s, err
}

// writeFile writes a file beside path and renames it when it is complete. What is no file,
// such as /dev/null or a pipe, is written to as it is. A symbolic link stays one.
func writeFile(path string, write func(io.Writer) error) (err error) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(write(f), f.Close())
	}
	part, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(part.Name())
		}
	}()
	if err := write(part); err != nil {
		return errors.Join(err, part.Close())
	}
	if err := errors.Join(part.Chmod(0o644), part.Sync(), part.Close()); err != nil {
		return err
	}
	return os.Rename(part.Name(), path)
}

// items opens the JSON Lines files that args name, else the output of crawl.yaml as far
// as the state says that it is committed.
func (a *app) items(ctx context.Context, args, siteNames []string) (_ *view.Items, err error) {
	if len(args) > 0 {
		items := &view.Items{}
		for _, path := range args {
			if _, err := os.Stat(path); err != nil {
				return nil, usage(err)
			}
			items.Segments = append(items.Segments, output.NewSegment(path, -1,
				func(context.Context) (io.ReadCloser, error) { return os.Open(path) }))
		}
		return items, nil
	}
	c, err := a.load()
	if err != nil {
		return nil, err
	}
	if _, err := sites(c, siteNames); err != nil {
		return nil, err
	}
	r, err := a.reader(ctx, c.State)
	if errors.Is(err, fs.ErrNotExist) {
		return openItems(ctx, c, a.Sinks, nil)
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return openItems(ctx, c, a.Sinks, r)
}

// openItems is view.Open for an output that must exist.
func openItems(ctx context.Context, c *config.Config, sinks output.Sinks, r state.Reader) (*view.Items, error) {
	items, err := view.Open(ctx, c, sinks, r)
	if err == nil && len(items.Segments) == 0 {
		err = fmt.Errorf("there are no items yet in %s; run newsonce crawl first", c.Output.Path)
	}
	return items, err
}
