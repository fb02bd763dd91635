package crawler

import (
	"encoding/hex"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe"
	"github.com/newsonce/newsonce/dedupe/urlkey"
	"github.com/zeebo/xxh3"
)

// lines are the items of one page that may be written, before the verdicts.
type lines struct {
	article   *item.Article
	headlines []item.Headline
}

// pageOf is a fetched page as extraction takes it.
func (s *site) pageOf(resp *fetch.Response, at time.Time, kind extract.Kind) extract.Page {
	return extract.Page{URL: resp.URL, Body: resp.Body, FetchedAt: at, Zone: s.Timezone, Language: s.Language, Kind: kind}
}

// newArticle is the line of an article, without what only the state knows, the
// fingerprint of its text and, where likeness is looked for, its sketch.
func (s *site) newArticle(x *extract.Article, url string) (*item.Article, dedupe.Fingerprint, *dedupe.Sketch) {
	a, sum, sketch := articleItem(x, s.Near.Threshold > 0)
	a.Site, a.URL = s.Name, url
	if a.Language == "" {
		a.Language = s.Language
	}
	return a, sum, sketch
}

// articleItem is what a page states of itself, as an item, the fingerprint of
// its text and, if it is wanted, the sketch.
func articleItem(x *extract.Article, sketched bool) (a *item.Article, sum dedupe.Fingerprint, sketch *dedupe.Sketch) {
	a = &item.Article{
		Type: item.TypeArticle, Title: x.Title, Summary: x.Summary, ContentText: strings.Join(x.Paragraphs, "\n\n"),
		DatePublished: x.DatePublished, DateModified: x.DateModified, DateRaw: x.DatePublished.Raw,
		Authors: x.Authors, Publisher: x.Publisher, Section: x.Section, Tags: x.Tags, Language: x.Language, Image: x.Image,
	}
	if sketched {
		sketch = new(dedupe.Sketch)
		sum, *sketch = dedupe.Read(a.Title, a.ContentText)
	} else {
		sum = dedupe.Sum(a.Title, a.ContentText)
	}
	a.ContentHash = hex.EncodeToString(sum.Hash[:])
	return a, sum, sketch
}

// stateText is what the state compares of an article.
func stateText(a *item.Article, sum dedupe.Fingerprint) *state.Text {
	fields := make([]string, 0, 3+len(a.Authors))
	fields = append(fields, a.Title, a.Summary, a.DatePublished.String())
	for _, author := range a.Authors {
		fields = append(fields, author.Name)
	}
	return &state.Text{Key: sum.Key(), Hash: sum.Hash, Words: sum.Words,
		Fields: xxh3.HashString(strings.Join(fields, "\x00")), Published: a.DatePublished.Time, Day: a.DatePublished.Precision == item.Day, Outline: outline(a, sum)}
}

// counterWords is how many words a line has at the most that may be a counter:
// "12 comments", "1,234 views", "Updated 10:42 GMT". A sentence is none, since its
// number is news.
const counterWords = 12

// maxCounter bounds such a line in bytes, so that others need no counting.
const maxCounter = 240

// outline is that of an article's text. Folding its paragraphs as dedupe does
// would cost three times as much, and only matter beside another change.
func outline(a *item.Article, sum dedupe.Fingerprint) state.Outline {
	var list []state.Paragraph
	for p := range strings.SplitSeq(a.ContentText, "\n\n") {
		list = append(list, state.Paragraph{Text: p, Counter: counter(p)})
	}
	return state.NewOutline(sum.Title, list)
}

// counter reports whether a paragraph is too short for one and no sentence.
func counter(p string) bool {
	return len(p) <= maxCounter && !strings.HasSuffix(strings.TrimRight(p, " \n\"'”’»)"), ".") &&
		!strings.ContainsAny(p, "!?…。！？؟।") && dedupe.CountWords(p) < counterWords
}

