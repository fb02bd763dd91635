package jsonlist

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func path(t testing.TB, s string) Path {
	t.Helper()
	if s == "" {
		return Path{}
	}
	p, err := ParsePath(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestReadJSON(t *testing.T) {
	const more = `{"data": {"items": [{"id": 1, "url": "/1", "tags": ["a", "b"]}, {"id": 2, "url": " /2 "}, {"id": 3, "url": null}], "html": "<p>1</p>"}, "paging": {"next": "/api?page=2", "cursor": "a b&c", "offset": 40, "more": false}}`
	for _, tt := range []struct {
		name, in          string
		links, html, next string // paths
		nextURL           string
		want              string // links, HTML, next
		err               string
	}{
		{"links", more, "data.items[].url", "", "", "", "[/1 /2]  ", ""},
		{"HTML and next", more, "", "data.html", "paging.next", "", "[] <p>1</p> /api?page=2", ""},
		{"one element", more, "data.items[1].url", "", "", "", "[/2]  ", ""},
		{"an array at the end stands for its elements", more, "data.items[0].tags", "", "", "", "[a b]  ", ""},
		{"each of each", `[[{"u":"/1"}],[{"u":"/2"},{"u":"/3"}]]`, "[][].u", "", "", "", "[/1 /2 /3]  ", ""},
		{"a key with a dot", `{"a.b":{"":"/1"}}`, `["a.b"][""]`, "", "", "", "[/1]  ", ""},
		{"several parts of HTML", `{"items":[{"html":"<p>1"},{"html":"<p>2"}]}`, "", "items[].html", "", "", "[] <p>1\n<p>2 ", ""},
		{"a cursor", more, "", "", "paging.cursor", "https://a.example/api?after={next}", "[]  https://a.example/api?after=a%20b%26c", ""},
		{"an offset", more, "", "", "paging.offset", "/api?offset={next}", "[]  /api?offset=40", ""},
		{"no more", more, "", "", "paging.more", "", "[]  ", ""},
		{"an offset of 0 is none", `{"next":0}`, "", "", "next", "/api?offset={next}", "[]  ", ""},
		{"paths of other kinds of value lead nowhere", more, "data[].url", "data.html.x", "paging.next[0]", "", "[]  ", ""},
		{"numbers are kept as they are written", `[7228, 12345678901234567890]`, "[]", "", "", "", "[7228 12345678901234567890]  ", ""},
		{"byte order mark", "\ufeff[\"/1\"]\n", "[]", "", "", "", "[/1]  ", ""},
		{"text of its own", `"/1"`, "a", "", "", "", "[]  ", ""},
		{"true names nothing", `{"more":true}`, "", "", "more", "", "", "more is true"},
		{"an object at the end", more, "data.items[]", "", "", "", "", "data.items[] is an object: name one of its keys"},
		{"HTML", "<!DOCTYPE html><html>", "a", "", "", "", "", "HTML or XML instead of JSON"},
		{"a callback", `show({"a":1})`, "a", "", "", "", "", "not valid JSON: byte 1"},
		{"no bytes", "", "a", "", "", "", "", "ends too early"},
		{"cut", `{"a":["/1",`, "a", "", "", "", "", "ends too early"},
		{"broken behind what is wanted", `{"a":"/1","b":}`, "a", "", "", "", "", "not valid JSON"},
		{"two texts", `{"a":"/1"}{}`, "a", "", "", "", "", "data after its end"},
		{"deeply nested", strings.Repeat("[", 1000) + strings.Repeat("]", 1000), "a", "", "", "", "", "nested more than 100 deep"},
		{"too many links", "[" + strings.Repeat(`"/1",`, maxJSONLinks) + `"/1"]`, "[]", "", "", "", "", "more than 50000 links"},
		{"too large", `["` + strings.Repeat("a", MaxBytes) + `"]`, "[]", "", "", "", "", "larger than 10 MiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Read([]byte(tt.in), Rules{path(t, tt.links), path(t, tt.html), path(t, tt.next), tt.nextURL})
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Fatalf("error %v, want %q", err, tt.err)
			}
			if s := fmt.Sprintf("%v %s %s", got.Links, got.HTML, got.Next); err == nil && s != tt.want {
				t.Errorf("got %q, want %q", s, tt.want)
			}
		})
	}
}

