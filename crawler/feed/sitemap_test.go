package feed

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/newsonce/newsonce/crawler/item"
)

// entries reads a whole sitemap.
func entries(r io.Reader) (list []Entry, kind Kind, err error) {
	kind, err = ReadSitemap(r, func(e Entry) error { list = append(list, e); return nil })
	return list, kind, err
}

// brief is what an entry holds, in one line.
func brief(list []Entry) string {
	var b strings.Builder
	for _, e := range list {
		b.WriteString(e.URL)
		if e.Sitemap {
			b.WriteString(" sitemap")
		}
		for _, s := range []string{e.LastMod.String(), e.Title, e.Published.String()} {
			if s != "" {
				b.WriteString(" " + s)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func dayOf(t testing.TB, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func packed(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, s)
	z.Close()
	return b.String()
}

func encoded(t *testing.T, e encoding.Encoding, s string) string {
	t.Helper()
	out, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// urlset is a sitemap of n pages.
func urlset(n int) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
	for i := range n {
		fmt.Fprintf(&b, " <url><loc>https://a.example/en/article/%d/</loc><lastmod>2026-11-24T07:00:00+00:00</lastmod><changefreq>never</changefreq><priority>0.5</priority></url>\n", i+1)
	}
	b.WriteString("</urlset>\n")
	return b.String()
}

func TestReadSitemap(t *testing.T) {
	const one = "<urlset><url><loc>https://a.example/1</loc></url></urlset>"
	cyrillic := `<?xml version="1.0" encoding="windows-1251"?><urlset><url><loc>https://a.example/Новости</loc></url></urlset>`
	utf16 := `<?xml version="1.0" encoding="UTF-16"?><urlset><url><loc>https://a.example/é</loc></url></urlset>`
	for _, tt := range []struct {
		name, in string
		kind     Kind
		want     string // entries, as brief has them
		err      string // part of the error
	}{
		{"one page", one, Sitemap, "https://a.example/1\n", ""},
		{"index", `<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://a.example/s.xml.gz</loc><lastmod>2026-11-24</lastmod></sitemap></sitemapindex>`,
			Index, "https://a.example/s.xml.gz sitemap 2026-11-24\n", ""},
		{"index that names no <loc>", "<sitemapindex><sitemap>\nhttps://a.example/s?a=1&amp;b=2\n</sitemap></sitemapindex>", Index, "https://a.example/s?a=1&b=2 sitemap\n", ""},
		{"pages in an index, sitemaps among pages", "<sitemapindex><url><loc>/1</loc></url><sitemap><loc>/s</loc></sitemap></sitemapindex>", Index, "/1\n/s sitemap\n", ""},
		{"news extension", `<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://a.example/1</loc><news:news><news:publication><news:name>A</news:name><news:language>en</news:language></news:publication><news:publication_date>2026-11-24T07:00:00+04:00</news:publication_date><news:title>Rain &amp; wind</news:title></news:news></url></urlset>`,
			Sitemap, "https://a.example/1 Rain & wind 2026-11-24T07:00:00+04:00\n", ""},
		{"images and videos are no pages", `<urlset><url><image:image><image:loc>https://a.example/1.jpg</image:loc></image:image><loc>https://a.example/1</loc><video:video><video:content_loc>https://a.example/1.mp4</video:content_loc><video:title>Film</video:title></video:video></url></urlset>`,
			Sitemap, "https://a.example/1\n", ""},
		{"URL encoded twice", "<urlset><url><loc>https://a.example/?a=1&amp;amp;b=2</loc></url></urlset>", Sitemap, "https://a.example/?a=1&b=2\n", ""},
		{"a prefix for everything", `<s:urlset xmlns:s="x"><s:url><s:loc>https://a.example/1</s:loc></s:url></s:urlset>`, Sitemap, "https://a.example/1\n", ""},
		{"wrong namespace", `<urlset xmlns="https://a.example/whatever"><url><loc>https://a.example/1</loc></url></urlset>`, Sitemap, "https://a.example/1\n", ""},
		{"elements in capitals", "<URLSET><URL><LOC>https://a.example/1</LOC></URL></URLSET>", Sitemap, "https://a.example/1\n", ""},
		{"CDATA and space", "<urlset><url><loc>\n<![CDATA[https://a.example/?a=1&b=2]]>\n</loc></url></urlset>", Sitemap, "https://a.example/?a=1&b=2\n", ""},
		{"unescaped ampersand", "<urlset><url><loc>https://a.example/?a=1&b=2</loc></url></urlset>", Sitemap, "https://a.example/?a=1&b=2\n", ""},
		{"control characters", "<urlset><url><loc>https://a.example/1</loc>\x00\x0b</url></urlset>", Sitemap, "https://a.example/1\n", ""},
		{"broken UTF-8", "<urlset><url><x>\xff</x><loc>https://a.example/1</loc></url></urlset>", Sitemap, "https://a.example/1\n", ""},
		{"end tags are missing", "<urlset><url><loc>https://a.example/1<lastmod>2026-11-24<url><loc>https://a.example/2</loc></urlset>", Sitemap, "https://a.example/1 2026-11-24\nhttps://a.example/2\n", ""},
		{"an end tag too many", "<urlset></b><url></b><loc>https://a.example/1</loc></url></urlset>", Sitemap, "https://a.example/1\n", ""},
		{"an entry without an address", "<urlset><url><lastmod>2026-11-24</lastmod></url><url><loc> </loc></url></urlset>", Sitemap, "", ""},
		{"a month is no date", "<urlset><url><loc>/1</loc><lastmod>2026-11</lastmod></url></urlset>", Sitemap, "/1\n", ""},
		{"a URL without an end is none", "<urlset><url><loc>https://a.example/" + strings.Repeat("a", 2*maxText) + "</loc></url><url><loc>/2</loc></url></urlset>", Sitemap, "/2\n", ""},
		{"no page", `<urlset xmlns="x"/>`, Sitemap, "", ""},
		{"what follows the root is not read", one + "<urlset><url><loc>/2</loc>", Sitemap, "https://a.example/1\n", ""},
		{"XML 1.1", `<?xml version="1.1"?>` + one, Sitemap, "https://a.example/1\n", ""},
		{"space before the declaration", "\n\n" + `<?xml version="1.0"?>` + one, Sitemap, "https://a.example/1\n", ""},
		{"byte order mark", "\ufeff" + one, Sitemap, "https://a.example/1\n", ""},
		{"declared charset", encoded(t, charmap.Windows1251, cyrillic), Sitemap, "https://a.example/Новости\n", ""},
		{"UTF-16", encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), utf16), Sitemap, "https://a.example/é\n", ""},
		{"UTF-16 without a mark", encoded(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), utf16), Sitemap, "https://a.example/é\n", ""},
		{"UTF-16 declared and not meant", utf16, Sitemap, "https://a.example/é\n", ""},
		{"unknown charset", `<?xml version="1.0" encoding="klingon"?>` + one, Sitemap, "https://a.example/1\n", ""},
		{"gzip", packed(one), Sitemap, "https://a.example/1\n", ""},
		{"gzip twice", packed(packed(one)), Sitemap, "https://a.example/1\n", ""},
		{"two members of gzip", packed(one[:20]) + packed(one[20:]), Sitemap, "https://a.example/1\n", ""},
		{"entities are not expanded", `<!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><urlset><url><loc>https://a.example/&b;</loc></url></urlset>`, Sitemap, "https://a.example/&b;\n", ""},
		{"files are not included", `<!DOCTYPE urlset [<!ENTITY f SYSTEM "file:///etc/passwd">]><urlset><url><loc>https://a.example/&f;</loc></url></urlset>`, Sitemap, "https://a.example/&f;\n", ""},

		{"plain list", "https://a.example/1\r\n\n  HTTP://a.example/2\n# end\n", List, "https://a.example/1\nHTTP://a.example/2\n", ""},
		{"plain list with a mark", "\ufeffhttps://a.example/1\n", List, "https://a.example/1\n", ""},
		{"no bytes", "", List, "", ""},
		{"RSS", `<?xml version="1.0"?><rss version="2.0"><channel><title>A</title><item><title>Rain</title><link>https://a.example/1</link><pubDate>Tue, 24 Nov 2026 07:00:00 +0400</pubDate></item></channel></rss>`,
			Feed, "https://a.example/1 Rain 2026-11-24T07:00:00+04:00\n", ""},

		{"cut in an entry", one[:len(one)-len("</url></urlset>")], Sitemap, "https://a.example/1\n", "line 1: it ends before </urlset>"},
		{"cut in a URL", one[:30], Sitemap, "", "line 1: it ends before </urlset>"},
		{"cut in a tag", "<urlset><url><loc>/1</loc></url>\n<url><lo", Sitemap, "/1\n", "line 2: unexpected EOF"},
		{"cut in gzip", packed(urlset(2000))[:2000], Sitemap, "", "unexpected EOF"},
		{"broken XML", "<urlset><url><loc>/1</loc></url>\n< b></urlset>", Sitemap, "/1\n", "line 2: "},
		{"HTML", "<!DOCTYPE html><html><body>Not found</body></html>", Unknown, "", "HTML page"},
		{"other XML", "<kml><Document/></kml>", Unknown, "", "<kml>"},
		{"no element", "<!-- nothing -->", Unknown, "", "no element"},
		{"text", "Not found", List, "", "neither XML nor a list of URLs"},
		{"bytes", strings.Repeat("\x01\x02\x03\xff", 100_000), List, "", "longer than 64 KiB"},
		{"deeply nested", "<urlset><url>" + strings.Repeat("<a>", 1000), Sitemap, "", "nested more than 64 deep"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list, kind, err := entries(strings.NewReader(tt.in))
			if got := brief(list); kind != tt.kind || got != tt.want && tt.name != "cut in gzip" {
				t.Errorf("%s:\n%swant %s:\n%s", kind, got, tt.kind, tt.want)
			}
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("error %v, want %q", err, tt.err)
			}
			if tt.name == "cut in gzip" && len(list) < 100 {
				t.Errorf("%d entries, want those before the cut", len(list))
			}
		})
	}
}

