package filter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/newsonce/newsonce/dedupe"
)

// ErrNoArticle is returned by Explain when no article has the given id.
var ErrNoArticle = errors.New("no article has the id")

// Explanation tells why two articles are duplicates, or why not.
type Explanation struct {
	A, B               Article // in the order of the lines
	SameCluster        bool
	dedupe.Explanation // of the two alone
}

// Article is one of the two articles of an Explanation.
type Article struct {
	ID         string    // as given to Explain
	Title, URL string    // of an article from an earlier run: no title, and the URL key
	Published  time.Time // zero when unknown
	Words      int
	Duplicate  bool          // not the first article of its cluster
	Head       string        // the id of the first article of its cluster
	Method     dedupe.Method // of a duplicate; 0 for one from an earlier run
	Similarity float64
}

// Explain compares the articles with two ids. It reads the inputs as Run does
// but writes neither lines nor index; articles of earlier runs are found in
// Options.Index. When both ids are the same, it compares the first two articles
// that have it.
func Explain(ctx context.Context, a, b string, inputs []Input, o Options) (Explanation, Summary, error) {
	j, err := newJudge(ctx, o)
	if err != nil {
		return Explanation{}, Summary{}, err
	}
	pair := [2]wanted{newWanted(a), newWanted(b)}
	err = j.run(ctx, inputs, nil, func(l *line) error {
		if !l.passes && !pair[0].take(l) {
			pair[1].take(l)
		}
		return nil
	})
	if err == nil {
		err = errors.Join(pair[0].lookUp(ctx, j.file), pair[1].lookUp(ctx, j.file))
	}
	if err = errors.Join(err, j.close()); err != nil {
		return Explanation{}, j.summary, err
	}
	if pair[0].doc.ID > pair[1].doc.ID {
		pair[0], pair[1] = pair[1], pair[0]
	}
	return Explanation{
		A: pair[0].Article, B: pair[1].Article, SameCluster: string(pair[0].head) == string(pair[1].head),
		Explanation: dedupe.Explain(pair[0].doc, pair[1].doc, o.settings()),
	}, j.summary, nil
}

// wanted is an article that Explain looks for.
type wanted struct {
	Article
	forms []json.RawMessage // of its id: a string, or what may be a number
	found bool
	doc   dedupe.Doc
	head  json.RawMessage
}

func newWanted(id string) wanted {
	return wanted{Article: Article{ID: id}, forms: []json.RawMessage{quoted(id), json.RawMessage(id)}}
}

// take reports whether l is the first article with the id.
func (w *wanted) take(l *line) bool {
	if w.found || string(l.ID) != string(w.forms[0]) && string(l.ID) != string(w.forms[1]) {
		return false
	}
	w.Title, w.URL, w.Method, w.Similarity = l.Title, l.URL, l.match.Method, l.match.Similarity
	w.set(l.doc, l.head, l.duplicate)
	return true
}

func (w *wanted) set(d dedupe.Doc, head json.RawMessage, duplicate bool) {
	w.found, w.doc, w.head = true, d, append(json.RawMessage(nil), head...)
	w.Published, w.Words, w.Duplicate = d.When, d.Sketch.Words, duplicate
	if w.Head = string(head); json.Unmarshal(head, &w.Head) != nil { // a number
		w.Head = string(head)
	}
}

// lookUp searches the articles of earlier runs; file may be nil.
func (w *wanted) lookUp(ctx context.Context, file *indexFile) error {
	for _, id := range w.forms {
		if w.found || file == nil {
			break
		}
		d, head, ok, err := file.find(ctx, id)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		headID, err := file.id(head)
		if err != nil {
			return err
		}
		w.URL = d.URL
		w.set(d, headID, d.ID != head)
	}
	if !w.found {
		return fmt.Errorf("%w %q; an id is \"id\", else the URL, else FILE:LINE", ErrNoArticle, w.ID)
	}
	return nil
}
