package hostile

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"hash/fnv"
	"html"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
)

// headers sets headers given as "Name: value".
func headers(w http.ResponseWriter, s *Server, lines []string) {
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		w.Header().Add(name, s.fill(value))
	}
}

// status answers with a status and a page that must not become an item.
func status(code int, lines ...string) Answer {
	return func(w http.ResponseWriter, _ *http.Request, s *Server) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		headers(w, s, lines)
		w.WriteHeader(code)
		if code >= 200 && code != 204 && code != 304 {
			io.WriteString(w, article("Error pages are no news"))
		}
	}
}

// page answers with a page of HTML.
func page(text string, lines ...string) Answer {
	return body("text/html; charset=utf-8", text, lines...)
}

// body answers with a body of a content type, "" for none.
func body(contentType, text string, lines ...string) Answer {
	return func(w http.ResponseWriter, _ *http.Request, s *Server) {
		if contentType == "" {
			w.Header()["Content-Type"] = nil
		} else {
			w.Header().Set("Content-Type", contentType)
		}
		headers(w, s, lines)
		io.WriteString(w, s.fill(text))
	}
}

// plain answers with plain text, such as a robots.txt.
func plain(text string) Answer { return body("text/plain; charset=utf-8", text) }

// to redirects to a target.
func to(target string) Answer {
	return func(w http.ResponseWriter, _ *http.Request, s *Server) {
		w.Header()["Location"] = []string{s.fill(target)}
		w.WriteHeader(http.StatusFound)
	}
}

// raw sends bytes as they are and closes the connection.
func raw(text string) Answer {
	return stream(func(c io.Writer, s *Server) { io.WriteString(c, s.fill(text)) })
}

// stream lets send write to the connection until the client hangs up or the server
// stops.
func stream(send func(c io.Writer, s *Server)) Answer {
	return func(w http.ResponseWriter, _ *http.Request, s *Server) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer c.Close()
		done := make(chan struct{})
		defer close(done)
		s.wg.Go(func() {
			select {
			case <-s.closing:
				c.Close()
			case <-done:
			}
		})
		send(c, s)
	}
}

// reset sends text and resets the connection.
func reset(text string) Answer {
	return func(w http.ResponseWriter, _ *http.Request, _ *Server) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		io.WriteString(c, text)
		if t, ok := c.(countedConn).Conn.(*net.TCPConn); ok {
			t.SetLinger(0)
		}
		c.Close()
	}
}

// slowly sends text, n bytes at a time.
func slowly(text string, n int, pause time.Duration) Answer {
	return stream(func(c io.Writer, s *Server) {
		for text := text; text != ""; {
			part := text[:min(n, len(text))]
			text = text[len(part):]
			if _, err := io.WriteString(c, part); err != nil {
				return
			}
			select {
			case <-time.After(pause):
			case <-s.closing:
				return
			}
		}
	})
}

// endless sends head, then repeats part without end.
func endless(head, part string) Answer {
	return stream(func(c io.Writer, s *Server) {
		_, err := io.WriteString(c, s.fill(head))
		for err == nil {
			_, err = io.WriteString(c, part)
		}
	})
}

// silence reads the request and sends nothing.
func silence(_ http.ResponseWriter, r *http.Request, s *Server) {
	select {
	case <-r.Context().Done():
	case <-s.closing:
	}
	panic(http.ErrAbortHandler)
}

// first answers as often as times says with begin, then with last.
func first(times int, begin, last Answer) Answer {
	return func(w http.ResponseWriter, r *http.Request, s *Server) {
		if s.visits(r.URL.Path) <= times {
			begin(w, r, s)
		} else {
			last(w, r, s)
		}
	}
}

const okHead = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"

// whole returns a raw response with the right Content-Length.
func whole(page string, lines ...string) string {
	var b strings.Builder
	b.WriteString(okHead)
	for _, line := range lines {
		b.WriteString(line + "\r\n")
	}
	b.WriteString("Content-Length: " + strconv.Itoa(len(page)) + "\r\n\r\n" + page)
	return b.String()
}

// listing returns a page with the links first, between and last.
func listing(first string, between []string, last string) string {
	var b strings.Builder
	b.WriteString("<!doctype html><html lang=en><head><meta charset=utf-8><title>News of the region</title></head><body><main><h1>News of the region</h1><ul>\n")
	item := func(href, text string) {
		fmt.Fprintf(&b, "<li><a href=\"%s\">%s</a></li>\n", html.EscapeString(href), text)
	}
	item(first, Sound[0])
	for i, l := range between {
		item(l, fmt.Sprintf("A headline about matter number %d of the day", i+1))
	}
	item(last, Sound[1])
	b.WriteString("</ul></main></body></html>\n")
	return b.String()
}

