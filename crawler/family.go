package crawler

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/zeebo/xxh3"
)

// A family is the pages of a site whose addresses have one shape. Calendars,
// session ids, filters and generated links make some without end, in which every
// page is like the one before. Only pages that other articles led to are looked
// at: what a listing, an archive, a sitemap or a feed names is always taken.
const (
	// familyRun is how many pages in a row must be alike for a family to be
	// taken for endless.
	familyRun = 50
	// alike is the part of the distinct words of two texts, numbers aside, that
	// both must have. Two articles of a site share a fifth.
	alike = 0.8
	// familyPause is for how long the queued pages of an endless family are put
	// off: it costs familyRun requests a day.
	familyPause = 24 * time.Hour
	// maxFamilies bounds the families that are watched in a run.
	maxFamilies = 10_000
	// lately is with how many pages before it a page is compared: two kinds of
	// pages may take turns.
	lately = 4
)

var errEndless = errors.New("one of a family of pages without end, all of them alike: put off for a day")

// families watches the families of all sites. The committer feeds it in the
// order of the commits, the frontier asks it. The zero value is ready.
type families struct {
	found atomic.Int32 // endless ones

	mu sync.Mutex // guards of
	of map[string]*family
}

type family struct {
	recent  [lately]*words
	next    int // in recent
	run     int // pages in a row that were like one of those before
	endless bool
}

// see takes a page up that was read, and drops its links into endless families.
// It returns the shape of a family that this page shows to be endless.
func (f *families) see(res *result) (shape string) {
	p := res.task.page
	if p == nil || res.words == nil || res.resp.Class != fetch.OK {
		return ""
	}
	site := res.task.site.Name
	if key := shapeOf(p.URL); f.turns(site+" "+key, res.words) {
		shape = key
	}
	if f.found.Load() > 0 {
		all := len(res.visit.Links)
		res.visit.Links = slices.DeleteFunc(res.visit.Links, func(l state.Link) bool { return f.endless(site, l.URL, l.Depth) })
		res.endless = all - len(res.visit.Links)
	}
	return shape
}

// turns adds a page to a family, and reports whether that has just turned out
// to be endless.
func (f *families) turns(key string, w *words) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	fam := f.of[key]
	if fam == nil {
		if len(f.of) >= maxFamilies {
			return false
		}
		if f.of == nil {
			f.of = map[string]*family{}
		}
		fam = &family{}
		f.of[key] = fam
	}
	if slices.ContainsFunc(fam.recent[:], func(o *words) bool { return o != nil && w.like(o) }) {
		fam.run++
	} else {
		fam.run = 0
	}
	fam.recent[fam.next] = w
	fam.next = (fam.next + 1) % lately
	if fam.run < familyRun || fam.endless {
		return false
	}
	fam.endless = true
	f.found.Add(1)
	return true
}

// endless reports whether a URL that an article led to is of an endless family.
func (f *families) endless(site, url string, depth int) bool {
	if f.found.Load() == 0 || depth < followed {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	fam := f.of[site+" "+shapeOf(url)]
	return fam != nil && fam.endless
}

// followed is the depth from which pages were found on other articles.
const followed = 2

// shapeOf is what addresses of one kind have in common: their path with a star
// for the last segment and a # for others with digits, and whether there is a
// query. The host is left out.
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

// sketch keeps the words of a page that another article led to; a is nil where
// it holds no article.
func (res *result) sketch(a *extract.Article) {
	switch {
	case res.task.page.Depth < followed:
	case a == nil:
		res.words = wordsOf()
	default:
		res.words = wordsOf(append([]string{a.Title}, a.Paragraphs...)...)
	}
}

// words is a sketch of the distinct words of a text: the smallest of their
// hashes, ascending, at most sketchSize.
type words []uint64

const sketchSize = 64

// wordsOf sketches a text. Numbers do not count; in scripts without spaces each
// letter is a word.
func wordsOf(texts ...string) *words {
	var hashes words
	for _, text := range texts {
		for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
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

var unspaced = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// like reports whether two texts are alike: of the smallest hashes of both, so
// many are in either. Two pages without a text are.
func (w *words) like(o *words) bool {
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
	return float64(both) >= alike*float64(all)
}

// postpone leaves a page of an endless family in the queue, for a day.
func (res *result) postpone(now time.Time) {
	p, v := res.task.page, &res.visit
	v.State, v.Reason, v.NextAt = state.Queued, errEndless.Error(), now.Add(familyPause)
	v.Attempts, v.ETag, v.Modified = p.Attempts, p.ETag, p.Modified
}
