package item

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var (
	tbilisi = time.FixedZone("", 4*60*60)
	stated  = Date{Time: time.Date(2023, 7, 13, 13, 31, 0, 0, tbilisi), Precision: Second, Zoned: true, Raw: "13 July 2023 / 13:31"}
	local   = Date{Time: time.Date(2023, 11, 30, 10, 42, 0, 0, time.UTC), Precision: Second}
	fetched = At(time.Date(2026, 11, 20, 6, 0, 1, 999_999_999, time.UTC))
)

// lines has each type with all fields, and with as few as allowed.
var lines = []struct {
	name string
	item any
	want string
}{
	{"article with every field", &Article{
		Type: TypeArticle, ID: "0123456789abcdef0123456789abcdef", Revision: 3, Site: "ccbs", URL: "https://ccbs.news/en/article/7228/",
		CanonicalURL: "https://ccbs.news/en/article/7228", Title: "Title", Summary: "Summary", ContentText: "One.\n\nTwo.",
		DatePublished: stated, DateModified: local, DateRaw: stated.Raw, Authors: []Author{{Name: "A. Writer", URL: "https://ccbs.news/a"}, {Name: "B. Writer"}},
		Publisher: "CCBS", Section: "World", Tags: []string{"a", "b"}, Language: "en", Image: "https://ccbs.news/i.jpg", ContentHash: "00ff",
		ClusterID: "c", DuplicateOf: "d", Similarity: 0.75, Method: "near", Revises: 2, Source: "listing", FoundOn: "https://ccbs.news/en/",
		FetchedAt: fetched, RunID: "20261120T060000.000Z",
	}, `{"type":"article","id":"0123456789abcdef0123456789abcdef","revision":3,"site":"ccbs","url":"https://ccbs.news/en/article/7228/","canonical_url":"https://ccbs.news/en/article/7228","title":"Title","summary":"Summary","content_text":"One.\n\nTwo.","date_published":"2023-07-13T13:31:00+04:00","date_modified":"2023-11-30T10:42:00","date_raw":"13 July 2023 / 13:31","authors":[{"name":"A. Writer","url":"https://ccbs.news/a"},{"name":"B. Writer"}],"publisher":"CCBS","section":"World","tags":["a","b"],"language":"en","image":"https://ccbs.news/i.jpg","content_hash":"00ff","cluster_id":"c","duplicate_of":"d","similarity":0.75,"method":"near","revises":2,"source":"listing","found_on":"https://ccbs.news/en/","fetched_at":"2026-11-20T06:00:01Z","run_id":"20261120T060000.000Z"}`},
	{"article with little", &Article{Type: TypeArticle, ID: "1", Site: "a", URL: "https://a.example/"},
		`{"type":"article","id":"1","site":"a","url":"https://a.example/"}`},
	{"headline with every field", &Headline{
		Type: TypeHeadline, ID: "1", Revision: 2, Site: "ccbs", URL: "https://ccbs.news/en/article/7301/", Title: "Title",
		DatePublished: local, DateRaw: "30 November 2023 / 10:42", Block: "sidebar", Position: 1, FoundOn: "https://ccbs.news/en/", FirstSeen: fetched, RunID: "r",
	}, `{"type":"headline","id":"1","revision":2,"site":"ccbs","url":"https://ccbs.news/en/article/7301/","title":"Title","date_published":"2023-11-30T10:42:00","date_raw":"30 November 2023 / 10:42","block":"sidebar","position":1,"found_on":"https://ccbs.news/en/","first_seen":"2026-11-20T06:00:01Z","run_id":"r"}`},
	{"headline without link and date", Headline{Type: TypeHeadline, ID: "1", Site: "a", Title: ""},
		`{"type":"headline","id":"1","site":"a","title":""}`},
	{"reference", Reference{
		Type: TypeReference, ID: "1", DuplicateOf: "2", Method: "exact", Similarity: 1, Site: "a", URL: "https://a.example/1", Title: "Title",
		DatePublished: Date{Time: time.Date(2023, 7, 13, 0, 0, 0, 0, time.UTC)}, FetchedAt: fetched, RunID: "r",
	}, `{"type":"reference","id":"1","duplicate_of":"2","method":"exact","similarity":1,"site":"a","url":"https://a.example/1","title":"Title","date_published":"2023-07-13","fetched_at":"2026-11-20T06:00:01Z","run_id":"r"}`},
	{"gone", Gone{Type: TypeGone, ID: "1", Site: "a", URL: "https://a.example/1", Status: 410, FetchedAt: fetched, RunID: "r"},
		`{"type":"gone","id":"1","site":"a","url":"https://a.example/1","status":410,"fetched_at":"2026-11-20T06:00:01Z","run_id":"r"}`},
}

