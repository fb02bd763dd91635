package config

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/archive"
	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/jsonlist"
)

// Archive enumerates URLs by a template; only backfill uses it.
type Archive struct {
	URL              string // with {page}, {id} or {date:LAYOUT}
	By               string // page | id | date
	From, To         string // numbers, or days such as 2006-01-02; To "" = open end (for date: today)
	Step             string // a number from 1, or day | month | year for date
	Order            string // asc | desc
	StopAfterMissing int    // consecutive missing pages; 0 = never
	Links            []extract.Selector
	JSON             *jsonlist.Rules // without Next; nil: the pages are HTML
}

// placeholder matches the part of an archive's url that counts.
var placeholder = regexp.MustCompile(`\{(page|id|date:[^}]*|date)\}`)

func readArchive(n *Node, s *Site) Spec {
	a := &Archive{Order: "asc"}
	var block, url *Node
	by := func(name string) func(*Node) {
		return func(v *Node) {
			if block != nil {
				v.Fail("archive counts by %s already: keep one of page, id and date", a.By)
				return
			}
			a.By, block = name, v
		}
	}
	ok := n.Read("archive", Keys{
		"url":   func(v *Node) { url = v },
		"links": func(v *Node) { a.Links = v.Selectors() },
		"json":  func(v *Node) { a.JSON = v.json() },
		"page":  by("page"),
		"id":    by("id"),
		"date":  by("date"),
	})
	switch {
	case !ok || n.odd:
	case url == nil:
		n.Fail("archive needs url, with {page}, {id} or {date:2006/01/02} in it")
	case block == nil:
		if a.URL = url.Text(); a.URL != "" {
			n.Fail("archive needs page, id or date, the range that its url counts through: %s", rangeOf(a.URL))
		}
	default:
		if layouts, ok := url.template(a); ok {
			block.archiveRange(a, layouts)
		}
		n.archivePages(a, s.Match)
	}
	return a
}

// rangeOf returns how to write the range of an archive's url.
func rangeOf(url string) string {
	switch m := placeholder.FindStringSubmatch(url); {
	case m != nil && m[1] == "id":
		return "write id: {from: 1, to: 500}"
	case m != nil && m[1] == "page":
		return "write page: {from: 1}"
	case m != nil:
		return "write date: {from: 2019-05-31}"
	case strings.Contains(url, "{"):
		return "in url, write {page}, {id} or {date:2006/01/02}, and beside it page, id or date: {from: …}"
	}
	return "for the number in url write {page}, and beside it page: {from: 1}"
}

// archivePages checks how the archive's pages are read.
func (n *Node) archivePages(a *Archive, match *regexp.Regexp) {
	n.selectsInHTML(a.JSON)
	if a.JSON != nil && a.JSON.Next.Source != "" {
		n.Get("json").Get("next").Fail("an archive counts its pages: remove next")
	}
	switch {
	case a.By == "id" && len(a.Links) == 0 && a.JSON == nil || !a.matches(match):
	case a.IsListing(match):
		n.Get("url").Warn("article.match matches the archive's pages too: narrow the pattern to articles")
	default:
		n.Get("url").Warn("article.match matches the archive's URLs: add links if they are not articles")
	}
}

// Template returns what the archive counts through.
func (a *Archive) Template() archive.Template {
	return archive.Template{URL: a.URL, By: a.By, From: a.From, To: a.To, Step: a.Step, Order: a.Order}
}

// IsListing reports whether the archive's URLs list articles. With links or json
// they do. Otherwise they are articles if the archive counts by id, or if
// article.match, which may be nil, matches the first of them.
func (a *Archive) IsListing(match *regexp.Regexp) bool {
	if len(a.Links) > 0 || a.JSON != nil {
		return true
	}
	return a.By != "id" && !a.matches(match)
}

// matches reports whether article.match matches the archive's first URL.
func (a *Archive) matches(match *regexp.Regexp) bool {
	t := a.Template()
	t.To, t.Order = "", "asc"
	s, err := archive.New(t, samples[0])
	if err != nil || match == nil {
		return false
	}
	url, ok := s.At(0)
	return ok && match.MatchString(url)
}

// sample returns the template with a number in place of each placeholder.
func (a *Archive) sample() string { return placeholder.ReplaceAllString(a.URL, "1") }

// template reads an archive's url and returns the layouts of its {date:LAYOUT}.
func (n *Node) template(a *Archive) (layouts []string, ok bool) {
	if a.URL = n.Text(); a.URL == "" {
		return nil, false
	}
	found := placeholder.FindAllStringSubmatch(a.URL, -1)
	for _, f := range found {
		by, layout, dated := strings.Cut(f[1], ":")
		if by != a.By {
			n.Fail("url has %s, but the archive counts by %s", clip(f[0]), a.By)
			return nil, false
		}
		if by == "date" && (!dated || layout == "") {
			n.Fail("{date} needs a layout: write {date:2006/01/02} in the form of the site's dates")
			return nil, false
		}
		if strings.Contains(layout, "%") {
			n.Fail("{date:%s} uses %% codes: write the day 2 January 2006 as the site would, such as {date:2006/01/02}",
				clip(layout))
			return nil, false
		}
		layouts = append(layouts, layout)
	}
	if n.strayBrace(a.sample()) {
		return nil, false
	}
	if len(found) == 0 {
		want := map[string]string{"page": "{page}", "id": "{id}", "date": "{date:2006/01/02}"}[a.By]
		n.Fail("url %q has no %s, so every page of the archive would be the same", clip(a.URL), want)
		return nil, false
	}
	if n.with(a.sample()).URL() == "" {
		return layouts, true
	}
	if u, err := url.Parse(a.URL); err != nil || placeholder.MatchString(u.Host) {
		n.Fail("the host of an archive must not contain a placeholder")
	}
	return layouts, true
}

