// Package rebuild makes a state whole again from the output that was written with it.
//
//	rebuild.go  Run: the store's part, and the replay of the output
//	replay.go   the lines, as visits that claim what was written
package rebuild

import (
	"context"
	"errors"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
	"github.com/newsonce/newsonce/output"
)

// Options tell what to rebuild.
type Options struct {
	Config   *config.Config
	Stores   []state.Driver
	Sinks    output.Sinks
	Versions state.Versions
	Wait     time.Duration // for another process that writes
	Force    bool          // rebuild a state without damage, too
	Now      time.Time
	Warn     func(text string)
}

// Result is what a rebuild found.
type Result struct {
	*state.Rebuilt
	Lines   int      `json:"lines"` // of the output that were read
	Bad     int      `json:"bad"`   // lines that could not be read
	Outputs []string `json:"outputs"`
}

// Run rebuilds the state of a configuration from what can be read of it and from the
// output files, each of which is cut after its last whole line.
func Run(ctx context.Context, o Options) (*Result, error) {
	p := &replay{Options: o, sites: map[string]*config.Site{}, result: &Result{Outputs: []string{}}}
	for _, s := range o.Config.Sites {
		p.sites[s.Name] = s
	}
	var err error
	p.result.Rebuilt, err = state.Rebuild(ctx, o.Stores, o.Config.State, state.RebuildOptions{
		Versions: o.Versions, Wait: o.Wait, Force: o.Force, Site: p.siteOf, Replay: p.run})
	return p.result, err
}

// siteOf returns the name of the site that a URL belongs to.
func (p *replay) siteOf(rawURL string) string {
	u, err := urlkey.Parse(rawURL)
	if err != nil {
		return ""
	}
	if s := p.Config.SiteOf(u.Host); s != nil {
		return s.Name
	}
	return ""
}

// run commits the lines of the output to a store, and the positions at their ends.
func (p *replay) run(ctx context.Context, store state.Store) (added int, err error) {
	o := output.Options{Path: p.Config.Output.Path, Base: p.Config.Base(), Spool: p.Config.Spool(),
		Storage: output.ObjectStore(p.Config.S3), Warn: p.Warn}
	positions, err := p.Sinks.Restore(ctx, o)
	if err != nil {
		return 0, err
	}
	o.Committed = positions
	segments, err := p.segments(ctx, o)
	if err != nil {
		return 0, err
	}
	p.store, p.runID = store, p.Now.UTC().Format("20060102T150405.000Z")
	if err := store.Begin(ctx, state.Run{ID: p.runID, Command: "state rebuild", Begun: p.Now}); err != nil {
		return 0, err
	}
	if p.leases, err = store.Lease(ctx, state.Owner(), 1, leaseTime); err != nil {
		return 0, err
	}
	for _, s := range segments {
		p.result.Outputs = append(p.result.Outputs, s.Path)
		if err := p.segment(ctx, s); err != nil {
			return 0, err
		}
	}
	err = p.commit(ctx)
	if err == nil {
		err = store.SaveOutputs(ctx, p.runID, positions)
	}
	if err == nil {
		err = store.End(ctx, state.Run{ID: p.runID, Ended: p.Now})
	}
	return p.added, errors.Join(err, store.Release(ctx, p.leases))
}

// leaseTime is the time to live of a lease that nobody else takes meanwhile.
const leaseTime = 24 * time.Hour

// segments returns what was written. Standard output cannot be read back.
func (p *replay) segments(ctx context.Context, o output.Options) ([]output.Segment, error) {
	if o.Path == output.Stdout {
		p.Warn("items went to standard output, which cannot be read back: " +
			"those that the damaged state has lost are written again")
		return nil, nil
	}
	return p.Sinks.Segments(ctx, o)
}
