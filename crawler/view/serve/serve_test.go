package serve

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"
	"go.uber.org/goleak"
	"golang.org/x/net/html"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/view"
	"github.com/newsonce/newsonce/crawler/view/index"
	"github.com/newsonce/newsonce/crawler/view/report"
	"github.com/newsonce/newsonce/output"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// now is when the items of the tests are looked at.
var now = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// serverOf returns a server whose index holds the lines.
func serverOf(t *testing.T, lines string, change ...func(*Options)) *Server {
	t.Helper()
	x, err := index.Open(t.Context(), filepath.Join(t.TempDir(), "search.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	o := Options{Index: x,
		Items: func(context.Context) (*view.Items, error) {
			return &view.Items{Segments: []output.Segment{output.NewSegment("items.jsonl", int64(len(lines)),
				func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(lines)), nil })}}, nil
		},
		Report: func(ctx context.Context) (*report.Report, error) {
			return report.Collect(ctx, nil, x.Lines(), nil, now)
		},
	}
	for _, f := range change {
		f(&o)
	}
	s := New(o)
	s.refresh(t.Context())
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		s.keepOverview(ctx)
		close(ended)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	return s
}

func get(t *testing.T, s *Server, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w
}

// page gets a page that must be there.
func page(t *testing.T, s *Server, path string) string {
	t.Helper()
	w := get(t, s, path)
	if w.Code != http.StatusOK {
		t.Errorf("%s: status %d: %s", path, w.Code, w.Body)
	}
	return w.Body.String()
}

// text is what a reader sees of a page.
func text(t *testing.T, page string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range doc.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

const items = `{"type":"article","id":"a1","site":"courier","url":"https://courier.example/a","title":"Port opens","content_text":"The harbour of Poti opens on Monday.\n\nThe mayor was there.\n\nLast paragraph.","date_published":"2026-11-28T10:00:00+04:00","authors":[{"name":"Nino Beridze"}],"language":"en","fetched_at":"2026-11-28T08:00:00Z"}
{"type":"article","id":"a1","revision":2,"revises":1,"site":"courier","url":"https://courier.example/a","title":"Port opens late","content_text":"The harbour of Poti opens on Tuesday.\n\nThe mayor was there.\n\nA new end.\n\nAnd one more.","date_published":"2026-11-28T10:00:00+04:00","authors":[{"name":"Nino Beridze"}],"language":"en","fetched_at":"2026-11-29T08:00:00Z"}
{"type":"article","id":"b1","site":"gazette","url":"https://gazette.example/b","title":"Poti port opens","content_text":"The harbour of Poti opens on Tuesday, says the ministry.\n\nThe mayor was there.","duplicate_of":"a1","method":"near","similarity":0.81,"date_published":"2026-11-29","fetched_at":"2026-11-29T09:00:00Z"}
{"type":"reference","id":"r1","duplicate_of":"a1","method":"exact","similarity":1,"site":"mirror","url":"https://mirror.example/r","title":"Port opens","fetched_at":"2026-11-29T10:00:00Z"}
{"type":"headline","id":"h1","site":"gazette","url":"https://courier.example/a","title":"Poti harbour to open","block":"sidebar","position":3,"first_seen":"2026-11-28T09:00:00Z"}
{"type":"article","id":"c1","site":"courier","url":"https://courier.example/c","title":"東京の天気","content_text":"東京都の天気は晴れです。","language":"ja","date_published":"2026-11-30T01:00:00+09:00","fetched_at":"2026-11-30T08:00:00Z"}
{"type":"gone","id":"g1","site":"courier","url":"https://courier.example/g","status":410,"fetched_at":"2026-11-30T08:00:00Z"}
`

func TestPages(t *testing.T) {
	s := serverOf(t, items)
	for _, tt := range []struct {
		path  string
		wants []string
		lacks string
	}{
		{"/", []string{"Overview", "Articles 3", "Port opens", "courier", "newsonce"}, "being collected"},
		{"/search", []string{"3 found", "東京の天気", "Poti port opens", "Port opens late"}, "to open"},
		{"/search?q=harbour&type=all", []string{"3 found", "Poti harbour to open"}, "東京"},
		{"/search?q=harbour&site=gazette", []string{"1 found", "Poti port opens", "2026-11-29 · gazette"}, "late"},
		{"/search?q=tokyo", []string{"0 found", "Nothing was found."}, "Next"},
		{"/search?q=京都", []string{"1 found"}, ""},
		{"/search?author=beridze", []string{"1 found", "Nino Beridze", "revision 2"}, ""},
		{"/search?type=all&cluster=a1", []string{"3 found"}, ""},
		{"/search?from=2026-11-29&to=2026-11-29", []string{"2 found"}, "late"},
		{"/search?limit=1", []string{"3 found", "Next page"}, "Poti"},
		{"/item/article/a1", []string{"Port opens late", "revision 2 of 2", "2026-11-28 10:00 +04:00", "https://courier.example/a",
			"A new end.", "Poti harbour to open", "The cluster of this text", "revision 1, 2026-11-28 08:00 UTC"}, "404"},
		{"/item/headline/h1", []string{"Poti harbour to open", "sidebar, place 3", "Port opens late"}, ""},
		{"/item/gone/g1", []string{"410", "https://courier.example/g"}, ""},
		{"/item/article/c1", []string{"東京都の天気は晴れです。"}, "cluster of"},
		{"/cluster/a1", []string{"One text under 3 URLs", "near, similarity 0.81", "exact, similarity 1.00", "the earliest date: written first"}, ""},
		{"/api/sites", []string{`{"sites":["courier","gazette","mirror"]}`}, ""},
	} {
		got := text(t, page(t, s, tt.path))
		for _, want := range tt.wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %q:\n%s", tt.path, want, got)
			}
		}
		if tt.lacks != "" && strings.Contains(got, tt.lacks) {
			t.Errorf("%s has %q:\n%s", tt.path, tt.lacks, got)
		}
	}
}

