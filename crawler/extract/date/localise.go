package date

import (
	"strings"
	"time"
	"unicode"
)

// cut is a boundary of a token in a localised text and in the text itself.
type cut struct{ local, source int }

// source returns where the boundary at or before a position of the localised text
// stands in the text itself.
func source(cuts []cut, local int) int {
	at := 0
	for _, c := range cuts {
		if c.local > local {
			break
		}
		at = c.source
	}
	return at
}

// localise writes the month names and digits of s as a Go layout expects them.
// The cuts are nil when s needs no change.
func localise(s, layout, lang string) (string, []cut) {
	long := strings.Contains(layout, "January")
	if !long && !strings.Contains(layout, "Jan") && isASCII(s) {
		return s, nil
	}
	var b strings.Builder
	var cuts []cut
	tokens := lex(s)
	at := 0
	p := parser{Reader: Reader{lang: lang}, s: s, t: tokens}
	for i := 0; i < len(tokens); {
		t := tokens[i]
		next := i + 1
		write := s[t.pos:t.end]
		switch t.kind {
		case 'n':
			write = strings.Map(func(r rune) rune { return rune('0' + digit(r)) }, write)
		case 'w':
			if m, after := p.month(i); m >= 1 && m <= 12 {
				next = after
				write = time.Month(m).String()
				if !long {
					write = write[:3]
				}
				if !long && next < len(tokens) && p.sep(next, ".") && !strings.Contains(layout, "Jan.") {
					next++ // the full stop of a short form
				}
			}
		}
		b.WriteString(strings.Map(plainSpace, s[at:t.pos]))
		cuts = append(cuts, cut{b.Len(), t.pos})
		b.WriteString(write)
		at = tokens[next-1].end
		cuts = append(cuts, cut{b.Len(), at})
		i = next
	}
	b.WriteString(s[at:])
	return b.String(), cuts
}

// plainSpace returns a space for any white space.
func plainSpace(r rune) rune {
	if unicode.IsSpace(r) {
		return ' '
	}
	return r
}

// isASCII reports whether s has ASCII characters only.
func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
