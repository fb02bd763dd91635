package list

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// finder returns a Finder for a listing at pageURL.
func finder(t *testing.T, pageURL, body string) *Finder {
	t.Helper()
	tree, err := dom.Parse([]byte("<html><body>" + body + "</body></html>"))
	if err != nil {
		t.Fatal(err)
	}
	return New(tree, dom.NewResolver(pageURL, tree), date.New(date.Options{URL: pageURL}), pageURL, true)
}

var headlines = []string{
	"Port reopens after the storm", "Ferry to the islands sails again", "Council votes on the new bridge",
	"School meals will be free from May", "Old harbour gets a new plan", "Farmers ask for help with the drought",
}

// stories returns six teasers whose URLs are made from a format.
func stories(format string) string {
	var b strings.Builder
	for k, h := range headlines {
		slug := strings.ReplaceAll(strings.ToLower(h), " ", "-")
		href := strings.NewReplacer("{slug}", slug, "{n}", fmt.Sprint(786001+k)).Replace(format)
		fmt.Fprintf(&b, `<div class="card"><h3><a href="%s">%s</a></h3></div>`, href, h)
	}
	return b.String()
}

func TestLinks(t *testing.T) {
	tests := []struct {
		name, body string
		yes, no    []string // paths
	}{
		{"a menu", stories("/a/{slug}") + `<nav><a href="/a/">News</a><a href="/terms-of-use-and-privacy">Terms of use and privacy</a></nav>`,
			[]string{"/a/port-reopens-after-the-storm"}, []string{"/a/", "/terms-of-use-and-privacy"}},
		{"a menu by its class", stories("/a/{slug}") + `<div class="top-menu"><a href="/world-news-and-views">World</a></div>`, nil, []string{"/world-news-and-views"}},
		{"the tags of a story are no menu", strings.ReplaceAll(stories("/a/{slug}"), `class="card"`, `class="card tags"`),
			[]string{"/a/port-reopens-after-the-storm"}, nil},
		{"a class for the whole page is no menu", `<div class="has-menu">` + stories("/a/{slug}") + `</div>`, []string{"/a/port-reopens-after-the-storm"}, nil},
		{"the header of the page", `<header><a href="/read-our-morning-letter">Read our morning letter</a></header>` + stories("/a/{slug}"), nil, []string{"/read-our-morning-letter"}},
		{"a short slug", stories("/a/{slug}") + `<div class="card"><h3><a href="/a/brexit">Brexit: what now for the ferry lines?</a></h3></div>`, []string{"/a/brexit"}, nil},
		{"running text", stories("/a/{slug}") + `<p>When the harbour was built, as we wrote in <a href="/a/an-older-story">an older story about it</a>, nobody thought of storms like this one.</p>`,
			nil, []string{"/a/an-older-story"}},
		{"one label for many pages", stories("/a/{slug}") + `<a href="/c/1">No comments here yet</a><a href="/c/2">No comments here yet</a><a href="/c/3">No comments here yet</a>`,
			nil, []string{"/c/1", "/c/2", "/c/3"}},
		{"a date as text", stories("/a/{slug}") + `<a href="/days/2023-07-13/">13 July 2023</a>`, nil, []string{"/days/2023-07-13/"}},
		{"months", stories("/2023/07/{slug}.html") + `<ul><li><a href="/2023/06/">News of June in the year 2023</a></li></ul>`, []string{"/2023/07/port-reopens-after-the-storm.html"}, []string{"/2023/06/"}},
		{"tell-tale words", stories("/a/{slug}") + `<h3><a href="/tag/storms-of-the-north">Storms of the north and the south</a></h3>`, nil, []string{"/tag/storms-of-the-north"}},
		{"films beside articles", stories("/2023/07/{slug}") + strings.ReplaceAll(stories("/video/{slug}/9"), "Ferry", "A ferry"), []string{"/2023/07/old-harbour-gets-a-new-plan"}, []string{"/video/old-harbour-gets-a-new-plan/9"}},
		{"a section with articles below it", stories("/a/{slug}") + `<h3><a href="/a">All the news of the day</a></h3>`, nil, []string{"/a"}},
		{"a page like no other", stories("/a/{slug}-{n}") + `<p><a href="/terms/">Terms of use and privacy</a></p>`, nil, []string{"/terms/"}},
		{"fixed pages where articles have numbers", stories("/a/{slug}-{n}.html") + `<h3><a href="/shop/our-books-and-maps">Our books and maps</a></h3>`, nil, []string{"/shop/our-books-and-maps"}},
		{"a topic in the menu that is an article", stories("/a/{slug}-{n}.html") + `<nav><a href="/a/storm-hits-the-old-harbour-again-786900.html">Storm</a></nav>`,
			[]string{"/a/storm-hits-the-old-harbour-again-786900.html"}, nil},
		{"pictures and the next page", stories("/a/{slug}") + `<a href="/a/port.jpg">Port reopens after the storm, in pictures</a> <a href="/a/page/2">More of the latest news</a>`, nil, []string{"/a/port.jpg", "/a/page/2"}},
		{"a picture without text", stories("/a/{slug}-{n}") + `<div class="card"><h3><a href="/a/one-more-of-them-786999"><img src="x.png"></a></h3></div>`, []string{"/a/one-more-of-them-786999"}, nil},
		{"pages by parameter", stories("/?p={n}") + `<a href="/?cat=12">News from all over the islands</a>`, []string{"/?p=786001"}, []string{"/?cat=12"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			scores := map[string]float64{}
			for _, l := range finder(t, "https://coast.example/", tt.body).Links() {
				scores[strings.TrimPrefix(l.URL.Href, "https://coast.example")] = l.Score
			}
			for _, p := range tt.yes {
				if scores[p] <= 0 {
					t.Errorf("%s is no article: %.2f", p, scores[p])
				}
			}
			for _, p := range tt.no {
				if s, ok := scores[p]; !ok || s > 0 {
					t.Errorf("%s is an article: %.2f, %v", p, s, ok)
				}
			}
		})
	}
}

