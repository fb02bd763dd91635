package cli

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// siteName is a name for a host: news-example of www.news.example.
func siteName(host string) string {
	host, _, _ = strings.Cut(strings.TrimPrefix(host, "www."), ":")
	name := strings.ReplaceAll(plainName(host), ".", "-")
	if name == "" {
		return "site"
	}
	return name
}

func (p *proposal) matcher() *regexp.Regexp {
	if p.pattern == "" {
		return nil
	}
	re, err := regexp.Compile(p.pattern)
	if err != nil || p.listing != nil && re.MatchString(p.listing.in.URL) {
		return nil
	}
	return re
}

// yaml is the block of the site, indented as an entry of sites.
func (p *proposal) yaml() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("  - name: %s", p.name)
	p.yamlZone(line)
	line("    sources:")
	p.yamlListing(line)
	p.yamlMore(line)
	p.yamlArticle(line)
	p.yamlBlocks(line)
	line("    expect:")
	line("      article.content_text: 0.95   # exit code 4 when fewer of the last articles have a text")
	return b.String()
}

func (p *proposal) yamlZone(line func(string, ...any)) {
	switch zone, reason := guessZone(hostName(p.host.Host), p.declaredDate()); {
	case zone != "":
		line("    # timezone: %s   # %s; dates without a zone are written without one until this is set", zone, reason)
	case reason != "":
		line("    # timezone:   # %s", reason)
	}
	for _, page := range []*initPage{p.article, p.listing} {
		if page == nil {
			continue
		}
		if lang, _ := page.doc.Find("html").Attr("lang"); len(lang) >= 2 {
			if lang, _, _ = strings.Cut(strings.ReplaceAll(lang, "_", "-"), "-"); len(lang) == 2 {
				line("    language: %s   # as its pages say", strings.ToLower(lang))
				return
			}
		}
	}
}

func hostName(host string) string {
	host, _, _ = strings.Cut(host, ":")
	return host
}

func (p *proposal) yamlListing(line func(string, ...any)) {
	if p.listing == nil {
		line("      - listing:")
		line("          urls: [%s]   # a guess: put the page that lists new articles", strconv.Quote(frontPage(p.host)))
		line("          stop_after_known: 20")
		return
	}
	line("      - listing:")
	line("          urls: [%s]", strconv.Quote(p.listing.in.URL))
	if next := p.listing.got.Next; next != "" {
		if sel := nextSelector(p.listing); sel != "" {
			line("          next: %s   # %s", strconv.Quote(sel), next)
		} else {
			line("          # next: the automatic rule (%s) finds %s", p.listing.got.Rules["next"], next)
		}
		line("          max_pages: 5")
	} else {
		line("          # next: no link to a next page was found")
	}
	line("          stop_after_known: 20   # a pass ends after so many links that were known before")
}

// nextSelector is a selector for a link that says rel=next.
func nextSelector(p *initPage) string {
	for _, sel := range []string{"a[rel=next]", "link[rel=next]"} {
		if p.doc.Find(sel).Length() > 0 {
			return sel
		}
	}
	return ""
}

// frontPage is the page at the root of a site, below its language if the
// article's path begins with one.
func frontPage(u urlkey.URL) string {
	scheme, rest, _ := strings.Cut(u.Href, "://")
	host, path, _ := strings.Cut(rest, "/")
	first, _, more := strings.Cut(path, "/")
	if more && len(first) == 2 {
		return scheme + "://" + host + "/" + first + "/"
	}
	return scheme + "://" + host + "/"
}

// yamlMore names other sources that the pages show, for a person to switch on.
func (p *proposal) yamlMore(line func(string, ...any)) {
	if template, last := p.archive(); template != "" {
		line("      # - archive: {url: %s, id: {from: 1, to: %d, order: desc, stop_after_missing: 200}}   # for newsonce backfill", strconv.Quote(template), last)
	}
	for _, page := range []*initPage{p.listing, p.article} {
		if page == nil {
			continue
		}
		base, err := urlkey.NewBase(page.in.URL)
		if err != nil {
			continue
		}
		for _, n := range page.doc.Find(`link[rel~=alternate][type="application/rss+xml"], link[rel~=alternate][type="application/atom+xml"]`).Nodes {
			if u, err := base.Resolve(attribute(n, "href")); err == nil {
				line("      # - feed: {urls: [%s]}   # its pages name this feed", strconv.Quote(u.Href))
				return
			}
		}
	}
}

