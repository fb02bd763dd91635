package crawler

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
	"github.com/newsonce/newsonce/output"
)

// committer writes what workers bring: whatever waits, at most maxBatch pages
// a transaction.
type committer struct {
	*run
	frontier *frontier
	tracker  *tracker
	encoder  *item.Encoder
	maxURLs  map[string]int
	near     *nearness
	counting map[state.URLID][]counted // URLs that archives wait for
	waits    map[state.URLID]bool      // pages asked in this run that wait for another try
	pages    int
	lines    int
}

// loop commits until the inbox is closed. After an error nothing more is
// committed; what comes then is left to the next run.
func (c *committer) loop(in *inbox) error {
	c.encoder = item.NewEncoder()
	c.near = &nearness{run: c.run, indexes: map[config.Near]*loaded{}}
	defer c.near.close()
	c.maxURLs, c.waits, c.counting = map[string]int{}, map[state.URLID]bool{}, map[state.URLID][]counted{}
	for name, s := range c.sites {
		c.maxURLs[name] = s.Limits.URLs
	}
	for batch := in.batch(); batch != nil; batch = in.batch() {
		c.readAll(batch)
		if err := c.commit(batch); err != nil {
			return err
		}
		if c.Notify != nil { // before the frontier, which may end the run and counts, too
			c.Notify(Event{Pages: c.pages, Lines: c.lines, Sites: c.tracker.progress(c.Now())})
		}
		c.frontier.committed(batch)
	}
	return nil
}

// commit stores a batch. Cancelled results are as if they had never been asked.
func (c *committer) commit(batch []*result) error {
	ctx := context.Background()
	if c.Config.Output.Path != output.Stdout { // a reader of a pipe may take its time
		bounded, cancel := context.WithTimeout(ctx, commitTimeout)
		defer cancel()
		ctx = bounded
	}
	b := state.Batch{Run: c.id, Leases: c.leases, MaxURLs: c.maxURLs, Visits: make([]state.Visit, 0, len(batch))}
	paces := make(map[string]state.Pace, len(batch))
	kept := make([]*result, 0, len(batch))
	for _, res := range batch {
		if res.cancelled {
			continue
		}
		kept = append(kept, res)
		res.shape = c.families.see(res)
		b.Visits = append(b.Visits, res.visit)
		if res.robots != nil {
			b.Robots = append(b.Robots, *res.robots)
		}
		if p := res.pace; p != nil {
			paces[p.Group] = *p
		}
	}
	if len(kept) == 0 {
		return nil
	}
	b.Paces = make([]state.Pace, 0, len(paces))
	for _, p := range paces {
		b.Paces = append(b.Paces, p)
	}
	now := c.Now()
	if err := c.chooseParts(ctx, kept, now); err != nil {
		return err
	}
	if err := c.prepare(ctx, kept, now); err != nil {
		return err
	}
	d := &decision{committer: c, batch: kept, now: now, walks: map[*listing]walk{}}
	if err := c.Store.Commit(ctx, b, d.decide); err != nil {
		return errors.Join(err, c.out.Rewind(ctx))
	}
	err := c.out.Committed(ctx)
	if errors.Is(err, output.ErrLowDisk) {
		c.lowDisk = err
		c.stop(err)
		err = nil
	}
	if err := errors.Join(err, c.near.commit()); err != nil {
		return err
	}
	c.count(d)
	return c.tracker.take(ctx, d)
}

// count adds what was committed to the summary, and lets the listings go on.
func (c *committer) count(d *decision) {
	for i, res := range d.batch {
		d.report(res, &d.verdicts[i])
	}
	for l, w := range d.walks {
		l.walk = w
	}
	c.pages += len(d.batch)
	c.lines += d.lines
}

