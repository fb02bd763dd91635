package list

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// Next returns the URL of the next page of a listing and the rule that found it,
// "" when there is none. A page that declares its next page is believed; numbers
// and texts are read in pagers alone.
func (f *Finder) Next() (next, rule string) {
	p := pager{Finder: f, self: f.urls.Resolve(f.url).Href}
	p.page = PageNumber(p.self)
	if next = p.declared(); next != "" {
		return next, "rel=next"
	}
	if next = p.numbered(); next != "" {
		return next, "page number"
	}
	if next = p.named(); next != "" {
		return next, "text of a link"
	}
	return "", ""
}

// pager finds the next page of the page at self.
type pager struct {
	*Finder
	self string
	page int // that the URL names, 1 without one
}

// target returns where the link at i leads, "" for the page itself and other hosts.
func (p *pager) target(i int32) string {
	abs := p.urls.Target(i).Href
	if abs == "" || abs == p.self || dom.Host(abs) != dom.Host(p.self) {
		return ""
	}
	return abs
}

// declared returns the target of the first rel=next.
func (p *pager) declared() string {
	t := p.tree
	for i := int32(0); i < t.Len(); i++ {
		if a := t.Atoms[i]; (a == atom.A || a == atom.Link) && dom.HasToken(dom.Attr(t.Nodes[i], "rel"), "next") {
			if abs := p.target(i); abs != "" {
				return abs
			}
		}
	}
	return ""
}

// numberedLink is a link whose text is a number.
type numberedLink struct {
	node   int32
	number int
	url    string
}

// numbered returns the link to the page after the current one in a row of page
// numbers.
func (p *pager) numbered() string {
	var row []numberedLink
	for _, l := range p.numberedLinks() {
		if len(row) > 0 && p.apart(row[len(row)-1].node, l.node) {
			if next := p.after(row); next != "" {
				return next
			}
			row = nil
		}
		row = append(row, l)
	}
	return p.after(row)
}

// maxPagerGap is how much text may stand between two numbers of a row, in characters.
const maxPagerGap = 30

func (p *pager) apart(a, b int32) bool {
	return p.tree.TextSize(p.tree.End[a], b) > maxPagerGap
}

func (p *pager) numberedLinks() []numberedLink {
	var out []numberedLink
	for _, i := range p.tree.Links {
		text := strings.Trim(p.tree.Text(i, nil), "[]() .")
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || len(text) > 5 {
			continue
		}
		abs := p.urls.Target(i).Href
		if abs == "" || dom.Host(abs) != dom.Host(p.self) {
			continue
		}
		out = append(out, numberedLink{i, n, abs})
	}
	return out
}

// after returns the URL of the page after the current one in a row.
func (p *pager) after(row []numberedLink) string {
	if len(row) == 0 || p.inCalendar(row[0].node) {
		return ""
	}
	wanted := p.current(row) + 1
	for _, l := range row {
		if l.number == wanted && l.url != p.self && p.pageLike(l, row) {
			return l.url
		}
	}
	return ""
}

// current returns the number of the page in a row: that which is no link or leads
// to the page itself, else that of the URL.
func (p *pager) current(row []numberedLink) int {
	linked := map[int]bool{}
	for _, l := range row {
		if l.url == p.self {
			return l.number
		}
		linked[l.number] = true
	}
	for _, n := range p.unlinked(row) {
		if !linked[n] && (linked[n+1] || linked[n-1]) {
			return n
		}
	}
	if p.page == 1 && linked[1] && linked[2] && p.urls.Resolve(row[0].url).Href != p.self && row[0].number == 1 {
		return 1
	}
	return p.page
}

var numberText = regexp.MustCompile(`\d+`)

