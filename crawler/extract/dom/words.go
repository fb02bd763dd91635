package dom

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// EndsSentence reports a line that ends as sentences do.
func EndsSentence(s string) bool {
	s = strings.TrimRight(s, "\"'”’»“)]")
	return strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, "?") || strings.HasSuffix(s, "…") ||
		strings.HasSuffix(s, ":") || strings.HasSuffix(s, "。") || strings.HasSuffix(s, "！") || strings.HasSuffix(s, "？") || strings.HasSuffix(s, "।") || strings.HasSuffix(s, "։") || strings.HasSuffix(s, "؟")
}

func HasWide(s string) bool {
	for _, r := range s {
		if wide(r) {
			return true
		}
	}
	return false
}

// Slug is s as a name: lower-case letters and digits joined by "-".
func Slug(s string) string {
	out := make([]byte, 0, len(s)+len(s)/8)
	joint := false
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			if 'A' <= c && c <= 'Z' {
				c |= 0x20
			}
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
				joint = true
				continue
			}
			if joint && len(out) > 0 {
				out = append(out, '-')
			}
			joint = false
			out = append(out, c)
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			joint = true
			continue
		}
		if joint && len(out) > 0 {
			out = append(out, '-')
		}
		joint = false
		out = utf8.AppendRune(out, unicode.ToLower(r))
	}
	return string(out)
}

// Words counts the words of s; a rune of a script without spaces is one.
func Words(s string) int {
	n, in := 0, false
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			c := byte(r) | 0x20
			if 'a' <= c && c <= 'z' || '0' <= r && r <= '9' || r == '\'' {
				if !in {
					n, in = n+1, true
				}
			} else {
				in = false
			}
		case wide(r):
			n, in = n+1, false
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '’':
			if !in {
				n, in = n+1, true
			}
		default:
			in = false
		}
	}
	return n
}

// wide reports letters of scripts that are written without spaces.
func wide(r rune) bool {
	return r >= 0x0e00 && r <= 0x0eff || r >= 0x2e80 && r <= 0x9fff && r != '\u3000' && (r < 0x3001 || r > 0x303f) || r >= 0xac00 && r <= 0xd7af || r >= 0x20000 && r <= 0x3ffff
}

func ContainsAny(s string, parts ...string) bool {
	for _, x := range parts {
		if strings.Contains(s, x) {
			return true
		}
	}
	return false
}

// TrimSeparators cuts spaces and the marks that part a title from what is
// beside it off both ends.
func TrimSeparators(s string) string {
	return strings.Trim(s, " \t|/-–—•·,:")
}

func TitleLike(s string) bool {
	if len(s) < 12 || len(s) > MaxTitle {
		return false
	}
	n := Words(s)
	return n >= 4 || n >= 3 && len(s) >= 18 || n >= 2 && len(s) >= 24
}

// HasAnyPrefix reports that s begins with one of parts, which are in lower case.
func HasAnyPrefix(s string, parts []string) bool {
	low := strings.ToLower(s[:min(len(s), maxStart)])
	for _, x := range parts {
		if strings.HasPrefix(low, x) {
			return true
		}
	}
	return false
}

// maxStart is above the length of what startsWithAny looks for, in bytes.
const maxStart = 64

// MinSentence is the length in bytes from which a line is taken for running text.
const MinSentence = 80

// MaxTitle is the longest title, in bytes.
const MaxTitle = 400

// MaxLabel bounds a part that is looked for in other links, in bytes.
const MaxLabel = 60