// TestMarks: hits and differences are marked.
func TestMarks(t *testing.T) {
	s := serverOf(t, items)
	for path, wants := range map[string][]string{
		"/search?q=harbour&site=courier": {"The <mark>harbour</mark> of Poti"},
		"/item/article/a1":               {"on <del>Monday</del>.", "on <ins>Tuesday</ins>.", "<ins>And one more.</ins>", "opens<ins> late</ins>"},
		"/item/article/a1?left=2&right=1": {"on <del>Tuesday</del>.", "on <ins>Monday</ins>.",
			`<option value="2" selected>`},
		"/cluster/a1": {"Tuesday<ins>, says the ministry</ins>", "<del>And one more.</del>"},
	} {
		got := page(t, s, path)
		for _, want := range wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %s:\n%s", path, want, got)
			}
		}
	}
}

func TestStatus(t *testing.T) {
	s := serverOf(t, items)
	for path, want := range map[string]int{
		"/nothing":                                 404,
		"/item/article/none":                       404,
		"/item/gone/a1":                            404,
		"/cluster/none":                            404,
		"/api/nothing":                             404,
		"/api/items/article/x":                     404,
		"/metrics":                                 404,
		"/search?q=ha*":                            400,
		"/search?from=yesterday":                   400,
		"/search?after=x":                          400,
		"/search?limit=1000":                       400,
		"/search?q=" + strings.Repeat("x", 201):    400,
		"/search?q=" + strings.Repeat("x+", 17):    400,
		"/search?site=" + strings.Repeat("x", 301): 400,
		"/feed.atom?q=ha*":                         400,
		"/api/search?q=-harbour":                   200, // with the type, there is something to look for
		"/api/search?q=-harbour&type=all":          400,
		"/healthz":                                 200,
		"/style.css":                               200,
		"/icon.svg":                                200,
	} {
		if w := get(t, s, path); w.Code != want {
			t.Errorf("%s: status %d, want %d: %.200s", path, w.Code, want, w.Body)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS"} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(method, "/search", strings.NewReader("q=x")))
		if w.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s: status %d, want 405", method, w.Code)
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("HEAD", "/search?q=harbour", nil))
	if w.Code != http.StatusOK {
		t.Errorf("HEAD: status %d", w.Code)
	}
}

// TestMetrics: the path exists where there is something to show.
func TestMetrics(t *testing.T) {
	s := serverOf(t, items, func(o *Options) {
		o.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "newsonce_pages_total 1") })
	})
	if got := page(t, s, "/metrics"); got != "newsonce_pages_total 1\n" {
		t.Errorf("metrics %q", got)
	}
}

