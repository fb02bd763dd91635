package crawler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/feed"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

const (
	// maxParts bounds the files of one pass over a sitemap, and maxLevels how
	// many indexes may lead to one of them. sitemaps.org allows one level of
	// 50,000.
	maxParts  = 50_000
	maxLevels = 5
)

// part is a sitemap that an index names. It is a source of its own in the
// state, with its own validators, so that a pass asks what has changed.
type part struct {
	url     string
	key     uint64 // hash of its URL key
	lastmod item.Date
	guess   bool  // looked for under a usual name: it need not be there
	parent  *part // the index that names it; nil: the start of the source
	known   state.Source
}

// lower masks the half of a part's Rules that is a hash of its lastmod.
const lower = 1<<32 - 1

// rules are those that a part is read by, for its row in the state: the upper
// half is that of the listing's sum, the lower one a hash of the part's lastmod.
func (p *part) rules(sum uint64) uint64 {
	return sum&^lower | hash(p.lastmod.Raw)&lower
}

// levels is how many indexes lead to a part.
func (p *part) levels() int {
	n := 1
	for p = p.parent; p != nil; p = p.parent {
		n++
	}
	return n
}

// circular reports whether a part is one of the indexes that lead to it. root
// is the key of the first.
func (p *part) circular(root uint64) bool {
	for up := p.parent; up != nil; up = up.parent {
		if up.key == p.key {
			return true
		}
	}
	return p.key == root
}

// index is how far a pass has got with the parts of a sitemap index. Nothing of
// it is stored: an interrupted pass reads the index again, and of its parts
// those that were not read since the pass began.
type index struct {
	part   *part   // asked now; nil: the start
	parts  []*part // to be asked after it
	root   uint64  // hash of the start's URL key
	seen   map[uint64]bool
	quiet  int    // parts without anything new
	missed int    // files that could not be read, or not to their end
	reason string // of the last of those
	// moving says that a part may change without the index that names it
	// showing it: the index is read in each pass then.
	moving bool
}

func (x *index) miss(format string, args ...any) {
	x.missed++
	x.reason = fmt.Sprintf(format, args...)
}

// partPrefix begins the state's keys of parts.
const partPrefix = "part "

// IsPart reports whether a source of the state is a part of a sitemap, by its
// key.
func IsPart(key string) bool { return strings.HasPrefix(key, partPrefix) }

// maxBody is how many bytes a page that is no HTML may have; 0 for one that is,
// which the site's limits bound.
func (l *listing) maxBody() int64 {
	switch {
	case l.kind == "sitemap":
		return feed.MaxSitemap
	case l.kind == "feed":
		return feed.MaxFeed
	case l.json != nil:
		return source.MaxJSON
	case l.kind == "wayback":
		return source.MaxCaptures
	}
	return 0
}

// readEntries takes the links of a sitemap or a feed, and the parts that an
// index names.
func (r *run) readEntries(res *result, resp *fetch.Response) {
	l := res.task.listing
	base, err := urlkey.NewBase(resp.URL)
	if err != nil {
		res.err = err
		return
	}
	links := newLinks(l.site, resp.URL, 0)
	links.most = 0 // the reader has a limit of its own
	entries := 0
	since := l.since.First(res.visit.At)
	take := func(e feed.Entry) error {
		entries++
		res.index = res.index || e.Sitemap
		if !e.Within(since, time.Time{}) || !e.Within(r.From, r.To) {
			return nil
		}
		u, err := base.Resolve(e.URL)
		switch {
		case err != nil:
		case !e.Sitemap:
			links.add(u, l.kind)
		case !l.site.inScope(u.Host):
			res.note("names the sitemap %s, whose host %v", u.Href, errElsewhere)
		case len(u.Href) <= limitOr(l.site.Limits.URLLength, len(u.Href)):
			res.parts = append(res.parts, &part{url: u.Href, key: u.Hash(), lastmod: e.LastMod, parent: l.part,
				known: state.Source{Site: l.site.Name, Key: partPrefix + u.Key}})
		}
		return nil
	}
	next := ""
	if l.kind == "feed" {
		var info feed.Info
		info, err = feed.Read(bytes.NewReader(resp.Body), take)
		if errors.Is(err, feed.ErrHTML) {
			res.err = res.feedOf(resp)
			return
		}
		if u, err := base.Resolve(info.Next); info.Next != "" && err == nil && l.site.inScope(u.Host) {
			next = u.Href
		}
	} else {
		_, err = feed.ReadSitemap(bytes.NewReader(resp.Body), take)
	}
	if err != nil && entries == 0 {
		res.err = err
		return
	}
	res.broken = err
	res.page = &source.Page{URL: resp.URL, Next: next, ETag: resp.ETag, Modified: resp.LastModified, Links: make([]int64, len(links.list))}
	res.visit.Links, res.overLimit = links.list, links.over
}

// feedOf goes on to the feed that an HTML page names.
func (res *result) feedOf(resp *fetch.Response) error {
	for _, raw := range feed.Links(resp.Body, resp.URL) {
		u, err := urlkey.Parse(raw)
		if err == nil && res.task.site.inScope(u.Host) && u.Href != res.task.url {
			res.resp.Class, res.resp.Location = fetch.Redirect, u.Href
			return res.task.listing.redirected(&res.resp)
		}
	}
	return errors.New("an HTML page that names no feed")
}

