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
	maxWait  duration
}

func (a *app) backfill() *cobra.Command {
	f := backfillFlags{maxWait: duration(time.Hour)}
	c := &cobra.Command{
		Use:   "backfill [site...]",
		Short: "Fetch the archives of sites; resumes where it was stopped",
		Long: `Fetches everything that the sources of sites have ever listed, once.

It reads archives by page, date or id, listings along their next links, sitemaps,
feeds with all their pages, lists of URLs, captures of the Wayback Machine and
WARC files, each to its end. Known articles are not fetched again.

You can stop or kill it at any moment; the next backfill resumes where this one
stopped. It also fetches the listings and feeds of its sites as crawl does, so
that no news is missed meanwhile. Archives take time: 1,000,000 pages at one per
second take 11.6 days.

When a host backs off and nothing else can be fetched, it waits, up to --max-wait,
and says until when and why. With exit code 10 work is left: run it again, as in
  while newsonce backfill; [ $? -eq 10 ]; do sleep 60; done
which ends when the archive is complete or a person must act.

Progress is one bar per site on a terminal, else one line per minute. The time
left is shown where the remaining pages are known; "at least" means that there
may be more. --progress json prints one object per line on standard error, every
10 s and at the end: at, seconds, lines, stopping, total and sites. The fields of
total and of each site are site, done, queued, left, open, articles, duplicates,
headlines, failed, bytes_read and bytes_total (of WARC files), per_second and
seconds_left. In another shell, newsonce status shows the same.`,
		Example: `  newsonce backfill                # every source of every site of ./crawl.yaml
  newsonce backfill --dry-run      # the requests that it would make: counts and first URLs
  newsonce backfill ccbs --source archive --max-time 8h
  newsonce backfill --from 2019-01-01 --to 2019-12-31
  newsonce backfill --progress json 2>progress.jsonl
  newsonce backfill --restart      # read the archives again from the beginning`,
		Annotations: map[string]string{"exits": "runs"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.run(cmd.Context(), args, f.runFlags, f.options)
		},
	}
	fl := c.Flags()
	f.add(fl)
	fl.StringVar(&f.from, "from", "",
		"leave out what is dated before `DATE`, such as 2019-01-01, where a source has dates")
	fl.StringVar(&f.to, "to", "", "leave out what is dated after `DATE`, where a source has dates")
	fl.StringVar(&f.source, "source", "", "read only the source `NAME`, as in the output of status")
	fl.StringVar(&f.progress, "progress", "auto", "show progress as `FORM`: auto (bars or lines), none or json")
	fl.Var(&f.maxWait, "max-wait", "wait up to `D` for a host that backs off, when nothing else can be fetched")
	fl.BoolVar(&f.restart, "restart", false,
		"read archives again from the beginning; known articles are not fetched again")
	return c
}

// options adds the flags that only backfill has.
func (f *backfillFlags) options(o *crawler.Options) error {
	o.Command, o.Backfill, o.Source, o.Restart = "backfill", true, f.source, f.restart
	o.MaxWait = max(time.Duration(f.maxWait), 1) // 0 would be the default
	errs := []error{checkProgress(f.progress)}
	day := func(name, text string) time.Time {
		if text == "" {
			return time.Time{}
		}
		t, err := time.Parse(time.DateOnly, text)
		if err != nil {
			errs = append(errs, fmt.Errorf("--%s %q is not a date such as 2024-02-29", name, text))
		}
		return t
	}
	o.From, o.To = day("from", f.from), day("to", f.to)
	if !o.From.IsZero() && !o.To.IsZero() && o.To.Before(o.From) {
		errs = append(errs, fmt.Errorf("--to %s is before --from %s", f.to, f.from))
	}
	if f.source != "" && !named(o.Sites, f.source) {
		errs = append(errs, fmt.Errorf("--source %q: no selected site has a source of that name: type one of %s",
			f.source, sourceNames(o.Sites)))
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

// sourceNames lists the sources of sites for a message.
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
