package site

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
		"": false, "News": false, "404 people vote in Denbury": true, // fetched only of pages without an article
		"4040 trees planted": false, "Rescuers: black box not found": false, "Missing page of the constitution found in attic": false,
		"Document found in attic": false, "Story removed by censors": false, "Page turns for the border towns": false, "Article 410 of the treaty": false, "Latest news | The Lantern": false,
		"Page not found " + strings.Repeat("in the archive of the port ", 5): false,
	} {
		if got := SaysMissing(title); got != want {
			t.Errorf("%q: %t, want %t", title, got, want)
		}
	}
}

func TestMissingPage(t *testing.T) {
	for _, tt := range []struct {
		name, page string
		want       bool
	}{
		{"title", "<!DOCTYPE html><html><head><title>Page not found &ndash; The Lantern</title></head><body><h1>Oh no</h1></body></html>", true},
		{"first heading", "<title>The Lantern</title><h1 class=big>404<br>Page <b>not</b> found</h1>", true},
		{"a later heading", "<title>The Lantern</title><h1>News</h1><h1>Page not found</h1>", false},
		{"in the text", "<title>The Lantern</title><h1>News</h1><p>Page not found</p>", false},
		{"in a script", "<title>The Lantern</title><script>'<h1>Page not found</h1>'</script><h1>News</h1>", false},
		{"heading that is not closed", "<title>The Lantern</title><h1>Page not found", true},
		{"long heading that is not closed", "<h1>Page not found" + strings.Repeat(" in the archive", 100_000), false},
		{"no heading", "<title>The Lantern</title><p>News</p>", false},
		{"no bytes", "", false},
	} {
		if got := MissingPage([]byte(tt.page)); got != tt.want {
			t.Errorf("%s: %t, want %t", tt.name, got, tt.want)
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
