package warc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// stored is a record with a block and further fields ("Name: value").
func stored(kind, uri, block string, fields ...string) string {
	head := []string{"WARC/1.0", "WARC-Type: " + kind, "WARC-Record-ID: <urn:uuid:0>", "WARC-Date: 2024-03-05T06:07:08Z"}
	if uri != "" {
		head = append(head, "WARC-Target-URI: "+uri)
	}
	if kind == "response" {
		head = append(head, "Content-Type: application/http; msgtype=response")
	}
	return lines(append(append(head, fields...), fmt.Sprintf("Content-Length: %d", len(block)))...) + "\r\n" + block + "\r\n\r\n"
}

// lines ends each with CRLF.
func lines(all ...string) string { return strings.Join(all, "\r\n") + "\r\n" }

// answer is a response of that body with further header lines.
func answer(body string, header ...string) string {
	head := append([]string{"HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8"}, header...)
	return lines(head...) + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body)) + body
}

// captured is the page n.
func captured(n int) string {
	return stored("response", fmt.Sprintf("https://a.example/%d", n), answer(bodyOf(n)))
}

func bodyOf(n int) string {
	return fmt.Sprintf("<html><p>page %d</p>%s</html>", n, strings.Repeat(fmt.Sprintf("<p>%d</p>\n", n), n%7*20))
}

// crawl is a file as crawlers write it: info, then a request and an answer a page.
func crawl(pages int) []string {
	records := []string{stored("warcinfo", "", "software: test\r\n")}
	for n := range pages {
		uri := fmt.Sprintf("https://a.example/%d", n)
		records = append(records, stored("request", uri, "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"), captured(n))
	}
	return records
}

// layouts are the ways in which records become a file.
var layouts = map[string]func(records []string) string{
	"plain":                func(r []string) string { return strings.Join(r, "") },
	"a member a record":    func(r []string) string { return pack(r...) },
	"one member":           func(r []string) string { return pack(strings.Join(r, "")) },
	"three records each":   func(r []string) string { return pack(grouped(r, 3)...) },
	"members anywhere":     func(r []string) string { return pack(split(strings.Join(r, ""), 100)...) },
	"empty members":        func(r []string) string { return pack(append([]string{""}, intersperse(r, "")...)...) },
	"zstd":                 func(r []string) string { return packZstd(zstdEncoder(), r) },
	"zstd with dictionary": func(r []string) string { return packZstdDictionary(r) },
}

// pack gives each part a gzip member.
func pack(parts ...string) string {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		panic(err)
	}
	for _, part := range parts {
		z.Reset(&b)
		z.Write([]byte(part))
		z.Close()
	}
	return b.String()
}

func grouped(parts []string, n int) (groups []string) {
	for i := 0; i < len(parts); i += n {
		groups = append(groups, strings.Join(parts[i:min(i+n, len(parts))], ""))
	}
	return groups
}

func split(s string, n int) (parts []string) {
	for i := 0; i < len(s); i += n {
		parts = append(parts, s[i:min(i+n, len(s))])
	}
	return parts
}

func intersperse(parts []string, between string) (all []string) {
	for _, p := range parts {
		all = append(all, p, between)
	}
	return all
}

// packZstd gives each part a frame.
func packZstd(z *zstd.Encoder, parts []string) string {
	var b []byte
	for _, part := range parts {
		b = z.EncodeAll([]byte(part), b)
	}
	return string(b)
}

// encoder is one with these options, made once.
func encoder(options ...zstd.EOption) func() *zstd.Encoder {
	return sync.OnceValue(func() *zstd.Encoder {
		z, err := zstd.NewWriter(nil, append(options, zstd.WithEncoderConcurrency(1))...)
		if err != nil {
			panic(err)
		}
		return z
	})
}

var (
	zstdEncoder       = encoder()
	dictionaryEncoder = sync.OnceValue(func() *zstd.Encoder { return encoder(zstd.WithEncoderDict(dictionary()))() })
)

// packZstdDictionary puts a dictionary in front, in a skippable frame.
func packZstdDictionary(parts []string) string {
	d := dictionary()
	n := len(d)
	return "\x5d\x2a\x4d\x18" + string([]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)}) + string(d) + packZstd(dictionaryEncoder(), parts)
}

var dictionary = sync.OnceValue(func() []byte {
	var contents [][]byte
	for n := range 20 {
		contents = append(contents, []byte(captured(n)))
	}
	d, err := zstd.BuildDict(zstd.BuildDictOptions{ID: 7, Contents: contents, History: contents[6], Offsets: [3]int{1, 4, 8}})
	if err != nil {
		panic(err)
	}
	return d
})

