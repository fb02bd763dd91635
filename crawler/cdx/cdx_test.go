package cdx

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestPageURL(t *testing.T) {
	day := time.Date(2004, 5, 6, 0, 0, 0, 0, time.UTC)
	fixed := "fl=urlkey%2Ctimestamp%2Coriginal%2Cmimetype%2Cstatuscode%2Cdigest&"
	filters := "filter=statuscode%3A200&filter=mimetype%3Atext%2Fhtml&" + fixed
	for _, tt := range []struct {
		name string
		w    Index
		c    Cursor
		want string
	}{
		{"prefix", Index{Base: "https://web.archive.org", URL: "news.example/en/", MatchType: "prefix"}, Cursor{},
			"https://web.archive.org/cdx/search/cdx?" + filters + "limit=10000&matchType=prefix&output=json&showResumeKey=true&url=news.example%2Fen%2F"},
		{"days, a limit and a key with escapes", Index{Base: "http://127.0.0.1:80/wb", URL: "https://news.example/?a=b&c", MatchType: "exact", From: day, To: day, Limit: 5}, Cursor{Resume: "example%2Cnews%29%2Fen+20040506070809%21"},
			"http://127.0.0.1:80/wb/cdx/search/cdx?" + filters + "from=20040506&limit=5&matchType=exact&output=json&resumeKey=example%2Cnews%29%2Fen+20040506070809%21&showResumeKey=true&to=20040506&url=https%3A%2F%2Fnews.example%2F%3Fa%3Db%26c"},
		{"a key without escapes", Index{MatchType: "host"}, Cursor{Resume: "example,news)/en?a=1+2 20040506070809!"},
			"/cdx/search/cdx?" + filters + "limit=10000&matchType=host&output=json&resumeKey=example%2Cnews%29%2Fen%3Fa%3D1%2B2+20040506070809%21&showResumeKey=true&url="},
	} {
		if got := tt.w.PageURL(tt.c); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

// listed reads one answer and gives its captures in words.
func listed(w Index, c Cursor, answer string) (given []string, next Cursor, done bool, err error) {
	next, done, err = w.Read(strings.NewReader(answer), c, func(c Capture) error {
		given = append(given, fmt.Sprintf("%s %s %s", c.URL, c.At.Format(captureClock), c.Digest))
		return nil
	})
	return given, next, done, err
}

func TestRead(t *testing.T) {
	const head = `["urlkey","timestamp","original","mimetype","statuscode","digest"]`
	row := func(key, at, original, digest string) string {
		return fmt.Sprintf("[%q,%q,%q,\"text/html\",\"200\",%q]", key, at, original, digest)
	}
	a1, a2, a3 := row("example)/a", "20040101000000", "http://www.example/a", "A"), row("example)/a", "20050101000000", "https://example/a", "A"), row("example)/a", "20060101000000", "https://example/a?", "B")
	b1 := row("example)/b", "20010101000000", "http://example/b", "B")
	join := func(rows ...string) string { return "[" + strings.Join(append([]string{head}, rows...), ",\n") + "]\n" }
	held := &Capture{Key: "example)/a", URL: "http://example/a", At: time.Date(2003, 1, 1, 0, 0, 0, 0, time.UTC), Digest: "A"}
	for _, tt := range []struct {
		name, answer, latest, all string
		c, next                   Cursor // next for latest
		done                      bool
	}{
		{"nothing", "[]", "", "", Cursor{}, Cursor{}, true},
		{"no bytes", "", "", "", Cursor{}, Cursor{}, true},
		{"a header alone", join(), "", "", Cursor{}, Cursor{}, true},
		{"the newest of each URL", join(a1, a2, a3, b1), "https://example/a? 20060101000000 B; http://example/b 20010101000000 B",
			"http://www.example/a 20040101000000 A; https://example/a? 20060101000000 B; http://example/b 20010101000000 B", Cursor{}, Cursor{Lines: 4, Given: 2}, true},
		{"a URL continues in the next answer", join(a1, "[]", `["example%2C+key"]`), "", "http://www.example/a 20040101000000 A",
			Cursor{}, Cursor{Resume: "example%2C+key", Lines: 1, Held: &Capture{"example)/a", "http://www.example/a", time.Date(2004, 1, 1, 0, 0, 0, 0, time.UTC), "A", nil}}, false},
		{"it came in the answer before", join(a1, b1), "http://www.example/a 20040101000000 A; http://example/b 20010101000000 B", "http://example/b 20010101000000 B",
			Cursor{Resume: "k", Held: held, Lines: 7, Given: 1}, Cursor{Lines: 9, Given: 3}, true},
		{"it ended in the answer before", join(b1), "http://example/a 20030101000000 A; http://example/b 20010101000000 B", "http://example/b 20010101000000 B",
			Cursor{Resume: "k", Held: held}, Cursor{Lines: 1, Given: 2}, true},
		{"nothing more came", "[]", "http://example/a 20030101000000 A", "", Cursor{Resume: "k", Held: held}, Cursor{Given: 1}, true},
		{"without a header", "[" + a1 + "]", "http://www.example/a 20040101000000 A", "http://www.example/a 20040101000000 A", Cursor{}, Cursor{Lines: 1, Given: 1}, true},
		{"fields in another order", `[["digest","original","length","timestamp","urlkey","statuscode","mimetype"],["A","http://a.example/","7","20040101000000","example,a)/","200","text/html"]]`,
			"http://a.example/ 20040101000000 A", "http://a.example/ 20040101000000 A", Cursor{}, Cursor{Lines: 1, Given: 1}, true},
		{"plain", "example)/a 20040101000000 http://example/a text/html 200 A 512\nexample)/b 20050101000000 http://example/b text/html 200 B 512\n",
			"http://example/a 20040101000000 A; http://example/b 20050101000000 B", "http://example/a 20040101000000 A; http://example/b 20050101000000 B", Cursor{}, Cursor{Lines: 2, Given: 2}, true},
		{"plain with a key", "example)/a 20040101000000 http://example/a text/html 200 A\r\n\r\nexample%29%2Fa+20040101000001\r\n",
			"", "http://example/a 20040101000000 A", Cursor{}, Cursor{Resume: "example%29%2Fa+20040101000001", Lines: 1, Held: &Capture{"example)/a", "http://example/a", time.Date(2004, 1, 1, 0, 0, 0, 0, time.UTC), "A", nil}}, false},
		{"lines that are no pages", join(`["k","20040101000000","http://a.example/","warc/revisit","-","A"]`, `["k","20040101000000","http://a.example/","text/html","404","A"]`,
			`["k","20040101000000","http://a.example/1.png","image/png","200","A"]`, `["k","2004013","http://a.example/","text/html","200","A"]`, `["k","20040101000000","ftp://a.example/","text/html","200","A"]`,
			`["k","20040101000000","http://","text/html","200","A"]`), "", "", Cursor{}, Cursor{Lines: 6, Skipped: 6}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			given, next, done, err := listed(Index{}, tt.c, tt.answer)
			if got := strings.Join(given, "; "); got != tt.latest || err != nil || done != tt.done || !reflect.DeepEqual(next, tt.next) {
				t.Errorf("latest: %s\nwant %s\ncursor %+v\nwant %+v\ndone %v, error %v", got, tt.latest, next, tt.next, done, err)
			}
			given, _, done, err = listed(Index{All: true}, tt.c, tt.answer)
			if got := strings.Join(given, "; "); got != tt.all || err != nil || done != tt.done {
				t.Errorf("all: %s\nwant %s\ndone %v, error %v", got, tt.all, done, err)
			}
		})
	}
}

func TestReadBroken(t *testing.T) {
	row := `["k","20040101000000","http://a.example/","text/html","200","A"]`
	for _, tt := range []struct{ name, answer, err string }{
		{"a page", "\n<!DOCTYPE html><html>", "returned an HTML page"},
		{"an object", `{"urlkey":"k"}`, "it is not a CDX server"},
		{"text", "Blocked Site Error", `line 1 has 3 fields, not 6: "Blocked Site Error"`},
		{"cut", "[" + row + ",\n[\"k\",", "line 2: unexpected EOF"},
		{"cut between lines", "[" + row + ",", "line 2: unexpected EOF"},
		{"without its end", "[" + row, "line 1: unexpected EOF"},
		{"no text", `[["k",1]]`, "line 1: json: cannot unmarshal number"},
		{"too few fields", `[["k","20040101000000"]]`, "line 1 has 2 fields, not 6"},
		{"a field is missing", `[["urlkey","timestamp"]]`, "the response has no field original"},
		{"the same key again", "[" + row + `,[],["again"]]`, "returned the same resumption key twice"},
		{"a line without an end", strings.Repeat("x", 100_000), "line 1: longer than 64 KiB"},
	} {
		c := Cursor{Resume: "again", Lines: 5}
		_, next, done, err := listed(Index{}, c, tt.answer)
		if err == nil || !strings.Contains(err.Error(), tt.err) || done || !reflect.DeepEqual(next, c) {
			t.Errorf("%s: error %v, want %s; cursor %+v", tt.name, err, tt.err, next)
		}
	}
	_, next, _, err := listed(Index{}, Cursor{}, strings.Repeat("k 20040101000000 http://a.example/"+strings.Repeat("x", 60_000)+" text/html 404 A\n", MaxBytes/60_000))
	if err == nil || !strings.Contains(err.Error(), "larger than 64 MiB") || next.Lines != 0 {
		t.Errorf("endless: %v", err)
	}
	stop := errors.New("enough")
	_, _, err = Index{All: true}.Read(strings.NewReader("["+row+"]"), Cursor{}, func(Capture) error { return stop })
	if err != stop {
		t.Errorf("error %v, want that of yield", err)
	}
}

// However the index is cut into answers, and however often an answer comes
// again, the same captures are given, once each.
func TestAnywhereCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var index []Capture
		at := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)
		for _, key := range []string{"a", "b", "c", "d"} {
			for range rapid.IntRange(0, 4).Draw(t, "captures of "+key) {
				at = at.Add(time.Hour)
				index = append(index, Capture{key, "http://" + key + ".example/", at, rapid.SampledFrom([]string{"X", "Y"}).Draw(t, "digest"), nil})
			}
		}
		w := Index{All: rapid.Bool().Draw(t, "all")}
		want, _, _, err := listed(w, Cursor{}, cdxAnswer(index, ""))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		c := Cursor{}
		for from, done := 0, false; !done; {
			n := rapid.IntRange(1, 5).Draw(t, "lines")
			to, key := min(from+n, len(index)), ""
			if to < len(index) {
				key = fmt.Sprint("key ", to)
			}
			answer := cdxAnswer(index[from:to], key)
			if rapid.Bool().Draw(t, "cut") {
				if _, again, _, err := listed(w, c, answer[:len(answer)-1]); err == nil || !reflect.DeepEqual(again, c) {
					t.Fatalf("cut answer: %v, %+v", err, again)
				}
			}
			var given []string
			if given, c, done, err = listed(w, c, answer); err != nil {
				t.Fatal(err)
			}
			got = append(got, given...)
			stored, err := json.Marshal(c)
			if err != nil {
				t.Fatal(err)
			}
			c = Cursor{}
			if err := json.Unmarshal(stored, &c); err != nil {
				t.Fatal(err)
			}
			from = to
		}
		if !reflect.DeepEqual(got, want) || c.Given != int64(len(want)) || c.Lines != int64(len(index)) {
			t.Fatalf("got %q\nwant %q\ncursor %+v", got, want, c)
		}
	})
}

