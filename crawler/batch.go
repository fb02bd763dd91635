package crawler

import (
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// settled is one task within a commit.
type settled struct {
	*visited
	verdict    *state.Verdict
	similarity float64    // to the article that this one nearly duplicates; 0: not a near-duplicate
	end        source.End // whether and how the source's pass ended with this page
	found      []string   // origins with new URLs in the queue
	lines      int        // lines written for it
	trapped    int        // links into crawler traps, not queued
	trap       string     // URL shape of a crawler trap that this page revealed
}

// batch holds the tasks of one commit.
type batch struct {
	settled     []settled
	now         time.Time
	effects     state.Effects
	withdraw    []state.Withdrawal
	withdrawn   []state.Withdrawn // of withdraw
	withdrawals map[string]int    // lines written for them, by site
	texts       map[uint64]string // identifying URLs of the texts of the batch
}

func newBatch(now time.Time) *batch {
	return &batch{now: now, texts: map[uint64]string{}, withdrawals: map[string]int{}}
}

// moved reports whether a page must be fetched at another URL with the same key, as
// after a redirect from http to https. Its outcome is not known yet.
func (s *settled) moved() bool {
	to := s.claims.Target
	if to == nil || s.verdict.Looped {
		return false
	}
	own, err := urlkey.Parse(s.task.URL)
	return err == nil && own.Hash() == to.Key
}

// origins returns the origins for which this task queued URLs.
func (s *settled) origins() []string {
	var list []string
	note := func(origin string) {
		for _, known := range list {
			if known == origin {
				return
			}
		}
		list = append(list, origin)
	}
	for i, l := range s.verdict.Links {
		if l.New || l.Again {
			note(s.claims.Links[i].Origin)
		}
	}
	if to := s.claims.Target; to != nil && !s.verdict.Looped {
		note(to.Origin)
	}
	if id := s.claims.Identity; id != nil && s.verdict.Disputed { // the canonical URL is fetched itself
		note(id.Origin)
	}
	return list
}

// policy returns how the article is written.
func (s *settled) policy() config.Policy {
	p := s.task.Site.Duplicate
	switch s.verdict.Article {
	case state.Revision:
		return p.Revision
	case state.Duplicate:
		if s.similarity > 0 {
			return p.Near
		}
		return p.Exact
	}
	return config.Full
}

// visits returns the events of a committed batch.
func (b *batch) visits() []Visit {
	list := make([]Visit, len(b.settled))
	for i := range b.settled {
		list[i] = b.settled[i].event()
	}
	return list
}

func (s *settled) event() Visit {
	v := Visit{Site: s.task.Site.Name, URL: s.task.URL, Kind: "page", Status: s.claims.Status,
		Bytes: s.resp.Wire, Elapsed: s.resp.Elapsed, State: s.claims.State, Article: s.verdict.Article,
		Lines: s.lines, Reason: s.claims.Reason}
	switch s.task.Work.(type) {
	case frontier.Step:
		v.Kind = "source"
		if err := s.page.Err; err != nil {
			v.Reason = err.Error()
		}
	case frontier.Robots:
		v.Kind = "robots"
	case frontier.Page:
		if v.Reason == "" {
			v.Reason = s.noArticle
		}
	}
	return v
}
