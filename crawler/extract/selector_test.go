package extract

import (
	"slices"
	"testing"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// TestSelectorMatchesAsCascadia wants that narrowing a selector by its last
// compound never changes what it matches.
func TestSelectorMatchesAsCascadia(t *testing.T) {
	page := benchPage()
	tr, err := dom.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	matched := 0
	for _, s := range []string{
		"p", ".date", "#none", "div.sidebar li", ".sidebar > ul > li a", "h3 + ul li:first-child", "a[href*='/en/article/']", `a[href^="https://ads"]`,
		"div:has(h1)", "div:not(.page)", "li:nth-child(2n)", "*", ".card.card-3 > h4", "h1, .date, a.menu-link", "i ~ span", "div > *", "[data-id]",
		"a:contains('Headline number 3')", "p:last-of-type b", "li.menu-item:not(.menu-item-1) a", "span:matches('views$')", "html", "body",
	} {
		want, err := cascadia.ParseGroup(s)
		if err != nil {
			t.Fatal(err)
		}
		var expect []int32
		for i, n := range tr.Nodes {
			if n.Type == html.ElementNode && want.Match(n) {
				expect = append(expect, int32(i))
			}
		}
		matcher := sel(t, s)[0]
		selection := tr.Document.FindMatcher(matcher)
		got := indices(tr, selection.Nodes)
		if !slices.Equal(got, expect) {
			t.Errorf("%s: %d elements, want %d", s, len(got), len(expect))
		}
		m := &treeMatcher{Selector: matcher, tree: tr}
		if nodes := tr.Document.FindMatcher(m).Nodes; !slices.Equal(m.found, expect) || !slices.Equal(indices(tr, nodes), expect) {
			t.Errorf("%s: %d elements of the flat list, want %d", s, len(m.found), len(expect))
		}
		if kept := tr.Document.Find("*").FilterMatcher(matcher); kept.Length() != len(expect) {
			t.Errorf("%s: Filter keeps %d elements, want %d", s, kept.Length(), len(expect))
		}
		matched += len(got)
	}
	if matched < 1000 {
		t.Errorf("only %d matches in all", matched)
	}
}

func TestParseSelector(t *testing.T) {
	for _, c := range []struct {
		in, attr string
		fails    bool
	}{
		{"h1", "", false},
		{"a@href", "href", false},
		{" .x a @HREF", "href", false},
		{"@href", "href", false},
		{"a[href='mailto:x@y']", "", false},
		{"meta[name=a]@content", "content", false},
		{"", "", true},
		{"a@", "", true},
		{"div[", "", true},
		{"p:nth-child(", "", true},
		{"..x", "", true},
	} {
		s, err := ParseSelector(c.in)
		if (err != nil) != c.fails || s.Attr != c.attr {
			t.Errorf("ParseSelector(%q) = attr %q, %v; want attr %q, an error: %v", c.in, s.Attr, err, c.attr, c.fails)
		}
	}
}

// indices returns the indices of nodes.
func indices(t *dom.Tree, nodes []*html.Node) []int32 {
	var out []int32
	for _, n := range nodes {
		out = append(out, int32(slices.Index(t.Nodes, n)))
	}
	return out
}
