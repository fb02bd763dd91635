package wall

import "testing"

// BenchmarkLook judges the saved real articles, with their titles as links.
func BenchmarkLook(b *testing.B) {
	benchmark(b, func(p Page) {
		if v := Look(p); v.Sure {
			b.Errorf("%s is taken for a wall: %+v", p.URL, v)
		}
	})
}

func BenchmarkFurther(b *testing.B) {
	benchmark(b, func(p Page) {
		if next, ok := Further(p.Doc(), p.URL, Part{URL: p.URL, Number: 1}); ok && next.Number != 2 {
			b.Errorf("%s goes on at %+v", p.URL, next)
		}
	})
}

// benchmark calls f for one article an iteration.
func benchmark(b *testing.B, f func(Page)) {
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
		f(pages[i%len(pages)])
		i++
	}
}
