package extract

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
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
	if !d.isArticle {
		if why := p.otherPage(a, size); why != "" {
			return why
		}
	} else if p.frontPage() && len(p.result.Headlines) >= minSectionHeadlines {
		return "a site's front page, whatever it declares"
	}
	switch {
	case len(a.Paragraphs) > 0 && d.isArticle:
		return ""
	case len(a.Paragraphs) > 0 && d.others > 0:
		return "the page declares several articles, none of them its own"
	case len(a.Paragraphs) > 0:
		return p.listing(a)
	case d.isArticle && len(p.result.Headlines) < 8:
		return ""
	}
	if n := len(p.result.Headlines); n >= minListEntries {
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
	for _, title := range []string{a.Title, p.declarations().pageTitle} {
		low := strings.ToLower(title)
		// a long title that holds such words may tell of them
		if among(strings.Trim(low, ".!?… "), errorTitles) || errorParts.in(low) && words(title) <= 7 || names404(low) {
			return fmt.Sprintf("an error page, titled %.60q", title)
		}
	}
	return ""
}

// textLength is how many characters the text has.
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
	case d.otherKind != "" && len(d.facts[publishedFact]) == 0:
		return "the page declares that it is a " + d.otherKind
	case among(strings.Trim(title, ".!?… "), siteTitles):
		return fmt.Sprintf("a page about the site, titled %.60q", a.Title)
	case size > maxErrorText:
		return ""
	case absentParts.in(title) || barredParts.in(title):
		return fmt.Sprintf("an error page, titled %.60q", a.Title)
	case startsWithAny(title, offerTitles):
		return fmt.Sprintf("an offer to readers, titled %.60q", a.Title)
	}
	for _, s := range a.Paragraphs {
		if minErrorShare*utf8.RuneCountInString(s) < size {
			continue // a remark in a text
		}
		if absentParts.inAnyCase(s) || barredParts.inAnyCase(s) {
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
	if n < minListEntries || len(p.bodyFound) == 0 || len(p.declarations().facts[publishedFact]) > 0 {
		return ""
	}
	if d, _ := p.dateNear(spot{p.heading, p.bodyFound[0].first, p.bodyFound[len(p.bodyFound)-1].last}); !d.IsZero() {
		return ""
	}
	for _, segment := range strings.Split(strings.ToLower(p.path()), "/") {
		if among(segment, listingPaths) {
			return fmt.Sprintf("a short text beside %d headlines below /%s/: a listing", n, segment)
		}
	}
	if n >= minSectionHeadlines && words(a.Title) <= maxSectionTitle {
		return fmt.Sprintf("a short text under a short title beside %d headlines: a listing", n)
	}
	return ""
}

// listing recognises a page that leads to articles and is none, among those
// that do not declare to be one: the site's front page, a declared collection,
// a text that consists of teasers.
func (p *page) listing(a *Article) string {
	d := p.declarations()
	if p.frontPage() && (d.collection || len(p.result.Headlines) > 0) {
		return "a site's front page"
	}
	teasers, of := p.teasers()
	if d.collection && (teasers >= 2 || len(p.result.Headlines) >= minListEntries) {
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
	if len(p.bodyFound) < minListEntries {
		return 0, ""
	}
	t := p.tree
	lines := p.lines()
	targets := map[string]map[string]bool{}
	begin, end := p.bodyFound[0].first, t.len()
	if up := t.common(begin, p.bodyFound[len(p.bodyFound)-1].last); up >= 0 {
		end = t.end[up]
	}
	k := sort.Search(len(lines), func(k int) bool { return lines[k].first >= begin })
	for ; k < len(lines) && lines[k].first < end; k++ {
		l := &lines[k]
		if l.link < len(l.text) || len(l.text) > maxLabel {
			continue
		}
		a := t.closest(l.first, atom.A)
		if a < 0 {
			continue
		}
		if targets[l.text] == nil {
			targets[l.text] = map[string]bool{}
		}
		targets[l.text][attr(t.nodes[a], "href")] = true
		if n := len(targets[l.text]); n > most {
			most, said = n, l.text
		}
	}
	return most, said
}

// teasers counts the paragraphs of the body that stand right below a linked
// title, and all of them.
func (p *page) teasers() (n, of int) {
	t := p.tree
	lines := p.lines()
	for k := range lines {
		l := &lines[k]
		if !p.inBody(l) {
			continue
		}
		of++
		for b := k - 1; b >= max(0, k-3); b-- {
			if up := &lines[b]; 10*up.link >= 9*len(up.text) && titleLike(up.text) && (p.isAside(up.first) || heading(t.nodes[up.owner].DataAtom) || headingAround(t, up.owner)) {
				n++
				break
			} else if up.running() {
				break
			}
		}
	}
	return n, of
}

func headingAround(t *tree, i int32) bool {
	for up := 0; up < 3 && i >= 0; up++ {
		switch t.nodes[i].DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			return true
		}
		i = t.parent[i]
	}
	return false
}

// inBody reports a line of running text within the body that was found.
func (p *page) inBody(l *line) bool {
	k := sort.Search(len(p.bodyFound), func(k int) bool { return p.bodyFound[k].first > l.first }) - 1
	return k >= 0 && l.last <= p.bodyFound[k].last && len(l.text) >= minSentence/2
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
	if wideText(s) {
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
		if len(said) < minArticleStems && !among(stem, said) {
			said = append(said, stem)
		}
		return !among(stem, stems)
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
