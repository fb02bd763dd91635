package polite

import "strings"

// pattern is the path of a rule, ready to match. RFC 9309 section 2.2.2 wants
// paths compared after their percent-encoding is made alike; Google's parser,
// which the web is written for, unescapes nothing. Both readings are tried, and
// where they differ the stricter one holds: an escaped letter in a disallow
// rule matches the plain letter, in an allow rule it does not.
type pattern struct {
	plain    string // escapes in upper case, what is no URI character escaped
	folded   string // plain, and as foldQuery and, for disallow, foldPlain say
	anchored bool   // ended in $
	octets   int    // length as written, with what had to be escaped escaped
}

// path is the path and query of a URL in the two forms of pattern.
type path struct{ plain, folded string }

// fold says what else escape makes alike.
type fold uint8

const (
	// foldPlain unescapes the unreserved characters (RFC 3986 section 2.3).
	foldPlain fold = 1 << iota
	// foldQuery escapes the general delimiters behind the first "?", as the
	// table in RFC 9309 section 2.2.2 does. Elsewhere "%2F" is not "/".
	foldQuery
)

func newPattern(value string, allow bool) pattern {
	text, anchored := strings.CutSuffix(value, "$")
	folds := foldPlain | foldQuery
	if allow {
		folds = foldQuery
	}
	p := pattern{plain: escape(text, 0), folded: escape(text, folds), anchored: anchored}
	p.octets = len(p.plain)
	if anchored {
		p.octets++
	}
	// A $ that is not last stands for itself, and so does one in a URL.
	p.plain = strings.ReplaceAll(p.plain, "$", "%24")
	p.folded = strings.ReplaceAll(p.folded, "$", "%24")
	return p
}

func newPath(target string) path {
	return path{literal(escape(target, 0)), literal(escape(target, foldPlain|foldQuery))}
}

// literal escapes the characters that are special in a pattern, so that "%2A"
// in a rule means a star in the URL (RFC 9309 section 2.2.3).
func literal(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "*", "%2A"), "$", "%24")
}

// match reports whether the pattern matches the beginning of the path, or all
// of it when anchored.
func (p pattern) match(target path) bool {
	if glob(p.plain, target.plain, p.anchored) {
		return true
	}
	if p.plain == p.folded && target.plain == target.folded {
		return false
	}
	return glob(p.folded, target.folded, p.anchored)
}

// glob matches pieces between stars from left to right, each at its first
// place: no later place can do better, so nothing is tried twice.
func glob(pattern, s string, anchored bool) bool {
	piece, pattern, star := strings.Cut(pattern, "*")
	if !strings.HasPrefix(s, piece) {
		return false
	}
	s = s[len(piece):]
	for star {
		piece, pattern, star = strings.Cut(pattern, "*")
		if !star && anchored {
			return strings.HasSuffix(s, piece)
		}
		i := strings.Index(s, piece)
		if i < 0 {
			return false
		}
		s = s[i+len(piece):]
	}
	return !anchored || s == ""
}

// escape writes escapes in upper case and escapes every byte that may not stand
// in a URI; folds adds to that. A "%" without two hex digits stays.
func escape(s string, folds fold) string {
	var out strings.Builder
	done, query := 0, false // s[:done] is in out
	put := func(from, to int, text string) {
		if s[from:to] != text {
			out.WriteString(s[done:from])
			out.WriteString(text)
			done = to
		}
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			octet := unhex(s[i+1])<<4 | unhex(s[i+2])
			if folds&foldPlain != 0 && isUnreserved(octet) {
				put(i, i+3, string(rune(octet)))
			} else {
				put(i, i+3, escaped(octet))
			}
			i += 2
		case query && strings.IndexByte(":/?#[]@", c) >= 0:
			put(i, i+1, escaped(c))
		case c == '?':
			query = folds&foldQuery != 0
		case c != '%' && !isUnreserved(c) && strings.IndexByte(":/?#[]@!$&'()*+,;=", c) < 0:
			put(i, i+1, escaped(c))
		}
	}
	if done == 0 {
		return s
	}
	out.WriteString(s[done:])
	return out.String()
}

const upperHex = "0123456789ABCDEF"

func escaped(c byte) string { return string([]byte{'%', upperHex[c>>4], upperHex[c&15]}) }

func isUnreserved(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '-' || c == '.' || c == '_' || c == '~'
}

func isHex(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

func unhex(c byte) byte {
	if isDigit(c) {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}
