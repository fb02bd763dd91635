package extract

import (
	"sort"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/item"
)

// cleanBody are the paragraphs of the element that holds the body, without
// what stands in it besides: headline lists, furniture, boxes, the title and
// the lines around it, captions, and what follows the text; with the
// stand-first, which may stand outside.
func (p *page) cleanBody(root int32, title string, h int32) []paragraph {
	kept := p.dropBoxes(root, p.bodyLines(root, h))
	ps := paragraphs(kept)
	ps = p.trimHead(ps, title, h)
	ps = p.dropInline(ps)
	ps = p.trimTail(ps)
	return p.withStandFirst(ps, title, h)
}

// bodyLines are the lines of root that may be text. The cells of a table's row
// are one line.
func (p *page) bodyLines(root, h int32) []line {
	t := p.tree
	lines := p.lines()
	furniture := p.furnitureMap()
	lines = lines[sort.Search(len(lines), func(k int) bool { return lines[k].first >= root }):]
	lines = lines[:sort.Search(len(lines), func(k int) bool { return lines[k].first >= t.end[root] })]
	kept := make([]line, 0, len(lines))
	parted := false // something between was left out
	for _, l := range lines {
		if p.isAside(l.first) || furniture[l.first] || h >= 0 && t.within(l.first, h) {
			if n := len(kept) - 1; n >= 0 && !parted && p.isAside(l.first) && heading(t.nodes[kept[n].owner].DataAtom) {
				kept = kept[:n] // the heading of the list
			}
			parted = true
			continue
		}
		if parted && l.br == 1 {
			l.br = 2
		}
		if n := len(kept) - 1; n >= 0 && !parted && p.sameRow(&kept[n], &l) {
			kept[n].text += " " + l.text
			kept[n].last = l.last
			kept[n].link += l.link
			continue
		}
		parted = false
		kept = append(kept, l)
	}
	return kept
}

// sameRow reports two short cells of one row.
func (p *page) sameRow(a, b *line) bool {
	t := p.tree
	cell := func(l *line) bool {
		d := t.nodes[l.owner].DataAtom
		return d == atom.Td || d == atom.Th
	}
	return b.br == 0 && a.owner != b.owner && cell(a) && cell(b) && t.parent[a.owner] == t.parent[b.owner] && len(b.text) < minSentence && len(a.text) < maxRow
}

// maxRow is how long the cells of a row grow together, in bytes: longer ones are
// the columns of a layout.
const maxRow = 600

// running reports a line of running text.
func (l *line) running() bool {
	n := len(l.text)
	return 2*l.link <= n && (n >= minSentence || n >= minSentence/2 && (sentence(l.text) || wideText(l.text)))
}

// host is the element that a line's paragraph stands in: the parent of a <p>,
// of a list, of a quotation; the block itself where <br> part its lines.
func (p *page) host(l *line, broken bool) int32 {
	t := p.tree
	i := l.owner
	if broken {
		return i
	}
	for i = t.parent[i]; i >= 0; i = t.parent[i] {
		switch t.nodes[i].DataAtom {
		case atom.Li, atom.Ul, atom.Ol, atom.Blockquote, atom.Dl, atom.Dd:
			continue
		}
		break
	}
	return i
}

// hostKind makes hosts of one tag and class one; without a class, those that
// stand equally deep below elements of one class.
type hostKind struct {
	tag   atom.Atom
	class string
	depth int
}

func (p *page) hostKind(i int32) hostKind {
	t := p.tree
	k := hostKind{tag: t.nodes[i].DataAtom}
	for ; i >= 0 && k.depth < 4; i = t.parent[i] {
		if k.class = attr(t.nodes[i], "class"); k.class != "" {
			break
		}
		k.depth++
	}
	return k
}

// Shares of a body's text, in percent.
const (
	majorHost   = 15 // from here on an element of that kind is where the text stands
	runningBox  = 60 // from here on a box within it is part of the text
	maxBoxShare = 40 // more than that in boxes: they are how the page is built
	mediaBox    = 300
	promoBox    = 600 // bytes
)

