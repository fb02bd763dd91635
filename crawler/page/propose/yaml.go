package propose

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// YAML returns the proposal as an entry of sites in crawl.yaml, indented by two
// spaces. Comments say what is a guess and what the automatic rules do without
// a selector.
func (p *Proposal) YAML() string {
	w := new(writer)
	w.line("  - name: %s", p.Name)
	w.timezone(p)
	if len(p.Hosts) > 0 {
		w.line("    hosts: [%s]   # its articles are there as well", strings.Join(append([]string{p.host}, p.Hosts...), ", "))
	}
	if p.Language != "" {
		w.line("    language: %s   # of its pages", p.Language)
	}
	w.line("    sources:")
	w.listing(p)
	if p.Archive.URL != "" {
		w.line("      # - archive: {url: %s, id: {from: 1, to: %d, order: desc, stop_after_missing: 200}}   # for newsonce backfill", strconv.Quote(p.Archive.URL), p.Archive.Last)
	}
	w.sources(p)
	w.article(p)
	w.blocks(p.Blocks)
	w.expect(p.Expect)
	return w.String()
}

// writer collects lines of YAML.
type writer struct{ strings.Builder }

func (w *writer) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

func (w *writer) timezone(p *Proposal) {
	switch {
	case p.Timezone != "":
		w.line("    # timezone: %s   # %s; dates without a zone are written without one until this is set", p.Timezone, p.TimezoneReason)
	case p.TimezoneReason != "":
		w.line("    # timezone:   # %s", p.TimezoneReason)
	}
}

func (w *writer) listing(p *Proposal) {
	l := &p.Listing
	w.line("      - listing:")
	if l.Guess {
		w.line("          urls: [%s]   # a guess: enter the page that lists new articles", strconv.Quote(l.URL))
		w.line("          stop_after_known: 20")
		return
	}
	w.line("          urls: [%s]", strconv.Quote(l.URL))
	switch {
	case l.Next.URL == "":
		w.line("          # next: no link to a next page was found")
	case l.Next.Selector != "":
		w.line("          next: %s   # %s", strconv.Quote(l.Next.Selector), l.Next.URL)
	default:
		w.line("          next: auto   # by %s: %s", l.Next.Rule, l.Next.URL)
	}
	if l.Next.URL != "" {
		w.line("          max_pages: %d", maxPages(p.Expect.PerDay, len(p.Matched)))
	}
	w.line("          stop_after_known: 20   # a pass ends after this many links in a row that were known")
}

// sources writes the sources beside the listing, and a feed that nobody has tried as a
// comment.
func (w *writer) sources(p *Proposal) {
	for _, s := range p.More {
		mark := "- "
		if !s.Active {
			mark = "# - "
		}
		since := ""
		if s.Since != "" {
			since = ", since: " + s.Since
		}
		w.line("      %s%s: {urls: [%s]%s}   # %s", mark, s.Kind, strconv.Quote(s.URL), since, s.Reason)
	}
	if len(p.More) == 0 && len(p.Feeds) > 0 {
		w.line("      # - feed: {urls: [%s]}   # its pages name this feed", strconv.Quote(p.Feeds[0]))
	}
}

func (w *writer) article(p *Proposal) {
	key := false // article: is written before its first key
	active := func(format string, args ...any) {
		if !key {
			key = true
			w.line("    article:")
		}
		w.line(format, args...)
	}
	if p.Match != "" {
		active("      match: %s   # %d of %d links on %s", single(p.Match), len(p.Matched), len(p.Matched)+len(p.NotMatched), p.Links)
		if len(p.NotMatched) > 0 {
			w.line("      # not matched: %d links such as %s", len(p.NotMatched), strings.Join(p.NotMatched[:min(len(p.NotMatched), maxExamples)], " "))
		}
	} else {
		w.line("    # article.match: the URLs of articles have no shape in common; links are taken from the headline lists")
	}
	a := p.Article
	switch {
	case a == nil:
		return
	case a.Empty:
		w.line("      # no article was found on %s; enter selectors for title, body and date_published", a.URL)
		return
	case a.Date.Layout != "" && a.Date.Select != "":
		active("      date_published: {select: %s, layouts: [%s]}   # the page declares no date", strconv.Quote(a.Date.Select), strconv.Quote(a.Date.Layout))
	case a.Date.Select != "":
		active("      date_published: %s   # the page declares no date", strconv.Quote(a.Date.Select))
	case a.DateRule == "":
		w.line("      # date_published: no date was found; enter its selector")
	default:
		w.line("      # date_published: %s, by the rule %q", a.Published, a.DateRule)
	}
	w.line("      # title: %s, by the rule %q", single(short(a.Title)), a.TitleRule)
	if a.Body != "" {
		w.line("      # body: %s   # gives the same text as the automatic rules, with less work", strconv.Quote(a.Body))
	}
}

func (w *writer) blocks(list []Block) {
	if len(list) > 0 {
		w.line("    headlines:   # only these blocks are written; without any, every list found is")
	}
	for _, b := range list {
		date := ""
		switch {
		case b.Date.Select != "" && b.Date.Layout != "":
			date = fmt.Sprintf(", date: {select: %s, layouts: [%s]}", strconv.Quote(b.Date.Select), strconv.Quote(b.Date.Layout))
		case b.Date.Select != "":
			date = ", date: " + strconv.Quote(b.Date.Select)
		}
		w.line("      - {block: %s, on: [%s], item: %s%s, follow: %t}   # %d entries", b.Name, b.On, strconv.Quote(b.Item), date, b.Follow, b.Entries)
	}
}

// maxExamples is how many of the links that the pattern leaves out are printed.
const maxExamples = 3

// single returns s as a single-quoted scalar, in which a pattern needs no
// escapes.
func single(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// maxTitle bounds a title within a comment, in characters.
const maxTitle = 60

func short(title string) string {
	title = strings.Join(strings.Fields(title), " ")
	if utf8.RuneCountInString(title) <= maxTitle {
		return title
	}
	return string([]rune(title)[:maxTitle]) + "…"
}
