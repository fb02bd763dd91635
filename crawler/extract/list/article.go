package list

import (
	"fmt"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Link is a link of a listing page to another page of its site.
type Link struct {
	URL   urlkey.URL
	Title string  // the text that reads most like a title
	Node  int32   // the element that carries it
	Score float64 // above 0 for an article

	Hrefs  []string
	shape  Shape
	other  bool // on another host than the page
	Own    float64
	family []string
	coarse string
	blocks []markup2
	uses   []use
}

type markup2 struct {
	markup
	up  atom.Atom
	upc string
}

// use is one place on the page where a link stands.
type use struct {
	node   int32
	text   string
	words  int
	menu   bool
	headed bool
	image  bool
	prose  bool
	small  bool // the links of its block have short texts
}

// Links weighs which of the links of a listing page lead to articles.
func (f *Finder) Links() []Link {
	if f.weighed == nil {
		f.weighed = f.weighLinks()
	}
	return f.weighed
}

func (f *Finder) weighLinks() []Link {
	f.countParts()
	page, err := urlkey.Parse(f.url)
	if err != nil {
		return nil
	}
	var out []Link
	at := map[string]int{}
	domain := urlkey.Domain(page.Host)
	for _, i := range f.tree.Links {
		u := f.urls.Target(i)
		if u.Href == "" || u.Key == page.Key || urlkey.Domain(u.Host) != domain || f.hiddenAt(i) {
			continue
		}
		k, ok := at[u.Key]
		if !ok {
			k = len(out)
			at[u.Key] = k
			l := Link{URL: u, Node: i, other: bareHost(u.Host) != bareHost(page.Host)}
			l.shape, _ = ShapeOf(u.Key)
			out = append(out, l)
		}
		if !slices.Contains(out[k].Hrefs, u.Href) {
			out[k].Hrefs = append(out[k].Hrefs, u.Href)
		}
		out[k].uses = append(out[k].uses, f.useOf(i))
	}
	clearLabels(out)
	f.clearMenus(out)
	under := prefixes(out)
	for k := range out {
		out[k].weigh(f, under[k])
	}
	spread(out)
	dropLonely(out)
	dropTelling(out)
	snap(out)
	return out
}

type size struct{ words, n int }

// clearMenus takes back that a link stands in a menu where the links of its kind
// read like titles: a class may hold "menu" or "nav" without being one.
func (f *Finder) clearMenus(links []Link) {
	sizes := map[markup2]*size{}
	for k := range links {
		seen := map[markup2]bool{}
		for _, u := range links[k].uses {
			if m, _ := f.markupOf2(u.node); !seen[m] && u.words > 0 {
				seen[m] = true
				if sizes[m] == nil {
					sizes[m] = &size{}
				}
				sizes[m].words += u.words
				sizes[m].n++
			}
		}
	}
	for k := range links {
		for n := range links[k].uses {
			u := &links[k].uses[n]
			m, _ := f.markupOf2(u.node)
			if z := sizes[m]; z != nil && z.n >= 3 && z.words < 3*z.n && !u.image {
				u.small = true
			}
			if z := sizes[m]; u.menu && z != nil && z.n >= 3 && z.words >= 5*z.n {
				u.menu = false
			}
		}
	}
}

// clearLabels takes back texts that several links have: they are no titles.
func clearLabels(links []Link) {
	count := map[string]int{}
	for k := range links {
		seen := map[string]bool{}
		for _, u := range links[k].uses {
			for _, t := range []string{u.text, digits.ReplaceAllString(u.text, "\x00")} {
				if !seen[t] {
					seen[t] = true
					count[t]++
				}
			}
		}
	}
	for k := range links {
		for n := range links[k].uses {
			u := &links[k].uses[n]
			if u.words < 8 && (count[u.text] >= 3 || count[digits.ReplaceAllString(u.text, "\x00")] >= 10) {
				u.words, u.text = 0, ""
			}
		}
	}
}

var digits = regexp.MustCompile(`\d+`)

func (f *Finder) hiddenAt(i int32) bool {
	for ; i >= 0; i = f.tree.Parent[i] {
		if dom.IsHidden(f.tree.Nodes[i]) {
			return f.tree.Atoms[i] != atom.Noscript
		}
	}
	return false
}

func (f *Finder) useOf(i int32) use {
	t := f.tree
	u := use{node: i, text: f.titleText(i), menu: f.inMenu(i) || f.inBar(i), headed: t.Headed(i)}
	if f.dates.Only(u.text) {
		u.text = ""
	}
	u.words = dom.Words(u.text)
	if dom.HasWide(u.text) {
		u.words = (u.words + 1) / 2
	}
	u.image = t.Find(atom.Img, i, t.End[i]) >= 0
	u.prose = f.inProse(i)
	return u
}

// inProse reports whether text stands before the link at i on its line, or a link
// to it begins a line of prose.
func (f *Finder) inProse(i int32) bool {
	t := f.tree
	lines, k := t.Lines(), t.LineAt(i)
	if k == len(lines) || lines[k].First >= t.End[i] {
		return false
	}
	beside := len(lines[k].Text) - lines[k].Link
	if t.TextSize(lines[k].First, i) > 20 {
		return beside > 40
	}
	return beside > max(maxBeside, lines[k].Link)
}

// inBar reports whether i stands in the header of the page.
func (f *Finder) inBar(i int32) bool {
	t := f.tree
	for ; i >= 0; i = t.Parent[i] {
		switch t.Atoms[i] {
		case atom.Header:
			return t.Closest(i, atom.Article) < 0 && t.Closest(i, atom.Main) < 0 && 10*t.TextSize(0, i) < t.TextSize(0, t.Len())+2000 && 3*t.TextSize(i, t.End[i]) < t.TextSize(0, t.Len())
		case atom.Body:
			return false
		}
	}
	return false
}

// prefixes counts, for each link, the other links that lie in a folder of its name.
func prefixes(links []Link) []int {
	count := map[string]int{}
	for k := range links {
		p := folder(links[k].URL)
		for {
			cut := strings.LastIndexByte(p, '/')
			if cut <= 0 {
				break
			}
			p = p[:cut]
			count[p]++
		}
	}
	out := make([]int, len(links))
	for k := range links {
		out[k] = count[folder(links[k].URL)]
	}
	return out
}

func bareHost(host string) string { return strings.TrimPrefix(host, "www.") }

func folder(u urlkey.URL) string {
	_, rest, _ := strings.Cut(u.Href, "://")
	if end := strings.IndexAny(rest, "?#"); end >= 0 {
		rest = rest[:end]
	}
	return strings.TrimRight(extension.ReplaceAllString(rest, "$1"), "/")
}

var (
	listWords = regexp.MustCompile(`^(?:tags?|categor(?:y|ies|ia|ias|ie|ias)|kategor(?:ie|ija|iya|i)|rubri(?:k|que|ca|c|ka)s?|label|topics?|tem[ae]s?|themen?|sections?|authors?|aut(?:or|eur|ore|oren)(?:s|es)?|users?|profiles?|people|search|suche|archives?|archiv|page|pages|feed|rss|login|register|account|keywords?|etiquetas?|serie|collections?|comments?|special|about|author|label|wp-content|cdn-cgi|share|sharer|print)$`)
	mediaFile = regexp.MustCompile(`(?i)\.(?:jpe?g|png|gif|svg|webp|pdf|mp[34]|zip|docx?|xlsx?|xml|rss|json|ics|css|js|exe|dmg|apk)$`)
	monthPage = regexp.MustCompile(`(?i)/(?:19|20)\d\d(?:[-/_]\d{1,2}){0,2}(?:[-_]archive)?(?:\.html?)?/?$|[_-]archive\.html$`)
	pagePath  = regexp.MustCompile(`(?i)/(?:page|p|seite|pagina|strana|sayfa|paged)[-/]?\d+(?:\.\w+|/)?$`)
	pageParam = regexp.MustCompile(`(?i)^(?:page|p|paged|pg|pageno|pagenum|pagen_1|seite|start|offset|ipp|mpage|cat|tag|author|m|s|q|search|replytocom|share|label|max-results|updated-max|redirect|return|url)$`)
)

func (l *Link) weigh(f *Finder, under int) {
	place, url := l.ofPlace(f), l.ofURL(under)
	switch f.listedAs(l.URL.Key) {
	case 2:
		place = max(place, 1.3)
	case 1:
		place += 0.3
	}
	if place < 0 {
		if !l.other && l.shape.slugWords() >= 4 && l.shape.Numbered() {
			url = min(url, 2.5)
		} else {
			url = min(url, 0.5)
		}
	}
	l.Own = place + url
	l.families()
}

// listedAs tells how a headline list has a link: 2 with a date, 1 without, 0 not.
func (f *Finder) listedAs(key string) int {
	best := 0
	for _, l := range f.Lists() {
		for k := range l.Entries {
			if e := &l.Entries[k]; e.URL.Key == key {
				if !e.Date.IsZero() {
					return 2
				}
				best = 1
			}
		}
	}
	return best
}

func (l *Link) ofPlace(f *Finder) float64 {
	best, image, menus := -9.0, false, 0
	text := -1
	for k := range l.uses {
		u := &l.uses[k]
		image = image || u.image
		if m, _ := f.markupOf2(u.node); !u.menu {
			l.blocks = append(l.blocks, m)
		}
		if u.menu && u.words > 0 {
			menus++
		}
		v := 0.0
		switch {
		case u.words == 0 && !u.image:
			v = -1.2
		case u.words == 0:
			v = -0.3
		case dom.TitleLike(u.text) && u.words > 2:
			v = 1 + min(1, float64(u.words)/10)
		case u.words == 1 && !u.headed:
			v = -1
		case !u.headed:
			v = -0.4
		}
		if u.headed && u.words > 0 {
			v += 0.8
		}
		if u.small && !u.headed {
			v -= 0.8
		}
		if u.prose {
			v = min(v-1, -0.5)
		}
		if u.menu && u.headed {
			v--
		} else if u.menu {
			v = min(v-2, -1)
		}
		if text < 0 || u.words > 0 && v > best {
			text = k
		}
		best = max(best, v)
	}
	l.Title, l.Node = l.uses[text].text, l.uses[text].node
	if image && len(l.uses) > menus+1 {
		best += 0.5
	}
	if menus > 0 && menus < len(l.uses) {
		best -= 0.3
		if !slices.ContainsFunc(l.uses, func(u use) bool { return u.menu && u.image }) {
			best -= 0.7
		}
	}
	return best
}

// inProse reports whether the link stands in running text only.
func (l *Link) inProse() bool {
	return !slices.ContainsFunc(l.uses, func(u use) bool { return !u.prose })
}

// menu reports whether the link stands in menus only.
func (l *Link) menu() bool {
	return !slices.ContainsFunc(l.uses, func(u use) bool { return !u.menu })
}

func (f *Finder) markupOf2(i int32) (m markup2, ok bool) {
	t := f.tree
	up := t.Parent[i]
	if up < 0 {
		return m, false
	}
	m.link, m.parent, m.linkClass, m.parentClass = t.Atoms[i], t.Atoms[up], dom.Attr(t.Nodes[i], "class"), dom.Attr(t.Nodes[up], "class")
	if g := t.Parent[up]; g >= 0 {
		m.up, m.upc = t.Atoms[g], dom.Attr(t.Nodes[g], "class")
	}
	return m, true
}

func (l *Link) ofURL(under int) float64 {
	v := 0.0
	s := &l.shape
	p := folder(l.URL)
	query := ""
	if u, err := url.Parse(l.URL.Href); err == nil {
		query = u.RawQuery
		switch {
		case mediaFile.MatchString(u.Path):
			return -6
		case pagePath.MatchString(u.Path):
			return -4
		case monthPage.MatchString(u.Path):
			v -= 3
		}
	}
	if len(s.Segments) == 0 && query == "" {
		return -4
	}
	last := s.Last()
	switch last.Kind {
	case ID, Number, Date:
		v += 1
	case Word:
		if s.ID == "" {
			v -= 0.5
		}
	}
	if n := s.slugWords(); n >= 3 {
		v += min(1.5, float64(n)*0.25)
	}
	if s.ID != "" && (!pageParam.MatchString(s.ID) || s.ID == "p" && s.Digits >= 3) {
		v += 1
	}
	for k, seg := range s.Segments {
		if listWords.MatchString(strings.ToLower(seg.Text)) {
			v -= 1.5
		}
		if k < len(s.Segments)-1 && (seg.Kind == Year || seg.Kind == Date || seg.Kind == Number || seg.Kind == Short) {
			v += 0.5
		}
	}
	for _, name := range s.Params {
		if pageParam.MatchString(name) && name != "p" {
			v -= 1
		}
	}
	if under > 0 && last.Kind != ID {
		v -= min(2, 0.5+float64(under)*0.5)
	}
	v += l.likeTitle(p)
	return v
}

// likeTitle is how much the slug repeats the words of the title.
func (l *Link) likeTitle(string) float64 {
	words := SlugWords(strings.ToLower(unescaped(l.shape.Last().Text)))
	if len(words) < 3 {
		return 0
	}
	title := strings.Split(dom.Slug(l.Title), "-")
	n := 0
	for _, w := range words {
		if len(w) > 2 && slices.Contains(title, w) {
			n++
		}
	}
	if n >= 3 {
		return 0.4
	}
	return 0
}

func (l *Link) families() {
	s := &l.shape
	var b strings.Builder
	b.WriteString(l.URL.Host)
	first := ""
	if k := s.Segments; len(k) > 1 && (k[0].Kind == Word || k[0].Kind == Pair || k[0].Kind == Slug) {
		first = s.Segments[0].Text
	}
	for _, seg := range s.Segments {
		switch seg.Kind {
		case Slug, Pair:
			b.WriteByte('s')
		default:
			b.WriteByte(byte(seg.Kind))
		}
	}
	b.WriteString(s.Ext + "?" + strings.Join(s.Params, "&"))
	params := "?" + strings.Join(s.Params, "&")
	coarse := string(s.Last().Kind) + s.Ext + params
	if n := len(s.Segments); n > 1 && s.Segments[n-1].Kind == Number {
		coarse = string(s.Segments[n-2].Kind) + coarse
	}
	if s.dated() {
		coarse += "@"
	}
	if s.slugWords() >= 4 {
		coarse += "+"
	}
	l.family = []string{b.String() + "/" + first, fmt.Sprint(l.URL.Host, len(s.Segments), s.Ext, s.Slash, first, params), coarse}
	l.coarse = coarse
}

// spread gives each link a share of what speaks for the links of its family and of
// its block.
func spread(links []Link) {
	for k := range links {
		links[k].Score = links[k].Own
	}
	for range 2 {
		fam := map[string]*mean{}
		blk := map[markup2]*mean{}
		for k := range links {
			v := math.Tanh(links[k].Own)
			for _, key := range links[k].family {
				add(fam, key, v)
			}
			for _, key := range links[k].blocks {
				add(blk, key, v)
			}
		}
		total, own, numbered, mass := 0.0, 0.0, 0.0, map[string]float64{}
		for k := range links {
			v := max(0, math.Tanh(links[k].Score))
			total += v
			if !links[k].other {
				own += v
			}
			if links[k].shape.Numbered() {
				numbered += v
			}
			mass[links[k].coarse] += v
		}
		next := make([]float64, len(links))
		for k := range links {
			l := &links[k]
			next[k] = l.Own
			v := math.Tanh(l.Own)
			for _, key := range l.family {
				next[k] += 0.7 * fam[key].without(v)
			}
			best := 0.0
			for n, key := range l.blocks {
				if w := blk[key].without(v); n == 0 || w > best {
					best = w
				}
			}
			next[k] += 1.5 * best
			if l.other && total > 0 {
				next[k] -= 0.5 + own/total
			}
			if total > 5 && !l.shape.Numbered() {
				next[k] -= max(0, 5*(numbered/total-0.4))
			}
			if total > 5 {
				switch share := mass[l.coarse] / total; {
				case share > 0.3:
					next[k] += 0.3
					switch bonus := min(1.2, 2*(share-0.3)); {
					case l.shape.Numbered() && !l.menu():
						next[k] += bonus
					case l.shape.Numbered():
						next[k] += bonus / 3
					case l.shape.Ext != "":
						next[k] += bonus / 4
					}
				case share < 0.2:
					next[k] -= 2 * (1 - share/0.2)
				}
			}
		}
		for k := range links {
			links[k].Score = next[k]
		}
	}
}

// dropLonely takes back links that are neither headed nor have a picture, and that
// nothing else on the page is like.
func dropLonely(links []Link) {
	fam, blk := map[string]int{}, map[markup2]int{}
	for k := range links {
		if links[k].Score > 0 {
			fam[links[k].family[1]]++
			fam[links[k].coarse]++
			for _, b := range links[k].blocks {
				blk[b]++
			}
		}
	}
	for k := range links {
		l := &links[k]
		plain := !slices.ContainsFunc(l.uses, func(u use) bool { return u.headed || u.image })
		if l.Score > 0 && plain && fam[l.family[1]] <= 1 && (fam[l.coarse] <= 1 || !l.shape.Numbered()) && !slices.ContainsFunc(l.blocks, func(b markup2) bool { return blk[b] > len(l.blocks) }) {
			l.Score = -0.5
		}
	}
}

// telling matches folders of what is no article on a page that has others.
var telling = regexp.MustCompile(`^(?:tags?|categor(?:y|ies|ia|ie)|kategor(?:ie|ija)|rubri(?:k|que|ca)|label|aut(?:h?or|eur|ore)(?:s|es|en)?|users?|search|suche|videos?|podcasts?|photos?|fotos?|galler(?:y|ies)|galerie)$`)

// minOthers is how many articles a page has without those in telling folders.
const minOthers = 5

func dropTelling(links []Link) {
	is := func(l *Link) bool {
		s := l.shape.Segments
		return slices.ContainsFunc(s[:max(0, len(s)-1)], func(s Segment) bool { return telling.MatchString(strings.ToLower(s.Text)) })
	}
	n := 0
	for k := range links {
		if links[k].Score > 0 && !is(&links[k]) {
			n++
		}
	}
	for k := range links {
		if l := &links[k]; n >= minOthers && is(l) {
			l.Score = min(l.Score, -0.1)
			l.Own = -5
		}
	}
}

// snap makes the links of a family alike where nearly all of them are.
func snap(links []Link) {
	yes, no := map[string]int{}, map[string]int{}
	for k := range links {
		l := &links[k]
		if l.Score > 0 {
			yes[l.family[1]]++
		} else {
			no[l.family[1]]++
		}
	}
	for k := range links {
		l := &links[k]
		y, n := yes[l.family[1]], no[l.family[1]]
		switch {
		case y+n < 6:
		case (y >= 9*n || y >= 3*n && l.shape.marked()) && l.Own > -4:
			l.Score = max(l.Score, 0.1)
		case n >= 9*y:
			l.Score = min(l.Score, -0.1)
		}
	}
}

type mean struct {
	sum float64
	n   int
}

func add[K comparable](m map[K]*mean, key K, v float64) {
	if m[key] == nil {
		m[key] = &mean{}
	}
	m[key].sum += v
	m[key].n++
}

// without is the mean of the others, drawn towards 0 where they are few.
func (m *mean) without(v float64) float64 { return (m.sum - v) / float64(m.n+1) }
