package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/newsonce/newsonce/internal/jsonl"
	"github.com/newsonce/newsonce/internal/settle"
)

// lineWriter is what one of the modes does with the lines.
type lineWriter interface {
	line(*settle.Line) error
	end(context.Context, *settle.Options) error
}

func (r *deduping) writer() lineWriter {
	switch {
	case r.flags.explain != nil:
		return newExplaining(r)
	case r.flags.report:
		return &clusters{r: r, known: map[string]int{}}
	}
	return &annotating{r: r}
}

// annotating writes lines again with what was found.
type annotating struct {
	r    *deduping
	room []byte
}

func (w *annotating) line(l *settle.Line) error {
	if w.r.flags.unique && l.Duplicate {
		return nil
	}
	b := w.room[:0]
	if l.Passes {
		b = append(b, l.Line()...)
	} else {
		b = l.Annotate(b, verdictOf(l))
	}
	w.room = append(b, '\n')
	_, err := w.r.out.Write(w.room)
	return err
}

func (w *annotating) end(context.Context, *settle.Options) error { return nil }

func verdictOf(l *settle.Line) jsonl.Verdict {
	v := jsonl.Verdict{Cluster: l.Head}
	if l.Duplicate {
		v.Duplicate, v.Similarity, v.Method = l.Head, l.Match.Similarity, l.Match.Method.String()
	}
	return v
}

// clusters keeps who belongs together, and writes it in the end.
type clusters struct {
	r     *deduping
	known map[string]int // by id
	list  []cluster
}

type cluster struct {
	ID      json.RawMessage `json:"cluster_id"`
	Size    int             `json:"size"`
	Members []clusterMember `json:"members"`
}

type clusterMember struct {
	ID         json.RawMessage `json:"id"`
	URL        string          `json:"url,omitempty"`
	Title      string          `json:"title,omitempty"`
	Published  string          `json:"published,omitempty"`
	Similarity *float64        `json:"similarity,omitempty"`
	Method     string          `json:"method,omitempty"`
}

func (w *clusters) line(l *settle.Line) error {
	if l.Passes {
		return nil
	}
	m := clusterMember{ID: copyOf(l.Name), URL: l.URL, Title: l.Title}
	if !l.When.IsZero() {
		m.Published = l.When.Format(time.RFC3339)
	}
	if l.Duplicate {
		similarity := jsonl.Round(l.Match.Similarity)
		m.Similarity, m.Method = &similarity, l.Match.Method.String()
	}
	i, found := w.known[string(l.Head)]
	if !found || !l.Duplicate { // ids may come twice
		i = len(w.list)
		w.known[string(l.Head)] = i
		w.list = append(w.list, cluster{ID: copyOf(l.Head)})
	}
	w.list[i].Members = append(w.list[i].Members, m)
	return nil
}

// copyOf is a name that holds beyond the callback.
func copyOf(name json.RawMessage) json.RawMessage { return bytes.Clone(name) }

// end writes the clusters that have two members, or one whose first article
// was in an earlier run.
func (w *clusters) end(context.Context, *settle.Options) error {
	e := json.NewEncoder(w.r.out)
	e.SetEscapeHTML(false)
	for _, c := range w.list {
		if len(c.Members) == 1 && c.Members[0].Method == "" {
			continue
		}
		c.Size = len(c.Members)
		if err := e.Encode(c); err != nil {
			return err
		}
	}
	return nil
}
