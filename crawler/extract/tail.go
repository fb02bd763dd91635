package extract

import (
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// Lengths of what follows a text.
const (
	maxTailRows  = 40 // short lines at its end
	maxTailLabel = 60 // bytes of a label
)

// trimTail drops what follows the text: the source, the date, tags, share lines, and
// all that a label introduces.
func (p *page) trimTail(ps []dom.Paragraph) []dom.Paragraph {
	ps = p.cutAtLabel(ps)
	for n := len(ps) - 1; n > 0 && p.afterText(ps[n]); n-- {
		ps = ps[:n]
	}
	// The short lines at the end are cut from the first that names a source or a
	// date, or is a heading with nothing below it.
	for k := len(ps) - 1; k > max(0, len(ps)-maxTailRows) && p.short(ps[k].Text); k-- {
		last := k == len(ps)-1
		if sourceLine(ps[k].Text) || p.besideText(ps[k].Text) || last && ps[k].First >= 0 && p.tree.Headed(ps[k].First) {
			ps = ps[:k]
		}
	}
	if len(ps) == 0 {
		return ps
	}
	q := &ps[len(ps)-1]
	if q.Text = p.trimRows(q.Text); q.Text == "" {
		return p.trimTail(ps[:len(ps)-1])
	}
	return ps
}

// cutAtLabel cuts the paragraphs at the first label in their last third, unless much
// text follows it.
func (p *page) cutAtLabel(ps []dom.Paragraph) []dom.Paragraph {
	for k := max(1, (2*len(ps)+2)/3); k < len(ps); k++ {
		if len(ps[k].Text) < maxTailLabel && dom.HasAnyPrefix(ps[k].Text, tailLabels) {
			if p.runningSize(ps[k+1:]) < minBody {
				return ps[:k]
			}
			break
		}
	}
	return ps
}

// trimRows cuts the rows of the last paragraph like the short lines at the end.
func (p *page) trimRows(text string) string {
	rows := strings.Split(text, "\n")
	for k := len(rows) - 1; k >= max(0, len(rows)-maxTailRows) && p.short(rows[k]); k-- {
		if sourceLine(rows[k]) || p.besideText(rows[k]) {
			rows = rows[:k]
		}
	}
	return strings.Join(rows, "\n")
}

// runningSize returns the bytes of running text in paragraphs that are not mostly links.
func (p *page) runningSize(ps []dom.Paragraph) int {
	n := 0
	for _, q := range ps {
		if _, link := p.linkSize(q); len(q.Text) >= dom.MinSentence && 2*link < len(q.Text) && !promotional(q.Text) {
			n += len(q.Text)
		}
	}
	return n
}

// afterText reports whether a last paragraph is an offer, a signature, a link in no
// list, a teaser, or says whom to write to.
func (p *page) afterText(q dom.Paragraph) bool {
	s := q.Text
	if promotional(s) || initials(s) || p.signature(q) {
		return true
	}
	if i := strings.IndexByte(s, '@'); i >= 0 && len(s) < 120 && strings.Contains(s[i:], ".") {
		return true
	}
	if q.First < 0 {
		return false
	}
	return len(s) < 240 && p.linked(q) && promoWeak.In(s) || p.onlyLink(q) && p.tree.Closest(q.First, atom.Li) < 0 ||
		p.teaser(q) && p.card(q)
}

// signature reports whether a last paragraph tells who wrote the text, or about them.
func (p *page) signature(q dom.Paragraph) bool {
	s := q.Text
	if len(s) > maxSignature {
		return false
	}
	if dom.HasAnyPrefix(s, creditLabels) || contributed.InAnyCase(s) && len(s) < 240 {
		return true
	}
	for _, d := range p.declarations().Authors {
		for _, a := range d.Names {
			if i := strings.Index(s, a.Name); i >= 0 && i <= maxBeforeName && dom.Words(a.Name) >= 2 {
				return true
			}
		}
	}
	return false
}

// Bounds of a signature, in bytes.
const (
	maxSignature  = 900
	maxBeforeName = 40
)

// creditLabels begin the lines after a text that name those who worked on it,
// contributed is part of such lines.
var (
	creditLabels = []string{"reporting by", "additional reporting", "writing by", "editing by", "our standards:",
		"with files from", "with reporting by", "with additional reporting", "edited by", "translated by",
		"this article was originally", "this story was originally", "first published"}
	contributed = dom.NewPhrases("contributed to this report", "contributed reporting", "contributed to this story")
)

// initials reports whether a line signs a text: dpa, (al), RIRM.
func initials(s string) bool {
	return len(s) <= 6 && !dom.EndsSentence(s) && !dom.HasWide(s)
}

// short reports whether no row of s is running text.
func (p *page) short(s string) bool {
	for _, row := range strings.Split(s, "\n") {
		if len(row) >= dom.MinSentence && !p.besideText(row) {
			return false
		}
	}
	return true
}

// sourceLine reports whether a line only names the source: Source - Turan.az, and
// SOURCE Example Ltd in press releases.
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
		if rest == "" || strings.IndexAny(rest, ":-|/–—") == 0 {
			return true
		}
	}
	return false
}