// endless keeps giving the same text after its beginning.
type endless struct{ head, text string }

func (e *endless) Read(p []byte) (int, error) {
	if e.head == "" {
		e.head = e.text
	}
	n := copy(p, e.head)
	e.head = e.head[n:]
	return n, nil
}

// Files without an end are read to the limits, which the error names.
func TestSitemapLimits(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   io.Reader
		n    int
		err  string
	}{
		{"50,000 entries", strings.NewReader(urlset(MaxEntries)), MaxEntries, ""},
		{"one more", strings.NewReader(urlset(MaxEntries + 1)), MaxEntries, "more than 50000 URLs"},
		{"endless entries", &endless{"<urlset>", "<url><loc>/1</loc></url>"}, MaxEntries, "more than 50000 URLs"},
		{"endless lines", &endless{"", "https://a.example/1\n"}, MaxEntries, "more than 50000 URLs"},
		{"endless line", &endless{"", "aaaaaaaaaaaaaaaa"}, 0, "longer than 64 KiB"},
		{"endless feed", &endless{"<rss><channel>", "<item><link>https://a.example/1</link></item>"}, 0, "larger than 10 MiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := 0
			_, err := ReadSitemap(tt.in, func(Entry) error { n++; return nil })
			if n != tt.n {
				t.Errorf("%d entries, want %d", n, tt.n)
			}
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("error %v, want %q", err, tt.err)
			}
		})
	}
}

