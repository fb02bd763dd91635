package demosite

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sort"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Check compares the lines of a complete crawl with the truth, field by field, and
// describes each difference. It accepts any of several equal texts as the one
// written first, and any place where a headline may have been seen first.
func (t Truth) Check(items io.Reader) []string {
	c := t.read(items)
	c.missing()
	return c.problems
}

// CheckPartial is Check for a crawl that was stopped: it ignores missing items.
func (t Truth) CheckPartial(items io.Reader) []string {
	return t.read(items).problems
}

// A checker collects the lines of one output.
type checker struct {
	truth    Truth
	problems []string
	at       string          // present line and item
	seen     map[string]bool // type, id and revision of every line
	writer   map[int]int     // text -> index of the article written for it
	ids      map[int]string  // text -> id of that line
	hashes   map[string]bool // content hashes
	refs     map[int]item.Reference
	heads    map[int]bool
}

func (t Truth) read(items io.Reader) *checker {
	c := &checker{
		truth: t, seen: map[string]bool{}, writer: map[int]int{}, ids: map[int]string{},
		hashes: map[string]bool{}, refs: map[int]item.Reference{}, heads: map[int]bool{},
	}
	r := bufio.NewReader(items)
	for n := 1; ; n++ {
		line, err := r.ReadBytes('\n')
		c.at = fmt.Sprintf("line %d", n)
		if len(line) > 0 {
			c.line(line)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			c.problem("cannot be read: %v", err)
			break
		}
	}
	c.references()
	return c
}

func (c *checker) problem(format string, args ...any) {
	c.problems = append(c.problems, c.at+": "+fmt.Sprintf(format, args...))
}

// line checks one line with its newline.
func (c *checker) line(line []byte) {
	if !bytes.HasSuffix(line, []byte("\n")) {
		c.problem("does not end in a newline")
	}
	var head struct {
		Type     item.Type
		ID       string
		Revision int
	}
	if err := json.Unmarshal(line, &head); err != nil {
		c.problem("is no JSON object: %v", err)
		return
	}
	revision := max(head.Revision, 1)
	identity := fmt.Sprintf("%s %s %d", head.Type, head.ID, revision)
	if c.seen[identity] {
		c.problem("%s %s, revision %d, was written before", head.Type, head.ID, revision)
		return
	}
	c.seen[identity] = true
	if revision != 1 {
		c.problem("%s %s: revision %d of an item that did not change", head.Type, head.ID, revision)
		return
	}
	switch head.Type {
	case item.TypeArticle:
		check(c, line, c.article)
	case item.TypeHeadline:
		check(c, line, c.headline)
	case item.TypeReference:
		check(c, line, c.reference)
	default:
		c.problem("unexpected type %q", head.Type)
	}
}

// check decodes a line strictly and passes it on.
func check[T any](c *checker, line []byte, then func(T)) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	var v T
	if err := d.Decode(&v); err != nil {
		c.problem("%T: %v", v, err)
		return
	}
	then(v)
}

// find looks up an id and names the item in later messages.
func (c *checker) find(ids map[string]int, kind item.Type, id, url string) (i int, found bool) {
	c.at = fmt.Sprintf("%s, %s %s", c.at, kind, url)
	if i, found = ids[id]; !found {
		c.problem("id %s belongs to no %s of the world", id, kind)
	}
	return i, found
}