var (
	who = []string{"The mayor", "A spokeswoman for the port", "The head of the school", "A farmer from the valley",
		"The fire service", "The regional court", "The transport office", "A team of doctors", "The museum",
		"The union of fishermen"}
	did = []string{"announced", "confirmed", "denied", "described", "questioned", "presented", "postponed", "defended",
		"explained", "published"}
	what = []string{"a plan for the eastern quay", "the figures of the past season", "repairs to the old bridge",
		"a timetable for the ferry", "the budget of the coming year", "a study of the river", "the results of the survey",
		"new rules for the market", "the opening of the clinic", "a collection of letters"}
	where = []string{"at a meeting in the town hall", "in a letter to residents", "before some forty guests",
		"after weeks of talks", "in an interview on Monday", "during a visit to the mill", "at the end of the session",
		"in front of the station", "on the first day of spring", "while rain fell outside"}
	then = []string{"Work is to begin in autumn", "Neighbours had asked for it for years", "The cost was not disclosed",
		"Critics spoke of a missed chance", "Nobody was hurt", "Tickets go on sale next week",
		"A decision is expected in June", "The road stays closed until then", "Further tests are under way",
		"Many expressed relief"}
)

// paragraphs returns the text of the article with a title. Other titles have other
// texts.
func paragraphs(title string) []string {
	h := fnv.New64a()
	h.Write([]byte(title))
	r := rand.New(rand.NewPCG(h.Sum64(), 1))
	pick := func(words []string) string { return words[r.IntN(len(words))] }
	list := make([]string, 5)
	for i := range list {
		var b strings.Builder
		for range 4 {
			fmt.Fprintf(&b, "%s %s %s %s, %d days after the first report. %s. ", pick(who), pick(did), pick(what), pick(where),
				2+r.IntN(400), pick(then))
		}
		list[i] = strings.TrimSpace(b.String())
	}
	return list
}

// article returns a page with one article and with extra in its head.
func article(title string, extra ...string) string {
	return articleOf(title, paragraphs(title), extra...)
}

func articleOf(title string, text []string, head ...string) string {
	var b strings.Builder
	t := html.EscapeString(title)
	fmt.Fprintf(&b, "<!doctype html><html lang=en><head><title>%s</title>%s</head><body>\n<article><h1>%s</h1>\n", t,
		strings.Join(head, ""), t)
	for _, p := range text {
		fmt.Fprintf(&b, "<p>%s</p>\n", html.EscapeString(p))
	}
	b.WriteString("</article></body></html>\n")
	return b.String()
}

// then answers like a and sends text after it.
func (a Answer) then(text string) Answer {
	return func(w http.ResponseWriter, r *http.Request, s *Server) {
		a(w, r, s)
		// fill cannot insert addresses into single bytes.
		io.WriteString(w, wide(text, s))
	}
}

// gzipped returns a compressed text.
func gzipped(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.Copy(z, strings.NewReader(text))
	z.Close()
	return b.Bytes()
}

// xmlOf answers with XML.
func xmlOf(text string) Answer { return body("application/xml", text) }

// bombBytes is the decompressed size of the bombs.
const bombBytes = 300 << 20

// The bombs, each compressed once on first use.
var (
	gzipBomb   = sync.OnceValue(func() string { return bomb(func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }) })
	brotliBomb = sync.OnceValue(func() string {
		return bomb(func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, 1) })
	})
	zstdBomb = sync.OnceValue(func() string {
		return bomb(func(w io.Writer) io.WriteCloser {
			z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
			if err != nil {
				panic(err)
			}
			return z
		})
	})
	doubleBomb = sync.OnceValue(func() string { return string(gzipped(gzipBomb())) })
)

// bomb compresses a page that begins like news and continues with bombBytes of
// zeros.
func bomb(pack func(io.Writer) io.WriteCloser) string {
	var b bytes.Buffer
	z := pack(&b)
	io.WriteString(z, article(badTitle))
	zeros := make([]byte, 1<<20)
	for range bombBytes >> 20 {
		z.Write(zeros)
	}
	z.Close()
	return b.String()
}

// wide inserts the addresses into a text with two or four bytes per character.
func wide(text string, s *Server) string {
	for _, pad := range []struct{ before, after string }{{"", "\x00"}, {"\x00\x00\x00", ""}} {
		spread := func(t string) string {
			var b strings.Builder
			for i := range len(t) {
				b.WriteString(pad.before + t[i:i+1] + pad.after)
			}
			return b.String()
		}
		text = strings.ReplaceAll(text, spread("{host}"), spread(s.Host))
	}
	return text
}
