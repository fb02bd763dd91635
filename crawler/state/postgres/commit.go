package postgres

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/newsonce/newsonce/crawler/state"
)

// claims is one attempt at a commit.
type claims struct {
	*Store
	known
	tx    pgx.Tx
	batch *state.Batch
	told  *outcome // of the attempts before
	first ids      // the newest before this commit
}

// outcome is what a batch was told, kept for the case that the connection is lost
// before the commit: decide is called once.
type outcome struct {
	verdicts  []state.Verdict
	withdrawn []state.Withdrawn
	effects   state.Effects
	decided   bool
	before    ids    // the newest ids when decide was called
	after     ids    // those that the batch has taken
	xid       string // of the transaction whose commit was sent
}

// errOvertaken says that another process has committed between two attempts at a
// commit, so that what was decided does not hold.
var errOvertaken = errors.New("the connection was lost in the middle of a commit, and another process has committed " +
	"meanwhile; nothing was stored, run again")

// Commit implements state.Store. After a lost connection it looks whether the
// transaction was committed, and repeats it if not.
func (s *Store) Commit(ctx context.Context, b state.Batch, decide state.Decide) error {
	var o outcome
	err := s.retry(ctx, "commit", func() error {
		if o.xid != "" {
			if done, err := s.committed(ctx, o.xid); done || err != nil {
				return err
			}
			o.xid = ""
		}
		return s.attempt(ctx, &b, &o, decide)
	})
	var own decided
	if errors.As(err, &own) {
		return own.error
	}
	return err
}

// decided is an error of decide.
type decided struct{ error }

func (d decided) Unwrap() error { return d.error }

// committed reports whether a transaction whose outcome is not known was committed.
func (s *Store) committed(ctx context.Context, xid string) (bool, error) {
	var status *string
	if err := s.pool.QueryRow(ctx, "SELECT pg_xact_status($1::text::xid8)", xid).Scan(&status); err != nil {
		return false, err
	}
	if status == nil {
		return false, errOvertaken
	}
	if *status == "in progress" { // the server has yet to notice that the connection is lost
		return false, fmt.Errorf("transaction %s is in progress: %w", xid, errPending)
	}
	return *status == "committed", nil
}

// attempt makes one transaction of a batch.
func (s *Store) attempt(ctx context.Context, b *state.Batch, o *outcome, decide state.Decide) (err error) {
	// What is under way is finished when ctx ends; ctx is looked at between the steps.
	work := context.WithoutCancel(ctx)
	c := &claims{Store: s, known: newKnown(), batch: b, told: o}
	if c.tx, err = s.pool.Begin(ctx); err != nil {
		return err
	}
	defer c.tx.Rollback(work)
	if err := s.limit(ctx, c.tx); err != nil {
		return err
	}
	if err := c.begin(ctx); err != nil {
		return err
	}
	verdicts, withdrawn, err := c.judge(ctx)
	if err != nil {
		return err
	}
	if !o.decided {
		if err := c.decide(ctx, o, verdicts, withdrawn, decide); err != nil {
			return err
		}
	} else if c.last != o.after || !reflect.DeepEqual(verdicts, o.verdicts) || !reflect.DeepEqual(withdrawn, o.withdrawn) {
		return errOvertaken
	}
	if err := c.write(work, &o.effects); err != nil {
		return err
	}
	if err := c.tx.QueryRow(work, "SELECT pg_current_xact_id()::text").Scan(&o.xid); err != nil {
		o.xid = ""
		return err
	}
	return c.tx.Commit(work)
}

// begin waits for the turn, and checks the leases.
func (c *claims) begin(ctx context.Context) error {
	if _, err := c.tx.Exec(ctx, takeTurn); err != nil {
		return err
	}
	return fence(ctx, c.tx, c.batch.Leases)
}

