package extract

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/declared"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/extract/list"
)

// refusal says why the page is no article, "" when it is one. An article has a
// title, and a text or a declaration that it is one, and nothing tells that it is a
// listing or an error page.
func (p *page) refusal(a *Article) string {
	switch {
	case a.Title == "":
		return "no title"
	case strings.HasPrefix(p.result.Rules["content_text"], "selector"):
		return ""
	}
	size := textLength(a)
	if why := p.errorPage(a, size); why != "" {
		return why
	}
	if p.declarations().IsArticle {
		return p.declaredRefusal(a)
	}
	if why := p.otherPage(a, size); why != "" {
		return why
	}
	switch n := len(p.result.Headlines); {
	case len(a.Paragraphs) > 0 && p.declarations().OtherArticles > 0:
		return "the page declares several articles, none of them its own"
	case len(a.Paragraphs) > 0:
		return p.listing()
	case p.datedPicture(n):
		return ""
	case n >= list.MinEntries:
		return fmt.Sprintf("no text beside %d headlines: a listing", n)
	}
	return "no text that reads like one"
}

// datedPicture reports whether a page without a text shows a film or a photo below the
// title, and states a date. n is the number of its headlines.
func (p *page) datedPicture(n int) bool {
	if p.heading < 0 || p.frontPage() || n >= minSectionHeadlines {
		return false
	}
	if len(p.declarations().Fields[declared.Published]) == 0 {
		if d, _ := p.dateNear(spot{p.heading, -1, -1}); d.IsZero() {
			return false
		}
	}
	t := p.tree
	for i := t.End[p.heading]; i < t.Len(); i++ {
		switch t.Atoms[i] {
		case atom.Video, atom.Audio, atom.Iframe, atom.Figure:
			return !p.isAside(i) && !p.boilerplateMap()[i]
		case atom.H1, atom.H2, atom.H3:
			return false // of something else
		}
	}
	return false
}

// declaredRefusal is refusal for a page that declares that it is an article.
func (p *page) declaredRefusal(a *Article) string {
	n := len(p.result.Headlines)
	switch {
	case n < minSectionHeadlines:
		return ""
	case p.frontPage():
		return "a site's front page, whatever it declares"
	case len(a.Paragraphs) == 0:
		return fmt.Sprintf("no text beside %d headlines: a listing", n)
	}
	return ""
}

// maxErrorText is the longest text, in characters, that an error page has.
const maxErrorText = 900