func (c *checker) article(got item.Article) {
	i, found := c.find(c.truth.byArticle, item.TypeArticle, got.ID, got.URL)
	if !found {
		return
	}
	a, want := c.truth.articles[i], c.truth.article(i)
	if other, written := c.ids[a.Text]; written {
		c.problem("its text was written before, as %s", other)
	} else {
		c.writer[a.Text], c.ids[a.Text] = i, got.ID
	}
	if got.ContentHash != "" && c.hashes[got.ContentHash] {
		c.problem("content_hash %s stands on another article", got.ContentHash)
	}
	c.hashes[got.ContentHash] = true

	c.url(a, got.URL)
	if got.CanonicalURL != "" {
		c.key("canonical_url", got.CanonicalURL, c.truth.canonical[i])
	}
	c.equal("site", got.Site, want.Site)
	c.equal("title", got.Title, want.Title)
	c.equal("summary", got.Summary, want.Summary)
	c.equal("content_text", got.ContentText, want.ContentText)
	c.date(a, got.DatePublished, got.DateRaw)
	c.equal("date_modified", got.DateModified.String(), "")
	c.equal("authors", fmt.Sprint(got.Authors), fmt.Sprint(want.Authors))
	c.equal("publisher", got.Publisher, want.Publisher)
	c.equal("section", got.Section, want.Section)
	c.equal("tags", fmt.Sprint(got.Tags), fmt.Sprint(want.Tags))
	c.equal("language", got.Language, want.Language)
	c.equal("image", got.Image, want.Image)
	if got.ClusterID != "" {
		c.equal("cluster_id", got.ClusterID, got.ID)
	}
	c.equal("duplicate_of", got.DuplicateOf, "")
	c.equal("method", got.Method, "")
	c.equal("similarity", fmt.Sprint(got.Similarity), "0")
	c.equal("revises", fmt.Sprint(got.Revises), "0")
	if !slices.Contains(c.truth.Sources, got.Source) {
		c.problem("source is %q, want one of %q", got.Source, c.truth.Sources)
	}
	c.foundOn(a, got.FoundOn)
	c.provenance("fetched_at", got.FetchedAt, got.RunID)
}

func (c *checker) reference(got item.Reference) {
	i, found := c.find(c.truth.byRef, item.TypeReference, got.ID, got.URL)
	if !found {
		return
	}
	a := c.truth.articles[i]
	if _, written := c.refs[i]; written {
		c.problem("a reference for this article was written before under another of its URLs")
	}
	c.refs[i] = got
	c.url(a, got.URL)
	c.equal("site", got.Site, c.truth.sites[a.Site].name)
	c.equal("title", got.Title, a.Title)
	c.date(a, got.DatePublished, "")
	c.equal("method", got.Method, "exact")
	if got.Similarity != 0 {
		c.equal("similarity", fmt.Sprint(got.Similarity), "1")
	}
	c.provenance("fetched_at", got.FetchedAt, got.RunID)
}

func (c *checker) headline(got item.Headline) {
	i, found := c.find(c.truth.byHead, item.TypeHeadline, got.ID, got.URL)
	if !found {
		return
	}
	a := c.truth.articles[i]
	c.heads[i] = true
	c.key("url", got.URL, c.truth.canonical[i])
	c.equal("site", got.Site, c.truth.sites[a.Site].name)
	c.equal("title", got.Title, a.Title)
	c.date(a, got.DatePublished, got.DateRaw)
	c.provenance("first_seen", got.FirstSeen, got.RunID)
	if got.Block == "" {
		c.problem("block is missing")
	}
	if !c.truth.appeared(i, got) {
		c.problem("was never entry %d of block %q on %s", got.Position, got.Block, got.FoundOn)
	}
}

// appeared reports whether article i appeared at the place that the headline
// states. The block may have any name but that of the other kind of block. The
// position may include the link of a page to itself or not.
func (t Truth) appeared(i int, got item.Headline) bool {
	st := t.sites[t.articles[i].Site]
	u, err := urlkey.Parse(got.FoundOn)
	if err != nil {
		return false
	}
	p, found := st.pages[u.Key]
	if !found || p.kind == articlePage && got.Block == "listing" || p.kind != articlePage && got.Block == "sidebar" {
		return false
	}
	for _, n := range st.shapes {
		if before := n - 1 - st.order[i]; before >= 0 && st.stood(p, n, before, got.Position) {
			return true
		}
	}
	return false
}