// decision turns the verdicts of one batch into lines and effects. Counters and
// listings change when the batch is committed; its results, and what was seen
// of the expectations, before: a commit that fails ends the run.
type decision struct {
	*committer
	batch    []*result
	now      time.Time
	verdicts []state.Verdict
	walks    map[*listing]walk // how far the listings are after the commit
	effects  state.Effects
	lines    int
	texts    map[uint64]string // identifying URLs of the texts of the batch
}

// decide is the second half of a commit: it writes the lines that the verdicts
// ask for, makes them durable, and returns where the files end.
func (d *decision) decide(verdicts []state.Verdict, _ []state.Withdrawn) (state.Effects, error) {
	d.verdicts = verdicts
	d.texts = make(map[uint64]string, len(verdicts))
	for i, res := range d.batch {
		v := &verdicts[i]
		if err := d.judge(res, v); err != nil {
			return d.effects, err
		}
		if err := d.article(res, v); err != nil {
			return d.effects, err
		}
		if err := d.headlines(res, v); err != nil {
			return d.effects, err
		}
		if err := d.sources(res, v); err != nil {
			return d.effects, err
		}
		res.found = map[string]bool{}
		for j, lv := range v.Links {
			if lv.New || lv.Again {
				res.found[res.visit.Links[j].Origin] = true
			}
		}
		if t := res.visit.Target; t != nil && !v.Looped {
			res.found[t.Origin] = true
		}
		if id := res.visit.Identity; id != nil && v.Disputed { // that one is asked itself
			res.found[id.Origin] = true
		}
	}
	d.windows()
	var err error
	if d.effects.Summary, err = d.tracker.soFar(d.now); err != nil {
		return d.effects, err
	}
	d.effects.Outputs, err = d.out.Flush(context.Background())
	return d.effects, err
}

// judge makes a new article a duplicate whose text is nearly that of an earlier
// one.
func (d *decision) judge(res *result, v *state.Verdict) error {
	if v.Article != state.New && v.Article != state.Revision || v.Of != "" {
		return nil
	}
	like, keep, err := d.near.judge(context.Background(), res, v, d.texts)
	if keep == nil || err != nil {
		return err
	}
	d.texts[uint64(v.Text)] = v.Identity
	d.effects.Near = append(d.effects.Near, *keep)
	if like != nil && v.Article == state.New {
		v.Article, v.Of, v.Head, res.similarity = state.Duplicate, like.of, like.of, like.similarity
	}
	return nil
}

// sources moves the source on that a result belongs to, or waits for it.
func (d *decision) sources(res *result, v *state.Verdict) error {
	switch t := res.task; {
	case t.listing != nil:
		return d.listing(res, v, t.listing)
	case t.supply != nil:
		return d.supplied(res, v)
	case t.record != nil:
		return d.recorded(res)
	case t.page != nil:
		return d.counted(res, v)
	}
	return nil
}

// article writes what the standing of a page's article asks for.
func (d *decision) article(res *result, v *state.Verdict) error {
	site := res.task.site
	if v.Gone {
		id, err := articleID(v.Identity)
		if err != nil {
			return err
		}
		return d.write(site.Name, item.TypeGone, item.Gone{Type: item.TypeGone, ID: id, Site: site.Name,
			URL: res.task.url, Status: res.visit.Status, FetchedAt: item.At(res.visit.At), RunID: d.id})
	}
	a := res.lines.article
	if a == nil || v.Article == state.None || v.Article == state.Known {
		return nil
	}
	id, err := articleID(v.Identity)
	if err != nil {
		return err
	}
	a.ID, a.RunID = id, d.id
	if v.Disputed {
		a.CanonicalURL = ""
	}
	policy := config.Full
	switch v.Article {
	case state.Revision:
		a.Revision, a.Revises, a.Changes = v.Revision, v.Revision-1, changes(v.Changes)
		policy = site.Duplicate.Revision
	case state.Duplicate:
		if policy = site.Duplicate.Exact; res.similarity > 0 {
			policy = site.Duplicate.Near
		}
	}
	if v.Of != "" {
		if a.DuplicateOf, err = articleID(v.Of); err != nil {
			return err
		}
		if a.ClusterID, err = articleID(v.Head); err != nil {
			return err
		}
		if a.Method, a.Similarity = "exact", 1; res.similarity > 0 {
			a.Method, a.Similarity = "near", res.similarity
		}
	}
	switch policy {
	case config.Drop:
		return nil
	case config.WriteReference:
		if v.Article != state.New {
			return d.write(site.Name, item.TypeReference, reference(a, v.Identity))
		}
	}
	return d.write(site.Name, item.TypeArticle, a)
}