// names404 reports whether a title in lower case names the status 404: at its
// beginning, at the end of a short one, or after a word for a status. In others it is
// a number like any other: a bus line 404.
func names404(title string) bool {
	tokens := strings.FieldsFunc(title, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, t := range tokens {
		if t != "404" {
			continue
		}
		if i == 0 || i == len(tokens)-1 && i <= 2 {
			return true
		}
		switch tokens[i-1] {
		case "error", "http", "code", "status", "fehler", "erreur", "errore", "erro", "ошибка":
			return true
		}
	}
	return false
}

// errorPage recognizes a page that reports an error, whatever its status was. size is
// that of its text in characters.
func (p *page) errorPage(a *Article, size int) string {
	if size > maxErrorText {
		return ""
	}
	for _, title := range []string{a.Title, p.declarations().PageTitle} {
		low := strings.ToLower(title)
		short := dom.Words(title) <= 7 // a long title with such words may report on errors
		if slices.Contains(errorTitles, strings.Trim(low, ".!?… ")) || short && errorParts.In(low) || names404(low) {
			return fmt.Sprintf("an error page, titled %.60q", title)
		}
	}
	return ""
}

// textLength returns the characters of the text.
func textLength(a *Article) int {
	n := 0
	for _, s := range a.Paragraphs {
		n += utf8.RuneCountInString(s)
	}
	return n
}

// otherPage recognizes a page with text that is no article, among those that do not
// declare that they are: something is missing or barred, or the site describes
// itself or sells something.
func (p *page) otherPage(a *Article, size int) string {
	d := p.declarations()
	title := strings.ToLower(a.Title)
	switch {
	case d.OtherType != "" && len(d.Fields[declared.Published]) == 0:
		return "the page declares that it is a " + d.OtherType
	case slices.Contains(siteTitles, strings.Trim(title, ".!?… ")):
		return fmt.Sprintf("a page about the site, titled %.60q", a.Title)
	case size > maxErrorText:
		return ""
	case absentParts.In(title) || barredParts.In(title):
		return fmt.Sprintf("an error page, titled %.60q", a.Title)
	case dom.HasAnyPrefix(title, offerTitles):
		return fmt.Sprintf("an offer to readers, titled %.60q", a.Title)
	}
	for _, s := range a.Paragraphs {
		if minErrorShare*utf8.RuneCountInString(s) < size {
			continue // a remark in a text
		}
		if absentParts.InAnyCase(s) || barredParts.InAnyCase(s) {
			return fmt.Sprintf("an error page, which says %.60q", s)
		}
	}
	return p.section(a)
}

// minErrorShare tells that the paragraph which reports an error is at least a third of
// the text.
const minErrorShare = 3

// Bounds of the page of a section.
const (
	maxSectionTitle     = 3 // words
	minSectionHeadlines = 8
)

// section recognizes the page of a section, a tag or an author: a short text without
// a date of its own, under a short title beside many headlines, or with a URL of
// such pages.
func (p *page) section(a *Article) string {
	n := len(p.result.Headlines)
	if n < list.MinEntries || len(p.bodyFound) == 0 || len(p.declarations().Fields[declared.Published]) > 0 {
		return ""
	}
	if d, _ := p.dateNear(spot{p.heading, p.bodyFound[0].First, p.bodyFound[len(p.bodyFound)-1].Last}); !d.IsZero() {
		return ""
	}
	for _, segment := range strings.Split(strings.ToLower(p.path()), "/") {
		if slices.Contains(listingPaths, segment) {
			return fmt.Sprintf("a short text beside %d headlines below /%s/: a listing", n, segment)
		}
	}
	if n >= minSectionHeadlines && dom.Words(a.Title) <= maxSectionTitle {
		return fmt.Sprintf("a short text under a short title beside %d headlines: a listing", n)
	}
	return ""
}

// listing recognizes a page that leads to articles, among those that do not declare
// that they are one: the site's front page, a declared collection, a text of teasers.
func (p *page) listing() string {
	d := p.declarations()
	if p.frontPage() && (d.IsCollection || len(p.result.Headlines) > 0) {
		return "a site's front page"
	}
	teasers, of := p.teasers()
	if d.IsCollection && (teasers >= 2 || len(p.result.Headlines) >= list.MinEntries) {
		return "the page declares that it is a collection"
	}
	if teasers >= 3 && 2*teasers >= of {
		return fmt.Sprintf("%d of %d paragraphs are teasers below linked titles: a listing", teasers, of)
	}
	if n, text := p.moreLinks(); n >= 3 && 3*n >= of {
		return fmt.Sprintf("%d links between the paragraphs say %.40q: a listing", n, text)
	}
	return ""
}

// frontPage reports whether the URL is that of a site's front page. With a query it
// may be that of an article.
func (p *page) frontPage() bool {
	if !strings.HasPrefix(p.in.URL, "http") || strings.Contains(p.in.URL, "?") {
		return false
	}
	path := strings.Trim(p.path(), "/")
	return path == "" || path == "index.html" || path == "index.php"
}

// leadsToPage reports whether the link a leads to another page of the site, rather than
// to a part of this one: a picture, a place to reply, a fragment.
func (p *page) leadsToPage(a int32) bool {
	to := p.urls.Target(a).Href
	own, _, _ := strings.Cut(p.in.URL, "#")
	own, _, _ = strings.Cut(own, "?")
	return to != "" && siteName(to) == siteName(p.in.URL) && (!strings.HasPrefix(to, own) || strings.HasSuffix(own, "/"))
}

// moreLinks counts the lines between the paragraphs of the body that are links with
// one text and different targets: "Read more". It returns the commonest text.
func (p *page) moreLinks() (most int, text string) {
	if len(p.bodyFound) < list.MinEntries {
		return 0, ""
	}
	t := p.tree
	lines := p.tree.Lines()
	targets := map[string]map[string]bool{}
	begin, end := p.bodyFound[0].First, t.Len()
	if up := t.Common(begin, p.bodyFound[len(p.bodyFound)-1].Last); up >= 0 {
		end = t.End[up]
	}
	for k := t.LineFrom(begin); k < len(lines) && lines[k].First < end; k++ {
		l := &lines[k]
		if l.Link < len(l.Text) || len(l.Text) > dom.MaxLabel {
			continue
		}
		a := t.Closest(l.First, atom.A)
		if a < 0 || !p.leadsToPage(a) {
			continue
		}
		if targets[l.Text] == nil {
			targets[l.Text] = map[string]bool{}
		}
		targets[l.Text][dom.Attr(t.Nodes[a], "href")] = true
		if n := len(targets[l.Text]); n > most {
			most, text = n, l.Text
		}
	}
	return most, text
}

// teasers counts the paragraphs of the body right below a linked title, and all paragraphs.
func (p *page) teasers() (n, of int) {
	t := p.tree
	lines := p.tree.Lines()
	for k := range lines {
		l := &lines[k]
		if !p.inBody(l) {
			continue
		}
		of++
		for b := k - 1; b >= max(0, k-3); b-- {
			up := &lines[b]
			linked := 10*up.Link >= 9*len(up.Text) && dom.TitleLike(up.Text)
			if linked && (p.isAside(up.First) || t.HeadingAround(up.Owner)) {
				n++
				break
			}
			if up.Running() {
				break
			}
		}
	}
	return n, of
}

// inBody reports whether a line is running text of the body.
func (p *page) inBody(l *dom.Line) bool {
	k := sort.Search(len(p.bodyFound), func(k int) bool { return p.bodyFound[k].First > l.First }) - 1
	return k >= 0 && l.Last <= p.bodyFound[k].Last && len(l.Text) >= dom.MinSentence/2
}

// errorTitles are the titles of pages that report an error or bar access, errorParts
// parts of such titles.
var (
	errorTitles = []string{"error", "page not found", "not found", "forbidden", "access denied", "service unavailable",
		"bad gateway", "oops", "sorry", "just a moment", "are you a robot",
		"attention required", "security check", "log in", "login", "sign in", "maintenance", "unavailable",
		"age verification", "bot verification", "one more step", "please wait"}
	errorParts = dom.NewPhrases("403 forbidden", "500 internal", "502 bad", "503 service", "451: unavailable",
		"page not found", "page introuvable", "page cannot be found", "page doesn't exist", "page does not exist",
		"nicht gefunden", "no encontrada", "não encontrada", "nao encontrada",
		"non trovata", "niet gevonden", "nie znaleziono", "nie została znaleziona", "не найдена", "не знайдено",
		"bulunamadı", "tapılmadı", "topilmadi", "hittades inte", "ikke funnet", "ikke fundet", "sivua ei löydy",
		"nem található",
		"stránka nenalezena", "pagina nu a fost găsită", "غير موجودة", "یافت نشد", "ページが見つかりません", "找不到", "页面不存在",
		"페이지를 찾을 수 없", "enable javascript", "unusual traffic", "verify you are human", "access denied",
		"attention required",
		"you have been blocked", "are you over 18", "before you continue", "your privacy choices", "we value your privacy")
)

// absentParts are parts of short texts and titles that say that a page does not exist
// or was removed, barredParts of those that keep readers from it: by a check, a
// country, a consent wall, a browser.
var (
	absentParts = dom.NewPhrases("page you are looking for", "page you're looking for", "page you were looking for",
		"page you requested", "requested page", "article you are looking for", "article is no longer available",
		"article has been removed", "content is no longer available", "story is no longer available",
		"page no longer exists", "page has been removed", "page doesn't exist", "page does not exist",
		"page can't be found", "page could not be found", "page isn't available", "page is not available",
		"page is no longer available", "find the page", "find that page",
		"artikel nicht mehr verfügbar", "artikel ist nicht mehr", "artikel ist leider nicht mehr",
		"seite existiert nicht", "seite wurde nicht gefunden", "gesuchte seite", "gewünschte seite", "angeforderte seite",
		"gewünschte artikel", "gesuchte artikel", "inhalt ist nicht mehr verfügbar", "beitrag ist nicht mehr verfügbar",
		"page n'existe plus", "page n'existe pas", "page n’existe plus", "page n’existe pas", "page que vous recherchez",
		"page que vous cherchez", "page demandée", "contenu que vous cherchez", "article n'est plus",
		"article n’est plus", "contenu n'est plus disponible",
		"página no existe", "página ya no existe", "página que buscas", "página que busca", "página que está buscando",
		"página solicitada", "contenido que busca", "artículo ya no está disponible", "contenido ya no está disponible",
		"página não existe", "página que você", "página que procura", "página solicitada", "não está mais disponível",
		"conteúdo não encontrado", "pagina non esiste", "pagina che cerchi", "pagina che stai cercando",
		"pagina richiesta", "articolo non è più disponibile",
		"pagina bestaat niet", "pagina die je zoekt", "pagina die u zoekt", "artikel is niet meer beschikbaar",
		"strona nie istnieje", "strona, której szukasz", "artykuł nie jest już dostępny", "artykuł został usunięty",
		"страница не найдена", "страница не существует", "страница была удалена", "страница удалена", "вами страница",
		"запрашиваемая страница", "запрашиваемой страницы", "такой страницы", "страницы не существует", "материал удалён",
		"материал удален", "материал не найден",
		"сторінку не знайдено", "сторінка не існує", "сторінки не існує", "запитувана сторінка", "матеріал видалено",
		"страницата не е намерена", "страницата не съществува", "stranica nije pronađena", "stranica ne postoji",
		"страница није пронађена",
		"aradığınız sayfa", "aradığınız haber", "haber bulunamadı", "axtardığınız səhifə", "səhifə tapılmadı",
		"xəbər tapılmadı", "siz axtaran səhifə", "stránka neexistuje", "požadovaná stránka", "a keresett oldal",
		"pagina căutată", "pagina nu există",
		"sidan finns inte", "sidan kunde inte", "siden finnes ikke", "siden findes ikke", "siden blev ikke",
		"etsimääsi sivua", "sivua ei löyty", "η σελίδα δεν", "გვერდი ვერ მოიძებნა", "էջը չի գտնվել",
		"halaman tidak ditemukan", "halaman yang anda cari", "không tìm thấy trang", "trang bạn tìm",
		"الصفحة غير موجودة", "الصفحة المطلوبة", "الصفحة التي تبحث", "صفحه مورد نظر", "העמוד לא נמצא", "הדף לא נמצא",
		"पेज नहीं मिला", "您访问的页面", "頁面不存在", "文章不存在", "文章已被删除", "お探しのページ", "記事は削除", "公開を終了", "요청하신 페이지", "존재하지 않는 페이지",
		"ไม่พบหน้า")
	barredParts = dom.NewPhrases("enable javascript", "javascript is disabled", "javascript is required",
		"javascript and cookies", "please turn on javascript", "activez javascript", "javascript aktivieren",
		"habilite javascript", "включите javascript",
		"you have been blocked", "access to this page has been denied", "unusual traffic", "verify you are human",
		"verify that you are human", "you are not a robot", "not a bot", "complete the captcha",
		"security service to protect itself",
		"unavailable due to legal reasons", "not available in your country", "not available in your region",
		"access this website from a country", "unavailable in most european", "unavailable in your region",
		"store and access information on a device", "store and/or access information", "and our partners store",
		"partners store and", "wir und unsere partner", "nos partenaires stockons", "nosotros y nuestros socios",
		"noi e i nostri partner", "wij en onze partners", "my i nasi partnerzy",
		"at least 18 years", "at least eighteen years", "over the age of 18", "meant for adults only", "mindestens 18 jahre alt",
		"mayor de 18 años")
)

// offerTitles begin the titles of pages on which readers can sign up.
var offerTitles = []string{"sign up for", "sign up to", "subscribe to", "subscribe now", "our newsletter",
	"join our newsletter", "newsletter abonnieren", "newsletter bestellen", "jetzt abonnieren", "abonnez-vous",
	"inscrivez-vous", "suscríbe", "suscribir", "inscreva-se", "assine ", "iscriviti", "abonneer u", "подпишитесь",
	"подписка на"}

// siteTitles are the titles of pages about the site itself.
var siteTitles = []string{"privacy policy", "privacy notice", "cookie policy", "terms of use", "terms of service",
	"terms and conditions", "about us", "contact us", "contact", "imprint", "advertise with us",
	"impressum", "datenschutz", "datenschutzerklärung", "agb", "kontakt", "über uns", "mentions légales",
	"politique de confidentialité", "qui sommes-nous", "nous contacter", "aviso legal", "política de privacidad",
	"quiénes somos", "contacto",
	"política de privacidade", "quem somos", "contato", "contatti", "chi siamo", "informativa sulla privacy",
	"privacyverklaring", "over ons", "polityka prywatności", "o nas", "regulamin",
	"политика конфиденциальности", "о нас", "контакты", "о редакции", "контакти", "про нас", "gizlilik politikası",
	"hakkımızda", "iletişim", "künye", "haqqımızda", "əlaqə", "اتصل بنا", "من نحن", "سياسة الخصوصية", "درباره ما",
	"تماس با ما", "关于我们", "联系我们", "プライバシーポリシー", "お問い合わせ", "회사소개"}

// listingPaths are segments in the paths of pages that lead to articles.
var listingPaths = []string{"tag", "tags", "category", "categories", "author", "authors", "autor", "autoren",
	"autore", "auteur", "topic", "topics", "thema", "search", "suche", "buscar", "recherche", "archive", "archives",
	"archiv", "label", "etiqueta", "etiquetas", "rubric", "rubrika", "profile", "user", "users"}
