package source

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"
)

// all reads a list to its end: its URLs, and its lines without one.
func all(t testing.TB, l *URLList) (urls, bad []string) {
	t.Helper()
	for {
		url, err := l.Next()
		var line *LineError
		switch {
		case err == io.EOF:
			return urls, bad
		case errors.As(err, &line):
			bad = append(bad, err.Error())
		case err != nil:
			t.Fatal(err)
		default:
			urls = append(urls, url)
		}
	}
}

func list(t testing.TB, in string) *URLList {
	t.Helper()
	l, err := NewURLList(strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

func packed(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, s)
	z.Close()
	return b.String()
}

func zstdPacked(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(z, s)
	z.Close()
	return b.String()
}

func TestURLList(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		urls     string
		bad      []string // parts of errors
	}{
		{"plain", "https://a.example/1\nhttp://a.example/2\n", "https://a.example/1 http://a.example/2", nil},
		{"comments, blanks, ends of Windows, no last end", "# news\r\n\r\n  https://a.example/1 \r\n\t# more\r\nHTTPS://a.example/2", "https://a.example/1 HTTPS://a.example/2", nil},
		{"byte order mark", "\ufeffhttps://a.example/1\n", "https://a.example/1", nil},
		{"JSON Lines, each key", `{"url":"https://a.example/1"}` + "\n" + `{"link":"https://a.example/2"}` + "\n" + `{"loc":"https://a.example/3"}` + "\n" + `{"canonical_url":"https://a.example/4"}`,
			"https://a.example/1 https://a.example/2 https://a.example/3 https://a.example/4", nil},
		{"the first key goes first", `{"canonical_url":"https://a.example/4","loc":"https://a.example/3","url":"https://a.example/1"}`, "https://a.example/1", nil},
		{"an item of newsonce", `{"type":"article","id":"5f","site":"a","url":"https://a.example/1","title":"Rain","content_text":"It rains.","found_on":"https://a.example/"}`, "https://a.example/1", nil},
		{"JSON texts", `"https://a.example/\u0031"`, "https://a.example/1", nil},
		{"gzip", packed("https://a.example/1\n"), "https://a.example/1", nil},
		{"zstd", zstdPacked(t, "https://a.example/1\n"), "https://a.example/1", nil},
		{"no bytes", "", "", nil},
		{"lines that are no URL", "https://a.example/1\n/2\n\nhttps://a.example/3 Rain\nftp://a.example/\nhttps://\n{\"id\":1}\n{\"url\":\n\"a\n[1]\nhttps://a.example/4\n", "https://a.example/1 https://a.example/4",
			[]string{`line 2: "/2" does not begin with http`, "line 4: \"https://a.example/3 Rain\" contains white space", "line 5: ", "line 6: ", `line 7: a JSON object without "url"`, "line 8: not a JSON object", "line 9: not a JSON string", "line 10: "}},
		{"a line that is too long", strings.Repeat("a", maxListLine) + "\nhttps://a.example/2\n", "https://a.example/2", []string{"line 1: longer than 8 MiB"}},
		{"a long line of JSON", `{"text":"` + strings.Repeat("a", maxListLine-100) + `","url":"https://a.example/1"}`, "https://a.example/1", nil},
		{"a URL that is too long", "https://a.example/" + strings.Repeat("a", 20_000), "", []string{"is not a URL"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			urls, bad := all(t, list(t, tt.in))
			if got := strings.Join(urls, " "); got != tt.urls {
				t.Errorf("URLs %q, want %q", got, tt.urls)
			}
			if len(bad) != len(tt.bad) {
				t.Fatalf("lines without a URL %q, want %q", bad, tt.bad)
			}
			for i, want := range tt.bad {
				if !strings.Contains(bad[i], want) || len(bad[i]) > 300 {
					t.Errorf("error %q, want %q", bad[i], want)
				}
			}
		})
	}
}

func TestURLListBreaks(t *testing.T) {
	whole := packed(strings.Repeat("https://a.example/1\n", 1000))
	l := list(t, whole[:len(whole)-10])
	n := 0
	var err error
	for err == nil {
		_, err = l.Next()
		n++
	}
	if n < 900 || !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "after line ") {
		t.Errorf("%d lines, error %v", n, err)
	}
	if _, again := l.Next(); again != err {
		t.Errorf("then %v, want the same again", again)
	}
	if _, err := NewURLList(iotest.ErrReader(io.ErrClosedPipe)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("error %v", err)
	}
	if _, err := NewURLList(strings.NewReader("\x1f\x8bxx")); err == nil || !strings.Contains(err.Error(), "gzip") {
		t.Errorf("error %v", err)
	}
}

