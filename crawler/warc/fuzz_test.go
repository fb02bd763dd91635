package warc

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/net/html"
)

// FuzzReader: no input makes the reader panic or go on for ever; places ascend;
// bodies stay within the limit; and from the place of each record, and from the
// one after it, the same records come again.
func FuzzReader(f *testing.F) {
	records := crawl(3)
	for _, layout := range layouts {
		f.Add([]byte(layout(records)))
	}
	whole := strings.Join(records, "")
	for _, s := range []string{
		"", "\r\n", "WARC/1.0\r\n\r\n", whole[:len(whole)-30], pack(records...)[:700], "filedesc://x\n", "\x1f\x8b\x08", "\x28\xb5\x2f\xfd", "\x5d\x2a\x4d\x18\x04\x00\x00\x00abcd",
		relength(captured(1), "5") + captured(2), relength(captured(1), "5000") + captured(2), relength(captured(1), "") + captured(2),
		pack(records[0]) + "junk" + pack(records[2]), stored("resource", "http://a.example/", "<p>", "Content-Type: text/html"),
		stored("response", "http://a.example/", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"), stored("response", "http://a.example/", ":status: 200\r\n\r\n<p>"),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		const limit = 4 << 10
		w := NewReader(bytes.NewReader(file), Options{MaxBody: limit})
		defer w.Close()
		got, _ := readAll(t, w)
		if c := w.Counts(); c.Given != int64(len(got)) || c.Given > c.Records {
			t.Fatalf("%d records, counts %+v", len(got), c)
		}
		for n, rec := range got {
			if len(rec.Body) > limit || !isHTTP(rec.URI) || rec.Status == 0 || rec.Header == nil {
				t.Fatalf("record %d: %d bytes of %q, status %d", n, len(rec.Body), rec.URI, rec.Status)
			}
			if n > 0 && !before(got[n-1].Position, rec.Position) || before(rec.Next, rec.Position) {
				t.Fatalf("record %d is at %v, next %v, after %v", n, rec.Position, rec.Next, got[max(n, 1)-1].Position)
			}
		}
		for n := range min(len(got), 4) {
			seekAgain(t, w, got, n, got[n].Position)
			if got[n].Next != got[n].Position {
				seekAgain(t, w, got, n+1, got[n].Next)
			}
		}
	})
}

// seekAgain goes to a place and expects the records from n on.
func seekAgain(t *testing.T, w *Reader, all []*Record, n int, p Position) {
	if err := w.Seek(p); err != nil {
		t.Fatalf("seek record %d at %v: %v", n, p, err)
	}
	again, faults := readAll(t, w)
	if len(again) != len(all)-n {
		t.Fatalf("from record %d at %v: %d records of %d; faults %q", n, p, len(again), len(all)-n, faults)
	}
	for i, rec := range again {
		if want := all[n+i]; rec.URI != want.URI || !bytes.Equal(rec.Body, want.Body) || rec.Status != want.Status || rec.Truncated != want.Truncated {
			t.Fatalf("from record %d: record %d is %+v, was %+v", n, n+i, rec, want)
		}
	}
}

// benchPages are as large as pages of news sites are, and unlike each other.
func benchPages(n int) []string {
	var records []string
	for i := range n {
		var b strings.Builder
		b.WriteString("<!DOCTYPE html><html><head><title>A page</title></head><body>")
		for k := range 600 {
			word := (i*7919 + k*104729) % 99991
			b.WriteString("<div class=\"item item-")
			b.WriteString(strings.Repeat(string(rune('a'+word%26)), 1+word%5))
			b.WriteString("\"><a href=\"/news/")
			b.WriteString(strings.Repeat(string(rune('a'+word/26%26)), 3+word%9))
			b.WriteString("\">Some words of a headline</a> and a line of text below it</div>\n")
		}
		b.WriteString("</body></html>")
		records = append(records, stored("request", "https://a.example/", "GET / HTTP/1.1\r\n\r\n"), stored("response", "https://a.example/", answer(b.String())))
	}
	return records
}

// BenchmarkReader reads pages; BenchmarkParse is what they are measured
// against: the same file unpacked, its pages parsed.
func BenchmarkReader(b *testing.B) {
	records := benchPages(100)
	for _, name := range []string{"plain", "a member a record", "one member", "zstd"} {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			file := layouts[name](records)
			b.SetBytes(int64(len(strings.Join(records, ""))))
			b.ReportAllocs()
			for b.Loop() {
				w := NewReader(strings.NewReader(file), Options{})
				n, size := 0, 0
				for {
					rec, err := w.Next()
					if err == io.EOF {
						break
					}
					if err != nil {
						b.Fatal(err)
					}
					n++
					size += len(rec.Body)
				}
				w.Close()
				if n != 100 || size < 4_000_000 {
					b.Fatalf("%d pages of %d bytes", n, size)
				}
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	records := benchPages(100)
	file := pack(records...)
	for b.Loop() {
		r, err := gzip.NewReader(strings.NewReader(file))
		if err != nil {
			b.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, r); err != nil || n < 4_000_000 {
			b.Fatal(n, err)
		}
		for i := 1; i < len(records); i += 2 {
			_, page, _ := strings.Cut(records[i], "<!DOCTYPE")
			if _, err := html.Parse(strings.NewReader(page)); err != nil {
				b.Fatal(err)
			}
		}
	}
}