// dropBoxes leaves out the boxes that stand between the paragraphs: elements
// beside them that hold labels, captions, offers, players.
func (p *page) dropBoxes(root int32, lines []line) []line {
	t := p.tree
	sizes, paragraphSizes := map[hostKind]int{}, map[hostKind]int{}
	total := 0
	for k := range lines {
		l := &lines[k]
		if !l.running() {
			continue
		}
		broken := l.br > 0 || k+1 < len(lines) && lines[k+1].br > 0 && lines[k+1].owner == l.owner
		if i := p.host(l, broken); i >= 0 {
			sizes[p.hostKind(i)] += len(l.text)
			paragraphSizes[p.hostKind(l.owner)] += len(l.text)
			total += len(l.text)
		}
	}
	major := func(i int32) bool { return 100*sizes[p.hostKind(i)] >= majorHost*total }
	out := make([]line, 0, len(lines))
	size, dropped := 0, 0
	for k := 0; k < len(lines); {
		box := p.boxAround(lines[k].owner, root, major)
		if box == lines[k].owner && 100*paragraphSizes[p.hostKind(box)] >= majorHost*total {
			box = -1 // a paragraph like the others: a div
		}
		next := k + 1
		for next < len(lines) && box >= 0 && t.within(lines[next].first, box) {
			next++
		}
		n := 0
		for _, l := range lines[k:next] {
			n += len(l.text)
		}
		size += n
		if box >= 0 && !p.textBox(box, lines[k:next], n) {
			dropped += n
		} else {
			out = append(out, lines[k:next]...)
		}
		k = next
	}
	if 100*dropped > maxBoxShare*size {
		return lines
	}
	return out
}

// boxAround is the element that holds i and stands beside the paragraphs, -1
// when i is one of them.
func (p *page) boxAround(i, root int32, major func(int32) bool) int32 {
	t := p.tree
	if i == root || major(i) {
		return -1
	}
	for {
		up := t.parent[i]
		if up < 0 || up == root || major(up) {
			break
		}
		i = up
	}
	switch t.nodes[i].DataAtom {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Dl, atom.Blockquote, atom.Table, atom.Pre, atom.Center,
		atom.Li, atom.Td, atom.Tr, atom.Tbody:
		return -1
	}
	return i
}

// textBox reports that a box is part of the text: most of it is running text,
// or it is a heading. n is the size of its lines.
func (p *page) textBox(box int32, lines []line, n int) bool {
	t := p.tree
	text, headings, link := 0, 0, 0
	for k := range lines {
		l := &lines[k]
		link += l.link
		switch {
		case heading(t.nodes[l.owner].DataAtom):
			headings++
		case l.running():
			text += len(l.text)
		}
		if n < promoBox && promotional(l.text) {
			return false
		}
	}
	if headings == len(lines) {
		return link == 0
	}
	if 100*text < runningBox*n {
		return false
	}
	return n >= mediaBox || !p.hasMedia(box)
}

// hasMedia reports a picture, a film, a player or a form within i.
func (p *page) hasMedia(i int32) bool {
	t := p.tree
	for k := i; k < t.end[i]; k++ {
		switch t.atoms[k] {
		case atom.Img, atom.Picture, atom.Video, atom.Audio, atom.Iframe, atom.Form, atom.Input, atom.Button:
			return true
		}
	}
	return false
}

// standFirstNames are parts of classes of the lines between title and text
// that sum it up.
var standFirstNames = newParts("standfirst", "stand-first", "lead", "lede", "intro", "subtitle", "sub-title", "subhead", "sub-head", "dek", "deck", "excerpt", "summary", "abstract",
	"description", "chapo", "chapeau", "sapo", "ingress", "vorspann", "bajada", "copete", "sommario", "occhiello", "anons", "announce", "manchet", "zajawka", "perex")