// discover gives the sitemaps that a robots.txt names as the parts of an index;
// where it names none, those that may be under the usual names.
func (r *run) discover(res *result) {
	l := res.task.listing
	res.index = true
	res.page = &source.Page{URL: l.url}
	urls, guess := res.task.named, false
	if len(urls) == 0 {
		urls, guess = feed.CommonSitemaps(strings.TrimSuffix(l.start, "/robots.txt")), true
	}
	for _, raw := range urls {
		u, err := urlkey.Parse(raw)
		switch {
		case err != nil:
			res.note("names the sitemap %q: %v", raw, err)
		case !l.site.inScope(u.Host):
			res.note("names the sitemap %s, whose host %v", u.Href, errElsewhere)
		default:
			res.parts = append(res.parts, &part{url: u.Href, key: u.Hash(), guess: guess, known: state.Source{Site: l.site.Name, Key: partPrefix + u.Key}})
		}
	}
}

// maxNotes bounds the notes of one index; a person need not read more.
const maxNotes = 3

// note says something about an index to a person, once.
func (res *result) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if len(res.notes) < maxNotes && !slices.Contains(res.notes, text) {
		res.notes = append(res.notes, text)
	}
}

// chooseParts leaves of the parts that the batch's indexes name those to be
// asked: none twice, none that was read since the pass began, none that is
// unchanged for certain since it was read: its lastmod is that of then, and was
// long past then.
func (c *committer) chooseParts(ctx context.Context, batch []*result, now time.Time) error {
	for _, res := range batch {
		chosen := res.parts[:0]
		for _, p := range res.parts {
			ask, err := c.chooses(ctx, res, p, now)
			if err != nil {
				return err
			}
			if ask {
				chosen = append(chosen, p)
			}
		}
		res.parts = chosen
	}
	return nil
}

func (c *committer) chooses(ctx context.Context, res *result, p *part, now time.Time) (bool, error) {
	l := res.task.listing
	if l.seen == nil {
		start, err := urlkey.Parse(l.start)
		if err != nil {
			return false, err
		}
		l.root, l.seen = start.Hash(), map[uint64]bool{start.Hash(): true}
	}
	switch {
	case l.seen[p.key]:
		if p.circular(l.root) {
			res.note("leads back to %s", p.url)
		}
		return false, nil
	case p.levels() > maxLevels:
		l.miss("names sitemaps under more than %d indexes, which are not read", maxLevels)
		res.note("%s", l.reason)
		return false, nil
	case len(l.seen) > maxParts:
		l.miss("more than %d sitemaps belong to it; the rest is left out", maxParts)
		res.note("%s", l.reason)
		return false, nil
	}
	l.seen[p.key] = true
	l.moving = l.moving || !feed.Settled(p.lastmod, now)
	known, ok, err := c.Store.Source(ctx, l.site.Name, p.known.Key)
	if err != nil || !ok {
		return true, err
	}
	p.known = known
	interrupted := len(l.known.Cursor) > 0
	if known.Rules == p.rules(l.sum) && (interrupted && !known.DoneAt.Before(l.pass.Begun) || feed.Settled(p.lastmod, known.DoneAt)) {
		l.quiet++
		return false, nil
	}
	return true, nil
}

// partly marks a pass that is over and could not read everything.
const partly source.End = "read in part"

// advanceEntries moves the pass past a sitemap, one of its parts, or a feed.
func (d *decision) advanceEntries(res *result, w *walk) source.End {
	if p := res.page; p != nil {
		w.pass.Links += len(p.Links)
		if w.part == nil {
			w.pass.ETag, w.pass.Modified = p.ETag, p.Modified
		}
	}
	if res.broken != nil {
		w.miss("%v", res.broken)
	}
	if p := w.part; p != nil {
		w.readPart(res)
		if !p.guess || res.err == nil {
			d.effects.Sources = append(d.effects.Sources, p.known)
		}
		if p.guess && res.err == nil { // found
			w.parts = slices.DeleteFunc(slices.Clone(w.parts), func(p *part) bool { return p.guess })
		}
		if p.guess {
			res.err = nil
		}
	}
	w.parts = slices.Concat(res.parts, w.parts)
	switch {
	case len(w.parts) > 0:
		w.part, w.parts = w.parts[0], w.parts[1:]
		return source.Open
	case w.missed > 0:
		return partly
	case w.moving:
		w.pass.ETag, w.pass.Modified = "", ""
	}
	return source.LastPage
}

// readPart records what came of the part that was asked. An index among the
// parts is never done by itself: its own parts are.
func (w *walk) readPart(res *result) {
	k := &w.part.known
	k.AskedAt, k.Error = res.visit.At, ""
	switch {
	case res.resp.Class == fetch.Gone || res.task.denied != nil:
		k.Error = res.err.Error()
	case res.err != nil && w.part.guess:
	case res.err != nil:
		k.Error = res.err.Error()
		w.miss("%s: %v", w.part.url, res.err)
	case res.broken != nil:
		k.Error = res.broken.Error()
	case res.page == nil: // not modified
		k.DoneAt = res.visit.At
		w.quiet++
	case !res.index:
		k.DoneAt, k.ETag, k.Modified, k.Rules = res.visit.At, res.page.ETag, res.page.Modified, w.part.rules(res.task.listing.sum)
	}
}
