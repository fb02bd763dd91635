package hostile

import (
	"net/http"
	"time"
)

func statusCases() []Case {
	failed := Want{Exit: []int{3}, Counts: map[string]int{"failed": 1}, Paths: map[string]int{"/news/bad": 2}}
	gone := Want{Counts: map[string]int{"gone": 1}, Paths: map[string]int{"/news/bad": 1}}
	var cases []Case
	for code, name := range map[int]string{400: "400", 401: "401", 402: "402", 403: "403", 406: "406", 418: "418",
		451: "451", 500: "500", 501: "501", 502: "502", 504: "504", 520: "520", 599: "599", 999: "999", 201: "201",
		202: "202", 204: "204", 205: "205", 206: "206", 226: "226"} {
		cases = append(cases, bad("status/"+name, "the page answers "+name,
			"retry later, give up after the configured attempts", status(code), failed))
	}
	news := page(article(badTitle))
	busy := func(name, does, must string, answer Answer, want Want) Case {
		return bad("status/"+name, does, must, answer, want)
	}
	// The back-off is longer than a crawl waits: the rest is left to the next one.
	later := Want{Exit: []int{0}, AnyOf: sets(nil, Sound[:1], Sound), Paths: map[string]int{"/news/bad": 1}}
	soon := time.Now().Add(3 * time.Second)
	return append(cases,
		bad("status/404", "the page answers 404", "never fetch it again", status(404), gone),
		bad("status/410", "the page answers 410", "never fetch it again", status(410), gone),
		bad("status/203", "the page answers 203", "take it as 200", news203, Want{Articles: with(badTitle)}),
		busy("500 once", "500, then the page", "retry soon", first(1, status(500), news),
			Want{Articles: with(badTitle), Paths: map[string]int{"/news/bad": 2}}),
		busy("503 for a second", "503 with Retry-After: 1, then the page", "wait a second, then retry",
			first(1, status(503, "Retry-After: 1"), news), Want{Articles: with(badTitle), AtLeast: time.Second,
				Check: pausedFor(time.Second)}),
		busy("503 until a date", "503 with a Retry-After date 2 s ahead", "wait until then by the server's clock",
			first(1, func(w http.ResponseWriter, r *http.Request, s *Server) {
				now := soon.Truncate(time.Second) // the clock of the server differs
				w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
				status(503, "Retry-After: "+now.Add(2*time.Second).UTC().Format(http.TimeFormat))(w, r, s)
			}, news), Want{Articles: with(badTitle), Check: pausedFor(2 * time.Second)}),
		busy("503 with a wrong clock", "503, the server's clock is a year ahead, Retry-After 2 s after it",
			"count from the server's Date", first(1, func(w http.ResponseWriter, r *http.Request, s *Server) {
				now := time.Now().AddDate(1, 0, 0).Truncate(time.Second)
				w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
				status(503, "Retry-After: "+now.Add(2*time.Second).UTC().Format(http.TimeFormat))(w, r, s)
			}, news), Want{Articles: with(badTitle), Check: pausedFor(2 * time.Second)}),
		busy("503 until 1994", "503 with a date long past", "retry soon",
			first(1, status(503, "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT"), news), Want{Articles: with(badTitle)}),
		busy("503 for zero", "503 with Retry-After: 0", "retry soon", first(1, status(503, "Retry-After: 0"), news),
			Want{Articles: with(badTitle)}),
		busy("503 for a word", "503 with Retry-After: soon", "back off from the host",
			status(503, "Retry-After: soon"), later),
		busy("503 for less than nothing", "503 with Retry-After: -5", "back off from the host",
			status(503, "Retry-After: -5"), later),
		busy("503 for ever", "503 with Retry-After: 99999999999999999999", "back off from the host, for a day at most",
			status(503, "Retry-After: 99999999999999999999"), later),
		busy("503 for an hour", "503 with Retry-After: 3600", "back off from the whole host and end the crawl",
			status(503, "Retry-After: 3600"), later),
		busy("503 without a time", "503 without Retry-After", "back off from the host", status(503), later),
		busy("429 for ever", "429 with Retry-After: 0, always", "give up after some attempts",
			status(429, "Retry-After: 0"), Want{Exit: []int{0, 3}, Requests: 12, AnyOf: sets(Sound[:1], Sound)}),
		Case{Name: "status/listing 500", Does: "the listing answers 500", Must: "say that the source cannot be read",
			Answers: map[string]Answer{"/": status(500)}, Want: Want{Articles: []string{}, Exit: []int{1}, Requests: 4}},
		Case{Name: "status/listing 403", Does: "the listing answers 403", Must: "say that the source cannot be read",
			Answers: map[string]Answer{"/": status(403)}, Want: Want{Articles: []string{}, Exit: []int{1}, Requests: 4}},
		Case{Name: "status/listing 404", Does: "the listing answers 404", Must: "say that the source cannot be read",
			Answers: map[string]Answer{"/": status(404)}, Want: Want{Articles: []string{}, Exit: []int{1}, Requests: 3}},
		Case{Name: "status/listing 429 for ever", Does: "the listing answers 429 with Retry-After: 0, always",
			Must: "give up after some attempts", Answers: map[string]Answer{"/": status(429, "Retry-After: 0")},
			Want: Want{Articles: []string{}, Exit: []int{0, 1}, Requests: 12}},
		Case{Name: "status/listing 500 once", Does: "the listing answers 500, then works", Must: "retry soon",
			Answers: map[string]Answer{"/": first(1, status(500), page(listing("/news/1", nil, "/news/2")))}, Want: Want{}},
		Case{Name: "status/everything fails", Does: "the listing works, every article answers 500",
			Must: "quarantine the host after five failures", Links: []string{"/news/3", "/news/4", "/news/5", "/news/6",
				"/news/7", "/news/8", "/news/9"},
			Answers: map[string]Answer{"*": status(500), "/news/1": status(500),
				"/news/2": status(500)}, Want: Want{Articles: []string{}, Exit: []int{0, 3}, Requests: 10}},
	)
}

// news203 answers with an article that a proxy has changed.
func news203(w http.ResponseWriter, _ *http.Request, _ *Server) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusNonAuthoritativeInfo)
	w.Write([]byte(article(badTitle)))
}
