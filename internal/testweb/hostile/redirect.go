package hostile

import (
	"fmt"
	"net/http"
	"strings"
)

func redirectCases() []Case {
	refused := Want{Counts: map[string]int{"refused": 1}, Paths: map[string]int{"/news/bad": 1}}
	once := func(name, does, target string) Case {
		return bad("redirect/"+name, does, "not follow it, and not fetch it again", to(target), refused)
	}
	cases := []Case{
		once("to another site", "a redirect to a host that is not the site's", "http://{friend}/news/stolen"),
		once("to a private address", "a redirect to 10.0.0.1", "http://10.0.0.1/news/x"),
		once("to loopback", "a redirect to another loopback address", "http://127.0.0.2:{trap}/news/x"),
		once("to metadata", "a redirect to the metadata service of a cloud", "http://169.254.169.254/latest/meta-data/"),
		once("to file", "a redirect to file:///etc/passwd", "file:///etc/passwd"),
		once("to gopher", "a redirect to gopher://", "gopher://127.0.0.2:{trap}/_x"),
		once("to javascript", "a redirect to javascript:", "javascript:alert(1)"),
		once("to data", "a redirect to data:", "data:text/html,<h1>news</h1>"),
		once("to ftp", "a redirect to ftp://", "ftp://127.0.0.2:{trap}/news"),
		once("to the front page", "a dead article is sent to the front page", "/"),
		once("to garbage", "Location is no URL", "http://[::1/news/x"),
		once("to a port that is none", "Location names port 99999", "http://127.0.0.1:99999/news/x"),
		once("to 100 KB", "Location has 100 KB", "/news/"+strings.Repeat("x", 100<<10)),
		once("to a login", "every page is sent to the login", "/login?next=%2F"),
	}
	cases = append(cases,
		bad("redirect/self", "a page redirects to itself", "stop at once", to("/news/bad"),
			Want{Exit: []int{0, 3}, Paths: map[string]int{"/news/bad": 2}}),
		bad("redirect/self with a fragment", "a page redirects to a fragment of itself", "stop at once",
			to("/news/bad#top"), Want{Exit: []int{0, 3}, Paths: map[string]int{"/news/bad": 2}}),
		bad("redirect/without Location", "302 without Location", "try again and give up", status(302),
			Want{Exit: []int{3}, Paths: map[string]int{"/news/bad": 2}}),
		bad("redirect/empty Location", "302 with an empty Location", "try again and give up", to(""),
			Want{Exit: []int{0, 3}, Paths: map[string]int{"/news/bad": 2}}),
		bad("redirect/304 to nobody", "304 in answer to an unconditional request", "take it for no page", status(304),
			Want{Exit: []int{3}, Paths: map[string]int{"/news/bad": 2}}),
		bad("redirect/300", "300 with choices in the body", "take it for no page", status(300),
			Want{Exit: []int{3}, Paths: map[string]int{"/news/bad": 2}}),
		bad("redirect/control characters", "Location holds control characters", "escape or refuse them",
			to("/news/\x01\x1b[31mbad\x7f"), Want{Exit: []int{0, 3}, Paths: map[string]int{"/news/bad": 2}}),
		bad("redirect/endless body", "a redirect with a body that does not end", "skip the body",
			endless("HTTP/1.1 302 Found\r\nLocation: /news/1\r\nTransfer-Encoding: chunked\r\n\r\n",
				"400\r\n"+strings.Repeat("x", 1024)+"\r\n"), Want{Bytes: 12 << 20}),
		bad("redirect/meta refresh", "a page of script and meta refresh", "follow it like a redirect",
			page(refresh("/news/other")), Want{Articles: with(badTitle)}).
			and(map[string]Answer{"/news/other": page(article(badTitle))}),
		bad("redirect/meta refresh to a refused address", "a meta refresh to another loopback address", "not connect to it",
			page(refresh("http://127.0.0.2:{trap}/news/other")), Want{}),
	)
	return append(cases, redirectSites()...)
}

// refresh returns a page without content that leads to a URL.
func refresh(url string) string {
	return fmt.Sprintf(`<html><head><meta http-equiv=refresh content="0;url=%s"><script>location=%[1]q</script></head></html>`, url)
}

