package crawler_test

import "testing"

// TestPrintPageIsNotAsked: what an article names as its AMP or print page is
// never fetched, wherever it is linked afterwards.
func TestPrintPageIsNotAsked(t *testing.T) {
	for _, tt := range []struct{ name, link, path string }{
		{"amp", `<link rel="amphtml" href="/amp/story-1">`, "/amp/story-1"},
		{"print", `<link rel="alternate" media="print" href="/print/story-1">`, "/print/story-1"},
		{"print by a parameter", `<link rel="alternate" type="text/html" media=" Print " href="?print=1">`, "/story-1?print=1"},
		{"both", `<link rel=amphtml href="/amp/story-1"><link rel=alternate media=print href="/print/story-1">`, "/print/story-1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, site("news", "news.example/"))
			s.web.put("news.example/", list("", "/story-1"))
			s.web.put("news.example/story-1", article("one", tt.link))
			s.web.put("news.example"+tt.path, article("one", ""))
			sum := s.crawl()
			exits(t, sum, 0)
			s.web.put("news.example/", list("", "/story-1", tt.path))
			exits(t, s.crawl(), 0)
			s.fetched("news.example/", "news.example/", "news.example/story-1")
			s.writes("article http://news.example/story-1")
			counts(t, "disputed", sum.Totals.Disputed, 0)
		})
	}
}

// TestFormsThatAreNotBelieved: a page that calls another article, the front
// page, a listing or another site its AMP or print page hides none of them.
func TestFormsThatAreNotBelieved(t *testing.T) {
	for _, tt := range []struct {
		name, link string
		disputed   int
	}{
		{"another article as print page", `<link rel=alternate media=print href="/2">`, 1},
		{"another article as AMP page", `<link rel=amphtml href="/2">`, 1},
		{"the front page", `<link rel=alternate media=print href="/">`, 1},
		{"another site", `<link rel=alternate media=print href="http://other.example/1">`, 1},
		{"a script", `<link rel=alternate media=print href="javascript:print()">`, 0},
		{"a style sheet", `<link rel=stylesheet media=print href="/2">`, 0},
		{"an alternate style sheet", `<link rel="alternate stylesheet" media=print href="/2">`, 0},
		{"another language", `<link rel=alternate hreflang=de href="/2">`, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, site("news", "news.example/"))
			s.web.newspaper("news.example", 2)
			s.web.put("news.example/1", article("one", tt.link))
			sum := s.crawl()
			exits(t, sum, 0)
			s.fetched("news.example/", "news.example/1", "news.example/2")
			s.writes("article http://news.example/1", "article http://news.example/2")
			counts(t, "disputed", sum.Totals.Disputed, tt.disputed)
		})
	}
}
