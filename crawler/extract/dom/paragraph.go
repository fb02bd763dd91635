package dom

import "strings"

// Paragraph is one paragraph of a text.
type Paragraph struct {
	Text        string
	First, Last int32 // its first and last text node, -1 when it is not in the tree
}

// minBrParagraph is the mean length in bytes from which lines between single
// <br> are paragraphs; shorter ones are the lines of one paragraph.
const minBrParagraph = 80

// Paragraphs joins lines to paragraphs, which a block boundary or two <br>
// separate. In a block with single <br> only, these do, if the lines are long.
func Paragraphs(lines []Line) []Paragraph {
	var out []Paragraph
	for from := 0; from < len(lines); {
		to, double, size := from+1, false, len(lines[from].Text)
		for to < len(lines) && lines[to].Breaks > 0 && lines[to].Owner == lines[from].Owner {
			double = double || lines[to].Breaks > 1
			size += len(lines[to].Text)
			to++
		}
		single := !double && size/(to-from) >= minBrParagraph
		for k := from; k < to; {
			next := k + 1
			for next < to && !single && lines[next].Breaks < 2 {
				next++
			}
			out = append(out, Paragraph{joinLines(lines[k:next]), lines[k].First, lines[next-1].Last})
			k = next
		}
		from = to
	}
	return out
}

func joinLines(lines []Line) string {
	if len(lines) == 1 {
		return lines[0].Text
	}
	rows := make([]string, len(lines))
	for i, l := range lines {
		rows[i] = l.Text
	}
	return strings.Join(rows, "\n")
}

// Texts returns the texts of paragraphs.
func Texts(ps []Paragraph) []string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = p.Text
	}
	return out
}