// judge makes the withdrawals and the claims of the batch.
func (c *claims) judge(ctx context.Context) ([]state.Verdict, []state.Withdrawn, error) {
	withdrawn, err := c.withdraw(ctx, c.batch.Withdraw)
	if err != nil {
		return nil, nil, fmt.Errorf("withdraw items: %w", err)
	}
	if err := c.load(ctx); err != nil {
		return nil, nil, fmt.Errorf("read what is known: %w", err)
	}
	verdicts := make([]state.Verdict, len(c.batch.Visits))
	for i := range verdicts {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		v := &c.batch.Visits[i]
		if verdicts[i], err = c.visit(ctx, v); err != nil {
			return nil, nil, fmt.Errorf("claim %s: %w", describe(v), err)
		}
	}
	return verdicts, withdrawn, nil
}

func describe(v *state.Visit) string {
	if v.URL == 0 {
		return "a source page of " + v.Site
	}
	return fmt.Sprintf("url %d of %s", v.URL, v.Site)
}

func (c *claims) visit(ctx context.Context, v *state.Visit) (verdict state.Verdict, err error) {
	for i := range v.Links {
		lv, err := c.link(ctx, &v.Links[i], v)
		if err != nil {
			return verdict, err
		}
		verdict.Links = append(verdict.Links, lv)
	}
	if v.Claim != nil {
		id, err := c.claim(ctx, v)
		if id == 0 || err != nil {
			return verdict, err
		}
		claimed := *v // the caller's stays as it is
		claimed.URL, v = state.URLID(id), &claimed
	}
	if err := c.outcome(ctx, v, &verdict); err != nil {
		return verdict, err
	}
	for _, h := range v.Headlines {
		revision, err := c.headline(ctx, h, v)
		if err != nil {
			return verdict, err
		}
		verdict.Headlines = append(verdict.Headlines, revision)
	}
	return verdict, nil
}

// decide has the caller decide. The ids of new URLs and texts are taken before, so that
// they hold even when the connection is lost before the commit; after an error they are
// given back.
func (c *claims) decide(ctx context.Context, o *outcome, verdicts []state.Verdict, withdrawn []state.Withdrawn,
	decide state.Decide) error {
	if err := c.takeIDs(ctx, o); err != nil {
		return err
	}
	stop := c.keepAlive(ctx)
	defer func() {
		stop()
		if !o.decided && o.after != o.before { // an error, or a panic
			_ = c.setIDs(context.WithoutCancel(ctx), o.before) // else the numbers have a gap
		}
	}()
	effects, err := decide(verdicts, withdrawn)
	if err != nil {
		return decided{err}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	o.effects, o.verdicts, o.withdrawn, o.decided = effects, verdicts, withdrawn, true
	return nil
}

// resume gives the claims of another attempt the ids that the first one took.
func (c *claims) resume(ctx context.Context) error {
	if !c.told.decided {
		c.first = c.last
		return nil
	}
	newest := ids{max(c.last.url, c.told.after.url), max(c.last.text, c.told.after.text),
		max(c.last.headline, c.told.after.headline)}
	if newest != c.last { // the server has crashed, and lost them
		if err := c.setIDs(ctx, newest); err != nil {
			return err
		}
	}
	c.first, c.last = c.told.before, c.told.before
	return nil
}

// takeIDs takes the ids that the claims have given out.
func (c *claims) takeIDs(ctx context.Context, o *outcome) error {
	o.before, o.after = c.first, c.last
	if o.after == o.before {
		return nil
	}
	return c.setIDs(ctx, o.after)
}

// setIDs sets the newest ids.
func (c *claims) setIDs(ctx context.Context, to ids) error {
	_, err := c.tx.Exec(ctx, `SELECT setval('newsonce.url_id', greatest($1::bigint, 1), $1 > 0),
	    setval('newsonce.text_id', greatest($2::bigint, 1), $2 > 0),
	    setval('newsonce.headline_id', greatest($3::bigint, 1), $3 > 0)`,
		to.url, to.text, to.headline)
	return err
}

// keepAlive keeps the transaction from timing out while the caller decides, which may
// build an index of all texts. A process that is paused does not keep it.
func (c *claims) keepAlive(ctx context.Context) (stop func()) {
	done := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		t := time.NewTicker(c.idle / 4)
		defer t.Stop()
		for {
			select {
			case <-done:
				return
			case <-t.C:
				if _, err := c.tx.Exec(context.WithoutCancel(ctx), "SELECT 1"); err != nil {
					return // what follows fails, too
				}
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}
