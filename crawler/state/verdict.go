package state

import "time"

// Standing says how an article stands to what is known.
type Standing uint8

// The standings of an article.
const (
	None      Standing = iota // the visit carried no article
	New                       // first time: written whole
	Known                     // an alias of a known article, or unchanged, counters aside: nothing is written
	Duplicate                 // a new URL with a known text
	Revision                  // a known URL with another text, or one whose item was withdrawn
)

// Verdict is the result of the claims of one visit.
type Verdict struct {
	Article  Standing
	Revision int      // for Revision: its number, from 2
	Changes  *Changes // for Revision: what it changed, if that is known
	Text     int64    // for an article that is not Known: number of its text, higher than any before
	Identity string   // for an article: the URL whose key identifies it
	// Of is the identifying URL of the first holder of the text, for a Duplicate and
	// for a Revision whose text is another article's. Head is then that of the first
	// article of its near-duplicate cluster, Of itself where there is none.
	Of, Head  string
	Disputed  bool  // the visit's Identity was not believed: it is known with another text
	Looped    bool  // the visit's Target leads back to its own URL
	Gone      int   // for a known article that answers 404 or 410, after it was there: how often it was gone
	Headlines []int // per headline: 1 for a new one, the revision's number for a new title, else 0
	Links     []LinkVerdict
}

// LinkVerdict tells the id of a link, and whether it is new.
type LinkVerdict struct {
	ID    URLID // 0: refused since the site's URL limit is reached
	New   bool
	Again bool // it was gone for GoneFor, and is queued again
	Fate  Fate // with Visit.Fates
	// Failed says, with Visit.Listed, that the URL, or the one that it is an alias of,
	// failed permanently before.
	Failed bool
}

// GoneFor is how long a URL that was gone is believed to be: a link that is found
// later queues it again. An archive that counts through ids requests pages before
// they are published, and a page may be linked before it can be fetched.
const GoneFor = 3 * time.Hour

// ArticleGoneFor is GoneFor for an article that was there before: most were taken down.
const ArticleGoneFor = 24 * time.Hour

// Fate is the outcome of a known URL for an archive that counts through its pages.
type Fate uint8

// The fates of a URL.
const (
	Pending Fate = iota // not fetched yet
	Found               // read, refused, or given up
	Absent              // 404, 410, or a redirect that leads to no article
)

// FateOf returns the fate of a URL with an outcome. A redirect that was refused
// leads away from the site's articles.
func FateOf(st URLState, status, attempts int) Fate {
	switch {
	case st == Queued && attempts == 0:
		return Pending
	case st == Gone, st == Refused && status >= 300 && status < 400:
		return Absent
	}
	return Found
}
