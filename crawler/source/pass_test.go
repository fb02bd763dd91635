package source

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/newsonce/newsonce/crawler/archive"
	"pgregory.net/rapid"
)

const start = "https://a.example/"

// seenPages is how many pages a circle of pages may have to be noticed; see archive.Rounds.
const seenPages = 8

// at is the URL of a page.
func at(n int) string {
	if n == 1 {
		return start
	}
	return fmt.Sprintf("%s?page=%d", start, n)
}

// ids are the numbers from to to, either way.
func ids(from, to int64) []int64 {
	var list []int64
	for step := max(-1, min(1, to-from)); ; from += step {
		list = append(list, from)
		if from == to {
			return list
		}
	}
}

func TestAdvance(t *testing.T) {
	for _, tt := range []struct {
		name   string
		mark   int64
		bounds Bounds
		pages  []Listed // the URL of each is the one that the pass names, unless given
		want   End      // after the last of them; open before
	}{
		{"one page", 0, Bounds{}, []Listed{{Links: ids(1, 3)}}, LastPage},
		{"a page without links", 0, Bounds{}, []Listed{{}}, LastPage},
		{"there is a next page", 0, Bounds{}, []Listed{{Links: ids(1, 3), Next: at(2)}}, Open},
		{"a next page that is the page itself", 0, Bounds{}, []Listed{{Links: ids(1, 3), Next: start}}, LastPage},
		{"a next page that is the page itself, which was fetched under another URL", 0, Bounds{},
			[]Listed{{URL: "https://a.example/en/", Links: ids(1, 3), Next: "https://a.example/en/"}}, LastPage},
		{"max_pages", 0, Bounds{MaxPages: 2}, []Listed{{Links: ids(1, 3), Next: at(2)}, {Links: ids(4, 6), Next: at(3)}}, PageLimit},
		{"the last page is the last that max_pages allows", 0, Bounds{MaxPages: 2}, []Listed{{Links: ids(1, 3), Next: at(2)}, {Links: ids(4, 6)}}, LastPage},

		{"enough known links", 9, Bounds{StopAfterKnown: 3}, []Listed{{Links: []int64{10, 9, 8, 7, 6}, Next: at(2)}}, KnownLimit},
		{"enough known links, then an unknown one", 9, Bounds{StopAfterKnown: 3}, []Listed{{Links: []int64{9, 8, 7, 10}, Next: at(2)}}, KnownLimit},
		{"known links over two pages", 9, Bounds{StopAfterKnown: 4}, []Listed{{Links: []int64{10, 9, 8}, Next: at(2)}, {Links: []int64{7, 6}, Next: at(3)}}, KnownLimit},
		{"known links with an unknown one between", 9, Bounds{StopAfterKnown: 4}, []Listed{{Links: []int64{9, 8, 7, 10, 6, 5, 4}, Next: at(2)}}, Open},
		{"known links with one between that the site's limit keeps out", 9, Bounds{StopAfterKnown: 4}, []Listed{{Links: []int64{9, 8, 7, 0, 6, 5, 4}, Next: at(2)}}, Open},
		{"found in this pass is not known", 9, Bounds{StopAfterKnown: 1}, []Listed{{Links: ids(10, 20), Next: at(2)}}, Open},
		{"known links count for nothing without the bound", 9, Bounds{}, []Listed{{Links: ids(1, 9), Next: at(2)}}, Open},
		{"enough known links on the last page that max_pages allows", 9, Bounds{MaxPages: 1, StopAfterKnown: 1}, []Listed{{Links: ids(1, 9), Next: at(2)}}, KnownLimit},

		{"the last page again: perhaps a page was put on top", 0, Bounds{}, []Listed{{Links: ids(1, 3), Next: at(2)}, {Links: ids(1, 3), Next: at(3)}}, Open},
		{"the last page again and again", 0, Bounds{}, []Listed{{Links: ids(1, 3), Next: at(2)}, {Links: ids(1, 3), Next: at(3)}, {Links: ids(1, 3), Next: at(4)}}, Repeated},
		{"pages without links again and again", 0, Bounds{}, []Listed{{Next: at(2)}, {Next: at(3)}, {Next: at(4)}}, Repeated},
		{"two pages put on top", 0, Bounds{}, []Listed{{Links: ids(1, 3), Next: at(2)}, {Links: ids(4, 6), Next: at(3)},
			{Links: ids(1, 3), Next: at(4)}, {Links: ids(4, 6), Next: at(5)}, {Links: ids(7, 9), Next: at(6)}}, Open},
		{"a circle of two pages", 0, Bounds{}, []Listed{{Links: ids(1, 3), Next: at(2)}, {Links: ids(4, 6), Next: at(1)},
			{Links: ids(1, 3), Next: at(2)}, {Links: ids(4, 6), Next: at(1)}, {Links: ids(1, 3), Next: at(2)}}, Repeated},
		{"the same links in another order", 0, Bounds{}, []Listed{{Links: ids(1, 3), Next: at(2)}, {Links: ids(3, 1), Next: at(3)}, {Links: ids(1, 3), Next: at(4)}}, Open},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := NewPass(start, tt.mark, tt.mark)
			for i, pg := range tt.pages {
				if pg.URL == "" {
					pg.URL = p.URL
				}
				end, want := p.Advance(pg, tt.bounds), Open
				if i == len(tt.pages)-1 {
					want = tt.want
				}
				if end != want {
					t.Fatalf("after page %d of %d: %q, want %q; pass %+v", i+1, len(tt.pages), end, want, p)
				}
				if end == Open && (p.Page != i+2 || p.URL != pg.Next) {
					t.Fatalf("after page %d: at page %d, %s, want page %d, %s", i+1, p.Page, p.URL, i+2, pg.Next)
				}
			}
		})
	}
}

