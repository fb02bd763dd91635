package demosite

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

// Article is one article of the world as its site publishes it.
type Article struct {
	Site       int // index of its site
	Number     int // ascending within the site from firstNumber, with gaps by Options.Holes
	Path       string
	URL        string // "" until the world is served or placed
	Title      string
	Paragraphs []string
	Date       item.Date // as the markup of the site states it
	Summary    string    // this and the fields below: "" if the markup does not show it
	Authors    []string
	Section    string
	Tags       []string
	Image      string // path
	Agency     string // the agency named below the body; no field of an item
	Text       int    // articles with equal Text have the same paragraphs
	Canonical  bool   // the page carries rel=canonical
	Redirect   string // a path that redirects to Path; "" = none
	View       string // another path of the page, whose rel=canonical names Path; "" = none
	Revision   int    // number of revisions
}

// firstNumber is the number of the oldest article of each site. Lower numbers give
// 404, 410 and other responses that are no articles.
const firstNumber = 7001

// zone is stated by the cards markup; the others state none.
var zone = time.FixedZone("", 4*3600)

// Shares of special articles, in per cent.
const (
	copyShare     = 8
	redirectShare = 5
	viewShare     = 3
)

// draw returns the next article of the world, published at the local time t. It
// depends on the ordinal alone, so that a world grows the same way in one step or
// in many.
func (w *World) draw(t time.Time) *Article {
	n := len(w.all)
	rng := rand.New(rand.NewPCG(w.options.Seed, uint64(n)))
	a := &Article{Site: n % len(w.sites), Text: n}
	site := w.sites[a.Site]
	a.Number = w.nextNumber(a.Site)
	a.Path = fmt.Sprintf("/en/article/%d/", a.Number)

	prose := newWriter(rng)
	original := (*Article)(nil)
	if n > 0 && rng.IntN(100) < copyShare {
		original = w.originals[rng.IntN(len(w.originals))]
		a.Site = rng.IntN(len(w.sites))
		site = w.sites[a.Site]
		a.Number = w.nextNumber(a.Site)
		a.Path = fmt.Sprintf("/en/article/%d/", a.Number)
		a.Text, a.Paragraphs = original.Text, original.Paragraphs
	} else {
		a.Paragraphs = prose.text()
	}
	if original != nil && rng.IntN(2) == 0 {
		a.Title = original.Title
	} else {
		a.Title = w.freshTitle(prose)
	}
	a.Date = site.markup.date(t)
	a.Agency = prose.pick(lexicon["source"])
	if site.markup.declares {
		a.Summary = strings.SplitAfter(a.Paragraphs[0], ". ")[0]
		a.Summary = strings.TrimSpace(a.Summary)
		a.Authors = []string{prose.pick(givenNames) + " " + prose.name(surnameEnd)}
		if rng.IntN(4) == 0 {
			a.Authors = append(a.Authors, prose.pick(givenNames)+" "+prose.name(surnameEnd))
		}
		a.Section = prose.pick(lexicon["section"])
		first := rng.IntN(len(lexicon["tag"]))
		for i := range 1 + rng.IntN(3) {
			a.Tags = append(a.Tags, lexicon["tag"][(first+5*i)%len(lexicon["tag"])])
		}
		a.Image = fmt.Sprintf("/media/%d.jpg", a.Number)
	}
	a.Canonical = rng.IntN(2) == 0
	switch special := rng.IntN(100); {
	case special < redirectShare:
		a.Redirect = strings.TrimSuffix(a.Path, "/")
	case special < redirectShare+viewShare:
		a.View, a.Canonical = a.Path+"?view=full", true
	}
	if original == nil {
		w.originals = append(w.originals, a)
	}
	return a
}

// nextNumber returns the number of the next article of a site. Whether a number is
// left out depends on that number alone, for the same reason.
func (w *World) nextNumber(site int) int {
	n := firstNumber
	if list := w.sites[site].articles; len(list) > 0 {
		n = list[len(list)-1].Number + 1
	}
	for rand.New(rand.NewPCG(w.options.Seed+uint64(site), uint64(n))).IntN(100) < w.options.Holes {
		n++
	}
	return n
}

// article returns the article with a number, nil if there is none.
func (s *Site) article(number int) *Article {
	i, found := slices.BinarySearchFunc(s.articles, number, func(a *Article, n int) int { return a.Number - n })
	if !found {
		return nil
	}
	return s.articles[i]
}

// freshTitle returns a title that no earlier article has.
func (w *World) freshTitle(prose *writer) string {
	for {
		if t := prose.title(); !w.titles[t] {
			w.titles[t] = true
			return t
		}
	}
}

// url returns the URL of a path of the site, "" if the site has none yet.
func (s *Site) url(p string) string {
	if s.URL == "" {
		return ""
	}
	return s.URL + p
}

// text returns the content_text of the article.
func (a Article) text() string { return strings.Join(a.Paragraphs, "\n\n") }

// name identifies the content of the page of the article, for its validator.
func (a *Article) name() string { return fmt.Sprintf("a%d.%d", a.Number, a.Revision) }
