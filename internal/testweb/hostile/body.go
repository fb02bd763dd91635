package hostile

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

func bodyCases() []Case {
	refused := Want{Counts: map[string]int{"refused": 1}, Paths: map[string]int{"/news/bad": 1}}
	failed := Want{Exit: []int{3}, Counts: map[string]int{"failed": 1}, Paths: map[string]int{"/news/bad": 2}}
	const (
		unpack = "stop decompressing at the limit, and not fetch it again"
		again  = "retry, give up, and write nothing of it"
		noHTML = "take no page but HTML"
	)
	packed := func(name, does, encoding, text string) Case {
		return bad("body/"+name, does, unpack, body("text/html", text, "Content-Encoding: "+encoding), refused)
	}
	typed := func(name, contentType, text string) Case {
		return bad("body/"+name, "the page is labelled "+contentType, noHTML, body(contentType, text), refused)
	}
	news := article(badTitle)
	return []Case{
		packed("gzip bomb", "300 MB of zeros, compressed with gzip", "gzip", gzipBomb()),
		packed("brotli bomb", "300 MB of zeros, compressed with Brotli", "br", brotliBomb()),
		packed("zstd bomb", "300 MB of zeros, compressed with Zstandard", "zstd", zstdBomb()),
		packed("bomb in a bomb", "the gzip bomb compressed again", "gzip, gzip", doubleBomb()),
		packed("twenty encodings", "Content-Encoding names gzip twenty times",
			strings.TrimSuffix(strings.Repeat("gzip, ", 20), ", "), string(gzipped(news))),
		packed("unknown encoding", "Content-Encoding: rot13", "rot13", "\x00\x01\x02\x03"),
		bad("body/two encodings", "a page compressed twice, and labelled so", "decompress both, or refuse",
			body("text/html", string(gzipped(string(gzipped(news)))), "Content-Encoding: gzip", "Content-Encoding: gzip"),
			Want{Articles: with(badTitle)}),
		bad("body/three encodings", "a page compressed three times, and labelled so", "decompress it, or refuse",
			body("text/html", string(gzipped(string(gzipped(string(gzipped(news)))))), "Content-Encoding: gzip, x-gzip",
				"Content-Encoding: GZIP"), Want{AnyOf: sets(Sound, with(badTitle)), Exit: []int{0, 3}}),
		bad("body/identity", "Content-Encoding: identity", "read the page",
			body("text/html", news, "Content-Encoding: identity"), Want{Articles: with(badTitle)}),
		bad("body/empty encoding", "an empty Content-Encoding", "read the page",
			body("text/html", news, "Content-Encoding: "), Want{Articles: with(badTitle)}),
		bad("body/encodings in the wrong order", "compressed with gzip, labelled gzip and Brotli", "write nothing of it",
			body("text/html", string(gzipped(news)), "Content-Encoding: gzip, br"), failed.orRefused()),
		bad("body/gzip of nothing", "a compressed page of no bytes", "find no article",
			body("text/html", "", "Content-Encoding: gzip"), Want{Exit: []int{0, 3}}),
		bad("body/two members", "a page compressed in two members", "read both",
			body("text/html", string(gzipped(news[:700]))+string(gzipped(news[700:])), "Content-Encoding: gzip"),
			Want{Articles: with(badTitle)}),
		bad("body/json as a page", "JSON labelled as HTML", "write none of it",
			body("text/html", `{"title": "news", "body": "`+strings.Repeat("Some words of it. ", 200)+`"}`), Want{}),
		bad("body/script as a page", "a script labelled as HTML", "write none of it",
			body("text/html", "(function(){"+strings.Repeat("var a = 'some words of it'; if (a < b) { c(a); }\n", 200)+"})()"),
			Want{}),
		bad("body/gzip that is none", "a plain page is labelled gzip", "read the page",
			body("text/html", news, "Content-Encoding: gzip"), Want{Articles: with(badTitle)}),
		bad("body/brotli that is none", "a plain page is labelled br", "read the page",
			body("text/html", news, "Content-Encoding: br"), Want{Articles: with(badTitle)}),
		bad("body/truncated gzip", "a compressed page is cut in the middle", again,
			body("text/html", string(gzipped(news)[:600]), "Content-Encoding: gzip"), failed),
		bad("body/gzip with a wrong sum", "the checksum of a compressed page is wrong", again,
			body("text/html", spoiled(news), "Content-Encoding: gzip"), failed.orRefused()),
		bad("body/gzip with a tail", "bytes follow a compressed page", "skip them",
			body("text/html", string(gzipped(news))+"tail", "Content-Encoding: gzip"), Want{Articles: with(badTitle)}),
		bad("body/100 MB announced", "a page of 100 MB, announced", "refuse it by its length", announced(100<<20), refused),
		bad("body/100 MB", "a page of 100 MB", "refuse it at the limit", chunks(100<<20), refused.bytes(24<<20)),
		bad("body/endless", "a page that does not end", "refuse it at the limit",
			endless(okHead+"\r\n"+news, strings.Repeat("<p>And so on, and so on, and so on.</p>\n", 1000)),
			refused.bytes(24<<20)),
		bad("body/slow", "a byte in 100 ms", "give up in time", slowly(whole(news), 1, 100*time.Millisecond), failed).quick(),
		bad("body/stalls", "half a page, then nothing", "give up in time", stream(func(c io.Writer, s *Server) {
			io.WriteString(c, whole(news)[:1500])
			<-s.closing
		}), failed).quick(),
		bad("body/cut", "fewer bytes than Content-Length announces", again,
			raw(okHead+"Content-Length: "+strconv.Itoa(len(news)+1000)+"\r\n\r\n"+news), failed),
		bad("body/longer than announced", "more bytes than Content-Length announces",
			"take what was announced, and the next page whole", raw(whole(news)+"tail"), Want{Articles: with(badTitle)}),
		bad("body/empty", "200 and nothing", "find no article", page(""), Want{Counts: map[string]int{"no_article": 1}}),
		bad("body/white space", "2 MB of white space", "find no article", page(strings.Repeat(" \n\t\r", 1<<19)),
			Want{Counts: map[string]int{"no_article": 1}, Bytes: 8 << 20}),
		typed("image", "image/png", "\x89PNG\r\n\x1a\n"+strings.Repeat("\x00\xff", 1000)),
		typed("page labelled as an image", "image/gif", news),
		typed("pdf", "application/pdf", "%PDF-1.7\n"+strings.Repeat("stream\n", 1000)),
		typed("json", "application/json", `{"title": "news"}`),
		typed("octet stream", "application/octet-stream", news),
		typed("xml", "application/xml", news),
		typed("plain text", "text/plain", news),
		typed("multipart", "multipart/x-mixed-replace; boundary=x",
			"--x\r\nContent-Type: text/html\r\n\r\n"+news+"\r\n--x--"),
		bad("body/no type", "a page without Content-Type", "recognise it", body("", news), Want{Articles: with(badTitle)}),
		bad("body/broken type", "Content-Type: html", "recognise the page", body("html", news),
			Want{Articles: with(badTitle)}),
		bad("body/no type, no page", "an image without Content-Type", noHTML,
			body("", "\x89PNG\r\n\x1a\n"+strings.Repeat("\x00\xff", 1000)), refused),
		bad("body/octets", "a program labelled as HTML", "write none of it",
			body("text/html", "\x7fELF\x02\x01\x01"+strings.Repeat("\x00\x90\xcc\xff\xfe", 40000)), Want{}),
		bad("body/NUL bytes", "NUL bytes between the letters of the text", "write none of them",
			page(strings.ReplaceAll(news, "the ", "t\x00he ")), Want{Articles: with(badTitle), Check: noControls}),
		bad("body/controls", "escape sequences in the title", "write none of them raw",
			page(article("Ferry will \x1b[31msail\x07 twice a day")),
			Want{Articles: with("Ferry will [31msail twice a day"), Check: noControls}),
		bad("body/attachment", "a page to be saved as a file", "save no file",
			body("text/html", news, `Content-Disposition: attachment; filename="../../etc/passwd"`),
			Want{Articles: with(badTitle)}),
	}
}

// announced sends n bytes with their Content-Length.
func announced(n int) Answer {
	return func(w http.ResponseWriter, _ *http.Request, _ *Server) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Length", strconv.Itoa(n))
		filler(w, n)
	}
}

// chunks sends n bytes without a Content-Length.
func chunks(n int) Answer {
	return func(w http.ResponseWriter, _ *http.Request, _ *Server) {
		w.Header().Set("Content-Type", "text/html")
		filler(w, n)
	}
}

func filler(w io.Writer, n int) {
	part := []byte(strings.Repeat("<p>A paragraph that says nothing at all, at length.</p>\n", 585)) // about 32 KB
	for n > 0 {
		k, err := w.Write(part[:min(n, len(part))])
		if err != nil {
			return
		}
		n -= k
	}
}

// spoiled returns a compressed text with a wrong checksum.
func spoiled(text string) string {
	b := gzipped(text)
	b[len(b)-8] ^= 0xff
	return string(b)
}
