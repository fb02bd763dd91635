package demosite

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"sort"
	"strings"
	"sync"
)

// A page is rendered HTML, cut where content is inserted at each request: marks[i]
// names the content after part i. Nothing follows the last part.
type page struct {
	parts [][]byte
	marks []string
	size  int // bytes of the parts
}

// cut cuts html at @@clock@@, @@sidebar@@ and @@padding@@.
func cut(html []byte) page {
	var p page
	for i, part := range bytes.Split(html, []byte("@@")) {
		if i%2 == 1 {
			p.marks = append(p.marks, string(part))
			continue
		}
		p.parts = append(p.parts, part)
		p.size += len(part)
	}
	return p
}

// assemble appends the page to buf, with the clock, the sidebar, and padding up to
// size bytes.
func (p page) assemble(buf []byte, clock string, sidebar []byte, size int) []byte {
	for i, part := range p.parts {
		buf = append(buf, part...)
		if i == len(p.marks) {
			break
		}
		switch p.marks[i] {
		case "clock":
			buf = append(buf, clock...)
		case "sidebar":
			buf = append(buf, sidebar...)
		case "padding":
			rest := p.size + len(clock)
			if len(p.marks) == 3 {
				rest += len(sidebar)
			}
			buf = appendPadding(buf, size-rest)
		}
	}
	return buf
}

// entry is one item of a sidebar or a listing.
type entry struct {
	Href      string
	Title     string
	Shown     string
	Published string
}

// An articleView is the data of the "article" templates.
type articleView struct {
	*Article
	SiteTitle string
	ImageURL  string
	Shown     string
	Published string
	JSONLD    jsonLD
}

// A listingView is the data of the "listing" templates.
type listingView struct {
	SiteTitle string
	Entries   []entry
	Also      []entry // links to aliases of the articles
	First     bool    // the first page, which also links to pages that are no articles
	Next      string
}

// jsonLD is the declared data of the cards markup.
type jsonLD struct {
	Context     string       `json:"@context"`
	Type        string       `json:"@type"`
	Headline    string       `json:"headline"`
	Description string       `json:"description"`
	Published   string       `json:"datePublished"`
	Authors     []jsonPerson `json:"author"`
	Section     string       `json:"articleSection"`
	Keywords    []string     `json:"keywords"`
	Image       string       `json:"image"`
}

type jsonPerson struct {
	Type string `json:"@type"`
	Name string `json:"name"`
}

func (s *Site) renderArticle(a *Article) page {
	v := articleView{Article: a, SiteTitle: s.title, ImageURL: s.url(a.Image), Shown: a.Date.Raw,
		Published: a.Date.String()}
	v.JSONLD = jsonLD{
		Context: "https://schema.org", Type: "NewsArticle", Headline: a.Title, Description: a.Summary, Published: a.Date.String(),
		Section: a.Section, Keywords: a.Tags, Image: v.ImageURL,
	}
	for _, name := range a.Authors {
		v.JSONLD.Authors = append(v.JSONLD.Authors, jsonPerson{Type: "Person", Name: name})
	}
	return cut(s.execute("article", v))
}

func (s *Site) renderSidebar() []byte {
	var list []entry
	for _, a := range s.latest() {
		list = append(list, s.entry(a, "sidebar"))
	}
	return s.execute("sidebar", list)
}

// renderListing renders listing page n, from 1.
func (w *World) renderListing(s *Site, n int) page {
	list, more := w.listed(s, n)
	v := s.view(list)
	v.First = n == 1
	if more {
		v.Next = s.listingPath(n + 1)
	}
	return cut(s.execute("listing", v))
}

// view returns the data of a listing of articles.
func (s *Site) view(list []*Article) listingView {
	v := listingView{SiteTitle: s.title}
	for _, a := range list {
		v.Entries = append(v.Entries, s.entry(a, "listing"))
		for _, path := range []string{a.Redirect, a.View} {
			if path != "" {
				v.Also = append(v.Also, entry{Href: path, Title: a.Title})
			}
		}
	}
	return v
}

