package filter

import (
	"bufio"

	"github.com/newsonce/newsonce/dedupe/filter/internal/jsonl"
)

// lines writes lines again, with the verdicts.
type lines struct {
	out    *bufio.Writer
	unique bool
	buf    []byte
}

func (w *lines) line(l *line) error {
	switch {
	case l.passes:
		w.buf = append(w.buf[:0], l.Line()...)
	case l.duplicate && w.unique:
		return nil
	case l.duplicate:
		w.buf = l.Annotate(w.buf[:0], jsonl.Verdict{
			Cluster: l.head, Duplicate: l.head, Similarity: l.match.Similarity, Method: l.match.Method.String(),
		})
	default:
		w.buf = l.Annotate(w.buf[:0], jsonl.Verdict{Cluster: l.head})
	}
	w.buf = append(w.buf, '\n')
	_, err := w.out.Write(w.buf)
	return err
}

func (w *lines) end() error { return nil }
