package hostile

import (
	"fmt"
	"strings"
	"time"
)

func transportCases() []Case {
	failed := Want{Exit: []int{3}, Counts: map[string]int{"failed": 1}, Paths: map[string]int{"/news/bad": 2}}
	const again = "retry, give up, and continue with the next page"
	broken := func(name, does string, answer Answer) Case {
		return bad("transport/"+name, does, again, answer, failed)
	}
	news := article(badTitle)
	chunk := func(s string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(s), s) }
	const chunked = okHead + "Transfer-Encoding: chunked\r\n\r\n"
	written := Want{Articles: with(badTitle)}
	return []Case{
		// net/http itself retries when a keep-alive connection fails.
		broken("closed", "the connection is closed at once", raw("")).paths("/news/bad", 4),
		broken("reset", "the connection is reset at once", reset("")).paths("/news/bad", 4),
		broken("closed, with a delay", "the connection is closed at once, and was kept before", raw("")).paths("/news/bad",
			4).site("delay: 300ms").spaced(300 * time.Millisecond),
		broken("reset, with a delay", "the connection is reset at once, and was kept before", reset("")).paths("/news/bad",
			4).site("delay: 300ms").spaced(300 * time.Millisecond),
		broken("reset in the headers", "the connection is reset in the headers", reset("HTTP/1.1 200 OK\r\nContent-Ty")),
		broken("reset in the body", "the connection is reset in the body",
			reset(okHead+"Content-Length: 9000\r\n\r\n"+news[:1000])),
		broken("silence", "nothing is answered", silence).quick(),
		broken("slow headers", "headers come a byte in 100 ms", slowly(whole(news), 1, 100*time.Millisecond)).quick(),
		broken("endless headers", "headers do not end", endless("HTTP/1.1 200 OK\r\n",
			"X-More: "+strings.Repeat("x", 1000)+"\r\n")).bytes(16 << 20),
		broken("endless header line", "a header does not end", endless("HTTP/1.1 200 OK\r\nX-More: ",
			strings.Repeat("x", 1000))).bytes(16 << 20),
		broken("endless status line", "the status line does not end",
			endless("HTTP/1.1 200 ", strings.Repeat("x", 1000))).bytes(16 << 20),
		broken("1 MB of headers", "a header of 1 MB",
			raw(strings.Replace(whole(news), "\r\n", "\r\nX-Large: "+strings.Repeat("x", 1<<20)+"\r\n", 1))),
		broken("no HTTP", "the answer is a banner of SSH", raw("SSH-2.0-OpenSSH_9.9\r\n")),
		broken("HTTP/0.9", "a page without status line", raw(news)),
		broken("TLS", "the answer is an alert of TLS", raw("\x15\x03\x01\x00\x02\x02\x46")),
		broken("HTTP/2", "the answer is a frame of HTTP/2",
			raw("\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x04\x00\x40\x00\x00")),
		broken("binary", "the answer is noise", raw(strings.Repeat("\xf3\x00\x9c\x1b\x7f\xff", 2000))),
		broken("status of four digits", "HTTP/1.1 2000 OK", raw("HTTP/1.1 2000 OK\r\n\r\n"+news)),
		broken("negative length", "Content-Length: -1", raw(okHead+"Content-Length: -1\r\n\r\n"+news)),
		broken("two lengths", "two different Content-Length",
			raw(okHead+"Content-Length: 10\r\nContent-Length: 5000\r\n\r\n"+news)),
		broken("length beyond numbers", "Content-Length: 99999999999999999999",
			raw(okHead+"Content-Length: 99999999999999999999\r\n\r\n"+news)),
		broken("header without colon", "a header without colon",
			raw(strings.Replace(whole(news), "\r\n", "\r\nthis is no header\r\n", 1))),
		broken("cut chunks", "the last chunk does not come", raw(chunked+chunk(news))),
		broken("cut in a chunk", "a chunk ends before its end", raw(chunked+"4000\r\n"+news)),
		broken("broken chunk size", "the size of a chunk is no number", raw(chunked+"zz\r\n"+news+"\r\n0\r\n\r\n")),
		broken("huge chunk size", "a chunk of FFFFFFFFFFFFFFFFF bytes", raw(chunked+"FFFFFFFFFFFFFFFFF\r\n"+news)),
		broken("endless chunk extension", "the extension of a chunk does not end",
			endless(chunked+"5;x=", strings.Repeat("x", 1000))).bytes(16 << 20),
		broken("endless 1xx", "Early Hints for ever", endless("",
			"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n")).bytes(16 << 20),
		broken("101", "switches to another protocol",
			raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"+news)),
		bad("transport/some 1xx", "three Early Hints before the page", "wait for the page",
			raw(strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n", 3)+whole(news)), written),
		bad("transport/1,000 cookies", "1,000 Set-Cookie", "read the page",
			raw(strings.Replace(whole(news), "\r\n", "\r\n"+manyCookies(1000), 1)), written).site("cookies: true"),
		bad("transport/10,000 cookies", "10,000 Set-Cookie", again,
			raw(strings.Replace(whole(news), "\r\n", "\r\n"+manyCookies(10000), 1)), failed),
		broken("100,000 headers", "100,000 short headers",
			raw(strings.Replace(whole(news), "\r\n", "\r\n"+strings.Repeat("X-A: b\r\n", 100000), 1))),
		broken("endless trailers", "trailers that do not end", endless(chunked+chunk(news)+"0\r\n",
			"X-More: "+strings.Repeat("x", 1000)+"\r\n")).bytes(16 << 20),
		broken("endless empty lines", "empty lines instead of a status line", endless("", "\r\n")).bytes(16 << 20),
		bad("transport/2,000 headers", "2,000 short headers", "read the page",
			raw(strings.Replace(whole(news), "\r\n", "\r\n"+strings.Repeat("X-A: b\r\n", 2000), 1)), written),
		bad("transport/lying trailers", "trailers name another type, length and location", "not believe them",
			raw(chunked+chunk(news)+"0\r\nContent-Type: image/png\r\nContent-Length: 7\r\nContent-Encoding: gzip\r\nLocation: /news/other\r\n\r\n"),
			written),
		bad("transport/tiny chunks", "a chunk a byte, with extensions", "read the page", raw(chunked+tiny(news)), written),
		bad("transport/cookies on every page", "50 cookies of 4 KB on every page", "send no more than servers take",
			raw(strings.Replace(whole(news), "\r\n", "\r\n"+largeCookies(50, 3900), 1)),
			Want{Articles: with(badTitle), Check: shortCookies}).site("cookies: true").and(map[string]Answer{
			"/": page(listing("/news/1", []string{"/news/bad"}, "/news/2"),
				strings.Split(strings.TrimSpace(largeCookies(50, 3900)), "\r\n")...)}),
		bad("transport/LF only", "headers end in LF", "read the page",
			raw(strings.ReplaceAll(okHead, "\r\n", "\n")+"\n"+news), written),
		bad("transport/until closed", "no length: the page ends with the connection", "read the page",
			raw(okHead+"\r\n"+news), written),
		bad("transport/length and chunks", "Content-Length and chunks at once", "believe the chunks, or neither",
			raw(okHead+"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"+chunk(news)+"0\r\n\r\n"),
			Want{Exit: []int{0, 3}, AnyOf: sets(Sound, with(badTitle))}),
		bad("transport/second response", "a second response follows that nobody requested",
			"not take it for the next page, and not print it",
			raw(strings.Replace(whole(news), "Connection: close\r\n", "",
				1)+whole(article("A response that nobody requested"))), written),
		bad("transport/escapes in a reason", "the status text holds escape sequences", "not print them",
			raw("HTTP/1.1 500 \x1b]0;owned\x07\r\nContent-Length: 0\r\n\r\n"), failed),
		bad("transport/escapes in headers", "Retry-After and Content-Type hold escape sequences", "not print them",
			raw("HTTP/1.1 429 Slow\r\nRetry-After: \x1b[31m1\r\nContent-Type: \x1b]0;owned\x07\r\nContent-Length: 0\r\n\r\n"),
			Want{Exit: []int{0, 3}, AnyOf: sets(Sound[:1], Sound)}),
	}
}

// tiny returns a text in chunks of one byte.
func tiny(text string) string {
	var b strings.Builder
	for i := range len(text) {
		b.WriteString("1;x=y\r\n" + text[i:i+1] + "\r\n")
	}
	return b.String() + "0\r\n\r\n"
}

func largeCookies(n, size int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "Set-Cookie: c%d=%s; Path=/\r\n", i, strings.Repeat("x", size))
	}
	return b.String()
}

func manyCookies(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "Set-Cookie: c%d=%d; Path=/; Max-Age=3600\r\n", i, i)
	}
	return b.String()
}
