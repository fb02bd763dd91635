package demosite

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestEqualOptionsMakeEqualWorlds(t *testing.T) {
	o := Options{Sites: 3, Articles: 200, Seed: 7}
	one, two := New(o), New(o)
	one.Publish(30)
	for range 30 {
		two.Publish(1)
	}
	if a, b := one.Articles(), two.Articles(); !reflect.DeepEqual(a, b) {
		t.Error("two worlds of the same options differ after publishing 30 articles at once and one by one")
	}
	if slices.Equal(titlesOf(New(Options{Seed: 7})), titlesOf(New(Options{Seed: 8}))) {
		t.Error("worlds of different seeds have equal titles")
	}
}

func titlesOf(w *World) (list []string) {
	for _, a := range w.Articles() {
		list = append(list, a.Title)
	}
	return list
}

// shares counts the special articles of a world.
type shares struct{ copies, sameTitle, redirects, views int }

func sharesOf(list []Article) (n shares) {
	firsts := map[int]string{} // text -> title of its first article
	for _, a := range list {
		first, known := firsts[a.Text]
		if known {
			n.copies++
		} else {
			firsts[a.Text] = a.Title
		}
		if known && first == a.Title {
			n.sameTitle++
		}
		if a.Redirect != "" {
			n.redirects++
		}
		if a.View != "" {
			n.views++
		}
	}
	return n
}

func TestSpecialArticlesOfAWorld(t *testing.T) {
	w := New(Options{Sites: 3, Articles: 2000, Seed: 1})
	w.Publish(100)
	n, perSite := sharesOf(w.Articles()), map[int]int{}
	for _, a := range w.Articles() {
		perSite[a.Site]++
	}
	for _, c := range []struct {
		what     string
		got      int
		min, max int
	}{
		{"copies", n.copies, 120, 220},
		{"copies with the title of the original", n.sameTitle, 50, 120},
		{"redirects", n.redirects, 70, 140},
		{"second views", n.views, 35, 90},
		{"articles of the smallest site", min(perSite[0], perSite[1], perSite[2]), 600, 700},
	} {
		if c.got < c.min || c.got > c.max {
			t.Errorf("%d %s of 2100 articles, want %d to %d", c.got, c.what, c.min, c.max)
		}
	}
}

func TestArticlesOfAWorld(t *testing.T) {
	w := New(Options{Sites: 3, Articles: 2000, Seed: 1})
	w.Publish(100)
	titles, perSite := map[string]int{}, map[int]int{}
	for i, a := range w.Articles() {
		if i > 0 && !w.all[i-1].Date.Time.Before(a.Date.Time) && w.all[i-1].Site == a.Site {
			t.Fatalf("article %d is dated %s, the previous one %s", i, a.Date, w.all[i-1].Date)
		}
		if a.Number != firstNumber+perSite[a.Site] {
			t.Fatalf("article %d has number %d, want %d", i, a.Number, firstNumber+perSite[a.Site])
		}
		perSite[a.Site]++
		n := len(strings.Fields(a.text()))
		if n < minWords || n > maxWords || len(a.Paragraphs) < 4 || len(a.Paragraphs) > 9 {
			t.Fatalf("article %d has %d words in %d paragraphs", i, n, len(a.Paragraphs))
		}
		if n, known := titles[a.Title]; known && n != a.Text {
			t.Fatalf("the title %q belongs to different texts", a.Title)
		}
		titles[a.Title] = a.Text
		if strings.Join(strings.Fields(a.Title), " ") != a.Title {
			t.Fatalf("title %q has superfluous white space", a.Title)
		}
	}
	for _, part := range []string{"“", "’", "&", "<", "\"", "⚡", "東京", "Газета", "«"} {
		if !slices.ContainsFunc(titlesOf(w), func(s string) bool { return strings.Contains(s, part) }) {
			t.Errorf("no title holds %s", part)
		}
	}
}

// Different texts share few shingles. Otherwise a crawler would rightly find
// near-duplicates.
func TestTextsDifferClearly(t *testing.T) {
	byShingle := map[string][]int{}
	sizes := map[int]int{}
	seen := map[int]bool{}
	for _, a := range New(Options{Articles: 400, Seed: 3}).Articles() {
		if seen[a.Text] {
			continue
		}
		seen[a.Text] = true
		list := strings.Fields(strings.ToLower(a.text()))
		own := map[string]bool{}
		for i := range len(list) - 2 {
			own[strings.Join(list[i:i+3], " ")] = true
		}
		sizes[a.Text] = len(own)
		for s := range own {
			byShingle[s] = append(byShingle[s], a.Text)
		}
	}
	shared := map[[2]int]int{}
	for _, list := range byShingle {
		for i, a := range list {
			for _, b := range list[:i] {
				shared[[2]int{b, a}]++
			}
		}
	}
	most := 0.0
	for pair, n := range shared {
		most = max(most, float64(n)/float64(min(sizes[pair[0]], sizes[pair[1]])))
	}
	if most > 0.25 {
		t.Errorf("two different texts share %.0f %% of the smaller one's shingles, want at most 25 %%", 100*most)
	}
	t.Logf("most alike: %.1f %%", 100*most)
}

func TestListingPlaces(t *testing.T) {
	for _, c := range []struct {
		name               string
		n, perPage, before int
		page, position     int
	}{
		{"only article", 1, 20, 0, 1, 1},
		{"end of a full page", 40, 20, 19, 1, 20},
		{"begin of the next page", 40, 20, 20, 2, 1},
		{"orphan joins the page before", 41, 20, 40, 2, 21},
		{"most orphans", 44, 20, 43, 2, 24},
		{"enough for a page", 45, 20, 40, 3, 1},
	} {
		if page, position := listingPlace(c.n, c.perPage, c.before); page != c.page || position != c.position {
			t.Errorf("%s: page %d, position %d, want %d, %d", c.name, page, position, c.page, c.position)
		}
	}
}
