package report

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/view"
	"github.com/newsonce/newsonce/output"
)

var now = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

func collect(t *testing.T, c *config.Config, lines string) *Report {
	t.Helper()
	items := &view.Items{Segments: []output.Segment{output.NewSegment("items.jsonl", -1,
		func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(lines)), nil })}}
	r, err := Collect(t.Context(), c, items, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func pageOf(t *testing.T, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const story = `{"type":"article","id":"a","site":"one","url":"https://one.example/a","title":"Port opens","content_text":"x","date_published":"2026-11-29T10:00:00+00:00","fetched_at":"2026-11-29T22:30:00Z"}
{"type":"article","id":"a","revision":2,"site":"one","url":"https://one.example/a","title":"Port opens again","fetched_at":"2026-11-30T01:00:00Z"}
{"type":"article","id":"b","duplicate_of":"a","method":"near","similarity":0.8,"site":"two","url":"https://two.example/b","title":"Port is open","date_published":"2026-11-29T08:00:00+00:00","authors":[{"name":"N"}],"fetched_at":"2026-11-30T02:00:00Z"}
{"type":"reference","id":"c","duplicate_of":"a","method":"exact","similarity":1,"site":"three","url":"https://three.example/c","fetched_at":"2026-11-30T03:00:00Z"}
{"type":"headline","id":"h","site":"one","title":"Port","first_seen":"2026-11-30T03:00:00Z"}
{"type":"article","id":"w","site":"one","url":"https://one.example/w","title":"We value your privacy","fetched_at":"2026-11-30T03:00:00Z"}
{"type":"withdrawn","id":"w","withdraws":"article","site":"one","url":"https://one.example/w","reason":"consent wall"}
{"type":"gone","id":"g","site":"two","url":"https://two.example/g","status":410}
`

func TestCollect(t *testing.T) {
	tbilisi, err := time.LoadLocation("Asia/Tbilisi")
	if err != nil {
		t.Fatal(err)
	}
	r := collect(t, &config.Config{Sites: []*config.Site{{Name: "one", Timezone: tbilisi}, {Name: "silent"}}}, story)
	if want := (Totals{Articles: 2, Headlines: 1, Duplicates: 2, Revisions: 1, Gone: 1, Withdrawn: 1}); r.Totals != want {
		t.Errorf("totals %+v, want %+v", r.Totals, want)
	}
	var names []string
	for _, s := range r.Sites {
		names = append(names, s.Name)
	}
	if want := []string{"one", "silent", "three", "two"}; !slices.Equal(names, want) {
		t.Errorf("sites %q, want %q", names, want)
	}
	// 22:30 UTC is the next day in Tbilisi.
	one := r.Sites[0]
	if today := one.Days[plotDays-1]; today != (Day{"2026-11-30", 1, 1, 0}) {
		t.Errorf("today is %+v, want one article and one headline", today)
	}
	if authors := one.Empty[3]; authors.Name != "authors" || authors.Missing != 1 || authors.Share != 1 {
		t.Errorf("authors %+v, want all missing", authors)
	}
	if !r.Sites[1].Last.IsZero() {
		t.Errorf("the silent site has %+v", r.Sites[1])
	}
	// Site two published first, although it was crawled later.
	if want := []Copies{{"two", "one", 1}, {"two", "three", 1}}; !slices.Equal(r.Copies, want) {
		t.Errorf("copies %+v, want %+v", r.Copies, want)
	}
	if len(r.Clusters) != 1 || r.Clusters[0].Size != 3 || !r.Clusters[0].Members[0].First || r.Clusters[0].Members[0].ID != "b" {
		t.Errorf("clusters %+v", r.Clusters)
	}
	if len(r.Revised) != 1 || r.Revised[0].Revisions != 2 || r.Revised[0].Title != "Port opens again" {
		t.Errorf("revised %+v", r.Revised)
	}
	if len(r.Newest) != 2 || r.Newest[0].ID != "b" {
		t.Errorf("newest %+v", r.Newest)
	}
}

// TestHostileItems shows texts of strangers as text.
func TestHostileItems(t *testing.T) {
	r := collect(t, nil, `{"type":"article","id":"a","site":"\"><script>s</script>","url":"javascript:alert(1)","title":"<script>alert(1)</script>\u202egnp.exe","fetched_at":"2026-11-30T03:00:00Z"}
{"type":"article","id":"b","site":"one","url":"https://one.example/?a=\"onclick=x","title":"`+strings.Repeat("long ", 250000)+`","fetched_at":"2026-11-30T03:00:00Z"}
{"type":"article","id":"c","site":"one","url":"https://one.example/c","title":"broken `+"\xff\xfe"+` text","fetched_at":"2026-11-30T03:00:00Z"}
`)
	s := r.Sites[0]
	s.trouble(state.Trouble{URL: "javascript:alert(2)", State: state.Failed, Reason: "<img src=x onerror=alert(3)>"})
	s.finish()
	text := pageOf(t, r)
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && (n.Data == "script" || n.Data == "img") {
			t.Errorf("the page has an element %s", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || strings.Contains(a.Val, "javascript:") {
				t.Errorf("element %s has %s=%q", n.Data, a.Key, a.Val)
			}
		}
	}
	if strings.ContainsRune(text, '\u202e') {
		t.Error("the page has a control that turns the direction of text")
	}
	if len(text) > 60_000 {
		t.Errorf("the page has %d bytes, although long texts are cut", len(text))
	}
}

// TestNoRequest has no address from which a browser would load something.
func TestNoRequest(t *testing.T) {
	text := pageOf(t, collect(t, nil, story))
	if got := regexp.MustCompile(`(?i)(src|srcset|poster|data)=|<link|@import|url\(`).FindAllString(text, -1); len(got) > 0 {
		t.Errorf("the page has %q", got)
	}
}

// TestSizeOfManySites keeps a page of 100 busy sites under 1 MB.
func TestSizeOfManySites(t *testing.T) {
	var lines strings.Builder
	for site := range 100 {
		for day := range 90 {
			at := now.AddDate(0, 0, -day).Format(time.RFC3339)
			fmt.Fprintf(&lines, `{"type":"article","id":"%d-%d","site":"site-%02d","url":"https://s%d.example/%d","title":"A title of usual length for a story","date_published":"%s","fetched_at":"%s"%s}`+"\n",
				site, day, site, site, day, at, at, map[bool]string{true: `,"authors":[{"name":"N"}]`}[day%3 == 0])
			fmt.Fprintf(&lines, `{"type":"headline","id":"%d-%d","site":"site-%02d","title":"T","first_seen":"%s"}`+"\n", site, day, site, at)
		}
	}
	r := collect(t, nil, lines.String())
	for _, s := range r.Sites {
		for i := range 9 {
			s.trouble(state.Trouble{URL: fmt.Sprintf("https://%s.example/a/rather/long/path/of/an/article-%d", s.Name, i), State: state.Failed,
				Reason: fmt.Sprintf("HTTP status 50%d from the server, given up after 4 attempts", i)})
		}
		s.finish()
	}
	if n := len(pageOf(t, r)); n > 1_000_000 {
		t.Errorf("the page has %d bytes, want at most 1,000,000", n)
	}
}

// TestPlot has a title for each value.
func TestPlot(t *testing.T) {
	got := string(bars("a <name>", "days", []bar{{label: "Mon: 1 & 2", height: 1, beside: 4}, {label: "Tue", none: true}, {label: "Wed", height: 2}}, "Mon", "Wed"))
	for _, want := range []string{"<title>Mon: 1 &amp; 2</title>", "<title>Tue</title>", `aria-label="a &lt;name&gt;"`, `class="none"`, "<span>Wed</span>"} {
		if !strings.Contains(got, want) {
			t.Errorf("plot %s\nlacks %s", got, want)
		}
	}
	// The second value of a kind is drawn twice as high as the first.
	if !strings.Contains(got, "M1 34h") || !strings.Contains(got, "M401 4h") {
		t.Errorf("plot %s\nhas no bars of 30 and 60 units", got)
	}
}
