package config

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/archive"
)

// placeholder is what an archive's url counts through.
var placeholder = regexp.MustCompile(`\{(page|id|date:[^}]*|date)\}`)

func (r *reader) archive(n *node, s *Site, hosts *hostSet) *Archive {
	a := &Archive{Order: "asc"}
	var block, url *node
	by := func(name string) func(*node) {
		return func(v *node) {
			if block != nil {
				r.fail(v, "archive goes by %s already; keep one of page, id, date", a.By)
				return
			}
			a.By, block = name, v
		}
	}
	ok := r.read(n, "archive", keys{
		"url":   func(v *node) { url = v },
		"links": func(v *node) { a.Links = r.selectors(v) },
		"json":  func(v *node) { a.JSON = r.json(v, hosts) },
		"page":  by("page"),
		"id":    by("id"),
		"date":  by("date"),
	})
	switch {
	case !ok || n.odd:
	case url == nil:
		r.fail(n, "archive needs url, with {page}, {id} or {date:2006/01/02} in it")
	case block == nil:
		if a.URL = r.filled(url); a.URL != "" {
			r.fail(n, "archive needs one of page, id, date: what its url counts through")
		}
	default:
		if layouts, ok := r.template(url, a, hosts); ok {
			r.span(block, a, layouts)
		}
		r.archivePages(n, a, s.Match)
	}
	return a
}

// archivePages checks what is said about the archive's pages.
func (r *reader) archivePages(n *node, a *Archive, match *regexp.Regexp) {
	r.selectsInHTML(n, a.JSON)
	if a.JSON != nil && a.JSON.Next.Source != "" {
		r.fail(n.get("json").get("next"), "an archive counts its pages, and needs no next")
	}
	switch {
	case a.By == "id" && len(a.Links) == 0 && a.JSON == nil || !a.matches(match):
	case a.IsListing(match):
		r.warn(n.get("url"), "the pages of the archive match article.match themselves; narrow the pattern to articles")
	default:
		r.warn(n.get("url"), "the URLs of the archive match article.match, and are taken for articles; give links if they list articles")
	}
}

// Template is what the archive counts through.
func (a *Archive) Template() archive.Template {
	return archive.Template{URL: a.URL, By: a.By, From: a.From, To: a.To, Step: a.Step, Order: a.Order}
}

// IsListing reports whether the archive's URLs are lists of articles rather
// than articles. With links or json they are. Without, they are articles where
// the archive goes by id, or where article.match, which is nil when it is not
// given, matches them; else lists, read by the automatic rules.
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

// template reads an archive's url and gives the layouts of its {date:…}.
func (r *reader) template(n *node, a *Archive, hosts *hostSet) (layouts []string, ok bool) {
	if a.URL = r.filled(n); a.URL == "" {
		return nil, false
	}
	found := placeholder.FindAllStringSubmatch(a.URL, -1)
	for _, f := range found {
		kind, layout, dated := strings.Cut(f[1], ":")
		if kind != a.By {
			r.fail(n, "url holds %s, but the archive goes by %s", clip(f[0]), a.By)
			return nil, false
		}
		if kind == "date" && (!dated || layout == "") {
			r.fail(n, "{date} needs a layout: write {date:2006/01/02} as the site writes its dates")
			return nil, false
		}
		layouts = append(layouts, layout)
	}
	bare := placeholder.ReplaceAllString(a.URL, "1")
	if i := strings.IndexAny(bare, "{}"); i >= 0 {
		word := strings.Trim(bare[i:], "{}")
		word, _, _ = strings.Cut(word, "}")
		word, _, _ = strings.Cut(word, ":")
		r.fail(n, "unknown placeholder {%s} in url%s", clip(word), didYouMean(word, []string{"page", "id", "date"}))
		return nil, false
	}
	if len(found) == 0 {
		want := map[string]string{"page": "{page}", "id": "{id}", "date": "{date:2006/01/02}"}[a.By]
		r.fail(n, "url holds no %s: every page of the archive would be the same", want)
		return nil, false
	}
	_, host := r.address(&node{line: n.line, col: n.col, kind: text, text: bare})
	hosts.add(host)
	if u, err := url.Parse(a.URL); host != "" && (err != nil || placeholder.MatchString(u.Host)) {
		r.fail(n, "the host of an archive must not hold a placeholder")
	}
	return layouts, true
}

// span reads from, to, step, order and stop_after_missing.
func (r *reader) span(n *node, a *Archive, layouts []string) {
	before := len(r.errs)
	fill := func(s *string) func(*node) {
		return func(v *node) {
			if a.By == "date" {
				*s = r.day(v)
			} else {
				*s = strconv.Itoa(r.count(v, 0))
			}
		}
	}
	ok := r.read(n, a.By, keys{
		"from":               fill(&a.From),
		"to":                 fill(&a.To),
		"step":               func(v *node) { a.Step = r.step(v, a.By) },
		"order":              func(v *node) { a.Order = choice(r, v, "asc", "desc") },
		"stop_after_missing": func(v *node) { a.StopAfterMissing = r.count(v, 0) },
	})
	if !ok || len(r.errs) > before {
		return
	}
	if a.By == "date" {
		r.dates(n, a, layouts)
		return
	}
	if a.By == "page" && a.To == "" && n.get("stop_after_missing") == nil {
		a.StopAfterMissing = 1
	}
	r.numbers(n, a)
}

func (r *reader) step(n *node, by string) string {
	if by == "date" {
		return choice(r, n, "day", "month", "year")
	}
	return strconv.Itoa(r.count(n, 1))
}

func (r *reader) day(n *node) string {
	s := r.filled(n)
	if s == "" {
		return ""
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		r.fail(n, "day %q must be written as 2019-05-31", clip(s))
	}
	return s
}

func (r *reader) numbers(n *node, a *Archive) {
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
		r.fail(n, "a descending archive needs to: where it begins")
	case a.To == "" && a.StopAfterMissing == 0:
		r.fail(n, "the archive has no end: give to or stop_after_missing")
	case a.To != "" && from > to:
		r.fail(n, "from %d is beyond to %d; for newest first use order: desc", from, to)
	}
}

func (r *reader) dates(n *node, a *Archive, layouts []string) {
	smallest, err := finest(layouts)
	switch {
	case err != nil:
		r.fail(n, "%v", err)
	case a.From == "":
		r.fail(n, "a date archive needs from: the first day")
	case a.To != "" && a.From > a.To:
		r.fail(n, "from %s is after to %s; for newest first use order: desc", a.From, a.To)
	case a.Step == "":
		a.Step = smallest
	case rank[a.Step] < rank[smallest]:
		r.fail(n, "step %s asks each page many times: the dates of url go by %s", a.Step, smallest)
	}
}

var rank = map[string]int{"day": 0, "month": 1, "year": 2}