func TestLines(t *testing.T) {
	e := NewEncoder() // one for all lines: a long line must not leave bytes in a shorter one
	for _, tt := range lines {
		t.Run(tt.name, func(t *testing.T) {
			line, err := e.Line(tt.item)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want+"\n", string(line)); diff != "" {
				t.Errorf("line (-want +got):\n%s", diff)
			}
			var b bytes.Buffer
			if err := WriteLine(&b, tt.item); err != nil || b.String() != tt.want+"\n" {
				t.Errorf("WriteLine wrote %q, error %v", b.String(), err)
			}
		})
	}
}

func TestArticleReadsBack(t *testing.T) {
	var a Article
	if err := json.Unmarshal([]byte(lines[0].want), &a); err != nil {
		t.Fatal(err)
	}
	line, err := NewEncoder().Line(&a)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSuffix(string(line), "\n"); got != lines[0].want {
		t.Errorf("read and written again\n got %s\nwant %s", got, lines[0].want)
	}
}

func TestLineEscapes(t *testing.T) {
	for _, tt := range []struct{ name, title, want string }{
		{"HTML characters stay", `<b>Q&A</b> 'x'`, `<b>Q&A</b> 'x'`},
		{"quote and backslash", `"\`, `\"\\`},
		{"line ends", "a\r\nb", `a\r\nb`},
		{"U+2028 and U+2029, which end a line in JavaScript", "a\u2028b\u2029c", `a\u2028b\u2029c`},
		{"control characters", "a\x00\x1f\x7fb", "a\\u0000\\u001f\x7fb"},
		{"broken UTF-8", "a\xffb", `a\ufffdb`},
		{"half a surrogate pair in UTF-8", "a\xed\xa0\x80b", `a\ufffd\ufffd\ufffdb`},
		{"other scripts stay", "Привет 世界 🗞", "Привет 世界 🗞"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			line, err := NewEncoder().Line(Headline{Type: TypeHeadline, ID: "1", Site: "a", Title: tt.title})
			if err != nil {
				t.Fatal(err)
			}
			want := `{"type":"headline","id":"1","site":"a","title":"` + tt.want + "\"}\n"
			if string(line) != want {
				t.Errorf("\n got %q\nwant %q", line, want)
			}
		})
	}
}

func FuzzLine(f *testing.F) {
	f.Add("Title\n", "One.\u2028\xff")
	f.Fuzz(func(t *testing.T, title, text string) {
		line, err := NewEncoder().Line(&Article{Type: TypeArticle, ID: "1", Title: title, ContentText: text})
		if err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(line) || bytes.Count(line, []byte("\n")) != 1 || line[len(line)-1] != '\n' {
			t.Fatalf("not one line of UTF-8: %q", line)
		}
		var a Article
		if err := json.Unmarshal(line, &a); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if want := strings.ToValidUTF8(title, "\ufffd"); utf8.ValidString(title) && a.Title != want {
			t.Fatalf("title %q came back as %q", title, a.Title)
		}
	})
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestWriteLineErrors(t *testing.T) {
	full := errors.New("no space left")
	if err := WriteLine(brokenWriter{full}, Gone{}); !errors.Is(err, full) {
		t.Errorf("write error %v, want %v", err, full)
	}
	err := WriteLine(&bytes.Buffer{}, Article{Similarity: math.NaN()})
	if err == nil || !strings.Contains(err.Error(), "item.Article") {
		t.Errorf("error of a value that JSON cannot hold: %v, want one that names the type", err)
	}
}

func TestID(t *testing.T) {
	// printf 'article\nhttps://ccbs.news/en/article/7228/' | sha256sum | cut -c1-32
	const (
		linked   = "ccbs\nhttps://ccbs.news/en/article/7301/"
		unlinked = "ccbs\nfloods in the north\n2023-11-30"
		undated  = "ccbs\nfloods in the north\n"
	)
	for _, tt := range []struct {
		name string
		typ  Type
		key  string
		want string
	}{
		{"article", TypeArticle, "https://ccbs.news/en/article/7228/", "ccfa35378292ee740cbd931d62f1dabc"},
		{"headline with a link", TypeHeadline, linked, "1e42ef8f90ca948822aa442f708db8a3"},
		{"headline without a link", TypeHeadline, unlinked, "b19c51b25a3316d446f413d11c3ba900"},
		{"headline without link and date", TypeHeadline, undated, "a486c791fe2678bff8638d088dfd8231"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ID(tt.typ, tt.key); got != tt.want {
				t.Errorf("ID(%s, %q) = %s, want %s", tt.typ, tt.key, got, tt.want)
			}
		})
	}
	for _, tt := range []struct {
		name, target string
		date         Date
		want         string
	}{
		{"the link overrides title and day", "https://ccbs.news/en/article/7301/", local, linked},
		{"title and day, whatever the hour", "", local, unlinked},
		{"title alone", "", Date{}, undated},
	} {
		if got := HeadlineKey("ccbs", tt.target, "floods in the north", tt.date); got != tt.want {
			t.Errorf("%s: HeadlineKey = %q, want %q", tt.name, got, tt.want)
		}
	}
}