// withStandFirst puts the stand-first before the text, where it stands between
// heading and text: what repeats the page's description, or is named so, or
// ends as sentences do.
func (p *page) withStandFirst(ps []paragraph, title string, h int32) []paragraph {
	if h < 0 || len(ps) == 0 || ps[0].first < p.tree.end[h] {
		return ps
	}
	t := p.tree
	lines := p.lines()
	furniture := p.furnitureMap()
	var first []paragraph
	from := sort.Search(len(lines), func(k int) bool { return lines[k].first >= t.end[h] })
	for k := from; k < len(lines) && k < from+maxStandFirst && lines[k].first < ps[0].first; k++ {
		l := &lines[k]
		if p.isAside(l.first) || furniture[l.first] || 2*l.link > len(l.text) || len(l.text) > 800 || p.besideText(l.text) ||
			promotional(l.text) || strings.EqualFold(l.text, title) {
			continue
		}
		if p.summarises(l) || l.running() && sentence(l.text) && (p.standFirstElement(l.owner) || p.besideHeading(l, h)) {
			first = append(first, paragraph{l.text, l.first, l.last})
		}
	}
	for _, q := range first {
		for _, other := range ps {
			if strings.Contains(other.text, q.text) {
				return ps
			}
		}
	}
	p.leads = len(first)
	return append(first, ps...)
}

// maxStandFirst is how many lines below the heading a stand-first may stand.
const maxStandFirst = 30

// besideHeading reports a line that shares a small element with the heading.
func (p *page) besideHeading(l *line, h int32) bool {
	i := p.tree.common(h, l.first)
	return i >= 0 && p.textSize(i, p.tree.end[i]) <= maxHeadingBox
}

// maxHeadingBox is how much text, in characters, the element around a heading
// holds when that is the article's head and no more.
const maxHeadingBox = 700

// summarises reports a line that repeats what the page says of itself.
func (p *page) summarises(l *line) bool {
	if len(l.text) < minSentence/2 {
		return false
	}
	key := slug(l.text)
	for _, s := range p.declarations().facts[summaryFact] {
		other := slug(s.value)
		if len(other) >= 20 && (strings.Contains(key, other) || strings.Contains(other, key) || overlap(key, other) >= .7) {
			return true
		}
	}
	return false
}

// standFirstElement reports that i or an element close around it is named as
// one, or is a heading.
func (p *page) standFirstElement(i int32) bool {
	t := p.tree
	for up := 0; up < 3 && i >= 0; up++ {
		n := t.nodes[i]
		if n.DataAtom == atom.H2 || n.DataAtom == atom.H3 {
			return true
		}
		if standFirstNames.in(attr(n, "class")) || standFirstNames.in(attr(n, "itemprop")) {
			return true
		}
		i = t.parent[i]
	}
	return false
}

// maxHead is how many paragraphs at the beginning may be lines around the title.
const maxHead = 10

// trimHead drops what stands before the text: the title again, the date, the
// byline, a section's name; behind a stand-first, too.
func (p *page) trimHead(ps []paragraph, title string, h int32) []paragraph {
	begun := 0 // paragraphs of running text
	out := ps[:0:0]
	for k, q := range ps {
		if begun >= 2 || k >= maxHead {
			return append(out, ps[k:]...)
		}
		s := q.text
		switch {
		case h >= 0 && q.last < h && len(s) < minSentence:
		case strings.EqualFold(s, title):
		case len(s) < minSentence && p.besideText(s):
		case begun == 0 && len(s) < minSentence/2 && !sentence(s) && !wideText(s) && k+1 < len(ps) && !p.subheading(q):
		default:
			if len(s) >= minSentence || wideText(s) {
				begun++
			}
			out = append(out, q)
		}
	}
	return out
}

// subheading reports a paragraph that stands in an h2, h3 or h4 right before text.
func (p *page) subheading(q paragraph) bool {
	if q.first < 0 {
		return false
	}
	for i, up := q.first, 0; i >= 0 && up < 4; i, up = p.tree.parent[i], up+1 {
		switch p.tree.nodes[i].DataAtom {
		case atom.H2, atom.H3, atom.H4:
			return true
		}
	}
	return false
}

