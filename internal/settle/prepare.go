package settle

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/newsonce/newsonce/dedupe"
	"github.com/newsonce/newsonce/dedupe/urlkey"
	"github.com/newsonce/newsonce/internal/jsonl"
)

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

// prepare reads a line and sketches its article.
func (l *Line) prepare(text []byte, fields *jsonl.Fields) {
	if l.err != nil {
		return
	}
	if l.Article, l.err = fields.Read(text); l.err != nil {
		return
	}
	switch l.Type {
	case "headline", "reference", "gone":
		l.Passes = true
		return
	}
	l.Doc.When = l.When
	// The front page of a site is no address of an article.
	if u, err := urlkey.Parse(l.URL); err == nil && !urlkey.IsRoot(u) {
		l.Doc.URL, l.Doc.Site = u.Key, u.Host
	}
	_, l.Doc.Sketch = dedupe.Read(l.Title, l.Text)
	switch {
	case l.ID != nil:
		l.Name = l.ID
	case l.URL != "":
		l.Name = Name(l.URL)
	default:
		l.Name = Name(fmt.Sprintf("%s:%d", l.File, l.Number))
	}
}

// Name is a string as a JSON value.
func Name(s string) json.RawMessage {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // a string cannot fail
	}
	return json.RawMessage(strings.TrimSuffix(b.String(), "\n"))
}
