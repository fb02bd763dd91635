package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/dedupe/urlkey"
	"github.com/spf13/cobra"
)

func (a *app) initCommand() *cobra.Command {
	var pageURL, name string
	var add bool
	c := &cobra.Command{
		Use:   "init URL|FILE",
		Short: "Propose the configuration of a site",
		Long: `Reads a page of a site, best its list of new articles, and prints a commented
block for sites of crawl.yaml: where to begin, which URLs are articles, and
selectors where they are surer than the automatic rules. From a URL that is a
listing, the first article on it is read as well. Whatever is a guess says so.

--append adds the block to the configuration and leaves every other byte as it
is; a configuration that does not exist is made.`,
		Example: `  newsonce init https://example.org/news/
  newsonce init --append https://example.org/news/
  newsonce init --url https://example.org/news/1 page.html`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runInit(cmd.Context(), args[0], pageURL, name, add)
		},
	}
	c.Flags().StringVar(&pageURL, "url", "", "`URL` of a page read from a file")
	c.Flags().StringVar(&name, "name", "", "`NAME` of the site (default: from its host)")
	c.Flags().BoolVar(&add, "append", false, "add the block to the configuration file")
	return c
}

// initPage is a page that a proposal is made from.
type initPage struct {
	in  extract.Page
	doc *goquery.Document
	got *extract.Result // by the automatic rules
}

func newInitPage(in extract.Page) (*initPage, error) {
	got, err := extract.Extract(in, nil)
	if err != nil {
		return nil, err
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(in.Body))
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", in.URL, err)
	}
	return &initPage{in, doc, got}, nil
}

// betweenPages is the pause between the two pages that init asks for.
const betweenPages = time.Second

func (a *app) runInit(ctx context.Context, arg, pageURL, name string, add bool) error {
	c, site := anonymous(), (*config.Site)(nil)
	at := time.Now()
	var page extract.Page
	if isURL(arg) {
		if loaded, err := config.Load(a.config, os.Getenv); err == nil {
			if u, err := urlkey.Parse(arg); err == nil && loaded.SiteOf(u.Host) != nil {
				c, site = loaded, loaded.SiteOf(u.Host)
			}
		}
		resp, err := crawler.Get(ctx, c, site, arg, Version())
		if err != nil {
			return err
		}
		page = extract.Page{URL: resp.URL, Body: resp.Body, FetchedAt: at}
	} else {
		if !isURL(pageURL) {
			return usage(errors.New("init of a file needs the page's URL: give it with --url"))
		}
		raw, err := os.ReadFile(arg)
		if err != nil {
			return usage(fmt.Errorf("read page: %w", err))
		}
		body, _, err := fetch.DecodeHTML(raw, "")
		if err != nil {
			return fmt.Errorf("%s: %w", arg, err)
		}
		page = extract.Page{URL: pageURL, Body: body, FetchedAt: at}
	}
	p, err := propose(page)
	if err != nil {
		return err
	}
	if link := p.firstArticle(); link != "" && isURL(arg) {
		if err := p.readArticle(ctx, c, site, link, at); err != nil {
			a.say("the first article, %s, was not read: %v", link, err)
		}
	}
	if name != "" {
		p.name = name
	}
	block := p.yaml()
	if add {
		return a.appendSite(p.name, block)
	}
	if _, err := config.Parse("proposal", ".", []byte(newConfig(block))); err != nil {
		return fmt.Errorf("the proposal for %s is not a valid configuration: %w", p.name, err)
	}
	_, err = fmt.Fprint(a.Out, block)
	return err
}

// proposal is what is known of a site that is to be configured.
type proposal struct {
	name    string
	host    urlkey.URL
	listing *initPage // nil when the page given is an article
	article *initPage // nil when none could be read
	pattern string    // of the URLs of articles, "" when none holds
}

// propose reads the page that was given.
func propose(in extract.Page) (*proposal, error) {
	u, err := urlkey.Parse(in.URL)
	if err != nil {
		return nil, err
	}
	p := &proposal{name: siteName(u.Host), host: u}
	asArticle, err := newInitPage(in)
	if err != nil {
		return nil, err
	}
	if asArticle.got.Article != nil && !urlkey.IsRoot(u) {
		p.article = asArticle
		p.pattern = articlePattern(u.Href, ownHost(u, headlineURLs(asArticle.got)))
		return p, nil
	}
	in.Kind = extract.ListingPage
	if p.listing, err = newInitPage(in); err != nil {
		return nil, err
	}
	urls := ownHost(u, headlineURLs(p.listing.got))
	if len(urls) < 3 {
		for _, l := range p.listing.got.Links {
			urls = append(urls, l.URL)
		}
		urls = ownHost(u, urls)
	}
	p.pattern = articlePattern("", urls)
	return p, nil
}

func headlineURLs(got *extract.Result) []string {
	var urls []string
	for _, h := range got.Headlines {
		if h.URL != "" {
			urls = append(urls, h.URL)
		}
	}
	return urls
}

// ownHost are the URLs on the host of u, the page itself left out.
func ownHost(u urlkey.URL, urls []string) []string {
	var own []string
	for _, raw := range urls {
		if o, err := urlkey.Parse(raw); err == nil && o.Host == u.Host && o.Key != u.Key {
			own = append(own, raw)
		}
	}
	return own
}

// firstArticle is the URL of the first article on a listing, "" without one.
func (p *proposal) firstArticle() string {
	if p.listing == nil {
		return ""
	}
	match := p.matcher()
	urls := headlineURLs(p.listing.got)
	for _, l := range p.listing.got.Links {
		urls = append(urls, l.URL)
	}
	for _, u := range ownHost(p.host, urls) {
		if match == nil || match.MatchString(u) {
			return u
		}
	}
	return ""
}

// readArticle asks for an article, after a pause.
func (p *proposal) readArticle(ctx context.Context, c *config.Config, s *config.Site, link string, at time.Time) error {
	pause := betweenPages
	if s != nil {
		pause = s.Delay
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(pause):
	}
	resp, err := crawler.Get(ctx, c, s, link, Version())
	if err != nil {
		return err
	}
	p.article, err = newInitPage(extract.Page{URL: resp.URL, Body: resp.Body, FetchedAt: at})
	return err
}

// declaredDate is a date of the article or of its lists that carries an offset.
func (p *proposal) declaredDate() item.Date {
	for _, page := range []*initPage{p.article, p.listing} {
		if page == nil {
			continue
		}
		if a := page.got.Article; a != nil && a.DatePublished.Zoned {
			return a.DatePublished
		}
		for _, h := range page.got.Headlines {
			if h.Date.Zoned {
				return h.Date
			}
		}
	}
	return item.Date{}
}