// TestHeaders: no page may load or send anything elsewhere, or be framed.
func TestHeaders(t *testing.T) {
	s := serverOf(t, items)
	for _, path := range []string{"/", "/search", "/nothing", "/api/sites", "/feed.atom", "/style.css", "/metrics"} {
		h := get(t, s, path).Header()
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options":  "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestFeeds(t *testing.T) {
	s := serverOf(t, items)
	for _, path := range []string{"/feed.atom?q=harbour", "/feed.json?q=harbour", "/feed.atom?q=harbour&type=headline&order=oldest"} {
		f, err := gofeed.NewParser().ParseString(page(t, s, path))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if f.Title != "newsonce: harbour" || len(f.Items) != 2 || f.Items[0].Title != "Poti port opens" || f.Items[0].Link != "https://gazette.example/b" {
			t.Errorf("%s: %s", path, f)
		}
		if want := "http://example.com" + path; f.FeedLink != want {
			t.Errorf("%s: link to itself %q, want %q", path, f.FeedLink, want)
		}
	}
}

func TestAPI(t *testing.T) {
	s := serverOf(t, items)
	var found struct {
		Items []item.Article
		Count int
		More  bool
		Next  string
	}
	path, pages := "/api/search?type=all&limit=2", 0
	var ids []string
	for path != "" {
		found.Next = ""
		if err := json.Unmarshal([]byte(page(t, s, path)), &found); err != nil {
			t.Fatal(err)
		}
		for _, a := range found.Items {
			ids = append(ids, a.ID)
		}
		path = found.Next
		pages++
	}
	if got := strings.Join(ids, " "); got != "g1 c1 r1 b1 h1 a1" || pages != 3 {
		t.Errorf("items %q on %d pages", got, pages)
	}
	var one struct {
		Revisions []item.Article
		About     []item.Headline
		Cluster   string
	}
	if err := json.Unmarshal([]byte(page(t, s, "/api/items/article/a1")), &one); err != nil {
		t.Fatal(err)
	}
	if len(one.Revisions) != 2 || one.Revisions[1].Title != "Port opens late" || len(one.About) != 1 || one.About[0].Block != "sidebar" || one.Cluster != "a1" {
		t.Errorf("item %+v", one)
	}
	if got := page(t, s, "/api/clusters/a1"); strings.Count(got, `"similarity"`) != 2 {
		t.Errorf("cluster %s", got)
	}
	if got := get(t, s, "/api/items/article/x").Body.String(); !strings.HasPrefix(got, `{"error":"There is no such item`) {
		t.Errorf("unknown item: %s", got)
	}
}

// TestBusy: a search that gets no turn in time is refused, not queued for ever.
func TestBusy(t *testing.T) {
	s := serverOf(t, items, func(o *Options) { o.Searches = 1 })
	if err := s.turns.Acquire(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/search?q=x", "/api/search?q=x", "/feed.atom", "/item/article/a1"} {
		w := get(t, s, path)
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || !strings.Contains(w.Body.String(), "Too many searches") {
			t.Errorf("%s: status %d, Retry-After %q: %s", path, w.Code, w.Header().Get("Retry-After"), w.Body)
		}
	}
	s.turns.Release(1)
	page(t, s, "/search?q=x")
}

// TestTimeLimit: a search that takes too long ends with an explanation.
func TestTimeLimit(t *testing.T) {
	s := serverOf(t, items, func(o *Options) { o.Timeout = time.Nanosecond })
	if w := get(t, s, "/search?q=harbour"); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "took too long") {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}

// TestHealth: an output that cannot be read is no secret.
func TestHealth(t *testing.T) {
	var broken atomic.Bool
	s := serverOf(t, items, func(o *Options) {
		whole := o.Items
		o.Items = func(ctx context.Context) (*view.Items, error) {
			if broken.Load() {
				return nil, errors.New("disk is gone")
			}
			return whole(ctx)
		}
	})
	if got := page(t, s, "/healthz"); got != "ok\n" {
		t.Errorf("healthz %q", got)
	}
	broken.Store(true)
	s.refresh(t.Context())
	if w := get(t, s, "/healthz"); w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "disk") {
		t.Errorf("healthz %d %s", w.Code, w.Body)
	}
	if got := text(t, page(t, s, "/search?q=harbour")); !strings.Contains(got, "could not be read") || !strings.Contains(got, "2 found") {
		t.Errorf("the page shows neither the fault nor what is known: %s", got)
	}
	broken.Store(false)
	s.refresh(t.Context())
	page(t, s, "/healthz")
}

// TestKeep: what is added to the output is found, and the server stops.
func TestKeep(t *testing.T) {
	s := serverOf(t, items)
	ctx, stop := context.WithCancel(t.Context())
	kept := make(chan struct{})
	s2 := New(s.Options) // serverOf keeps the overview of the first
	go func() {
		s2.Keep(ctx)
		close(kept)
	}()
	if got := text(t, page(t, s2, "/")); !strings.Contains(got, "Port opens") {
		t.Errorf("overview: %s", got)
	}
	stop()
	<-kept
}

// hostile are items whose values try to do harm, by what they try.
var hostile = map[string]string{
	"script in the title":   `"id":"x","site":"one","url":"https://one.example/x","title":"</title><script>alert(1)</script><img src=x onerror=alert(1)>","content_text":"<script>alert(2)</script>","summary":"<svg onload=alert(3)>"`,
	"script in other texts": `"id":"x","site":"\"><script>s</script>","url":"https://one.example/?\"onclick=x","title":"T","content_text":"x","authors":[{"name":"<script>a</script>"}],"section":"<b>","publisher":"<i>","tags":["<u>"],"language":"\"><script>l</script>","source":"<script>"`,
	"script in identifiers": `"id":"\"><script>i</script>","site":"one","url":"https://one.example/x","title":"T","content_text":"x","cluster_id":"\"><script>c</script>","duplicate_of":"/../?\"><script>"`,
	"javascript links":      `"id":"x","site":"one","url":"javascript:alert(1)","canonical_url":"JaVaScRiPt:alert(2)","title":"T","image":"data:text/html,x","content_text":"x","authors":[{"name":"N","url":"javascript:alert(3)"}]`,
	"controls of direction": `"id":"x","site":"one","url":"https://one.example/\u202egnp.exe","title":"T\u202e\u2066\u0000gnp.exe","content_text":"x\u202e\u202dy\n\n\u2067z","authors":[{"name":"A\u202eB"}]`,
	"broken UTF-8":          "\"id\":\"x\",\"site\":\"one\",\"url\":\"https://one.example/x\",\"title\":\"T\xff\xfe\xc3\",\"content_text\":\"x\xf0\x28\x8c\xbc y\"",
	"fields of a megabyte":  `"id":"x","site":"one","url":"https://one.example/` + strings.Repeat("u", 1_000_000) + `","title":"T` + strings.Repeat("itle ", 200_000) + `","content_text":"x` + strings.Repeat("y", 1_000_000) + `","summary":"` + strings.Repeat("s", 1_000_000) + `","authors":[{"name":"` + strings.Repeat("n", 1_000_000) + `"}],"language":"` + strings.Repeat("l", 1000) + `"`,
	"a million paragraphs":  `"id":"x","site":"one","url":"https://one.example/x","title":"T","content_text":"x` + strings.Repeat(`p\n\n`, 1_000_000) + `"`,
}

// TestHostileItems shows texts of strangers as text, on every page and in every feed.
func TestHostileItems(t *testing.T) {
	for name, fields := range hostile {
		t.Run(name, func(t *testing.T) {
			lines := ""
			for _, more := range []string{`,"fetched_at":"2026-11-30T03:00:00Z"`, `,"revision":2,"changes":{"title":true},"fetched_at":"2026-11-30T04:00:00Z"`} {
				lines += `{"type":"article",` + fields + more + "}\n"
			}
			lines += `{"type":"article","id":"copy","duplicate_of":"x","site":"one","url":"https://one.example/copy","title":"Copy","content_text":"x","fetched_at":"2026-11-30T05:00:00Z"}` + "\n"
			s := serverOf(t, lines)
			var found struct{ Items []view.Record }
			if err := json.Unmarshal([]byte(page(t, s, "/api/search")), &found); err != nil {
				t.Fatal(err)
			}
			paths := []string{"/", "/search", "/search?q=x", "/search?q=%3Cscript%3Ealert(1)%3C/script%3E&author=%22%3E%3Cscript%3E", "/cluster/x"}
			for i := range found.Items {
				paths = append(paths, itemPath(&found.Items[i]))
			}
			for _, path := range paths {
				w := get(t, s, path)
				if w.Code != http.StatusOK && !(path == "/cluster/x" && w.Code == http.StatusNotFound) {
					t.Errorf("%s: status %d: %.300s", path, w.Code, w.Body)
				}
				harmless(t, path, w.Body.String())
			}
			for _, path := range []string{"/feed.atom", "/feed.json"} {
				harmlessFeed(t, path, page(t, s, path))
			}
		})
	}
}

// maxPage bounds the bytes of a page, whatever items it shows.
const maxPage = 1_000_000

// harmless checks that a page has no element, attribute or link of a stranger.
func harmless(t *testing.T, path, page string) {
	t.Helper()
	if len(page) > maxPage {
		t.Errorf("%s has %d bytes", path, len(page))
	}
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		switch {
		case n.Type != html.ElementNode:
			continue
		case n.Data == "script" || n.Data == "img" || n.Data == "b" || n.Data == "i" || n.Data == "u" || n.Data == "iframe":
			t.Errorf("%s has an element %s", path, n.Data)
		}
		for _, a := range n.Attr {
			value := strings.ToLower(strings.TrimSpace(a.Val))
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "data:") {
				t.Errorf("%s: element %s has %s=%.100q", path, n.Data, a.Key, a.Val)
			}
		}
	}
	if strings.ContainsAny(page, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00") {
		t.Errorf("%s has a control that turns the direction of text", path)
	}
	if strings.ToValidUTF8(page, "") != page {
		t.Errorf("%s is not valid UTF-8", path)
	}
}

