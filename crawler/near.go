package crawler

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe"
)

// nearness finds near-duplicates of earlier articles. It belongs to the committer,
// so verdicts depend on the order of commits alone. An index is built when the first
// article needs a verdict; a run without new articles pays nothing.
type nearness struct {
	store   state.Store
	shared  state.Shared // the store, if other runs write it, too
	indexes map[config.Near]*loaded
	batch   []judgedDoc // judged but not committed yet
	recent  sketches
	damaged []int64 // texts whose keys or sketches cannot be read, since the last batch
	warn    func(text string)
	latest  time.Time // undated articles are compared as of that time; zero: of their visit
}

// judgedDoc is a text of the batch with the head of its cluster.
type judgedDoc struct {
	dedupe.Doc
	head uint64
}

// sketches caches the sketches of the texts compared last: articles written from
// one template are compared with the same texts again and again.
type sketches struct{ young, old map[uint64]dedupe.Sketch }

// mostSketches is the size of the cache, about 1 KB per sketch. A sketch stays until
// at least half as many others were put in. That is longer than a batch, whose texts
// are not in the store yet: maxBatch texts, each compared with 16 others and the
// head of its cluster.
const mostSketches = 4096

func (s *sketches) put(id uint64, k dedupe.Sketch) {
	if s.young == nil || len(s.young) >= mostSketches/2 {
		s.young, s.old = map[uint64]dedupe.Sketch{}, s.young
	}
	s.young[id] = k
}

func (s *sketches) get(id uint64) (dedupe.Sketch, bool) {
	k, ok := s.young[id]
	if !ok {
		if k, ok = s.old[id]; ok {
			s.put(id, k)
		}
	}
	return k, ok
}

// sketch returns the sketch of a text in the state.
func (n *nearness) sketch(ctx context.Context, id uint64) (dedupe.Sketch, error) {
	if k, ok := n.recent.get(id); ok {
		return k, nil
	}
	b, err := n.store.Sketch(ctx, int64(id))
	if err != nil {
		return dedupe.Sketch{}, err
	}
	k, err := dedupe.ParseSketch(b)
	if err != nil { // nothing is like the empty sketch
		k = dedupe.Sketch{}
		n.drop(int64(id), err)
	}
	n.recent.put(id, k)
	return k, nil
}

// drop notes that the near-duplicate data of a text is damaged. It is derived data, whose
// loss may have an article written twice, but must not stop a crawl.
func (n *nearness) drop(text int64, err error) {
	if len(n.damaged) == 0 {
		n.warn(fmt.Sprintf("the data that near-duplicates of text %d are found by is damaged (%v); it is dropped", text, err))
	}
	n.damaged = append(n.damaged, text)
}

// dropped returns the texts whose data is to be deleted with the batch.
func (n *nearness) dropped() []int64 {
	list := n.damaged
	n.damaged = nil
	return list
}

// loaded is an index of the texts in the state from a time on.
type loaded struct {
	*dedupe.Index
	options  dedupe.Options
	from     time.Time // earlier texts are not in the index; zero: all are
	restored int       // texts that were added from the store

	current bool // it holds all that is committed
	// On a shared store:
	last      int64          // number of the last text of the store that is in the index
	withdrawn int64          // how often items were withdrawn when the index was built
	ours      map[int64]bool // texts that this run has added since then
}

// prepare builds the indexes that a list of pages is judged by, and brings them up to
// date, before a commit on a shared store: other runs wait while one commits.
func (n *nearness) prepare(ctx context.Context, list []*visited) error {
	if n.shared == nil {
		return nil
	}
	n.outdate()
	defer n.outdate()
	for _, v := range list {
		if v.article.Sketch == nil || v.cancelled() {
			continue
		}
		if _, err := n.index(ctx, v.task.Site, n.when(v)); err != nil {
			return err
		}
	}
	return nil
}