func (s *Site) execute(name string, data any) []byte {
	var b bytes.Buffer
	if err := s.markup.templates.ExecuteTemplate(&b, name, data); err != nil {
		panic(fmt.Sprintf("demosite: render %s of %s: %v", name, s.Name, err))
	}
	return b.Bytes()
}

// entry returns the item of a block that links to a. About half of the links carry
// tracking parameters or a fragment, differently in each block.
func (s *Site) entry(a *Article, block string) entry {
	return entry{Href: a.Path + decoration(a.Number, block), Title: a.Title, Shown: a.Date.Raw, Published: a.Date.String()}
}

func decoration(number int, block string) string {
	h := fnv.New32a()
	fmt.Fprintf(h, "%s %d", block, number)
	switch h.Sum32() >> 4 % 8 {
	case 0:
		return "?utm_source=" + block + "&utm_medium=web"
	case 1:
		return fmt.Sprintf("?fbclid=IwAR%d", h.Sum32())
	case 2:
		return "#comments"
	case 3:
		return "?utm_campaign=evening&gclid=" + block + "#top"
	}
	return ""
}

// listingPath returns the path of listing page n, from 1.
func (s *Site) listingPath(n int) string {
	if n == 1 {
		return "/en/"
	}
	return fmt.Sprintf(s.markup.nextPath, n)
}

// listingPage returns the number of the listing page at a path with its query, 0
// if there is none.
func (s *Site) listingPage(path string) int {
	if path == "/en/" {
		return 1
	}
	var n int
	if _, err := fmt.Sscanf(path, s.markup.nextPath, &n); err != nil || n < 1 ||
		fmt.Sprintf(s.markup.nextPath, n) != path {
		return 0
	}
	return n
}

// paddingUnits fill up pages with scripts, drawings and menus like those of real
// pages.
var paddingUnits = []string{
	`<script>window.site=window.site||[];window.site.push({"slot":"right","size":[300,250],"keys":["region","evening"],"lazy":true,"delay":250});</script>` + "\n",
	`<svg class="mark" width="24" height="24" viewBox="0 0 24 24"><path d="M12 2L2 7v10l10 5 10-5V7L12 2zm0 2.2l7.5 3.8L12 11.8 4.5 8 12 4.2z"/><circle cx="12" cy="12" r="3"/></svg>` + "\n",
	`<div class="strip" data-region="r7" data-slot="12"><div class="strip-inner"><span class="edge left"></span><span class="edge right"></span></div></div>` + "\n",
	`<nav class="menu"><a class="menu-link" href="/en/about/">About</a><a class="menu-link" href="/en/contact/">Contact</a><a class="menu-link" href="/en/">Home</a></nav>` + "\n",
	`<style>.strip .edge{display:inline-block;width:1px;background:#e4e4e4;margin:0 4px}.strip .edge.left{float:left}.strip .edge.right{float:right}</style>` + "\n",
}

// padding repeats paddingUnits, with the offsets at which units end.
var padding = sync.OnceValues(func() (text string, ends []int) {
	var b strings.Builder
	for i := 0; b.Len() < 256<<10; i++ {
		b.WriteString(paddingUnits[i%len(paddingUnits)])
		ends = append(ends, b.Len())
	}
	return b.String(), ends
})

// appendPadding appends n bytes: whole units, then a comment, or white space where
// a comment is too long.
func appendPadding(buf []byte, n int) []byte {
	const open, end = "<!--", "-->"
	text, ends := padding()
	for n >= len(open)+len(end) {
		units := sort.SearchInts(ends, n+1)
		if units == 0 {
			break
		}
		buf = append(buf, text[:ends[units-1]]...)
		n -= ends[units-1]
	}
	if n < len(open)+len(end) {
		return append(buf, "\n\n\n\n\n\n"[:max(n, 0)]...)
	}
	buf = append(buf, open...)
	for range n - len(open) - len(end) {
		buf = append(buf, '.')
	}
	return append(buf, end...)
}
