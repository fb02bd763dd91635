package urlkey

import (
	"strings"
	"unicode/utf8"
)

// fast resolves links that only need to be joined to the base and to have letters
// outside ASCII escaped. It returns what standard returns, at a twentieth of the
// cost. It returns false for other links, which may be invalid, or may need inner
// dot segments resolved, hosts converted or characters escaped.
func fast(b *Base, ref string) (string, bool) {
	if i := strings.IndexByte(ref, '#'); i >= 0 {
		ref = ref[:i]
	}
	switch {
	case strings.HasPrefix(ref, "http://"):
		return fastAbsolute("", ref, len("http://"))
	case strings.HasPrefix(ref, "https://"):
		return fastAbsolute("", ref, len("https://"))
	case b == nil:
		return "", false
	case ref == "":
		return b.url.Href, true
	case strings.HasPrefix(ref, "//"):
		return fastAbsolute(b.url.Href[:strings.IndexByte(b.url.Href, '/')], ref, len("//"))
	case ref[0] == '/':
		return fastRest(b.url.Href[:b.parts.path], ref)
	case ref[0] == '?':
		return fastRest(b.url.Href[:b.parts.pathEnd], ref)
	case strings.IndexByte(ref, ':') >= 0:
		return "", false // may be a scheme
	}
	dir, ref := b.climb(ref)
	return fastRest(b.url.Href[:dir], ref)
}

// climb removes "./" and "../" from the start of a relative path. It returns the
// offset in the base where the rest is appended, after a "/".
func (b *Base) climb(ref string) (dir int, rest string) {
	dir = b.dir
	for {
		if after, ok := strings.CutPrefix(ref, "./"); ok {
			ref = after
		} else if after, ok := strings.CutPrefix(ref, "../"); ok {
			ref = after
			if dir > b.parts.path+1 {
				dir = strings.LastIndexByte(b.url.Href[:dir-1], '/') + 1
			}
		} else {
			return dir, ref
		}
	}
}

// fastAbsolute resolves a URL whose host starts at ref[start:]. scheme is prepended
// if ref has none.
func fastAbsolute(scheme, ref string, start int) (string, bool) {
	end := start
	for end < len(ref) && class[ref[end]]&hostByte != 0 {
		end++
	}
	if !plainHost(ref[start:end]) {
		return "", false
	}
	if end < len(ref) && ref[end] == ':' {
		port := end + 1
		for end++; end < len(ref) && '0' <= ref[end] && ref[end] <= '9'; end++ {
		}
		if !plainPort(ref[port:end]) {
			return "", false
		}
	}
	if end == len(ref) {
		return scheme + ref + "/", true
	}
	switch ref[end] {
	case '/':
		return fastRestOf(scheme, ref, end)
	case '?':
		return fastRest(scheme+ref[:end]+"/", ref[end:])
	}
	return "", false
}

// plainHost reports whether a host of a-z, 0-9, "-" and "." is already in its
// serialised form: no punycode to check, no unusual notation of an IPv4 address.
func plainHost(host string) bool {
	if host == "" || len(host) > 63 || strings.Contains(host, "--") || strings.Contains(host, "..") {
		return false
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	if last == "" || host[0] == '.' || last[0] == '-' { // whatwg-url reads "-8" as a number
		return false
	}
	if c := last[0]; c < '0' || c > '9' {
		return true
	}
	return plainIPv4(host)
}

// plainIPv4 reports whether the host is four decimal numbers up to 255, without
// leading zeros.
func plainIPv4(host string) bool {
	numbers, value, digits := 0, 0, 0
	for i := 0; i <= len(host); i++ {
		if i == len(host) || host[i] == '.' {
			if digits == 0 || value > 255 {
				return false
			}
			numbers, value, digits = numbers+1, 0, 0
			continue
		}
		c := host[i]
		if c < '0' || c > '9' || digits == 3 || (digits == 1 && value == 0) {
			return false
		}
		value, digits = value*10+int(c-'0'), digits+1
	}
	return numbers == 4
}

// plainPort reports whether a port is certainly in its serialised form: 1 to 5
// digits without a leading zero, at most 65535 and not a default.
func plainPort(port string) bool {
	if port == "" || port[0] == '0' || port == "80" || port == "443" {
		return false
	}
	return len(port) < 5 || (len(port) == 5 && port <= "65535")
}

// fastRest appends a path, a query or both to a serialised part.
func fastRest(done, rest string) (string, bool) {
	ascii, ok := plainRest(rest)
	if ok && !ascii {
		return escapeUnicode(done, rest), true
	}
	return done + rest, ok
}

// fastRestOf is fastRest for a path within the link. It copies nothing if the link
// is already in its serialised form.
func fastRestOf(scheme, ref string, path int) (string, bool) {
	ascii, ok := plainRest(ref[path:])
	if ok && !ascii {
		return escapeUnicode(scheme+ref[:path], ref[path:]), true
	}
	return scheme + ref, ok
}

// plainRest reports whether a path and query need no change, or only their bytes
// outside ASCII escaped.
func plainRest(s string) (ascii, ok bool) {
	ascii = true
	as, start := uint8(fastPath), true // start: of a path segment
	for i := range len(s) {
		c := s[i]
		switch {
		case class[c]&as != 0:
			if start && (c == '.' || escapedDot(s[i:])) {
				return ascii, false // may be a dot segment
			}
			start = c == '/' && as == fastPath
		case c >= 0x80:
			ascii, start = false, false
		case c == '?' && as == fastPath:
			as, start = fastQuery, false
		default:
			return ascii, false
		}
	}
	return ascii, ascii || utf8.ValidString(s)
}

func escapedDot(s string) bool {
	return strings.HasPrefix(s, "%2e") || strings.HasPrefix(s, "%2E")
}

// escapeUnicode appends rest to done with its bytes outside ASCII escaped.
func escapeUnicode(done, rest string) string {
	b := make([]byte, 0, len(done)+3*len(rest))
	b = append(b, done...)
	for i := range len(rest) {
		if c := rest[i]; c >= 0x80 {
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		} else {
			b = append(b, c)
		}
	}
	return string(b)
}
