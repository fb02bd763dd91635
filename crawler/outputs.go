package crawler

import (
	"context"
	"errors"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
)

// outputs joins the output files to the state: marks come from there, and go
// there with every commit.
type outputs struct {
	*run
	pattern output.Pattern
	writer  *output.Writer
	known   map[string]output.Mark // in the state, not yet looked at
	stamped map[string]bool        // marks that name this run: what may have an uncommitted tail
}

// openOutputs compares the files that the last run wrote, and those that this
// one will write, with their marks. What stands beyond the marks of the last
// run is cut if it was not finished.
func openOutputs(ctx context.Context, r *run) (*outputs, error) {
	pattern, err := output.ParsePattern(r.Config.Output.Path)
	if err != nil {
		return nil, err
	}
	o := &outputs{run: r, pattern: pattern, known: map[string]output.Mark{}, stamped: map[string]bool{}}
	o.writer = output.NewWriter(r.Stdout, o.warn)
	last, ok, err := r.Store.LastRun(ctx)
	if err != nil {
		return nil, err
	}
	stored, err := r.Store.Outputs(ctx)
	if err != nil {
		return nil, err
	}
	unfinished := ok && last.Ended.IsZero()
	if unfinished {
		o.warn("the last run (" + last.ID + ") did not end; going on from its last commit")
	}
	now := o.paths(r.Now())
	var recent, current []output.Mark
	for _, s := range stored {
		m := output.Mark{Path: s.Path, Offset: s.Offset, Lines: s.Lines, Tail: s.Tail}
		switch {
		case s.Run == last.ID:
			recent = append(recent, m)
		case now[s.Path]:
			current = append(current, m)
		default:
			o.known[s.Path] = m
		}
	}
	return o, errors.Join(
		o.recover(ctx, recent, output.Recovery{Unfinished: unfinished, Accept: r.AcceptOutput}),
		o.recover(ctx, current, output.Recovery{Accept: r.AcceptOutput}))
}

// paths are the files that a commit at t may write to.
func (o *outputs) paths(t time.Time) map[string]bool {
	paths := map[string]bool{}
	for _, s := range o.Sites {
		for _, typ := range lineTypes {
			paths[o.pattern.Path(s.Name, string(typ), t)] = true
		}
	}
	return paths
}

func (o *outputs) warn(text string) {
	o.summary.Warnings = append(o.summary.Warnings, text)
}

// recover compares files with their marks and stores those that changed.
func (o *outputs) recover(ctx context.Context, marks []output.Mark, how output.Recovery) error {
	changed, err := o.writer.Recover(marks, how)
	if err != nil {
		return err
	}
	return o.save(ctx, changed)
}

func (o *outputs) save(ctx context.Context, marks []output.Mark) error {
	if len(marks) == 0 {
		return nil
	}
	return o.Store.SaveOutputs(ctx, o.id, stored(marks, o.id))
}

func stored(marks []output.Mark, run string) []state.Output {
	list := make([]state.Output, len(marks))
	for i, m := range marks {
		list[i] = state.Output{Path: m.Path, Offset: m.Offset, Lines: m.Lines, Tail: m.Tail, Run: run}
	}
	return list
}

// lineTypes are the types whose lines a page may bring.
var lineTypes = []item.Type{item.TypeArticle, item.TypeHeadline, item.TypeReference, item.TypeGone}

// prepare makes the files that a batch may write to ready: their marks are in
// the state, with this run's name, before their first byte is written.
func (o *outputs) prepare(ctx context.Context, batch []*result, now time.Time) error {
	paths, seen := []string{}, map[string]bool{}
	var late []output.Mark
	for _, res := range batch {
		if res.lines.article == nil && len(res.lines.headlines) == 0 && res.visit.State != state.Gone {
			continue
		}
		for _, t := range lineTypes {
			p := o.pattern.Path(res.task.site.Name, string(t), now)
			if seen[p] {
				continue
			}
			seen[p] = true
			paths = append(paths, p)
			if m, ok := o.known[p]; ok {
				late = append(late, m)
				delete(o.known, p)
			}
		}
	}
	// Files of earlier runs: those runs have ended, so that nothing is cut.
	if err := o.recover(ctx, late, output.Recovery{Accept: o.AcceptOutput}); err != nil {
		return err
	}
	changed, err := o.writer.Prepare(paths, o.AcceptOutput)
	if err != nil {
		return err
	}
	for _, m := range changed {
		o.stamped[m.Path] = true
	}
	for _, p := range paths {
		if p != output.Stdout && !o.stamped[p] {
			o.stamped[p] = true
			changed = append(changed, o.writer.Mark(p))
		}
	}
	return o.save(ctx, changed)
}

func (o *outputs) append(site string, t item.Type, now time.Time, line []byte) error {
	return o.writer.Append(o.pattern.Path(site, string(t), now), line)
}

// flush makes the lines of a batch durable.
func (o *outputs) flush() ([]state.Output, error) {
	marks, err := o.writer.Flush()
	return stored(marks, o.id), err
}

func (o *outputs) commit() error { return o.writer.Commit() }

func (o *outputs) close() error { return o.writer.Close() }
