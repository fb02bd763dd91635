package cli

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/rebuild"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/spf13/cobra"
)

// state groups the commands that work on a state as a whole.
func (a *app) state() *cobra.Command {
	c := &cobra.Command{
		Use:   "state",
		Short: "Rebuild a damaged state; continue after a restored copy",
		Args:  knownCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(a.stateRebuild(), a.stateEpoch())
	return c
}

func (a *app) stateEpoch() *cobra.Command {
	var wait duration
	c := &cobra.Command{
		Use:   "epoch",
		Short: "Raise the epoch after an older copy of the state was restored",
		Long: `Raises the number of the state's epoch, which the names of objects in an object
storage contain.

Run it once after a copy of the state was restored, before the next crawl. The copy
does not know which objects were written since it was made. In a new epoch no object
gets the name of one of them. Items that were written since the copy was made are
fetched and written again.`,
		Example: `  newsonce state epoch
  newsonce state epoch -c /etc/newsonce/crawl.yaml --json`,
		Annotations: map[string]string{"exits": "0 raised, 1 failed, 2 wrong use, 11 another run holds the state"},
		Args:        cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.runStateEpoch(cmd.Context(), time.Duration(wait))
		},
	}
	c.Flags().Var(&wait, "lock-wait", "wait up to `D` for another run to end")
	return c
}

func (a *app) runStateEpoch(ctx context.Context, wait time.Duration) (err error) {
	c, err := a.load()
	if err != nil {
		return err
	}
	r, err := a.reader(ctx, c.State) // there must be one
	if err != nil {
		return err
	}
	if err := r.Close(); err != nil {
		return err
	}
	s, err := a.store(ctx, c.State, wait)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	w, err := s.RaiseEpoch(ctx)
	if err != nil {
		return err
	}
	if a.json {
		return json.NewEncoder(a.Out).Encode(struct {
			State string `json:"state"`
			ID    string `json:"id"`
			Epoch int64  `json:"epoch"`
		}{c.State, w.State, w.Epoch})
	}
	a.say("newsonce state epoch: %s is in epoch %d; names of new objects contain %s-e%d",
		c.State, w.Epoch, w.State, w.Epoch)
	return nil
}

func (a *app) stateRebuild() *cobra.Command {
	var wait duration
	var force bool
	c := &cobra.Command{
		Use:   "rebuild",
		Short: "Rebuild a damaged state from what can be read of it and from the output",
		Long: `Makes a new state in the place of a damaged or missing one.

It holds what can still be read of the damaged state, such as queued URLs, and
everything that the output files say was written. The next crawl repeats no line
that is in the output. If URLs may be lost, every source is read again from its
beginning. The damaged state is kept as STATE.damaged-TIME.

An output file that ends in the middle of a line is cut after its last whole line.
Files that were moved away cannot be read: put them back first, since items that
neither they nor the state know are written again.`,
		Example: `  newsonce state rebuild
  newsonce state rebuild -c /etc/newsonce/crawl.yaml --json`,
		Annotations: map[string]string{
			"exits": "0 rebuilt, or not damaged, 1 failed, 2 wrong use, 11 another run holds the state"},
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.runStateRebuild(cmd.Context(), time.Duration(wait), force)
		},
	}
	c.Flags().Var(&wait, "lock-wait", "wait up to `D` for another run to end")
	c.Flags().BoolVar(&force, "force", false, "rebuild a state in which no damage is found, too")
	return c
}

func (a *app) runStateRebuild(ctx context.Context, wait time.Duration, force bool) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	r, err := rebuild.Run(ctx, rebuild.Options{Config: c, Stores: a.Stores, Sinks: a.Sinks, Versions: crawler.Versions,
		Wait: wait, Force: force, Now: time.Now(), Warn: func(text string) { a.say("newsonce: %s", text) }})
	switch {
	case errors.Is(err, state.ErrSound):
		a.say("newsonce: %v; nothing was changed (--force rebuilds it all the same)", err)
		return nil
	case errors.Is(err, state.ErrLocked):
		return &exitError{report.ExitLocked, err}
	case err != nil:
		return err
	}
	if a.json {
		return json.NewEncoder(a.Out).Encode(r)
	}
	a.tellRebuilt(c.State, r)
	return nil
}

// tellRebuilt prints what a rebuilt state holds, and what is lost.
func (a *app) tellRebuilt(path string, r *rebuild.Result) {
	a.say("newsonce state rebuild: %s now knows %s, %d of them queued, %s and %s", path, plural(r.URLs, "URL"), r.Queued,
		plural(r.Texts, "text"), plural(r.Headlines, "headline"))
	a.say("  output: %s read from %s; %d of them the damaged state did not have", plural(r.Lines, "line"),
		plural(len(r.Outputs), "file"), r.Added)
	if r.Bad > 0 {
		a.say("  output: %s could not be read", plural(r.Bad, "line"))
	}
	if r.Damaged == "" {
		a.say("  there was no damaged state to read")
	} else {
		a.say("  lost in the damaged state: %s and %s; it is kept as %s", plural(r.LostPages, "page"),
			plural(r.LostRows, "row"), r.Damaged)
	}
	if r.SourcesReset {
		a.say("  the next run reads every source from its beginning")
	}
}
