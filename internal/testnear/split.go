package testnear

import (
	"strings"
	"unicode/utf8"
)

// paragraphs, sentences and units cut a text; joining what they give, with a
// blank line, nothing, and the language's space, gives the text again.

func paragraphs(text string) []string { return strings.Split(text, "\n\n") }

// sentences keeps the end of each with it.
func sentences(paragraph string) []string {
	var list []string
	start := 0
	for i, r := range paragraph {
		end := i + utf8.RuneLen(r)
		switch r {
		case '。', '！', '？':
		case '.', '!', '?', '؟', '।':
			if end < len(paragraph) && paragraph[end] != ' ' {
				continue
			}
			if end < len(paragraph) {
				end++
			}
		default:
			continue
		}
		if end > start {
			list = append(list, paragraph[start:end])
			start = end
		}
	}
	if start < len(paragraph) {
		list = append(list, paragraph[start:])
	}
	return list
}

// units cuts a sentence into words, or into pairs of runes where the language
// puts no spaces.
func (l *language) units(s string) []string {
	if l.space != "" {
		return strings.Split(s, " ")
	}
	var list []string
	for s != "" {
		_, n := utf8.DecodeRuneInString(s)
		if n < len(s) {
			_, m := utf8.DecodeRuneInString(s[n:])
			n += m
		}
		list = append(list, s[:n])
		s = s[n:]
	}
	return list
}

// size is the length of a text in units.
func (l *language) size(text string) int {
	if l.space != "" {
		return len(strings.Fields(text))
	}
	return utf8.RuneCountInString(text) / 2
}

// head is the start of a text, about n units and to the end of a sentence
// where clean.
func (l *language) head(text string, n int, clean bool) string {
	var b strings.Builder
	for i, p := range paragraphs(text) {
		if i > 0 {
			b.WriteString("\n\n")
		}
		for _, s := range sentences(p) {
			u := l.units(s)
			if len(u) >= n && !clean {
				b.WriteString(strings.Join(u[:n], l.space))
				return strings.TrimSpace(b.String())
			}
			b.WriteString(s)
			if n -= len(u); n <= 0 {
				return strings.TrimSpace(b.String())
			}
		}
	}
	return strings.TrimSpace(b.String())
}
