package feed

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
)

func TestRead(t *testing.T) {
	for _, tt := range []struct {
		name, in, want string // entries, as brief has them
		err            string // part of the error
	}{
		{"RSS 2.0", `<?xml version="1.0"?><rss version="2.0"><channel><link>https://a.example/</link>
			<item><title>Rain</title><link>https://a.example/1</link><guid>x1</guid><pubDate>Tue, 24 Nov 2026 07:00:00 +0400</pubDate></item>
			<item><title>Wind</title><link> /2 </link></item></channel></rss>`, "https://a.example/1 Rain 2026-11-24T07:00:00+04:00\n/2 Wind\n", ""},
		{"RSS with a guid alone", `<rss version="2.0"><channel><item><guid isPermaLink="true">https://a.example/1</guid></item><item><guid>17</guid></item></channel></rss>`, "https://a.example/1\n", ""},
		{"RSS 1.0", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><item rdf:about="https://a.example/1"><title>Rain</title><link>https://a.example/1</link></item></rdf:RDF>`, "https://a.example/1 Rain\n", ""},
		{"Atom", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Rain</title><link rel="self" href="/self"/><link rel="alternate" href="https://a.example/1"/><published>2026-11-24T07:00:00+04:00</published><updated>2026-11-24T08:00:00Z</updated></entry></feed>`,
			"https://a.example/1 2026-11-24T08:00:00+00:00 Rain 2026-11-24T07:00:00+04:00\n", ""},
		{"JSON Feed", `{"version":"https://jsonfeed.org/version/1.1","title":"A","items":[{"id":"1","url":"https://a.example/1","title":"Rain","date_published":"2026-11-24T07:00:00+04:00"}]}`,
			"https://a.example/1 Rain 2026-11-24T07:00:00+04:00\n", ""},
		{"packed", packed(`<rss version="2.0"><channel><item><link>https://a.example/1</link></item></channel></rss>`), "https://a.example/1\n", ""},
		{"declared charset", encoded(t, charmap.Windows1251, `<?xml version="1.0" encoding="windows-1251"?><rss version="2.0"><channel><item><title>Дождь</title><link>/1</link></item></channel></rss>`), "/1 Дождь\n", ""},
		{"control characters", "<rss version=\"2.0\"><channel><item><title>Ra\x0bin</title><link>/1</link></item></channel></rss>", "/1 Ra in\n", ""},
		{"unescaped ampersand", `<rss version="2.0"><channel><item><title>R & D</title><link>/?a=1&b=2</link></item></channel></rss>`, "/?a=1&b=2 R & D\n", ""},
		{"link encoded twice", `<rss version="2.0"><channel><item><link>https://a.example/?a=1&amp;amp;b=2&amp;copy=3</link></item><item><link><![CDATA[/?a=1&amp;b=2]]></link></item><item><guid>https://a.example/?a=1&amp;#038;b=2</guid></item></channel></rss>`,
			"https://a.example/?a=1&b=2&copy=3\n/?a=1&b=2\nhttps://a.example/?a=1&b=2\n", ""},
		{"no entry", `<rss version="2.0"><channel></channel></rss>`, "", ""},
		{"HTML", "<!DOCTYPE html><html></html>", "", "it is an HTML page, not a feed"},
		{"a sitemap", urlset(1), "", "none of RSS, Atom and JSON Feed"},
		{"JSON of another kind", `{"articles":[{"url":"/1"}]}`, "", ""},
		{"broken JSON", `{"items":[`, "", "the feed is broken"},
		{"text", "hello", "", "none of RSS"},
		{"no bytes", "", "", "none of RSS"},
		{"deeply nested", "<rss><channel>" + strings.Repeat("<a>", 10_000), "", "nested more than 500 deep"},
		{"deeply nested JSON", `{"items":` + strings.Repeat("[", 100_000), "", "the feed is broken"},
		{"too large", "<rss><channel>" + strings.Repeat(" ", MaxFeed), "", "larger than 10 MiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var list []Entry
			_, err := Read(strings.NewReader(tt.in), func(e Entry) error { list = append(list, e); return nil })
			if got := brief(list); got != tt.want {
				t.Errorf("entries\n%swant\n%s", got, tt.want)
			}
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("error %v, want %q", err, tt.err)
			}
		})
	}
}