// What nearly all articles of a page have in their URLs tells others apart.
func TestLinksUnlikeTheOthers(t *testing.T) {
	days := stories("/2023/07/13/{slug}") + stories("/2023/07/12/{slug}") + stories("/2023/06/30/{slug}")
	sevens := stories("/a/{slug}-7{n}.html") + stories("/b/{slug}-8{n}.html")
	card := func(path string) string {
		return `<div class="card"><h3><a href="` + path + `">All about the storms of the north and the south</a></h3></div>`
	}
	tests := []struct {
		name, body, path string
		article          bool
	}{
		{"no date", days + card("/events/storms-of-the-north"), "/events/storms-of-the-north", false},
		{"a number where others have a date", days + card("/a/storms-of-the-north-786001"), "/a/storms-of-the-north-786001", true},
		{"few have a date", stories("/2023/07/13/{slug}") + stories("/a/{slug}") + card("/a/storms-of-the-north"), "/a/storms-of-the-north", true},
		{"fewer digits", sevens + card("/a/storms-of-the-north-26459.html"), "/a/storms-of-the-north-26459.html", false},
		{"one digit fewer", sevens + card("/a/storms-of-the-north-996459.html"), "/a/storms-of-the-north-996459.html", true},
		{"one digit more", sevens + card("/a/storms-of-the-north-10996459.html"), "/a/storms-of-the-north-10996459.html", true},
		{"more digits", sevens + card("/a/storms-of-the-north-1737996459.html"), "/a/storms-of-the-north-1737996459.html", false},
		{"as many on another host", sevens + card("https://tv.coast.example/a/storms-of-the-north-1737996459.html"), "https://tv.coast.example/a/storms-of-the-north-1737996459.html", true},
		{"numbers of any length", stories("/a/{slug}-{n}.html") + stories("/a/{slug}-9{n}99.html") + card("/a/storms-of-the-north-26459.html"),
			"/a/storms-of-the-north-26459.html", true},
		{"too few to tell", stories("/a/{slug}-7{n}.html") + card("/a/storms-of-the-north-26459.html"), "/a/storms-of-the-north-26459.html", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, l := range finder(t, "https://coast.example/", tt.body).Links() {
				if strings.TrimPrefix(l.URL.Href, "https://coast.example") == tt.path {
					if got := l.Score > 0; got != tt.article {
						t.Errorf("article: %t (%.2f), want %t", got, l.Score, tt.article)
					}
					return
				}
			}
			t.Errorf("no link %s", tt.path)
		})
	}
}

// A link in the folder of the page is like the others there, if these are articles.
func TestLinksInTheFolderOfThePage(t *testing.T) {
	body := stories("/blog/{slug}/") + `<footer><a href="/blog/animation/">Animation</a><a href="/about/">About</a></footer>`
	for page, want := range map[string]bool{"https://coast.example/blog/": true, "https://coast.example/": false} {
		for _, l := range finder(t, page, body).Links() {
			if got := l.Score > 0; strings.HasSuffix(l.URL.Href, "/animation/") && got != want {
				t.Errorf("on %s: article %t (%.2f), want %t", page, got, l.Score, want)
			}
		}
	}
}

