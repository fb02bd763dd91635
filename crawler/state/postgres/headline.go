package postgres

import (
	"context"
	"math/bits"

	"github.com/newsonce/newsonce/crawler/state"
)

// titleKey is the key of a further title of a headline, never 0.
func titleKey(h state.Headline) uint64 {
	hi, lo := bits.Mul64(h.Key^0x9E3779B97F4A7C15, h.Title^0xC2B2AE3D27D4EB4F)
	return max(1, hi^lo^bits.RotateLeft64(h.Title, 32))
}

// seenAgain is after how many milliseconds it is stored that a headline was seen
// again.
const seenAgain = 60 * 60 * 1000

// headline claims a headline: 1 when it is new, the number of the revision when
// its title is, else 0. All headlines of the batch were read before.
func (c *claims) headline(ctx context.Context, h state.Headline, v *state.Visit) (int, error) {
	r := c.headlines[c.headlineKeys[h.Key]]
	title := titleKey(h)
	known := r != nil && (r.title == h.Title || c.headlineKeys[title] != 0)
	if h.Revision > 0 {
		return c.written(ctx, h, v, r, known)
	}
	at := millis(v.At)
	switch {
	case r == nil:
		_, err := c.addHeadline(ctx, h.Key, h, v, 0)
		return 1, err
	case known || r.revision >= state.MaxTitles:
		if at >= r.lastSeen+seenAgain {
			r.lastSeen = at
			r.touch()
		}
		return 0, nil
	}
	if _, err := c.addHeadline(ctx, title, h, v, r.id); err != nil {
		return 0, err
	}
	if v.Capture && at <= r.lastSeen { // it had that title before
		return 0, nil
	}
	r.revision++
	r.lastSeen = max(r.lastSeen, at)
	r.touch()
	return r.revision, nil
}

// written claims a headline of a line that was written: 1 when its title is new. Its
// revision is at least that of the line.
func (c *claims) written(ctx context.Context, h state.Headline, v *state.Visit, r *headlineRow, known bool) (int, error) {
	added := 0
	var err error
	switch {
	case r == nil:
		added = 1
		r, err = c.addHeadline(ctx, h.Key, h, v, 0)
	case !known:
		added = 1
		_, err = c.addHeadline(ctx, titleKey(h), h, v, r.id)
	}
	if err != nil {
		return 0, err
	}
	if h.Revision > r.revision {
		r.revision = h.Revision
		r.touch()
	}
	return added, nil
}

// addHeadline makes a row for a headline, or for a further title of another.
func (c *claims) addHeadline(ctx context.Context, key uint64, h state.Headline, v *state.Visit, of int64) (*headlineRow, error) {
	site, err := c.site(ctx, v.Site)
	if err != nil {
		return nil, err
	}
	c.last.headline++
	at := millis(v.At)
	r := &headlineRow{change: added, id: c.last.headline, key: key, site: site.id, title: h.Title, first: at, lastSeen: at,
		of: of, revision: 1}
	c.headlines[r.id] = r
	c.headlineKeys[key] = r.id
	return r, nil
}
