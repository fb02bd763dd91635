package extract

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/declared"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/extract/list"
)

// refusal says why the page is no article, "" when it is one: a title, and a
// text or a declaration that it is one, and nothing that says it is a listing
// or an error page.
func (p *page) refusal(a *Article) string {
	switch {
	case a.Title == "":
		return "no title"
	case strings.HasPrefix(p.result.Rules["content_text"], "selector"):
		return ""
	}
	d := p.declarations()
	size := textLength(a)
	if why := p.errorPage(a, size); why != "" {
		return why
	}
	if !d.IsArticle {
		if why := p.otherPage(a, size); why != "" {
			return why
		}
	} else if p.frontPage() && len(p.result.Headlines) >= minSectionHeadlines {
		return "a site's front page, whatever it declares"
	}
	switch {
	case len(a.Paragraphs) > 0 && d.IsArticle:
		return ""
	case len(a.Paragraphs) > 0 && d.OtherArticles > 0:
		return "the page declares several articles, none of them its own"
	case len(a.Paragraphs) > 0:
		return p.listing(a)
	case d.IsArticle && len(p.result.Headlines) < 8:
		return ""
	}
	if n := len(p.result.Headlines); n >= list.MinEntries {
		return fmt.Sprintf("no text beside %d headlines: a listing", n)
	}
	return "no text that reads like one"
}

// maxErrorText is the longest text, in characters, that an error page has.
const maxErrorText = 900