// strayBrace reports a brace that belongs to no known placeholder.
func (n *Node) strayBrace(sample string) bool {
	i := strings.IndexAny(sample, "{}")
	if i < 0 {
		return false
	}
	word := strings.Trim(sample[i:], "{}")
	word, _, _ = strings.Cut(word, "}")
	word, _, _ = strings.Cut(word, ":")
	n.Fail("unknown placeholder {%s} in url%s", clip(word), didYouMean(word, []string{"page", "id", "date"}))
	return true
}

// archiveRange reads from, to, step, order and stop_after_missing.
func (n *Node) archiveRange(a *Archive, layouts []string) {
	before := len(n.r.errs)
	bound := func(v *Node) string { return strconv.Itoa(v.Count(0)) }
	step := func(v *Node) string { return strconv.Itoa(v.Count(1)) }
	if a.By == "date" {
		bound = (*Node).Day
		step = func(v *Node) string { return Choice(v, "day", "month", "year") }
	}
	ok := n.Read(a.By, Keys{
		"from":               func(v *Node) { a.From = bound(v) },
		"to":                 func(v *Node) { a.To = bound(v) },
		"step":               func(v *Node) { a.Step = step(v) },
		"order":              func(v *Node) { a.Order = Choice(v, "asc", "desc") },
		"stop_after_missing": func(v *Node) { a.StopAfterMissing = v.Count(0) },
	})
	if !ok || len(n.r.errs) > before {
		return
	}
	if a.By == "date" {
		n.checkDates(a, layouts)
		return
	}
	if a.By == "page" && a.To == "" && n.Get("stop_after_missing") == nil {
		a.StopAfterMissing = 1
	}
	n.checkNumbers(a)
}

func (n *Node) checkNumbers(a *Archive) {
	if a.From == "" {
		a.From = "1"
	}
	if a.Step == "" {
		a.Step = "1"
	}
	from, _ := strconv.Atoi(a.From)
	to, _ := strconv.Atoi(a.To)
	switch {
	case a.To == "" && a.Order == "desc":
		n.Fail("a descending archive needs to, the number that it starts from")
	case a.To == "" && a.StopAfterMissing == 0:
		n.Fail("the archive has no end: set to or stop_after_missing")
	case a.To != "" && from > to:
		n.Fail("from %d is beyond to %d: for newest first set order: desc", from, to)
	}
}

func (n *Node) checkDates(a *Archive, layouts []string) {
	smallest, err := finest(layouts)
	switch {
	case err != nil:
		n.Fail("%v", err)
	case a.From == "":
		n.Fail("a date archive needs from, its first day")
	case a.To != "" && a.From > a.To:
		n.Fail("from %s is after to %s: for newest first set order: desc", a.From, a.To)
	case a.Step == "":
		a.Step = smallest
	case rank[a.Step] < rank[smallest]:
		n.Fail("step %s would fetch each page many times: the dates in url change by %s", a.Step, smallest)
	}
}

var rank = map[string]int{"day": 0, "month": 1, "year": 2}

// SiteHosts implements Spec.
func (a *Archive) SiteHosts() []string { return append(Origins(a.sample()), jsonHosts(a.JSON)...) }

// Print implements Spec.
func (a *Archive) Print() Mapping {
	value := func(s string) any { // numbers as numbers, days and steps as text
		if v, err := strconv.Atoi(s); err == nil {
			return v
		}
		return s
	}
	span := Mapping{{"from", value(a.From)}}
	if a.To != "" {
		span = append(span, Entry{"to", value(a.To)})
	}
	span = append(span,
		Entry{"step", value(a.Step)},
		Entry{"order", a.Order},
		Entry{"stop_after_missing", a.StopAfterMissing})
	block := Mapping{{"url", a.URL}, {a.By, span}}
	return appendJSON(appendSelectors(block, "links", a.Links), a.JSON)
}

// Day reads a day such as 2019-05-31.
func (n *Node) Day() string {
	s := n.Text()
	if s == "" {
		return ""
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		n.Fail("%q is not a day: write it as 2019-05-31", clip(s))
	}
	return s
}

// date reads a day as midnight UTC, zero when it is wrong.
func (n *Node) date() time.Time {
	t, _ := time.Parse(time.DateOnly, n.Day()) // reported by Day
	return t
}
