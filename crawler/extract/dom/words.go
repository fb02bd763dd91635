package dom

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lengths of text, in bytes.
const (
	MinSentence = 80  // of a line of running text, at least
	MaxTitle    = 400 // of a title, at most
	MaxLabel    = 60  // of a label beside a title, at most
)

// EndsSentence reports whether s ends as sentences do, or with a colon.
func EndsSentence(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s, "\"'”’»“)]"))
	switch r {
	case '.', '!', '?', '…', ':', '。', '！', '？', '।', '։', '؟':
		return true
	}
	return false
}

// HasWide reports whether s has letters of a script that is written without spaces.
func HasWide(s string) bool {
	for _, r := range s {
		if wide(r) {
			return true
		}
	}
	return false
}

// Slug returns s as a name: lower-case letters and digits joined by "-".
func Slug(s string) string {
	out := make([]byte, 0, len(s)+len(s)/8)
	joint := false
	for _, r := range s {
		if r = slugRune(r); r < 0 {
			joint = true
			continue
		}
		if joint && len(out) > 0 {
			out = append(out, '-')
		}
		joint = false
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

// slugRune returns r as slugs have it, -1 for what separates words.
func slugRune(r rune) rune {
	switch {
	case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
		return r
	case 'A' <= r && r <= 'Z':
		return r | 0x20
	case r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)):
		return unicode.ToLower(r)
	}
	return -1
}

// Words counts the words of s. A rune of a script without spaces counts as one.
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

// wide reports whether r is a letter of a script that is written without spaces.
func wide(r rune) bool {
	return r >= 0x0e00 && r <= 0x0eff || r >= 0x2e80 && r <= 0x2fff || r >= 0x3040 && r <= 0x9fff ||
		r >= 0xac00 && r <= 0xd7af || r >= 0x20000 && r <= 0x3ffff
}

// ContainsAny reports whether s contains one of parts.
func ContainsAny(s string, parts ...string) bool {
	for _, x := range parts {
		if strings.Contains(s, x) {
			return true
		}
	}
	return false
}

// TrimSeparators cuts spaces, and the marks between a title and what stands
// beside it, off both ends.
func TrimSeparators(s string) string {
	return strings.Trim(s, " \t|/-–—•·,:")
}

// Parts returns the parts of a line, which bars or dots separate.
func Parts(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == '|' || r == '·' || r == '•' })
}

// TitleLike reports whether s is as long as a headline.
func TitleLike(s string) bool {
	if len(s) < 12 || len(s) > MaxTitle {
		return false
	}
	n := Words(s)
	return n >= 4 || n >= 3 && len(s) >= 18 || n >= 2 && len(s) >= 24
}

// HasAnyPrefix reports whether s, in any case, begins with one of prefixes, which are in lower case.
func HasAnyPrefix(s string, prefixes []string) bool {
	low := strings.ToLower(s[:min(len(s), maxPrefix)])
	for _, x := range prefixes {
		if strings.HasPrefix(low, x) {
			return true
		}
	}
	return false
}

// maxPrefix is longer than any prefix, in bytes.
const maxPrefix = 64
