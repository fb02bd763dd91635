package crawler

import (
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/item"
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
	written     map[Written]int   // all lines, by site and type; Lines of the keys is 0
	texts       map[uint64]string // identifying URLs of the texts of the batch
}

func newBatch(now time.Time) *batch {
	return &batch{now: now, texts: map[uint64]string{}, withdrawals: map[string]int{}, written: map[Written]int{}}
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

// lines counts the lines of a committed batch.
func (b *batch) lines() []Written {
	list := make([]Written, 0, len(b.written))
	for w, n := range b.written {
		w.Lines = n
		list = append(list, w)
	}
	return list
}

func (s *settled) event() Visit {
	v := Visit{Site: s.task.Site.Name, URL: s.task.URL, Kind: "page", Status: s.claims.Status,
		Bytes: s.resp.Wire + s.wire, Elapsed: s.resp.Elapsed, State: s.claims.State, Article: s.verdict.Article,
		Lines: s.lines, Reason: s.claims.Reason, Similarity: s.similarity}
	switch w := s.task.Work.(type) {
	case frontier.Step:
		v.Kind, v.Gap = "source", s.page.Gap
		if err := s.page.Err; err != nil {
			v.Reason = err.Error()
		}
		if w.Pages {
			v.Outcome = s.storedOutcome()
		}
	case frontier.Robots:
		v.Kind = "robots"
	case frontier.Page:
		v.Outcome = s.outcome()
		if v.Reason == "" {
			v.Reason = s.noArticle
		}
	}
	if v.Outcome == New || v.Outcome == Duplicate || v.Outcome == Revision {
		v.Missing = missing(s.article.Item)
	}
	return v
}

// missing names the fields that an article lacks, of those that nearly every article has.
func missing(a *item.Article) (names []string) {
	for _, f := range []struct {
		name string
		has  bool
	}{
		{"title", a.Title != ""}, {"content_text", a.ContentText != ""},
		{"date_published", !a.DatePublished.IsZero()}, {"authors", len(a.Authors) > 0},
	} {
		if !f.has {
			names = append(names, f.name)
		}
	}
	return names
}

// Outcome says what became of a page that may be an article.
type Outcome string

// The outcomes of a page.
const (
	New       Outcome = "new"        // a new article
	Duplicate Outcome = "duplicate"  // a new URL with a known text
	Revision  Outcome = "revision"   // a known article with a changed text
	Unchanged Outcome = "unchanged"  // a known article
	Missed    Outcome = "missed"     // a known article that could not be refetched
	Alias     Outcome = "alias"      // stands for another URL
	NoArticle Outcome = "no_article" // a page without an article
	Gone      Outcome = "gone"       // 404 or 410
	Refused   Outcome = "refused"    // robots.txt, scope, address guard, too large, not HTML
	Retry     Outcome = "retry"      // will be fetched again
	Failed    Outcome = "failed"     // failed permanently
	Blocked   Outcome = "blocked"    // a wall in place of the article
	Held      Outcome = "held"       // held back, since it may be a wall
	Trapped   Outcome = "trapped"    // postponed: it is part of a crawler trap
)

// Outcomes lists every outcome of a page.
var Outcomes = [...]Outcome{New, Duplicate, Revision, Unchanged, Missed, Alias, NoArticle, Gone, Refused, Retry, Failed,
	Blocked, Held, Trapped}

// outcome returns what became of a page.
func (s *settled) outcome() Outcome {
	switch skip := s.task.Skip; {
	case skip != nil && skip.Trapped:
		return Trapped
	case s.blocked != "":
		return Blocked
	case s.held != "":
		return Held
	case s.waits():
		return Retry
	case s.missed:
		return Missed
	}
	switch s.claims.State {
	case state.Alias:
		if s.verdict.Looped {
			return Failed
		}
		return Alias
	case state.Gone:
		return Gone
	case state.Refused:
		return Refused
	case state.Failed:
		return Failed
	}
	return s.read()
}

// read returns the outcome of a page that was read.
func (s *settled) read() Outcome {
	switch s.verdict.Article {
	case state.New:
		return New
	case state.Duplicate:
		return Duplicate
	case state.Revision:
		return Revision
	case state.Known:
		if s.claims.Identity != nil {
			return Alias
		}
		return Unchanged
	}
	switch p := s.queued(); {
	case s.noArticle == "":
		return Unchanged
	case p != nil && p.Known:
		return Missed
	}
	return NoArticle
}

// storedOutcome returns what became of a page that a source holds itself, "" where
// there was none.
func (s *settled) storedOutcome() Outcome {
	switch {
	case s.page.Broken != nil:
	case s.failure != "":
		return Failed
	case s.page.Capture != nil && !s.outside:
		return s.outcome()
	}
	return ""
}
