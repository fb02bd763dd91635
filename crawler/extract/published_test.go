package extract

import (
	"testing"
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
		{"times that touch", "", article("", "", `<div><time class="published" datetime="2023-07-13T13:31:00+02:00">13. July 2023</time><time class="updated" datetime="2023-07-13T14:00:00+02:00">13. July 2023</time></div><p>On 12 July 2023, at 23:40, the port closed.</p>`+portText), "2023-07-13T13:31:00+02:00"},
		{"URL and text against what is declared", "https://news.example/2015/03/04/port/", article(`<meta name="date" content="2023-07-13">`, "", `<div>4 March 2015</div>`+portText), "2015-03-04"},
		{"an event near the heading, later than the URL", "https://news.example/2023/07/13/port/", article("", "", `<div>Fair on 20 September 2023</div>`+portText), "2023-07-13"},
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
		{"a key that the URL contradicts", "https://news.example/2015/03/04/port/", article(`<script>x={"publishDate":"2023-07-13"}</script>`, "", portText), "2015-03-04"},
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

// TestDateWhereTheSiteIs turns dates declared in UTC into what they are there.
func TestDateWhereTheSiteIs(t *testing.T) {
	text := "<p>The port of the capital reopened on Monday, two days after the storm had passed over the bay.</p><p>Ships may enter again, the harbour master said, and thanked the crews who had cleared it.</p>"
	page := func(lang, declared, shown string) string {
		return `<html lang="` + lang + `"><head><meta property="og:type" content="article"><meta property="article:published_time" content="` + declared + `"></head><body><div><h1>Port reopens after the storm</h1><div>` + shown + `</div>` + text + `</div></body></html>`
	}
	for _, c := range []struct{ name, url, lang, declared, shown, want string }{
		{"by the domain", "https://news.de/1", "", "2023-07-13T22:31:00Z", "", "2023-07-14T00:31:00+02:00"},
		{"by the region", "https://news.example/1", "fr-CA", "2023-07-14T00:31:00Z", "", "2023-07-13T20:31:00-04:00"},
		{"by the time shown", "https://news.example/1", "", "2023-07-14T00:31:00Z", "July 13, 2023 5:31 pm", "2023-07-13T17:31:00-07:00"},
		{"by the day shown", "https://news.example/1", "", "2023-07-14T00:31:00Z", "July 13, 2023", "2023-07-13"},
		{"a later day shown", "https://news.example/1", "", "2023-07-13T08:31:00Z", "July 14, 2023", "2023-07-13T08:31:00+00:00"},
		{"the domain disagrees with the day shown", "https://news.de/1", "", "2023-07-13T22:31:00Z", "July 13, 2023", "2023-07-13T22:31:00+00:00"},
		{"an offset is kept", "https://news.de/1", "", "2023-07-13T22:31:00+04:00", "", "2023-07-13T22:31:00+04:00"},
		{"by the language", "https://news.example/1", "tr", "2023-07-13T22:31:00+00:00", "", "2023-07-14T01:31:00+03:00"},
		{"by a zone in a script", "https://news.example/1", "en", "2023-07-14T00:31:00Z", `<script>{"timezone":{"short":"CT","long":"America\/Chicago"}}</script>`, "2023-07-13T19:31:00-05:00"},
		{"two zones in scripts", "https://news.example/1", "en", "2023-07-14T00:31:00Z", `<script>{"timezone":"America/Chicago","tz":"Europe/Paris"}</script>`, "2023-07-14T00:31:00+00:00"},
		{"a zone that is no setting", "https://news.example/1", "en", "2023-07-14T00:31:00Z", `<script>["America/Chicago"]</script>`, "2023-07-14T00:31:00+00:00"},
		{"the region that systems put there, by a script", "https://news.example/1", "en-US", "2023-07-14T00:31:00.000Z", "", "2023-07-13T20:31:00-04:00"},
		{"the region that systems put there", "https://news.example/1", "en-US", "2023-07-14T00:31:00+00:00", "", "2023-07-14T00:31:00+00:00"},
		{"spain that may be anywhere", "https://news.example/1", "es-ES", "2023-07-13T22:31:00Z", "", "2023-07-13T22:31:00+00:00"},
		{"nothing is known", "https://news.example/1", "en", "2023-07-13T22:31:00Z", "", "2023-07-13T22:31:00+00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Extract(Page{URL: c.url, Body: []byte(page(c.lang, c.declared, c.shown))}, nil)
			if err != nil || r.Article == nil {
				t.Fatal(err, r)
			}
			if got := r.Article.DatePublished.String(); got != c.want {
				t.Errorf("%q, want %q; by %s", got, c.want, r.Rules["date_published"])
			}
		})
	}
}

// TestChangeBesidePublication finds both dates of a line.
func TestChangeBesidePublication(t *testing.T) {
	for line, want := range map[string]string{
		"Updated: 15 July 2023 · Originally published: 13 July 2023": "2023-07-13|2023-07-15",
		"Published: 13 July 2023 | Updated: 15 July 2023, 10:00":     "2023-07-13|2023-07-15T10:00:00",
		"Published 13 July 2023, port opens 20 July 2023":            "2023-07-13|",
		"Updated 15 July 2023, first updated 14 July 2023":           "2023-07-15|",
	} {
		body := `<html lang="en"><body><main><article>` + portHeading + `<div>` + line + `</div>` + portText + `</article></main></body></html>`
		r, err := Extract(Page{URL: "https://news.example/1", Body: []byte(body), FetchedAt: fetchedAt(t)}, nil)
		if err != nil || r.Article == nil {
			t.Fatalf("%v %+v", err, r)
		}
		if got := r.Article.DatePublished.String() + "|" + r.Article.DateModified.String(); got != want {
			t.Errorf("%q: got %s, want %s", line, got, want)
		}
	}
}

// TestPartsOfAHeading: elements that only style sets apart are separate words, and
// letters of one word stay together.
func TestPartsOfAHeading(t *testing.T) {
	for heading, want := range map[string]string{
		`<span class="kicker">Harbour</span><span class="headline">Quay to reopen</span>`:   "Quay to reopen",
		`<span class="kicker">Harbour:</span> <span class="headline">Quay to reopen</span>`: "Harbour: Quay to reopen",
		`<span class="kicker">Harbour</span><span>: Quay to reopen</span>`:                  "Harbour: Quay to reopen",
		`<span class="kicker">Harbour</span> <span class="headline">Quay opens</span>`:      "Harbour Quay opens",
		`<a class="topic" href="/t">Hafen</a><span class="head">Kai öffnet wieder</span>`:   "Hafen Kai öffnet wieder",
		`<span class="cap">T</span><span class="rest">he quay reopens</span>`:               "The quay reopens",
		`<span class="w">Har</span><span class="w">bour reopens</span>`:                     "Harbour reopens",
		`<em>Har</em>bour reopens`: "Harbour reopens",
		`<span class="a">Quay</span> <span class="b">reopens</span> today`: "Quay reopens today",
	} {
		body := `<html lang="en"><body><main><article><h1>` + heading + `</h1>` + portText + `</article></main></body></html>`
		r, err := Extract(Page{URL: "https://news.example/1", Body: []byte(body), FetchedAt: fetchedAt(t)}, nil)
		if err != nil || r.Article == nil {
			t.Fatalf("%v %+v", err, r)
		}
		if r.Article.Title != want {
			t.Errorf("%s: got %q, want %q", heading, r.Article.Title, want)
		}
	}
}
