package propose

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/extract/list"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// draft is what a proposal is made from.
type draft struct {
	url      urlkey.URL // of the page given
	listing  *reading   // nil when that page is an article
	links    *reading   // that page read as a listing when it is an article, else nil
	article  *reading   // nil when there is none
	more     []*reading // further articles, on which selectors must hold as well
	hosts    []string   // beside that of the page, on which the pattern holds
	language string     // of the site, "" when not known
	override string     // that language, if the page declares another
	pattern  string     // of the URLs of articles, "" for none
	match    *regexp.Regexp
}

// reading is a page as the automatic rules read it.
type reading struct {
	in  extract.Page
	doc *goquery.Document
	got *extract.Result
}

// read reads a page by the automatic rules. language is that of its text if the page
// declares another, else "".
func read(p Page, kind extract.Kind, language string) (*reading, error) {
	in := extract.Page{URL: p.URL, Body: p.Body, FetchedAt: p.FetchedAt, Language: language, Kind: kind}
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
	if d.listing, err = read(page, extract.ListingPage, ""); err != nil {
		return nil, err
	}
	if d.findLanguage(); d.override != "" {
		if d.listing, err = read(page, extract.ListingPage, d.override); err != nil {
			return nil, err
		}
	}
	samples := d.samples()
	d.propose(samples)
	if urlkey.IsRoot(u) {
		return d, nil
	}
	first, err := read(page, extract.ArticlePage, d.override)
	if err != nil {
		return nil, err
	}
	if first.got.Article != nil && d.isArticle(first) {
		d.article, d.links, d.listing = first, d.listing, nil
		d.propose(append(samples, newSample(u.Href, bare(u.Host), ownWeight)))
	}
	return d, nil
}

// ownWeight is that of the URL of an article, which a pattern must match.
const ownWeight = 1000

// manyTeasers is how many links to articles tell a listing from an article.
const manyTeasers = 5

// isArticle tells whether the page given, on which the automatic rules found an
// article, is one: its URL is like those of its links to articles, or it has few of
// them, or it says so.
func (d *draft) isArticle(first *reading) bool {
	got := d.listing.got
	teasers := 0
	for _, l := range got.Links {
		if l.Score > 0 {
			teasers++
		}
	}
	switch {
	case list.PageNumber(d.url.Href) > 1:
		return false
	case d.match != nil && d.match.MatchString(d.url.Href), teasers < manyTeasers:
		return true
	}
	kind, _ := first.doc.Find(`meta[property="og:type"]`).Attr("content")
	return strings.EqualFold(kind, "article") && got.Next == ""
}

// samples returns the links of the page to its own site.
func (d *draft) samples() []sample {
	var out []sample
	for _, l := range d.listing.got.Links {
		if l.Score != 0 {
			out = append(out, newSample(l.URL, bare(l.Target.Host), weight(l.Score)))
		}
	}
	return out
}

// weight turns a score into 0.4 to 1, or the same below 0.
func weight(score float64) float64 {
	if score > 0 {
		return min(1, 0.4+score/2)
	}
	return max(-1, score/2-0.4)
}

// bare returns a host without "www.".
func bare(host string) string { return strings.TrimPrefix(host, "www.") }

// propose finds the pattern of article URLs and the hosts that it holds on.
func (d *draft) propose(samples []sample) {
	d.pattern, d.match, d.hosts = articlePattern(samples, d.url.Href), nil, nil
	if d.pattern == "" {
		return
	}
	d.match = regexp.MustCompile(d.pattern)
	d.hosts = matchedHosts(samples, bare(d.url.Host), d.match)
}

// onSite reports whether u is on a proposed host and not the page given.
func (d *draft) onSite(u urlkey.URL) bool {
	host := bare(u.Host)
	return (host == bare(d.url.Host) || slices.Contains(d.hosts, host)) && u.Key != d.url.Key
}

// pages returns the readings that are there.
func pages(order ...*reading) []*reading {
	return slices.DeleteFunc(order, func(r *reading) bool { return r == nil })
}

func (d *draft) proposal() *Proposal {
	p := &Proposal{
		Name: siteName(d.url.Host), host: d.url.Host,
		Listing: d.listingOf(), Feeds: d.feeds(), Language: d.siteLanguage(),
	}
	p.Timezone, p.TimezoneReason = guessZone(bareHost(d.url.Host), d.declaredDate())
	if d.match != nil {
		p.Match, p.Hosts = d.pattern, d.hosts
		d.count(p)
		p.Archive = archive(p.Matched)
	}
	if d.article != nil {
		p.Article = d.articleOf()
		if !p.Article.Empty {
			p.Read = 1 + len(d.more)
		}
	} else {
		p.FirstArticle = d.firstArticle()
	}
	p.Blocks, p.Expect = d.blocks(), d.expect()
	return p
}

// listingOf is the page given, else the front page of its site.
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

// nextSelector is a selector for a link that says rel=next, "" without one.
func (r *reading) nextSelector() string {
	for _, sel := range []string{"a[rel=next]", "link[rel=next]"} {
		if r.doc.Find(sel).Length() > 0 {
			return sel
		}
	}
	return ""
}