// readAll reads to the end and gives the records, and the errors in words.
func readAll(t testing.TB, w *Reader) (records []*Record, faults []string) {
	t.Helper()
	for range 1_000_000 {
		rec, err := w.Next()
		var broken *BrokenRecord
		switch {
		case err == io.EOF:
			if _, again := w.Next(); again != io.EOF {
				t.Errorf("Next after the end: %v", again)
			}
			return records, faults
		case errors.As(err, &broken):
			faults = append(faults, err.Error())
		case err != nil:
			return records, append(faults, "final: "+err.Error())
		default:
			records = append(records, rec)
		}
	}
	t.Fatal("no end after a million records")
	return nil, nil
}

// onlyReader hides what else a reader can do.
type onlyReader struct{ io.Reader }

// Whatever the layout, the same records come, their places ascend, and each is
// where reading can begin again.
func TestLayouts(t *testing.T) {
	records := crawl(50)
	for name, layout := range layouts {
		t.Run(name, func(t *testing.T) {
			file := layout(records)
			w := NewReader(strings.NewReader(file), Options{})
			defer w.Close()
			got, faults := readAll(t, w)
			if len(got) != 50 || faults != nil {
				t.Fatalf("%d records, faults %q", len(got), faults)
			}
			if c := w.Counts(); c != (Counts{Records: 101, Given: 50}) {
				t.Errorf("counts %+v", c)
			}
			for n, rec := range got {
				want := &Record{
					Position: rec.Position, Next: rec.Next, URI: fmt.Sprintf("https://a.example/%d", n), Date: time.Date(2024, 3, 5, 6, 7, 8, 0, time.UTC),
					Status: 200, Body: []byte(bodyOf(n)),
					Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}, "Content-Length": {fmt.Sprint(len(bodyOf(n)))}},
				}
				if !reflect.DeepEqual(rec, want) {
					t.Fatalf("record %d is\n%+v\nwant\n%+v", n, rec, want)
				}
				if n > 0 && !before(got[n-1].Position, rec.Position) {
					t.Errorf("record %d at %v does not come after %v", n, rec.Position, got[n-1].Position)
				}
			}
			for _, n := range []int{49, 0, 17, 18} {
				checkSeek(t, w, got, n, false)
				checkSeek(t, w, got, n, true)
				forward := NewReader(onlyReader{strings.NewReader(file)}, Options{})
				checkSeek(t, forward, got, n, n%2 == 0)
				if err := forward.Seek(Position{}); err == nil {
					t.Errorf("a pipe went back to its beginning")
				}
				forward.Close()
			}
		})
	}
}

func before(a, b Position) bool { return a.File < b.File || a.File == b.File && a.Within < b.Within }

// checkSeek goes to record n, or to what follows it, and reads on.
func checkSeek(t testing.TB, w *Reader, all []*Record, n int, next bool) {
	t.Helper()
	to := all[n].Position
	if next {
		to, n = all[n].Next, n+1
	}
	if err := w.Seek(to); err != nil {
		t.Fatalf("seek record %d: %v", n, err)
	}
	rec, err := w.Next()
	if n == len(all) {
		if err != io.EOF {
			t.Errorf("behind the last record: %v, %v", rec, err)
		}
		return
	}
	if err != nil || rec.URI != all[n].URI || !bytes.Equal(rec.Body, all[n].Body) {
		t.Fatalf("after seeking record %d at %v: %v, %v", n, to, rec, err)
	}
	if rec.Position != all[n].Position && !next {
		t.Errorf("record %d is at %v after seeking, was at %v", n, rec.Position, all[n].Position)
	}
}

func TestSeekElsewhere(t *testing.T) {
	file := pack(crawl(5)...)
	for _, p := range []Position{{File: 3}, {Within: 5}, {File: 1 << 40, Within: 9}} {
		err := NewReader(strings.NewReader(file), Options{}).Seek(p)
		if err == nil || !strings.Contains(err.Error(), "go to the record at "+p.String()) {
			t.Errorf("%v: %v", p, err)
		}
	}
}

