package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/page"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/output"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

type checkFlags struct {
	print, online bool
}

func (a *app) check() *cobra.Command {
	var f checkFlags
	c := &cobra.Command{
		Use:   "check [site...]",
		Short: "Validate the configuration",
		Long: `Validates crawl.yaml and lists every mistake at once, each with its line and
column. Nothing is fetched and nothing is written.

With --online it reads the beginning of every source of each site, or of each site
named: the first page of a listing or archive, a feed, a sitemap, a WARC file. It shows
what each rule gave, the links that no rule matched, and an article. If the first link
to an article is dead, or the article lacks something, it tries the next ones. It obeys
robots.txt and the site's delay. If output.path names an object storage, it first writes
the object .newsonce-probe there, as each run does.

It exits with 3 when a page could not be read (with 1 when no page of any site could),
and with 4 when a source names no article, or an article lacks its title, text or date,
or a field or block that has rules.`,
		Example: `  newsonce check
  newsonce check -c /etc/newsonce/crawl.yaml
  newsonce check --print           # with every default filled in and secrets masked
  newsonce check --online ccbs     # what the rules give today`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runCheck(cmd.Context(), args, f)
		},
	}
	c.Flags().BoolVar(&f.print, "print", false, "print the effective configuration")
	c.Flags().BoolVar(&f.online, "online", false,
		"read the beginning of every source and an article, and show what each rule gave")
	return c
}

func (a *app) runCheck(ctx context.Context, args []string, f checkFlags) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	chosen, err := sites(c, args)
	switch {
	case err != nil:
		return err
	case len(args) > 0 && !f.online:
		return usage(errors.New("name sites only with --online; without it the whole file is checked"))
	}
	for _, w := range c.Warnings {
		a.say("%s", w)
	}
	switch {
	case f.print:
		return c.Print(a.Out)
	case f.online:
		if err := a.Sinks.Check(ctx, output.Options{Path: c.Output.Path, Storage: output.ObjectStore(c.S3)}); err != nil {
			return err
		}
		return a.online(ctx, c, chosen)
	}
	sources := 0
	for _, s := range c.Sites {
		sources += len(s.Sources)
	}
	if err := missingFiles(c); err != nil {
		return usage(err)
	}
	a.say("%s is valid: %s, %s", c.File, plural(len(c.Sites), "site"), plural(sources, "source"))
	return nil
}

// plural is "1 site", "2 sites".
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// onlineSites is how many sites are probed at a time.
const onlineSites = 8

