package config

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/extract"
)

// article reads the article block: match, the fields' rules and the variants.
func (r *reader) article(n *node, s *Site) {
	known := r.articleFields(&s.Rules.Article)
	maps.Copy(known, keys{
		"match":    func(v *node) { s.Match = r.pattern(v) },
		"variants": func(v *node) { s.Rules.Variants = r.variants(v) },
	})
	r.read(n, "article", known)
}

// articleFields are the fields that selectors may fill, each with its reader.
func (r *reader) articleFields(a *extract.ArticleRules) keys {
	plain := func(f *extract.Field) func(*node) { return func(n *node) { *f = r.field(n, noLayouts) } }
	dated := func(f *extract.Field) func(*node) { return func(n *node) { *f = r.field(n, layoutsBeside) } }
	return keys{
		"title":          plain(&a.Title),
		"summary":        plain(&a.Summary),
		"body":           plain(&a.Body),
		"date_published": dated(&a.DatePublished),
		"date_modified":  dated(&a.DateModified),
		"authors":        plain(&a.Authors),
		"publisher":      plain(&a.Publisher),
		"section":        plain(&a.Section),
		"tags":           plain(&a.Tags),
		"language":       plain(&a.Language),
		"image":          plain(&a.Image),
	}
}

// layoutUse says what layouts are good for in a field.
type layoutUse uint8

const (
	noLayouts     layoutUse = iota // no date
	layoutsBeside                  // a date that select finds
	layoutsAlone                   // without select too: the dates found beside each entry
)

// field reads a selector, a list of them, or {select, remove, layouts}.
func (r *reader) field(n *node, use layoutUse) extract.Field {
	if n.kind != mapping {
		return extract.Field{Select: r.selectors(n)}
	}
	var f extract.Field
	known := keys{
		"select": func(v *node) { f.Select = r.selectors(v) },
		"remove": func(v *node) { f.Remove = r.elements(v, "remove") },
		"layouts": func(v *node) {
			for _, item := range r.strs(v) {
				if err := checkLayout(item.text); err != nil {
					r.fail(item, "%v", err)
				}
				f.Layouts = append(f.Layouts, item.text)
			}
		},
	}
	if use == noLayouts {
		known["layouts"] = func(v *node) { r.fail(v, "layouts are for dates: this field holds none") }
	}
	r.read(n, "a field", known)
	if use != layoutsAlone || n.get("layouts") == nil || n.get("remove") != nil {
		r.needs(n, "select", "a field needs select beside its other keys")
	}
	return f
}

// elements reads selectors of elements, which have no @attribute.
func (r *reader) elements(n *node, what string) []extract.Selector {
	selectors := r.selectors(n)
	for _, s := range selectors {
		if s.Attr != "" {
			r.fail(n, "%s takes elements: selector %q must not read an attribute", what, clip(s.Source))
		}
	}
	return selectors
}

func (r *reader) variants(n *node) []extract.Variant {
	var variants []extract.Variant
	for _, item := range r.entries(n, "variants") {
		var v extract.Variant
		known := r.articleFields(&v.Article)
		known["valid_until"] = func(n *node) {
			v.ValidUntil, _ = time.Parse(time.DateOnly, r.day(n))
			if slices.ContainsFunc(variants, func(o extract.Variant) bool { return o.ValidUntil.Equal(v.ValidUntil) }) {
				r.fail(n, "two variants are valid until the same day")
			}
		}
		if !r.read(item, "a variant", known) {
			continue
		}
		r.needs(item, "valid_until", "a variant needs valid_until: the last day that its rules hold for")
		if item.get("valid_until") != nil && len(item.fields) == 1 {
			r.fail(item, "the variant changes nothing: give at least one field beside valid_until")
		}
		variants = append(variants, v)
	}
	slices.SortStableFunc(variants, func(a, b extract.Variant) int { return a.ValidUntil.Compare(b.ValidUntil) })
	return variants
}

// headlines reads the headline blocks.
func (r *reader) headlines(n *node, s *Site) {
	for _, item := range r.entries(n, "headlines") {
		b, ok := r.block(item)
		if !ok {
			continue
		}
		if b.Name != "" && slices.ContainsFunc(s.Rules.Blocks, func(o extract.Block) bool { return o.Name == b.Name }) {
			r.fail(item, "headline block %q is given twice", b.Name)
		}
		if b.Follow && s.Match == nil {
			r.warn(item, "follow without article.match queues every link of block %q on the site's hosts", b.Name)
		}
		s.Rules.Blocks = append(s.Rules.Blocks, b)
	}
}

