package filter

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/newsonce/newsonce/dedupe"
	"github.com/newsonce/newsonce/dedupe/filter/internal/jsonl"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// prepareAll prepares batches until there are no more or ctx ends.
func prepareAll(ctx context.Context, work <-chan *batch, fields *jsonl.Fields) {
	for {
		select {
		case <-ctx.Done():
			return
		case b, more := <-work:
			if !more {
				return
			}
			start := 0
			for i := range b.lines {
				b.lines[i].prepare(b.text[start:b.ends[i]:b.ends[i]], fields)
				start = b.ends[i]
			}
			b.done <- struct{}{}
		}
	}
}

// prepare parses a line and makes the document of its article.
func (l *line) prepare(text []byte, fields *jsonl.Fields) {
	if l.err != nil {
		return
	}
	if l.Article, l.err = fields.Read(text); l.err != nil {
		return
	}
	switch l.Type {
	case "headline", "reference", "gone", "withdrawn":
		l.passes = true
		return
	}
	l.doc.When = l.When
	// A front page is not the URL of an article.
	if u, err := urlkey.Parse(l.URL); err == nil && !urlkey.IsRoot(u) {
		l.doc.URL, l.doc.Site = u.Key, u.Host
	}
	_, l.doc.Sketch = dedupe.Read(l.Title, l.Text)
	if l.ID == nil {
		id := l.URL
		if id == "" {
			id = fmt.Sprintf("%s:%d", l.input, l.number)
		}
		l.ID = quoted(id)
	}
}

// quoted returns a string as JSON.
func quoted(s string) json.RawMessage {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // a string has a JSON form
	}
	return json.RawMessage(strings.TrimSuffix(b.String(), "\n"))
}