// A list that is stopped after any line continues with the next one, whether it
// can seek, is packed or comes through a pipe.
func TestURLListGoesOn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		lines := rapid.SliceOf(rapid.SampledFrom([]string{"https://a.example/1\n", "https://a.example/22\r\n", "# c\n", "\n", "no URL\n", `{"url":"https://a.example/333"}` + "\n", strings.Repeat("x", 40_000) + "\n"})).Draw(rt, "lines")
		text := strings.Join(lines, "")
		urls, bad := all(t, list(t, text))
		form := rapid.SampledFrom([]string{"file", "pipe", "gzip", "zstd"}).Draw(rt, "form")
		begin := func() *URLList {
			var r io.Reader = strings.NewReader(text)
			switch form {
			case "pipe":
				r = struct{ io.Reader }{r}
			case "gzip":
				r = strings.NewReader(packed(text))
			case "zstd":
				r = strings.NewReader(zstdPacked(t, text))
			}
			l, err := NewURLList(r)
			if err != nil {
				rt.Fatal(err)
			}
			t.Cleanup(l.Close)
			return l
		}
		var gotURLs, gotBad []string
		l := begin()
		for {
			url, err := l.Next()
			var line *LineError
			if err == io.EOF {
				break
			} else if errors.As(err, &line) {
				gotBad = append(gotBad, err.Error())
			} else if err != nil {
				rt.Fatal(err)
			} else {
				gotURLs = append(gotURLs, url)
			}
			if rapid.Bool().Draw(rt, "stop") {
				next := begin()
				if err := next.SkipTo(l.Offset(), l.Line()); err != nil {
					rt.Fatal(err)
				}
				l = next
			}
		}
		if !slices.Equal(gotURLs, urls) || !slices.Equal(gotBad, bad) {
			rt.Fatalf("with stops %q %q\nwithout %q %q", gotURLs, gotBad, urls, bad)
		}
		for _, l := range []*URLList{begin()} {
			if err := l.SkipTo(int64(len(text))+1, 9); !errors.Is(err, errShorter) {
				rt.Fatalf("beyond the end: error %v", err)
			}
		}
	})
}

// A list costs its longest line, whatever its length: 400,000 URLs in a file.
func TestURLListMemory(t *testing.T) {
	name := filepath.Join(t.TempDir(), "urls.txt")
	var b bytes.Buffer
	for i := range 400_000 {
		fmt.Fprintf(&b, "https://a.example/en/article/%d/\n", i)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	b = bytes.Buffer{}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l, err := NewURLList(f)
	if err != nil {
		t.Fatal(err)
	}
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n, peak := 0, uint64(0)
	for ; ; n++ {
		if _, err := l.Next(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if n%50_000 == 0 {
			runtime.GC() // what is held, not what is left over
			runtime.ReadMemStats(&now)
			peak = max(peak, now.HeapAlloc-min(now.HeapAlloc, before.HeapAlloc))
		}
	}
	if n != 400_000 || peak > 8<<20 {
		t.Errorf("%d URLs, the heap grew by %d bytes", n, peak)
	}
}

// FuzzURLList: no input makes the reader panic or hang; what it gives are URLs,
// and a packed list gives the same.
func FuzzURLList(f *testing.F) {
	for _, s := range []string{"https://a.example/1\n#\n\nx\n", `{"url":"https://a.example/1"}`, "\"https://a.example/1\"\n", "\ufeffhttps://a.example/1", packed("https://a.example/1"), "{\"url\":1}\n{", "\x28\xb5\x2f\xfd\x00"} {
		f.Add([]byte(s))
	}
	read := func(t *testing.T, in []byte) (urls []string, lines int, err error) {
		l, err := NewURLList(bytes.NewReader(in))
		if err != nil {
			return nil, 0, err
		}
		defer l.Close()
		for before := int64(-1); ; lines++ {
			url, err := l.Next()
			var bad *LineError
			switch {
			case err == nil:
				urls = append(urls, url)
				if !isHTTP(url) || strings.TrimSpace(url) != url {
					t.Fatalf("URL %q", url)
				}
			case !errors.As(err, &bad):
				return urls, lines, err
			}
			if l.Offset() <= before {
				t.Fatalf("offset %d after %d", l.Offset(), before)
			}
			before = l.Offset()
		}
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		urls, lines, err := read(t, in)
		if bytes.HasPrefix(in, []byte{0x1f, 0x8b}) || bytes.HasPrefix(in, []byte{0x28, 0xb5, 0x2f, 0xfd}) {
			return
		}
		if err != io.EOF {
			t.Fatalf("error %v", err)
		}
		again, n, err := read(t, []byte(packed(string(in))))
		if !slices.Equal(again, urls) || n != lines || err != io.EOF {
			t.Fatalf("packed %q, plain %q; error %v", again, urls, err)
		}
	})
}

func BenchmarkURLList(b *testing.B) {
	text := strings.Repeat("https://a.example/en/article/7228/\n", 10_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if urls, _ := all(b, list(b, text)); len(urls) != 10_000 {
			b.Fatalf("%d URLs", len(urls))
		}
	}
}

func ExampleURLList() {
	l, err := NewURLList(strings.NewReader("# of today\nhttps://a.example/1\n{\"url\":\"https://a.example/2\"}\nno URL\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()
	for {
		url, err := l.Next()
		if err == io.EOF {
			break
		}
		fmt.Println(url, err, l.Offset())
	}
	// Output:
	// https://a.example/1 <nil> 31
	// https://a.example/2 <nil> 61
	//  line 4: "no URL" contains white space; write one URL per line 68
}
