package parts

import (
	"testing"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

func TestFindNext(t *testing.T) {
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
		{"parameters in the path", "https://news.example/a/news-quay,nId,5222535", `<link rel="next" href="/a/news-quay,nId,5222535,nPack,2">`, Part{}, "https://news.example/a/news-quay,nId,5222535,nPack,2", 0},
		{"labelled with a word", article, `<a href="?page=2">Page 2</a>`, Part{}, article + "?page=2", 2},
		{"named by the count", article, `Page 1 of 2 <a class="pager" href="?page=2">Read on</a>`, Part{}, article + "?page=2", 2},
		{"a count of something else", article, `<p>Page 3 of 7 of the report</p><a rel=next href="?page=2">Next</a>`, Part{}, article + "?page=2", 0},
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
	} {
		t.Run(c.name, func(t *testing.T) {
			tree, err := dom.Parse([]byte(c.body))
			if err != nil {
				t.Fatal(err)
			}
			if c.current == (Part{}) {
				c.current = Part{URL: c.article, Number: 1}
			}
			want := Part{}
			if c.want != "" {
				want = Part{URL: c.want, Number: c.current.Number + 1, Of: c.of}
			}
			if got := Find(tree, c.article, c.current).Next; got != want {
				t.Errorf("next page %+v, want %+v", got, want)
			}
		})
	}
}

// A page that says that it is continued, but not where, is known to be a part.
func TestFindNamesNoURL(t *testing.T) {
	for _, body := range []string{
		`<p>Page 1 of 2 <span onclick="more()">Next</span>`,
		`<p>Seite 1/3</p>`,
		`<p>第1页/共4页 <a href="https://other.example/sea/quay?page=2">2</a>`,
	} {
		tree, err := dom.Parse([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		got := Find(tree, "https://news.example/sea/quay", Part{URL: "https://news.example/sea/quay", Number: 1}).Next
		if got.Number != 2 || got.URL != "" {
			t.Errorf("%s: next page %+v, want a second page without a URL", body, got)
		}
	}
}

func TestFindFirst(t *testing.T) {
	for _, c := range []struct{ name, url, body, want string }{
		{"rel=prev", "https://news.example/a/quay?page=2", `<link rel="prev" href="/a/quay">`, "https://news.example/a/quay"},
		{"labelled 1", "https://news.example/a/quay?page=3", `<a href="/a/quay">1</a> <a href="?page=2">2</a> 3`, "https://news.example/a/quay"},
		{"a word in the path", "https://news.example/a/quay/seite-2", `<a href="/a/quay">1</a> 2`, "https://news.example/a/quay"},
		{"another numbered article", "https://news.example/a/week-2", `<a rel="prev" href="/a/week">Last week</a>`, ""},
		{"a numbered name", "https://news.example/a/quay/2", `<a rel="prev" href="/a/quay">Back</a>`, ""},
		{"the article before", "https://news.example/a/quay?page=2", `<a rel="prev" href="/a/heron">Night heron</a>`, ""},
		{"comments", "https://news.example/a/quay?page=2", `<div class="comments"><a href="/a/quay">1</a></div>`, ""},
		{"no page number", "https://news.example/a/quay", `<a rel="prev" href="/a/quay">1</a>`, ""},
	} {
		tree, err := dom.Parse([]byte(c.body))
		if err != nil {
			t.Fatal(err)
		}
		if got := Find(tree, c.url, Part{URL: c.url, Number: 1}).First; got != c.want {
			t.Errorf("%s: first page %q, want %q", c.name, got, c.want)
		}
	}
}

func TestMayState(t *testing.T) {
	for text, want := range map[string]bool{
		"Page 2 of 5": true, "2/11": true, "02 / 05": true, "Page 1 of 5": false, "Page 2": false, "": false,
		"Page 2 of 105": false, "12 of 5": false, "2 of 5, 7 comments": false, "2024 of 5": false,
	} {
		if got := mayState(text, 2); got != want {
			t.Errorf("mayState(%q, 2) = %t, want %t", text, got, want)
		}
	}
}
