package config

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/config/remedy"
	"github.com/newsonce/newsonce/crawler/extract"
)

// article reads the article block: match, the fields' rules and the variants.
func (n *Node) article(s *Site) {
	known := fieldKeys(&s.Rules.Article)
	maps.Copy(known, Keys{
		"match":    func(v *Node) { s.Match = v.Pattern() },
		"variants": func(v *Node) { s.Rules.Variants = v.variants() },
	})
	n.Read("article", known)
}

// articleField is one field of an article that selectors fill.
type articleField struct {
	key  string
	rule *extract.Field
	use  layoutUse
}

// articleFields returns the fields of a in the order of print.
func articleFields(a *extract.ArticleRules) []articleField {
	return []articleField{
		{"title", &a.Title, noLayouts},
		{"summary", &a.Summary, noLayouts},
		{"body", &a.Body, noLayouts},
		{"date_published", &a.DatePublished, layoutsBeside},
		{"date_modified", &a.DateModified, layoutsBeside},
		{"authors", &a.Authors, noLayouts},
		{"publisher", &a.Publisher, noLayouts},
		{"section", &a.Section, noLayouts},
		{"tags", &a.Tags, noLayouts},
		{"language", &a.Language, noLayouts},
		{"image", &a.Image, noLayouts},
	}
}

// fieldKeys returns the keys that read the fields of a.
func fieldKeys(a *extract.ArticleRules) Keys {
	known := Keys{}
	for _, f := range articleFields(a) {
		known[f.key] = func(v *Node) { *f.rule = v.field(f.use) }
	}
	return known
}

// layoutUse says how a field uses layouts.
type layoutUse uint8

const (
	noLayouts     layoutUse = iota // not at all: it is not a date
	layoutsBeside                  // for the date that select finds
	layoutsAlone                   // also without select: for dates found beside each entry
)

// Selectors reads one selector or a list that is tried in order.
func (n *Node) Selectors() []extract.Selector {
	var selectors []extract.Selector
	for _, item := range n.Texts() {
		if sel, err := extract.ParseSelector(item.text); err != nil {
			item.Fail("%v: %s", err, remedy.Selector(item.text))
		} else {
			selectors = append(selectors, sel)
		}
	}
	return selectors
}

// field reads a selector, a list of them, or {select, remove, layouts}.
func (n *Node) field(use layoutUse) extract.Field {
	if n.form != mapping {
		return extract.Field{Select: n.Selectors()}
	}
	var f extract.Field
	known := Keys{
		"select": func(v *Node) { f.Select = v.Selectors() },
		"remove": func(v *Node) { f.Remove = v.elements("remove") },
		"layouts": func(v *Node) {
			for _, item := range v.Texts() {
				if err := checkLayout(item.text); err != nil {
					item.Fail("%v", err)
				}
				f.Layouts = append(f.Layouts, item.text)
			}
		},
	}
	if use == noLayouts {
		known["layouts"] = func(v *Node) { v.Fail("layouts are for dates, which this field does not contain: remove them") }
	}
	n.Read("a field", known)
	if use != layoutsAlone || n.Get("layouts") == nil || n.Get("remove") != nil {
		n.Require("select", "a field needs select: the selector of its value")
	}
	return f
}

// elements reads selectors of elements, without an @attribute.
func (n *Node) elements(what string) []extract.Selector {
	selectors := n.Selectors()
	for _, s := range selectors {
		if s.Attr != "" {
			n.Fail("%s selects elements: selector %q must not read an attribute", what, clip(s.Source))
		}
	}
	return selectors
}