func TestValidators(t *testing.T) {
	p := NewPass(start, 0, 0)
	p.Advance(Listed{URL: start, Next: at(2), Links: ids(1, 3), ETag: `"1"`, Modified: "Mon"}, Bounds{})
	p.Advance(Listed{URL: at(2), Links: ids(4, 5), ETag: `"2"`, Modified: "Tue"}, Bounds{})
	if p.ETag != `"1"` || p.Modified != "Mon" || p.Links != 5 {
		t.Errorf("the pass keeps %s, %s and %d links, want the validators of the first page and 5 links", p.ETag, p.Modified, p.Links)
	}
}

func TestFail(t *testing.T) {
	first := NewPass(start, 9, 9)
	first.Fail(start)
	if diff := cmp.Diff(NewPass(start, 9, 9), first); diff != "" {
		t.Errorf("the first page failed (-want +got):\n%s", diff)
	}

	p := NewPass(start, 9, 9)
	p.Advance(Listed{URL: start, Next: at(2), Links: ids(10, 12), ETag: `"1"`}, Bounds{})
	p.Fail(start)
	if p.Page != 2 || p.URL != at(2) || p.Links != 3 {
		t.Fatalf("a later page failed once: at page %d, %s, want page 2 again", p.Page, p.URL)
	}
	if p.Advance(Listed{URL: at(2), Next: at(3), Links: ids(13, 15)}, Bounds{}); p.Retried {
		t.Error("a page that could be read leaves the next one with its second chance spent")
	}
	p.Fail(start)
	p.Fail(start)
	if diff := cmp.Diff(NewPass(start, 9, 9), p); diff != "" {
		t.Errorf("a later page failed twice (-want +got):\n%s", diff)
	}
}

// TestCircleEnds walks circles of every size that can be noticed, entered at
// any page.
func TestCircleEnds(t *testing.T) {
	for size := 1; size <= seenPages; size++ {
		for entry := 1; entry <= 3; entry++ {
			p, end, fetched := NewPass(start, 0, 0), Open, 0
			for n := 1; end == Open && fetched < 100; fetched++ {
				next := n + 1
				if next == entry+size {
					next = entry
				}
				// Another query each time: the URLs alone do not show the circle.
				end = p.Advance(Listed{URL: p.URL, Next: fmt.Sprintf("%s&visit=%d", at(next), fetched), Links: []int64{int64(n)}}, Bounds{})
				n = next
			}
			if end != Repeated || fetched > entry+2*size+1 {
				t.Errorf("a circle of %d pages from page %d: %q after %d pages, want %q after %d at most", size, entry, end, fetched, Repeated, entry+2*size+1)
			}
		}
	}
}

// listing is the model: articles, the newest first, of which only the crawler's
// ids are known.
type paper struct {
	articles []int // newest first
	newest   int
	perPage  int
	endless  bool // pages past the end repeat the last one
	known    map[int]int64
}

func (l *paper) publish(n int) {
	for range n {
		l.newest++
		l.articles = slices.Insert(l.articles, 0, l.newest)
	}
}

// page reads page n and takes its articles up.
func (l *paper) page(n int) Listed {
	last := max(1, (len(l.articles)+l.perPage-1)/l.perPage)
	pg := Listed{URL: at(n)}
	if l.endless || n < last {
		pg.Next = at(n + 1)
	}
	if n > last && !l.endless {
		return pg
	}
	n = min(n, last)
	for _, a := range l.articles[(n-1)*l.perPage : min(n*l.perPage, len(l.articles))] {
		if l.known[a] == 0 {
			l.known[a] = int64(len(l.known) + 1)
		}
		pg.Links = append(pg.Links, l.known[a])
	}
	return pg
}

// walk is a pass over the model: what must be known when it ends.
type walk struct {
	Pass
	promised []int // on the listing when it began
	grown    int   // published since
	quiet    int   // pages since the listing grew
}

// sidebar takes up the newest n articles, as a sidebar of the site shows them.
func (l *paper) sidebar(n int) {
	for _, a := range l.articles[:min(n, len(l.articles))] {
		if l.known[a] == 0 {
			l.known[a] = int64(len(l.known) + 1)
		}
	}
}

func (l *paper) begin(mark int64) *walk {
	return &walk{Pass: NewPass(start, mark, int64(len(l.known))), promised: slices.Clone(l.articles), quiet: seenPages + 1}
}

