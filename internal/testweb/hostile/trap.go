package hostile

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// follow makes a crawl follow the links of every article page.
const follow = `headlines: [{block: more, on: [article], item: ".more li", title: a, url: "a@href", follow: true}]`

// linked returns an article with links that are followed.
func linked(title string, hrefs ...string) string {
	var b strings.Builder
	b.WriteString("<ul class=more>")
	for _, h := range hrefs {
		fmt.Fprintf(&b, `<li><a href="%s">More about this at great length</a></li>`, h)
	}
	b.WriteString("</ul></body>")
	return strings.Replace(article(title), "</body>", b.String(), 1)
}

// chained returns a page of a listing with a link to the next.
func chained(next string, hrefs ...string) string {
	p := listing("/news/1", hrefs, "/news/2")
	return strings.Replace(p, "</main>", fmt.Sprintf(`<a rel=next href="%s">Next page</a></main>`, next), 1)
}

func trapCases() []Case {
	cases := append(listingTraps(), linkTraps()...)
	return append(cases, standIns()...)
}

// listingTraps returns the cases about listings without end.
func listingTraps() []Case {
	pages := func(name, does, must string, answers map[string]Answer, want Want) Case {
		return Case{Name: "trap/" + name, Does: does, Must: must, Answers: answers, Listing: "max_pages: 1000", Want: want}
	}
	calendar := func(w http.ResponseWriter, r *http.Request, s *Server) {
		n, _ := strconv.Atoi(r.URL.Query().Get("day"))
		page(chained(fmt.Sprintf("/?day=%d", n+1)))(w, r, s)
	}
	empty := func(w http.ResponseWriter, r *http.Request, s *Server) {
		n, _ := strconv.Atoi(r.URL.Query().Get("day"))
		p := "<html><body><h1>No news on this day</h1>"
		if n == 0 {
			p = listing("/news/1", nil, "/news/2")
		}
		page(p+fmt.Sprintf(`<a rel=next href="/?day=%d">Next</a>`, n+1))(w, r, s)
	}
	shuffled := func(w http.ResponseWriter, r *http.Request, s *Server) {
		n, _ := strconv.Atoi(r.URL.Query().Get("day"))
		p := chained(fmt.Sprintf("/?day=%d", n+1), fmt.Sprintf("/news/1?utm_source=%d", n))
		if n%2 == 1 {
			p = strings.NewReplacer("/news/1", "/news/2", "/news/2", "/news/1").Replace(p)
		}
		page(p)(w, r, s)
	}
	fresh := func(w http.ResponseWriter, r *http.Request, s *Server) {
		n, _ := strconv.Atoi(r.URL.Query().Get("day"))
		page(chained(fmt.Sprintf("/?day=%d", n+1), fmt.Sprintf("/news/n%d", n)))(w, r, s)
	}
	sessions := func(w http.ResponseWriter, r *http.Request, s *Server) {
		page(chained(fmt.Sprintf("/?sid=%d", s.visits("/"))))(w, r, s)
	}
	three := map[string]Answer{"/": page(chained("/b", "/news/3")), "/b": page(chained("/c", "/news/4")),
		"/c": page(chained("/", "/news/5"))}
	for n := 3; n <= 5; n++ {
		three[fmt.Sprintf("/news/%d", n)] = page(article(fmt.Sprintf("Circle of pages, part %d of it", n)))
	}
	endless := pages("endless new articles", "a listing without end, each page with a new link", "stop at max_pages",
		map[string]Answer{"/": fresh}, Want{Requests: 20})
	endless.Listing = "max_pages: 5"
	return []Case{
		pages("next is itself", "the next page of the listing is the same", "read it once",
			map[string]Answer{"/": page(chained("/"))}, Want{Paths: map[string]int{"/": 1}}),
		pages("next is itself with a fragment", "the next page differs in its fragment", "read it once",
			map[string]Answer{"/": page(chained("/#next"))}, Want{Paths: map[string]int{"/": 1}}),
		pages("next alternates", "two pages of the listing name each other as next", "notice the circle",
			map[string]Answer{"/": page(chained("/b")), "/b": page(chained("/"))}, Want{Requests: 20}),
		pages("circle of three", "three pages of the listing in a circle", "notice the circle", three,
			Want{Articles: with("Circle of pages, part 3 of it", "Circle of pages, part 4 of it",
				"Circle of pages, part 5 of it"), Requests: 24}),
		pages("calendar", "a next page for every day, always with the same links", "stop when nothing new comes",
			map[string]Answer{"/": calendar}, Want{Requests: 24}),
		pages("calendar of nothing", "a next page for every day, without links", "stop when nothing new comes",
			map[string]Answer{"/": empty}, Want{Requests: 60}),
		pages("calendar, shuffled", "a next page for every day, the same links in another order and with other parameters",
			"stop when nothing new comes", map[string]Answer{"/": shuffled}, Want{Requests: 24}),
		pages("session in next", "the next page has another session id each time", "stop when nothing new comes",
			map[string]Answer{"/": sessions}, Want{Requests: 24}),
		pages("next elsewhere", "the next page lies on another site", "not fetch it",
			map[string]Answer{"/": page(chained("http://{friend}/"))}, Want{Requests: 4}),
		pages("next to a refused address", "the next page lies on another loopback address", "not connect to it",
			map[string]Answer{"/": page(chained("http://127.0.0.2:{trap}/"))},
			Want{Requests: 5, Exit: []int{0, 1, 3}}).site(`hosts: ["{host}", "127.0.0.2:{trap}"]`),
		pages("next is javascript", "the next page is javascript:", "end the listing",
			map[string]Answer{"/": page(chained("javascript:next()"))}, Want{Requests: 4}),
		pages("next is an article", "the next page is an article that names the next",
			"end the listing, or stay within max_pages", map[string]Answer{"/": page(chained("/news/1"))}, Want{Requests: 6}),
		endless,
	}
}

