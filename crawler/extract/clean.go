package extract

import (
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/byline"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// cleanBody returns the paragraphs of the element that holds the body, without the
// rest of it: headline lists, boilerplate, boxes, the title and the lines around it,
// captions, and what follows the text. It adds a stand-first from outside. h is the
// heading, or -1.
func (p *page) cleanBody(root int32, title string, h int32) []dom.Paragraph {
	kept := p.dropBoxes(root, p.bodyLines(root, h))
	ps := p.belowHeading(dom.Paragraphs(kept), h)
	ps = p.trimHead(ps, title, h)
	ps = p.dropInline(p.dropRepeated(ps))
	ps = p.trimTail(ps)
	return p.withStandFirst(ps, title, h)
}

// bodyLines returns the lines of root that may be text. The cells of a table's row
// are one line.
func (p *page) bodyLines(root, h int32) []dom.Line {
	t := p.tree
	lines := t.Lines()[t.LineFrom(root):t.LineFrom(t.End[root])]
	boilerplate, skip := p.boilerplateMap(), p.otherArticles(root, h)
	kept := make([]dom.Line, 0, len(lines))
	dropped := false // the line before
	for k, l := range lines {
		n := len(kept) - 1
		switch {
		case k > 0 && p.ofCard(&lines[k-1], &l):
			dropped = true
		case p.isAside(l.First) || boilerplate[l.First] || skip.holds(l.First, t) || h >= 0 && t.Within(l.First, h):
			if n >= 0 && !dropped && p.isAside(l.First) && dom.IsHeading(t.Atoms[kept[n].Owner]) {
				kept = kept[:n] // the heading of the list
			}
			dropped = true
		case n >= 0 && !dropped && p.sameRow(&kept[n], &l):
			kept[n].Text += " " + l.Text
			kept[n].Last = l.Last
			kept[n].Link += l.Link
		default:
			if dropped && l.Breaks == 1 {
				l.Breaks = 2
			}
			dropped = false
			kept = append(kept, l)
		}
	}
	return kept
}

// ofCard reports whether b is the summary below the title a of a headline list.
func (p *page) ofCard(a, b *dom.Line) bool {
	return p.isAside(a.First) && !p.isAside(b.First) && 2*a.Link >= len(a.Text) && p.together(a, b)
}

// card reports whether a paragraph shares a card with the line above it.
func (p *page) card(q dom.Paragraph) bool {
	lines := p.tree.Lines()
	k := p.tree.LineFrom(q.First)
	return k > 0 && k < len(lines) && p.together(&lines[k-1], &lines[k])
}

// together reports whether two lines stand in an element that holds little else.
func (p *page) together(a, b *dom.Line) bool {
	up := p.tree.Common(a.First, b.First)
	return up >= 0 && p.tree.TextSize(up, p.tree.End[up]) <= len(a.Text)+len(b.Text)+maxCard
}

// maxCard is the number of characters in a card beside its title and summary.
const maxCard = 60

// otherArticles returns the elements below the heading h that hold another article with
// a title of its own, if there is enough text before them.
func (p *page) otherArticles(root, h int32) removed {
	if h < 0 || root < 0 {
		return nil
	}
	t := p.tree
	var out removed
	from, end := max(t.End[h], root), t.End[root]
	for i := t.Find(atom.Article, from, end); i >= 0; i = t.Find(atom.Article, i+1, end) {
		if p.otherTitle(t.HeadingIn(i), i, h) {
			out = append(out, i)
			i = t.End[i] - 1
		}
	}
	for i := t.Find(atom.H1, from, end); i >= 0; i = t.Find(atom.H1, i+1, end) {
		if !out.holds(i, t) && p.signed(i) && p.otherTitle(i, i, h) {
			return append(out, p.fromHere(i, root)...)
		}
	}
	return out
}

// fromHere returns the elements that hold what follows i in root, i itself included.
func (p *page) fromHere(i, root int32) (out removed) {
	t := p.tree
	for ; i >= 0 && i != root; i = t.Parent[i] {
		from := i
		if len(out) > 0 {
			from = t.End[i]
		}
		for k := from; k < t.End[t.Parent[i]]; k = t.End[k] {
			out = append(out, k)
		}
	}
	return out
}

// otherTitle reports whether the heading at, the first in element i, is the title of
// another article than that below the heading h: it is an h1 or links to another page,
// i begins with it, and there is text between h and i.
func (p *page) otherTitle(at, i, h int32) bool {
	t := p.tree
	if at < 0 || p.runningBetween(i, at) > 0 || p.runningBetween(t.End[h], i) < minBody {
		return false
	}
	if text := t.Text(at, nil); !dom.TitleLike(text) && !dom.HasWide(text) {
		return false
	}
	if t.Atoms[at] == atom.H1 {
		return true
	}
	a := t.Find(atom.A, at, t.End[at])
	if a < 0 {
		a = t.Closest(at, atom.A)
	}
	return a >= 0 && p.leadsToPage(a)
}

// signed reports whether a byline or a date stands right below the heading i.
func (p *page) signed(i int32) bool {
	lines := p.tree.Lines()
	from := p.tree.LineFrom(p.tree.End[i])
	for k := from; k < min(from+linesAfterHeading, len(lines)) && !lines[k].Running(); k++ {
		if p.besideText(lines[k].Text) {
			return true
		}
	}
	return false
}

// runningBetween returns the bytes of running text in the nodes [from, to) that may be
// the article's.
func (p *page) runningBetween(from, to int32) int {
	lines, n := p.tree.Lines(), 0
	for k := p.tree.LineFrom(from); k < len(lines) && lines[k].First < to; k++ {
		if l := &lines[k]; l.Running() && !p.isAside(l.First) && !p.boilerplateMap()[l.First] {
			n += len(l.Text)
		}
	}
	return n
}

// belowHeading drops the teasers among the paragraphs above the heading h, if there is
// more text below it.
func (p *page) belowHeading(ps []dom.Paragraph, h int32) []dom.Paragraph {
	n := 0
	for n < len(ps) && h >= 0 && ps[n].Last < h {
		n++
	}
	if n == 0 || textSize(ps[n:]) < textSize(ps[:n]) {
		return ps
	}
	out := ps[:0:0]
	for _, q := range ps[:n] {
		if !p.teaser(q) {
			out = append(out, q)
		}
	}
	return append(out, ps[n:]...)
}

// teaser reports whether a paragraph begins with a link to another page, or follows a
// line that is one.
func (p *page) teaser(q dom.Paragraph) bool {
	if a := p.tree.Closest(q.First, atom.A); a >= 0 {
		return p.leadsToPage(a)
	}
	k := p.tree.LineFrom(q.First) - 1
	if k < 0 {
		return false
	}
	l := &p.tree.Lines()[k]
	a := p.tree.Closest(l.First, atom.A)
	return 10*l.Link >= 9*len(l.Text) && dom.TitleLike(l.Text) && a >= 0 && p.leadsToPage(a)
}

// sameRow reports whether b is a short cell of a table in the row of a.
func (p *page) sameRow(a, b *dom.Line) bool {
	t := p.tree
	cell := func(l *dom.Line) bool { return t.Atoms[l.Owner] == atom.Td || t.Atoms[l.Owner] == atom.Th }
	return b.Breaks == 0 && a.Owner != b.Owner && cell(a) && cell(b) && t.Parent[a.Owner] == t.Parent[b.Owner] &&
		len(b.Text) < dom.MinSentence && len(a.Text) < maxRow
}

// maxRow bounds the cells of a row together, in bytes. Longer ones are the columns
// of a layout.
const maxRow = 600

// maxHead is the number of paragraphs at the beginning that may be lines around the title.
const maxHead = 10

// trimHead drops what stands before the text and after a stand-first: the title
// again, the date, the byline, a section's name.
func (p *page) trimHead(ps []dom.Paragraph, title string, h int32) []dom.Paragraph {
	running := 0
	out := ps[:0:0]
	for k, q := range ps {
		if running >= 2 || k >= maxHead {
			return append(out, ps[k:]...)
		}
		short := len(q.Text) < dom.MinSentence
		if short && (h >= 0 && q.Last < h || p.besideText(q.Text)) || strings.EqualFold(q.Text, title) {
			continue
		}
		if running == 0 && k+1 < len(ps) && p.label(q) {
			continue
		}
		if !short || dom.HasWide(q.Text) {
			running++
		}
		out = append(out, q)
	}
	return out
}

// label reports whether a paragraph is a few words, and no subheading.
func (p *page) label(q dom.Paragraph) bool {
	s := q.Text
	return len(s) < dom.MinSentence/2 && !dom.EndsSentence(s) && !dom.HasWide(s) && !p.subheading(q)
}

// subheading reports whether a paragraph stands in an h2, h3 or h4.
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

// dropInline drops what stands between paragraphs and is no text: lines that are one
// link ("Read also"), the labels above them, and the labels of boxes.
func (p *page) dropInline(ps []dom.Paragraph) []dom.Paragraph {
	out := ps[:0:0]
	links := 0 // dropped since the last that was kept
	for _, q := range ps {
		if !p.inlineBox(q) {
			out = append(out, q)
			links = 0
			continue
		}
		if q.First >= 0 && p.onlyLink(q) {
			links++
		}
		if n := len(out) - 1; n >= 0 && p.introduces(out[n], links) {
			out = out[:n]
		}
	}
	return out
}

// introduces reports whether a paragraph is the label of a number of links below it: it
// ends with a colon, or is in bold letters above several.
func (p *page) introduces(q dom.Paragraph, links int) bool {
	if links == 0 || len(q.Text) >= dom.MinSentence || q.First < 0 {
		return false
	}
	l := p.tree.Lines()[p.tree.LineAt(q.First)]
	return strings.HasSuffix(q.Text, ":") ||
		links > 1 && l.Bold && !dom.IsHeading(p.tree.Atoms[l.Owner]) && !dom.EndsSentence(q.Text)
}

// dropRepeated drops the prompts between the paragraphs that repeat, short ones that
// end with the same link.
func (p *page) dropRepeated(ps []dom.Paragraph) []dom.Paragraph {
	times := map[string]int{}
	keys := make([]string, len(ps))
	for k, q := range ps {
		if keys[k] = p.promptKey(q); keys[k] != "" {
			times[keys[k]]++
		}
	}
	out := ps[:0:0]
	for k, q := range ps {
		if times[keys[k]] < minRepeats {
			out = append(out, q)
		}
	}
	return out
}

// Bounds of a prompt that repeats.
const (
	maxPrompt  = 200 // bytes
	minRepeats = 3
)

// promptKey returns what prompts that repeat have in common, their text and the target
// of their link, "" for a paragraph that is no prompt: one without a link or of a list.
func (p *page) promptKey(q dom.Paragraph) string {
	if q.First < 0 || len(q.Text) > maxPrompt {
		return ""
	}
	t := p.tree
	l := t.Lines()[t.LineAt(q.First)]
	a := t.Closest(q.Last, atom.A)
	if a < l.Owner || t.Atoms[l.Owner] == atom.Li {
		return ""
	}
	return q.Text + " " + dom.Attr(t.Nodes[a], "href")
}

// inlineBox reports whether a paragraph between others is no text.
func (p *page) inlineBox(q dom.Paragraph) bool {
	n := len(q.Text)
	switch {
	case q.First >= 0 && p.onlyLink(q):
		return !p.leadsAway(q)
	case q.First >= 0 && p.labelledLink(q):
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

// onlyLink reports whether a paragraph consists of links.
func (p *page) onlyLink(q dom.Paragraph) bool {
	size, link := p.linkSize(q)
	return size > 0 && link*10 >= size*9
}

// labelledLink reports whether a paragraph is a few words and the linked title of
// another page of the site: "SEE ALSO: Council votes on the new bridge".
func (p *page) labelledLink(q dom.Paragraph) bool {
	t := p.tree
	a := t.Closest(q.Last, atom.A)
	if a <= q.First || !p.leadsToPage(a) || dom.IsHeading(t.Atoms[t.Lines()[t.LineAt(q.First)].Owner]) {
		return false
	}
	title := t.Text(a, nil)
	label, ok := strings.CutSuffix(q.Text, title)
	label = strings.TrimRight(label, " ")
	return ok && len(label) <= maxLinkLabel && len(title) >= minLinkTitle && dom.TitleLike(title) &&
		slices.ContainsFunc(labelEnds, func(end string) bool { return strings.HasSuffix(label, end) })
}

// labelEnds stand between a label and a linked title.
var labelEnds = []string{":", "：", "|", ">", "»", "→", "–", "—"}

// Bytes of the label before the title of another article, and of that.
const (
	maxLinkLabel = 45
	minLinkTitle = 24
)

// leadsAway reports whether the link of a paragraph leads to another site: an offer, a
// source.
func (p *page) leadsAway(q dom.Paragraph) bool {
	a := p.tree.Closest(q.First, atom.A)
	if a < 0 {
		return false
	}
	to := p.urls.Target(a).Href
	return to != "" && siteName(to) != siteName(p.in.URL) && !promotional(q.Text)
}

// siteName returns the name of a URL's site: "bbc" of www.bbc.co.uk and of bbc.com.
func siteName(abs string) string {
	name, _, _ := strings.Cut(urlkey.Domain(dom.Host(abs)), ".")
	return name
}

// linked reports whether a paragraph holds a link.
func (p *page) linked(q dom.Paragraph) bool {
	_, link := p.linkSize(q)
	return link > 0
}

// linkSize returns the bytes of a paragraph, and those of them in links.
func (p *page) linkSize(q dom.Paragraph) (size, link int) {
	lines := p.tree.Lines()
	for k := p.tree.LineFrom(q.First); k < len(lines) && lines[k].Last <= q.Last; k++ {
		size += len(lines[k].Text)
		link += lines[k].Link
	}
	return size, link
}

// inlineLabels begin the lines of boxes within a text, tailLabels the lines after it,
// sourceLabels a line that names its source.
var (
	inlineLabels = []string{"read also", "read more", "also read", "related:", "see also", "advertisement",
		"share this", "sign up", "subscribe", "follow us", "explore further", "citation:",
		"читайте также", "читайте:", "lesen sie auch", "lesen sie hier", "mehr zum thema", "lire aussi", "à lire aussi",
		"lea también", "lee también", "leia também", "leia mais",
		"leggi anche", "lees ook", "həmçinin oxuyun", "ayrıca oku", "anzeige", "publicidad", "publicidade", "pubblicità",
		"реклама", "photo:", "foto:", "фото:", "image:", "getty images"}
	tailLabels = []string{"tags:", "tag:", "теги:", "filed under", "topics:", "related articles", "related stories",
		"related news", "more from", "most read", "you may also like", "recommended",
		"explore further", "citation:", "more about", "weitere themen", "mehr lesen über", "verwandte artikel",
		"auch interessant", "comments", "leave a comment", "follow us on", "copyright", "©", "all rights reserved",
		"share on", "share:", "print", "к списку", "подписывайтесь", "по теме", "etiketler:", "schlagworte", "mots-clés"}
	sourceLabels = []string{"source", "sources", "источник", "mənbə", "kaynak", "quelle", "fuente", "fonte", "джерело",
		"źródło", "წყარო", "աղբյուր", "منبع", "المصدر", "дереккөз", "manba", "bron", "kilde"}
)

// besideText reports whether a short line is a date, a byline or a reading time.
func (p *page) besideText(s string) bool {
	if len(s) > 120 {
		return false
	}
	f, dated := p.dates.Find(s)
	if dated && len(s)-(f.End-f.Pos) <= 24 {
		return true
	}
	if dom.EndsSentence(s) {
		return false
	}
	if dated && len(s) < 80 && f.Date.Precision == item.Second {
		return true
	}
	for _, part := range dom.Parts(s) {
		if _, ok := p.dates.Relative(strings.TrimSpace(part)); ok {
			return true
		}
	}
	return len(s) < 60 && (byline.HasLabel(s) || readingTimes.In(strings.ToLower(s)))
}

// readingTimes are parts of lines that tell how long the article takes to read.
var readingTimes = dom.NewPhrases("minute read", "min read", "min. read", "lesezeit", "min de lecture", "min. lesezeit",
	"мин. чтения", "min de lectura", "min okuma")

// promoWords are parts of offers to readers: a newsletter, an app, an account.
// promoWeak are so only beside a link or an e-mail address.
var (
	promoWords = dom.NewPhrases("newsletter", "sign up for", "sign up to", "by signing up", "sign in or",
		"create an account", "log in to", "subscribe to our", "subscribe now", "follow us", "follow her on",
		"follow him on", "follow me on", "have a tip", "may be reached at", "can be reached at", "bookmark our",
		"join our", "download our", "download the app", "click here to", "click here for",
		"story continues below", "article continues below", "advertisement has not loaded", "video has failed to load",
		"try refreshing",
		"all rights reserved", "subject to copyright", "reproduced without", "may not be published, broadcast",
		"whatsapp-kanal", "whatsapp channel", "kostenlos abonnieren", "jetzt abonnieren", "jetzt registrieren",
		"suscríbe", "suscribir", "síguenos", "inscreva-se", "assine ", "siga-nos", "s'abonner", "abonnez-vous",
		"inscrivez-vous", "suivez-nous", "iscriviti", "seguici", "abonneer",
		"подписывайтесь", "подпишитесь", "подписаться на", "читайте нас", "наш телеграм", "наш telegram",
		"telegram-канал", "abone ol", "bizi takip", "abunə ol", "zapisz się", "obserwuj nas", "підписуйтес",
		"підпишіться", "nieuwsbrief", "nyhetsbrev", "nyhedsbrev")
	promoWeak = dom.NewPhrases("social media", "-app", "twitter", "facebook", "instagram", "whatsapp", "telegram",
		"youtube", "google news", "linkedin", "subscri", "abonn", "download", " app ", "e-mail", "email", "contact")
)

// promotional reports whether a line is an offer to readers.
func promotional(s string) bool {
	return len(s) < 400 && promoWords.InAnyCase(s)
}

// boilerplateMap tells for each node whether it stands in boilerplate: a menu, a
// footer, a box.
func (p *page) boilerplateMap() []bool {
	if p.boilerplate == nil {
		p.boilerplate = p.tree.Boilerplate(p.heading, p.aside)
	}
	return p.boilerplate
}
