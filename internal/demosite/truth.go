package demosite

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Truth holds the expected output of a complete crawl of a world, as the world was
// when Truth was called:
//
//   - one article per text, under any of the URLs that carry it, and a reference
//     for each other article with that text;
//   - one headline for each article on its own site;
//   - nothing for redirects, for URLs whose rel=canonical names another, and for
//     links that lead to no article.
//
// The world must have been served or placed.
type Truth struct {
	Sources []string // allowed values of the source of an article; default listing, headline
	Beside  bool     // only headlines beside articles are expected; others may be missing

	articles  []Article      // in order of publication
	sites     []siteTruth    // by Article.Site
	canonical []string       // URL key of each article
	byArticle map[string]int // article id -> index of the article; two ids if it has two URLs
	byRef     map[string]int // reference id -> the same
	byHead    map[string]int // headline id -> the same
}

// siteTruth records where the headlines of a site have appeared.
type siteTruth struct {
	name    string
	url     string
	perPage int
	days    []time.Time         // of the articles, oldest first
	shapes  []int               // see Site.shapes
	order   map[int]int         // index in Truth.articles -> ordinal within the site, oldest first
	pages   map[string]sitePage // by URL key
	listing func(n int) string
}

// sitePage is a page that shows headlines.
type sitePage struct {
	kind    pageKind
	article int       // index of the article of an article page
	listing int       // number of a listing page, from 1
	offset  int       // of a page of /latest or /api/more
	day     time.Time // of a page of /archive
}

type pageKind uint8

const (
	articlePage pageKind = iota
	listingPage
	offsetPage
	dayPage
)

// Truth returns the expected output of a complete crawl.
func (w *World) Truth() Truth {
	w.mu.RLock()
	defer w.mu.RUnlock()
	t := Truth{
		Sources:   []string{"listing", "headline"},
		byArticle: map[string]int{}, byRef: map[string]int{}, byHead: map[string]int{},
	}
	for _, s := range w.sites {
		st := siteTruth{name: s.Name, url: s.URL, perPage: w.options.PerPage, shapes: slices.Clone(s.shapes),
			order: map[int]int{}, pages: map[string]sitePage{}}
		st.listing = func(n int) string { return st.url + s.listingPath(n) }
		for n := 1; n <= listingPages(len(s.articles), st.perPage); n++ {
			for _, path := range []string{s.listingPath(n), fmt.Sprintf(s.markup.nextPath, n)} {
				st.pages[keyOf(st.url+path)] = sitePage{kind: listingPage, listing: n}
			}
		}
		for offset := 0; offset == 0 || offset < len(s.articles); offset += st.perPage {
			for _, path := range []string{"/latest", "/api/more"} {
				st.pages[keyOf(fmt.Sprintf("%s%s?offset=%d", st.url, path, offset))] = sitePage{kind: offsetPage, offset: offset}
			}
		}
		for _, a := range s.articles {
			day := civil(a.Date.Time)
			if n := len(st.days); n == 0 || !st.days[n-1].Equal(day) {
				st.pages[keyOf(st.url+day.Format(dayPath))] = sitePage{kind: dayPage, day: day}
			}
			st.days = append(st.days, day)
		}
		t.sites = append(t.sites, st)
	}
	for i, a := range w.all {
		t.articles = append(t.articles, *a)
		st := &t.sites[a.Site]
		st.order[i] = len(st.order)
		key := keyOf(a.URL)
		t.canonical = append(t.canonical, key)
		t.byHead[item.ID(item.TypeHeadline, item.HeadlineKey(st.name, key, "", item.Date{}))] = i
		for _, path := range []string{a.Path, a.View, a.Redirect} {
			if path == "" {
				continue
			}
			k := keyOf(st.url + path)
			st.pages[k] = sitePage{article: i}
			if path != a.Redirect {
				t.byArticle[item.ID(item.TypeArticle, k)] = i
				t.byRef[item.ID(item.TypeReference, k)] = i
			}
		}
	}
	return t
}

// keyOf returns the URL key of a URL made by this package.
func keyOf(rawURL string) string {
	u, err := urlkey.Parse(rawURL)
	if err != nil {
		panic(fmt.Sprintf("demosite: serve or place the world before asking for its truth: %v", err))
	}
	return u.Key
}

// Counts holds the numbers of lines of a complete crawl.
type Counts struct{ Articles, References, Headlines int }

// Counts returns how many lines of each type a complete crawl writes.
func (t Truth) Counts() Counts {
	texts := map[int]bool{}
	for _, a := range t.articles {
		texts[a.Text] = true
	}
	return Counts{Articles: len(texts), References: len(t.articles) - len(texts), Headlines: len(t.articles)}
}

// Example writes an output that passes Check, in which the oldest article of each
// text is the one that was written.
func (t Truth) Example(w io.Writer) error {
	const run = "example"
	seen := item.At(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	heads := map[int]string{} // text -> id of its article
	for i, a := range t.articles {
		st := t.sites[a.Site]
		n := st.shapes[len(st.shapes)-1]
		page, position := listingPlace(n, st.perPage, n-1-st.order[i])
		foundOn := st.listing(page)
		headline := item.Headline{
			Type: item.TypeHeadline, ID: item.ID(item.TypeHeadline, item.HeadlineKey(st.name, t.canonical[i], "",
				item.Date{})), Site: st.name,
			URL: a.URL, Title: a.Title, DatePublished: a.Date, DateRaw: a.Date.Raw,
			Block: "listing", Position: position, FoundOn: foundOn, FirstSeen: seen, RunID: run,
		}
		if err := item.WriteLine(w, headline); err != nil {
			return err
		}
		var line any
		if head, known := heads[a.Text]; known {
			line = item.Reference{
				Type: item.TypeReference, ID: item.ID(item.TypeReference, t.canonical[i]), DuplicateOf: head, Method: "exact",
				Site: st.name, URL: a.URL, Title: a.Title, DatePublished: a.Date, FetchedAt: seen, RunID: run,
			}
		} else {
			article := t.article(i)
			heads[a.Text] = article.ID
			article.Source, article.FoundOn, article.FetchedAt, article.RunID = "listing", foundOn, seen, run
			line = article
		}
		if err := item.WriteLine(w, line); err != nil {
			return err
		}
	}
	return nil
}

// article returns the line of article i, without the fields that depend on the
// crawl.
func (t Truth) article(i int) item.Article {
	a := t.articles[i]
	st := t.sites[a.Site]
	line := item.Article{
		Type: item.TypeArticle, ID: item.ID(item.TypeArticle, t.canonical[i]), Site: st.name, URL: a.URL,
		Title: a.Title, Summary: a.Summary, ContentText: a.text(), DatePublished: a.Date, DateRaw: a.Date.Raw,
		Section: a.Section, Tags: a.Tags, Language: "en",
	}
	for _, name := range a.Authors {
		line.Authors = append(line.Authors, item.Author{Name: name})
	}
	if a.Image != "" {
		line.Image = st.url + a.Image
	}
	return line
}