func harmlessFeed(t *testing.T, path, feed string) {
	t.Helper()
	if strings.ToValidUTF8(feed, "") != feed || strings.ContainsAny(feed, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00") {
		t.Errorf("%s has broken bytes or controls of direction", path)
	}
	if strings.Contains(strings.ToLower(feed), `"javascript:`) {
		t.Errorf("%s has a javascript link", path)
	}
	if path == "/feed.json" {
		if !json.Valid([]byte(feed)) {
			t.Errorf("%s is no JSON", path)
		}
		return
	}
	for d := xml.NewDecoder(strings.NewReader(feed)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Space != "http://www.w3.org/2005/Atom" {
			t.Errorf("%s has an element %v", path, e.Name)
		}
	}
}

func TestCompare(t *testing.T) {
	for _, tt := range []struct{ name, left, right, want string }{
		{"equal", "A\n\nB", "A\n\nB", "=A|A =B|B"},
		{"a word", "The red port", "The blue port", "The -red- port|The +blue+ port"},
		{"added and removed", "A\n\nB\n\nC", "A\n\nC\n\nD", "=A|A -B-| =C|C |+D+"},
		{"nothing on one side", "", "A", "|+A+"},
		{"Japanese", "東京都の天気", "東京の天気", "東京-都-の天気|東京の天気"},
		{"nothing", "", "", ""},
	} {
		var got []string
		for _, p := range compare(tt.left, tt.right) {
			s := ""
			if p.Same {
				s = "="
			}
			got = append(got, s+runs(p.Left, "-")+"|"+runs(p.Right, "+"))
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	// Texts without anything in common take no more than a moment.
	begin := time.Now()
	compare(strings.Repeat("a b\n\nc d ", 50_000), strings.Repeat("e f\n\ng h ", 50_000))
	compare(strings.Repeat("a b ", 50_000), strings.Repeat("e f ", 50_000))
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("comparing long texts took %v", took)
	}
}

func runs(list []Run, mark string) (s string) {
	for _, r := range list {
		if r.Only {
			s += mark + r.Text + mark
		} else {
			s += r.Text
		}
	}
	return s
}
