package crawler

import (
	"context"
	"errors"
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
	writer, err := r.Store.Writer(ctx)
	if err != nil {
		return output.Options{}, err
	}
	o := output.Options{
		Path:     r.Config.Output.Path,
		Base:     r.Config.Base(),
		Spool:    r.Config.Spool(),
		Writer:   writer,
		Storage:  output.ObjectStore(r.Config.S3),
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

// deliver has a sink deliver what it collected. Lines that cannot be delivered now are
// committed and kept, which the summary says.
func (r *run) deliver(ctx context.Context) error {
	f, ok := r.out.(output.Finisher)
	if !ok {
		return nil
	}
	err := f.Finish(ctx)
	if errors.Is(err, output.ErrUndelivered) {
		r.summary.Undelivered = err.Error()
		return nil
	}
	return err
}
