package extract

import (
	"sort"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/byline"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// cleanBody returns the paragraphs of the element that holds the body, without
// what stands in it besides: headline lists, furniture, boxes, the title and
// the lines around it, captions, and what follows the text; with the
// stand-first, which may stand outside.
func (p *page) cleanBody(root int32, title string, h int32) []dom.Paragraph {
	kept := p.dropBoxes(root, p.bodyLines(root, h))
	ps := dom.Paragraphs(kept)
	ps = p.trimHead(ps, title, h)
	ps = p.dropInline(ps)
	ps = p.trimTail(ps)
	return p.withStandFirst(ps, title, h)
}

// bodyLines returns the lines of root that may be text. The cells of a table's row
// are one line.
func (p *page) bodyLines(root, h int32) []dom.Line {
	t := p.tree
	lines := p.tree.Lines()
	furniture := p.furnitureMap()
	lines = lines[sort.Search(len(lines), func(k int) bool { return lines[k].First >= root }):]
	lines = lines[:sort.Search(len(lines), func(k int) bool { return lines[k].First >= t.End[root] })]
	kept := make([]dom.Line, 0, len(lines))
	parted := false // something between was left out
	for _, l := range lines {
		if p.isAside(l.First) || furniture[l.First] || h >= 0 && t.Within(l.First, h) {
			if n := len(kept) - 1; n >= 0 && !parted && p.isAside(l.First) && dom.IsHeading(t.Nodes[kept[n].Owner].DataAtom) {
				kept = kept[:n] // the heading of the list
			}
			parted = true
			continue
		}
		if parted && l.Breaks == 1 {
			l.Breaks = 2
		}
		if n := len(kept) - 1; n >= 0 && !parted && p.sameRow(&kept[n], &l) {
			kept[n].Text += " " + l.Text
			kept[n].Last = l.Last
			kept[n].Link += l.Link
			continue
		}
		parted = false
		kept = append(kept, l)
	}
	return kept
}

// sameRow reports two short cells of one row.
func (p *page) sameRow(a, b *dom.Line) bool {
	t := p.tree
	cell := func(l *dom.Line) bool {
		d := t.Nodes[l.Owner].DataAtom
		return d == atom.Td || d == atom.Th
	}
	return b.Breaks == 0 && a.Owner != b.Owner && cell(a) && cell(b) && t.Parent[a.Owner] == t.Parent[b.Owner] && len(b.Text) < dom.MinSentence && len(a.Text) < maxRow
}

// maxRow is how long the cells of a row grow together, in bytes: longer ones are
// the columns of a layout.
const maxRow = 600

// maxHead is how many paragraphs at the beginning may be lines around the title.
const maxHead = 10

// trimHead drops what stands before the text: the title again, the date, the
// byline, a section's name; behind a stand-first, too.
func (p *page) trimHead(ps []dom.Paragraph, title string, h int32) []dom.Paragraph {
	begun := 0 // paragraphs of running text
	out := ps[:0:0]
	for k, q := range ps {
		if begun >= 2 || k >= maxHead {
			return append(out, ps[k:]...)
		}
		s := q.Text
		switch {
		case h >= 0 && q.Last < h && len(s) < dom.MinSentence:
		case strings.EqualFold(s, title):
		case len(s) < dom.MinSentence && p.besideText(s):
		case begun == 0 && len(s) < dom.MinSentence/2 && !dom.EndsSentence(s) && !dom.HasWide(s) && k+1 < len(ps) && !p.subheading(q):
		default:
			if len(s) >= dom.MinSentence || dom.HasWide(s) {
				begun++
			}
			out = append(out, q)
		}
	}
	return out
}

// subheading reports a paragraph that stands in an h2, h3 or h4 right before text.
func (p *page) subheading(q dom.Paragraph) bool {
	if q.First < 0 {
		return false
	}
	for i, up := q.First, 0; i >= 0 && up < 4; i, up = p.tree.Parent[i], up+1 {
		switch p.tree.Nodes[i].DataAtom {
		case atom.H2, atom.H3, atom.H4:
			return true
		}
	}
	return false
}

// dropInline drops what stands between paragraphs and is no text: lines that
// are one link ("Read also"), and short labels of boxes.
func (p *page) dropInline(ps []dom.Paragraph) []dom.Paragraph {
	out := ps[:0:0]
	for _, q := range ps {
		if p.inlineBox(q) {
			// a line that introduces what was dropped: You may like:
			if n := len(out) - 1; n >= 0 && strings.HasSuffix(out[n].Text, ":") && len(out[n].Text) < dom.MinSentence && p.onlyLink(q) {
				out = out[:n]
			}
			continue
		}
		out = append(out, q)
	}
	return out
}

// inlineBox reports a paragraph between others that is no text.
func (p *page) inlineBox(q dom.Paragraph) bool {
	n := len(q.Text)
	switch {
	case q.First >= 0 && p.onlyLink(q):
		return true
	case n < 160 && dom.HasAnyPrefix(q.Text, inlineLabels):
		return true
	case n <= 40 && p.dates.Only(q.Text):
		return true
	case n < 120 && strings.Contains(q.Text, "©"): // the credit of a picture
		return true
	}
	return n < 240 && q.First >= 0 && p.linked(q) && promotional(q.Text)
}

// onlyLink reports a paragraph whose whole text is one or more links.
func (p *page) onlyLink(q dom.Paragraph) bool {
	size, link := p.linkSize(q)
	return size > 0 && link*10 >= size*9
}

// linked reports a paragraph with a link in it.
func (p *page) linked(q dom.Paragraph) bool {
	_, link := p.linkSize(q)
	return link > 0
}

// linkSize returns how many bytes a paragraph has, and how many of them in links.
func (p *page) linkSize(q dom.Paragraph) (size, link int) {
	lines := p.tree.Lines()
	k := sort.Search(len(lines), func(k int) bool { return lines[k].First >= q.First })
	for ; k < len(lines) && lines[k].Last <= q.Last; k++ {
		size += len(lines[k].Text)
		link += lines[k].Link
	}
	return size, link
}

// inlineLabels begin the lines of boxes within a text; tailLabels the lines
// after it; sourceLabels a line that names where the text is from.
var (
	inlineLabels = []string{"read also", "read more", "also read", "related:", "see also", "advertisement", "share this", "sign up", "subscribe", "follow us", "explore further", "citation:",
		"читайте также", "читайте:", "lesen sie auch", "lesen sie hier", "mehr zum thema", "lire aussi", "à lire aussi", "lea también", "lee también", "leia também", "leia mais",
		"leggi anche", "lees ook", "həmçinin oxuyun", "ayrıca oku", "anzeige", "publicidad", "publicidade", "pubblicità", "реклама", "photo:", "foto:", "фото:", "image:", "getty images"}
	tailLabels = []string{"tags:", "tag:", "теги:", "filed under", "topics:", "related articles", "related stories", "related news", "more from", "most read", "you may also like", "recommended",
		"explore further", "citation:", "more about", "weitere themen", "mehr lesen über", "verwandte artikel", "auch interessant", "comments", "leave a comment", "follow us on", "copyright", "©", "all rights reserved", "share on", "share:", "print", "к списку", "подписывайтесь", "по теме", "etiketler:", "schlagworte", "mots-clés"}
	sourceLabels = []string{"source", "sources", "источник", "mənbə", "kaynak", "quelle", "fuente", "fonte", "джерело", "źródło", "წყარო", "աղբյուր", "منبع", "المصدر", "дереккөз", "manba", "bron", "kilde"}
)

// besideText reports a short line that is a date, a byline or a view counter.
func (p *page) besideText(s string) bool {
	if len(s) > 120 {
		return false
	}
	if f, ok := p.dates.Find(s); ok && (len(s)-(f.End-f.Pos) <= 24 || len(s) < 80 && f.Date.Precision == item.Second && !dom.EndsSentence(s)) {
		return true
	}
	for _, part := range dom.Parts(s) {
		if _, ok := p.dates.Relative(strings.TrimSpace(part)); ok && !dom.EndsSentence(s) {
			return true
		}
	}
	low := strings.ToLower(s)
	return len(s) < 60 && !dom.EndsSentence(s) && (byline.HasLabel(low) || dom.ContainsAny(low, "minute read", "min read", "min. read", "lesezeit", "min de lecture", "min. lesezeit", "мин. чтения", "min de lectura", "min okuma"))
}

// promoWords are parts of lines that offer something to readers: a newsletter,
// an app, an account; promoWeak are so only beside a link or an address.
var (
	promoWords = dom.NewPhrases("newsletter", "sign up for", "sign up to", "by signing up", "sign in or", "create an account", "log in to", "subscribe to our", "subscribe now", "follow us", "follow her on",
		"follow him on", "follow me on", "have a tip", "may be reached at", "can be reached at", "bookmark our", "join our", "download our", "download the app", "click here to", "click here for",
		"story continues below", "article continues below", "advertisement has not loaded", "video has failed to load", "try refreshing",
		"all rights reserved", "subject to copyright", "reproduced without", "may not be published, broadcast", "whatsapp-kanal", "whatsapp channel", "kostenlos abonnieren", "jetzt abonnieren", "jetzt registrieren",
		"suscríbe", "suscribir", "síguenos", "inscreva-se", "assine ", "siga-nos", "s'abonner", "abonnez-vous", "inscrivez-vous", "suivez-nous", "iscriviti", "seguici", "abonneer",
		"подписывайтесь", "подпишитесь", "подписаться на", "читайте нас", "наш телеграм", "наш telegram", "telegram-канал", "abone ol", "bizi takip", "abunə ol", "zapisz się", "obserwuj nas", "підписуйтес", "підпишіться", "nieuwsbrief", "nyhetsbrev", "nyhedsbrev")
	promoWeak = dom.NewPhrases("social media", "-app", "twitter", "facebook", "instagram", "whatsapp", "telegram", "youtube", "google news", "linkedin", "subscri", "abonn", "download", " app ", "e-mail", "email", "contact")
)

// promotional reports a line that is an offer to readers and no text.
func promotional(s string) bool {
	return len(s) < 400 && promoWords.InAnyCase(s)
}

// furnitureMap says for each node whether it stands in a menu, a footer, a box.
func (p *page) furnitureMap() []bool {
	if p.furnished != nil {
		return p.furnished
	}
	t := p.tree
	p.furnished = make([]bool, t.Len())
	for i := int32(0); i < t.Len(); i++ {
		if up := t.Parent[i]; up >= 0 && p.furnished[up] {
			p.furnished[i] = true
			continue
		}
		p.furnished[i] = p.furnitureAt(i)
	}
	return p.furnished
}

// furnitureAt judges an element by its kind, style, classes and id.
func (p *page) furnitureAt(i int32) bool {
	t := p.tree
	n := t.Nodes[i]
	switch n.DataAtom {
	case atom.Nav, atom.Footer, atom.Aside, atom.Form, atom.Button, atom.Figcaption, atom.Menu, atom.Address, atom.Dialog:
		return true
	case atom.Body, atom.Html, atom.Main, atom.Article, atom.H1:
		return false
	case atom.Header: // a page's header, not an article's
		return t.Find(atom.H1, i, t.End[i]) < 0 && !t.Within(p.heading, i)
	}
	if n.Type != html.ElementNode || len(n.Attr) == 0 {
		return false
	}
	class, id, style := dom.ClassIDStyle(n)
	if style != "" && strings.Contains(strings.ReplaceAll(style, " ", ""), "display:none") {
		return true
	}
	if class == "" && id == "" || !dom.IsBoilerplate(class, id) {
		return false
	}
	if (embedNames.In(class) || embedNames.In(id)) && t.Find(atom.Blockquote, i, t.End[i]) >= 0 {
		return false // a post of a social network that the text quotes
	}
	return (p.tree.TextSize(i, t.End[i])*2 < p.tree.TextSize(0, t.Len()) || consentNames.In(class) || consentNames.In(id)) &&
		t.Find(atom.H1, i, t.End[i]) < 0 && !t.Within(p.heading, i)
}

var embedNames, consentNames = dom.NewPhrases("embed"), dom.NewPhrases("cookie", "consent", "gdpr")