// One record in its many forms. want is status, truncation and body, "" where
// none is given; a fault is part of the error.
func TestRecords(t *testing.T) {
	big := strings.Repeat("<p>long</p>", 10_000)
	const uri = "https://a.example/x"
	zipped := pack("<html>zipped</html>")
	for _, tt := range []struct{ name, record, want, fault string }{
		{"answer", stored("response", uri, answer("<html>")), "200 <html>", ""},
		{"WARC 0.18", "WARC/0.18\r\nWARC-Type: response\r\nWARC-Target-URI: " + uri + "\r\nContent-Type: application/http;msgtype=response\r\nContent-Length: 50\r\n\r\nHTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html>\r\n\r\n\r\n", "200 <html>", ""},
		{"WARC 1.1 with fractions", strings.Replace(stored("response", uri, answer("<html>")), "WARC/1.0", "WARC/1.1", 1), "200 <html>", ""},
		{"address in brackets", stored("response", "<"+uri+">", answer("<html>")), "200 <html>", ""},
		{"names in any case", strings.NewReplacer("WARC-Type", "warc-type", "Content-Length: ", "CONTENT-LENGTH: ").Replace(stored("response", uri, answer("<html>"))), "200 <html>", ""},
		{"line feeds alone", strings.ReplaceAll(stored("response", uri, strings.ReplaceAll(answer("<html>"), "\r", "")), "\r", ""), "200 <html>", ""},
		{"folded headers", stored("response", "\r\n\t"+uri, "HTTP/1.1 200\r\nContent-Type:\r\n text/html\r\nX-A: b\r\n\tc\r\n\r\n<html>"), "200 <html>", ""},
		{"no reason", stored("response", uri, "HTTP/1.1 200\r\nContent-Type: text/html\r\n\r\n<html>"), "200 <html>", ""},
		{"HTTP/2", stored("response", uri, "HTTP/2 200\r\ncontent-type: text/html\r\n\r\n<html>"), "200 <html>", ""},
		{"pseudo headers", stored("response", uri, ":status: 200\r\ncontent-type: text/html\r\n\r\n<html>"), "200 <html>", ""},
		{"interim answer", stored("response", uri, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"+answer("<html>")), "200 <html>", ""},
		{"header without an end", stored("response", uri, "HTTP/1.1 200 OK\r\nContent-Type: text/html"), "200 ", ""},
		{"header with broken lines", stored("response", uri, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n: x\r\nno colon\r\n\r\n<html>"), "200 <html>", ""},
		{"no content type", stored("response", uri, "HTTP/1.1 200 OK\r\n\r\n<html>"), "200 <html>", ""},
		{"not found", stored("response", uri, "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\n\r\nnot here"), "404 ", ""},
		{"redirect", stored("response", uri, "HTTP/1.1 301 Moved\r\nLocation: /y\r\n\r\n"), "301 ", ""},
		{"image", stored("response", uri, "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\x89PNG"), "", ""},
		{"no answer in it", stored("response", uri, "220 ready"), "", ""},
		{"page without an answer", strings.Replace(stored("response", uri, "<html>"), "application/http; msgtype=response", "text/html", 1), "200 <html>", ""},
		{"name look-up", stored("response", "dns:a.example", "20240305\r\na.example. 300 IN A 192.0.2.1\r\n"), "", ""},
		{"ftp", stored("response", "ftp://a.example/", "230 ok"), "", ""},
		{"scheme in capitals", stored("response", "HTTPS://a.example/x", answer("<html>")), "200 <html>", ""},
		{"stored page", stored("resource", uri, "<html>", "Content-Type: text/html"), "200 <html>", ""},
		{"stored picture", stored("resource", uri, "\x89PNG", "Content-Type: image/png"), "", ""},
		{"revisit", stored("revisit", uri, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"), "", ""},
		{"conversion", stored("conversion", uri, "text", "Content-Type: text/plain"), "", ""},
		{"metadata", stored("metadata", uri, "fetchTimeMs: 12\r\n"), "", ""},
		{"no type", strings.Replace(stored("response", uri, answer("<html>")), "WARC-Type: response\r\n", "", 1), "", ""},

		{"chunks", stored("response", uri, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n6;x=y\r\n<html>\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n"), "200 <html>0123456789", ""},
		{"chunks without the last", stored("response", uri, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n<html>\r\n"), "200 disconnect <html>", ""},
		{"chunk cut", stored("response", uri, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n<ht"), "200 disconnect <ht", ""},
		{"chunks already joined", stored("response", uri, answer("<html>", "Transfer-Encoding: chunked")), "200 <html>", ""},
		{"packed stays packed", stored("response", uri, answer(zipped, "Content-Encoding: gzip")), "200 " + zipped, ""},
		{"unpacked by the crawler", stored("response", uri, strings.Replace(answer("<html>", "X-Crawl-Content-Encoding: gzip"), "Content-Length: 6", "Content-Length: 900", 1)), "200 <html>", ""},
		{"shorter than announced", stored("response", uri, strings.Replace(answer("<html>"), "Content-Length: 6", "Content-Length: 900", 1)), "200 disconnect <html>", ""},
		{"longer than announced", stored("response", uri, strings.Replace(answer("<html>"), "Content-Length: 6", "Content-Length: 3", 1)), "200 <html>", ""},
		{"said to be cut", stored("response", uri, answer("<html>"), "WARC-Truncated: length"), "200 length <html>", ""},
		{"a segment", stored("response", uri, answer("<html>"), "WARC-Segment-Number: 1"), "200 unspecified <html>", ""},
		{"over the limit", stored("response", uri, answer(big)), "200 limit ", ""},

		{"length missing", strings.Replace(stored("response", uri, answer("<html>")), fmt.Sprintf("Content-Length: %d\r\n\r\nHTTP", len(answer("<html>"))), "\r\nHTTP", 1), "200 <html>", ""},
		{"length no number", relength(stored("response", uri, answer("<html>")), "many"), "200 <html>", ""},
		{"length negative", relength(stored("response", uri, answer("<html>")), "-5"), "200 <html>", ""},
		{"length absurd", relength(stored("response", uri, answer("<html>")), "9223372036854775807"), "200 <html>", ""},
		{"length too small", relength(stored("response", uri, answer("<html>")), "80"), "200 <html>", ""},
		{"length 0", relength(stored("response", uri, answer("<html>")), "0"), "", "no record follows"},
		{"length too large", relength(stored("response", uri, answer("<html>")), "300"), "200 <html>", ""},
		{"length reaches beyond the file", relength(stored("response", uri, answer("<html>")), "90000"), "200 <html>", ""},
		{"length missing, end unknown", strings.Replace(stored("response", uri, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>"), "Content-Length: 50\r\n", "", 1), "", "it has no Content-Length"},
		{"length of a request too large", relength(stored("request", uri, "GET / HTTP/1.1\r\n\r\n"), "200"), "", "no record follows"},
		{"length of a request too small", relength(stored("request", uri, "GET / HTTP/1.1\r\n\r\n"), "2"), "", "no record follows"},
		{"something between records", stored("response", uri, answer("<html>")) + "something\r\nWARC/x\r\n", "200 <html>", "no record begins with \"something"},
		{"no empty line after it", strings.TrimRight(stored("response", uri, answer("<html>")), "\r\n"), "200 <html>", ""},
		{"endless header", strings.Replace(stored("response", uri, answer("<html>")), "\r\n", "\r\nX: "+strings.Repeat("y", 100_000)+"\r\n", 1), "", "more than 64 KiB"},
		{"endless header lines", strings.Replace(stored("response", uri, answer("<html>")), "\r\n", "\r\n"+strings.Repeat("X: y\r\n", 100_000)+"\r\n", 1), "", "more than 64 KiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for name, layout := range layouts {
				file := layout([]string{captured(1), tt.record, captured(2), captured(3)})
				w := NewReader(strings.NewReader(file), Options{MaxBody: 100_000})
				got, faults := readAll(t, w)
				w.Close()
				var brief []string
				for _, rec := range got {
					cut := rec.Truncated
					if cut != "" {
						cut += " "
					}
					brief = append(brief, fmt.Sprintf("%d %s%s", rec.Status, cut, rec.Body))
				}
				want := []string{"200 " + bodyOf(1), tt.want, "200 " + bodyOf(2), "200 " + bodyOf(3)}
				if tt.want == "" {
					want = append(want[:1], want[2:]...)
				}
				if !reflect.DeepEqual(brief, want) {
					t.Errorf("%s: records\n%.40q\nwant\n%.40q\nfaults %.200q", name, brief, want, faults)
				}
				if (tt.fault == "") != (len(faults) == 0) || tt.fault != "" && !strings.Contains(strings.Join(faults, "\n"), tt.fault) {
					t.Errorf("%s: faults %q, want %q", name, faults, tt.fault)
				}
			}
		})
	}
}

// relength writes another Content-Length into a record's header.
func relength(record, length string) string {
	at := strings.Index(record, "Content-Length: ")
	end := at + strings.Index(record[at:], "\r\n")
	return record[:at] + "Content-Length: " + length + record[end:]
}

func TestDates(t *testing.T) {
	for in, want := range map[string]string{
		"2024-03-05T06:07:08Z": "2024-03-05 06:07:08", "2024-03-05T06:07:08.123456789Z": "2024-03-05 06:07:08.123456789", "2024-03-05T06:07Z": "2024-03-05 06:07:00",
		"2024-03-05T06:07:08+02:00": "2024-03-05 04:07:08", "2024-03-05": "2024-03-05 00:00:00", "2024-03": "2024-03-01 00:00:00", "2024": "2024-01-01 00:00:00",
		"20240305060708": "2024-03-05 06:07:08", "yesterday": "0001-01-01 00:00:00", "": "0001-01-01 00:00:00",
	} {
		h := recordHeader{date: in}
		if got := h.captured().Format("2006-01-02 15:04:05.999999999"); got != want {
			t.Errorf("%q is %s, want %s", in, got, want)
		}
	}
}

// What is broken costs its record; the others come, and the fault says where.
func TestBroken(t *testing.T) {
	records := crawl(6)
	whole := pack(records...)
	places := func(n int) int64 { // of page n in whole
		rec, _ := readAll(t, NewReader(strings.NewReader(whole), Options{}))
		return rec[n].Position.File
	}
	at := places(3)
	flip := func(i int64) string { b := []byte(whole); b[i] ^= 0x55; return string(b) }
	plain := strings.Join(records, "")
	for _, tt := range []struct {
		name, file string
		given      int
		fault      string
	}{
		{"no bytes", "", 0, ""},
		{"empty lines", "\r\n\r\n\n", 0, ""},
		{"text", "no WARC file at all\n", 0, "record at byte 0: no record begins with \"no WARC file at all\\n\""},
		{"ARC", "filedesc://a.arc 0.0.0.0 20240305060708 text/plain 76\n1 0 x\n", 0, "it is an ARC file"},
		{"text, then records", "hello\r\n" + plain, 6, "no record begins with"},
		{"something without a line end", strings.Join(records[:3], "") + "something" + strings.Join(records[3:], ""), 6, "no record begins with"},
		{"a web page", "<html>" + strings.Repeat("x", 1<<20), 0, "its header has more than"},
		{"damaged data of a member", flip(at + 40), 5, fmt.Sprintf("record at byte %d: ", at)},
		{"damaged flags of a member", flip(at + 3), -1, fmt.Sprintf("record at byte %d: ", at)},
		{"damaged magic of a member", flip(at), 5, "what follows is not compressed"},
		{"damaged checksum", flip(places(4) - int64(len(pack(records[9]))) - 5), 5, "checksum"},
		{"cut in a member", whole[:at+30], 3, "the file ends in it"},
		{"cut in the head of a member", whole[:at+5], 3, "the file ends in it"},
		{"cut in a plain file", plain[:len(plain)-40], 5, "the file ends in it"},
		{"cut in a header", plain[:strings.LastIndex(plain, "Content-Length")], 5, ""},
		{"cut in a record's header", plain[:strings.LastIndex(plain, "WARC-Target")], 5, "the file ends in it"},
		{"zeros at the end", whole + strings.Repeat("\x00", 10_000), 6, "what follows is not compressed"},
		{"zeros between", pack(records[:5]...) + strings.Repeat("\x00", 100_000) + pack(records[5:]...), 6, "what follows is not compressed"},
		{"gzip of something else in the middle", pack(records[:5]...) + pack("hello") + pack(records[5:]...), 6, ""},
		{"one member, cut", pack(plain)[:len(pack(plain))/2], -1, "the file ends in it"},
		{"zstd, cut", packZstd(zstdEncoder(), records)[:1000], -1, ""},
		{"zstd, damaged", packZstd(zstdEncoder(), records)[:1000] + "\x00\x01\x02" + packZstd(zstdEncoder(), records)[1003:], -1, ""},
		{"zstd with a dictionary without an end", "\x5d\x2a\x4d\x18\xff\xff\x00\x00xx", 0, "the file ends in it"},
		{"zstd with a dictionary too large", "\x5d\x2a\x4d\x18\xff\xff\xff\x7fxx", 0, "more than 16 MiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, one := range []bool{false, true} { // read by read
				var r io.Reader = strings.NewReader(tt.file)
				if one {
					r = iotest.HalfReader(r)
				}
				w := NewReader(r, Options{})
				got, faults := readAll(t, w)
				w.Close()
				if tt.given >= 0 && len(got) != tt.given {
					t.Errorf("%d records, want %d; faults %q", len(got), tt.given, faults)
				}
				for _, rec := range got {
					var n int
					fmt.Sscanf(rec.URI, "https://a.example/%d", &n)
					if string(rec.Body) != bodyOf(n) {
						t.Errorf("%s has body %.60q", rec.URI, rec.Body)
					}
				}
				if tt.fault != "" && (len(faults) == 0 || !strings.Contains(faults[0], tt.fault)) {
					t.Errorf("faults %q, want %q", faults, tt.fault)
				}
				if len(faults) > 2 {
					t.Errorf("%d faults of one: %q", len(faults), faults)
				}
			}
		})
	}
}

// An error of the disk is final, and comes again.
func TestReadError(t *testing.T) {
	disk := errors.New("the disk is gone")
	file := pack(crawl(50)...)
	r := io.MultiReader(strings.NewReader(file[:len(file)/2]), iotest.ErrReader(disk))
	w := NewReader(r, Options{})
	n := 0
	for {
		_, err := w.Next()
		if err == nil {
			n++
			continue
		}
		_, again := w.Next()
		if !errors.Is(err, disk) || !errors.Is(again, disk) {
			t.Fatalf("error %v, then %v", err, again)
		}
		break
	}
	if n < 15 {
		t.Errorf("%d records before the error", n)
	}
}

// bomb is a reader of n unpacked zeros, packed.
func bomb(head string, n int) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(head))
	zeros := make([]byte, 1<<20)
	for range n >> 20 {
		z.Write(zeros)
	}
	z.Close()
	return b.String()
}

// A record that unpacks to very much is given up, and the next one is found.
func TestBomb(t *testing.T) {
	for name, head := range map[string]string{
		"a block":     relength(stored("request", "https://a.example/", ""), "1000000000"),
		"a header":    "WARC/1.0\r\n",
		"empty lines": strings.Repeat("\r\n", 100),
	} {
		file := pack(captured(1)) + bomb(head, 80<<20) + pack(captured(2))
		got, faults := readAll(t, NewReader(strings.NewReader(file), Options{}))
		if len(got) != 2 || len(faults) == 0 {
			t.Errorf("%s: %d records, faults %q", name, len(got), faults)
		}
	}
}

func TestWanted(t *testing.T) {
	w := NewReader(strings.NewReader(pack(crawl(20)...)), Options{Wanted: matching(`/1\d$`)})
	if got, _ := readAll(t, w); len(got) != 10 || w.Counts().Filtered != 10 {
		t.Errorf("%d records, counts %+v", len(got), w.Counts())
	}
}

// matching wants the pages whose URL matches.
func matching(pattern string) func(string, time.Time) bool {
	re := regexp.MustCompile(pattern)
	return func(uri string, _ time.Time) bool { return re.MatchString(uri) }
}

// A stopped reader resumes at its place, which moves past records that
// are not given.
func TestStop(t *testing.T) {
	file := pack(crawl(40)...)
	stop := make(chan struct{})
	w := NewReader(strings.NewReader(file), Options{Stop: stop, Wanted: matching(`/(3|30)$`)})
	rec, err := w.Next()
	if err != nil || w.Position() != rec.Position {
		t.Fatalf("%v; place %v, record at %v", err, w.Position(), rec.Position)
	}
	close(stop)
	if _, err := w.Next(); err != ErrStopped {
		t.Fatalf("error %v, want ErrStopped", err)
	}
	rest := NewReader(strings.NewReader(file), Options{Wanted: w.o.Wanted})
	if err := rest.Seek(w.Position()); err != nil {
		t.Fatal(err)
	}
	if got, faults := readAll(t, rest); len(got) != 2 || faults != nil || !before(got[1].Position, rest.Position()) {
		t.Errorf("%d records, faults %q, place %v", len(got), faults, rest.Position())
	}
}

func ExampleReader() {
	file := strings.NewReader(strings.Join(crawl(2), ""))
	w := NewReader(file, Options{})
	defer w.Close()
	for {
		rec, err := w.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			fmt.Println(err) // and go on, if it is a BrokenRecord
			continue
		}
		fmt.Println(rec.URI, rec.Date.Format(time.DateOnly), rec.Status, len(rec.Body))
	}
	// Output:
	// https://a.example/0 2024-03-05 200 26
	// https://a.example/1 2024-03-05 200 206
}