func TestParseJSONPath(t *testing.T) {
	for in, want := range map[string]bool{
		"a": true, "a.b": true, "a[]": true, "[]": true, "[].a": true, "a[0][1].b": true, `a["b c"].d`: true, `["a\"b"]`: true, "$data.größe-1": true, "0.a": true,
		"": false, ".": false, "a.": false, ".a": false, "a..b": false, "a b": false, "a[": false, "a[x]": false, "a[-1]": false, "a[]b": false, `a["b]`: false, "a[12345678901]": false, "a.*": false, `["\x"]`: false,
	} {
		p, err := ParsePath(in)
		if (err == nil) != want || err == nil && p.Source != in {
			t.Errorf("%q: %+v, error %v", in, p, err)
		}
	}
}

// FuzzReadJSON: no answer makes the reader panic; what it reads of valid JSON
// are texts that stand in it, and it takes what encoding/json takes.
func FuzzReadJSON(f *testing.F) {
	for _, s := range []string{`{"a":[{"b":"/1"},{"b":2}],"n":"/2"}`, `[["/1"]]`, `{"a":{"b":{}}}`, `{"a":[[[]]],"n":true}`, "[1,2", "\ufeff{}", `{"a":"\ud800"}`, "<html>"} {
		f.Add([]byte(s), "a[].b", "n")
	}
	f.Add([]byte(`{"x y":[null,"z"]}`), `["x y"]`, "[][]")
	f.Fuzz(func(t *testing.T, body []byte, links, next string) {
		l, err := ParsePath(links)
		if err != nil {
			return
		}
		n, err := ParsePath(next)
		if err != nil {
			n = Path{}
		}
		page, err := Read(body, Rules{Links: l, Next: n})
		if err != nil {
			return
		}
		if !json.Valid(bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\ufeff"))) {
			t.Fatalf("%q was read, and is no JSON", body)
		}
		texts := map[string]bool{"": true}
		d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\ufeff"))))
		d.UseNumber()
		for token, err := d.Token(); err == nil; token, err = d.Token() {
			texts[strings.TrimSpace(fmt.Sprint(token))] = true
		}
		for _, link := range append(page.Links, page.Next) {
			if !texts[link] {
				t.Fatalf("%q gives %q, which does not stand in it", body, link)
			}
		}
	})
}

func BenchmarkReadJSON(b *testing.B) {
	var s strings.Builder
	s.WriteString(`{"data":{"items":[`)
	for i := range 200 {
		fmt.Fprintf(&s, `{"id":%d,"title":"Rain over the valley","summary":"%s","url":"/en/article/%d/"},`, i, strings.Repeat("It rains. ", 40), i)
	}
	body := []byte(strings.TrimSuffix(s.String(), ",") + `]}}`)
	rules := Rules{Links: path(b, "data.items[].url")}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if page, err := Read(body, rules); err != nil || len(page.Links) != 200 {
			b.Fatalf("%d links, error %v", len(page.Links), err)
		}
	}
}

func ExampleRead() {
	links, _ := ParsePath("data.items[].url")
	next, _ := ParsePath("data.after")
	page, err := Read([]byte(`{"data":{"items":[{"url":"/1"},{"url":"/2"}],"after":"x7"}}`),
		Rules{Links: links, Next: next, NextURL: "https://a.example/api/more?after={next}"})
	fmt.Println(page.Links, page.Next, err)
	// Output: [/1 /2] https://a.example/api/more?after=x7 <nil>
}