// frontPage is the page at the root of a site, below the two letters of a
// language if the path of u begins with them.
func frontPage(u urlkey.URL) string {
	first, _, more := strings.Cut(strings.TrimPrefix(u.Href, u.Origin()+"/"), "/")
	if more && len(first) == 2 {
		return u.Origin() + "/" + first + "/"
	}
	return u.Origin() + "/"
}

// feeds returns the feeds that the pages name, in page order.
func (d *draft) feeds() (list []string) {
	const alternates = `link[rel~=alternate][type="application/rss+xml"], link[rel~=alternate][type="application/atom+xml"], ` +
		`link[rel~=alternate][type="application/feed+json"]`
	for _, r := range pages(d.listing, d.article) {
		base, err := urlkey.NewBase(r.in.URL)
		if err != nil {
			continue
		}
		for _, n := range r.doc.Find(alternates).Nodes {
			if u, err := base.Resolve(attribute(n, "href")); err == nil && !slices.Contains(list, u.Href) {
				list = append(list, u.Href)
			}
		}
	}
	return list
}

// numberAlone matches a URL that ends in a number.
var numberAlone = regexp.MustCompile(`^(.*[/=])(\d+)(/?|\.\w+)$`)

// archive returns a template for articles that are told apart by a number alone,
// and the highest number among matched.
func archive(matched []string) Archive {
	var a Archive
	for k, u := range matched {
		m := numberAlone.FindStringSubmatch(u)
		if m == nil {
			return Archive{}
		}
		template := m[1] + "{id}" + m[3]
		if k > 0 && template != a.URL {
			return Archive{}
		}
		n, err := strconv.Atoi(m[2])
		if err != nil {
			return Archive{}
		}
		a = Archive{template, max(a.Last, n)}
	}
	return a
}

// siteLanguage returns the language to be proposed.
func (d *draft) siteLanguage() string {
	if d.language == undetermined {
		return ""
	}
	return d.language
}

// findLanguage decides the language of the site by what the page declares, the
// script of its links and the dates of its headlines.
func (d *draft) findLanguage() {
	declared, _ := d.listing.doc.Find("html").Attr("lang")
	var text strings.Builder
	for _, l := range d.listing.got.Links {
		text.WriteString(l.Text)
	}
	d.language = languageOf(declared, text.String())
	var raw []string
	for _, h := range d.listing.got.Headlines {
		raw = append(raw, h.Date.Raw)
	}
	if d.language == "en" && dayFirst(raw) {
		d.language = "en-GB"
	}
	primary, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(declared, "_", "-")), "-")
	if d.language != primary && (d.language != "en-GB" || !strings.EqualFold(declared, "en-GB")) {
		d.override = d.language
	}
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

// count sorts the links of the page given to its site by whether the pattern takes
// them.
func (d *draft) count(p *Proposal) {
	r := pages(d.listing, d.links)[0]
	p.Links = r.in.URL
	var rest []extract.Link
	for _, l := range r.got.Links {
		switch {
		case !d.onSite(l.Target):
		case d.match.MatchString(l.URL):
			p.Matched = append(p.Matched, l.URL)
		default:
			rest = append(rest, l)
		}
	}
	slices.SortStableFunc(rest, func(a, b extract.Link) int { return cmp.Compare(b.Score, a.Score) })
	for _, l := range rest {
		p.NotMatched = append(p.NotMatched, l.URL)
	}
}

// firstArticle returns the URL of the first headline of the listing that is an
// article, or of the first such link.
func (d *draft) firstArticle() string {
	got := d.listing.got
	urls := got.Listed()
	for _, l := range got.Links {
		urls = append(urls, l.Target)
	}
	for _, u := range urls {
		if d.onSite(u) && (d.match == nil || d.match.MatchString(u.Href)) {
			return u.Href
		}
	}
	return ""
}

// articleOf tells how the fields of the article were read, with the selectors that hold
// on the further articles.
func (d *draft) articleOf() *Article {
	r := d.article
	got := r.got.Article
	if got == nil {
		return &Article{URL: r.in.URL, Empty: true}
	}
	a := &Article{
		URL: r.in.URL, Title: got.Title, TitleRule: r.got.Rules["title"], Published: got.DatePublished,
		DateRule: r.got.Rules["date_published"], Date: r.dateSelector(), Body: r.bodySelector(),
	}
	for _, other := range d.more {
		if !other.hasDate(a.Date) {
			a.Date = Date{}
		}
		if !other.sameBody(a.Body) {
			a.Body = ""
		}
	}
	return a
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
		if !ok || at.page == d.article && !d.onMore(&b) {
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

// onMore reports whether a block of the article has entries on the further articles.
func (d *draft) onMore(b *Block) bool {
	for _, r := range d.more {
		if len(r.entries(b)) == 0 {
			return false
		}
	}
	return true
}

// notInNames is what a site's or a block's name has none of.
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