// cdxAnswer is an answer with these lines, and a resumption key if more follow.
func cdxAnswer(lines []Capture, resume string) string {
	rows := [][]string{captureFields}
	for _, c := range lines {
		rows = append(rows, []string{c.Key, c.At.Format(captureClock), c.URL, "text/html", "200", c.Digest})
	}
	if resume != "" {
		rows = append(rows, []string{}, []string{resume})
	}
	b, err := json.Marshal(rows)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func TestParseCapture(t *testing.T) {
	const base = "https://web.archive.org"
	for _, tt := range []struct{ base, in, want string }{
		{base, "https://web.archive.org/web/20040506070809id_/http://a.example/1?x=y", "http://a.example/1?x=y 20040506070809"},
		{base, "http://WEB.archive.org/web/20040506070809/https://a.example/", "https://a.example/ 20040506070809"},
		{base, "https://web.archive.org/web/20040506070809if_/https:/a.example/1", "https://a.example/1 20040506070809"},
		{base, "https://web.archive.org/web/2004/a.example", "http://a.example 20040101000000"},
		{base, "https://web.archive.org/web/200405im_/HTTP://a.example/", "http://a.example/ 20040501000000"},
		{"http://127.0.0.1:8080/wb", "http://127.0.0.1:8080/wb/web/20040506070809id_/http://127.0.0.1:81/1", "http://127.0.0.1:81/1 20040506070809"},
		{"http://127.0.0.1:8080/wb", "http://127.0.0.1:8080/web/20040506070809id_/http://a.example/", ""},
		{base, "https://archive.org/web/20040506070809/http://a.example/", ""},
		{base, "https://web.archive.org.evil.example/web/20040506070809/http://a.example/", ""},
		{base, "https://web.archive.org/web/20041306070809/http://a.example/", ""},
		{base, "https://web.archive.org/web/*/http://a.example/", ""},
		{base, "https://web.archive.org/web/20040506070809id_/", ""},
		{base, "https://web.archive.org/web/20040506070809ID_/http://a.example/", ""},
		{base, "https://web.archive.org/web/20040506070809", ""},
		{base, "https://web.archive.org/web/20040506070809id_//", ""},
		{base, "https://web.archive.org/web/20040506070809id_/http:///", ""},
		{base, "https://web.archive.org/web/20040506070809id_//a.example/1", "http://a.example/1 20040506070809"},
		{base, "https://web.archive.org/web/20040506070809id_//https:///a.example/1", "https://a.example/1 20040506070809"},
		{base, "https://web.archive.org/cdx/search/cdx?url=x", ""},
		{base, "ftp://web.archive.org/web/20040506070809/http://a.example/", ""},
		{base, "", ""},
	} {
		original, at, ok := ParseCapture(tt.base, tt.in)
		got := ""
		if ok {
			got = original + " " + at.Format(captureClock)
		}
		if got != tt.want {
			t.Errorf("%s is %q, want %q", tt.in, got, tt.want)
		}
	}
}

// FuzzParseCapture: no address makes it panic, and what it finds is found again
// in the address that is made of it.
func FuzzParseCapture(f *testing.F) {
	for _, s := range []string{"https://web.archive.org/web/20040506070809id_/http://a.example/1", "https://web.archive.org/web/2004/a", "https://web.archive.org/web/2004///", "http://web.archive.org/web/20040506im_/https:/x y#z", "https://web.archive.org/web/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w := Index{Base: "https://web.archive.org"}
		original, at, ok := ParseCapture(w.Base, s)
		if !ok {
			return
		}
		made := w.CaptureURL(Capture{URL: original, At: at})
		again, at2, ok := ParseCapture(w.Base, made)
		if !ok || !at2.Equal(at) || again != escapeRest(original) {
			t.Fatalf("%q at %v came back from %q as %q at %v", original, at, made, again, at2)
		}
		if u, err := url.Parse(made); err == nil && u.Fragment != "" {
			t.Fatalf("%q has a fragment", made)
		}
	})
}

