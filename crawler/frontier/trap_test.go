package frontier

import (
	"fmt"
	"strings"
	"testing"
)

func TestShapeOf(t *testing.T) {
	for _, tt := range []struct{ name, url, want string }{
		{"a last segment", "http://a.example/news/walk/17", "/news/walk/*"},
		{"a slug", "http://a.example/news/walk/ferry-sails", "/news/walk/*"},
		{"a folder", "http://a.example/news/walk/17/", "/news/walk/*/"},
		{"digits on the way", "http://a.example/2023/07/s1f00/13", "/#/#/#/*"},
		{"a query", "http://a.example/news/walk?sid=7", "/news/*?"},
		{"another query", "https://b.example/news/walk?f=1&g=2", "/news/*?"},
		{"the root", "http://a.example/", "/"},
		{"nothing", "http://a.example", "/"},
	} {
		if got := shapeOf(tt.url); got != tt.want {
			t.Errorf("%s: shapeOf(%s) = %s, want %s", tt.name, tt.url, got, tt.want)
		}
	}
}

func TestAlike(t *testing.T) {
	text := strings.Repeat("The council has met in the town hall and agreed on a new roof for the school at last. ", 3)
	other := "A ferry will sail twice a day from the eastern quay to the islands, a spokeswoman for the port said before some forty guests."
	for _, tt := range []struct {
		name, a, b string
		want       bool
	}{
		{"the same", text, text, true},
		{"other numbers", text + "Day 17 of 2023.", text + "Day 18 of 2024.", true},
		{"another month", text + "It was July.", text + "It was August.", true},
		{"another order", "one two three four five", "five four three two one", true},
		{"another article", text, other, false},
		{"nothing", "", "", true},
		{"numbers alone", "17", "18 19", true},
		{"nothing and something", "", text, false},
		{"another word of five", "one two three four five", "one two three four six", false},
		{"Japanese, another number", "港湾当局は月曜日、新しい船が三日に出ると発表した。1", "港湾当局は月曜日、新しい船が三日に出ると発表した。2", true},
		{"Japanese, another text", "港湾当局は月曜日、新しい船が最初の航海に向けて準備を終えた", "島の住民は何年もこの日を待っていた。古い船は夏しか運航せず", false},
	} {
		if got := WordsOf(tt.a).similar(WordsOf(tt.b)); got != tt.want {
			t.Errorf("%s: like = %v, want %v", tt.name, got, tt.want)
		}
		if got := WordsOf(tt.b).similar(WordsOf(tt.a)); got != tt.want {
			t.Errorf("%s, the other way: like = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestFamilyTurnsOutEndless(t *testing.T) {
	same := func(int) string { return "An archive of days, this is one of them" }
	turns := func(n int) string {
		return []string{"An archive of days, this is one of them", "Nothing happened here, and nothing will"}[n%2]
	}
	other := func(n int) string { return strings.Repeat(string(rune('a'+n%26)), 1+n/26) }
	often := func(n int) string {
		if n%TrapRun == TrapRun-1 {
			return "Among them is an article"
		}
		return same(n)
	}
	for _, tt := range []struct {
		name string
		text func(n int) string
		at   int // the page with which it turns out, from 1; 0 = never
	}{
		{"all similar", same, TrapRun + 1},
		{"two kinds in turn", turns, TrapRun + 2},
		{"all different", other, 0},
		{"an article among them", often, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var f Traps
			at := 0
			for n := range 200 {
				if f.reveals("site /news/*", WordsOf(tt.text(n))) {
					if at != 0 {
						t.Errorf("turned out again with page %d", n+1)
					}
					at = n + 1
				}
			}
			if at != tt.at {
				t.Errorf("turned out a trap with page %d, want %d", at, tt.at)
			}
			for _, c := range []struct {
				url   string
				depth int
				want  bool
			}{
				{"http://a.example/news/x", 2, tt.at > 0},
				{"http://a.example/news/x", 1, false}, // named by a listing
				{"http://a.example/sport/x", 2, false},
			} {
				if got := f.Trapped("site", c.url, c.depth); got != c.want {
					t.Errorf("Trapped(%s, depth %d) = %v, want %v", c.url, c.depth, got, c.want)
				}
			}
			if f.Trapped("other", "http://a.example/news/x", 2) {
				t.Error("the trap of a site counts for another")
			}
		})
	}
}

func TestShapesAreBounded(t *testing.T) {
	var f Traps
	for n := range maxShapes + 10 {
		f.reveals(fmt.Sprint(n), WordsOf())
	}
	if len(f.shapes) != maxShapes {
		t.Errorf("%d shapes are watched, want %d", len(f.shapes), maxShapes)
	}
}

func BenchmarkWordsOf(b *testing.B) {
	text := strings.Repeat("The council has met in the town hall and agreed on a new roof for the school at last. ", 60)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if len(*WordsOf(text)) == 0 {
			b.Fatal("no words")
		}
	}
}

func TestGrows(t *testing.T) {
	for _, tt := range []struct {
		name, url, page string
		want            bool
	}{
		{"below the page", "http://a.example/news/1/x", "http://a.example/news/1", true},
		{"below the folder of the page", "http://a.example/news/x/2", "http://a.example/news/1", true},
		{"with slashes at the end", "http://a.example/news/1/x/", "http://a.example/news/1/", true},
		{"beside the page", "http://a.example/news/2", "http://a.example/news/1", false},
		{"in another folder", "http://a.example/sport/x/2", "http://a.example/news/1", false},
		{"from a page in no folder", "http://a.example/news/2", "http://a.example/1", false},
		{"the query grows", "http://a.example/news/1?a=1/2/3", "http://a.example/news/1", false},
		{"shorter", "http://a.example/news", "http://a.example/news/1", false},
	} {
		if got := grows(tt.url, tt.page); got != tt.want {
			t.Errorf("%s: grows(%s, %s) = %v, want %v", tt.name, tt.url, tt.page, got, tt.want)
		}
	}
}