// linkTraps returns the cases about articles whose links never end.
func linkTraps() []Case {
	walk := func(name, does, must string, answer Answer, want Want, limits string) Case {
		return Case{Name: "trap/" + name, Does: does, Must: must, Links: []string{"/news/walk/"},
			Answers: map[string]Answer{"*": answer},
			Site:    []string{follow, limits}, Want: want}
	}
	titled := func(r *http.Request) string { return "Walk without end, station " + r.URL.RequestURI() }
	calendar := func(w http.ResponseWriter, r *http.Request, s *Server) {
		n, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/news/walk/"))
		page(linked(titled(r), fmt.Sprintf("/news/walk/%d", n+1)))(w, r, s)
	}
	loop := func(w http.ResponseWriter, r *http.Request, s *Server) {
		page(linked(titled(r), "a/", "b/", "a/b/"))(w, r, s)
	}
	session := func(w http.ResponseWriter, r *http.Request, s *Server) {
		n := 3 * s.visits(r.URL.Path)
		page(linked("Walk without end", fmt.Sprintf("/news/walk/?sid=%d", n), fmt.Sprintf("/news/walk/?sid=%d", n+1),
			fmt.Sprintf("/news/walk/?sid=%d", n+2)))(w, r, s)
	}
	facets := func(w http.ResponseWriter, r *http.Request, s *Server) {
		sep := "?"
		if r.URL.RawQuery != "" {
			sep = "?" + r.URL.RawQuery + "&"
		}
		var links []string
		for i := range 5 {
			links = append(links, fmt.Sprintf("/news/walk/%sf%d=%d", strings.ReplaceAll(sep, "&", "&amp;"), i,
				s.visits(r.URL.Path)))
		}
		page(linked("Walk without end", links...))(w, r, s)
	}
	const leave = "stop fetching from the trap without a configured limit"
	// found bounds the requests until a crawl recognizes a crawler trap.
	found := Want{AnyArticles: true, References: -1, Requests: 140, Bytes: 16 << 20}
	count := func(format string) func(n int) string { return func(n int) string { return fmt.Sprintf(format, n) } }
	months := strings.Fields("January February March April May June July August September October November December")
	month := func(n int) string { return "All that happened in " + months[n%12] }
	nothing := func(w http.ResponseWriter, r *http.Request, s *Server) {
		n := 3 * len(s.Log())
		page(fmt.Sprintf(`<html><body><h1>Day %d</h1><p>No events.</p><ul class=more><li><a href="/news/walk/%d">The day that comes after it</a><li><a href="/news/walk/%d">And the day after that one</a></ul></body></html>`,
			n, n+1, n+2))(w, r, s)
	}
	// constant answers with a text of which only the title differs.
	constant := func(link, title func(n int) string) Answer {
		return func(w http.ResponseWriter, r *http.Request, s *Server) {
			n := 3 * len(s.Log())
			page(strings.Replace(linked("Walk without end", link(n), link(n+1), link(n+2)), "Walk without end", title(n),
				2))(w, r, s)
		}
	}
	return []Case{
		walk("days, another number", "three more days on every page, whose texts differ by a number", leave,
			constant(count("/news/walk/%d"), count("Walk, day %d")), found, "limits: {}"),
		walk("days, another month", "three more days on every page, whose texts differ by a word", leave,
			constant(count("/news/walk/2026/day-%d.html"), month), found, "limits: {}"),
		walk("days of nothing", "more days on every page, none with an article", leave, nothing, found, "limits: {}"),
		walk("sessions in paths", "every link has a new session id in its path", leave,
			constant(count("/news/s%dx/walk/story"), func(int) string { return "Walk without end" }), found, "limits: {}"),
		walk("sessions in parameters", "every link has a new session id in its query", leave,
			constant(count("/news/walk/story?session=%d"), func(int) string { return "Walk without end" }), found,
			"limits: {}"),
		walk("facets of any number", "every page links to five filters more", leave, facets, found, "limits: {}"),
		walk("calendar of articles", "every article links to the next day", "stop at limits.urls", calendar,
			Want{AnyArticles: true, Requests: 28, Counts: map[string]int{"new_urls": 20}}, "limits: {urls: 20}"),
		walk("depth", "every article links to the next day", "stop at limits.depth", calendar,
			Want{AnyArticles: true, Requests: 12}, "limits: {depth: 5}"),
		walk("path loop", "relative links that make paths repeat themselves", "notice paths that repeat", loop,
			Want{AnyArticles: true, Requests: 400, Bytes: 16 << 20}, "limits: {}"),
		walk("session ids", "every link has a new session id, the text is the same",
			"stop at limits.urls, and write the text once", session, Want{Articles: with("Walk without end"), References: -1,
				Requests: 28}, "limits: {urls: 20}"),
		walk("facets", "every page links to five filters more", "stop at limits.urls, and write the text once", facets,
			Want{Articles: with("Walk without end"), References: -1, Requests: 48}, "limits: {urls: 40}"),
	}
}