func TestFeedNext(t *testing.T) {
	const item = `<item><link>/1</link><atom:link rel="next" href="/no"/></item>`
	for _, tt := range []struct{ name, in, want string }{
		{"Atom, paged", `<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="/atom"/><link rel="next" href=" /atom?page=2 "/><entry><link href="/1"/></entry></feed>`, "/atom?page=2"},
		{"Atom, archived", `<feed xmlns="http://www.w3.org/2005/Atom"><link rel="prev-archive" href="/2003/11"/><entry><link href="/1"/></entry></feed>`, "/2003/11"},
		{"both", `<feed><link rel="prev-archive" href="/2003/11"/><link rel="next" href="/2"/></feed>`, "/2"},
		{"RSS with Atom's links", `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><link>https://a.example/</link>` + item + `<atom:link rel="next" href="/rss?a=1&amp;page=2"/></channel></rss>`, "/rss?a=1&page=2"},
		{"a link of an entry is none", `<rss version="2.0"><channel>` + item + `</channel></rss>`, ""},
		{"JSON Feed", `{"version":"https://jsonfeed.org/version/1.1","next_url":"https://a.example/feed.json?page=2","items":[]}`, "https://a.example/feed.json?page=2"},
		{"JSON Feed without one", `{"version":"https://jsonfeed.org/version/1.1","items":[]}`, ""},
	} {
		info, err := Read(strings.NewReader(tt.in), func(Entry) error { return nil })
		if info.Next != tt.want || err != nil {
			t.Errorf("%s: next is %q, want %q; error %v", tt.name, info.Next, tt.want, err)
		}
	}
	if _, err := Read(strings.NewReader("<!DOCTYPE html><html>"), nil); !errors.Is(err, ErrHTML) {
		t.Errorf("an HTML page gives %v, want ErrHTML", err)
	}
}

func TestFeedYieldStops(t *testing.T) {
	stop, n := errors.New("enough"), 0
	_, err := Read(strings.NewReader(`<rss><channel><item><link>/1</link></item><item><link>/2</link></item></channel></rss>`), func(Entry) error { n++; return stop })
	if err != stop || n != 1 {
		t.Errorf("error %v after %d entries, want that of yield after 1", err, n)
	}
}

func ExampleRead() {
	feed := `<rss version="2.0"><channel><item><title>Rain</title><link>https://a.example/1</link></item></channel></rss>`
	_, err := Read(strings.NewReader(feed), func(e Entry) error {
		fmt.Println(e.URL, e.Title)
		return nil
	})
	fmt.Println(err)
	// Output:
	// https://a.example/1 Rain
	// <nil>
}

// TestCutFeed: a feed that ends too early gives the entries before the cut, and an error.
func TestCutFeed(t *testing.T) {
	for name, text := range map[string]string{
		"RSS": `<?xml version="1.0"?><rss version="2.0"><channel><title>x</title><item><title>A</title><link>https://a.example/1</link></item>` +
			`<item><title>B &amp; more</title><link>https://a.example/2</link></item><item><title>C</title><li`,
		"RSS, cut after an entry": `<rss version="2.0"><channel><item><link>https://a.example/1</link></item><item><link>https://a.example/2</link></item>`,
		"Atom": `<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><title>A</title><link href="https://a.example/1"/></entry>` +
			`<entry><title>B</title><link href="https://a.example/2"/></entry><entry><title>C</title><link href="https://a.exam`,
		"RDF": `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><title>x</title></channel>` +
			`<item><title>A</title><link>https://a.example/1</link></item><item><title>B</title><link>https://a.example/2</link></item><item><ti`,
		"JSON": `{"version":"https://jsonfeed.org/version/1.1","title":"x","items":[{"id":"1","url":"https://a.example/1"},` +
			`{"id":"2","url":"https://a.example/2"},{"id":"3","u`,
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			_, err := Read(strings.NewReader(text), func(e Entry) error {
				got = append(got, e.URL)
				return nil
			})
			if want := []string{"https://a.example/1", "https://a.example/2"}; !slices.Equal(got, want) || err == nil {
				t.Errorf("got %q, %v, want %q and an error", got, err, want)
			}
		})
	}
	for _, text := range []string{`<rss version="2.0"><channel><item><link>https://a.exam`, `{"version":"https://jsonfeed.org/version/1.1","items":[{"id`} {
		if _, err := Read(strings.NewReader(text), func(Entry) error { return errors.New("an entry") }); err == nil || !strings.Contains(err.Error(), "the feed is broken") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
