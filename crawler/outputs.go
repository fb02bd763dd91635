package crawler

import (
	"context"
	"path/filepath"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
)

// lineTypes are the types whose lines a page may bring.
var lineTypes = []item.Type{item.TypeArticle, item.TypeHeadline, item.TypeReference, item.TypeGone}

// keys returns those of all lines that a page of site may bring at a time.
func keys(site string, at time.Time) []output.Key {
	list := make([]output.Key, len(lineTypes))
	for i, t := range lineTypes {
		list[i] = output.Key{Site: site, Type: string(t), At: at}
	}
	return list
}

// openSink opens the output where the last runs left it.
func openSink(ctx context.Context, r *run) (output.Sink, error) {
	stored, err := r.Store.Outputs(ctx)
	if err != nil {
		return nil, err
	}
	o := output.Options{
		Path:     r.Config.Output.Path,
		Base:     filepath.Dir(r.Config.State),
		Rotation: output.Rotation(r.Config.Output.Rotate),
		MinFree:  r.Config.MinFree,
		Accept:   r.AcceptOutput,
		Stdout:   r.Stdout,
		Warn:     r.warn,
		Now:      r.Now,
		Save: func(ctx context.Context, p []output.Position) error {
			return r.Store.SaveOutputs(ctx, r.id, p)
		},
	}
	for _, s := range stored {
		if s.Unfinished {
			o.Unfinished = append(o.Unfinished, s.Position)
		} else {
			o.Committed = append(o.Committed, s.Position)
		}
	}
	for _, s := range r.Config.Sites { // also those that this run does not crawl: their files stay open
		o.Keys = append(o.Keys, keys(s.Name, time.Time{})...)
	}
	return r.Sinks.Open(ctx, o)
}

// prepare makes ready what the lines of a batch may be written to.
func (c *committer) prepare(ctx context.Context, batch []*result, now time.Time) error {
	var list []output.Key
	seen := map[string]bool{}
	for _, res := range batch {
		site := res.task.site.Name
		writes := res.lines.article != nil || len(res.lines.headlines) > 0 || res.visit.State == state.Gone
		if writes && !seen[site] {
			seen[site] = true
			list = append(list, keys(site, now)...)
		}
	}
	return c.out.Prepare(ctx, list)
}