// standIns returns the cases about pages that stand for others, or claim to.
func standIns() []Case {
	canonical := func(href string) string { return `<link rel=canonical href="` + href + `">` }
	one := func(name, does, must, href string, want Want) Case {
		return bad("trap/"+name, does, must, page(article(badTitle, canonical(href))), want)
	}
	written := Want{Articles: with(badTitle)}
	disputed := Want{Articles: with(badTitle), Counts: map[string]int{"disputed": 1}}
	all := Case{Name: "trap/one canonical for all", Does: "every article names the same page as canonical",
		Must: "write each article", Links: []string{"/news/3", "/news/4"},
		Answers: map[string]Answer{
			"/news/1": page(article(Sound[0], canonical("/news/2"))), "/news/2": page(article(Sound[1], canonical("/news/2"))),
			"/news/3": page(article("Third article of the day",
				canonical("/news/2"))), "/news/4": page(article("Fourth article of the day", canonical("/news/2"))),
		}, Want: Want{Articles: with("Third article of the day",
			"Fourth article of the day"), Counts: map[string]int{"disputed": 2}}}
	swapped := Case{Name: "trap/canonicals crossed", Does: "two articles name each other as canonical",
		Must: "write each article",
		Answers: map[string]Answer{"/news/1": page(article(Sound[0], canonical("/news/2"))),
			"/news/2": page(article(Sound[1], canonical("/news/1")))}, Want: Want{}}
	amp := Case{Name: "trap/amp and print",
		Does: "an article has an AMP and a print URL, which name it as canonical", Must: "write it once",
		Links: []string{"/news/bad", "/news/bad/amp", "/news/bad?print=1"},
		Answers: map[string]Answer{"/news/bad": page(article(badTitle, `<link rel=amphtml href="/news/bad/amp">`)),
			"/news/bad/amp": page(article(badTitle, canonical("/news/bad")))}, Want: written}
	other := Case{Name: "trap/amp and print of another",
		Does: "articles call another article, the front page and a refused address their AMP and print pages",
		Must: "fetch and write each article", Links: []string{"/news/bad"},
		Answers: map[string]Answer{
			"/news/1": page(article(Sound[0],
				`<link rel=amphtml href="/news/bad"><link rel=alternate media=print href="/news/2">`)),
			"/news/2": page(article(Sound[1], `<link rel=amphtml href="/"><link rel=alternate media=print href="/news/bad">`)),
			"/news/bad": page(article(badTitle,
				`<link rel=amphtml href="http://127.0.0.2:{trap}/news/bad"><link rel=alternate media=print href="/news/1">`)),
		}, Site: []string{"delay: 150ms"}, Want: Want{Articles: with(badTitle), Counts: map[string]int{"disputed": 6}}}
	ampFirst := amp
	ampFirst.Name, ampFirst.Links = "trap/amp first", []string{"/news/bad/amp", "/news/bad"}
	amp.Answers["/news/bad"] = page(article(badTitle, canonical("/news/bad"), `<link rel=amphtml href="/news/bad/amp">`))

	dead := Case{Name: "trap/dead articles",
		Does: "old articles are sent to the front page, to the listing, to a section", Must: "write none of them",
		Links: []string{"/news/3", "/news/4", "/news/5"},
		Answers: map[string]Answer{"/news/3": to("/"), "/news/4": to("http://{host}"), "/news/5": to("/section/sport"),
			"/section/sport": page(article("A section is no article"))},
		Want: Want{Counts: map[string]int{"refused": 3, "dead_ends": 2}, Requests: 9}}

	dated := article(badTitle, `<meta property="article:published_time" content="2026-05-01T10:00:00Z">`)
	thousand := Case{Name: "trap/one text, 1,000 URLs", Does: "a dated text stands under 1,000 URLs",
		Must: "write it once, and references", Answers: map[string]Answer{"*": page(dated)},
		Want: Want{Articles: with(badTitle), References: 999, Requests: 1010, Bytes: 32 << 20}}
	for i := range 1000 {
		thousand.Links = append(thousand.Links, fmt.Sprintf("/news/copy/%d", i))
	}
	clock := Case{Name: "trap/one text with a clock",
		Does: "a dated text stands under 50 URLs, with the time of the day around it", Must: "write it once",
		Answers: map[string]Answer{"*": func(w http.ResponseWriter, r *http.Request, s *Server) {
			page(strings.Replace(dated, "<article>",
				fmt.Sprintf("<header>It is %d o'clock, %d visitors</header><article>", s.visits(r.URL.Path), len(s.Log())), 1))(w,
				r, s)
		}}, Want: Want{Articles: with(badTitle), References: 49, Requests: 60, Bytes: 32 << 20}}
	for i := range 50 {
		clock.Links = append(clock.Links, fmt.Sprintf("/news/copy/%d", i))
	}
	wall := Case{Name: "trap/one undated text, 20 URLs", Does: "an undated text stands under 20 URLs that promise others",
		Must: "take it for a wall", Answers: map[string]Answer{"*": page(article(badTitle))},
		Want: Want{Exit: []int{4}, Counts: map[string]int{"blocked": 20}, Requests: 30}}
	for i := range 20 {
		wall.Links = append(wall.Links, fmt.Sprintf("/news/copy/%d", i))
	}
	return []Case{
		wall,
		one("canonical elsewhere", "canonical names another site", "keep its own URL",
			"https://example.org/news/stolen", disputed),
		one("canonical on the front page", "canonical names the front page", "keep its own URL, and count it", "/",
			disputed),
		one("canonical on a section", "canonical names a section", "keep its own URL", "/section/", disputed),
		one("canonical of the friend", "canonical names a host that is not the site's", "keep its own URL",
			"http://{friend}/news/stolen", Want{Articles: with(badTitle), Check: ownURL}),
		one("canonical is a script", "canonical is javascript:", "keep its own URL", "javascript:void(0)", written),
		one("canonical refused", "canonical names an address that must not be contacted",
			"keep its own URL, and not connect", "http://127.0.0.2:{trap}/news/x",
			Want{Articles: with(badTitle), Check: ownURL}),
		all, swapped, amp, ampFirst, other, dead, thousand, clock,
	}
}
