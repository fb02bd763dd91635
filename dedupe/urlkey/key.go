package urlkey

import (
	"bytes"
	"slices"
	"strings"
)

// Classes of bytes in a serialised URL.
const (
	unreserved = 1 << iota // RFC 3986 section 2.3
	pathByte               // not escaped in the path of a key
	queryByte              // not escaped in the query of a key
	hostByte               // allowed in a fast host: a-z 0-9 - .
	fastPath               // not escaped by the standard in a path
	fastQuery              // not escaped by the standard in a query
)

var class = classes()

func classes() (t [256]uint8) {
	for c := range 256 {
		b := byte(c)
		letter := 'a' <= b|0x20 && b|0x20 <= 'z'
		digit := '0' <= b && b <= '9'
		if letter || digit || strings.IndexByte("-._~", b) >= 0 {
			t[c] |= unreserved | pathByte | queryByte
		}
		if strings.IndexByte("!$&'()*+,;=:@/", b) >= 0 {
			t[c] |= pathByte | queryByte
		}
		if (letter && b >= 'a') || digit || b == '-' || b == '.' {
			t[c] |= hostByte
		}
		if b > ' ' && b < 0x7f && strings.IndexByte("\"#<>?^`{}\\", b) < 0 {
			t[c] |= fastPath
		}
		if b > ' ' && b < 0x7f && strings.IndexByte("\"#<>'", b) < 0 {
			t[c] |= fastQuery
		}
	}
	t['?'] |= queryByte
	t['\''] &^= queryByte
	return t
}

// parts are offsets into a serialised http or https URL without a fragment:
//
//	https://user:pass@host:port/path?query
//	                  |   |    |    |
//	               host hostEnd path pathEnd (of "?", or the end)
type parts struct{ host, hostEnd, path, pathEnd int }

// split finds the parts of a serialised URL, which always has a path.
func split(href string) parts {
	var p parts
	start := strings.Index(href, "://") + 3
	p.path = start + strings.IndexByte(href[start:], '/')
	p.host = start + strings.LastIndexByte(href[start:p.path], '@') + 1
	p.hostEnd = p.path
	authority := href[p.host:p.path]
	if i := strings.LastIndexByte(authority, ':'); i > strings.LastIndexByte(authority, ']') {
		p.hostEnd = p.host + i
	}
	p.pathEnd = len(href)
	if i := strings.IndexByte(href[p.path:], '?'); i >= 0 {
		p.pathEnd = p.path + i
	}
	return p
}

// undotted returns the end of the host without its trailing dot. A host that ends
// in two dots keeps them, since it might otherwise become an IPv4 address.
func (p parts) undotted(href string) int {
	host := href[p.host:p.hostEnd]
	if n := len(host); n > 1 && host[n-1] == '.' && host[n-2] != '.' {
		return p.hostEnd - 1
	}
	return p.hostEnd
}

// build returns the URL of a serialised href.
func build(href string) URL {
	p := split(href)
	u := URL{Href: href, Host: href[p.host:p.path]}
	if end := p.undotted(href); end != p.hostEnd {
		u.Host = href[p.host:end] + href[p.hostEnd:p.path]
	}
	u.Key = key(href, p)
	return u
}

// key applies the rules of the package comment.
func key(href string, p parts) string {
	var stack [256]byte
	b := append(stack[:0], "http://"...)
	b = append(b, href[p.host:p.undotted(href)]...)
	if port := href[p.hostEnd:p.path]; port != ":80" && port != ":443" {
		b = append(b, port...)
	}
	start := len(b)
	b = appendNormal(b, href[p.path:p.pathEnd], pathByte)
	b = b[:start+len(mergeSlashes(dropSession(b[start:])))]
	if p.pathEnd+1 < len(href) {
		b = appendQuery(b, href[p.pathEnd+1:])
	}
	if string(b) == href {
		return href
	}
	return string(b)
}

// appendNormal appends s with its escapes normalised. Bytes of the given class are
// not escaped.
func appendNormal(b []byte, s string, as uint8) []byte {
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && class[s[j]]&as != 0 {
			j++
		}
		b = append(b, s[i:j]...)
		if j == len(s) {
			return b
		}
		c := s[j]
		i = j + 1
		if c == '%' && j+2 < len(s) {
			if hi, lo := unhex(s[j+1]), unhex(s[j+2]); hi >= 0 && lo >= 0 {
				c = byte(hi<<4 | lo)
				i = j + 3
				if class[c]&unreserved != 0 {
					b = append(b, c)
					continue
				}
			}
		}
		if c == ' ' && as == queryByte {
			b = append(b, '+')
			continue
		}
		b = append(b, '%', upperHex[c>>4], upperHex[c&15])
	}
	return b
}

const upperHex = "0123456789ABCDEF"

// unhex returns the value of a hexadecimal digit, or -1.
func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	}
	return -1
}

// dropSession removes Servlet sessions from a path in place (Jakarta Servlet 6.0
// section 7.1.3 names the parameter). A session whose removal would leave a dot
// segment stays, since the key would change when parsed again.
func dropSession(path []byte) []byte {
	const name = ";jsessionid="
	for from := 0; ; {
		i := bytes.IndexByte(path[from:], ';')
		if i < 0 {
			return path
		}
		i += from
		from = i + 1
		if len(path)-i < len(name) || !strings.EqualFold(string(path[i:i+len(name)]), name) {
			continue
		}
		end := i + len(name)
		for end < len(path) && path[end] != ';' && path[end] != '/' {
			end++
		}
		segment := path[bytes.LastIndexByte(path[:i], '/')+1 : i]
		if (end == len(path) || path[end] == '/') && (string(segment) == "." || string(segment) == "..") {
			continue
		}
		path = append(path[:i], path[end:]...)
		from = i
	}
}

// mergeSlashes replaces repeated slashes by one, in place.
func mergeSlashes(path []byte) []byte {
	if !bytes.Contains(path, []byte("//")) {
		return path
	}
	n := 0
	for _, c := range path {
		if c == '/' && n > 0 && path[n-1] == '/' {
			continue
		}
		path[n] = c
		n++
	}
	return path[:n]
}

// param is one part of a normalised query: [start, end), its name up to equals.
type param struct{ start, equals, end int }

// appendQuery appends "?" and the sorted query, or nothing if it is empty.
func appendQuery(b []byte, query string) []byte {
	var stack [256]byte
	q := appendNormal(stack[:0], query, queryByte)
	var few [16]param
	params := few[:0]
	for start := 0; start <= len(q); {
		end := len(q)
		if i := bytes.IndexByte(q[start:], '&'); i >= 0 {
			end = start + i
		}
		equals := end
		if i := bytes.IndexByte(q[start:end], '='); i >= 0 {
			equals = start + i
		}
		if end > start && !isTracking(q[start:equals]) {
			params = append(params, param{start, equals, end})
		}
		start = end + 1
	}
	byName := func(x, y param) int {
		return bytes.Compare(q[x.start:x.equals], q[y.start:y.equals])
	}
	if len(params) > 1 {
		slices.SortStableFunc(params, byName)
	}
	separator := byte('?')
	for _, p := range params {
		b = append(b, separator)
		b = append(b, q[p.start:p.end]...)
		separator = '&'
	}
	return b
}
