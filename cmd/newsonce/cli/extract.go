package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/newsonce/newsonce/cmd/newsonce/cli/hint"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/page"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/dedupe/urlkey"
	"github.com/spf13/cobra"
)

type extractFlags struct {
	url       string
	site      string
	fetchedAt string
	batch     string
	fixture   string
	explain   bool
	listing   bool
}

func (a *app) extract() *cobra.Command {
	var f extractFlags
	c := &cobra.Command{
		Use:   "extract FILE|URL|-...",
		Short: "Print the items of single pages",
		Long: `Prints the article and the headlines of pages as JSON Lines.

Pages are files, URLs or standard input. No configuration and no state are
needed; --site applies the rules of a site of crawl.yaml.

--fixture saves each page and what the automatic rules make of it as
DIR/SITE/CASE.html and .json. To turn a misread page into a test of
crawler/extract, correct the .json.`,
		Example: `  newsonce extract --url https://example.org/news/1 page.html
  newsonce extract https://example.org/news/1
  newsonce extract -c crawl.yaml --site ccbs --explain --url https://ccbs.news/en/article/7228/ page.html
  newsonce extract --listing --explain https://example.org/news/
  newsonce extract --fixture crawler/extract/testdata https://example.org/news/1
  newsonce extract --batch pages.jsonl > items.jsonl`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runExtract(cmd.Context(), args, f)
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.url, "url", "", "`URL` of a page read from a file or standard input")
	fl.StringVar(&f.site, "site", "", "use the rules of site `NAME` of the configuration")
	fl.StringVar(&f.fetchedAt, "fetched-at", "",
		"when the page was fetched, as `TIME` (RFC 3339; default: now); later dates are not believed")
	fl.StringVar(&f.batch, "batch", "", `read a list from `+"`FILE`"+` or - : lines {"id":…, "url":…, "html": path}`)
	fl.StringVar(&f.fixture, "fixture", "", "save each page and its result below `DIR`, as a test of extraction")
	fl.BoolVar(&f.listing, "listing", false, "read the pages as listings: headlines only, no article")
	fl.BoolVar(&f.explain, "explain", false, "print on standard error which rule filled each field, and what was refused")
	return c
}

// extraction is one call of extract.
type extraction struct {
	*app
	config   *config.Config // of --site
	site     *site.Site     // nil without --site
	fetchers map[string]*page.Fetcher
	at       time.Time
	flags    extractFlags
}

