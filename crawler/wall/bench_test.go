package wall

import "testing"

// BenchmarkLook judges the saved real articles, with their titles as links.
func BenchmarkLook(b *testing.B) {
	var pages []Page
	for i, s := range savedPages(b) {
		if i%4 != 0 {
			continue
		}
		if p, ok := s.read(b); ok {
			p.SiteHasDates, p.SiteHasAuthors, p.LinkTitle = true, true, p.Title
			pages = append(pages, p)
		}
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		p := pages[i%len(pages)]
		if v := Look(p); v.Sure {
			b.Errorf("%s is taken for a wall: %+v", p.URL, v)
		}
		i++
	}
}
