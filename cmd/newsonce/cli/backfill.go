package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/spf13/cobra"
)

type backfillFlags struct {
	runFlags
	from, to string
	source   string
	restart  bool
}

func (a *app) backfill() *cobra.Command {
	var f backfillFlags
	c := &cobra.Command{
		Use:   "backfill [site...]",
		Short: "Read the archives of sites to their end; stopped at any moment, it goes on",
		Long: `Reads archives by page, date or id, listings along their next links, sitemaps,
feeds with all their pages, lists of URLs, captures of the Wayback Machine and WARC
files, each to its end and each once. What is known is not asked again.

It may be stopped or killed at any moment: the next backfill goes on where this one
was. Meanwhile it asks the listings and feeds of its sites as crawl does, so that no
news is lost. Archives take time: 1,000,000 pages at one a second are 11.6 days.

How far it is: a bar a site on a terminal, else a line a minute. What is left is
told where it is known: what is queued, and archives with an end; "at least" where
there may be any number more. --progress json prints an object a line on standard
error, every 10 s and at the end: at, seconds, lines, stopping, total and sites,
whose fields are site, done, queued, left, open, articles, duplicates, headlines,
failed, bytes_read and bytes_total (of WARC files), per_second, seconds_left. In
another shell, newsonce status shows the same.`,
		Example: `  newsonce backfill                # every source of every site of ./crawl.yaml
  newsonce backfill --dry-run      # what would be asked: counts and first URLs
  newsonce backfill ccbs --source archive --max-time 8h
  newsonce backfill --from 2019-01-01 --to 2019-12-31
  newsonce backfill --progress json 2>progress.jsonl
  newsonce backfill --restart      # walk the archives again from their beginning`,
		Annotations: map[string]string{"exits": "runs"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.run(cmd.Context(), args, f.runFlags, f.options)
		},
	}
	fl := c.Flags()
	f.add(fl)
	fl.StringVar(&f.from, "from", "", "leave out what is dated before `DATE` (2006-01-02), where a source tells dates")
	fl.StringVar(&f.to, "to", "", "leave out what is dated after `DATE`")
	fl.StringVar(&f.source, "source", "", "read only the source `NAME`, as status names it")
	fl.StringVar(&f.progress, "progress", "auto", "how far it is: `auto` (bars or lines), none, or json")
	fl.BoolVar(&f.restart, "restart", false, "walk archives again from their beginning; known pages are not asked again")
	return c
}

// options adds what only a backfill is told.
func (f *backfillFlags) options(o *crawler.Options) error {
	o.Command, o.Backfill, o.Source, o.Restart = "backfill", true, f.source, f.restart
	errs := []error{wanted(f.progress)}
	day := func(name, text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		t, err := time.Parse(time.DateOnly, text)
		if err != nil {
			errs = append(errs, fmt.Errorf("--%s %q is no date such as 2024-02-29", name, text))
		}
		return t
	}
	o.From, o.To = day("from", f.from), day("to", f.to)
	if !o.From.IsZero() && !o.To.IsZero() && o.To.Before(o.From) {
		errs = append(errs, fmt.Errorf("--to %s is before --from %s", f.to, f.from))
	}
	if f.source != "" && !named(o.Sites, f.source) {
		errs = append(errs, fmt.Errorf("--source %q: no selected site has a source of that name; they have %s", f.source, sourceNames(o.Sites)))
	}
	return errors.Join(errs...)
}

func named(sites []*config.Site, source string) bool {
	for _, s := range sites {
		for i := range s.Sources {
			if s.Sources[i].Name == source {
				return true
			}
		}
	}
	return false
}

// sourceNames lists the sources of sites for a person.
func sourceNames(sites []*config.Site) string {
	text := ""
	for _, s := range sites {
		for i := range s.Sources {
			if text != "" {
				text += ", "
			}
			text += s.Sources[i].Name + " (" + s.Name + ")"
		}
	}
	return text
}