// headlines takes the headline lists of a page, a headline once, and queues
// the links that are to be followed.
func (res *result) headlines(s *site, got *extract.Result, pageURL string, links *links) {
	if len(got.Headlines) == 0 {
		return
	}
	seen := make(map[uint64]bool, len(got.Headlines))
	res.lines.headlines = make([]item.Headline, 0, len(got.Headlines))
	res.visit.Headlines = make([]state.Headline, 0, len(got.Headlines))
	for i := range got.Headlines {
		x := &got.Headlines[i]
		h, key, title := headlineItem(s.Name, x, pageURL)
		claim := state.Headline{Key: hash(key), Title: hash(title)}
		if seen[claim.Key] {
			continue
		}
		seen[claim.Key] = true
		if n := s.Limits.Links; n > 0 && len(res.lines.headlines) >= n {
			res.overLimit++
			continue
		}
		h.FirstSeen = item.At(res.visit.At)
		res.lines.headlines = append(res.lines.headlines, h)
		res.visit.Headlines = append(res.visit.Headlines, claim)
		if x.Follow && x.URL != "" {
			links.add(x.Target, "headline")
		}
	}
}

// headlineItem is the line of a headline, its key and its normalised title.
func headlineItem(site string, x *extract.Headline, pageURL string) (h item.Headline, key, title string) {
	h = item.Headline{Type: item.TypeHeadline, Site: site, URL: x.URL, Title: x.Title, DatePublished: x.Date, DateRaw: x.Date.Raw,
		Block: x.Block, Position: x.Position, FoundOn: pageURL}
	title = dedupe.TitleKey(x.Title)
	key = item.HeadlineKey(site, x.Target.Key, title, x.Date)
	h.ID = item.ID(item.TypeHeadline, key)
	return h, key, title
}

// HeadlineTo is the key in the state of the headline of a site that leads to a
// URL, 0 for what is no URL.
func HeadlineTo(site, url string) uint64 {
	u, err := urlkey.Parse(url)
	if err != nil {
		return 0
	}
	return hash(item.HeadlineKey(site, u.Key, "", item.Date{}))
}

// hash is the 64-bit key of s in the state, never 0.
func hash(s string) uint64 { return max(1, xxh3.HashString(s)) }

// links collects the article links of one page within the site's limits.
type links struct {
	site  *site
	page  string
	depth int
	most  int // links of one page, 0 = no limit
	seen  map[uint64]bool
	list  []state.Link
	over  int
}

func newLinks(s *site, page string, depth int) *links {
	return &links{site: s, page: page, depth: depth + 1, most: s.Limits.Links, seen: map[uint64]bool{}}
}

// add takes a link that lies on the site and matches article.match, once.
func (l *links) add(u urlkey.URL, source string) {
	s := l.site
	if !s.inScope(u.Host) || s.Match != nil && !s.Match.MatchString(u.Href) {
		return
	}
	key := u.Hash()
	if l.seen[key] {
		return
	}
	l.seen[key] = true
	if n := s.Limits; n.URLLength > 0 && len(u.Href) > n.URLLength || l.most > 0 && len(l.list) >= l.most || n.Depth > 0 && l.depth > n.Depth || trap(u.Href) {
		l.over++
		return
	}
	l.list = append(l.list, state.Link{URL: u.Href, Key: key, Origin: u.Origin(), Site: s.Name, Depth: l.depth, Source: source, Found: l.page})
}

// maxParameters is how many query parameters an article's URL may have; more
// are the facets of a search.
const maxParameters = 12

// trap reports whether a URL looks like one of an endless family: a path that
// repeats itself, as relative links on a wrong page make it, or a query of
// many facets.
func trap(href string) bool {
	path, query, _ := strings.Cut(href, "?")
	return strings.Count(query, "&") >= maxParameters || loops(strings.Split(path, "/")[3:])
}

// A path of more segments than maxSegments, or with one of them more than
// maxRepeats times, is taken for one that grows with every page.
const (
	maxSegments = 20
	maxRepeats  = 4
)

// loops reports whether two or three path segments stand three times in a row,
// or one four times: /11/11/11/ is a day in November 2011. Wherever it stands,
// a segment may come maxRepeats times.
func loops(segments []string) bool {
	if len(segments) > maxSegments {
		return true
	}
	for i, s := range segments {
		alike := 0
		for _, other := range segments[i:] {
			if other == s && s != "" {
				alike++
			}
		}
		if alike > maxRepeats {
			return true
		}
	}
	for n := 1; n <= 3; n++ {
		run := 0 // segments equal to the one n before
		for i := n; i < len(segments); i++ {
			if segments[i] == segments[i-n] && segments[i] != "" {
				run++
			} else {
				run = 0
			}
			if run == max(3, 2*n) {
				return true
			}
		}
	}
	return false
}
