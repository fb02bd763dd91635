package source

import (
	"strings"
	"testing"
)

func TestSaysMissing(t *testing.T) {
	for title, want := range map[string]bool{
		"404": true, "Error 404": true, "404 Not Found": true, "HTTP 410: Gone": true, "404 - Page not found": true, "404!": true,
		"Page not found": true, "Page not found | The Lantern": true, "The Lantern – Page not found": true, "Page  Not\nFound": true,
		"Sorry, the page you requested could not be found.": true, "This page does not exist": true, "The article is no longer available": true,
		"Oops! This page can’t be found": true, "This story has been removed": true, "Nothing found": true,
		"Seite nicht gefunden": true, "Diese Seite wurde leider nicht gefunden | Blatt": true, "Page introuvable - Le Journal": true, "Página no encontrada": true,
		"Страница не найдена": true, "Ошибка 404": true, "Сторінку не знайдено": true, "Səhifə tapılmadı": true, "გვერდი ვერ მოიძებნა": true, "Sayfa bulunamadı": true,
		"الصفحة غير موجودة": true, "页面不存在": true, "ページが見つかりません": true,
		"": false, "News": false, "404 people vote in Denbury": true, // asked only of pages without an article
		"4040 trees planted": false, "Rescuers: black box not found": false, "Missing page of the constitution found in attic": false,
		"Document found in attic": false, "Story removed by censors": false, "Page turns for the border towns": false, "Article 410 of the treaty": false, "Latest news | The Lantern": false,
		"Page not found " + strings.Repeat("in the archive of the port ", 5): false,
	} {
		if got := SaysMissing(title); got != want {
			t.Errorf("%q: %t, want %t", title, got, want)
		}
	}
}

// FuzzSaysMissing: the judgement does not depend on case, space and the site's
// name behind it.
func FuzzSaysMissing(f *testing.F) {
	f.Add("Page not found")
	f.Add("Error 404: gone")
	f.Add("News from the valley")
	f.Fuzz(func(t *testing.T, title string) {
		got := SaysMissing(title)
		if spaced := "\n " + strings.ReplaceAll(title, " ", "\t ") + " "; SaysMissing(spaced) != got {
			t.Fatalf("%q: %t, with more space %t", title, got, !got)
		}
		if got && !SaysMissing(title+" | A") && len(title) < maxNotice-20 {
			t.Fatalf("%q: %t, with the name of a site it is not", title, got)
		}
	})
}