// dropInline drops what stands between paragraphs and is no text: lines that
// are one link ("Read also"), and short labels of boxes.
func (p *page) dropInline(ps []paragraph) []paragraph {
	out := ps[:0:0]
	for _, q := range ps {
		if p.inlineBox(q) {
			// a line that introduces what was dropped: You may like:
			if n := len(out) - 1; n >= 0 && strings.HasSuffix(out[n].text, ":") && len(out[n].text) < minSentence && p.onlyLink(q) {
				out = out[:n]
			}
			continue
		}
		out = append(out, q)
	}
	return out
}

// inlineBox reports a paragraph between others that is no text.
func (p *page) inlineBox(q paragraph) bool {
	n := len(q.text)
	switch {
	case q.first >= 0 && p.onlyLink(q):
		return true
	case n < 160 && startsWithAny(q.text, inlineLabels):
		return true
	case n <= 40 && p.onlyDate(q.text):
		return true
	case n < 120 && strings.Contains(q.text, "©"): // the credit of a picture
		return true
	}
	return n < 240 && q.first >= 0 && p.linked(q) && promotional(q.text)
}

// onlyLink reports a paragraph whose whole text is one or more links.
func (p *page) onlyLink(q paragraph) bool {
	size, link := p.linkSize(q)
	return size > 0 && link*10 >= size*9
}

// linked reports a paragraph with a link in it.
func (p *page) linked(q paragraph) bool {
	_, link := p.linkSize(q)
	return link > 0
}

// linkSize is how many bytes a paragraph has, and how many of them in links.
func (p *page) linkSize(q paragraph) (size, link int) {
	lines := p.lines()
	k := sort.Search(len(lines), func(k int) bool { return lines[k].first >= q.first })
	for ; k < len(lines) && lines[k].last <= q.last; k++ {
		size += len(lines[k].text)
		link += lines[k].link
	}
	return size, link
}

// maxStart is above the length of what startsWithAny looks for, in bytes.
const maxStart = 64

