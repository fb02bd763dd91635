package demosite

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/cdx"
)

// serveArchive serves a world and its archive during the test.
func serveArchive(t testing.TB, o Options) (w *World, base string, client *http.Client) {
	t.Helper()
	w, client = serve(t, o)
	base, stop, err := w.ServeWayback()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return w, base, client
}

// walk lists all captures and counts the responses that it took.
func walk(t testing.TB, client *http.Client, w cdx.Index) (captures []cdx.Capture, answers int) {
	t.Helper()
	for c, done := (cdx.Cursor{}), false; !done; answers++ {
		resp, body := get(t, client, w.PageURL(c))
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", w.PageURL(c), resp.StatusCode, body)
		}
		var err error
		c, done, err = w.Read(strings.NewReader(body), c, func(c cdx.Capture) error {
			captures = append(captures, c)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return captures, answers
}

// The latest capture of each article is listed, however many lines a response has,
// and shows the present page.
func TestWaybackLatest(t *testing.T) {
	w, base, client := serveArchive(t, Options{Sites: 2, Articles: 60})
	for i := range 2 {
		var list []cdx.Capture
		for _, limit := range []int{1, 2, 7, 1000} {
			var responses int
			list, responses = walk(t, client, cdx.Index{Base: base, URL: w.Site(i).URL + "/en/article/", MatchType: "prefix",
				Limit: limit})
			got := map[string]cdx.Capture{}
			for _, c := range list {
				if _, twice := got[c.URL]; twice {
					t.Errorf("%s is listed twice", c.URL)
				}
				got[c.URL] = c
			}
			want := 0
			for _, a := range articlesOf(w, i) {
				want++
				if a.View != "" {
					want++
				}
				if at := instant(a.Date.Time).AddDate(0, 0, 40); !got[a.URL].At.Equal(at) {
					t.Errorf("limit %d: %s was captured at %v, want %v", limit, a.URL, got[a.URL].At, at)
				}
			}
			if len(list) != want || responses < len(list)/limit {
				t.Errorf("limit %d: %d captures in %d responses, want %d", limit, len(list), responses, want)
			}
		}
		for _, c := range list[:10] {
			url := cdx.Index{Base: base}.CaptureURL(c)
			resp, stored := get(t, client, url)
			if resp.StatusCode != http.StatusOK {
				t.Errorf("%s: status %d", url, resp.StatusCode)
			}
			asServed(t, client, c.URL, []byte(stored))
			if original, at, ok := cdx.ParseCapture(base, url); !ok || original != c.URL || !at.Equal(c.At) {
				t.Errorf("%s is of %s at %v", url, original, at)
			}
		}
	}
}

// articlesOf returns the articles of a site.
func articlesOf(w *World, site int) []Article {
	return slices.DeleteFunc(w.Articles(), func(a Article) bool { return a.Site != site })
}

// All captures are listed in order of time, except those with the same bytes as the
// one before.
func TestWaybackAll(t *testing.T) {
	w, base, client := serveArchive(t, Options{Articles: 30})
	for _, limit := range []int{3, 1000} {
		list, _ := walk(t, client, cdx.Index{Base: base, URL: strings.TrimPrefix(w.Site(0).URL, "http://") + "/en/article/",
			MatchType: "prefix", All: true, Limit: limit})
		got := map[string][]string{}
		for _, c := range list {
			got[c.URL] = append(got[c.URL], c.At.Format(captureClock))
		}
		for n, a := range w.Articles() {
			at := instant(a.Date.Time)
			want := []string{at.Add(time.Hour).Format(captureClock)}
			if n%3 == 0 {
				want = append(want, at.AddDate(0, 0, 1).Format(captureClock))
			}
			if !slices.Equal(got[a.URL], want) {
				t.Errorf("limit %d: %s has captures %v, want %v", limit, a.URL, got[a.URL], want)
			}
			if n%3 == 0 && limit == 1000 {
				_, first := get(t, client, fmt.Sprintf("%s/web/%sid_/%s", base, want[0], a.URL))
				_, last := get(t, client, fmt.Sprintf("%s/web/%sid_/%s", base, want[1], a.URL))
				if ending := a.Paragraphs[len(a.Paragraphs)-1]; strings.Contains(html.UnescapeString(first), ending) ||
					!strings.Contains(html.UnescapeString(last), ending) {
					t.Errorf("%s: the last paragraph is in the first capture, or not in the second", a.URL)
				}
			}
		}
	}
}

func TestWaybackQueries(t *testing.T) {
	w, base, client := serveArchive(t, Options{Articles: 30})
	site := w.Site(0)
	host := strings.TrimPrefix(site.URL, "http://")
	first := w.Articles()[0]
	at := instant(first.Date.Time).Add(time.Hour)
	day := civil(at)
	for _, tt := range []struct {
		name string
		w    cdx.Index
		want []string // some of the captures
		n    int
	}{
		{"one URL", cdx.Index{URL: first.URL, MatchType: "exact"}, []string{first.URL}, 1},
		{"up to a day", cdx.Index{URL: first.URL, MatchType: "exact", To: day.AddDate(0, 0, 2)}, []string{first.URL}, 1},
		{"before its time", cdx.Index{URL: host, MatchType: "host", To: day.AddDate(0, 0, -1)}, nil, 0},
		{"after its time", cdx.Index{URL: host, MatchType: "host", From: day.AddDate(3, 0, 0)}, nil, 0},
		{"a host", cdx.Index{URL: host, MatchType: "host"}, []string{site.Listing(), first.URL}, -1},
		{"a domain", cdx.Index{URL: host, MatchType: "domain"}, []string{site.Listing(), first.URL}, -1},
		{"nothing there", cdx.Index{URL: host + "/ru/", MatchType: "prefix"}, nil, 0},
	} {
		tt.w.Base = base
		list, _ := walk(t, client, tt.w)
		if tt.n >= 0 && len(list) != tt.n {
			t.Errorf("%s: %d captures, want %d", tt.name, len(list), tt.n)
		}
		for _, want := range tt.want {
			if !slices.ContainsFunc(list, func(c cdx.Capture) bool { return c.URL == want }) {
				t.Errorf("%s: %s is not among %d captures", tt.name, want, len(list))
			}
		}
	}
	for query, want := range map[string]string{
		"url=" + first.URL + "&fl=statuscode,mimetype&limit=1":       "200 text/html\n",
		"url=" + first.URL + "&fl=statuscode&filter=!statuscode:200": "-\n404\n",
		"url=" + first.URL + "&fl=statuscode&collapse=urlkey":        "200\n",
		"url=" + first.URL + "&fl=statuscode&collapse=digest":        "200\n200\n404\n",
		"url=" + first.URL + "&fl=statuscode&collapse=timestamp:6":   "200\n200\n-\n404\n",
		"url=" + host + "/en/article/*&fl=original&limit=1":          first.URL + "\n",
		"url=" + host + "&fl=original&matchType=host&limit=1":        site.Listing() + "\n",
		"url=" + first.URL + "&fl=statuscode&limit=1&showResumeKey=true": "200\n\n" +
			url.QueryEscape(captureKey(first.URL)+" "+at.Format(captureClock)+"!") + "\n",
		"url=" + first.URL + "&fl=statuscode&limit=99&showResumeKey=true": "200\n200\n200\n-\n404\n",
		"url=" + first.URL + "&output=json&to=1999":                       "[]\n",
		"fl=original":                           "url is missing\n",
		"url=" + first.URL + "&filter=digest:[": "filter \"digest:[\": error parsing regexp",
		"url=" + first.URL + "&matchType=part":  "matchType \"part\" is not known\n",
	} {
		if _, body := get(t, client, base+"/cdx/search/cdx?"+query); body != want &&
			(!strings.HasPrefix(want, "filter") || !strings.HasPrefix(body, want)) {
			t.Errorf("%s answers %q, want %q", query, body, want)
		}
	}
}

func TestWaybackPages(t *testing.T) {
	w, base, client := serveArchive(t, Options{Articles: 60})
	first := w.Articles()[0]
	at := instant(first.Date.Time)
	exact := base + "/web/" + at.AddDate(0, 0, 1).Format(captureClock) + "id_/"
	var moved Article
	for _, a := range w.Articles() {
		if a.Redirect != "" {
			moved = a
		}
	}
	movedAt := instant(moved.Date.Time).AddDate(0, 0, 2).Format(captureClock)
	for _, tt := range []struct {
		url      string
		status   int
		location string
	}{
		{exact + first.URL, 200, ""},
		{base + "/web/" + at.AddDate(0, 0, 2).Format(captureClock) + "id_/" + first.URL, 302,
			strings.TrimPrefix(exact, base) + first.URL},
		{base + "/web/1999/" + first.URL, 302, "/web/" + at.Add(time.Hour).Format(captureClock) + "id_/" + first.URL},
		{base + "/web/" + at.AddDate(0, 0, 300).Format(captureClock) + "id_/" + first.URL, 404, ""},
		{base + "/web/" + movedAt + "id_/" + w.Site(0).URL + moved.Redirect, 301, "/web/" + movedAt + "id_/" + moved.URL},
		{exact + "http://elsewhere.example/", 404, ""},
		{base + "/", 404, ""},
		{base + "/robots.txt", 200, ""},
	} {
		resp, _ := get(t, client, tt.url)
		if resp.StatusCode != tt.status || resp.Header.Get("Location") != tt.location {
			t.Errorf("%s: %d %s, want %d %s", tt.url, resp.StatusCode, resp.Header.Get("Location"), tt.status, tt.location)
		}
	}
	w.SetFault(func(site int, _ *http.Request) Fault {
		if site == WaybackSite {
			return Fault{Kind: Status, Status: 429, RetryAfter: "7"}
		}
		return Fault{}
	})
	if resp, _ := get(t, client, exact+first.URL); resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "7" {
		t.Errorf("fault: %d", resp.StatusCode)
	}
	log := w.Log()
	if last := log[len(log)-1]; last.Site != WaybackSite || last.Status != 429 {
		t.Errorf("logged %+v", last)
	}
}

// Later articles are captured as well.
func TestWaybackGrows(t *testing.T) {
	w, base, client := serveArchive(t, Options{Articles: 10})
	all := cdx.Index{Base: base, URL: w.Site(0).URL, MatchType: "prefix"}
	before, _ := walk(t, client, all)
	w.Publish(5)
	if after, _ := walk(t, client, all); len(after) < len(before)+5 {
		t.Errorf("%d captures, before %d", len(after), len(before))
	}
}
