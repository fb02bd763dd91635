package propose

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// draft is what a proposal is made from.
type draft struct {
	url     urlkey.URL // of the page given
	listing *reading   // nil when that page is an article
	article *reading   // nil when there is none
	pattern string     // matches the URLs of articles; "" for none
	match   *regexp.Regexp
}

// reading is a page as the automatic rules read it.
type reading struct {
	in  extract.Page
	doc *goquery.Document
	got *extract.Result
}

func read(p Page, kind extract.Kind) (*reading, error) {
	in := extract.Page{URL: p.URL, Body: p.Body, FetchedAt: p.FetchedAt, Kind: kind}
	got, err := extract.Extract(in, nil)
	if err != nil {
		return nil, err
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(in.Body))
	if err != nil {
		return nil, fmt.Errorf("parse %s: %w", in.URL, err)
	}
	return &reading{in, doc, got}, nil
}

// newDraft reads the page given and finds the pattern of article URLs.
func newDraft(page Page) (*draft, error) {
	u, err := urlkey.Parse(page.URL)
	if err != nil {
		return nil, err
	}
	d := &draft{url: u}
	first, err := read(page, extract.ArticlePage)
	if err != nil {
		return nil, err
	}
	if first.got.Article != nil && !urlkey.IsRoot(u) {
		d.article = first
		d.pattern = articlePattern(u.Href, d.sameHost(first.got.Listed()))
	} else {
		if d.listing, err = read(page, extract.ListingPage); err != nil {
			return nil, err
		}
		d.pattern = articlePattern("", d.candidates())
	}
	d.match = d.matcher()
	return d, nil
}

// enoughListed is the number of links in headline lists that suffices to find the shape
// of article URLs; with fewer, all links of the page are examined.
const enoughListed = 3

// candidates returns the links of the listing that may lead to articles.
func (d *draft) candidates() []string {
	listed := d.sameHost(d.listing.got.Listed())
	if len(listed) >= enoughListed {
		return listed
	}
	return append(listed, d.sameHost(targets(d.listing.got.Links))...)
}

func targets(links []extract.Link) []urlkey.URL {
	urls := make([]urlkey.URL, len(links))
	for i := range links {
		urls[i] = links[i].Target
	}
	return urls
}

// sameHost returns those of urls that are on the host of the page given, without
// that page.
func (d *draft) sameHost(urls []urlkey.URL) []string {
	var same []string
	for _, u := range urls {
		if u.Host == d.url.Host && u.Key != d.url.Key {
			same = append(same, u.Href)
		}
	}
	return same
}

// matcher compiles the pattern; nil when there is none, and when it takes the
// listing itself for an article.
func (d *draft) matcher() *regexp.Regexp {
	if d.pattern == "" {
		return nil
	}
	re, err := regexp.Compile(d.pattern)
	if err != nil || d.listing != nil && re.MatchString(d.listing.in.URL) {
		return nil
	}
	return re
}

// pages returns the readings that are not nil.
func pages(order ...*reading) []*reading {
	return slices.DeleteFunc(order, func(r *reading) bool { return r == nil })
}

func (d *draft) proposal() *Proposal {
	p := &Proposal{Name: siteName(d.url.Host), Listing: d.listingOf(), Archive: d.archive(), Feed: d.feed(),
		Language: d.language()}
	p.Timezone, p.TimezoneReason = guessZone(bareHost(d.url.Host), d.declaredDate())
	if d.match != nil {
		p.Match = d.pattern
		d.count(p)
	}
	if d.article != nil {
		p.Article = d.article.article()
	} else {
		p.FirstArticle = d.firstArticle()
	}
	p.Blocks = d.blocks()
	return p
}

// listingOf returns the given page if it is a listing, else the front page of its site.
func (d *draft) listingOf() Listing {
	if d.listing == nil {
		return Listing{URL: frontPage(d.url), Guess: true}
	}
	l := Listing{URL: d.listing.in.URL}
	if got := d.listing.got; got.Next != "" {
		l.Next = Next{URL: got.Next, Selector: d.listing.nextSelector(), Rule: got.Rules["next"]}
	}
	return l
}

// nextSelector returns a selector for a link with rel=next, "" if there is none.
func (r *reading) nextSelector() string {
	for _, sel := range []string{"a[rel=next]", "link[rel=next]"} {
		if r.doc.Find(sel).Length() > 0 {
			return sel
		}
	}
	return ""
}

// frontPage returns the URL of the root of a site, below a two-letter language if the
// path of u begins with one.
func frontPage(u urlkey.URL) string {
	first, _, more := strings.Cut(strings.TrimPrefix(pathOf(u.Href), "/"), "/")
	if more && len(first) == 2 {
		return u.Origin() + "/" + first + "/"
	}
	return u.Origin() + "/"
}