// A file is read to the limit of its unpacked size, whatever it holds.
func TestOpenLimits(t *testing.T) {
	for name, in := range map[string]io.Reader{
		"endless URL":     &endless{"<urlset><url><loc>https://a.example/", "aaaaaaaaaaaaaaaa"},
		"endless comment": &endless{"<urlset><!--", "a > b < c "},
		"gzip":            strings.NewReader(packed("<urlset>" + strings.Repeat(" ", 2<<20))),
		"gzip twice":      strings.NewReader(packed(packed("<urlset>" + strings.Repeat(" ", 2<<20)))),
	} {
		b, err := open(in, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, b)
		if n != 1<<20 || err == nil || !strings.Contains(err.Error(), "larger than 1 MiB") {
			t.Errorf("%s: %d bytes, error %v", name, n, err)
		}
	}
}

func TestYieldStops(t *testing.T) {
	stop := errors.New("enough")
	for _, in := range []string{urlset(3), "https://a.example/1\nhttps://a.example/2\n", `{"version":"https://jsonfeed.org/version/1","items":[{"url":"/1"},{"url":"/2"}]}`} {
		n := 0
		if _, err := ReadSitemap(strings.NewReader(in), func(Entry) error { n++; return stop }); err != stop || n != 1 {
			t.Errorf("%.30q: error %v after %d entries, want that of yield after 1", in, err, n)
		}
	}
}