// redirectSites returns the cases about chains of redirects.
func redirectSites() []Case {
	loop := bad("redirect/loop", "two pages redirect to each other", "notice it", to("/news/b"),
		Want{Exit: []int{0, 3}, Paths: map[string]int{"/news/bad": 2, "/news/b": 2}})
	loop.Answers["/news/b"] = to("/news/bad")

	five := bad("redirect/5 hops", "five redirects lead to an article", "follow them", to("/news/h1"),
		Want{Articles: with(badTitle), Requests: 12})
	six := bad("redirect/6 hops", "six redirects lead to an article", "follow five at most", to("/news/h0"),
		Want{Paths: map[string]int{"/news/h5": 0}, Requests: 12})
	for _, c := range []Case{five, six} {
		for n := range 5 {
			c.Answers[fmt.Sprintf("/news/h%d", n)] = to(fmt.Sprintf("/news/h%d", n+1))
		}
		c.Answers["/news/h5"] = page(article(badTitle))
	}
	grows := bad("redirect/ever new", "each redirect leads to a new URL", "follow five at most",
		func(w http.ResponseWriter, r *http.Request, s *Server) {
			to(fmt.Sprintf("/news/bad?n=%d", s.visits("/news/bad")))(w, r, s)
		}, Want{Exit: []int{0, 3}, Requests: 12})

	longer := bad("redirect/ever longer", "each redirect leads to a longer URL", "follow five at most", nil,
		Want{Exit: []int{0, 3}, Requests: 12})
	longer.Answers["*"] = func(w http.ResponseWriter, r *http.Request, s *Server) {
		to(r.URL.RequestURI()+"/and-on"+strings.Repeat("x", len(r.URL.Path)))(w, r, s)
	}
	longer.Answers["/news/bad"] = longer.Answers["*"]
	turns := bad("redirect/three in a circle", "three pages redirect in a circle, with other parameters each time",
		"follow five at most", func(w http.ResponseWriter, r *http.Request, s *Server) {
			to(fmt.Sprintf("/news/b?%d", len(s.Log())))(w, r, s)
		}, Want{Exit: []int{0, 3}, Requests: 12})
	turns.Answers["/news/b"] = func(w http.ResponseWriter, r *http.Request, s *Server) {
		to(fmt.Sprintf("/news/bad?%d", len(s.Log())))(w, r, s)
	}
	relative := bad("redirect/relative", "Location is relative, with dot segments", "resolve it",
		to("../news/./x/../moved"), Want{Articles: with(badTitle)})
	relative.Answers["/news/moved"] = page(article(badTitle))
	bare := bad("redirect/without scheme", "Location begins with //", "take the scheme of the page",
		to("//{host}/news/moved"), Want{Articles: with(badTitle)})
	bare.Answers["/news/moved"] = page(article(badTitle))
	user := bad("redirect/with a password", "Location holds user and password", "not send them, not write them",
		to("http://user:secretword@{host}/news/moved"), Want{Articles: with(badTitle), Check: neverSent("Authorization")})
	user.Answers["/news/moved"] = page(article(badTitle))

	secret := bad("redirect/secrets", "a redirect to another port of the site",
		"leave the site's own headers and cookies behind", to("http://{friend}/news/moved"),
		Want{Articles: with(badTitle), Requests: 10, Check: secretsStay})
	secret.Answers["/news/moved"] = page(article(badTitle))
	secret.Answers["/"] = page(listing("/news/1", secret.Links, "/news/2"), "Set-Cookie: session=secretword; Path=/")
	secret.Site = []string{`hosts: ["{host}", "{friend}"]`, `cookies: true`,
		`headers: {X-Api-Key: secretword, Authorization: "Bearer secretword"}`}

	source := Case{Name: "redirect/listing to itself", Does: "the listing redirects to itself",
		Must:    "say that the source cannot be read",
		Answers: map[string]Answer{"/": to("/")}, Want: Want{Articles: []string{}, Exit: []int{1}, Requests: 8}}
	loopList := Case{Name: "redirect/listing loop", Does: "the listing and its target redirect to each other",
		Must:    "say that the source cannot be read",
		Answers: map[string]Answer{"/": to("/a"), "/a": to("/")}, Want: Want{Articles: []string{}, Exit: []int{1},
			Requests: 8}}
	away := Case{Name: "redirect/listing to another site",
		Does: "the listing redirects to a host that is not the site's", Must: "not follow it",
		Answers: map[string]Answer{"/": to("http://{friend}/")}, Want: Want{Articles: []string{}, Exit: []int{1},
			Requests: 2}}
	inside := Case{Name: "redirect/listing to a refused address",
		Does: "the listing redirects to another loopback address", Must: "not connect to it",
		Answers: map[string]Answer{"/": to("http://127.0.0.2:{trap}/")}, Site: []string{`hosts: ["{host}", "127.0.0.2:{trap}"]`}, Want: Want{Articles: []string{},
			Exit: []int{1}, Requests: 2}}
	return []Case{loop, five, six, grows, longer, turns, relative, bare, user, secret, source, loopList, away, inside}
}
