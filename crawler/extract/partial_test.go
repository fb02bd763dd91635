package extract

import (
	"fmt"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// sentences are n paragraphs of about 190 bytes.
func sentences(word string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<p>%s number %d of the harbour was told at length by those who had been there, who had seen it, and who had lived to tell it, one evening after the other, until nobody in town could listen any more.</p>", word, i)
	}
	return b.String()
}

// TestPartialText compares what pages show with a text of two paragraphs.
func TestPartialText(t *testing.T) {
	text, box := sentences("Story", 2), func(attr string, n int) string { return "<div " + attr + ">" + sentences("Part", n) + "</div>" }
	for _, tt := range []struct {
		name, body string
		want       bool
	}{
		{"the text alone", text, false},
		{"the rest of it beside", sentences("Story", 8), true},
		{"the rest of it in a box", text + box(`class="related"`, 6), true},
		{"the rest of it in a form", text + "<form>" + sentences("Part", 6) + "</form>", true},
		{"the rest of it in parts", text + box("", 3) + `<section>` + sentences("End", 3) + `</section>`, true},
		{"as much again", text + box("", 3), false},
		{"lines", text + "<div>" + strings.ReplaceAll(strings.ReplaceAll(sentences("Part", 6), "<p>", ""), "</p>", "<br>") + "</div>", true},
		{"two paragraphs in a box", text + box("", 2), false},
		{"teasers, each in a box", text + strings.Repeat(`<div><div>`+sentences("Teaser", 1)+`</div></div>`, 9), false},
		{"teasers that are links", text + "<div>" + strings.ReplaceAll(strings.ReplaceAll(sentences("Teaser", 9), "<p>", `<p><a href="/x">`), "</p>", "</a></p>") + "</div>", false},
		{"comments of readers", text + box(`class="comments"`, 9), false},
		{"a request for consent", text + box(`id="cookie-layer"`, 9), false},
		{"a long footer", text + "<footer>" + sentences("Part", 9) + "</footer>", false},
		{"one box repeated", text + strings.Repeat(box("", 2), 3), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tree, err := dom.Parse([]byte(`<html><body><main>` + tt.body + `</main></body></html>`))
			if err != nil {
				t.Fatal(err)
			}
			p := &page{tree: tree, rules: &noRules, result: &Result{}}
			body := []dom.Paragraph{{Text: strings.Repeat("x", 190)}, {Text: strings.Repeat("y", 190)}}
			if got := p.partial(body); got != tt.want {
				t.Errorf("partial %v, want %v: the page shows %d bytes", got, tt.want, p.shownText())
			}
		})
	}
}

// The bounds: twice the text, and 500 bytes more.
func TestPartialTextBounds(t *testing.T) {
	tree, err := dom.Parse([]byte(`<html><body>` + sentences("Story", 6) + `</body></html>`))
	if err != nil {
		t.Fatal(err)
	}
	p := &page{tree: tree, rules: &noRules, result: &Result{}}
	shown := p.shownText()
	for size, want := range map[int]bool{0: true, shown / 2: true, shown/2 + 1: false} {
		if got := p.partial([]dom.Paragraph{{Text: strings.Repeat("x", size)}}); got != want {
			t.Errorf("%d of %d bytes: partial %v, want %v", size, shown, got, want)
		}
	}
	short, err := dom.Parse([]byte(`<html><body>` + strings.Repeat("<p>"+strings.Repeat("Ships came. ", 13)+"</p>", 1) +
		`<p>` + strings.Repeat("Boats came. ", 13) + `</p><p>` + strings.Repeat("Trams came. ", 13) + `</p></body></html>`))
	if err != nil {
		t.Fatal(err)
	}
	p = &page{tree: short, rules: &noRules, result: &Result{}}
	if p.partial(nil) || p.shownText() == 0 {
		t.Errorf("a page that shows %d bytes counts as cut", p.shownText())
	}
}

// A site's own selectors say what the text is.
func TestTextBySelectorsIsWhole(t *testing.T) {
	r := &Rules{}
	s, err := ParseSelector(".lead")
	if err != nil {
		t.Fatal(err)
	}
	r.Article.Body.Select = []Selector{s}
	got, err := Extract(Page{URL: "https://news.example/harbour", Body: []byte(
		`<h1>Harbour tales</h1><p class="lead">It is all told here.</p>` + sentences("Story", 9))}, r)
	if err != nil || got.Article == nil || got.Article.Partial {
		t.Errorf("%v, %+v, want an article that is whole", err, got.Article)
	}
}