// TestSitemapMemory: 50,000 URLs cost under 20 MB beside the file.
func TestSitemapMemory(t *testing.T) {
	file := packed(urlset(MaxEntries))
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	peak, n := uint64(0), 0
	_, err := ReadSitemap(strings.NewReader(file), func(Entry) error {
		if n++; n%1000 == 0 {
			runtime.ReadMemStats(&now)
			peak = max(peak, now.HeapAlloc-min(now.HeapAlloc, before.HeapAlloc))
		}
		return nil
	})
	if err != nil || n != MaxEntries {
		t.Fatalf("%d entries, error %v", n, err)
	}
	t.Logf("the heap grew by %.1f MB at most", float64(peak)/1e6)
	if peak > 20e6 {
		t.Errorf("the heap grew by %d bytes, want 20 MB at most", peak)
	}
}

func TestSettled(t *testing.T) {
	for _, tt := range []struct {
		name, lastmod, read string
		want                bool
	}{
		{"no lastmod", "", "2026-11-24T12:00:00Z", false},
		{"read a minute later", "2026-11-24T11:59:00Z", "2026-11-24T12:00:00Z", false},
		{"read two hours later", "2026-11-24T14:00:00+04:00", "2026-11-24T12:00:00Z", true},
		{"read before", "2026-11-24T16:30:00+04:00", "2026-11-24T12:00:00Z", false},
		{"read on that day", "2026-11-24", "2026-11-24T23:00:00Z", false},
		{"read when that day is over in UTC", "2026-11-24", "2026-11-25T01:30:00Z", false},
		{"read when that day is over everywhere", "2026-11-24", "2026-11-25T13:30:00Z", true},
		{"a clock without a zone, read in the next hours", "2026-11-24T08:00:00", "2026-11-24T12:00:00Z", false},
		{"a clock without a zone, read a day later", "2026-11-24T08:00:00", "2026-11-25T12:00:00Z", true},
	} {
		read, err := time.Parse(time.RFC3339, tt.read)
		if err != nil {
			t.Fatal(err)
		}
		if got := Settled(parseDate(tt.lastmod), read); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestWithin(t *testing.T) {
	for _, tt := range []struct {
		name, published, lastmod string
		index                    bool
		from, to                 string
		want                     bool
	}{
		{"no bounds", "", "2020-05-01", false, "", "", true},
		{"no date", "", "", false, "2020-01-01", "2020-12-31", true},
		{"first day", "", "2020-01-01", false, "2020-01-01", "2020-12-31", true},
		{"last day, late", "", "2020-12-31T23:59:59+04:00", false, "2020-01-01", "2020-12-31", true},
		{"day before", "", "2019-12-31T23:59:59Z", false, "2020-01-01", "", false},
		{"day after", "", "2021-01-01", false, "", "2020-12-31", false},
		{"published before, changed within", "2019-05-01", "2020-05-01", false, "2020-01-01", "2020-12-31", false},
		{"published within, changed after", "2020-05-01", "2026-05-01", false, "2020-01-01", "2020-12-31", true},
		{"part of an index, changed after", "", "2026-05-01", true, "2020-01-01", "2020-12-31", true},
		{"part of an index, changed before", "", "2019-05-01", true, "2020-01-01", "2020-12-31", false},
	} {
		var from, to time.Time
		if tt.from != "" {
			from = dayOf(t, tt.from).Add(5 * time.Hour)
		}
		if tt.to != "" {
			to = dayOf(t, tt.to)
		}
		e := Entry{URL: "/1", Sitemap: tt.index, LastMod: parseDate(tt.lastmod), Published: parseDate(tt.published)}
		if got := e.Within(from, to); got != tt.want {
			t.Errorf("%s: %t, want %t", tt.name, got, tt.want)
		}
	}
}

func TestParseDate(t *testing.T) {
	for in, want := range map[string]string{
		"2026-11-24":                      "2026-11-24",
		"2026-11-24T07:00+04:00":          "2026-11-24T07:00:00+04:00",
		"2026-11-24T07:00:00Z":            "2026-11-24T07:00:00+00:00",
		"2026-11-24T07:00:00.123456Z":     "2026-11-24T07:00:00+00:00",
		"2026-11-24T07:00:00+0400":        "2026-11-24T07:00:00+04:00",
		"2026-11-24 07:00:00 +0400":       "2026-11-24T07:00:00+04:00",
		"2026-11-24 07:00:00":             "2026-11-24T07:00:00",
		"Tue, 24 Nov 2026 07:00:00 +0400": "2026-11-24T07:00:00+04:00",
		"2026-11":                         "", "2026": "", "yesterday": "", "2026-13-45": "",
	} {
		if got := parseDate(in); got.String() != want || !got.IsZero() && got.Raw != in {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	if d := parseDate("2026-11-24"); d.Precision != item.Day {
		t.Errorf("a day has precision %d", d.Precision)
	}
}

// vectorCounts corrects the known count of a file that holds another one.
var vectorCounts = map[string]int{"ccsm/sitemaps/sitemap.txt": 2} // two lines; 5 is that of its packed sister

func TestSitemapVectors(t *testing.T) {
	dir := os.Getenv("NEWSONCE_DATA")
	if dir == "" {
		t.Skip("NEWSONCE_DATA is not set: the test vectors are not there")
	}
	b, err := os.ReadFile(filepath.Join(dir, "vectors", "sitemaps.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(b) {
		var v struct {
			ID   string
			B64  string
			URLs *int
		}
		if err := json.Unmarshal(line, &v); err != nil {
			t.Fatal(err)
		}
		file, err := base64.StdEncoding.DecodeString(v.B64)
		if err != nil {
			t.Fatal(err)
		}
		list, kind, err := entries(bytes.NewReader(file))
		want, known := vectorCounts[v.ID]
		if !known && v.URLs != nil {
			want, known = *v.URLs, true
		}
		if err != nil || known && len(list) != want || len(list) == 0 {
			t.Errorf("%s: %d entries in a %s, want %d; error %v", v.ID, len(list), kind, want, err)
		}
		t.Logf("%s: %d entries in a %s", v.ID, len(list), kind)
	}
}

// FuzzSitemap: no input makes the reader panic; entries are not empty, trimmed,
// within the limits, and the same when the file is packed.
func FuzzSitemap(f *testing.F) {
	for _, s := range []string{urlset(2), "<sitemapindex><sitemap>https://a.example/s</sitemap>", "https://a.example/1\n", packed(urlset(1)),
		`<rss version="2.0"><channel><item><guid>https://a.example/1</guid></item></channel></rss>`, `{"version":"https://jsonfeed.org/version/1","items":[{"url":"/1"}]}`,
		`<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/1"/><updated>2026-11-24T07:00:00Z</updated></entry></feed>`,
		"\xff\xfe<\x00u\x00", `<?xml version="1.0" encoding="koi8-r"?><urlset>`, "<!DOCTYPE x [<!ENTITY a \"b\">]><urlset><url><loc>&a;"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		list, kind, err := entries(bytes.NewReader(in))
		for _, e := range list {
			if e.URL == "" || strings.TrimSpace(e.URL) != e.URL || len(e.URL) > MaxFeed {
				t.Fatalf("entry %.100q", e.URL)
			}
			if kind == List && !isHTTP(e.URL) {
				t.Fatalf("%q in a plain list", e.URL)
			}
			if e.Sitemap && kind != Sitemap && kind != Index {
				t.Fatalf("a sitemap in a %s", kind)
			}
		}
		if bytes.HasPrefix(in, []byte{0x1f, 0x8b}) {
			return
		}
		again, kind2, err2 := entries(strings.NewReader(packed(string(in))))
		if brief(again) != brief(list) || kind2 != kind || (err == nil) != (err2 == nil) {
			t.Fatalf("packed: %s %q %v, plain: %s %q %v", kind2, brief(again), err2, kind, brief(list), err)
		}
	})
}

func BenchmarkReadSitemap(b *testing.B) {
	file := urlset(10_000)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		if _, err := ReadSitemap(strings.NewReader(file), func(Entry) error { n++; return nil }); err != nil || n != 10_000 {
			b.Fatalf("%d entries, error %v", n, err)
		}
	}
}

func ExampleReadSitemap() {
	file := `<urlset><url><loc>https://a.example/1</loc><lastmod>2026-11-24</lastmod></url>
<url><loc>https://a.example/2</loc></url><url>`
	kind, err := ReadSitemap(strings.NewReader(file), func(e Entry) error {
		fmt.Printf("%s %q\n", e.URL, e.LastMod)
		return nil
	})
	fmt.Println(kind, err)
	// Output:
	// https://a.example/1 "2026-11-24"
	// https://a.example/2 ""
	// sitemap line 2: it ends before </urlset>
}
