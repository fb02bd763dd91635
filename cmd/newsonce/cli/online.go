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
	"golang.org/x/sync/errgroup"
)

// onlineSites is how many sites are looked at at a time.
const onlineSites = 8

// online looks at a listing and an article of each site and prints, in the
// order of the file, what the rules give. It ends with the exit code that a
// crawl would: 1 when no site could be read, 3 when one could not, 4 when one
// gave less than it should.
func (a *app) online(ctx context.Context, c *config.Config, sites []*config.Site) error {
	looks := make([]*page.Probed, len(sites))
	var group errgroup.Group
	group.SetLimit(onlineSites)
	for i, s := range sites {
		group.Go(func() error {
			f, err := page.NewFetcher(c, s, a.siteOptions())
			if err != nil {
				return err
			}
			defer f.Close()
			looks[i] = page.Probe(ctx, f)
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
	asked, unread, less := 0, 0, 0
	for i, look := range looks {
		failed, problems := judge(look, sites[i])
		printLook(&out, look, problems)
		if errors.Is(look.Listing.Err, page.ErrNoListing) {
			continue
		}
		asked++
		if failed {
			unread++
		} else if problems != nil {
			less++
		}
	}
	code := report.ExitOK
	switch {
	case asked > 0 && unread == asked:
		code = report.ExitFailed
	case unread > 0:
		code = report.ExitIncomplete
	case less > 0:
		code = report.ExitLess
	}
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

// judge says what is wrong with what was seen, and whether it is that a page
// could not be read.
func judge(look *page.Probed, s *config.Site) (failed bool, problems []string) {
	if errors.Is(look.Listing.Err, page.ErrNoListing) {
		return false, nil
	}
	if err := errors.Join(look.Listing.Err, look.Article.Err); err != nil {
		return true, []string{err.Error()}
	}
	if len(look.Listing.Items.Links) == 0 {
		return false, []string{"the listing gave no article link: see links and article.match, or whether the page is made by scripts"}
	}
	article := look.Article.Items
	if article.Article == nil {
		return false, []string{"the article page gave no article: " + strings.Join(article.Notes, "; ")}
	}
	for _, f := range articleFields(article.Article) {
		wanted := f.name == "title" || f.name == "content_text" || f.name == "date_published" || len(s.Rules.Article.Field(f.name).Select) > 0
		if wanted && f.value == "" {
			problems = append(problems, "the article has no "+f.name)
		}
	}
	for i := range s.Rules.Blocks {
		b := &s.Rules.Blocks[i]
		if b.OnListing && b.OnArticle && !hasBlock(look.Listing.Items, b.Name) && !hasBlock(article, b.Name) ||
			b.OnListing && !b.OnArticle && !hasBlock(look.Listing.Items, b.Name) || b.OnArticle && !b.OnListing && !hasBlock(article, b.Name) {
			problems = append(problems, "headlines."+b.Name+" gave nothing")
		}
	}
	return false, problems
}

func hasBlock(items *page.Items, name string) bool {
	for i := range items.Headlines {
		if items.Headlines[i].Block == name {
			return true
		}
	}
	return false
}

func printLook(w io.Writer, look *page.Probed, problems []string) {
	fmt.Fprintf(w, "site %s\n", look.Site)
	if errors.Is(look.Listing.Err, page.ErrNoListing) {
		fmt.Fprintf(w, "no listing among its sources; look at an article with: newsonce extract --site %s --explain URL\n\n", look.Site)
		return
	}
	for _, seen := range []struct {
		name string
		page.Seen
	}{{"listing", look.Listing}, {"article", look.Article}} {
		if seen.Items != nil {
			explain(w, seen.name+" "+seen.URL, seen.Items)
		}
	}
	for _, p := range problems {
		fmt.Fprintf(w, "problem: %s\n", p)
	}
	fmt.Fprintln(w)
}
