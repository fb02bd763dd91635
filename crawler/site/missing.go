package site

import (
	"bytes"
	"regexp"
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxNotice bounds the title of a missing page, in bytes.
const maxNotice = 120

// notices matches the beginning of the title of a missing page, in lower case, after an
// optional word of regret. It is applied to each part of a title between separators.
var notices = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:(?:oops|sorry|ups|hoppla|désolé)[!,.… ]*)?(?:` + strings.Join([]string{
		`(?:(?:error|http|fehler|erreur|erro|ошибка|помилка|błąd|hata|xəta|შეცდომა)[ :]*)?(?:404|410)(?:$|[^0-9\pL])`,
		`(?:(?:the|this|that|your|requested) )*(?:page|article|story|content|document|file)s?(?: you requested| you are looking for)? (?:` + strings.Join([]string{
			`(?:was |is |were |could |can |does |has )?not (?:be |been )?(?:found|exist|available)`,
			`(?:cannot|can't|can’t|couldn't|couldn’t) be found`, `(?:doesn't|doesn’t) exist`,
			`(?:was |is |were |has been |have been )?(?:removed|deleted|unavailable)$`, `(?:is )?no longer (?:available|exists)`,
		}, "|") + `)`,
		`not found$`, `nothing found$`, `no such page`, `no page found`,
		`(?:die |diese )?seite (?:wurde |konnte |ist )?(?:leider )?nicht (?:gefunden|vorhanden|verfügbar)`,
		`page (?:introuvable|non trouvée|inexistante)`, `(?:la )?página no (?:encontrada|existe|disponible)`, `página não (?:encontrada|existe)`,
		`pagina non trovata`, `pagina niet gevonden`, `pagina nu (?:a fost găsită|există)`,
		`(?:страница|статья|запрашиваемая страница) не (?:найдена|существует)`, `сторінку не знайдено`, `сторінка не знайдена`, `старонка не знойдзена`,
		`strona nie (?:została znaleziona|istnieje)`, `nie znaleziono strony`, `stránka (?:nenalezena|nebyla nalezena|neexistuje)`,
		`sidan (?:hittades inte|kunde inte hittas|finns inte)`, `siden (?:ble |blev )?ikke (?:funnet|fundet)`, `sivua ei löy(?:dy|tynyt)`,
		`(?:sayfa|aradığınız sayfa) bulunamadı`, `səhifə (?:tapılmadı|mövcud deyil)`, `გვერდი (?:ვერ მოიძებნა|არ მოიძებნა|არ არსებობს)`, `էջը չի գտնվել`,
		`η σελίδα δεν βρέθηκε`, `az oldal nem található`, `halaman tidak ditemukan`,
		`الصفحة غير موجودة`, `صفحه یافت نشد`, `הדף לא נמצא`, `页面(?:不存在|未找到)`, `頁面不存在`, `ページが見つかりません`, `페이지를 찾을 수 없습니다`,
	}, "|") + `)`)
})

// separators separate the name of a page from that of its site.
var separators = regexp.MustCompile(`\s+[-–—|·•»«:/]+\s+`)

// MissingPage reports whether an HTML page, in UTF-8, says in its title or its
// first heading that it does not exist; see SaysMissing.
func MissingPage(page []byte) bool {
	z := html.NewTokenizer(bytes.NewReader(page))
	var within atom.Atom // title, h1, or 0
	var text strings.Builder
	for {
		switch z.Next() {
		case html.ErrorToken:
			return SaysMissing(html.UnescapeString(text.String()))
		case html.StartTagToken:
			name, _ := z.TagName()
			switch a := atom.Lookup(name); {
			case within != 0:
				text.WriteByte(' ') // a line break, perhaps
			case a == atom.Title || a == atom.H1:
				within = a
			}
		case html.TextToken: // unescaped in the end
			if within != 0 && text.Len() <= 2*maxNotice {
				text.Write(z.Text())
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if within == 0 || atom.Lookup(name) != within {
				continue
			}
			if SaysMissing(html.UnescapeString(text.String())) {
				return true
			}
			if within == atom.H1 {
				return false
			}
			within = 0
			text.Reset()
		}
	}
}

// SaysMissing reports whether the title or heading of a page says that the page does not
// exist, in one of about thirty languages. It serves to recognise missing pages with
// status 200. News can be about missing pages, so it must only be called for pages
// without an article.
func SaysMissing(title string) bool {
	title = strings.ToLower(strings.Join(strings.Fields(title), " "))
	if title == "" || len(title) > maxNotice {
		return false
	}
	for _, part := range separators.Split(title, -1) {
		if notices().MatchString(part) {
			return true
		}
	}
	return false
}
