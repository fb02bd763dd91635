package site

import (
	"encoding/hex"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Article is the item of an extracted article, without the fields that depend on the
// state, together with the fingerprints that the state compares.
type Article struct {
	Item   *item.Article
	Sum    dedupe.Fingerprint
	Sketch *dedupe.Sketch // to find near-duplicates; nil where the site does not look for them
}

// Article returns the item of an article extracted from the page at u.
func (s *Site) Article(x *extract.Article, u urlkey.URL) Article {
	a := Article{Item: &item.Article{
		Type: item.TypeArticle, Site: s.Name, URL: u.Href,
		Title: x.Title, Summary: x.Summary, ContentText: strings.Join(x.Paragraphs, "\n\n"),
		DatePublished: x.DatePublished, PublishedUTC: x.DatePublished.UTC(),
		DateModified: x.DateModified, DateRaw: x.DatePublished.Raw,
		Authors: x.Authors, Publisher: x.Publisher, Section: x.Section, Tags: x.Tags,
		Language: x.Language, Image: x.Image, TextPartial: x.Partial,
		Provenance: x.Provenance,
	}}
	if a.Item.Language == "" {
		a.Item.Language = s.Language
	}
	a.fingerprint(s.Near.Threshold > 0)
	return a
}

// SetText replaces the text of an article.
func (s *Site) SetText(a *Article, paragraphs []string) {
	a.Item.ContentText = strings.Join(paragraphs, "\n\n")
	a.fingerprint(s.Near.Threshold > 0)
}

// Known returns an article that was written, with its fingerprints; near says whether
// near-duplicates of it are looked for.
func Known(x *item.Article, near bool) Article {
	a := Article{Item: x}
	a.fingerprint(near)
	return a
}

// fingerprint computes the fingerprints of the text.
func (a *Article) fingerprint(near bool) {
	if near {
		a.Sketch = new(dedupe.Sketch)
		a.Sum, *a.Sketch = dedupe.Read(a.Item.Title, a.Item.ContentText)
	} else {
		a.Sum = dedupe.Sum(a.Item.Title, a.Item.ContentText)
	}
	a.Item.ContentHash = hex.EncodeToString(a.Sum.Hash[:])
}

// Text returns the parts of an article that the state compares.
func (a Article) Text() *state.Text {
	x := a.Item
	fields := make([]string, 0, 3+len(x.Authors))
	fields = append(fields, x.Title, x.Summary, x.DatePublished.String())
	for _, author := range x.Authors {
		fields = append(fields, author.Name)
	}
	return &state.Text{Key: a.Sum.Key(), Hash: a.Sum.Hash, Words: a.Sum.Words,
		Fields:    xxh3.HashString(strings.Join(fields, "\x00")),
		Published: x.DatePublished.Time, Day: x.DatePublished.Precision == item.Day, Outline: a.outline()}
}

// counterWords is the number of words from which a paragraph is not a counter, such as
// "12 comments", "1,234 views" or "Updated 10:42 GMT". Sentences are not counters, since
// their numbers are news.
const counterWords = 12

// maxCounter bounds a counter in bytes, so that words of longer paragraphs need no
// counting.
const maxCounter = 240

// outline returns the outline of the article's text. Folding its paragraphs as dedupe
// does would cost three times as much and only matter beside another change.
func (a Article) outline() state.Outline {
	var list []state.Paragraph
	for p := range strings.SplitSeq(a.Item.ContentText, "\n\n") {
		list = append(list, state.Paragraph{Text: p, Counter: counter(p)})
	}
	return state.NewOutline(a.Sum.Title, list)
}

// counter reports whether a paragraph is short enough for a counter and not a sentence.
func counter(p string) bool {
	return len(p) <= maxCounter && !strings.HasSuffix(strings.TrimRight(p, " \n\"'”’»)"), ".") &&
		!strings.ContainsAny(p, "!?…。！？؟।") && dedupe.CountWords(p) < counterWords
}

// Headlines holds the headlines of one page, each once: their items and, in the same
// order, their claims on the state.
type Headlines struct {
	Items  []item.Headline
	Claims []state.Headline
}

// Headlines returns the headlines of the page at pageURL, fetched at the given time, and
// the number that limits.links left out. It adds links to follow to links, which may be
// nil.
func (s *Site) Headlines(got *extract.Result, pageURL string, at time.Time, links *Links) (h Headlines, cut int) {
	if s.NoHeadlines || len(got.Headlines) == 0 {
		return h, 0
	}
	seen := make(map[uint64]bool, len(got.Headlines))
	h.Items = make([]item.Headline, 0, len(got.Headlines))
	h.Claims = make([]state.Headline, 0, len(got.Headlines))
	for i := range got.Headlines {
		x := &got.Headlines[i]
		line, claim := s.Headline(x, pageURL)
		if seen[claim.Key] {
			continue
		}
		seen[claim.Key] = true
		if n := s.Limits.Links; n > 0 && len(h.Items) >= n {
			cut++
			continue
		}
		line.FirstSeen = item.At(at)
		h.Items = append(h.Items, line)
		h.Claims = append(h.Claims, claim)
		if links != nil && x.Follow && x.URL != "" {
			links.Add(x.Target, "headline") // a headline of another site is not followed
			links.Title(x.Target, x.Title)
		}
	}
	return h, cut
}

// Headline returns the item of a headline that the page at pageURL lists, and its claim.
func (s *Site) Headline(x *extract.Headline, pageURL string) (item.Headline, state.Headline) {
	h := item.Headline{Type: item.TypeHeadline, Site: s.Name, URL: x.URL, Title: x.Title,
		DatePublished: x.Date, PublishedUTC: x.Date.UTC(), DateRaw: x.Date.Raw,
		Block: x.Block, Position: x.Position, FoundOn: pageURL}
	title := dedupe.TitleKey(x.Title)
	key := item.HeadlineKey(s.Name, x.Target.Key, title, x.Date)
	h.ID = item.ID(item.TypeHeadline, key)
	return h, state.Headline{Key: Hash(key), Title: Hash(title)}
}

// HeadlineTo returns the key in the state of a site's headline that links to a URL; 0 if
// the URL is invalid.
func HeadlineTo(site, url string) uint64 {
	u, err := urlkey.Parse(url)
	if err != nil {
		return 0
	}
	return Hash(item.HeadlineKey(site, u.Key, "", item.Date{}))
}

// Hash returns the 64-bit key of s in the state, never 0.
func Hash(s string) uint64 { return max(1, xxh3.HashString(s)) }

// ArticleLinks returns the article links of a listing page: those found by its
// selectors, else those that match article.match, else those of its headline lists.
func (s *Site) ArticleLinks(got *extract.Result, selected []extract.Selector) []urlkey.URL {
	if len(selected) == 0 && s.Match == nil {
		return got.Listed()
	}
	var urls []urlkey.URL
	for i := range got.Links {
		urls = append(urls, got.Links[i].Target)
	}
	return urls
}
