package dedupe

import "strings"

// Normalize is the normal form of a text, as the package comment defines it;
// empty for a text without a visible character.
func Normalize(text string) string {
	normal := withoutAsides(foldLines(text))
	for {
		rest := cutDateline(normal)
		if rest == normal || rest == "" {
			return normal
		}
		normal = rest
	}
}

// TitleKey is a title folded as the lines of a text are, and on one line.
func TitleKey(title string) string {
	key, _ := foldLines(title)
	return key
}

// foldLines splits a text into lines and folds them. They stand in one string,
// a space between two; ends holds the offset after each.
func foldLines(text string) (folded string, ends []int) {
	text = strings.ToValidUTF8(text, "\ufffd")
	b := make([]byte, 0, len(text)+len(text)/8)
	ends = make([]int, 0, 64)
	for len(text) > 0 {
		end, size := lineBreak(text)
		before, start := len(b), len(b)
		if before > 0 {
			b = append(b, ' ')
			start++
		}
		if b = appendFolded(b, text[:end]); len(b) > start {
			ends = append(ends, len(b))
		} else {
			b = b[:before]
		}
		text = text[end+size:]
	}
	return string(b), ends
}

// withoutAsides cuts the asides at the start and at the end off lines that
// foldLines made. A text of nothing else stays.
func withoutAsides(folded string, ends []int) string {
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
		return folded
	}
	if first == 0 {
		return folded[:ends[last-1]]
	}
	return folded[ends[first-1]+1 : ends[last-1]]
}

// lineBreak finds the first line break: the text before it and its size, 0 at
// the end of the text.
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