func (n *Node) variants() []extract.Variant {
	var variants []extract.Variant
	for _, item := range n.entries("variants") {
		var v extract.Variant
		known := fieldKeys(&v.Article)
		known["valid_until"] = func(n *Node) {
			v.ValidUntil = n.date()
			if slices.ContainsFunc(variants, func(o extract.Variant) bool { return o.ValidUntil.Equal(v.ValidUntil) }) {
				n.Fail("two variants are valid until the same day")
			}
		}
		if !item.Read("a variant", known) {
			continue
		}
		item.Require("valid_until", "a variant needs valid_until, the last day on which its rules apply")
		if item.Get("valid_until") != nil && len(item.fields) == 1 {
			item.Fail("the variant changes nothing: add at least one field to valid_until")
		}
		variants = append(variants, v)
	}
	slices.SortStableFunc(variants, func(a, b extract.Variant) int { return a.ValidUntil.Compare(b.ValidUntil) })
	return variants
}

// headlines reads the headline blocks. "none", and a list without any, switches
// headlines off.
func (n *Node) headlines(s *Site) {
	if n.form == text && n.text == "none" || n.form == list && len(n.items) == 0 {
		s.NoHeadlines = true
		return
	}
	for _, item := range n.entries("headlines") {
		b, ok := item.block()
		if !ok {
			continue
		}
		if b.Name != "" && slices.ContainsFunc(s.Rules.Blocks, func(o extract.Block) bool { return o.Name == b.Name }) {
			item.Fail("headline block %q is defined twice", b.Name)
		}
		if b.Follow && s.Match == nil {
			item.Warn("follow queues every link of block %q to the site's hosts: set article.match", b.Name)
		}
		s.Rules.Blocks = append(s.Rules.Blocks, b)
	}
}

func (n *Node) block() (extract.Block, bool) {
	b := extract.Block{OnArticle: true, OnListing: true}
	if n.form == null || !n.Read("a headline block", Keys{
		"block":  func(v *Node) { b.Name = v.name("block name") },
		"on":     func(v *Node) { b.OnArticle, b.OnListing = v.pages() },
		"item":   func(v *Node) { b.Item = v.elements("item") },
		"title":  func(v *Node) { b.Title = v.field(noLayouts) },
		"url":    func(v *Node) { b.URL = v.field(noLayouts) },
		"date":   func(v *Node) { b.Date = v.field(layoutsAlone) },
		"follow": func(v *Node) { b.Follow = v.Flag() },
	}) {
		if n.form == null {
			n.Fail("the headline block is empty: add block and item")
		}
		return b, false
	}
	n.Require("block", "a headline block needs block, its name in the items")
	n.Require("item", "a headline block needs item, the selector of one entry")
	return b, true
}

// pages reads on, the kinds of page with the block.
func (n *Node) pages() (article, listing bool) {
	for _, item := range n.Texts() {
		switch Choice(item, "article", "listing") {
		case "article":
			article = true
		case "listing":
			listing = true
		}
	}
	return article, listing
}

// expectable lists the fields of an article that expect may name.
var expectable = []string{"title", "summary", "content_text", "date_published", "date_modified",
	"authors", "publisher", "section", "tags", "language", "image"}

// expect reads the expectations of a healthy site.
func (n *Node) expect(s *Site) {
	if n.form != mapping && n.form != null {
		n.Fail("expect must be a mapping such as {article.content_text: 0.95}, not %s", n.describe())
		return
	}
	for _, f := range n.fields {
		e := Expectation{Key: f.key.text, Max: -1}
		group, name, _ := strings.Cut(e.Key, ".")
		switch group {
		case "article":
			e.Article = name
			f.key.expectField(name)
			e.Share = f.value.share()
		case "headlines":
			e.Block = name
			f.key.expectBlock(name, s)
			e.Min, e.Max = f.value.bounds()
		case NewKey:
			e.Min, e.Per = f.value.frequency()
			if name != "" || e.Key != NewKey {
				f.key.Fail("unknown expectation %q, did you mean %q?", clip(e.Key), NewKey)
			}
		default:
			f.key.unknownExpectation()
		}
		s.Expect = append(s.Expect, e)
	}
}

