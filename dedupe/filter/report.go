package filter

import (
	"bufio"
	"bytes"
	"encoding/json"
	"time"

	"github.com/newsonce/newsonce/dedupe/filter/internal/jsonl"
)

// clusters collects the members of all clusters and writes them at the end.
type clusters struct {
	out  *bufio.Writer
	byID map[string]int // in list
	list []cluster
}

type cluster struct {
	ID      json.RawMessage `json:"cluster_id"`
	Size    int             `json:"size"`
	Members []member        `json:"members"`
}

type member struct {
	ID         json.RawMessage `json:"id"`
	URL        string          `json:"url,omitempty"`
	Title      string          `json:"title,omitempty"`
	Published  string          `json:"published,omitempty"`
	Similarity *float64        `json:"similarity,omitempty"`
	Method     string          `json:"method,omitempty"`
}

func (w *clusters) line(l *line) error {
	if l.passes {
		return nil
	}
	m := member{ID: bytes.Clone(l.ID), URL: l.URL, Title: l.Title}
	if !l.When.IsZero() {
		m.Published = l.When.Format(time.RFC3339)
	}
	if l.duplicate {
		similarity := jsonl.Round(l.match.Similarity)
		m.Similarity, m.Method = &similarity, l.match.Method.String()
	}
	i, found := w.byID[string(l.head)]
	if !found || !l.duplicate { // an id may occur twice
		i = len(w.list)
		w.byID[string(l.head)] = i
		w.list = append(w.list, cluster{ID: bytes.Clone(l.head)})
	}
	w.list[i].Members = append(w.list[i].Members, m)
	return nil
}

// end writes the clusters of two or more. One member is enough where the first
// article belongs to an earlier run.
func (w *clusters) end() error {
	e := json.NewEncoder(w.out)
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