// changes are those of a revision as its line has them.
func changes(c *state.Changes) *item.Changes {
	if c == nil {
		return nil
	}
	return &item.Changes{Title: c.Title, Added: c.Added, Removed: c.Removed, Changed: c.Changed, Fields: *c == state.Changes{}}
}

// reference stands for a whose text is known as that of a.DuplicateOf, or which
// is a revision of itself.
func reference(a *item.Article, identity string) item.Reference {
	u, _ := urlkey.Parse(identity) // parsed before
	return item.Reference{Type: item.TypeReference, ID: item.ID(item.TypeReference, u.Key), Revision: a.Revision, DuplicateOf: cmp.Or(a.DuplicateOf, a.ID),
		Method: a.Method, Similarity: a.Similarity, Site: a.Site, URL: a.URL, Title: a.Title, DatePublished: a.DatePublished,
		FetchedAt: a.FetchedAt, RunID: a.RunID}
}

// articleID is the id of the article that url identifies.
func articleID(url string) (string, error) {
	u, err := urlkey.Parse(url)
	if err != nil {
		return "", fmt.Errorf("identity of an article: %w", err)
	}
	return item.ID(item.TypeArticle, u.Key), nil
}

// headlines writes those of a page that are new, and those whose title is.
func (d *decision) headlines(res *result, v *state.Verdict) error {
	for i, revision := range v.Headlines {
		if revision == 0 {
			continue
		}
		h := &res.lines.headlines[i]
		h.RunID = d.id
		policy := config.Full
		if revision > 1 {
			h.Revision = revision
			policy = res.task.site.Duplicate.Headline
		}
		var err error
		switch policy {
		case config.Drop:
		case config.WriteReference:
			err = d.write(h.Site, item.TypeReference, headlineReference(h))
		default:
			err = d.write(h.Site, item.TypeHeadline, h)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// headlineReference stands for a further title of a headline, which has a link.
func headlineReference(h *item.Headline) item.Reference {
	u, _ := urlkey.Parse(h.URL) // parsed before
	key := item.HeadlineKey(h.Site, u.Key, "", h.DatePublished)
	return item.Reference{Type: item.TypeReference, ID: item.ID(item.TypeReference, key), Revision: h.Revision, DuplicateOf: h.ID,
		Site: h.Site, URL: h.URL, Title: h.Title, DatePublished: h.DatePublished, FetchedAt: h.FirstSeen, RunID: h.RunID}
}

func (d *decision) write(site string, t item.Type, v any) error {
	line, err := d.encoder.Line(v)
	if err != nil {
		return err
	}
	d.lines++
	return d.out.Append(output.Key{Site: site, Type: string(t), At: d.now}, line)
}

// listing moves the pass of a listing on and stores its cursor.
func (d *decision) listing(res *result, v *state.Verdict, l *listing) error {
	w := l.walk
	switch {
	case res.resp.Class == fetch.Redirect && res.err == nil:
		u, err := urlkey.Parse(res.resp.Location)
		if err != nil {
			return err
		}
		w.url, w.hops, w.open = u.Href, w.hops+1, true
		d.walks[l] = w
		return nil // nothing that a restart needs
	case res.err != nil && res.again:
		w.open = true
		if res.resp.Class == fetch.Retry {
			w.attempts++
			w.notBefore = res.visit.At.Add(listingRetry)
		}
		d.walks[l] = w
		return nil
	}
	res.end = d.advance(res, v, &w)
	if err := w.store(res.end, res); err != nil {
		return err
	}
	d.walks[l] = w
	d.effects.Sources = append(d.effects.Sources, w.known)
	return nil
}

// listingRetry is the pause before the second try of a listing page in a run.
const listingRetry = 2 * time.Second

// failed marks a pass that stopped at a page that could not be read.
const failed source.End = "failed"

// noLinks marks a pass that read everything and found no article link.
const noLinks source.End = "no article link"

// advance moves the pass and says whether, and why, it has ended.
func (d *decision) advance(res *result, v *state.Verdict, w *walk) source.End {
	l := res.task.listing
	if l.kind == "archive" {
		return d.advanceArchive(res, v, w)
	}
	if res.page == nil && w.part == nil {
		return missing(res, w)
	}
	if l.kind == "wayback" {
		return w.advanceCaptures(res)
	}
	var end source.End
	if l.kind == "sitemap" {
		end = d.advanceEntries(res, w)
	} else {
		linkIDs(res, v)
		end = w.pass.Advance(*res.page, l.bounds)
	}
	if res.broken != nil && end != source.Open {
		w.miss("%v", res.broken)
		end = partly
	}
	if end != source.Open && end != partly && w.pass.Links == 0 && w.quiet == 0 {
		return noLinks
	}
	return end
}

// linkIDs fills in the ids of a page's article links, which come first among
// its links.
func linkIDs(res *result, v *state.Verdict) []int64 {
	for i := range res.page.Links {
		res.page.Links[i] = int64(v.Links[i].ID)
	}
	return res.page.Links
}

// missing says what it means for the pass that a page was not read.
func missing(res *result, w *walk) source.End {
	switch {
	case res.err == nil:
		return source.Unchanged
	case res.resp.Class == fetch.Gone && w.pass.Page > 1:
		res.err = nil
		return source.NothingMore
	case res.task.denied != nil && w.pass.Page > 1:
		res.err = nil
		return source.Disallowed
	}
	return failed
}

// store brings the durable cursor up to date with the pass.
func (w *walk) store(end source.End, res *result) error {
	switch res.task.listing.kind {
	case "archive":
		return w.storeArchive(end, res)
	case "wayback":
		return w.storeCaptures(end, res)
	}
	k := &w.known
	k.Error, w.open = "", false
	switch end {
	case source.Open:
		w.turn()
	case failed:
		k.Error = res.err.Error()
		w.pass.Fail(res.task.listing.start)
	case source.Unchanged:
		k.Cursor, k.DoneAt = nil, res.visit.At
		return nil
	case noLinks: // its validators must not make the next run believe it
		k.Cursor, k.ETag, k.Modified, k.Error = nil, "", "", string(noLinks)
		return nil
	case partly:
		k.Cursor, k.ETag, k.Modified, k.Error = nil, "", "", w.reason
		return nil
	default:
		k.Cursor, k.ETag, k.Modified, k.DoneAt = nil, w.pass.ETag, w.pass.Modified, res.visit.At
		k.Rules = res.task.listing.sum
		return nil
	}
	var err error
	k.Cursor, err = json.Marshal(w.pass)
	return err
}

// windows records what the pages showed of the expectations.
func (d *decision) windows() {
	type window struct{ site, key string }
	last := map[window]bool{}
	for _, res := range d.batch {
		s := res.task.site
		for _, o := range res.observed {
			s.watch.record(o.key, o.met)
			last[window{s.Name, o.key}] = true
		}
	}
	for w := range last {
		d.effects.Windows = append(d.effects.Windows, state.Window{Site: w.site, Key: w.key, Seen: d.sites[w.site].watch.seen[w.key]})
	}
}
