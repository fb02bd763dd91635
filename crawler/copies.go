package crawler

import (
	"strings"

	"github.com/newsonce/newsonce/crawler/wall"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// copies detects one text that is served for several URLs of a site, as a wall is. It
// belongs to the committer. It watches only undated texts: a wall has no date of
// publication, and nearly every article has one.
type copies struct {
	texts map[copyKey]*copied
}

type copyKey struct {
	site string
	hash [32]byte // of the normal form
}

// copied holds what is known of one text.
type copied struct {
	urls        map[string]bool // keys of the URLs that it was served for
	known       int             // URLs among them whose slug can be compared with the text
	disagreeing int             // URLs among those whose slug disagrees with the text
	written     []uint64        // hashes of the keys of URLs written as articles with it
	wall        bool
}

// maxCopies bounds the watched texts. Beyond it all are dropped.
const maxCopies = 50_000

// see judges the text of a page that was read for a queued URL. earlier are the URLs of
// articles with that text that must be withdrawn.
func (c *copies) see(v *visited) (decision wall.Decision, earlier []uint64) {
	a := v.article.Item
	own, err := urlkey.Parse(v.task.URL)
	if a == nil || v.claims.Capture || !a.DatePublished.IsZero() || err != nil {
		return wall.Article, nil
	}
	if c.texts == nil || len(c.texts) >= maxCopies {
		c.texts = map[copyKey]*copied{}
	}
	key := copyKey{a.Site, v.article.Sum.Hash}
	t := c.texts[key]
	if t == nil {
		t = &copied{urls: map[string]bool{}}
		c.texts[key] = t
	}
	identity := own.Key
	if u, err := urlkey.Parse(a.CanonicalURL); a.CanonicalURL != "" && err == nil {
		identity = u.Key
	}
	if !t.urls[identity] {
		t.urls[identity] = true
		about, known := wall.About("", wall.Slug(v.task.URL), strings.Split(a.ContentText, "\n\n"))
		if known {
			t.known++
		}
		if known && !about {
			t.disagreeing++
		}
	}
	decision = wall.Answers(len(t.urls), t.disagreeing, t.known)
	if t.wall {
		decision = wall.Wall
	}
	switch decision {
	case wall.Article:
		t.written = append(t.written, own.Hash())
	case wall.Wall:
		t.wall = true
		earlier, t.written = t.written, nil
	}
	return decision, earlier
}

// oneText is the reason for blocking a page with the text of others.
const oneText = "the site serves one text for several URLs: a wall or an error page"

// strip takes back what a page claimed.
func (v *visited) strip() {
	c := &v.claims
	v.article.Item, v.article.Sketch, v.headlines = nil, nil, nil
	c.Text, c.Headlines, c.Links, c.Identity, c.Aliases, c.Original = nil, nil, nil, nil, nil, nil
}
