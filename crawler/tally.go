package crawler

import (
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
)

// tally counts what was committed for the summary of the run.
type tally struct {
	summary *report.Summary
	waits   map[state.URLID]bool         // pages fetched in this run that wait for another attempt
	failed  map[state.URLID]bool         // URLs counted as failed permanently
	ends    map[source.Source]source.End // how the last pass of each source ended, where that counts
	pages   int
	lines   int
}

// committed counts a batch.
func (t *tally) committed(b *batch) {
	for i := range b.withdrawn {
		if it := b.withdrawn[i].Item; it.Revision > 0 {
			t.summary.Site(it.Site).Problem("%s: withdrawn: %s", it.URL, b.withdraw[i].Reason)
		}
	}
	for name, n := range b.withdrawals {
		c := t.summary.Site(name)
		c.Withdrawn += n
		c.Lines += n
		t.lines += n
	}
	for i := range b.settled {
		s := &b.settled[i]
		t.pages++
		t.lines += s.lines
		c := t.summary.Site(s.task.Site.Name)
		c.Lines += s.lines
		if _, ok := s.task.Work.(frontier.Robots); ok {
			continue
		}
		t.count(c, s)
		if s.page != nil {
			t.countStep(c, s)
		} else {
			t.countPage(c, s)
		}
	}
}

// count counts what any task may yield.
func (t *tally) count(c *report.Site, s *settled) {
	if s.task.Requests() {
		c.Requests += 1 + s.hops
		c.Bytes += s.resp.Wire + s.wire
	}
	if s.resp.Class == fetch.NotModified {
		c.NotModified++
	}
	for _, l := range s.verdict.Links {
		switch {
		case l.New:
			c.NewURLs++
		case l.ID == 0:
			c.OverLimit++
			c.CutURLs++
		}
	}
	for _, revision := range s.verdict.Headlines {
		switch {
		case revision == 1:
			c.Headlines++
		case revision > 1:
			c.Retitled++
			dropped(c, s.task.Site.Duplicate.Headline)
		}
	}
	c.Disputed += s.ignored
	c.OverLimit += s.cuts.Total()
	c.CutLinks += s.cuts.Links
	c.CutURLLength += s.cuts.URLLength
	c.CutDepth += s.cuts.Depth
	c.CutTrap += s.cuts.Trap
	c.Endless += s.trapped
	if s.trap != "" {
		c.Problem("%d consecutive pages with URLs like %s had nearly the same text, apart from numbers; "+
			"treating them as a crawler trap: further links to such pages are ignored, queued ones are deferred for a day",
			frontier.TrapRun, s.trap)
	}
	if s.verdict.Disputed {
		c.Disputed++
	}
}

// countStep counts a step of a source.
func (t *tally) countStep(c *report.Site, s *settled) {
	pg := s.page
	st := s.task.Work.(frontier.Step)
	where := s.task.URL
	if where == "" {
		where = st.Source.Name()
	}
	if st.Pages {
		t.countStored(c, s)
	} else if pg.Read && s.task.URL != "" {
		c.Listings++
	}
	if pg.Err != nil && !pg.Again {
		c.Problem("%s: %v", where, pg.Err)
	}
	if pg.Broken != nil {
		c.Problem("%s: %v", where, pg.Broken)
	}
	for _, text := range pg.Problems {
		c.Problem("%s: %s", where, text)
	}
	for _, text := range pg.Warnings {
		t.summary.Warn("%s", text)
	}
	if pg.Gap {
		c.Gaps++
	}
	t.countListedFailures(c, s, where)
	if s.end != source.Open {
		t.end(c, st.Source, s.end)
	}
	if s.end == source.NoLinks {
		c.Problem("%s: no article link on the %s: the site may have changed, "+
			"or the links selector or article.match does not fit",
			st.Source.Name(), st.Kind)
	}
	c.PassedOver += pg.PassedOver
	if pg.PassedOver > 0 {
		t.summary.Warn("%s: %d of its URLs are not on the site's hosts or do not match article.match",
			st.Source.Name(), c.PassedOver)
	}
}

// end counts how a pass of a source ended, instead of the pass before: the counters tell
// how the sources stand.
func (t *tally) end(c *report.Site, s source.Source, end source.End) {
	countEnd(c, t.ends[s], -1)
	countEnd(c, end, 1)
	t.ends[s] = end
}

