package warc

import (
	"bytes"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
)

// maxHTTPHeader bounds the header of a stored answer, in bytes.
const maxHTTPHeader = streamBuffer

// answerHead is the status and the header of a stored answer.
type answerHead struct {
	status int
	header http.Header
	size   int // bytes up to the body
}

// parseAnswer reads the head of an answer (RFC 9112 section 4). ok is false if b
// does not begin with one. A head without an empty line ends with b. Interim
// answers (1xx) are skipped. Answers of HTTP/2 and 3 are stored with a status
// line or with pseudo headers (":status: 200").
func parseAnswer(b []byte) (head answerHead, ok bool) {
	for {
		one, ok := parseHead(b[head.size:])
		if !ok {
			return head, head.status != 0
		}
		one.size += head.size
		head = one
		if one.status/100 != 1 {
			return head, true
		}
	}
}

func parseHead(b []byte) (head answerHead, ok bool) {
	line, n := nextLine(b)
	switch {
	case bytes.HasPrefix(line, []byte("HTTP/")):
		_, rest, _ := bytes.Cut(line, []byte(" "))
		head.status = parseStatus(rest)
		head.size = n
	case !bytes.HasPrefix(line, []byte(":")):
		return head, false
	}
	head.header = make(http.Header, 16)
	var last []string
	for head.size < len(b) {
		line, n := nextLine(b[head.size:])
		head.size += n
		if len(line) == 0 {
			break
		}
		if line[0] == ' ' || line[0] == '\t' { // RFC 9112 section 5.2
			if len(last) > 0 {
				last[len(last)-1] += " " + string(bytes.TrimSpace(line))
			}
			continue
		}
		if value, ok := bytes.CutPrefix(line, []byte(":status:")); ok {
			head.status = parseStatus(value)
			continue
		}
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok || len(name) == 0 {
			continue
		}
		key := textproto.CanonicalMIMEHeaderKey(string(bytes.TrimSpace(name)))
		last = append(head.header[key], string(bytes.TrimSpace(value)))
		head.header[key] = last
	}
	return head, head.status != 0
}

// nextLine returns the first line of b without its end, and its length with it.
func nextLine(b []byte) (line []byte, n int) {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return bytes.TrimSuffix(b[:i], []byte("\r")), i + 1
	}
	return bytes.TrimSuffix(b, []byte("\r")), len(b)
}

// parseStatus returns the status code at the beginning of b, 0 if there is none.
func parseStatus(b []byte) int {
	b = bytes.TrimSpace(b)
	if len(b) < 3 || len(b) > 3 && isDigit(b[3]) {
		return 0
	}
	n, err := strconv.Atoi(string(b[:3]))
	if err != nil || n < 100 {
		return 0
	}
	return n
}

// IsPage reports whether a content type may be that of a page: HTML, or none that
// makes sense.
func IsPage(contentType string) bool {
	media, _, _ := strings.Cut(contentType, ";")
	switch media = strings.ToLower(strings.TrimSpace(media)); media {
	case "text/html", "application/xhtml+xml", "unknown/unknown", "application/unknown", "*/*":
		return true
	}
	return !strings.Contains(media, "/")
}

// takeChunks joins the chunks of a body (RFC 9112 section 7.1), in place. whole is
// false if the last one is missing. A body that does not begin with a chunk was
// joined before it was stored, and is returned as it is.
func takeChunks(body []byte) (joined []byte, whole bool) {
	joined = body[:0]
	for rest := body; ; {
		line, n := nextLine(rest)
		size, ok := chunkSize(line)
		if !ok {
			if len(rest) == len(body) {
				return body, true
			}
			return joined, false
		}
		rest = rest[n:]
		if size == 0 {
			return joined, true
		}
		if size > int64(len(rest)) {
			return append(joined, rest...), false
		}
		joined = append(joined, rest[:size]...)
		rest = rest[size:]
		if line, n := nextLine(rest); len(line) == 0 {
			rest = rest[n:]
		}
	}
}

// chunkSize parses the line before a chunk, up to a semicolon.
func chunkSize(line []byte) (int64, bool) {
	line, _, _ = bytes.Cut(line, []byte(";"))
	n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 64)
	return n, err == nil && n >= 0
}

// isWhole reports whether a body is as long as its header says. A body that was
// unpacked before it was stored may have another length, and a packed one marks
// its end itself.
func isWhole(header http.Header, body []byte) bool {
	for _, name := range []string{"Content-Encoding", "X-Crawl-Content-Encoding", "X-Crawl-Transfer-Encoding"} {
		if header.Get(name) != "" {
			return true
		}
	}
	n, err := strconv.ParseInt(header.Get("Content-Length"), 10, 64)
	return err != nil || int64(len(body)) >= n
}
