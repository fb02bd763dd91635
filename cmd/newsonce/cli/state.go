package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/rebuild"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/spf13/cobra"
)

// state groups the commands that work on a state as a whole.
func (a *app) state() *cobra.Command {
	c := &cobra.Command{
		Use:   "state",
		Short: "Copy a state, rebuild a damaged one, continue after a restored copy",
		Args:  knownCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(a.stateCopy(), a.stateRebuild(), a.stateEpoch())
	return c
}

func (a *app) stateCopy() *cobra.Command {
	var wait duration
	c := &cobra.Command{
		Use:   "copy FROM TO",
		Short: "Copy a state from SQLite to PostgreSQL, or back",
		Long: `Copies everything that a state knows to a new one in another place.

FROM and TO are paths of SQLite files, or URLs such as postgres://user@host/database,
as for state in crawl.yaml. TO must not hold a state yet. No run may use either.

A copy that was broken off continues when the same command is run again, and nothing
else opens it before. In the end the rows of both states are compared, table by table,
by number and checksum. FROM stays as it is: do not crawl with both.`,
		Example: `  newsonce state copy newsonce.db postgres://newsonce@db.example/newsonce
  newsonce state copy postgres://newsonce@db.example/newsonce newsonce.db --json`,
		Annotations: map[string]string{"exits": "0 copied, 1 failed, 2 wrong use, 11 a run holds one of the states"},
		Args:        needs("two states, FROM and TO", 2, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runStateCopy(cmd.Context(), args[0], args[1], time.Duration(wait))
		},
	}
	c.Flags().Var(&wait, "lock-wait", "wait up to `D` for another run to end")
	return c
}

func (a *app) runStateCopy(ctx context.Context, from, to string, wait time.Duration) error {
	if from == to {
		return usage(errors.New("FROM and TO are the same state"))
	}
	begun := time.Now()
	c, err := state.Copy(ctx, a.Stores, from, to, state.OpenOptions{Versions: crawler.Versions, Wait: wait},
		func(table string, rows int64) {
			if a.quiet {
				return
			}
			if rows == 0 {
				a.say("newsonce state copy: %s", table)
				return
			}
			a.say("newsonce state copy: %s rows of the table %s", humanize.Comma(rows), table)
		})
	switch {
	case errors.Is(err, state.ErrLocked):
		return &exitError{report.ExitLocked, err}
	case err != nil:
		return err
	case a.json:
		return json.NewEncoder(a.Out).Encode(c)
	}
	a.say("newsonce state copy: %s rows in %s; both states hold the same. Name %s in crawl.yaml", humanize.Comma(c.Rows),
		time.Since(begun).Round(time.Second), config.Redact(to))
	return nil
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
	if shared, ok := s.(state.Shared); ok {
		switch runs, _, err := shared.Crowd(ctx); {
		case err != nil:
			return err
		case runs > 0:
			return &exitError{report.ExitLocked, fmt.Errorf("the state is in use by %s; let them end first", plural(runs, "run"))}
		}
	}
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