// TestPassHidesNothing: what was on the listing all through a completed pass is
// known after it, whatever was published, broken off and read without success in between,
// but for what max_pages leaves out.
func TestPassHidesNothing(t *testing.T) {
	ends := map[End]int{}
	rapid.Check(t, func(t *rapid.T) {
		l := &paper{perPage: rapid.IntRange(1, 4).Draw(t, "per page"), endless: rapid.Bool().Draw(t, "endless"), known: map[int]int64{}}
		l.publish(rapid.IntRange(0, 30).Draw(t, "at first"))
		b := Bounds{}
		switch rapid.IntRange(0, 2).Draw(t, "bound") {
		case 1:
			b.MaxPages = rapid.IntRange(1, 12).Draw(t, "max_pages")
		case 2:
			b.StopAfterKnown = rapid.IntRange(1, 9).Draw(t, "stop_after_known")
		}
		w := l.begin(0)
		for range rapid.IntRange(1, 120).Draw(t, "steps") {
			switch event := rapid.SampledFrom([]string{"read", "read", "read", "publish", "sidebar", "break off", "fail"}).Draw(t, "event"); event {
			case "publish":
				// A listing that grows by whole pages as fast as it is read
				// cannot be told from one that repeats its last page.
				if w.quiet > seenPages || w.Page == 1 {
					n := rapid.IntRange(1, 3*l.perPage).Draw(t, "published")
					l.publish(n)
					w.grown += n
					w.quiet = 0
				}
			case "sidebar":
				l.sidebar(rapid.IntRange(1, 6).Draw(t, "newest"))
			case "break off":
				w.Pass = restart(t, w.Pass)
			case "fail":
				w.Fail(start)
				if w.Page == 1 { // begun anew
					*w = *l.begin(w.Mark)
				}
			case "read":
				if w.Page == 1 {
					*w = walk{Pass: w.Pass, promised: slices.Clone(l.articles), quiet: w.quiet}
				}
				w.quiet++
				end := w.Advance(l.page(w.Page), b)
				if end == Open {
					continue
				}
				ends[end]++
				promised := w.promised
				if end == PageLimit { // what was published has pushed as many off its pages
					promised = promised[:min(len(promised), max(0, b.MaxPages*l.perPage-w.grown))]
				}
				for i, a := range promised {
					if l.known[a] == 0 {
						t.Fatalf("the pass ended (%s) at page %d, and article %d of %d that was there all the time is not known: %+v", end, w.Page, i+1, len(w.promised), w.Pass)
					}
				}
				w = l.begin(w.Sure)
			}
		}
	})
	for _, end := range []End{LastPage, PageLimit, KnownLimit, Repeated} {
		if ends[end] == 0 && !testing.Short() { // which draws few passes
			t.Errorf("no pass ended with %q: the test shows nothing of it; ends: %v", end, ends)
		}
	}
}

// restart is what a pass is after the process has ended.
func restart(t *rapid.T, p Pass) Pass {
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var back Pass
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, back); diff != "" {
		t.Fatalf("the cursor changes when it is stored (-want +got):\n%s", diff)
	}
	return back
}

// TestEveryPassEnds: without anything published, a pass is over soon after the
// last page.
func TestEveryPassEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &paper{perPage: rapid.IntRange(1, 4).Draw(t, "per page"), endless: rapid.Bool().Draw(t, "endless"), known: map[int]int64{}}
		l.publish(rapid.IntRange(0, 40).Draw(t, "articles"))
		p, pages := NewPass(start, 0, 0), max(1, (len(l.articles)+l.perPage-1)/l.perPage)
		for fetched := 1; p.Advance(l.page(p.Page), Bounds{}) == Open; fetched++ {
			if fetched >= pages+2 {
				t.Fatalf("%d pages fetched of a listing of %d: %+v", fetched, pages, p)
			}
		}
	})
}

// TestCursor is the stored form: a later version must read it.
func TestCursor(t *testing.T) {
	p := Pass{Page: 3, URL: at(3), Mark: 7, Known: 2, Links: 20, ETag: `"1"`, Modified: "Mon", Rounds: archive.Rounds{Seen: []uint64{1, 18446744073709551615}, Again: 1}, Retried: true}
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join(strings.Fields(`{ "page":3, "url":"https://a.example/?page=3", "mark":7, "known":2, "links":20, "etag":"\"1\"", "modified":"Mon",
		"seen":[1,18446744073709551615], "again":1, "retried":true }`), "")
	if string(b) != want {
		t.Errorf("\n got %s\nwant %s", b, want)
	}
	var back Pass
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, back); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

func ExamplePass() {
	p := NewPass("https://a.example/", 40, 40) // 40 URLs are known
	fmt.Println(p.Advance(Listed{URL: p.URL, Next: "https://a.example/?page=2", Links: []int64{42, 41, 40, 39}}, Bounds{StopAfterKnown: 5}) == Open)
	fmt.Println(p.Page, p.Known)
	fmt.Println(p.Advance(Listed{URL: p.URL, Next: "https://a.example/?page=3", Links: []int64{38, 37, 36, 35}}, Bounds{StopAfterKnown: 5}))
	// Output:
	// true
	// 2 2
	// stop_after_known
}
