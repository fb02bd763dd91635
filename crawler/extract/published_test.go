package extract

import (
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

const (
	portHeading = `<h1>Port reopens after the storm</h1>`
	portText    = `<p>The port of the capital reopened on Monday, two days after the storm had passed over the bay and the islands.</p>
<p>Ships may enter again, the harbour master said, and thanked the crews who had cleared the channel in two nights.</p>`
)

// TestPublished finds the day that pages give in other places than a declaration
// or a line of their own.
func TestPublished(t *testing.T) {
	article := func(head, above, below string) string {
		return `<html lang="en"><head>` + head + `</head><body><div class="top">13 June 2024</div><main><article>` + above + portHeading + below + `</article></main></body></html>`
	}
	for _, c := range []struct{ name, url, body, want string }{
		{"changed, then published", "", article("", "", `<div>Updated: 15 July 2023, 10:00 | Published: 13 July 2023, 13:31</div>`+portText), "2023-07-13T13:31:00"},
		{"the label of the change on a line of its own", "", article("", "", `<div><span>Last update</span><br>15 July 2023</div><div><span>Published</span><br>13 July 2023</div>`+portText), "2023-07-13"},
		{"changed only", "", article("", "", `<div>Aktualisiert am 15. Juli 2023</div>`+portText), "2023-07-15"},
		{"time of a change before that of publication", "", article("", "", `<time class="updated" datetime="2023-07-15T10:00:00+04:00">15 July</time> <time class="published" datetime="2023-07-13T13:31:00+04:00">13 July</time>`+portText), "2023-07-13T13:31:00+04:00"},
		{"declared and its change shown", "", article(`<meta name="date" content="2023-07-13">`, "", `<div>Updated 15 July 2023</div>`+portText), "2023-07-13"},
		{"address and text against what is declared", "https://news.example/2015/03/04/port/", article(`<meta name="date" content="2023-07-13">`, "", `<div>4 March 2015</div>`+portText), "2015-03-04"},
		{"an event near the heading, later than the address", "https://news.example/2023/07/13/port/", article("", "", `<div>Fair on 20 September 2023</div>`+portText), "2023-07-13"},
		{"title of an abbr", "", article("", "", `<abbr class="published" title="2023-07-13T13:31:00+04:00">some days ago, in July</abbr>`+portText), "2023-07-13T13:31:00+04:00"},
		{"data attribute", "", article("", "", `<span data-published-at="2023-07-13 13:31">…</span>`+portText), "2023-07-13T13:31:00"},
		{"seconds since 1970", "", article("", "", `<span class="date" data-timestamp="1689255060">…</span>`+portText), "2023-07-13T13:31:00+00:00"},
		{"milliseconds since 1970", "", article("", "", `<relative-time data-time="1689255060000"></relative-time>`+portText), "2023-07-13T13:31:00+00:00"},
		{"hidden field", "", article("", "", portText+`<input type="hidden" name="publishDate" value="13.07.2023">`), "2023-07-13"},
		{"RDFa", "", article("", "", `<span property="dc:date dc:created" content="2023-07-13T13:31:00+04:00"></span>`+portText), "2023-07-13T13:31:00+04:00"},
		{"attribute of a change", "", article("", "", `<span data-updated-at="2023-07-13 13:31">…</span>`+portText), ""},
		{"attribute in a link to another article", "", article("", "", portText+`<a href="/2"><span data-date="2023-07-13">An older one</span></a>`), ""},
		{"attribute of a comment", "", article("", "", portText+`<div class="comments"><span data-date="2023-07-13">Bo</span></div>`), ""},
		{"time above, outside the section", "", `<main><div><time datetime="2023-07-13 13:31">13.07.</time></div><section><div>` + portHeading + portText + `</div></section></main>`, "2023-07-13T13:31:00"},
		{"written by a script", "", article("", `<div><script>show("2023/07/13 13:31")</script></div>`, portText), "2023-07-13T13:31:00"},
		{"scripts of other entries", "", article("", "", portText+`<div class="comments"><script>show("2023/07/13 13:31")</script></div>`), ""},
		{"key of a statistics service", "", article(`<script>dataLayer.push({'section':'news','publishDate':'20230713'});</script>`, "", portText), "2023-07-13"},
		{"key in escaped JSON", "", article(`<script>var s = "{\"created_at\":\"2023-07-13T13:31:00+04:00\"}"</script>`, "", portText), "2023-07-13T13:31:00+04:00"},
		{"key with seconds since 1970", "", article(`<script>window.x={published_time:1689255060}</script>`, "", portText), "2023-07-13T13:31:00+00:00"},
		{"JSON-LD that is broken", "", article(`<script type="application/ld+json">{"@type":"NewsArticle","headline":"The "old" port","datePublished":"2023-07-13T13:31:00+04:00"}</script>`, "", portText), "2023-07-13T13:31:00+04:00"},
		{"one key, several days", "", article(`<script>[{"publishDate":"2023-07-13"},{"publishDate":"2023-07-12"}]</script>`, "", portText), ""},
		{"a key of the change", "", article(`<script>x={"lastPublishedUpdate":"2023-07-13"}</script>`, "", portText), ""},
		{"a key that the address contradicts", "https://news.example/2015/03/04/port/", article(`<script>x={"publishDate":"2023-07-13"}</script>`, "", portText), "2015-03-04"},
		{"meta of its own name", "", article(`<meta name="acme:publish_time" content="2023-07-13T13:31:00+04:00">`, "", portText), "2023-07-13T13:31:00+04:00"},
		{"meta of an expiry", "", article(`<meta name="acme:publish_expiry_date" content="2023-07-13">`, "", portText), ""},
		{"JSON-LD of the page around", "", article(`<script type="application/ld+json">{"@type":"WebPage","datePublished":"2023-07-13T13:31:00+04:00"}</script>`, "", portText), "2023-07-13T13:31:00+04:00"},
		{"JSON-LD of a film, and a day shown", "", article(`<script type="application/ld+json">{"@type":"VideoObject","uploadDate":"2019-01-01T00:00:00Z"}</script>`, "", `<div>13 July 2023</div>`+portText), "2023-07-13"},
		{"no year", "", article("", "", `<div>13 July, 13:31</div>`+portText), "2023-07-13T13:31:00"},
		{"nothing", "", article("", "", portText), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.url == "" {
				c.url = "https://news.example/1"
			}
			r, err := Extract(Page{URL: c.url, Body: []byte(c.body), FetchedAt: fetchedAt(t)}, nil)
			if err != nil || r.Article == nil {
				t.Fatalf("%v %+v", err, r)
			}
			if got := r.Article.DatePublished.String(); got != c.want {
				t.Errorf("%q by %q, want %q; notes %q", got, r.Rules["date_published"], c.want, r.Notes)
			}
		})
	}
}