// An article outside the lists is a headline even if it has the title of one in them.
func TestTeasersWithOneTitle(t *testing.T) {
	const inList = `<div class="card"><h3><a href="/a/this-week-786900.html">The harbour this week</a></h3></div>`
	const onTop = `<section><h2><a href="/a/this-week-786901.html">The harbour this week</a></h2></section>`
	got := map[string]bool{}
	for _, l := range finder(t, "https://coast.example/", onTop+"<div>"+stories("/a/{slug}-{n}.html")+inList+"</div>").Teasers() {
		for _, e := range l.Entries {
			got[strings.TrimPrefix(e.URL.Href, "https://coast.example/a/")] = true
		}
	}
	if !got["this-week-786900.html"] || !got["this-week-786901.html"] {
		t.Errorf("headlines %v", got)
	}
}

func TestLinksOfOtherHosts(t *testing.T) {
	body := stories("https://sports.coast.example/a/{slug}-{n}.html") + stories("/a/{slug}-{n}.html") +
		`<h3><a href="https://elsewhere.example/a/port-reopens-after-the-storm-786001.html">Port reopens after the storm</a></h3>` +
		`<h3><a href="https://shop.coast.example/offers/books-for-the-summer">Books for the summer</a></h3>`
	got := map[string]bool{}
	for _, l := range finder(t, "https://www.coast.example/", body).Links() {
		got[l.URL.Host] = got[l.URL.Host] || l.Score > 0
	}
	if !got["sports.coast.example"] || !got["www.coast.example"] || got["shop.coast.example"] {
		t.Errorf("hosts with articles: %v", got)
	}
	if _, ok := got["elsewhere.example"]; ok {
		t.Error("a link to another site is weighed")
	}
}

func TestTeasers(t *testing.T) {
	tests := []struct{ name, body, title string }{
		{"a story on top", `<section><h2><a href="/a/storm-hits-the-coast-786900.html">Storm hits the coast</a></h2></section>`, "Storm hits the coast"},
		{"the title of its card", `<section><h4>Storm hits the coast</h4><p>It came at night.</p><a href="/a/storm-hits-the-coast-786900.html"><img src="x.png"></a></section>`, "Storm hits the coast"},
		{"the title of its picture", `<section><a href="/a/storm-hits-the-coast-786900.html"><img src="x.png" alt="Storm hits the coast"></a></section>`, "Storm hits the coast"},
		{"in running text", `<p>When the harbour was built, as <a href="/a/storm-hits-the-coast-786900.html">we wrote about the storm then</a>, nobody thought of storms like this one.</p>`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var titles []string
			for _, l := range finder(t, "https://coast.example/", tt.body+`<div>`+stories("/a/{slug}-{n}.html")+`</div>`).Teasers() {
				for _, e := range l.Entries {
					if strings.Contains(e.URL.Href, "786900") {
						titles = append(titles, e.Title)
					}
				}
			}
			if got := strings.Join(titles, "|"); got != tt.title {
				t.Errorf("title %q, want %q", got, tt.title)
			}
		})
	}
}

func TestShapeOf(t *testing.T) {
	tests := []struct{ url, kinds, ext, id string }{
		{"https://a.example/en/article/7228/", "wwn", "", ""},
		{"https://a.example/2023/07/13/port-reopens-after-storm", "ydds", "", ""},
		{"https://a.example/2023-07-13/port-reopens.html", "tp", ".html", ""},
		{"https://a.example/port-reopens-7228.html", "i", ".html", ""},
		{"https://a.example/best-books-of-2023", "s", "", ""},
		{"https://a.example/20230713/dmf20240508_92279108", "ti", "", ""},
		{"https://a.example/news.php?id=101&cat=5", "w", ".php", "id"},
		{"https://a.example/?q=storm", "", "", ""},
		{"https://a.example/", "", "", ""},
	}
	for _, tt := range tests {
		s, ok := ShapeOf(tt.url)
		kinds := ""
		for _, seg := range s.Segments {
			kinds += string(seg.Kind)
		}
		if !ok || kinds != tt.kinds || s.Ext != tt.ext || s.ID != tt.id {
			t.Errorf("%s: %q, extension %q, id %q, %v; want %q, %q, %q", tt.url, kinds, s.Ext, s.ID, ok, tt.kinds, tt.ext, tt.id)
		}
	}
	if _, ok := ShapeOf("::"); ok {
		t.Error(":: has a shape")
	}
}

