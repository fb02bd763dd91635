package crawler

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// listing is one start URL of a source that lists articles, and its pass: HTML
// pages or answers in JSON, a sitemap or a feed, an archive whose pages are
// lists.
type listing struct {
	site *site
	kind string // listing, archive, sitemap, feed, wayback; what its articles carry as their source
	entrance
	rules   extract.Rules // the site's, with the links and next of the listing
	next    []extract.Selector
	links   []extract.Selector
	json    *source.JSONRules // nil: its pages are HTML
	bounds  source.Bounds
	since   config.Since
	series  source.Series // of an archive
	stop    int           // its stop_after_missing
	wayback source.Wayback
	key     string // in the state
	sum     uint64 // hash of what decides which links and headlines are taken
	walk
}

// entrance is where a run enters a source.
type entrance struct {
	start string
	// whole says that the source is walked once, to its end: a backfill.
	whole bool
	// discover says that start is a robots.txt whose Sitemap lines are the index;
	// without any, sitemaps are looked for under their usual names.
	discover bool
}

// walk is how far a listing has got. It changes hands with its page: frontier,
// worker, committer, frontier.
type walk struct {
	known state.Source
	pass  source.Pass
	open  bool // there is a page to be asked
	index      // the parts of a sitemap

	archive archiveCursor
	redo    []int64 // pages of an archive that an earlier run could not read: asked first

	captures capturesCursor

	// of that page
	url       string // differs from pass.URL after a redirect
	hops      int
	attempts  int       // tries in vain in this run
	notBefore time.Time // for another try
}

// turn goes to the page that the pass names, or to the part of a sitemap that
// is next.
func (w *walk) turn() {
	w.url, w.hops, w.attempts, w.notBefore, w.open = w.pass.URL, 0, 0, time.Time{}, true
	if w.part != nil {
		w.url = w.part.url
	}
}

// entrances are where a run enters a source that is asked page by page; none
// where it does not read sources of that kind. A backfill enters what has
// further pages twice: to keep up with what is new, and for the whole.
func entrances(src *config.Source, match *regexp.Regexp, backfill bool) []entrance {
	var list []entrance
	switch {
	case src.Listing != nil:
		l := src.Listing
		paged := len(l.Next) > 0 || l.JSON != nil && l.JSON.Next.Source != ""
		for _, u := range l.URLs {
			list = append(list, entrance{start: u})
			if backfill && paged {
				list = append(list, entrance{start: u, whole: true})
			}
		}
	case src.Sitemap != nil:
		for _, u := range src.Sitemap.URLs {
			list = append(list, entrance{start: u})
		}
		for _, o := range src.Sitemap.Origins {
			list = append(list, entrance{start: o + "/robots.txt", discover: true})
		}
	case src.Feed != nil:
		for _, u := range src.Feed.URLs {
			list = append(list, entrance{start: u})
			if backfill {
				list = append(list, entrance{start: u, whole: true})
			}
		}
	case src.Archive != nil && backfill && src.Archive.IsListing(match):
		list = append(list, entrance{start: src.Archive.URL, whole: true})
	case src.Wayback != nil && backfill:
		list = append(list, entrance{start: src.Wayback.URL, whole: true})
	}
	return list
}

// listingKey names a listing in the state.
func listingKey(kind string, e entrance) (string, error) {
	u, err := urlkey.Parse(e.start)
	if err != nil {
		return "", err
	}
	if e.whole {
		kind = "whole " + kind
	}
	return kind + " " + u.Key, nil
}