// unlinked returns the numbers within the row, and beside it, that are no links.
func (p *pager) unlinked(row []numberedLink) []int {
	t := p.tree
	from, to := row[0].node, t.End[row[len(row)-1].node]
	around := t.Parent[row[0].node]
	for range 3 {
		if around >= 0 && t.TextSize(around, t.End[around]) < 200 {
			from, to = min(from, around), max(to, t.End[around])
			around = t.Parent[around]
		}
	}
	var out []int
	for i := from; i < to; i++ {
		if !t.IsText(i) || p.linked(i) {
			continue
		}
		for _, s := range numberText.FindAllString(t.Nodes[i].Data, 4) {
			if n, err := strconv.Atoi(s); err == nil {
				out = append(out, n)
			}
		}
	}
	return out
}

// linked reports whether a link with an href is around the node at i.
func (p *pager) linked(i int32) bool {
	a := p.tree.Closest(i, atom.A)
	return a >= 0 && p.urls.Target(a).Href != ""
}

// pageLike reports whether the URL of a numbered link differs from those of its row
// in numbers alone, or names the page.
func (p *pager) pageLike(l numberedLink, row []numberedLink) bool {
	if monthPage.MatchString(l.url) {
		return false
	}
	if PageNumber(l.url) == l.number {
		return true
	}
	for _, other := range row {
		if other.number != l.number && numberText.ReplaceAllString(other.url, "#") == numberText.ReplaceAllString(l.url, "#") {
			return true
		}
	}
	return false
}

// inCalendar reports whether i stands in a calendar.
func (p *pager) inCalendar(i int32) bool {
	return p.within(i, 6, func(names string) bool { return dom.ContainsAny(names, "calendar", "datepicker", "kalend") })
}

// inPager reports whether i stands in an element whose names are those of a pager.
func (p *pager) inPager(i int32) bool {
	return p.within(i, 4, func(names string) bool {
		return dom.ContainsAny(names, "pag", "nav-links", "nav-prev", "nav-next", "navigation", "older", "load-more", "loadmore", "next")
	})
}

// within reports whether the id and class of i or of one of its depth nearest
// ancestors satisfy is.
func (p *pager) within(i int32, depth int, is func(names string) bool) bool {
	for range depth + 1 {
		if i < 0 || p.tree.Atoms[i] == atom.Body {
			return false
		}
		class, id, _ := dom.ClassIDStyle(p.tree.Nodes[i])
		if is(strings.ToLower(class + " " + id)) {
			return true
		}
		i = p.tree.Parent[i]
	}
	return false
}

// named returns the first link whose text says that it leads to the next page.
func (p *pager) named() string {
	for _, i := range p.tree.Links {
		if p.tree.End[i]-i > 12 {
			continue
		}
		abs := p.target(i)
		if abs == "" || !p.saysNext(i) {
			continue
		}
		if n := PageNumber(abs); n == p.page+1 || n == 1 && (p.inPager(i) || p.offset(abs)) {
			return abs
		}
	}
	return ""
}

// offset reports whether a URL differs from that of the page in its query alone,
// which holds a number.
func (p *pager) offset(abs string) bool {
	path, query, _ := strings.Cut(abs, "?")
	self, _, _ := strings.Cut(p.self, "?")
	return path == self && numberText.MatchString(query)
}

func (p *pager) saysNext(i int32) bool {
	n := p.tree.Nodes[i]
	for _, s := range []string{p.tree.Text(i, nil), dom.Attr(n, "aria-label"), dom.Attr(n, "title")} {
		if s != "" && nextText(s) {
			return true
		}
	}
	return false
}

// arrows stand beside the words of a link to the next page. Those of older posts may
// point back.
const arrows = " \t»›→>⟩▸▶«‹←<…·-–—|"

func nextText(s string) bool {
	s = strings.ToLower(strings.TrimSpace(s))
	words := strings.Trim(s, arrows)
	if words == "" {
		return s == "»" || s == "›" || s == "→" || s == ">" || s == "⟩" || s == "▸"
	}
	return nextWords[words]
}