func TestNext(t *testing.T) {
	const row = `<ul class="pages"><li><a href="/?start=0">1</a><li><a href="/?start=20">2</a><li>3<li><a href="/?start=60">4</a><li><a href="/?start=80">5</a></ul>`
	tests := []struct{ name, url, body, want string }{
		{"rel", "/", `<a rel="next" href="/b">more</a>`, "/b"},
		{"rel to the page itself", "/n/", `<a rel="next" href="/n/">more</a>`, ""},
		{"rel to another host", "/n/", `<a rel="next" href="https://b.example/n/2">more</a>`, ""},
		{"the number that is no link", "/?start=40", row, "/?start=60"},
		{"the first page", "/", `<div><span>1</span> <a href="/page/2/">2</a> <a href="/page/3/">3</a></div>`, "/page/2/"},
		{"the first page, linked", "/n/", `<a href="/n/">1</a> <a href="/n/?page=2">2</a>`, "/n/?page=2"},
		{"the last page", "/page/3/", `<div><a href="/page/1/">1</a> <a href="/page/2/">2</a> <span>3</span></div>`, ""},
		{"a calendar", "/", `<table class="calendar"><tr><td>1<td><a href="/d/2">2</a><td><a href="/d/3">3</a></table>`, ""},
		{"days", "/2023/07/", `<td>1<td><a href="/2023/07/02/">2</a><td><a href="/2023/07/03/">3</a>`, ""},
		{"numbers that are no pages", "/", `<p>1 <a href="/chapter-two">2</a> <a href="/annex">3</a></p>`, ""},
		{"older posts", "/n/", `<nav class="paging-navigation"><a href="/n/seite/2/">← Older posts</a></nav>`, "/n/seite/2/"},
		{"an arrow back", "/n/", `<nav class="pagination"><a href="/n/page/2/">«</a></nav>`, ""},
		{"an arrow beside the words", "/n/", `<nav class="pagination"><a href="/n/page/2/">Older posts »</a></nav>`, "/n/page/2/"},
		{"Italian", "/n/", `<div class="navigation-links"><a href="/n/page/2/"><span>Pagina successiva »</span></a></div>`, "/n/page/2/"},
		{"Greek", "/n/", `<a href="/n/?page=2">Επόμενη</a>`, "/n/?page=2"},
		{"Chinese", "/n/", `<a href="/n/index_2.html">下一页</a>`, "/n/index_2.html"},
		{"a label for readers", "/n/", `<a href="/n/?page=2" aria-label="Next page"><i></i></a>`, "/n/?page=2"},
		{"the next story", "/n/", `<a href="/a/port-reopens-after-storm">Next</a>`, ""},
		{"an arrow of a slider", "/n/", `<a href="/a/port-reopens-after-storm">›</a>`, ""},
		{"back to an earlier page", "/n/page/4/", `<a href="/n/page/3/">weiter</a>`, ""},
		{"none", "/n/", `<a href="/about">About</a>`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, rule := finder(t, "https://a.example"+tt.url, tt.body).Next()
			if got = strings.TrimPrefix(got, "https://a.example"); got != tt.want || (rule == "") != (got == "") {
				t.Errorf("next %q by %q, want %q", got, rule, tt.want)
			}
		})
	}
}

func TestPageNumber(t *testing.T) {
	for url, want := range map[string]int{
		"https://a.example/n/": 1, "https://a.example/n/?page=7": 7, "https://a.example/n/page/12/": 12, "https://a.example/n/list_48_3.html": 3,
		"https://a.example/n/index_2.html": 2, "https://a.example/?p=128317": 128317, "https://a.example/a/7228/": 1, "::": 1,
	} {
		if got := PageNumber(url); got != want {
			t.Errorf("PageNumber(%q) = %d, want %d", url, got, want)
		}
	}
}

func TestNextWordsAreInLowerCase(t *testing.T) {
	if len(nextWords) < 100 {
		t.Fatalf("%d words", len(nextWords))
	}
	for w := range nextWords {
		if strings.ToLower(w) != w || strings.Trim(w, arrows) != w || slices.Contains(strings.Fields(w), "") {
			t.Errorf("%q is never found", w)
		}
	}
}