// archive is the template of articles that are numbered, and the highest number
// seen; "" when the pattern holds more than one number or anything else that varies.
func (p *proposal) archive() (template string, last int) {
	match := p.matcher()
	before, after, ok := strings.Cut(p.pattern, `\d+`)
	if match == nil || !ok || strings.ContainsAny(before+after, `\[(*+?`) {
		return "", 0
	}
	scheme, rest, _ := strings.Cut(p.host.Href, "://")
	host, _, _ := strings.Cut(rest, "/")
	before = scheme + "://" + host + before
	for _, page := range []*initPage{p.listing, p.article} {
		if page == nil {
			continue
		}
		for _, l := range page.got.Links {
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
		return "", 0
	}
	return before + "{id}" + after, last
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func (p *proposal) yamlArticle(line func(string, ...any)) {
	key := false // article: is written before the first key in it
	active := func(format string, args ...any) {
		if !key {
			key = true
			line("    article:")
		}
		line(format, args...)
	}
	if match := p.matcher(); match != nil {
		active("      match: %s   # %s", quoteYAML(p.pattern), p.matched(match))
	} else {
		line("    # article.match: no shape of URL was found that articles share; links are taken from the headline lists")
	}
	if p.article == nil {
		return
	}
	rules := p.article.got.Rules
	if p.article.got.Article == nil {
		line("      # on %s no article was found: give selectors for title, body and date_published", p.article.in.URL)
		return
	}
	if sel, layout := p.article.dateSelector(); sel != "" && layout != "" {
		active("      date_published: {select: %s, layouts: [%s]}   # no date is declared on the page", strconv.Quote(sel), strconv.Quote(layout))
	} else if sel != "" {
		active("      date_published: %s   # no date is declared on the page", strconv.Quote(sel))
	} else if rules["date_published"] == "" {
		line("      # date_published: no date was found: give its selector")
	} else {
		line("      # date_published: %s, by the rule %q", p.article.got.Article.DatePublished, rules["date_published"])
	}
	line("      # title: %s, by the rule %q", quoteYAML(short(p.article.got.Article.Title, 60)), rules["title"])
	if sel := p.article.bodySelector(); sel != "" {
		line("      # body: %s   # gives the text that the automatic rule finds, for less work", strconv.Quote(sel))
	}
}

// matched counts the links that the pattern takes.
func (p *proposal) matched(match *regexp.Regexp) string {
	page := p.listing
	if page == nil {
		page = p.article
	}
	n := 0
	for _, l := range page.got.Links {
		if match.MatchString(l.URL) {
			n++
		}
	}
	return fmt.Sprintf("%d of %d links on %s", n, len(page.got.Links), page.in.URL)
}

// unnamed are the names of lists that have none of their own.
var unnamed = regexp.MustCompile(`^(?:list-\d+|headlines)$`)

func (p *proposal) yamlBlocks(line func(string, ...any)) {
	type place struct {
		page *initPage
		on   string
	}
	head := false
	used := map[string]bool{}
	for _, at := range []place{{p.article, "article"}, {p.listing, "listing"}} {
		if at.page == nil {
			continue
		}
		b, ok := at.page.block()
		if !ok {
			continue
		}
		if unnamed.MatchString(b.name) {
			b.name = map[string]string{"article": "sidebar", "listing": "listing"}[at.on]
		}
		if used[b.name] {
			b.name += "-" + at.on
		}
		used[b.name] = true
		if !head {
			head = true
			line("    headlines:   # only these blocks are written; without any, every list that is found is")
		}
		date := ""
		switch {
		case b.date != "" && b.layout != "":
			date = fmt.Sprintf(", date: {select: %s, layouts: [%s]}", strconv.Quote(b.date), strconv.Quote(b.layout))
		case b.date != "":
			date = ", date: " + strconv.Quote(b.date)
		}
		line("      - {block: %s, on: [%s], item: %s%s, follow: %t}   # %d entries", b.name, at.on, strconv.Quote(b.item), date, at.on == "article" && p.matcher() != nil, b.entries)
	}
}

// quoteYAML is s as a single-quoted scalar: patterns are read as they stand.
func quoteYAML(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