func (key *Node) unknownExpectation() {
	if slices.Contains(expectable, key.text) {
		key.Fail("unknown expectation %q: write article.%s", key.text, key.text)
		return
	}
	if near := Nearest(key.text, append(prefixed("article.", expectable), NewKey)); near != "" {
		key.Fail("unknown expectation %q, did you mean %q?", clip(key.text), near)
		return
	}
	key.Fail("unknown expectation %q: write article.FIELD, headlines.BLOCK or %s", clip(key.text), NewKey)
}

func (key *Node) expectField(name string) {
	if slices.Contains(expectable, name) {
		return
	}
	if name == "body" || name == "text" { // the names of selectors, not of fields
		key.Fail(`no article field %q, did you mean "article.content_text"?`, name)
		return
	}
	key.Fail("no article field %q%s", clip(name), didYouMean(key.text, prefixed("article.", expectable)))
}

func (key *Node) expectBlock(name string, s *Site) {
	if s.NoHeadlines {
		key.Fail("headlines is none, so that %s is never seen: remove one of them", clip(key.text))
		return
	}
	var blocks []string
	for _, b := range s.Rules.Blocks {
		blocks = append(blocks, b.Name)
	}
	if slices.Contains(blocks, name) || slices.Contains(blocks, "") { // "": a block with an invalid name
		return
	}
	if len(blocks) == 0 {
		key.Fail("no headline block %q: the site defines none under headlines", clip(name))
		return
	}
	key.Fail("no headline block %q%s", clip(name), didYouMean(key.text, prefixed("headlines.", blocks)))
}

func prefixed(prefix string, names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = prefix + name
	}
	return out
}

var (
	atLeast = regexp.MustCompile(`^>= ?([0-9]{1,6})$`)
	atMost  = regexp.MustCompile(`^<= ?([0-9]{1,6})$`)
	between = regexp.MustCompile(`^([0-9]{1,6}) ?\.\. ?([0-9]{1,6})$`)
	often   = regexp.MustCompile(`^>= ?([0-9]{1,6}) ?/ ?([^ ]+)$`)
)

// maxNew bounds the number that an expectation of something new may ask for, since as
// many times are remembered.
const maxNew = 1000

// frequency reads ">=1/7d": at least 1 in any 7 days.
func (n *Node) frequency() (least int, per time.Duration) {
	m := often.FindStringSubmatch(n.text)
	if n.form != text || m == nil {
		n.Fail("want a number and a time in quotes such as %q, got %s", ">=1/7d", n.describe())
		return 0, 0
	}
	least, _ = strconv.Atoi(m[1])
	if least < 1 || least > maxNew {
		n.Fail("%q must ask for 1 to %d", clip(n.text), maxNew)
	}
	per, err := ParseDuration(m[2])
	switch {
	case err != nil:
		n.Fail("%v", err)
	case per == 0:
		n.Fail("the time of %q must be longer than 0", clip(n.text))
	}
	return least, per
}

// bounds reads ">=5", "<=40" or "5..40"; a most of -1 means no bound.
func (n *Node) bounds() (least, most int) {
	if n.form == number {
		n.Fail("write the bound as a text in quotes: %q, \"<=40\" or \"5..40\"", ">="+clip(n.text))
		return 0, -1
	}
	s := n.str()
	if m := atLeast.FindStringSubmatch(s); m != nil {
		least, _ = strconv.Atoi(m[1])
		return least, -1
	}
	if m := atMost.FindStringSubmatch(s); m != nil {
		most, _ = strconv.Atoi(m[1])
		return 0, most
	}
	m := between.FindStringSubmatch(s)
	if m == nil {
		if n.form == text {
			n.Fail("bound %q is not understood: write \">=5\", \"<=40\" or \"5..40\"", clip(s))
		}
		return 0, -1
	}
	least, _ = strconv.Atoi(m[1])
	most, _ = strconv.Atoi(m[2])
	if least > most {
		n.Fail("bound %q has its numbers in the wrong order", s)
	}
	return least, most
}