// online probes each site and prints, in the order of the file, what its rules
// give. It ends with the exit code of a crawl: 1 when no site could be read, 3
// when one could not, 4 when one gave less than it should.
func (a *app) online(ctx context.Context, c *config.Config, sites []*config.Site) error {
	probes := make([]*page.Probed, len(sites))
	var group errgroup.Group
	group.SetLimit(onlineSites)
	for i, s := range sites {
		group.Go(func() error {
			probes[i] = a.probe(ctx, c, s)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	var out bytes.Buffer
	var n verdicts
	for i, p := range probes {
		found := judge(p, sites[i])
		printProbe(&out, p, found.problems)
		n.add(found)
	}
	code := n.exit()
	if code == report.ExitOK && a.quiet {
		return nil
	}
	if _, err := out.WriteTo(a.Out); err != nil {
		return err
	}
	if code != report.ExitOK {
		return &exitError{code: code}
	}
	return nil
}

func (a *app) probe(ctx context.Context, c *config.Config, s *config.Site) *page.Probed {
	f, err := page.NewFetcher(c, s, a.siteOptions())
	if err != nil {
		return &page.Probed{Site: s.Name, Listing: page.Seen{URL: s.Name, Err: err}}
	}
	defer f.Close()
	return page.Probe(ctx, f, a.Sources, func(items *page.Items) []string {
		return append(missingFields(items, s), missingOnArticle(items, s)...)
	})
}

// verdicts counts sites by how their probe ended.
type verdicts struct{ probed, unread, partly, less int }

func (v *verdicts) add(f finding) {
	switch {
	case f.read == 0 && f.unread > 0:
		v.unread++
	case f.unread > 0:
		v.partly++
	case len(f.problems) > 0:
		v.less++
	}
	v.probed++
}

// exit returns the exit code for all sites.
func (v *verdicts) exit() int {
	switch {
	case v.probed > 0 && v.unread == v.probed:
		return report.ExitFailed
	case v.unread+v.partly > 0:
		return report.ExitIncomplete
	case v.less > 0:
		return report.ExitLess
	}
	return report.ExitOK
}

// finding is what is wrong with a probe.
type finding struct {
	read, unread int // pages that could and could not be read
	problems     []string
}

func (f *finding) failed(what string, err error) {
	f.unread++
	f.problems = append(f.problems, what+": "+err.Error())
}

// judge finds what is wrong with a probe.
func judge(p *page.Probed, s *config.Site) (f finding) {
	if l := p.Listing; l.Err != nil {
		f.failed("listing", l.Err)
	} else if l.Items != nil {
		f.read++
		if len(l.Items.Links) == 0 {
			f.problems = append(f.problems, "the listing has no article link: see links and article.match, "+
				"or whether scripts make the page")
		}
	}
	for i := range p.Sources {
		t := &p.Sources[i]
		switch {
		case t.Err != nil:
			f.failed(t.Kind+" "+t.Name, t.Err)
			continue
		case len(t.Links) == 0:
			f.problems = append(f.problems, fmt.Sprintf("%s %s names no article: see article.match and hosts", t.Kind, t.Name))
		}
		f.read++
		for _, text := range t.Problems {
			f.problems = append(f.problems, fmt.Sprintf("%s %s %s", t.Kind, t.Name, text))
		}
	}
	switch a := p.Article; {
	case a.Err != nil:
		f.failed("article", a.Err)
	case a.Items == nil: // nothing named one
	case a.Items.Article == nil:
		f.problems = append(f.problems, "no article was found on the article page: "+strings.Join(a.Items.Notes, "; "))
	default:
		f.problems = append(f.problems, append(missingFields(a.Items, s), missingBlocks(p, s)...)...)
	}
	return f
}

// missingFields names the fields that an article should have and lacks: title,
// text, date, and those that have rules.
func missingFields(items *page.Items, s *config.Site) (problems []string) {
	for _, f := range articleFields(items.Article) {
		wanted := f.name == "title" || f.name == "content_text" || f.name == "date_published" ||
			len(s.Rules.Article.Field(f.name).Select) > 0
		if wanted && f.value == "" {
			problems = append(problems, "the article has no "+f.name)
		}
	}
	return problems
}

// missingBlocks names the blocks that gave no headline on the pages that they are
// on.
func missingBlocks(p *page.Probed, s *config.Site) (problems []string) {
	for i := range s.Rules.Blocks {
		b := &s.Rules.Blocks[i]
		onListing := b.OnListing && p.Listing.Items != nil
		found := onListing && hasBlock(p.Listing.Items, b.Name) || b.OnArticle && hasBlock(p.Article.Items, b.Name)
		if !found && (onListing || b.OnArticle) {
			problems = append(problems, "headlines."+b.Name+" gave nothing")
		}
	}
	return problems
}

// missingOnArticle names the blocks for articles alone that gave no headline on one.
func missingOnArticle(items *page.Items, s *config.Site) (problems []string) {
	for i := range s.Rules.Blocks {
		if b := &s.Rules.Blocks[i]; b.OnArticle && !b.OnListing && !hasBlock(items, b.Name) {
			problems = append(problems, "headlines."+b.Name+" gave nothing")
		}
	}
	return problems
}

func hasBlock(items *page.Items, name string) bool {
	for i := range items.Headlines {
		if items.Headlines[i].Block == name {
			return true
		}
	}
	return false
}

func printProbe(w io.Writer, p *page.Probed, problems []string) {
	fmt.Fprintf(w, "site %s\n", p.Site)
	if p.Listing.Items != nil {
		explain(w, "listing "+p.Listing.URL, p.Listing.Items)
	}
	for i := range p.Sources {
		if t := &p.Sources[i]; t.Err == nil {
			printTried(w, t)
		}
	}
	for _, dead := range p.Dead {
		fmt.Fprintf(w, "no article behind a link: %s\n", dead)
	}
	for _, lesser := range p.Lesser {
		fmt.Fprintf(w, "tried another article, since this one lacks something: %s\n", lesser)
	}
	if p.Article.Items != nil {
		explain(w, "article "+p.Article.URL, p.Article.Items)
	}
	for _, problem := range problems {
		fmt.Fprintf(w, "problem: %s\n", problem)
	}
	fmt.Fprintln(w)
}

// printTried lists the articles that a source names first.
func printTried(w io.Writer, t *page.Tried) {
	const shown = 5
	fmt.Fprintf(w, "%s %s: article links %d\n", t.Kind, t.Name, len(t.Links))
	if t.URL != "" && t.URL != t.Name {
		fmt.Fprintf(w, "  read from %s\n", t.URL)
	}
	for _, url := range t.Links[:min(len(t.Links), shown)] {
		fmt.Fprintf(w, "  %s\n", url)
	}
	if n := len(t.Links) - shown; n > 0 {
		fmt.Fprintf(w, "  and %d more\n", n)
	}
}

// missingFiles reports the files of sources that are not there.
func missingFiles(c *config.Config) error {
	var errs []error
	for _, s := range c.Sites {
		for i := range s.Sources {
			x := &s.Sources[i]
			w, ok := x.Spec.(*config.WARC)
			if !ok {
				continue
			}
			if _, err := source.Files(w.Files); err != nil {
				errs = append(errs, fmt.Errorf("%s:%d: warc: %w: correct the path, which is relative "+
					"to this file, or remove the source", c.File, x.Line, err))
			}
		}
	}
	return errors.Join(errs...)
}
