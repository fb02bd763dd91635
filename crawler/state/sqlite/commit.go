package sqlite

import (
	"context"
	"fmt"

	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/internal/lite"
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
	c := &claims{Store: s, Conn: s.conn, batch: b, grown: map[int64]struct{}{}}
	// The context is looked at between the visits, which are quick.
	err = within(context.WithoutCancel(ctx), s.conn, s.path, func() error {
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
		return wrap(s.path, "commit", ctx.Err())
	})
	if err != nil {
		return err
	}
	committed = true
	s.urls.commit()
	s.headlines.commit()
	s.titles.commit()
	s.texts.commit()
	return nil
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
	*lite.Conn
	batch state.Batch
	grown map[int64]struct{} // sites with new URLs
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
