package sqlite

import (
	"context"
	"fmt"
	"slices"

	"github.com/newsonce/newsonce/crawler/state"
)

// maxSeen bounds the set of headlines whose last_seen this run has set; after
// that they are set again, which costs time only.
const maxSeen = 1 << 17

// drop forgets what was cached of uncommitted rows.
func (s *Store) drop() {
	s.sites, s.origins, s.siteURLs = map[string]int64{}, map[string]int64{}, map[int64]int{}
	if s.urls == nil {
		s.urls, s.headlines, s.texts = newKeys(), newKeys(), newKeys()
	}
	s.urls.rollback()
	s.headlines.rollback()
	s.titles.rollback()
	s.texts.rollback()
}

// Commit implements state.Store.
func (s *Store) Commit(ctx context.Context, b state.Batch, decide state.Decide) (err error) {
	if err := s.checkpoint(); err != nil {
		return err
	}
	committed := false
	defer func() { // also when decide panics
		if !committed {
			s.drop()
			clear(s.seen)
		}
	}()
	forgets := slices.ContainsFunc(b.Withdraw, func(w state.Withdrawal) bool { return w.Forget })
	if forgets {
		if err := exec(s.conn, "PRAGMA secure_delete = ON"); err != nil {
			return wrap(s.path, "forget", err)
		}
	}
	c := &claims{Store: s, batch: b, grown: map[int64]struct{}{}}
	// The context is looked at between the visits, which are quick.
	if err := within(context.WithoutCancel(ctx), s.conn, s.path,
		func() error { return c.commit(ctx, decide) }); err != nil {
		return err
	}
	committed = true
	s.urls.commit()
	s.headlines.commit()
	s.titles.commit()
	s.texts.commit()
	if !forgets {
		return nil
	}
	clear(s.seen)
	return wrap(s.path, "write the log back", exec(s.conn, "PRAGMA wal_checkpoint(TRUNCATE)"))
}

// commit makes the changes of a batch within its transaction.
func (c *claims) commit(ctx context.Context, decide state.Decide) error {
	if err := c.fence(c.batch.Leases); err != nil {
		return err
	}
	withdrawn, err := c.withdraw(c.batch.Withdraw)
	if err != nil {
		return wrap(c.path, "withdraw items", err)
	}
	verdicts := make([]state.Verdict, len(c.batch.Visits))
	for i := range verdicts {
		if err := ctx.Err(); err != nil {
			return wrap(c.path, "commit", err)
		}
		v := &c.batch.Visits[i]
		if verdicts[i], err = c.visit(v); err != nil {
			return wrap(c.path, "claim "+describe(v), err)
		}
	}
	effects, err := decide(verdicts, withdrawn)
	if err != nil {
		return err
	}
	if err := c.store(effects); err != nil {
		return wrap(c.path, "store a batch", err)
	}
	return wrap(c.path, "commit", ctx.Err())
}

func describe(v *state.Visit) string {
	if v.URL == 0 {
		return "a source page of " + v.Site
	}
	return fmt.Sprintf("url %d of %s", v.URL, v.Site)
}

// claims is one commit in progress.
type claims struct {
	*Store
	batch state.Batch
	grown map[int64]struct{} // sites with new URLs
}

func (c *claims) exec(query string, args ...any) error { return exec(c.conn, query, args...) }

// failing reports whether links of a visit may have failed permanently, which costs a
// look at each of them.
func (c *claims) failing(v *state.Visit) (bool, error) {
	if !v.Listed || len(v.Links) == 0 {
		return false, nil
	}
	n, err := only(c.conn, number, "SELECT EXISTS (SELECT 1 "+failures+")", v.Site)
	return n > 0, err
}

func (c *claims) visit(v *state.Visit) (state.Verdict, error) {
	var verdict state.Verdict
	if len(v.Links) > 0 || len(v.Headlines) > 0 || v.Target != nil || v.Text != nil || v.Claim != nil {
		if err := c.load(); err != nil {
			return verdict, err
		}
	}
	failing, err := c.failing(v)
	if err != nil {
		return verdict, err
	}
	for i := range v.Links {
		lv, err := c.link(&v.Links[i], v, failing)
		if err != nil {
			return verdict, err
		}
		verdict.Links = append(verdict.Links, lv)
	}
	if v.Claim != nil {
		id, err := c.claim(v)
		if id == 0 || err != nil {
			return verdict, err
		}
		claimed := *v // the caller's stays as it is
		claimed.URL, v = id, &claimed
	}
	if err := c.outcome(v, &verdict); err != nil {
		return verdict, err
	}
	for _, h := range v.Headlines {
		revision, err := c.headline(h, v)
		if err != nil {
			return verdict, err
		}
		verdict.Headlines = append(verdict.Headlines, revision)
	}
	return verdict, nil
}