// feedLinks selects links to RSS and Atom feeds.
const feedLinks = `link[rel~=alternate][type="application/rss+xml"], ` +
	`link[rel~=alternate][type="application/atom+xml"]`

// feed returns the first feed that a page names.
func (d *draft) feed() string {
	for _, r := range pages(d.listing, d.article) {
		base, err := urlkey.NewBase(r.in.URL)
		if err != nil {
			continue
		}
		for _, n := range r.doc.Find(feedLinks).Nodes {
			if u, err := base.Resolve(attribute(n, "href")); err == nil {
				return u.Href
			}
		}
	}
	return ""
}

// archive returns a template for articles whose URLs differ only in a number, and the
// highest number that the pages link to.
func (d *draft) archive() Archive {
	before, after, ok := strings.Cut(d.pattern, `\d+`)
	if d.match == nil || !ok || strings.ContainsAny(before+after, `\[(*+?`) {
		return Archive{}
	}
	before = d.url.Origin() + before
	last := 0
	for _, r := range pages(d.listing, d.article) {
		for _, l := range r.got.Links {
			id, ok := strings.CutPrefix(l.URL, before)
			if !ok {
				continue
			}
			id, _, _ = strings.Cut(id, after)
			if n, err := strconv.Atoi(id); err == nil {
				last = max(last, n)
			}
		}
	}
	if last == 0 {
		return Archive{}
	}
	return Archive{URL: before + "{id}" + after, Last: last}
}

// language returns the language that the first page with a lang attribute
// declares.
func (d *draft) language() string {
	for _, r := range pages(d.article, d.listing) {
		lang, _ := r.doc.Find("html").Attr("lang")
		if lang, _, _ = strings.Cut(strings.ReplaceAll(lang, "_", "-"), "-"); len(lang) == 2 {
			return strings.ToLower(lang)
		}
	}
	return ""
}

// declaredDate returns a date of the article or of the headlines that carries an
// offset.
func (d *draft) declaredDate() item.Date {
	for _, r := range pages(d.article, d.listing) {
		if a := r.got.Article; a != nil && a.DatePublished.Zoned {
			return a.DatePublished
		}
		for _, h := range r.got.Headlines {
			if h.Date.Zoned {
				return h.Date
			}
		}
	}
	return item.Date{}
}

// count sorts the links of the page given by whether the pattern takes them.
func (d *draft) count(p *Proposal) {
	r := pages(d.listing, d.article)[0]
	p.Links = r.in.URL
	for _, l := range r.got.Links {
		if d.match.MatchString(l.URL) {
			p.Matched = append(p.Matched, l.URL)
		} else {
			p.NotMatched = append(p.NotMatched, l.URL)
		}
	}
}

// firstArticle returns the URL of the first article on the listing.
func (d *draft) firstArticle() string {
	got := d.listing.got
	for _, u := range d.sameHost(append(got.Listed(), targets(got.Links)...)) {
		if d.match == nil || d.match.MatchString(u) {
			return u
		}
	}
	return ""
}

func (r *reading) article() *Article {
	got := r.got.Article
	if got == nil {
		return &Article{URL: r.in.URL, Empty: true}
	}
	return &Article{
		URL: r.in.URL, Title: got.Title, TitleRule: r.got.Rules["title"], Published: got.DatePublished,
		DateRule: r.got.Rules["date_published"], Date: r.dateSelector(), Body: r.bodySelector(),
	}
}

// unnamed matches the names of headline lists that the page does not name.
var unnamed = regexp.MustCompile(`^(?:list-\d+|headlines)$`)

// blocks proposes one block for articles and one for listings.
func (d *draft) blocks() []Block {
	var list []Block
	for _, at := range []struct {
		page     *reading
		on, name string
	}{{d.article, "article", "sidebar"}, {d.listing, "listing", "listing"}} {
		if at.page == nil {
			continue
		}
		b, ok := at.page.block()
		if !ok {
			continue
		}
		if unnamed.MatchString(b.Name) {
			b.Name = at.name
		}
		if len(list) > 0 && list[0].Name == b.Name {
			b.Name += "-" + at.on
		}
		b.On, b.Follow = at.on, at.on == "article" && d.match != nil
		list = append(list, b)
	}
	return list
}

// notInNames matches characters that are not allowed in the names of sites and blocks.
var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// slug returns s in lower-case ASCII letters, digits and single hyphens.
func slug(s string) string {
	return strings.Trim(notInNames.ReplaceAllString(strings.ToLower(s), "-"), "-")
}

// siteName returns a name for the site of a host: news-example for
// www.news.example.
func siteName(host string) string {
	if name := slug(bareHost(strings.TrimPrefix(host, "www."))); name != "" {
		return name
	}
	return "site"
}

// bareHost returns host without its port.
func bareHost(host string) string {
	host, _, _ = strings.Cut(host, ":")
	return host
}

// attribute returns the value of an attribute of n, "" when it has none.
func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
