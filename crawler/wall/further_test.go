package wall

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestFurther(t *testing.T) {
	const article = "https://news.example/sea/timber-quay.html"
	for _, c := range []struct {
		name, article, body string
		current             Part // zero: the first page
		want                string
		of                  int
	}{
		{"rel=next in the head", "https://news.example/news/1", `<link rel="next" href="https://news.example/news/1?page=2"><p>Page 1 of 2 <a href="?page=2">Next</a>`, Part{}, "https://news.example/news/1?page=2", 2},
		{"rel=next on a link", article, `<a rel="nofollow next" href="/sea/timber-quay-2.html">Next</a>`, Part{}, "https://news.example/sea/timber-quay-2.html", 0},
		{"numbers", article, `<p><b>1</b> <a href="?page=2">2</a> <a href="?page=3">3</a>`, Part{}, "https://news.example/sea/timber-quay.html?page=2", 3},
		{"numbers in the path", "https://news.example/sea/timber-quay/", `<a href="/sea/timber-quay/2/"> 2 </a><a href="/sea/timber-quay/3/">3</a>`, Part{}, "https://news.example/sea/timber-quay/2/", 3},
		{"page in the path", "https://news.example/sea/timber-quay", `<a href="/sea/timber-quay/page/2"><span>2</span></a>`, Part{}, "https://news.example/sea/timber-quay/page/2", 2},
		{"German", "https://news.example/a/holzkai", `<a rel="next" href="/a/holzkai/seite-2">Weiter</a> Seite 1 von 4`, Part{}, "https://news.example/a/holzkai/seite-2", 4},
		{"Russian", "https://news.example/a/kai", `<span>Страница 1 из 3</span><a rel=next href="?page=2">Далее</a>`, Part{}, "https://news.example/a/kai?page=2", 3},
		{"Japanese", "https://news.example/a/kai", `<span>1/3ページ</span><a rel=next href="?page=2">次へ</a>`, Part{}, "https://news.example/a/kai?page=2", 3},
		{"query kept", "https://news.example/a?id=7", `<a href="/a?id=7&amp;p=2">2</a>`, Part{}, "https://news.example/a?id=7&p=2", 2},
		{"page=1 given", "https://news.example/a?page=1", `<a href="/a?page=2">2</a>`, Part{}, "https://news.example/a?page=2", 2},
		{"from the second to the third", article, `<a href="timber-quay.html">1</a> 2 <a href="timber-quay,3.html">3</a>`,
			Part{URL: "https://news.example/sea/timber-quay,2.html", Number: 2}, "https://news.example/sea/timber-quay,3.html", 3},
		{"fragment dropped", article, `<a rel=next href="?page=2#top">Next</a>`, Part{}, article + "?page=2", 0},

		{"last page", article, `<a rel=next href="?page=3">Next</a> Page 2 of 2 <a href="?page=2">2</a>`, Part{URL: article + "?page=2", Number: 2}, "", 0},
		{"next article", article, `<a rel=next href="/sea/night-heron.html">Next story</a>`, Part{}, "", 0},
		{"next article by number", "https://news.example/news/1", `<a rel=next href="/news/2">Next</a>`, Part{}, "", 0},
		{"an article whose name goes on", article, `<a rel=next href="/sea/timber-quay-reopens.html">Next</a>`, Part{}, "", 0},
		{"pages of the section", article, `<a href="/sea/?page=2">2</a><a href="/sea/?page=3">3</a>`, Part{}, "", 0},
		{"pages of comments", article, `<div id="comments"><a rel=next href="?page=2">2</a></div>`, Part{}, "", 0},
		{"comment pages by name", article, `<a rel=next href="?cpage=2">2</a>`, Part{}, "", 0},
		{"counted from 0", article, `<a rel=next href="?page=1">2</a>`, Part{}, "", 0},
		{"page skipped", article, `<a href="?page=3">3</a>`, Part{}, "", 0},
		{"another parameter too", article, `<a rel=next href="?page=2&amp;sort=new">2</a>`, Part{}, "", 0},
		{"a link without a label", article, `<a href="?page=2">Print</a>`, Part{}, "", 0},
		{"another host", article, `<a rel=next href="https://other.example/sea/timber-quay.html?page=2">2</a>`, Part{}, "", 0},
		{"front page", "https://news.example/", `<a rel=next href="/?page=2">2</a>`, Part{}, "", 0},
		{"numbered posts", "https://news.example/?p=1", `<a rel=next href="/?p=2">2</a>`, Part{}, "", 0},
		{"rel=prev", article, `<a rel=prev href="?page=2">Newer</a>`, Part{}, "", 0},
		{"no links", article, `<p>Page 1 of 2`, Part{}, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := html.Parse(strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if c.current == (Part{}) {
				c.current = Part{URL: c.article, Number: 1}
			}
			got, ok := Further(doc, c.article, c.current)
			want := Part{}
			if c.want != "" {
				want = Part{URL: c.want, Number: c.current.Number + 1, Of: c.of}
			}
			if got != want || ok != (c.want != "") {
				t.Errorf("Further = %+v, %v; want %+v", got, ok, want)
			}
		})
	}
}
