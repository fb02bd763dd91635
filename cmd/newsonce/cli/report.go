package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/view/report"
	"github.com/spf13/cobra"
)

func (a *app) report() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "report",
		Short: "Make an HTML page of what was collected and how the crawls went",
		Long: `Writes one HTML page: new articles and headlines per day, fields that are empty,
failures with their reasons, hosts that back off, silent sites, runs, the newest
articles, the largest clusters, and which site had whose stories.

The page needs no server and makes no request. It may be made while a crawl runs.`,
		Example: `  newsonce report -o report.html
  newsonce -c /etc/newsonce/crawl.yaml report -o - | mail -a 'Content-Type: text/html' desk@example.org`,
		Annotations: map[string]string{"exits": "0 done, 1 failed, 2 wrong use"},
		Args:        cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return usage(errors.New("-o is missing, such as -o report.html"))
			}
			return a.runReport(cmd.Context(), out)
		},
	}
	c.Flags().StringVarP(&out, "out", "o", "", "`FILE` to write to; - is standard output")
	return c
}

func (a *app) runReport(ctx context.Context, out string) (err error) {
	c, err := a.load()
	if err != nil {
		return err
	}
	var r state.Reader
	if r, err = a.reader(ctx, c.State); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("nothing is known yet: state %s does not exist; run newsonce crawl first", c.StateName())
	} else if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	p, err := a.collect(ctx, c, r)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if out == "-" {
		return p.Write(a.Out)
	}
	if err := writeFile(out, func(w io.Writer) error { return p.Write(w) }); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	if !a.quiet {
		a.say("newsonce report: wrote %s", out)
	}
	return nil
}

func (a *app) collect(ctx context.Context, c *config.Config, r state.Reader) (*report.Report, error) {
	items, err := openItems(ctx, c, a.Sinks, r)
	if err != nil {
		return nil, err
	}
	return report.Collect(ctx, c, items, r, time.Now())
}