func (r *reader) block(n *node) (extract.Block, bool) {
	b := extract.Block{OnArticle: true, OnListing: true}
	if n.kind == null || !r.read(n, "a headline block", keys{
		"block":  func(v *node) { b.Name = r.name(v, "block name") },
		"on":     func(v *node) { b.OnArticle, b.OnListing = r.pages(v) },
		"item":   func(v *node) { b.Item = r.elements(v, "item") },
		"title":  func(v *node) { b.Title = r.field(v, noLayouts) },
		"url":    func(v *node) { b.URL = r.field(v, noLayouts) },
		"date":   func(v *node) { b.Date = r.field(v, layoutsAlone) },
		"follow": func(v *node) { b.Follow = r.flag(v) },
	}) {
		if n.kind == null {
			r.fail(n, "a headline block is empty: give block and item")
		}
		return b, false
	}
	r.needs(n, "block", "a headline block needs block: its name in the items")
	r.needs(n, "item", "a headline block needs item: the selector of one entry")
	return b, true
}

// pages reads on: the kinds of page that a block is looked for on.
func (r *reader) pages(n *node) (article, listing bool) {
	for _, item := range r.strs(n) {
		switch choice(r, item, "article", "listing") {
		case "article":
			article = true
		case "listing":
			listing = true
		}
	}
	return article, listing
}

// expectable are the fields of an article that a page may fail to give, as
// items name them.
var expectable = []string{"title", "summary", "content_text", "date_published", "date_modified",
	"authors", "publisher", "section", "tags", "language", "image"}

// expect reads what a healthy site gives.
func (r *reader) expect(n *node, s *Site) {
	if n.kind != mapping && n.kind != null {
		r.fail(n, "expect must be a mapping such as {article.content_text: 0.95}, not %s", n.describe())
		return
	}
	for _, f := range n.fields {
		e := Expectation{Key: f.key.text, Max: -1}
		group, name, _ := strings.Cut(e.Key, ".")
		switch group {
		case "article":
			e.Article = name
			r.expectField(f.key, name)
			e.Share = r.share(f.value)
		case "headlines":
			e.Block = name
			r.expectBlock(f.key, name, s)
			e.Min, e.Max = r.bounds(f.value)
		default:
			r.fail(f.key, "unknown expectation %q: write article.FIELD or headlines.BLOCK", clip(e.Key))
		}
		s.Expect = append(s.Expect, e)
	}
}

func (r *reader) expectField(key *node, name string) {
	if slices.Contains(expectable, name) {
		return
	}
	if name == "body" || name == "text" { // the selector's name, not the item's
		r.fail(key, `no article field %q, did you mean "article.content_text"?`, name)
		return
	}
	r.fail(key, "no article field %q%s", clip(name), didYouMean(key.text, prefixed("article.", expectable)))
}

func (r *reader) expectBlock(key *node, name string, s *Site) {
	var blocks []string
	for _, b := range s.Rules.Blocks {
		blocks = append(blocks, b.Name)
	}
	if slices.Contains(blocks, name) || slices.Contains(blocks, "") { // "": a block whose name is wrong
		return
	}
	if len(blocks) == 0 {
		r.fail(key, "no headline block %q: this site has none under headlines", clip(name))
		return
	}
	r.fail(key, "no headline block %q%s", clip(name), didYouMean(key.text, prefixed("headlines.", blocks)))
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
)

// bounds reads ">=5", "<=40" or "5..40"; a most of -1 is none.
func (r *reader) bounds(n *node) (least, most int) {
	if n.kind == number {
		r.fail(n, "write a bound in quotes: %q, \"<=40\" or \"5..40\"", ">="+clip(n.text))
		return 0, -1
	}
	s := r.str(n)
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
		if n.kind == text {
			r.fail(n, "bound %q is not understood: write \">=5\", \"<=40\" or \"5..40\"", clip(s))
		}
		return 0, -1
	}
	least, _ = strconv.Atoi(m[1])
	most, _ = strconv.Atoi(m[2])
	if least > most {
		r.fail(n, "bound %q ends before it begins", s)
	}
	return least, most
}
