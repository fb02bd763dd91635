package extract

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// Scripts, styles and comments are read on demand: whoever is given the nodes of a page
// finds all of its texts there.
func TestWholePageForThoseWhoReadItsNodes(t *testing.T) {
	long := strings.Repeat("var tide = 'high'; ", 20)
	body := []byte("<h1>Harbour</h1><style>" + long + "</style><script>" + long + "</script><!--" + long + "-->")
	var styles, scripts, comments string
	in := Page{URL: "https://news.example/1", Body: body, Look: func(doc func() *html.Node, _ *Result) {
		for n := range doc().Descendants() {
			if n.Type == html.CommentNode {
				comments = n.Data
			}
		}
	}}
	rules := &Rules{Own: func(doc *goquery.Document, _ Page, _ *Result) error {
		styles, scripts = doc.Find("style").Text(), doc.Find("script").Text()
		return nil
	}}
	if _, err := Extract(in, rules); err != nil {
		t.Fatal(err)
	}
	if styles != long || scripts != long || comments != long {
		t.Errorf("style %q, script %q, comment %q, want %q", styles, scripts, comments, long)
	}
	comments = ""
	if _, err := Extract(in, nil); err != nil || comments != long {
		t.Errorf("comment %q, want %q: %v", comments, long, err)
	}
}

func TestSelectorsOfTextSeeScripts(t *testing.T) {
	long := strings.Repeat("var tide = 'high'; ", 20)
	body := []byte("<p title=a>Low tide is at noon.</p><p title=b><script>" + long + "</script></p>")
	for _, css := range []string{"p:contains(var)@title", "p:matches(high)@title", "p:has(script:contains(high))@title"} {
		r := &Rules{Article: ArticleRules{Title: Field{Select: []Selector{mustParse(t, css)}},
			Body: Field{Select: []Selector{mustParse(t, "p")}}}}
		got, err := Extract(Page{URL: "https://news.example/1", Body: body}, r)
		if err != nil || got.Article == nil || got.Article.Title != "b" {
			t.Errorf("%s: %+v, %v, want the title b", css, got.Article, err)
		}
	}
}

func mustParse(t *testing.T, css string) Selector {
	t.Helper()
	s, err := ParseSelector(css)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
