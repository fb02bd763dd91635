package frontier

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/zeebo/xxh3"
)

// Calendars, session ids, filters and generated links make crawler traps: an endless
// number of pages whose URLs have one shape and whose texts are nearly the same. Only
// pages found on other articles are examined: URLs that a listing, an archive, a
// sitemap or a feed names are always fetched.
const (
	// TrapRun is the number of consecutive similar pages of one shape that make the
	// shape a crawler trap.
	TrapRun = 50
	// similar is the share of distinct words, apart from numbers, that two similar
	// texts have in common. Two articles of a site share a fifth.
	similar = 0.8
	// TrapPause is how long the queued pages of a crawler trap are deferred, so that
	// a trap costs TrapRun requests a day.
	TrapPause = 24 * time.Hour
	// maxShapes bounds the shapes watched in a run.
	maxShapes = 10_000
	// lately is the number of earlier pages that a page is compared with: two kinds
	// of pages may take turns.
	lately = 4
	// maxGrowth is how often in a row a path may grow from article to article.
	maxGrowth = 2
	// Followed is the smallest depth of pages found on other articles.
	Followed = 2
)

// Traps detects crawler traps on all sites. The committer shows it the pages in the
// order of the commits. The zero value is ready to use; its methods may be called
// from any goroutine.
type Traps struct {
	found atomic.Int32 // traps

	mu       sync.Mutex // guards all
	shapes   map[string]*shape
	deferred map[string]int   // pages per site
	growth   map[string]uint8 // of URLs found in this run, where it is not 0
}

// shape holds what is known of the pages of a site whose URLs have one shape.
type shape struct {
	recent [lately]*Words
	next   int // index in recent of the next page
	run    int // consecutive pages similar to one of those before
	trap   bool
}

// See takes a page found on another article. It returns the shape of its URL if this
// page reveals a crawler trap, else "".
func (t *Traps) See(site, url string, w *Words) string {
	if key := shapeOf(url); t.reveals(site+" "+key, w) {
		return key
	}
	return ""
}

// reveals adds a page to a shape and reports whether that has just become a crawler
// trap.
func (t *Traps) reveals(key string, w *Words) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.shapes[key]
	if s == nil {
		if len(t.shapes) >= maxShapes {
			return false
		}
		if t.shapes == nil {
			t.shapes = map[string]*shape{}
		}
		s = &shape{}
		t.shapes[key] = s
	}
	if slices.ContainsFunc(s.recent[:], func(o *Words) bool { return o != nil && w.similar(o) }) {
		s.run++
	} else {
		s.run = 0
	}
	s.recent[s.next] = w
	s.next = (s.next + 1) % lately
	if s.run < TrapRun || s.trap {
		return false
	}
	s.trap = true
	t.found.Add(1)
	return true
}

// Defer counts a queued page of a site that is deferred.
func (t *Traps) Defer(site string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.deferred == nil {
		t.deferred = map[string]int{}
	}
	t.deferred[site]++
}

// Deferred returns the number of queued pages of a site that were deferred.
func (t *Traps) Deferred(site string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.deferred[site]
}

// Trapped reports whether a URL found on an article is in a crawler trap.
func (t *Traps) Trapped(site, url string, depth int) bool {
	if t.found.Load() == 0 || depth < Followed {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.shapes[site+" "+shapeOf(url)]
	return s != nil && s.trap
}

// Overgrown reports whether a link on an article is in a path that grows by itself: for
// more than maxGrowth times in a row, a page was found on another one whose folder its
// URL extends. Texts may all be different there. found is where the article was found,
// and depth its depth.
func (t *Traps) Overgrown(link, article, found string, depth int) bool {
	if !grows(link, article) {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.growth[article]
	if n == 0 && depth >= Followed && grows(article, found) {
		n = 1 // found in an earlier run
	}
	if n >= maxGrowth {
		return true
	}
	if len(t.growth) < maxShapes {
		if t.growth == nil {
			t.growth = map[string]uint8{}
		}
		t.growth[link] = n + 1
	}
	return false
}

// grows reports whether the path of a URL has more segments than that of the page on
// which it was found, below the folder of that page.
func grows(url, page string) bool {
	url, _, _ = strings.Cut(url, "?")
	page, _, _ = strings.Cut(page, "?")
	page = strings.TrimRight(page, "/")
	segments := strings.Count(page, "/")
	if segments <= 3 || strings.Count(strings.TrimRight(url, "/"), "/") <= segments { // "https://host/name" has 3
		return false
	}
	return strings.HasPrefix(url, page[:strings.LastIndexByte(page, '/')+1])
}

// shapeOf returns the shape of a URL: its path with a star for the last segment and a
// # for other segments with digits, and a ? if there is a query. The host is left out.
func shapeOf(href string) string {
	_, rest, _ := strings.Cut(href, "://")
	path, _, query := strings.Cut(rest, "?")
	segments := strings.Split(path, "/")[1:]
	last := true
	for i, s := range slices.Backward(segments) {
		switch {
		case s == "":
		case last:
			segments[i], last = "*", false
		case strings.ContainsAny(s, "0123456789"):
			segments[i] = "#"
		}
	}
	shape := "/" + strings.Join(segments, "/")
	if query {
		shape += "?"
	}
	return shape
}

// Words is a sketch of the distinct words of a text: the smallest of their
// hashes, ascending, at most sketchSize.
type Words []uint64

const sketchSize = 64

// WordsOf sketches a text. Numbers do not count; in scripts without spaces each
// letter is a word.
func WordsOf(texts ...string) *Words {
	var hashes Words
	for _, text := range texts {
		for word := range strings.FieldsFuncSeq(strings.ToLower(text), notInWord) {
			if first, _ := utf8.DecodeRuneInString(word); !unicode.In(first, unspaced...) {
				hashes = append(hashes, xxh3.HashString(word))
				continue
			}
			for _, r := range word {
				hashes = append(hashes, xxh3.HashString(string(r)))
			}
		}
	}
	slices.Sort(hashes)
	hashes = slices.Clone(slices.Compact(hashes))
	hashes = slices.Clip(hashes[:min(len(hashes), sketchSize)])
	return &hashes
}

func notInWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }

// unspaced are scripts written without spaces between words.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

// similar reports whether two texts are similar: most of the smallest hashes of
// either are in both. Two pages without text are.
func (w *Words) similar(o *Words) bool {
	a, b := *w, *o
	if len(a) == 0 || len(b) == 0 {
		return len(a) == len(b)
	}
	both, all := 0, 0
	for i, j := 0, 0; all < sketchSize && (i < len(a) || j < len(b)); all++ {
		switch {
		case j == len(b) || i < len(a) && a[i] < b[j]:
			i++
		case i == len(a) || a[i] > b[j]:
			j++
		default:
			i, j, both = i+1, j+1, both+1
		}
	}
	return float64(both) >= similar*float64(all)
}
