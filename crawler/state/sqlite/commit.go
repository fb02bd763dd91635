package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

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
func (s *Store) Commit(ctx context.Context, b state.Batch, decide func([]state.Verdict) (state.Effects, error)) (err error) {
	if err := s.checkpoint(ctx); err != nil {
		return err
	}
	// The driver watches a context that can be cancelled with a goroutine a
	// statement, and database/sql rolls back beside us. The context is looked
	// at between the visits instead.
	whole := context.WithoutCancel(ctx)
	tx, err := s.conn.BeginTx(whole, nil)
	if err != nil {
		return wrap(s.path, "begin", err)
	}
	committed := false
	defer func() { // also when decide panics
		if !committed {
			s.drop()
			clear(s.seen)
			err = joined(err, rollback(tx))
		}
	}()
	c := &claims{Store: s, ctx: whole, batch: b, grown: map[int64]struct{}{}}
	verdicts := make([]state.Verdict, len(b.Visits))
	for i := range b.Visits {
		if err := ctx.Err(); err != nil {
			return wrap(s.path, "commit", err)
		}
		if verdicts[i], err = c.visit(&b.Visits[i]); err != nil {
			return wrap(s.path, "claim "+describe(&b.Visits[i]), err)
		}
	}
	effects, err := decide(verdicts)
	if err != nil {
		return err
	}
	if err := c.store(effects); err != nil {
		return wrap(s.path, "store a batch", err)
	}
	if err := ctx.Err(); err != nil {
		return wrap(s.path, "commit", err)
	}
	if err := tx.Commit(); err != nil {
		return wrap(s.path, "commit", err)
	}
	committed = true
	s.urls.commit()
	s.headlines.commit()
	s.titles.commit()
	s.texts.commit()
	return nil
}

// joined is err as it is, unless there is another one beside it.
func joined(err, other error) error {
	if other == nil {
		return err
	}
	return errors.Join(err, other)
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
	ctx   context.Context
	batch state.Batch
	grown map[int64]struct{} // sites with new URLs
}

func (c *claims) exec(query string, args ...any) (sql.Result, error) {
	st, err := c.stmt(c.ctx, query)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(c.ctx, args...)
}

func (c *claims) row(query string, args []any, dest ...any) error {
	st, err := c.stmt(c.ctx, query)
	if err != nil {
		return err
	}
	return st.QueryRowContext(c.ctx, args...).Scan(dest...)
}

func (c *claims) visit(v *state.Visit) (state.Verdict, error) {
	var verdict state.Verdict
	if len(v.Links) > 0 || len(v.Headlines) > 0 || v.Target != nil || v.Text != nil || v.Claim != nil {
		if err := c.load(); err != nil {
			return verdict, err
		}
	}
	for i := range v.Links {
		lv, err := c.link(&v.Links[i], v)
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
