package index

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/newsonce/newsonce/crawler/item"
)

// Bounds of a query.
const (
	MaxQuery  = 200 // characters of Query.Text
	maxTerms  = 16
	minPrefix = 3 // letters before a *
	MaxPage   = 100
)

// ErrQuery is wrapped by the errors of Search about the text of a query. Their messages
// are for the person who typed it.
var ErrQuery = errors.New("query")

// Query says what is searched. The zero values of the filters let every item through.
type Query struct {
	// Text has words that an item must all have. "Several words" in quotation marks must
	// follow each other, a word with - before it must be missing, and harb* stands for
	// every word that begins so.
	Text    string
	Site    string
	Type    item.Type
	Author  string // words of the name
	Cluster string // id of the article written first
	// From and To bound the date, To excluded. The date is that of publication, else of
	// the fetch; an unknown zone is taken for UTC.
	From, To time.Time

	Oldest bool  // oldest first
	After  int64 // Hit.At of the last hit of the page before; 0: the first page
	Limit  int   // of hits, at most MaxPage; 0: 20
}

// A term is a word or a phrase of a query.
type term struct {
	words  []string
	prefix bool // the last word may go on
	not    bool
}

// parse reads a query's text.
func parse(text string) (terms []term, err error) {
	if utf8.RuneCountInString(text) > MaxQuery {
		return nil, fmt.Errorf("%w: longer than %d characters", ErrQuery, MaxQuery)
	}
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		var t term
		if rest, ok := strings.CutPrefix(text, "-"); ok {
			t.not, text = true, rest
		}
		var part string
		if rest, ok := strings.CutPrefix(text, `"`); ok {
			part, text, _ = strings.Cut(rest, `"`)
		} else {
			end := strings.IndexAny(text, " \t\n\"\u3000")
			if end < 0 {
				end = len(text)
			}
			part, text = text[:end], text[end:]
		}
		if err := t.read(part); err != nil {
			return nil, err
		}
		if len(t.words) > 0 {
			terms = append(terms, t)
		}
	}
	if len(terms) > maxTerms {
		return nil, fmt.Errorf("%w: more than %d words", ErrQuery, maxTerms)
	}
	return terms, nil
}

// read cuts the text of a term as texts are cut.
func (t *term) read(part string) error {
	whole, star := strings.CutSuffix(part, "*")
	lastRun := 0 // words that the last run of an unspaced script gave
	c := cutter{}
	c.yield = func(word []byte, _, _ int) {
		t.words = append(t.words, string(word))
		r, _ := utf8.DecodeRune(word)
		if fold(r).class != gram {
			lastRun = 0
		} else if lastRun++; utf8.RuneCount(word) == 1 {
			lastRun = -lastRun // the run ends here
		}
	}
	c.cut(normal(whole))
	switch {
	case lastRun < -1: // the pairs say it all, whatever follows in the text
		t.words = t.words[:len(t.words)-1]
	case lastRun == -1:
		t.prefix = true
	case star && len(t.words) > 0:
		if last := t.words[len(t.words)-1]; utf8.RuneCountInString(last) < minPrefix {
			return fmt.Errorf("%w: write at least %d letters before *", ErrQuery, minPrefix)
		}
		t.prefix = true
	}
	return nil
}

// match writes the term in the language of FTS5. Its words have letters and digits only.
func (t *term) match(b *strings.Builder) {
	fmt.Fprintf(b, `"%s"`, strings.Join(t.words, " "))
	if t.prefix {
		b.WriteString(" *")
	}
}

// match returns the query in the language of FTS5, "" if it is for every item.
func (q *Query) match() (string, error) {
	terms, err := parse(q.Text)
	if err != nil {
		return "", err
	}
	var all, none []string
	for _, t := range terms {
		var b strings.Builder
		b.WriteString("text : ")
		t.match(&b)
		if t.not {
			none = append(none, b.String())
		} else {
			all = append(all, b.String())
		}
	}
	author, err := parse(q.Author)
	if err != nil {
		return "", err
	}
	for _, t := range author {
		var b strings.Builder
		b.WriteString("author : ")
		t.match(&b)
		all = append(all, b.String())
	}
	if q.Site != "" {
		all = append(all, `tag : "`+tag("site", q.Site)+`"`)
	}
	if q.Type != "" {
		all = append(all, `tag : "`+tag("type", string(q.Type))+`"`)
	}
	switch {
	case len(all) > 0 && len(none) > 0:
		return fmt.Sprintf("(%s) NOT (%s)", strings.Join(all, " AND "), strings.Join(none, " OR ")), nil
	case len(none) > 0:
		return "", fmt.Errorf("%w: there must be a word to look for", ErrQuery)
	}
	return strings.Join(all, " AND "), nil
}
