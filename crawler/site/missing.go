package site

import (
	"bytes"
	"regexp"
	"strings"
	"sync"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxNotice bounds a title that says no more than that there is no page.
const maxNotice = 120

// notices are what pages that do not exist are called, in lower case, behind a
// word of regret. A part of the title, between its separators, begins so.
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

// separators stand between a page's name and that of its site.
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

// SaysMissing reports whether the title or heading of a page says that there is
// no such page, in one of some thirty languages: a page that was answered with
// 200 and exists no more than one answered with 404. News may be about pages
// that were not found, so it is to be asked only about pages in which no
// article was found.
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
