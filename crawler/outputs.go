package crawler

import (
	"context"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/output"
)

// lineTypes are the types of lines that a page may yield.
var lineTypes = []item.Type{item.TypeArticle, item.TypeHeadline, item.TypeReference, item.TypeGone, item.TypeWithdrawn}

// keys returns the keys of all lines that a page of site may yield at a time.
func keys(site string, at time.Time) []output.Key {
	list := make([]output.Key, len(lineTypes))
	for i, t := range lineTypes {
		list[i] = output.Key{Site: site, Type: string(t), At: at}
	}
	return list
}

// openSink opens the output where earlier runs left it.
func openSink(ctx context.Context, r *Options, id string, summary *report.Summary) (output.Sink, error) {
	o, err := sinkOptions(ctx, r)
	if err != nil {
		return nil, err
	}
	o.Warn = func(text string) { summary.Warn("%s", text) }
	o.Save = func(ctx context.Context, p []output.Position) error { return r.Store.SaveOutputs(ctx, id, p) }
	return r.Sinks.Open(ctx, o)
}

// sinkOptions returns what a sink is opened with, apart from its callbacks.
func sinkOptions(ctx context.Context, r *Options) (output.Options, error) {
	o := output.Options{
		Path:     r.Config.Output.Path,
		Base:     r.Config.Base(),
		Rotation: output.Rotation(r.Config.Output.Rotate),
		MinFree:  r.Config.MinFree,
		Accept:   r.AcceptOutput,
		Stdout:   r.Stdout,
		Now:      r.Now,
	}
	stored, err := r.Store.Outputs(ctx)
	for _, s := range stored {
		if s.Unfinished {
			o.Unfinished = append(o.Unfinished, s.Position)
		} else {
			o.Committed = append(o.Committed, s.Position)
		}
	}
	for _, s := range r.Config.Sites { // also sites not crawled in this run: their files stay open
		o.Keys = append(o.Keys, keys(s.Name, time.Time{})...)
	}
	return o, err
}