// outdate says that other runs may have committed.
func (n *nearness) outdate() {
	for _, x := range n.indexes {
		x.current = n.shared == nil
	}
}

// catchUp adds what other runs have committed to an index. It returns false when one has
// withdrawn items, so that the index must be built anew.
func (n *nearness) catchUp(ctx context.Context, x *loaded) (current bool, err error) {
	if x.current {
		return true, nil
	}
	last, withdrawn, err := n.shared.NearSince(ctx, x.last, x.from, func(k state.Near) error {
		if x.ours[k.Text] {
			delete(x.ours, k.Text)
			return nil
		}
		return n.restore(x, k)
	})
	x.last, x.current = last, err == nil && withdrawn == x.withdrawn
	return x.current, err
}

// when is the time of which an article is compared with others.
func (n *nearness) when(v *visited) time.Time {
	switch {
	case !v.claims.Text.Published.IsZero():
		return v.claims.Text.Published
	case !n.latest.IsZero():
		return n.latest
	}
	return v.claims.At
}

// nearSlack is how far beyond the window of today's articles texts are loaded, so
// that an article of the last few days does not rebuild the index.
const nearSlack = 3 * 24 * time.Hour

// judged is the earlier article of which a new one is a near-duplicate.
type judged struct {
	of         string // its identifying URL
	similarity float64
}

// judge looks for an earlier article whose text is nearly that of a visit, by the
// settings of its site. It returns that article, nil if there is none, and the
// entry of the visit's text to store.
func (n *nearness) judge(ctx context.Context, v *visited, verdict *state.Verdict, batch map[uint64]string,
) (*judged, *state.Near, error) {
	if v.article.Sketch == nil {
		return nil, nil, nil
	}
	s := v.task.Site
	when, stored := n.when(v), v.claims.Text.Published
	if stored.IsZero() {
		stored = v.claims.At
	}
	x, err := n.index(ctx, s, when)
	if err != nil {
		return nil, nil, err
	}
	doc := dedupe.Doc{ID: uint64(verdict.Text), Sketch: *v.article.Sketch, When: when, Site: s.Name}
	m, found, err := x.Judge(doc)
	if err != nil {
		return nil, nil, fmt.Errorf("look for near-duplicates of %s: %w", v.task.URL, err)
	}
	if found && m.Method == dedupe.Near {
		if found, err = n.believes(ctx, x, m, doc); err != nil {
			return nil, nil, err
		}
	}
	n.recent.put(uint64(verdict.Text), *v.article.Sketch)
	keep := &state.Near{Text: verdict.Text, When: stored, Head: verdict.Text}
	if keep.Keys, err = v.article.Sketch.Keys.AppendBinary(nil); err != nil {
		return nil, nil, err
	}
	if keep.Sketch, err = v.article.Sketch.AppendBinary(nil); err != nil {
		return nil, nil, err
	}
	if found && m.Method == dedupe.Near {
		keep.Head = int64(m.Head)
	}
	if err := n.added(x, judgedDoc{doc, uint64(keep.Head)}); err != nil {
		return nil, nil, err
	}
	if !found || m.Method != dedupe.Near {
		return nil, keep, nil
	}
	of, ok := batch[m.Head]
	if !ok {
		if of, err = n.store.TextURL(ctx, int64(m.Head)); err != nil {
			return nil, nil, err
		}
	}
	if of == verdict.Identity { // an earlier version of itself
		return nil, keep, nil
	}
	return &judged{of: of, similarity: math.Round(1000*m.Similarity) / 1000}, keep, nil
}

// added puts a text that x has judged into the indexes of the other settings, since
// each holds the texts of all sites.
func (n *nearness) added(x *loaded, d judgedDoc) error {
	n.batch = append(n.batch, d)
	for _, other := range n.indexes {
		other.ours[int64(d.ID)] = true
		if other == x {
			continue
		}
		if err := other.Restore(d.Doc, d.head); err != nil {
			return err
		}
	}
	return nil
}