// nextWords are the texts of a link to the next page of a listing, without arrows.
var nextWords = wordSet(`
next|next page|next posts|next entries|older|older posts|older entries|older articles|older news|older stories|more posts|more articles|load more|show more
siguiente|siguientes|página siguiente|pagina siguiente|entradas anteriores|entradas antiguas|entradas más antiguas|noticias anteriores|más antiguas
próxima|próximo|proxima|próxima página|seguinte|página seguinte|postagens mais antigas|mais antigas|posts antigos|següent|pàgina següent
suivant|suivante|suivants|suivantes|page suivante|articles plus anciens|articles précédents|plus anciens
weiter|nächste|nächste seite|nächster|ältere beiträge|ältere artikel|ältere einträge|ältere
avanti|successiva|successivo|pagina successiva|prossima|prossima pagina|post più vecchi|articoli precedenti|articoli meno recenti
volgende|volgende pagina|oudere berichten|ouder|ouderen|nästa|nästa sida|äldre inlägg|äldre|næste|næste side|ældre|neste|neste side|eldre innlegg|eldre
seuraava|seuraava sivu|vanhemmat|järgmine|järgmine leht|nākamā|nākamais|kitas|kitas puslapis|næsta
następna|następne|następny|następna strona|starsze|starsze wpisy|další|další strana|další stránka|starší|starší příspěvky|ďalšia|ďalšie|ďalej|ďalšia strana
naslednja|naslednja stran|naprej|starejše|sljedeća|sljedeća stranica|dalje|sledeća|sledeća strana|starije|следећа|старије|следна|следваща|следваща страница|по-стари
következő|következő oldal|régebbi|régebbi bejegyzések|următoarea|următorul|pagina următoare|mai vechi|articole mai vechi
следующая|следующая страница|следующие|далее|дальше|вперед|вперёд|ранее|старые записи|более старые|наступна|наступна сторінка|далі|наступная|далей|келесі
επόμενη|επόμενη σελίδα|επόμενα|επόμενο|παλαιότερα|παλαιότερες αναρτήσεις|παλιότερα
sonraki|sonraki sayfa|ileri|eski yazılar|daha eski|növbəti|sonrakı|keyingi|faqja tjetër
הבא|העמוד הבא|ישנים יותר|التالي|التالية|الصفحة التالية|بعدی|صفحه بعد|صفحه بعدی|اگلا
अगला|अगला पृष्ठ|पुढील|পরবর্তী|পরের পাতা|পরবর্তী পাতা|அடுத்த|அடுத்தது|తదుపరి|ಮುಂದಿನ|അടുത്തത്|આગળ
ถัดไป|หน้าถัดไป|trang sau|trang kế|tiếp|tiếp theo|sau|selanjutnya|berikutnya|halaman selanjutnya
下一页|下一頁|下页|下頁|后一页|後一頁|次|次へ|次のページ|次ページ|古い記事|以前の記事|過去の記事|다음|다음 페이지|다음페이지|이전 글
შემდეგი|հաջորդ|հաջորդը|дараагийн`)

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for s := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == '|' || r == '\n' }) {
		set[s] = true
	}
	return set
}

var (
	pageParams = regexp.MustCompile(`(?i)^(?:page|p|paged|pg|pageno|page_no|pagenum|pagenumber|pagen_\d|sahife|seite|pagina|strona|sayfa|stranka)$`)
	pageFolder = regexp.MustCompile(`(?i)(?:^|[/_.-])(?:page|pages|seite|pagina|strona|strana|sayfa|p|list_\d+)[/_.=-]?(\d{1,6})(?:\.\w+)?/?$`)
	indexPage  = regexp.MustCompile(`(?i)/(?:index|list)[_-]?(\d{1,5})\.\w+$`)
)

// PageNumber returns the page that a URL of a listing names, 1 when it names none:
// ?page=2, /page/2/, /page-2, /index_2.html.
func PageNumber(abs string) int {
	u, err := url.Parse(abs)
	if err != nil {
		return 1
	}
	for name, values := range u.Query() {
		if n, err := strconv.Atoi(values[0]); err == nil && n > 0 && n < 1e6 && pageParams.MatchString(name) {
			return n
		}
	}
	for _, re := range []*regexp.Regexp{pageFolder, indexPage} {
		if m := re.FindStringSubmatch(u.Path); m != nil {
			if n, err := strconv.Atoi(m[1]); err == nil && n > 0 {
				return n
			}
		}
	}
	return 1
}