func (a *app) runExtract(ctx context.Context, args []string, f extractFlags) error {
	x := &extraction{app: a, flags: f, at: time.Now(), fetchers: map[string]*page.Fetcher{}}
	if err := errors.Join(f.check(args), x.prepare()); err != nil {
		return usage(err)
	}
	if f.batch != "" {
		return x.batch()
	}
	defer func() {
		for _, f := range x.fetchers {
			f.Close()
		}
	}()
	var errs []error
	for _, arg := range args {
		if err := x.page(ctx, arg); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// check returns what is wrong with the flags and arguments together.
func (f *extractFlags) check(args []string) error {
	switch {
	case f.batch != "" && len(args) > 0:
		return errors.New("--batch reads only its list; leave the other arguments out")
	case f.batch != "" && (f.fixture != "" || f.explain):
		return errors.New("--explain and --fixture are for pages named as arguments, not for --batch")
	case f.fixture != "" && f.url == "" && slices.Contains(args, "-"):
		return errors.New("--fixture needs the URL of the page on standard input: give it with --url")
	case f.batch == "" && len(args) == 0:
		return errors.New("name a FILE, a URL or - for standard input (see newsonce extract --help)")
	case len(args) > 1 && f.url != "":
		return errors.New("--url gives the URL of one page, but there are several")
	}
	return nil
}

// prepare reads the time of --fetched-at and the site of --site.
func (x *extraction) prepare() (err error) {
	if at := x.flags.fetchedAt; at != "" {
		if x.at, err = time.Parse(time.RFC3339, at); err != nil {
			return fmt.Errorf("--fetched-at %q is not RFC 3339, such as 2026-11-24T10:00:00Z", at)
		}
	}
	if x.flags.site == "" {
		return nil
	}
	if x.config, err = x.load(); err != nil {
		return err
	}
	list, err := sites(x.config, []string{x.flags.site})
	if err != nil {
		return err
	}
	x.site = site.Compile(list[0])
	return nil
}

// get fetches a page with the settings of --site, else with those of the site of
// crawl.yaml that has the host.
func (x *extraction) get(ctx context.Context, rawURL string) (page.Page, error) {
	u, err := parseURL(rawURL)
	if err != nil {
		return page.Page{}, usage(err)
	}
	f := x.fetchers[u.Host]
	if f == nil {
		if x.site != nil {
			f, err = page.NewFetcher(x.config, x.site.Site, x.siteOptions())
		} else {
			f, err = x.fetcherOf(u)
		}
		if err != nil {
			return page.Page{}, err
		}
		x.fetchers[u.Host] = f
	}
	resp, err := f.Get(ctx, rawURL)
	if err != nil {
		return page.Page{}, err
	}
	return page.Page{URL: resp.URL, Body: resp.Body, FetchedAt: x.at, Listing: x.flags.listing,
		Further: f.Further(ctx)}, nil
}

func isURL(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

// page prints the items of one argument.
func (x *extraction) page(ctx context.Context, arg string) error {
	p, err := x.read(ctx, arg)
	if err != nil {
		return err
	}
	if isURL(arg) {
		arg = p.URL // without a password
	}
	items, err := page.Extract(p, x.siteOf(p.URL))
	if err != nil {
		return fmt.Errorf("%s: %w", arg, err)
	}
	if x.flags.fixture != "" {
		if err := x.saveFixture(&p); err != nil {
			return err
		}
	}
	switch {
	case x.flags.explain:
		explain(x.Err, arg, items)
	case items.Article == nil && !x.flags.listing:
		x.say("%s: no article: %s", arg, strings.Join(items.Notes, "; "))
	}
	if items.Article != nil {
		if err := item.WriteLine(x.Out, items.Article); err != nil {
			return err
		}
	}
	for i := range items.Headlines {
		if err := item.WriteLine(x.Out, &items.Headlines[i]); err != nil {
			return err
		}
	}
	return nil
}

// siteOf returns the site whose rules read the page at a URL: that of --site, else one
// of the automatic rules.
func (x *extraction) siteOf(rawURL string) *site.Site {
	u, err := urlkey.Parse(rawURL)
	if x.site != nil || err != nil {
		return x.site
	}
	s := site.Bare(u.Host)
	s.Rules.Own = x.Extract
	return site.Compile(s)
}

// read reads one page from the web, a file or standard input.
func (x *extraction) read(ctx context.Context, arg string) (page.Page, error) {
	if isURL(arg) {
		return x.get(ctx, arg)
	}
	var raw []byte
	var err error
	if arg == "-" {
		raw, err = io.ReadAll(x.In)
	} else {
		raw, err = os.ReadFile(arg)
	}
	if err != nil {
		return page.Page{}, fmt.Errorf("read page: %w%s", err, hint.URL(arg))
	}
	body, _, err := fetch.DecodeHTML(raw, "")
	if err != nil {
		return page.Page{}, fmt.Errorf("%s: %w", arg, err)
	}
	return page.Page{URL: x.pageURL(arg), Body: body, FetchedAt: x.at, Listing: x.flags.listing}, nil
}

// pageURL returns the URL of a page that was not fetched: the one of --url, else
// one made from the file name.
func (x *extraction) pageURL(arg string) string {
	if x.flags.url != "" {
		return x.flags.url
	}
	return standIn(arg)
}

// standIn returns the URL for a page of which only the file is known.
func standIn(file string) string { return "http://localhost/" + url.PathEscape(filepath.Base(file)) }

// batchIn is a line of a batch list, batchOut its result.
type batchIn struct {
	ID   json.RawMessage `json:"id"`
	URL  string          `json:"url"`
	HTML string          `json:"html"`
}

type batchOut struct {
	ID        json.RawMessage `json:"id"`
	Article   *item.Article   `json:"article"`
	Headlines []item.Headline `json:"headlines"`
	Error     string          `json:"error,omitempty"`
}

// maxBatchLine bounds a line of a batch list, in bytes.
const maxBatchLine = 1 << 20

// batch reads the pages of a list on all cores and writes their results in the
// order of the list.
func (x *extraction) batch() error {
	in, dir := x.In, "."
	if x.flags.batch != "-" {
		f, err := os.Open(x.flags.batch)
		if err != nil {
			return fmt.Errorf("read batch: %w", err)
		}
		defer f.Close()
		in, dir = f, filepath.Dir(x.flags.batch)
	}
	// Each result has a channel of its own, so that they keep the order of the lines.
	pending := make(chan chan batchOut, 4*runtime.GOMAXPROCS(0))
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxBatchLine)
	go func() {
		defer close(pending)
		for lines.Scan() {
			if len(strings.TrimSpace(lines.Text())) == 0 {
				continue
			}
			result, line := make(chan batchOut, 1), slices.Clone(lines.Bytes())
			free <- struct{}{}
			go func() {
				result <- x.result(line, dir)
				<-free
			}()
			pending <- result
		}
	}()
	out := bufio.NewWriter(x.Out)
	enc := item.NewEncoder()
	var failure error
	for result := range pending {
		line, err := enc.Line(<-result)
		if err == nil {
			_, err = out.Write(line)
		}
		if failure == nil {
			failure = err
		}
	}
	if err := lines.Err(); err != nil {
		failure = errors.Join(failure, fmt.Errorf("read batch: %w", err))
	}
	return errors.Join(failure, out.Flush())
}

func (x *extraction) result(line []byte, dir string) (out batchOut) {
	out.Headlines = []item.Headline{}
	defer func() {
		if p := recover(); p != nil {
			out.Article, out.Error = nil, fmt.Sprintf("internal error: %v", p)
		}
	}()
	var in batchIn
	if err := json.Unmarshal(line, &in); err != nil {
		out.Error = fmt.Sprintf("line is not {\"id\":…, \"url\":…, \"html\": path}: %v", err)
		return out
	}
	out.ID = in.ID
	path := in.HTML
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	raw, err := os.ReadFile(path)
	if err == nil {
		raw, _, err = fetch.DecodeHTML(raw, "")
	}
	if err != nil {
		out.Error = err.Error()
		return out
	}
	url, remark := in.URL, ""
	if !isURL(url) { // as without --url
		url = standIn(in.HTML)
		if in.URL != "" {
			remark = fmt.Sprintf("url %q is not an http or https URL; the page was read as %s", in.URL, url)
		}
	}
	items, err := page.Extract(page.Page{URL: url, Body: raw, FetchedAt: x.at, Listing: x.flags.listing},
		x.siteOf(url))
	if err != nil {
		out.Error = err.Error()
		return out
	}
	out.Error = remark
	out.Article = items.Article
	if items.Headlines != nil {
		out.Headlines = items.Headlines
	}
	if items.Article == nil && !x.flags.listing {
		out.Error = "no article: " + strings.Join(items.Notes, "; ")
	}
	return out
}
