package crawler

import (
	"encoding/json"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state"
)

// report counts one committed page.
func (d *decision) report(res *result, v *state.Verdict) {
	t := res.task
	c := d.summary.Site(t.site.Name)
	if t.robots != nil {
		return
	}
	if t.asks() {
		c.Requests++
		c.Bytes += res.resp.Wire
	}
	if res.resp.Class == fetch.NotModified {
		c.NotModified++
	}
	for _, l := range v.Links {
		switch {
		case l.New:
			c.NewURLs++
		case l.ID == 0:
			c.OverLimit++
		}
	}
	for _, revision := range v.Headlines {
		switch {
		case revision == 1:
			c.Headlines++
			c.Lines++
		case revision > 1:
			c.Retitled++
			written(c, t.site.Duplicate.Headline)
		}
	}
	c.Disputed += res.ignored
	c.OverLimit += res.overLimit
	c.Endless += res.endless
	if res.shape != "" {
		c.Problem("%d pages in a row whose addresses look like %s were alike, numbers aside: they are taken for a family without end, links to more of them are not taken, and those that are queued are put off for a day", familyRun, res.shape)
	}
	if v.Disputed {
		c.Disputed++
	}
	switch {
	case t.listing != nil:
		d.reportListing(c, res)
		return
	case t.supply != nil:
		d.reportSupply(c, res)
		return
	case t.record != nil && (t.record.Record == nil || res.outside):
		if err := t.record.broken; err != nil {
			c.Partial++
			c.Problem("%s: %v", t.record.file.path, err)
		}
		return
	}
	d.reportPage(c, res, v)
}

func (d *decision) reportListing(c *report.Site, res *result) {
	l := res.task.listing
	if res.page != nil {
		c.Listings++
	}
	if res.err != nil && !res.again {
		c.Problem("%s: %v", l.url, res.err)
	}
	if res.broken != nil {
		c.Problem("%s: %v", l.url, res.broken)
	}
	for _, note := range res.notes {
		c.Problem("%s: %s", l.url, note)
	}
	switch res.end {
	case failed:
		c.Unreadable++
	case partly:
		c.Partial++
	case noLinks:
		c.Less++
		c.Problem("%s: no article link on the %s: the site may have changed, or its links selector or article.match does not fit", l.start, l.kind)
	}
}

// reportSupply says what was wrong with a list of URLs: its lines come from a
// person, who should know even if all else went well.
func (d *decision) reportSupply(c *report.Site, res *result) {
	sp := res.task.supply
	if res.err != nil {
		c.Unreadable++
		c.Problem("%s: %v", sp.source, res.err)
	}
	for _, note := range res.notes {
		d.summary.Warn("%s: %s", sp.name, note)
	}
	if c.PassedOver += res.passedOver; res.last && c.PassedOver > 0 {
		d.summary.Warn("%s: %d of its URLs are not on the site's hosts or do not match article.match", sp.name, c.PassedOver)
	}
}

func (d *decision) reportPage(c *report.Site, res *result, v *state.Verdict) {
	if res.task.endless {
		c.Endless++
		return
	}
	d.retrying(c, res)
	if res.waits() {
		return
	}
	if res.missed {
		c.Missed++
		c.Problem("%s: not read again: %s", res.task.url, res.visit.Reason)
		return
	}
	switch res.visit.State {
	case state.Alias:
		c.Aliases++
		if v.Looped {
			c.Failed++
			c.Problem("%s: redirects lead back to it", res.task.url)
		}
		return
	case state.Gone:
		c.Gone++
		if v.Gone {
			c.GoneLines++
			c.Lines++
		}
		return
	case state.Refused:
		c.Refused++
		if res.deadEnd {
			c.DeadEnds++
		}
		return
	case state.Failed:
		c.Failed++
		c.Problem("%s: given up: %s", res.task.url, res.visit.Reason)
		return
	}
	dup := res.task.site.Duplicate
	switch v.Article {
	case state.New:
		c.Articles++
		c.Lines++
	case state.Duplicate:
		c.Duplicates++
		if res.similarity > 0 {
			c.Near++
			written(c, dup.Near)
		} else {
			written(c, dup.Exact)
		}
	case state.Revision:
		c.Revisions++
		written(c, dup.Revision)
	case state.Known:
		if res.visit.Identity != nil {
			c.Aliases++
		} else {
			c.Unchanged++
		}
	default:
		if res.noArticle != "" {
			c.NoArticle++
		} else {
			c.Unchanged++
		}
	}
}

// retrying counts the pages that wait for another try: each once, however often
// it was tried in this run, and not at all when it was had in the end.
func (d *decision) retrying(c *report.Site, res *result) {
	id := res.task.page.ID
	switch waits := res.waits(); {
	case waits && !d.waits[id]:
		d.waits[id] = true
		c.Retry++
	case !waits && d.waits[id]:
		delete(d.waits, id)
		c.Retry--
	}
}

// written counts the line of a duplicate, if its policy wrote one.
func written(c *report.Site, p config.Policy) {
	if p == config.Drop {
		c.Dropped++
	} else {
		c.Lines++
	}
}

func encodeSummary(s *report.Summary) (json.RawMessage, error) { return json.Marshal(s) }