func newListing(ctx context.Context, r *run, s *site, src *config.Source, e entrance) (*listing, error) {
	l := &listing{site: s, kind: src.Kind, entrance: e, rules: s.Rules}
	l.take(src)
	switch l.kind {
	case "archive":
		return l, l.openArchive(ctx, r, src.Archive)
	case "wayback":
		return l, l.openWayback(ctx, r, src.Wayback)
	}
	var err error
	if l.key, err = listingKey(l.kind, e); err != nil {
		return nil, err
	}
	u, err := urlkey.Parse(e.start)
	if err != nil {
		return nil, err
	}
	s.trusted[u.Origin()] = true
	l.start = u.Href
	if l.kind == "sitemap" && r.Backfill {
		l.key += r.bounds()
	}
	l.sum = l.ruleSum(r.bounds())
	if l.whole {
		l.known, err = r.knownSource(ctx, s, l.key)
	} else {
		l.known, _, err = r.Store.Source(ctx, s.Name, l.key)
		l.known.Site, l.known.Key = s.Name, l.key
	}
	if err != nil {
		return nil, err
	}
	if len(l.known.Cursor) > 0 {
		if err := json.Unmarshal(l.known.Cursor, &l.pass); err != nil {
			return nil, fmt.Errorf("cursor of %s: %w", l.key, err)
		}
		l.turn()
		return l, nil
	}
	return l, l.begin(ctx, r)
}

// take takes over what crawl.yaml says of the source.
func (l *listing) take(src *config.Source) {
	switch {
	case src.Listing != nil:
		c := src.Listing
		l.links, l.next, l.json, l.bounds = c.Links, c.Next, c.JSON, source.Bounds{MaxPages: c.MaxPages, StopAfterKnown: c.StopAfterKnown}
	case src.Archive != nil:
		l.links, l.json, l.stop = src.Archive.Links, src.Archive.JSON, src.Archive.StopAfterMissing
	case src.Sitemap != nil:
		l.since = src.Sitemap.Since
	case src.Feed != nil:
		l.bounds = source.Bounds{MaxPages: src.Feed.MaxPages, StopAfterKnown: src.Feed.StopAfterKnown}
	}
	if l.whole {
		l.bounds = source.Bounds{}
	}
	l.rules.Links, l.rules.Next = l.links, l.next
}

// begin begins a new pass.
func (l *listing) begin(ctx context.Context, r *run) error {
	mark, err := r.Store.LastURL(ctx)
	if err != nil {
		return err
	}
	l.pass, l.index = source.Begin(l.start, int64(mark)), index{}
	if l.kind == "sitemap" {
		l.pass.Begun = r.Now()
	}
	l.turn()
	return nil
}

// idle is how long a backfill leaves a listing alone that crawls ask in every
// run.
const idle = 15 * time.Minute

// due reports whether the listing is to be asked: an interrupted pass always; a
// walk to the end until it has got there; else after the site's refresh.
func (l *listing) due(now time.Time, refresh time.Duration) bool {
	switch {
	case l.kind == "archive":
		return l.open
	case l.kind == "wayback":
		return l.known.DoneAt.IsZero()
	case len(l.known.Cursor) > 0:
		return true
	case l.whole:
		return l.known.DoneAt.IsZero()
	}
	return refresh == 0 || !now.Before(l.known.AskedAt.Add(refresh))
}

// validators are those that may be sent: of the last complete pass for the
// first page of a new one, of its last reading for a part of a sitemap. After an
// edit of the configuration an unchanged page gives other links: none then.
func (l *listing) validators() (etag, modified string) {
	k, rules := &l.known, l.known.Rules
	switch {
	case l.part != nil:
		k, rules = &l.part.known, l.part.known.Rules&^lower|l.sum&lower
	case l.whole, l.pass.Page > 1 || len(l.known.Cursor) > 0:
		return "", ""
	}
	if rules != l.sum {
		return "", ""
	}
	return k.ETag, k.Modified
}

// ruleSum hashes what decides which links and headlines a listing gives.
func (l *listing) ruleSum(bounds string) uint64 {
	var b strings.Builder
	fmt.Fprintln(&b, selectors(l.links), selectors(l.next), l.bounds.MaxPages, l.bounds.StopAfterKnown, l.site.Match, l.site.Hosts, l.json, l.since, bounds)
	for i := range l.rules.Blocks {
		blk := &l.rules.Blocks[i]
		fmt.Fprintln(&b, blk.Name, blk.OnListing, blk.Follow, selectors(blk.Item), selectors(blk.Title.Select), selectors(blk.URL.Select), selectors(blk.Date.Select), blk.Date.Layouts)
	}
	return hash(b.String())
}

func selectors(list []extract.Selector) []string {
	var s []string
	for _, sel := range list {
		s = append(s, sel.Source)
	}
	return s
}
