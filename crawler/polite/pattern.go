package polite

import "strings"

// pattern is the path of a rule, ready to match. RFC 9309 section 2.2.2 compares
// paths with normalised percent-encoding. Google's parser, which sites are written
// for, decodes nothing. Where the two differ, the stricter one applies: an escaped
// letter in a disallow rule matches the plain letter, in an allow rule it does not.
type pattern struct {
	plain    string // escapes in upper case; characters not allowed in a URI escaped
	folded   string // plain after foldQuery and, for disallow, foldPlain
	anchored bool   // ended in $
	octets   int    // length of plain and $, which decides precedence
}

// path is the path and query of a URL in the two forms of pattern.
type path struct{ plain, folded string }

// fold selects further normalisations of escape.
type fold uint8

const (
	// foldPlain decodes the unreserved characters (RFC 3986 section 2.3).
	foldPlain fold = 1 << iota
	// foldQuery escapes the general delimiters after the first "?", as in the
	// table of RFC 9309 section 2.2.2. Elsewhere "%2F" differs from "/".
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
	// A $ in the middle of a pattern or in a URL is a plain character.
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

// match reports whether the pattern matches the start of the path, or the whole
// path when anchored.
func (p pattern) match(target path) bool {
	if glob(p.plain, target.plain, p.anchored) {
		return true
	}
	if p.plain == p.folded && target.plain == target.folded {
		return false
	}
	return glob(p.folded, target.folded, p.anchored)
}

// glob matches the pieces between stars from left to right, each at its first
// occurrence. A later occurrence cannot do better, so it never backtracks.
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

// escape writes escapes in upper case and escapes every byte that is not allowed
// in a URI, then applies folds. A "%" without two hex digits stays.
func escape(s string, folds fold) string {
	var out strings.Builder
	done, query := 0, false // s[:done] is in out
	for i := 0; i < len(s); {
		text, width := escapeNext(s[i:], folds, query)
		if s[i] == '?' {
			query = folds&foldQuery != 0
		}
		if text != s[i:i+width] {
			out.WriteString(s[done:i])
			out.WriteString(text)
			done = i + width
		}
		i += width
	}
	if done == 0 {
		return s
	}
	out.WriteString(s[done:])
	return out.String()
}

// escapeNext returns the normal form of the first byte or escape of s, and its
// width in s. query means that general delimiters are escaped.
func escapeNext(s string, folds fold, query bool) (text string, width int) {
	c := s[0]
	switch {
	case c == '%' && len(s) > 2 && isHex(s[1]) && isHex(s[2]):
		octet := unhex(s[1])<<4 | unhex(s[2])
		if folds&foldPlain != 0 && isUnreserved(octet) {
			return string(rune(octet)), 3
		}
		return escaped(octet), 3
	case c == '%' || isUnreserved(c):
		return s[:1], 1
	case query && strings.IndexByte(":/?#[]@", c) >= 0, strings.IndexByte(":/?#[]@!$&'()*+,;=", c) < 0:
		return escaped(c), 1
	}
	return s[:1], 1
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