// stood reports whether an article was at a position of a page when the site had n
// articles, given how many of them were newer.
func (st siteTruth) stood(p sitePage, n, before, position int) bool {
	switch p.kind {
	case listingPage:
		page, place := listingPlace(n, st.perPage, before)
		return page == p.listing && place == position
	case offsetPage:
		return before-p.offset+1 == position && position <= st.perPage
	case dayPage:
		later := sort.Search(n, func(k int) bool { return st.days[k].After(p.day) }) // up to that day
		own := n - 1 - before
		return st.days[own].Equal(p.day) && later-own == position
	}
	own := n - 1 - st.order[p.article]
	return before < sidebarLength && (position == before+1 || position == before && own >= 0 && own < before)
}

func (c *checker) equal(field, got, want string) {
	if got != want {
		c.problem("%s is %q, want %q", field, got, want)
	}
}

// key compares URLs by their keys, since links carry tracking parameters.
func (c *checker) key(field, rawURL, want string) {
	u, err := urlkey.Parse(rawURL)
	if err != nil {
		c.problem("%s: %v", field, err)
		return
	}
	if u.Key != want {
		c.problem("%s %s has the key %s, want %s", field, rawURL, u.Key, want)
	}
}

// url checks the URL of an article or reference: that of the article or an alias.
func (c *checker) url(a Article, got string) {
	st := c.truth.sites[a.Site]
	want := keyOf(a.URL)
	if a.View != "" {
		if u, err := urlkey.Parse(got); err == nil && u.Key == keyOf(st.url+a.View) {
			return
		}
	}
	c.key("url", got, want)
}

func (c *checker) date(a Article, got item.Date, raw string) {
	c.equal("date_published", got.String(), a.Date.String())
	if raw != "" && raw != a.Date.Raw && raw != a.Date.String() {
		c.problem("date_raw is %q, want %q or %q", raw, a.Date.Raw, a.Date.String())
	}
}

// foundOn checks that an article was found on a page of its site.
func (c *checker) foundOn(a Article, got string) {
	if got == "" && (slices.Contains(c.truth.Sources, "warc") || slices.Contains(c.truth.Sources, "urls")) {
		return // named in a file
	}
	u, err := urlkey.Parse(got)
	if err == nil && !slices.Equal(c.truth.Sources, []string{"listing", "headline"}) {
		return // sitemaps, feeds and lists have other URLs
	}
	if _, known := c.truth.sites[a.Site].pages[u.Key]; err != nil || !known {
		c.problem("found_on is %q, which is no page of %s", got, c.truth.sites[a.Site].name)
	}
}

func (c *checker) provenance(field string, when item.Instant, run string) {
	if when.IsZero() {
		c.problem("%s is missing", field)
	}
	if run == "" {
		c.problem("run_id is missing")
	}
}

// references checks where references point, once all lines are known.
func (c *checker) references() {
	for i, a := range c.truth.articles {
		ref, written := c.refs[i]
		if !written {
			continue
		}
		c.at = "reference " + ref.URL
		id, known := c.ids[a.Text]
		switch {
		case !known:
			c.problem("no article with its text was written")
		case c.writer[a.Text] == i:
			c.problem("the article itself was written")
		case ref.DuplicateOf != id:
			c.problem("duplicate_of is %q, want %q", ref.DuplicateOf, id)
		}
	}
}

// missing reports the items that a complete crawl would have written.
func (c *checker) missing() {
	lost := map[int]bool{}
	for i, a := range c.truth.articles {
		c.at = a.URL
		_, written := c.ids[a.Text]
		if !written && !lost[a.Text] {
			lost[a.Text] = true
			c.problem("no article with its text was written")
		}
		if _, referred := c.refs[i]; written && c.writer[a.Text] != i && !referred {
			c.problem("no reference was written")
		}
		if !c.heads[i] && !(c.truth.Beside && !c.truth.beside(i)) {
			c.problem("no headline was written")
		}
	}
}

// beside reports whether article i is in the sidebar of its site.
func (t Truth) beside(i int) bool {
	st := t.sites[t.articles[i].Site]
	return len(st.order)-1-st.order[i] < sidebarLength
}