// startsWithAny reports that s begins with one of parts, which are in lower case.
func startsWithAny(s string, parts []string) bool {
	low := strings.ToLower(s[:min(len(s), maxStart)])
	for _, x := range parts {
		if strings.HasPrefix(low, x) {
			return true
		}
	}
	return false
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

// maxTailRows is how many short lines at the end of a text are looked at.
const maxTailRows = 40

// trimTail drops what stands after the text: the source, the date, tags, share
// lines, the labels of what follows.
func (p *page) trimTail(ps []paragraph) []paragraph {
	for k := 1; k < len(ps); k++ { // everything from a label on, in the last third
		if 3*k < 2*len(ps) || len(ps[k].text) >= 60 || !startsWithAny(ps[k].text, tailLabels) {
			continue
		}
		if p.runningSize(ps[k+1:]) < minBody {
			ps = ps[:k]
		}
		break
	}
	for n := len(ps) - 1; n > 0 && (p.afterText(ps[n]) || initials(ps[n].text)); n-- {
		ps = ps[:n]
	}
	// the short lines at the end: from the first on that names a source or a date
	// they are not the text's, nor is a heading that nothing follows
	for k := len(ps) - 1; k > max(0, len(ps)-maxTailRows) && p.short(ps[k].text); k-- {
		if sourceLine(ps[k].text) || p.besideText(ps[k].text) || ps[k].first >= 0 && p.tree.headed(ps[k].first) {
			ps = ps[:k]
		}
	}
	if len(ps) == 0 {
		return ps
	}
	// the same where single line breaks part them from the last paragraph
	q := &ps[len(ps)-1]
	rows := strings.Split(q.text, "\n")
	for k := len(rows) - 1; k >= max(0, len(rows)-maxTailRows) && p.short(rows[k]); k-- {
		if sourceLine(rows[k]) || p.besideText(rows[k]) {
			rows = rows[:k]
		}
	}
	if len(rows) == 0 {
		return p.trimTail(ps[:len(ps)-1])
	}
	q.text = strings.Join(rows, "\n")
	return ps
}

// runningSize is how many bytes of running text paragraphs hold, what is in links aside.
func (p *page) runningSize(ps []paragraph) int {
	n := 0
	for _, q := range ps {
		if _, link := p.linkSize(q); len(q.text) >= minSentence && 2*link < len(q.text) && !promotional(q.text) {
			n += len(q.text)
		}
	}
	return n
}

// afterText reports a last paragraph that offers something, or says whom to write to.
func (p *page) afterText(q paragraph) bool {
	s := q.text
	if promotional(s) {
		return true
	}
	if i := strings.IndexByte(s, '@'); i >= 0 && len(s) < 120 && strings.Contains(s[i:], ".") {
		return true
	}
	return len(s) < 240 && q.first >= 0 && p.linked(q) && promoWeak.in(s)
}

// initials reports a line that signs a text: dpa, (al), RIRM.
func initials(s string) bool {
	return len(s) <= 6 && !sentence(s) && !wideText(s)
}

// short reports lines that may stand below a text, such as its source and date.
func (p *page) short(s string) bool {
	for _, row := range strings.Split(s, "\n") {
		if len(row) >= minSentence && !p.besideText(row) {
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
	if strings.HasPrefix(s, "SOURCE ") && !sentence(s) {
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

// besideText reports a short line that is a date, a byline or a view counter.
func (p *page) besideText(s string) bool {
	if len(s) > 120 {
		return false
	}
	if f, ok := p.dates.find(s); ok && (len(s)-(f.end-f.pos) <= 24 || len(s) < 80 && f.date.Precision == item.Second && !sentence(s)) {
		return true
	}
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == '|' || r == '·' || r == '•' }) {
		if _, ok := p.dates.relative(strings.TrimSpace(part)); ok && !sentence(s) {
			return true
		}
	}
	low := strings.ToLower(s)
	return len(s) < 60 && !sentence(s) && (startsWithAny(low, bylineWords[:10]) || containsAny(low, "minute read", "min read", "min. read", "lesezeit", "min de lecture", "min. lesezeit", "мин. чтения", "min de lectura", "min okuma"))
}

// promoWords are parts of lines that offer something to readers: a newsletter,
// an app, an account; promoWeak are so only beside a link or an address.
var (
	promoWords = newParts("newsletter", "sign up for", "sign up to", "by signing up", "sign in or", "create an account", "log in to", "subscribe to our", "subscribe now", "follow us", "follow her on",
		"follow him on", "follow me on", "have a tip", "may be reached at", "can be reached at", "bookmark our", "join our", "download our", "download the app", "click here to", "click here for",
		"story continues below", "article continues below", "advertisement has not loaded", "video has failed to load", "try refreshing",
		"all rights reserved", "subject to copyright", "reproduced without", "may not be published, broadcast", "whatsapp-kanal", "whatsapp channel", "kostenlos abonnieren", "jetzt abonnieren", "jetzt registrieren",
		"suscríbe", "suscribir", "síguenos", "inscreva-se", "assine ", "siga-nos", "s'abonner", "abonnez-vous", "inscrivez-vous", "suivez-nous", "iscriviti", "seguici", "abonneer",
		"подписывайтесь", "подпишитесь", "подписаться на", "читайте нас", "наш телеграм", "наш telegram", "telegram-канал", "abone ol", "bizi takip", "abunə ol", "zapisz się", "obserwuj nas", "підписуйтес", "підпишіться", "nieuwsbrief", "nyhetsbrev", "nyhedsbrev")
	promoWeak = newParts("social media", "-app", "twitter", "facebook", "instagram", "whatsapp", "telegram", "youtube", "google news", "linkedin", "subscri", "abonn", "download", " app ", "e-mail", "email", "contact")
)

// promotional reports a line that is an offer to readers and no text.
func promotional(s string) bool {
	return len(s) < 400 && promoWords.inAnyCase(s)
}