// names404 reports whether a title in lower case names the status 404: at its
// beginning, at the end of a short one, or behind a word for it. A bus line 404
// has a number like any other.
func names404(title string) bool {
	tokens := strings.FieldsFunc(title, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, t := range tokens {
		if t != "404" {
			continue
		}
		if i == 0 || i == len(tokens)-1 && i <= 2 {
			return true
		}
		switch tokens[i-1] {
		case "error", "http", "code", "status", "fehler", "erreur", "errore", "erro", "ошибка":
			return true
		}
	}
	return false
}

// errorPage recognises a page that tells of an error, whatever its status was.
// size is that of its text in characters.
func (p *page) errorPage(a *Article, size int) string {
	if size > maxErrorText {
		return ""
	}
	for _, title := range []string{a.Title, p.declarations().PageTitle} {
		low := strings.ToLower(title)
		// a long title that holds such words may tell of them
		if slices.Contains(errorTitles, strings.Trim(low, ".!?… ")) || errorParts.In(low) && dom.Words(title) <= 7 || names404(low) {
			return fmt.Sprintf("an error page, titled %.60q", title)
		}
	}
	return ""
}

// textLength returns how many characters the text has.
func textLength(a *Article) int {
	n := 0
	for _, s := range a.Paragraphs {
		n += utf8.RuneCountInString(s)
	}
	return n
}

// otherPage recognises what is written for readers and is no article, among
// pages that do not declare to be one: that something is not there, or not for
// everybody, what the site says of itself or sells.
func (p *page) otherPage(a *Article, size int) string {
	d := p.declarations()
	title := strings.ToLower(a.Title)
	switch {
	case d.OtherType != "" && len(d.Fields[declared.Published]) == 0:
		return "the page declares that it is a " + d.OtherType
	case slices.Contains(siteTitles, strings.Trim(title, ".!?… ")):
		return fmt.Sprintf("a page about the site, titled %.60q", a.Title)
	case size > maxErrorText:
		return ""
	case absentParts.In(title) || barredParts.In(title):
		return fmt.Sprintf("an error page, titled %.60q", a.Title)
	case dom.HasAnyPrefix(title, offerTitles):
		return fmt.Sprintf("an offer to readers, titled %.60q", a.Title)
	}
	for _, s := range a.Paragraphs {
		if minErrorShare*utf8.RuneCountInString(s) < size {
			continue // a remark in a text
		}
		if absentParts.InAnyCase(s) || barredParts.InAnyCase(s) {
			return fmt.Sprintf("an error page, which says %.60q", s)
		}
	}
	return p.section(a)
}

// minErrorShare is the part of the text, as one in so many, that the paragraph has
// which tells of an error.
const minErrorShare = 3

// Bounds of a section's page: a title and some lines of its own above a list.
const (
	maxSectionTitle     = 3 // words
	minSectionHeadlines = 8
)

// section recognises the page of a section, a tag or an author: a short text
// without a date of its own, under a short title beside many headlines, or below
// an address of such.
func (p *page) section(a *Article) string {
	n := len(p.result.Headlines)
	if n < list.MinEntries || len(p.bodyFound) == 0 || len(p.declarations().Fields[declared.Published]) > 0 {
		return ""
	}
	if d, _ := p.dateNear(spot{p.heading, p.bodyFound[0].First, p.bodyFound[len(p.bodyFound)-1].Last}); !d.IsZero() {
		return ""
	}
	for _, segment := range strings.Split(strings.ToLower(p.path()), "/") {
		if slices.Contains(listingPaths, segment) {
			return fmt.Sprintf("a short text beside %d headlines below /%s/: a listing", n, segment)
		}
	}
	if n >= minSectionHeadlines && dom.Words(a.Title) <= maxSectionTitle {
		return fmt.Sprintf("a short text under a short title beside %d headlines: a listing", n)
	}
	return ""
}

// listing recognises a page that leads to articles and is none, among those
// that do not declare to be one: the site's front page, a declared collection,
// a text that consists of teasers.
func (p *page) listing(a *Article) string {
	d := p.declarations()
	if p.frontPage() && (d.IsCollection || len(p.result.Headlines) > 0) {
		return "a site's front page"
	}
	teasers, of := p.teasers()
	if d.IsCollection && (teasers >= 2 || len(p.result.Headlines) >= list.MinEntries) {
		return "the page declares that it is a collection"
	}
	if teasers >= 3 && 2*teasers >= of {
		return fmt.Sprintf("%d of %d paragraphs are teasers below linked titles: a listing", teasers, of)
	}
	if n, text := p.moreLinks(); n >= 3 && 3*n >= of {
		return fmt.Sprintf("%d links between the paragraphs say %.40q: a listing", n, text)
	}
	return ""
}

// frontPage reports the address of a site's front page; one that was built with a
// query may name an article.
func (p *page) frontPage() bool {
	if !strings.HasPrefix(p.in.URL, "http") || strings.Contains(p.in.URL, "?") {
		return false
	}
	path := strings.Trim(p.path(), "/")
	return path == "" || path == "index.html" || path == "index.php"
}

// moreLinks counts the lines between the paragraphs of the body that are one
// link, say the same, and lead to different pages: "Read more".
func (p *page) moreLinks() (most int, said string) {
	if len(p.bodyFound) < list.MinEntries {
		return 0, ""
	}
	t := p.tree
	lines := p.tree.Lines()
	targets := map[string]map[string]bool{}
	begin, end := p.bodyFound[0].First, t.Len()
	if up := t.Common(begin, p.bodyFound[len(p.bodyFound)-1].Last); up >= 0 {
		end = t.End[up]
	}
	k := sort.Search(len(lines), func(k int) bool { return lines[k].First >= begin })
	for ; k < len(lines) && lines[k].First < end; k++ {
		l := &lines[k]
		if l.Link < len(l.Text) || len(l.Text) > dom.MaxLabel {
			continue
		}
		a := t.Closest(l.First, atom.A)
		if a < 0 {
			continue
		}
		if targets[l.Text] == nil {
			targets[l.Text] = map[string]bool{}
		}
		targets[l.Text][dom.Attr(t.Nodes[a], "href")] = true
		if n := len(targets[l.Text]); n > most {
			most, said = n, l.Text
		}
	}
	return most, said
}

// teasers counts the paragraphs of the body that stand right below a linked
// title, and all of them.
func (p *page) teasers() (n, of int) {
	t := p.tree
	lines := p.tree.Lines()
	for k := range lines {
		l := &lines[k]
		if !p.inBody(l) {
			continue
		}
		of++
		for b := k - 1; b >= max(0, k-3); b-- {
			if up := &lines[b]; 10*up.Link >= 9*len(up.Text) && dom.TitleLike(up.Text) && (p.isAside(up.First) || dom.IsHeading(t.Nodes[up.Owner].DataAtom) || t.HeadingAround(up.Owner)) {
				n++
				break
			} else if up.Running() {
				break
			}
		}
	}
	return n, of
}

// inBody reports a line of running text within the body that was found.
func (p *page) inBody(l *dom.Line) bool {
	k := sort.Search(len(p.bodyFound), func(k int) bool { return p.bodyFound[k].First > l.First }) - 1
	return k >= 0 && l.Last <= p.bodyFound[k].Last && len(l.Text) >= dom.MinSentence/2
}

// stemLength is how many characters of a word are compared, whatever its ending;
// shorter words are not.
const stemLength = 5

// eachStem calls f for the beginnings of the longer words of s, in lower case,
// until it returns false.
func eachStem(s string, f func(stem string) bool) bool {
	low := strings.ToLower(s)
	n, from, end := 0, 0, 0
	for i, r := range low {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			if n == 0 {
				from = i
			}
			if n++; n == stemLength {
				end = i + utf8.RuneLen(r)
			}
			continue
		}
		if n >= stemLength && !f(low[from:end]) {
			return false
		}
		n = 0
	}
	return n < stemLength || f(low[from:end])
}

// Bounds of what is compared, in words.
const (
	minSloganStems  = 3
	minArticleStems = 10
	maxStems        = 60
)

// slogan reports a description that has nothing to do with the article: of its
// longer words, three or more, none stands there. Scripts without spaces are
// not judged.
func slogan(s string, a *Article) bool {
	if dom.HasWide(s) {
		return false
	}
	var stems []string
	eachStem(s, func(stem string) bool {
		stems = append(stems, stem)
		return len(stems) < maxStems
	})
	if len(stems) < minSloganStems {
		return false
	}
	var said []string
	other := func(stem string) bool {
		if len(said) < minArticleStems && !slices.Contains(said, stem) {
			said = append(said, stem)
		}
		return !slices.Contains(stems, stem)
	}
	if !eachStem(a.Title, other) {
		return false
	}
	for _, text := range a.Paragraphs {
		if !eachStem(text, other) {
			return false
		}
	}
	return len(said) >= minArticleStems
}
