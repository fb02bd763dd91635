package hostile

import (
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
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

// plain answers as a robots.txt is answered.
func plain(text string) Answer { return body("text/plain; charset=utf-8", text) }

// to redirects.
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

// stream lets send write to the bare connection until the crawler hangs up or
// the server stops.
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

// reset closes the connection so that the crawler gets a reset, after text.
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

// endless sends head, then part for ever.
func endless(head, part string) Answer {
	return stream(func(c io.Writer, s *Server) {
		_, err := io.WriteString(c, s.fill(head))
		for err == nil {
			_, err = io.WriteString(c, part)
		}
	})
}

// silence takes the request and answers nothing.
func silence(_ http.ResponseWriter, r *http.Request, s *Server) {
	select {
	case <-r.Context().Done():
	case <-s.closing:
	}
	panic(http.ErrAbortHandler)
}

// first answers the first times as given, then with last.
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

// whole is a raw answer of the right length.
func whole(page string, lines ...string) string {
	var b strings.Builder
	b.WriteString(okHead)
	for _, line := range lines {
		b.WriteString(line + "\r\n")
	}
	b.WriteString("Content-Length: " + strconv.Itoa(len(page)) + "\r\n\r\n" + page)
	return b.String()
}

// listing is a page of links: first, those between, last.
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
