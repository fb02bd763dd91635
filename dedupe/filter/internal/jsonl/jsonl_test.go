package jsonl

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

func TestRead(t *testing.T) {
	type article struct{ ID, Type, Title, Text, URL, When string }
	for _, test := range []struct {
		name, line string
		fields     *Fields // nil: the usual
		want       article
	}{
		{"newsonce", `{"type":"article","id":"0f","site":"x","url":"https://x.example/1","title":"T","content_text":"One.\n\nTwo.","date_published":"2025-03-01T10:00:00+04:00","fetched_at":"2025-03-02T00:00:00Z"}`, nil,
			article{`"0f"`, "article", "T", "One.\n\nTwo.", "https://x.example/1", "2025-03-01T06:00:00Z"}},
		{"news-please", `{"maintext": "Text", "title": "T", "date_publish": "2025-03-01 10:00:00", "date_download": "2025-03-02 10:00:00", "url": "u", "source_domain": "x"}`, nil,
			article{"", "", "T", "Text", "u", "2025-03-01T10:00:00Z"}},
		{"schema.org", `{"@type":"NewsArticle","headline":"H","articleBody":"B","datePublished":"2025-03-01","author":{"name":"no title"}}`, nil,
			article{"", "", "H", "B", "", "2025-03-01T00:00:00Z"}},
		{"first seen, where no date is", `{"text":"B","fetched_at":"2025-03-02T00:00:00Z"}`, nil, article{Text: "B", When: "2025-03-02T00:00:00Z"}},
		{"a date that is none", `{"text":"B","date":"yesterday","fetched_at":1740873600}`, nil, article{Text: "B", When: "2025-03-02T00:00:00Z"}},
		{"the better key, wherever it stands", `{"text":"second","content_text":"first","body":"third"}`, nil, article{Text: "first"}},
		{"an empty better key", `{"content_text":" ","text":"B","title":null,"headline":"H"}`, nil, article{Text: "B", Title: "H"}},
		{"the last of equal keys", `{"text":"a","text":"b","id":1,"id":2}`, nil, article{ID: "2", Text: "b"}},
		{"a number for an id", `{"id":-12.5e3,"text":"B"}`, nil, article{ID: "-12.5e3", Text: "B"}},
		{"no id", `{"id":"","text":"B"}`, nil, article{Text: "B"}},
		{"nothing but null", `{"id":null,"title":null,"text":null,"url":null,"date":null}`, nil, article{}},
		{"an object for an id", `{"id":{"$oid":"5f"},"text":"B"}`, nil, article{Text: "B"}},
		{"paragraphs", `{"body":["One.","Two."]}`, nil, article{Text: "One.\n\nTwo."}},
		{"no strings", `{"body":[1,{}],"title":7,"url":true}`, nil, article{}},
		{"escapes", `{"text":"\"\\\u00e9\ud83d\ude00\/","a\"b":"}","c":"\\"}`, nil, article{Text: "\"\\é😀/"}},
		{"nested keys", `{"meta":{"text":"no","list":[{"title":"}no]"}]},"text":"yes"}`, nil, article{Text: "yes"}},
		{"nothing", ` { } `, nil, article{}},
		{"keys that are named", `{"plain":"B","text":"no","h":"H","when":"20250301"}`, &Fields{Text: []string{"plain"}, Title: []string{"h"}, Date: []string{"when"}},
			article{Text: "B", Title: "H", When: "2025-03-01T00:00:00Z"}},
		{"one key for two", `{"title":"Both"}`, &Fields{Text: []string{"title"}, Title: []string{"title"}}, article{Text: "Both", Title: "Both"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.fields == nil {
				test.fields = &Usual
			}
			a, err := test.fields.Read(bytes.TrimSpace([]byte(test.line)))
			if err != nil {
				t.Fatal(err)
			}
			got := article{string(a.ID), a.Type, a.Title, a.Text, a.URL, ""}
			if !a.When.IsZero() {
				got.When = a.When.Format(time.RFC3339)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s\n(-want +got)\n%s", test.line, diff)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	for _, test := range []struct{ line, want string }{
		{`[{"text":"a"}]`, "not a JSON object"},
		{`"text"`, "not a JSON object"},
		{`{"text":"cut`, "not JSON: unexpected end of JSON input"},
		{`{"text":"a"} {"text":"b"}`, "not JSON: invalid character '{' after top-level value at byte 14 of 25"},
		{`{'text':1}`, "not JSON: invalid character '\\''"},
	} {
		if _, err := Usual.Read([]byte(test.line)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q", test.line, err, test.want)
		}
	}
}

func TestDate(t *testing.T) {
	for _, test := range []struct{ value, want string }{
		{`"2025-03-01T10:00:00.5Z"`, "2025-03-01T10:00:00Z"},
		{`"2025-03-01T10:00:00"`, "2025-03-01T10:00:00Z"},
		{`"2025-03-01 10:00:00+0300"`, ""},
		{`"2025-03-01 10:00:00+03:00"`, "2025-03-01T07:00:00Z"},
		{`"2025-03-01 10:00:00 +0300"`, "2025-03-01T07:00:00Z"},
		{`"Sat, 01 Mar 2025 10:00:00 GMT"`, "2025-03-01T10:00:00Z"},
		{`"Sat, 1 Mar 2025 10:00:00 +0100"`, "2025-03-01T09:00:00Z"},
		{`"1 March 2025"`, "2025-03-01T00:00:00Z"},
		{`1740823200`, "2025-03-01T10:00:00Z"},
		{`1740823200.25`, "2025-03-01T10:00:00Z"},
		{`1740823200123`, "2025-03-01T10:00:00Z"},
		{`"1740823200"`, "2025-03-01T10:00:00Z"},
		{`20250301`, "2025-03-01T00:00:00Z"},
		{`0`, ""}, {`-5`, ""}, {`1e300`, ""}, {`null`, ""}, {`""`, ""}, {`{}`, ""}, {`"soon"`, ""},
	} {
		got := ""
		if d := date([]byte(test.value)); !d.IsZero() {
			got = d.Truncate(time.Second).Format(time.RFC3339)
		}
		if got != test.want {
			t.Errorf("date %s is %q, want %q", test.value, got, test.want)
		}
	}
}

var someVerdict = Verdict{Cluster: json.RawMessage(`"c"`), Duplicate: json.RawMessage(`7`), Similarity: 0.87654, Method: "near"}

func TestAnnotate(t *testing.T) {
	const added = `"cluster_id":"c","duplicate_of":7,"similarity":0.8765,"method":"near"`
	for _, test := range []struct{ name, line, want string }{
		{"at the end", `{"text": "a",  "other": [1, 2] }`, `{"text": "a",  "other": [1, 2],` + added + ` }`},
		{"an empty object", `{}`, `{` + added + `}`},
		{"behind the hash of a crawl", `{"text":"a","content_hash":"ff","source":"feed"}`, `{"text":"a","content_hash":"ff",` + added + `,"source":"feed"}`},
		{"over a verdict", `{"a":1,"cluster_id":"old","duplicate_of":"x","similarity":1,"method":"exact","b":2}`, `{"a":1,` + added + `,"b":2}`},
		{"over a scattered one", `{"method":"m", "a": 1,"cluster_id":"old"}`, `{` + added + `, "a": 1}`},
		{"over nothing else", `{"cluster_id":null}`, `{` + added + `}`},
		{"not into nested ones", `{"a":{"cluster_id":1}}`, `{"a":{"cluster_id":1},` + added + `}`},
	} {
		a, err := Usual.Read([]byte(test.line))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(a.Annotate([]byte("x"), someVerdict)); got != "x"+test.want {
			t.Errorf("%s: %s\ngot  %s\nwant %s", test.name, test.line, got[1:], test.want)
		}
	}
	a, _ := Usual.Read([]byte(`{"duplicate_of":"x","id":1}`))
	if got, want := string(a.Annotate(nil, Verdict{Cluster: a.ID})), `{"cluster_id":1,"id":1}`; got != want {
		t.Errorf("the first of a cluster becomes %s, want %s", got, want)
	}
}

// FuzzAnnotate: whatever the line, other members keep their order and values,
// and doing it twice does what doing it once does.
func FuzzAnnotate(f *testing.F) {
	for _, line := range []string{
		`{"a":"\"\\","b":[{"c":"}"}],"d":{}, "text":"t" }`, `{"cluster_id":1,"x":2,"method":3}`, `{"":""}`, `{}`, `{"a" : -1.5e+3 , "id":"\u2028"}`, `{"content_hash":"a","content_hash":"b"}`, `[1]`,
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		a, err := Usual.Read([]byte(strings.TrimSpace(line)))
		if valid := json.Valid([]byte(strings.TrimSpace(line))) && strings.HasPrefix(strings.TrimSpace(line), "{"); (err == nil) != valid {
			t.Fatalf("%q: error %v, JSON object: %v", line, err, valid)
		}
		if err != nil {
			return
		}
		once := a.Annotate(nil, someVerdict)
		b, err := Usual.Read(once)
		if err != nil {
			t.Fatalf("%q becomes %q: %v", line, once, err)
		}
		if twice := b.Annotate(nil, someVerdict); !bytes.Equal(once, twice) {
			t.Errorf("%q\nonce  %q\ntwice %q", line, once, twice)
		}
		if got, want := others(b), others(a); !slices.Equal(got, want) {
			t.Errorf("%q: members %q, want %q", line, got, want)
		}
		if a.Text != b.Text || a.Title != b.Title || a.URL != b.URL || !a.When.Equal(b.When) || !bytes.Equal(a.ID, b.ID) {
			t.Errorf("%q is read as %+v and, annotated, %+v", line, a, b)
		}
	})
}

// others are the members that are no verdict, as they stand.
func others(a Article) (list []string) {
	for _, m := range a.members {
		if key := string(a.line[m.key:m.keyEnd]); !slices.Contains(verdictKeys, key) {
			list = append(list, string(a.line[m.key:m.end]))
		}
	}
	return list
}

// FuzzUnquote holds unquote against encoding/json.
func FuzzUnquote(f *testing.F) {
	for _, s := range []string{`a\n\u00e9\\`, `\ud83d\ude00\ud83d\n\ude00\ud83d\ud83d\ude00`, `\/\b\f\r\t\"`, `\uD83D`, ``, `\\u0041`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var want string
		if !utf8.ValidString(s) || json.Unmarshal([]byte(`"`+s+`"`), &want) != nil {
			return
		}
		if got := unquote([]byte(s)); got != want {
			t.Errorf("%s is %q, want %q", s, got, want)
		}
	})
}

func TestLines(t *testing.T) {
	type line struct {
		text   string
		number int
	}
	long := strings.Repeat("x", 300<<10)
	for _, test := range []struct {
		name, input string
		max         int
		want        []line
	}{
		{"line ends", "a\nb\r\n\n \t\nc", 10, []line{{"a", 1}, {"b", 2}, {"c", 5}}},
		{"a byte order mark", "\ufeffa\n\ufeffb\n", 10, []line{{"a", 1}, {"\ufeffb", 2}}},
		{"long ones between", long + "\na\n" + long + "\nb\n" + long, 10, []line{{"!", 1}, {"a", 2}, {"!", 3}, {"b", 4}, {"!", 5}}},
		{"just as long as allowed", "abc\nabcd\n", 4, []line{{"abc", 1}, {"!", 2}}},
		{"longer than the buffer", long + "\na", 1 << 20, []line{{long, 1}, {"a", 2}}},
		{"nothing", "", 10, nil},
		{"blank", "\n\n", 10, nil},
	} {
		for _, r := range []io.Reader{strings.NewReader(test.input), iotest.HalfReader(strings.NewReader(test.input))} {
			var got []line
			lines := NewLines(r, test.max)
			for {
				text, err := lines.Next([]byte("before"))
				if !strings.HasPrefix(string(text), "before") {
					t.Fatalf("%s: what was there is gone", test.name)
				}
				if errors.Is(err, io.EOF) {
					break
				}
				if errors.Is(err, ErrLong) {
					text = []byte("before!")
				} else if err != nil {
					t.Fatalf("%s: %v", test.name, err)
				}
				got = append(got, line{string(text[6:]), lines.Number()})
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%s: got %.200v, want %.200v", test.name, got, test.want)
			}
		}
	}
}

func TestLinesTellsWhyItEnds(t *testing.T) {
	broken := errors.New("disk on fire")
	lines := NewLines(io.MultiReader(strings.NewReader("a\nhalf"), iotest.ErrReader(broken)), 10)
	if text, err := lines.Next(nil); string(text) != "a" || err != nil {
		t.Fatalf("%q, %v", text, err)
	}
	if text, err := lines.Next(nil); len(text) > 0 || !errors.Is(err, broken) || lines.Number() != 2 {
		t.Errorf("%q, %v, line %d; want the error, line 2", text, err, lines.Number())
	}
}

func zipped(t *testing.T, text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestUnpack(t *testing.T) {
	e, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	standard := func(s string) []byte { return e.EncodeAll([]byte(s), nil) }
	for _, test := range []struct {
		name   string
		packed []byte
		want   string
		broken bool
	}{
		{"plain", []byte("{}\n"), "{}\n", false},
		{"nothing", nil, "", false},
		{"one byte", []byte("{"), "{", false},
		{"gzip", zipped(t, "{}\n"), "{}\n", false},
		{"gzip in members", slices.Concat(zipped(t, "a"), zipped(t, "b")), "ab", false},
		{"zstd", standard("{}\n"), "{}\n", false},
		{"zstd in frames", slices.Concat(standard("a"), standard("b")), "ab", false},
		{"gzip that ends early", zipped(t, "{}\n")[:14], "", true},
		{"zstd that ends early", standard("{}\n")[:8], "", true},
		{"gzip that is none", []byte{0x1f, 0x8b, 9, 9, 9, 9, 9, 9, 9, 9, 9}, "", true},
	} {
		r, err := Unpack(bytes.NewReader(test.packed))
		var got []byte
		if err == nil {
			got, err = io.ReadAll(r)
			r.Close()
		}
		if (err != nil) != test.broken || !test.broken && string(got) != test.want {
			t.Errorf("%s: %q, %v; want %q", test.name, got, err, test.want)
		}
	}
	if _, err := Unpack(iotest.ErrReader(io.ErrClosedPipe)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("of a broken source: %v", err)
	}
}

func BenchmarkRead(b *testing.B) {
	plain := strings.Repeat("The council's plan, \"adopted\" on Thursday.\n\n", 60)
	text, err := json.Marshal(plain)
	if err != nil {
		b.Fatal(err)
	}
	line := []byte(`{"type":"article","id":"0f","url":"https://x.example/1","title":"A title","content_text":` + string(text) + `,"date_published":"2025-03-01T10:00:00Z","tags":["a","b"]}`)
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		if a, err := Usual.Read(line); err != nil || a.Text != plain {
			b.Fatal(len(a.Text), err)
		}
	}
}
