package crawler

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/newsonce/newsonce/crawler/config"
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

	manifest string          // of the sealed files; "" for standard output
	live     map[string]bool // the paths that may be written to on day
	day      string
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
	rotation := output.Rotation{Size: r.Config.Output.Rotate.Size, Age: r.Config.Output.Rotate.Age}
	if pattern != output.Stdout {
		o.manifest = pattern.Manifest()
		rotation.Manifest = o.manifest
	}
	o.writer = output.NewWriter(r.Stdout, o.warn, rotation)
	if err := o.room(); err != nil {
		return nil, err
	}
	last, ok, err := r.Store.LastRun(ctx)
	if err != nil {
		return nil, err
	}
	stored, err := r.Store.Outputs(ctx)
	if err != nil {
		return nil, err
	}
	r.resumes = ok && last.Ended.IsZero()
	if r.resumes {
		o.warn("the last run (" + last.ID + ") did not end; going on from its last commit")
	}
	now := maps.Clone(o.paths(r.Now()))
	now[o.manifest] = o.rotates()
	var recent, current []output.Mark
	for _, s := range stored {
		m := markOf(s)
		switch {
		case s.Run == last.ID:
			recent = append(recent, m)
		case now[s.Path], m.Offset > 0 && strings.HasSuffix(m.Path, output.Open): // it may be due
			current = append(current, m)
		default:
			o.known[s.Path] = m
		}
	}
	return o, errors.Join(
		o.recover(ctx, recent, output.Recovery{Unfinished: r.resumes, Accept: r.AcceptOutput}),
		o.recover(ctx, current, output.Recovery{Accept: r.AcceptOutput}))
}

// path is where a line goes.
func (o *outputs) path(site string, t item.Type, now time.Time) string {
	path := o.pattern.Path(site, string(t), now)
	if o.rotates() {
		path += output.Open
	}
	return path
}

func (o *outputs) rotates() bool { return o.Config.Output.Rotate != config.Rotate{} }

// paths are the files that a commit at t may write to, also for sites that this
// run does not crawl.
func (o *outputs) paths(t time.Time) map[string]bool {
	day := t.UTC().Format(time.DateOnly)
	if o.live != nil && o.day == day {
		return o.live
	}
	o.live, o.day = map[string]bool{}, day
	for _, s := range o.Config.Sites {
		for _, typ := range lineTypes {
			o.live[o.path(s.Name, typ, t)] = true
		}
	}
	return o.live
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
		list[i] = state.Output{Path: m.Path, Offset: m.Offset, Lines: m.Lines, Tail: m.Tail, Member: m.Member, Check: m.Check,
			First: m.First, Last: m.Last, Number: m.Number, Sealed: m.Sealed, Sum: m.Sum, Run: run}
	}
	return list
}

func markOf(s state.Output) output.Mark {
	return output.Mark{Path: s.Path, Offset: s.Offset, Lines: s.Lines, Tail: s.Tail, Member: s.Member, Check: s.Check,
		First: s.First, Last: s.Last, Number: s.Number, Sealed: s.Sealed, Sum: s.Sum}
}

// lineTypes are the types whose lines a page may bring.
var lineTypes = []item.Type{item.TypeArticle, item.TypeHeadline, item.TypeReference, item.TypeGone}

// prepare makes the files that a batch may write to ready.
func (o *outputs) prepare(ctx context.Context, batch []*result, now time.Time) error {
	paths, seen := []string{}, map[string]bool{}
	for _, res := range batch {
		if res.lines.article == nil && len(res.lines.headlines) == 0 && res.visit.State != state.Gone {
			continue
		}
		for _, t := range lineTypes {
			p := o.path(res.task.site.Name, t, now)
			if !seen[p] {
				seen[p] = true
				paths = append(paths, p)
			}
		}
	}
	return o.ready(ctx, paths)
}

// ready sees to it that the marks of files are in the state, with this run's
// name, before their first byte is written.
func (o *outputs) ready(ctx context.Context, paths []string) error {
	var late []output.Mark
	for _, p := range paths {
		if m, ok := o.known[p]; ok {
			late = append(late, m)
			delete(o.known, p)
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
	return o.writer.Append(o.path(site, t, now), line)
}

// flush makes the lines of a batch durable.
func (o *outputs) flush(now time.Time) ([]state.Output, error) {
	marks, err := o.writer.Flush(now)
	return stored(marks, o.id), err
}

func (o *outputs) commit() error { return o.writer.Commit() }

// seal closes the rotated files that are due. The state says first which and
// under what names; then they are renamed, and in the same transaction as the
// lines of the manifest the state forgets them. A run that is killed in between
// is gone on with from what the state says.
func (o *outputs) seal(now time.Time) error {
	if o.manifest == "" {
		return nil
	}
	ctx := context.Background() // the sum of a large file takes its time
	live := o.paths(now)
	marks, err := o.writer.Seal(now, func(path string) bool { return live[path] })
	if err != nil || len(marks) == 0 {
		return err
	}
	if err := o.ready(ctx, []string{o.manifest}); err != nil {
		return err
	}
	if err := o.save(ctx, marks); err != nil {
		return err
	}
	if marks, err = o.writer.Rename(now); err != nil {
		return err
	}
	if err := o.save(ctx, marks); err != nil {
		return err
	}
	return o.writer.Commit()
}

// room returns an error when the disk of the state or of the output has less
// than min_free left. Looking costs microseconds; a commit, milliseconds.
func (o *outputs) room() error {
	least := o.Config.MinFree
	if least == 0 {
		return nil
	}
	paths := []string{o.Config.State}
	if o.pattern != output.Stdout {
		before, _, _ := strings.Cut(string(o.pattern), "{")
		paths = append(paths, before)
	}
	for _, path := range paths {
		dir := filepath.Dir(path)
		if free, ok := output.Free(dir); ok && free < least {
			return fmt.Errorf("low disk: %s has %s left, less than min_free (%s); make room, and the next run goes on",
				dir, humanize.IBytes(uint64(free)), humanize.IBytes(uint64(least)))
		}
	}
	return nil
}

func (o *outputs) close() error { return o.writer.Close() }