// believes reports whether a crawl accepts a match. Titles that differ in a number
// ("Story 3", "Story 4") belong to a series more often than to a correction, and
// writing an article twice is better than losing one.
func (n *nearness) believes(ctx context.Context, x *loaded, m dedupe.Match, doc dedupe.Doc) (bool, error) {
	head, err := n.sketch(ctx, m.Head)
	if err != nil {
		return false, err
	}
	e := dedupe.Explain(dedupe.Doc{ID: m.Head, Sketch: head, When: doc.When, Site: doc.Site}, doc, x.options)
	return !e.TitleOther, nil
}

// index returns the index for a site's settings, holding every text that an article
// of that time may be compared with.
func (n *nearness) index(ctx context.Context, s *site.Site, when time.Time) (*loaded, error) {
	x := n.indexes[s.Near]
	var from time.Time
	if w := s.Near.Window; w > 0 {
		from = when.Add(-w)
	}
	covers := x != nil && (x.from.IsZero() || !from.IsZero() && !from.Before(x.from))
	if covers {
		if current, err := n.catchUp(ctx, x); current || err != nil {
			return x, err
		}
	}
	switch {
	case covers: // items were withdrawn
		from = x.from
	case x != nil: // an article older than the index: load all texts
		from = time.Time{}
	case !from.IsZero():
		from = from.Add(-nearSlack)
	}
	if x != nil {
		if err := x.Close(); err != nil {
			return nil, err
		}
	}
	scope := dedupe.All
	if s.Near.Scope == "site" {
		scope = dedupe.SameSite
	}
	options := dedupe.Options{Threshold: s.Near.Threshold, Window: s.Near.Window, Scope: scope, Memory: s.Memory,
		Load: func(id uint64) (dedupe.Sketch, error) {
			return n.sketch(context.WithoutCancel(ctx), id) // the index outlives the commit
		}}
	x = &loaded{from: from, options: options, Index: dedupe.NewIndex(options), current: true, ours: map[int64]bool{}}
	n.indexes[s.Near] = x
	restore := func(k state.Near) error { return n.restore(x, k) }
	var err error
	if n.shared != nil {
		x.last, x.withdrawn, err = n.shared.NearSince(ctx, 0, from, restore)
	} else {
		err = n.store.Near(ctx, from, restore)
	}
	for i := 0; i < len(n.batch) && err == nil; i++ {
		x.ours[int64(n.batch[i].ID)] = true
		err = x.Restore(n.batch[i].Doc, n.batch[i].head)
	}
	if err != nil {
		return nil, fmt.Errorf("build the index of texts: %w", err)
	}
	return x, x.Commit()
}

// restore adds a stored text to an index.
func (n *nearness) restore(x *loaded, k state.Near) error {
	keys, err := dedupe.ParseKeys(k.Keys)
	if err != nil {
		n.drop(k.Text, err)
		return nil
	}
	if x.restored++; x.restored%commitRestored == 0 {
		if err := x.Commit(); err != nil {
			return err
		}
	}
	doc := dedupe.Doc{ID: uint64(k.Text), Sketch: dedupe.Sketch{Keys: keys}, When: k.When, Site: k.Site}
	return x.Restore(doc, uint64(k.Head))
}

// commitRestored is the number of texts after which an index under construction
// moves what exceeds its memory limit to files.
const commitRestored = 1000

// commit keeps the texts that the batch added.
func (n *nearness) commit() error {
	n.batch = n.batch[:0]
	n.outdate()
	for _, x := range n.indexes {
		if err := x.Commit(); err != nil {
			return fmt.Errorf("index of texts: %w", err)
		}
	}
	return nil
}

// reset drops the indexes. They are rebuilt when they are needed.
func (n *nearness) reset() {
	n.close()
	clear(n.indexes)
	n.recent, n.batch = sketches{}, nil
}

func (n *nearness) close() {
	for _, x := range n.indexes {
		x.Close() // its files are temporary
	}
}
