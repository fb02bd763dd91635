package manual

import (
	"strings"
	"unicode/utf8"
)

// Text returns Markdown as plain text for a terminal with so many columns.
func Text(md string, columns int) string {
	w := &wrapped{columns: min(max(columns, 40), 100)}
	for i, b := range parse(md) {
		if i > 0 && !(b.kind == bullet && w.last == bullet) {
			w.b.WriteByte('\n')
		}
		w.block(b)
		w.last = b.kind
	}
	return w.b.String()
}

// wrapped collects lines of text.
type wrapped struct {
	columns int
	b       strings.Builder
	last    kind
}

func (w *wrapped) block(b block) {
	switch b.kind {
	case heading:
		text := plain(b.text)
		if b.level <= 2 {
			text = strings.ToUpper(text)
		}
		w.b.WriteString(text + "\n")
	case code:
		for line := range strings.Lines(b.text) {
			w.b.WriteString("    " + line)
		}
	case bullet:
		w.wrap("  - ", "    ", plain(b.text))
	case table:
		for _, e := range b.entries() {
			term := plain(e.term)
			if len(e.beside) > 0 {
				term += "  (" + plain(strings.Join(e.beside, "; ")) + ")"
			}
			w.wrap("  ", "      ", term)
			w.wrap("      ", "      ", plain(e.text))
		}
	default:
		w.wrap("", "", plain(b.text))
	}
}

// wrap writes a text with a prefix for its first line and one for the others.
func (w *wrapped) wrap(first, others, text string) {
	line, prefix := "", first
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(prefix+line)+1+utf8.RuneCountInString(word) > w.columns {
			w.b.WriteString(prefix + line + "\n")
			line, prefix = "", others
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		w.b.WriteString(prefix + line + "\n")
	}
}