func countEnd(c *report.Site, end source.End, by int) {
	switch end {
	case source.Failed:
		c.Unreadable += by
	case source.Partly:
		c.Partial += by
	case source.NoLinks:
		c.Less += by
	}
}

// standing counts how a source stands before this run, in which it may not be due.
func (t *tally) standing(c *report.Site, s source.Source) {
	w, ok := s.(source.Watcher)
	if !ok {
		return
	}
	if end, why := w.Standing(); end != source.Open {
		t.end(c, s, end)
		c.Problem("%s: %s", s.Name(), why)
	}
}

// countListedFailures counts the links of a source that failed permanently in an
// earlier run.
func (t *tally) countListedFailures(c *report.Site, s *settled, where string) {
	for i, l := range s.verdict.Links {
		if l.Failed && !t.failed[l.ID] {
			t.failed[l.ID] = true
			c.StillFailed++
			c.Problem("%s: failed permanently in an earlier run, and %s still lists it: newsonce status --failed tells why, "+
				"newsonce crawl --retry-failed tries it again", s.claims.Links[i].URL, where)
		}
	}
}

// countStored counts a page that a source holds itself.
func (t *tally) countStored(c *report.Site, s *settled) {
	switch {
	case s.page.Broken != nil:
		c.Partial++
	case s.failure != "":
		c.Failed++
		c.Problem("%s: given up: %s", s.page.URL, s.failure)
	case s.page.Capture != nil && !s.outside:
		t.countPage(c, s)
	}
}

// countPage counts a page that may be an article.
func (t *tally) countPage(c *report.Site, s *settled) {
	o := s.outcome()
	switch o {
	case Trapped:
		c.Endless++
		return
	case Blocked:
		c.Blocked++
		c.Problem("%s: blocked: %s", s.where(), s.blocked)
		return
	case Held:
		c.Held++
		return
	}
	t.retrying(c, s)
	switch o {
	case Retry:
	case Alias:
		c.Aliases++
	case Gone:
		c.Gone++
		if s.verdict.Gone > 0 {
			c.GoneLines++
		}
	case Refused:
		c.Refused++
		if s.deadEnd {
			c.DeadEnds++
		}
	case Failed:
		t.countFailure(c, s)
	case Missed:
		countMissed(c, s)
	default:
		countArticle(c, s, o)
	}
}

// countFailure counts a page that failed permanently.
func (t *tally) countFailure(c *report.Site, s *settled) {
	c.Failed++
	t.failed[s.claims.URL] = true
	if s.claims.State == state.Alias {
		c.Aliases++
		c.Problem("%s: redirects lead back to it", s.task.URL)
	} else {
		c.Problem("%s: given up: %s", s.task.URL, s.claims.Reason)
	}
}

// countMissed counts a known article that could not be fetched or read again.
func countMissed(c *report.Site, s *settled) {
	c.Missed++
	if s.missed {
		c.Problem("%s: could not be fetched again: %s", s.task.URL, s.claims.Reason)
	} else {
		c.Problem("%s: the article could not be read again: %s", s.task.URL, s.noArticle)
	}
}

// where returns the URL of a page, which may be one that a source holds itself.
func (s *settled) where() string {
	if s.page != nil {
		return s.page.URL
	}
	return s.task.URL
}

// countArticle counts a page that was read.
func countArticle(c *report.Site, s *settled, o Outcome) {
	if (o == New || o == Revision) && s.article.Item.TextPartial {
		c.TextPartial++
	}
	switch o {
	case New:
		c.Articles++
		if s.claims.Doubt == state.Suspected {
			c.Suspect++
		}
	case Duplicate:
		c.Duplicates++
		if s.similarity > 0 {
			c.Near++
		}
		dropped(c, s.policy())
	case Revision:
		c.Revisions++
		dropped(c, s.policy())
	case Unchanged:
		c.Unchanged++
	default:
		c.NoArticle++
	}
}

// retrying counts the pages that wait for another attempt. A page counts once,
// however often it was tried in this run, and no longer once it has been read.
func (t *tally) retrying(c *report.Site, s *settled) {
	p := s.queued()
	if p == nil {
		return
	}
	switch waits := s.waits(); {
	case waits && !t.waits[p.ID]:
		t.waits[p.ID] = true
		c.Retry++
	case !waits && t.waits[p.ID]:
		delete(t.waits, p.ID)
		c.Retry--
	}
}

// dropped counts a duplicate that policy p does not write.
func dropped(c *report.Site, p config.Policy) {
	if p == config.Drop {
		c.Dropped++
	}
}
