package extract

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
)

// refusal says why the page is no article, "" when it is one: a title, and a
// text or a declaration that it is one, and nothing that says it is a listing
// or an error page.
func (p *page) refusal(a *Article) string {
	switch {
	case a.Title == "":
		return "no title"
	case strings.HasPrefix(p.result.Rules["content_text"], "selector"):
		return ""
	}
	d := p.declarations()
	if why := p.errorPage(a); why != "" {
		return why
	}
	switch {
	case len(a.Paragraphs) > 0 && d.isArticle:
		return ""
	case len(a.Paragraphs) > 0 && d.others > 0:
		return "the page declares several articles, none of them its own"
	case len(a.Paragraphs) > 0:
		return p.listing(a)
	case d.isArticle && len(p.result.Headlines) < 8:
		return ""
	}
	if n := len(p.result.Headlines); n >= minListEntries {
		return fmt.Sprintf("no text beside %d headlines: a listing", n)
	}
	return "no text that reads like one"
}

// errorTitles are the titles of pages that say that there is no page, or no
// access to it; errorParts are parts of such titles.
var (
	errorTitles = []string{"error", "page not found", "not found", "forbidden", "access denied", "service unavailable", "bad gateway", "oops", "sorry", "just a moment", "are you a robot",
		"attention required", "security check", "log in", "login", "sign in", "maintenance"}
	errorParts = newParts("404", "403 forbidden", "500 internal", "502 bad", "503 service", "page not found", "page introuvable", "page cannot be found", "page doesn't exist", "page does not exist", "nicht gefunden", "no encontrada", "não encontrada", "nao encontrada",
		"non trovata", "niet gevonden", "nie znaleziono", "nie została znaleziona", "не найдена", "не знайдено", "bulunamadı", "tapılmadı", "topilmadi", "hittades inte", "ikke funnet", "ikke fundet", "sivua ei löydy", "nem található",
		"stránka nenalezena", "pagina nu a fost găsită", "غير موجودة", "یافت نشد", "ページが見つかりません", "找不到", "页面不存在", "페이지를 찾을 수 없", "enable javascript", "unusual traffic", "verify you are human", "access denied", "attention required")
)

// maxErrorText is the longest text, in characters, that an error page has.
const maxErrorText = 900

// errorPage recognises a page that tells of an error, whatever its status was.
func (p *page) errorPage(a *Article) string {
	size := 0
	for _, s := range a.Paragraphs {
		size += utf8.RuneCountInString(s)
	}
	if size > maxErrorText {
		return ""
	}
	for _, title := range []string{a.Title, p.declarations().pageTitle} {
		low := strings.ToLower(title)
		// a long title that holds such words may tell of them
		if among(strings.Trim(low, ".!?… "), errorTitles) || errorParts.in(low) && (words(title) <= 7 || strings.HasPrefix(low, "404")) {
			return fmt.Sprintf("an error page, titled %.60q", title)
		}
	}
	return ""
}

// listing recognises a page that leads to articles and is none, among those
// that do not declare to be one: the site's front page, a declared collection,
// a text that consists of teasers.
func (p *page) listing(a *Article) string {
	d := p.declarations()
	if path := strings.Trim(p.path(), "/"); path == "" && strings.HasPrefix(p.in.URL, "http") || path == "index.html" || path == "index.php" {
		if d.collection || len(p.result.Headlines) > 0 {
			return "a site's front page"
		}
	}
	teasers, of := p.teasers()
	if d.collection && (teasers >= 2 || len(p.result.Headlines) >= minListEntries) {
		return "the page declares that it is a collection"
	}
	if teasers >= 3 && 2*teasers >= of {
		return fmt.Sprintf("%d of %d paragraphs are teasers below linked titles: a listing", teasers, of)
	}
	return ""
}

// teasers counts the paragraphs of the body that stand right below a linked
// title, and all of them.
func (p *page) teasers() (n, of int) {
	t := p.tree
	lines := p.lines()
	for k := range lines {
		l := &lines[k]
		if !p.inBody(l) {
			continue
		}
		of++
		for b := k - 1; b >= max(0, k-3); b-- {
			if up := &lines[b]; 10*up.link >= 9*len(up.text) && titleLike(up.text) && (p.isAside(up.first) || heading(t.nodes[up.owner].DataAtom) || headingAround(t, up.owner)) {
				n++
				break
			} else if up.running() {
				break
			}
		}
	}
	return n, of
}

func headingAround(t *tree, i int32) bool {
	for up := 0; up < 3 && i >= 0; up++ {
		switch t.nodes[i].DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			return true
		}
		i = t.parent[i]
	}
	return false
}

// inBody reports a line of running text within the body that was found.
func (p *page) inBody(l *line) bool {
	k := sort.Search(len(p.bodyFound), func(k int) bool { return p.bodyFound[k].first > l.first }) - 1
	return k >= 0 && l.last <= p.bodyFound[k].last && len(l.text) >= minSentence/2
}

// stemLength is how many characters of a word are compared, whatever its ending;
// shorter words are not.
const stemLength = 5

// eachStem calls f for the beginnings of the longer words of s, in lower case,
// until it returns false.
func eachStem(s string, f func(stem string) bool) bool {
	low := strings.ToLower(s)
	n, from, end := 0, 0, 0
	for i, r := range low {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			if n == 0 {
				from = i
			}
			if n++; n == stemLength {
				end = i + utf8.RuneLen(r)
			}
			continue
		}
		if n >= stemLength && !f(low[from:end]) {
			return false
		}
		n = 0
	}
	return n < stemLength || f(low[from:end])
}

// Bounds of what is compared, in words.
const (
	minSloganStems  = 3
	minArticleStems = 10
	maxStems        = 60
)

// slogan reports a description that has nothing to do with the article: of its
// longer words, three or more, none stands there. Scripts without spaces are
// not judged.
func slogan(s string, a *Article) bool {
	if wideText(s) {
		return false
	}
	var stems []string
	eachStem(s, func(stem string) bool {
		stems = append(stems, stem)
		return len(stems) < maxStems
	})
	if len(stems) < minSloganStems {
		return false
	}
	var said []string
	other := func(stem string) bool {
		if len(said) < minArticleStems && !among(stem, said) {
			said = append(said, stem)
		}
		return !among(stem, stems)
	}
	if !eachStem(a.Title, other) {
		return false
	}
	for _, text := range a.Paragraphs {
		if !eachStem(text, other) {
			return false
		}
	}
	return len(said) >= minArticleStems
}