// FuzzRead: no answer makes the reader panic; what is given can be fetched
// for, the newest of a URL once; and an error leaves the cursor alone.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"[]", "", cdxAnswer([]Capture{{"k", "http://a.example/", time.Unix(1e9, 0).UTC(), "A", nil}}, "more"), "k 20040101000000 http://a.example/ text/html 200 A\n\nkey\n", "[[\"k\"", "<html>", "{}", "[1]", "[[],[\"x\"]]"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, answer string, all bool) {
		w := Index{Base: "https://web.archive.org", All: all}
		c := Cursor{Resume: "before", Lines: 1}
		last, n := Capture{}, 0
		next, done, err := w.Read(strings.NewReader(answer), c, func(c Capture) error {
			if !all && n > 0 && c.Key == last.Key {
				t.Fatalf("%s was given twice", c.Key)
			}
			if !isHTTP(c.URL) || c.At.IsZero() {
				t.Fatalf("%+v", c)
			}
			last = c
			n++
			return nil
		})
		switch {
		case err != nil && (done || !reflect.DeepEqual(next, c)):
			t.Fatalf("after %v: %+v", err, next)
		case err == nil && done != (next.Resume == ""), err == nil && next.Given != int64(n), err == nil && next.Lines < c.Lines+int64(n)-1:
			t.Fatalf("done %v, %d given, %+v", done, n, next)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var index []Capture
	for n := range CaptureLines {
		index = append(index, Capture{fmt.Sprintf("example,news)/en/article/%d", n/3), fmt.Sprintf("https://news.example/en/article/%d/", n/3), time.Unix(1e9+int64(n)*3600, 0).UTC(), fmt.Sprintf("%032d", n), nil})
	}
	answer := cdxAnswer(index, "more")
	b.SetBytes(int64(len(answer)))
	b.ReportAllocs()
	for b.Loop() {
		next, _, err := Index{}.Read(strings.NewReader(answer), Cursor{}, func(Capture) error { return nil })
		if err != nil || next.Lines != CaptureLines || next.Given != CaptureLines/3 {
			b.Fatalf("%+v, %v", next, err)
		}
	}
}

func ExampleIndex() {
	w := Index{Base: "https://web.archive.org", URL: "news.example/en/", MatchType: "prefix"}
	answer := io.Reader(strings.NewReader(`[["urlkey","timestamp","original","mimetype","statuscode","digest"],
["example,news)/en/1","20040506070809","http://news.example/en/1","text/html","200","A"],
["example,news)/en/1","20090506070809","https://news.example/en/1","text/html","200","B"]]`)) // to w.PageURL(Cursor{})
	_, done, err := w.Read(answer, Cursor{}, func(c Capture) error {
		fmt.Println(w.CaptureURL(c))
		return nil
	})
	fmt.Println(done, err)
	// Output:
	// https://web.archive.org/web/20090506070809id_/https://news.example/en/1
	// true <nil>
}
