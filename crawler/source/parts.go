package source

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/newsonce/newsonce/crawler/feed"
	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

const (
	// maxParts bounds the files of one pass over a sitemap, maxLevels the number of
	// nested indexes. sitemaps.org allows one index of 50,000 files.
	maxParts  = 50_000
	maxLevels = 5
)

// part is a sitemap that an index names. In the state it is a source of its own with
// its own validators, so that a pass fetches only the parts that changed.
type part struct {
	url     string
	key     uint64 // hash of its URL key
	lastmod item.Date
	guess   bool  // tried under a common name; it may not exist
	parent  *part // the index that names it; nil: the start of the source
	known   state.Source
}

func newPart(siteName string, u urlkey.URL, parent *part, lastmod item.Date) *part {
	return &part{url: u.Href, key: u.Hash(), lastmod: lastmod, parent: parent,
		known: state.Source{Site: siteName, Key: partPrefix + u.Key}}
}

// partPrefix is the prefix of a part's key in the state.
const partPrefix = "part "

// IsPart reports whether the key of a source in the state is that of a part of a
// sitemap.
func IsPart(key string) bool { return strings.HasPrefix(key, partPrefix) }

// lower masks the half of a part's Rules that is a hash of its lastmod.
const lower = 1<<32 - 1

// rules returns the Rules of a part's row in the state: the upper half is that of the
// sitemap's sum, the lower half a hash of the part's lastmod.
func (p *part) rules(sum uint64) uint64 {
	return sum&^lower | site.Hash(p.lastmod.Raw)&lower
}

// validators returns those of the last time the part was read by the same rules.
func (p *part) validators(sum uint64) (etag, modified string) {
	if p.known.Rules&^lower != sum&^lower {
		return "", ""
	}
	return p.known.ETag, p.known.Modified
}

// levels returns how many nested indexes lead to a part.
func (p *part) levels() int {
	n := 1
	for p = p.parent; p != nil; p = p.parent {
		n++
	}
	return n
}

// circular reports whether a part is one of the indexes that lead to it. root is the
// key of the outermost index.
func (p *part) circular(root uint64) bool {
	for up := p.parent; up != nil; up = up.parent {
		if up.key == p.key {
			return true
		}
	}
	return p.key == root
}

// parts is the progress of a pass through the files of a sitemap index. It is not
// stored: a resumed pass reads the index again, and those of its parts that were not
// read since the pass began.
type parts struct {
	part    *part   // the next one; nil: the start
	waiting []*part // fetched after it
	root    uint64  // hash of the start's URL key
	seen    map[uint64]bool
	quiet   int    // parts without anything new
	missed  int    // files that could not be read, or not to their end
	reason  string // why the last of them was missed
	// moving says that a part may change without a change of the index. The index is
	// then read in every pass.
	moving bool
}

func (x *parts) miss(format string, args ...any) {
	x.missed++
	x.reason = fmt.Sprintf(format, args...)
}

// queue puts parts before the waiting ones and makes the first of all the next part.
func (x *parts) queue(chosen []*part) {
	x.waiting = slices.Concat(chosen, x.waiting)
	x.part = nil
	if len(x.waiting) > 0 {
		x.part, x.waiting = x.waiting[0], x.waiting[1:]
	}
}

// choose returns those of the named parts that must be fetched. It leaves out
// repeated parts, parts read since the pass began, and parts that cannot have changed
// since they were read: lastmod is the same and was long past at that time.
func (s *sitemap) choose(ctx context.Context, pg *Page, named []*part) ([]*part, error) {
	chosen := named[:0]
	for _, p := range named {
		wanted, err := s.wants(ctx, pg, p)
		if err != nil {
			return nil, err
		}
		if wanted {
			chosen = append(chosen, p)
		}
	}
	return chosen, nil
}

func (s *sitemap) wants(ctx context.Context, pg *Page, p *part) (bool, error) {
	if s.seen == nil {
		start, err := urlkey.Parse(s.start)
		if err != nil {
			return false, err
		}
		s.root, s.seen = start.Hash(), map[uint64]bool{start.Hash(): true}
	}
	switch {
	case s.seen[p.key]:
		if p.circular(s.root) {
			pg.problem("leads back to %s", p.url)
		}
		return false, nil
	case p.levels() > maxLevels:
		s.miss("names sitemaps under more than %d indexes, which are not read", maxLevels)
		pg.problem("%s", s.reason)
		return false, nil
	case len(s.seen) > maxParts:
		s.miss("names more than %d sitemaps; the rest are not read", maxParts)
		pg.problem("%s", s.reason)
		return false, nil
	}
	s.seen[p.key] = true
	now := s.now()
	s.moving = s.moving || !feed.Settled(p.lastmod, now)
	known, ok, err := s.rows.Source(ctx, s.site.Name, p.known.Key)
	if err != nil || !ok {
		return true, err
	}
	p.known = known
	interrupted := len(s.known.Cursor) > 0
	readInThisPass := interrupted && !known.DoneAt.Before(s.pass.Begun)
	if known.Rules == p.rules(s.sum) && (readInThisPass || feed.Settled(p.lastmod, known.DoneAt)) {
		s.quiet++
		return false, nil
	}
	return true, nil
}

// readPart records the outcome of fetching the current part. A nested index is never
// complete itself; its own parts are.
func (s *sitemap) readPart(c *Commit, index bool) {
	pg, p := c.Page, s.part
	k := &p.known
	k.AskedAt, k.Error = c.At, ""
	switch {
	case pg.Class == fetch.Gone || pg.Denied:
		k.Error = pg.Err.Error()
	case pg.Err != nil && p.guess:
	case pg.Err != nil:
		k.Error = pg.Err.Error()
		s.miss("%s: %v", p.url, pg.Err)
	case pg.Broken != nil:
		k.Error = pg.Broken.Error()
	case !pg.Read: // not modified
		k.DoneAt = c.At
		s.quiet++
	case !index:
		k.DoneAt, k.ETag, k.Modified, k.Rules = c.At, pg.ETag, pg.Modified, p.rules(s.sum)
	}
	if !p.guess {
		c.Keep(*k)
		return
	}
	if pg.Err == nil { // found under this name
		c.Keep(*k)
		s.waiting = slices.DeleteFunc(s.waiting, func(p *part) bool { return p.guess })
	}
	pg.Err = nil
}
