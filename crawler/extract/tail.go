package extract

import (
	"strings"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// maxTailRows is how many short lines at the end of a text are looked at.
const maxTailRows = 40

// trimTail drops what stands after the text: the source, the date, tags, share
// lines, the labels of what follows.
func (p *page) trimTail(ps []dom.Paragraph) []dom.Paragraph {
	for k := 1; k < len(ps); k++ { // everything from a label on, in the last third
		if 3*k < 2*len(ps) || len(ps[k].Text) >= 60 || !dom.HasAnyPrefix(ps[k].Text, tailLabels) {
			continue
		}
		if p.runningSize(ps[k+1:]) < minBody {
			ps = ps[:k]
		}
		break
	}
	for n := len(ps) - 1; n > 0 && (p.afterText(ps[n]) || initials(ps[n].Text)); n-- {
		ps = ps[:n]
	}
	// the short lines at the end: from the first on that names a source or a date
	// they are not the text's, nor is a heading that nothing follows
	for k := len(ps) - 1; k > max(0, len(ps)-maxTailRows) && p.short(ps[k].Text); k-- {
		if sourceLine(ps[k].Text) || p.besideText(ps[k].Text) || ps[k].First >= 0 && p.tree.Headed(ps[k].First) {
			ps = ps[:k]
		}
	}
	if len(ps) == 0 {
		return ps
	}
	// the same where single line breaks part them from the last paragraph
	q := &ps[len(ps)-1]
	rows := strings.Split(q.Text, "\n")
	for k := len(rows) - 1; k >= max(0, len(rows)-maxTailRows) && p.short(rows[k]); k-- {
		if sourceLine(rows[k]) || p.besideText(rows[k]) {
			rows = rows[:k]
		}
	}
	if len(rows) == 0 {
		return p.trimTail(ps[:len(ps)-1])
	}
	q.Text = strings.Join(rows, "\n")
	return ps
}

// runningSize returns how many bytes of running text paragraphs hold, what is in links aside.
func (p *page) runningSize(ps []dom.Paragraph) int {
	n := 0
	for _, q := range ps {
		if _, link := p.linkSize(q); len(q.Text) >= dom.MinSentence && 2*link < len(q.Text) && !promotional(q.Text) {
			n += len(q.Text)
		}
	}
	return n
}

// afterText reports a last paragraph that offers something, or says whom to write to.
func (p *page) afterText(q dom.Paragraph) bool {
	s := q.Text
	if promotional(s) {
		return true
	}
	if i := strings.IndexByte(s, '@'); i >= 0 && len(s) < 120 && strings.Contains(s[i:], ".") {
		return true
	}
	return len(s) < 240 && q.First >= 0 && p.linked(q) && promoWeak.In(s)
}

// initials reports a line that signs a text: dpa, (al), RIRM.
func initials(s string) bool {
	return len(s) <= 6 && !dom.EndsSentence(s) && !dom.HasWide(s)
}

// short reports lines that may stand below a text, such as its source and date.
func (p *page) short(s string) bool {
	for _, row := range strings.Split(s, "\n") {
		if len(row) >= dom.MinSentence && !p.besideText(row) {
			return false
		}
	}
	return true
}

// sourceLine reports a line that names the source and nothing else: Source -
// Turan.az, and SOURCE Example Ltd of press releases.
func sourceLine(s string) bool {
	if len(s) > 100 {
		return false
	}
	if strings.HasPrefix(s, "SOURCE ") && !dom.EndsSentence(s) {
		return true
	}
	low := strings.ToLower(strings.TrimLeft(s, "([ "))
	for _, w := range sourceLabels {
		rest, ok := strings.CutPrefix(low, w)
		if !ok {
			continue
		}
		rest = strings.TrimLeft(rest, " ")
		if rest == "" || strings.IndexAny(rest, ":-|/") == 0 || strings.HasPrefix(rest, "–") || strings.HasPrefix(rest, "—") {
			return true
		}
	}
	return false
}