func TestYearless(t *testing.T) {
	fetched := time.Date(2024, 6, 13, 9, 19, 0, 0, time.UTC)
	for in, want := range map[string]string{
		"13 July":             "2023-07-13",
		"12 June, 10:42":      "2024-06-12T10:42:00",
		"Jul. 13":             "2023-07-13",
		"Thursday, July 13":   "2023-07-13",
		"13 июля, 13:31":      "2023-07-13T13:31:00",
		"7月13日":               "2023-07-13",
		"7월 13일 13:31":        "2023-07-13T13:31:00",
		"31 June":             "",
		"July":                "",
		"May 5 ships sink":    "",
		"Champions of 5 June": "",
	} {
		if got, _ := newDateReader(Page{FetchedAt: fetched}, "").yearless(in); got.String() != want {
			t.Errorf("yearless(%q) = %q, want %q", in, got, want)
		}
	}
	if d, ok := newDateReader(Page{}, "").yearless("13 July"); ok {
		t.Errorf("without a time of fetch: %v", d)
	}
}

// FuzzTraces reads dates out of scripts and attributes: none is after the fetch,
// and the raw text is part of what was read.
func FuzzTraces(f *testing.F) {
	for _, s := range []string{`show("2023/07/13 13:31")`, `{"publishDate":"20230713"}`, `x={\"created_at\":\"2023-07-13T13:31:00+04:00\"}`, `published_time:1689255060,`, `"tz":"America\/New_York"`, `'"publishedAt','`} {
		f.Add(s)
	}
	latest := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		p := &page{dates: newDateReader(Page{FetchedAt: latest}, "en")}
		check := func(d item.Date) {
			if !d.IsZero() && (d.Time.After(latest.Add(24*time.Hour)) || !strings.Contains(s, d.Raw)) {
				t.Fatalf("%q gives %v from %q", s, d, d.Raw)
			}
		}
		if d, ok := p.quotedDate(s); ok {
			check(d)
		}
		for _, part := range stateKeys {
			var found keyed
			p.keyedIn(s, part, &found)
			check(found.date)
		}
		if name := zoneName(s); name != "" && !strings.Contains(name, "/") {
			t.Fatalf("zone %q", name)
		}
		if d, ok := p.dates.since(s); ok {
			check(d)
		}
	})
}
