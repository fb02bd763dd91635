package dedupe

import (
	"strings"
	"unicode/utf8"
)

// Normalize returns the normal form of a text, which the package comment
// defines. It is empty for a text without a visible character.
func Normalize(text string) string {
	r := takeRoom()
	defer r.giveBack()
	folded := r.foldLines(text, false)
	from, to := normalSpan(folded, r.ends)
	return folded[from:to]
}

// normalSpan finds the normal form in a result of foldLines.
func normalSpan(folded string, ends []int) (from, to int) {
	from, to = withoutAsides(folded, ends)
	for {
		rest := cutDateline(folded[from:to])
		if len(rest) == to-from || rest == "" {
			return from, to
		}
		from = to - len(rest)
	}
}

// TitleKey returns a title folded like the lines of a text, as one line.
func TitleKey(title string) string {
	r := takeRoom()
	defer r.giveBack()
	return r.foldLines(title, false)
}

// foldLines splits a text into lines, folds them, and joins them with spaces. It
// sets r.ends to the offset after each line and, if capitals is true, r.capitals
// to the offsets of capitals (see appendFolded).
func (r *room) foldLines(text string, capitals bool) string {
	if !utf8.ValidString(text) { // faster than a search for what to replace
		text = strings.ToValidUTF8(text, "\ufffd")
	}
	var noted *[]int32
	if r.capitals = r.capitals[:0]; capitals {
		noted = &r.capitals
	}
	b, ends := r.folded[:0], r.ends[:0]
	for len(text) > 0 {
		end, size := lineBreak(text)
		before, start := len(b), len(b)
		if before > 0 {
			b = append(b, ' ')
			start++
		}
		if b = appendFolded(b, text[:end], noted); len(b) > start {
			ends = append(ends, len(b))
		} else {
			b = b[:before]
		}
		text = text[end+size:]
	}
	r.folded, r.ends = b, ends
	return string(b)
}

// withoutAsides finds the part of the lines of foldLines without the asides at
// the start and at the end: folded[from:to]. A text of asides alone is kept.
func withoutAsides(folded string, ends []int) (from, to int) {
	first, last := 0, len(ends) // lines
	line := func(i int) string {
		if i == 0 {
			return folded[:ends[0]]
		}
		return folded[ends[i-1]+1 : ends[i]]
	}
	for first < last && isAside(line(first)) {
		first++
	}
	for first < last && isAside(line(last-1)) {
		last--
	}
	if first == last {
		return 0, len(folded)
	}
	if first > 0 {
		from = ends[first-1] + 1
	}
	return from, ends[last-1]
}

// lineBreak finds the first line break, and its size in bytes, which is 0 at the
// end of the text.
func lineBreak(text string) (end, size int) {
	for i := range len(text) {
		switch c := text[i]; {
		case '\r' < c && c < 0xc2: // nearly all of them
		case '\n' <= c && c <= '\r':
			return i, 1
		case c == 0xc2 && strings.HasPrefix(text[i:], "\u0085"):
			return i, 2
		case c == 0xe2 && (strings.HasPrefix(text[i:], "\u2028") || strings.HasPrefix(text[i:], "\u2029")):
			return i, 3
		}
	}
	return len(text), 0
}
