package state

import "time"

// Link is a URL to claim: it is queued if it is new.
type Link struct {
	URL    string // to fetch
	Key    uint64 // hash of its URL key, never 0
	Origin string // "https://host" or "https://host:port": names its queue
	Site   string
	Depth  int    // links away from a source
	Hops   int    // redirects that led to it
	Later  bool   // it is due after those that are not: a backfill must not hold up news
	Unless uint64 // key of a URL: where that is known, the link is ignored; 0 = none
	Source string // kind of source: listing, headline, …
	Found  string // URL of the page that contains it
	Title  string // of the link, "" where it has none
	// Others are, for a capture, the URLs of other captures of the page, in the order
	// in which they are tried when this one shows a wall.
	Others []string
	Stated Stated // kept for a new URL, and for a queued one without
}

// Stated is what a feed or a sitemap states about an article, as written there. It
// serves where the page itself has no title or no date.
type Stated struct {
	By    string `json:"by,omitempty"` // who states it, as in the provenance of items
	Title string `json:"title,omitempty"`
	Date  string `json:"date,omitempty"`
}

// Visit is what one fetched page adds.
type Visit struct {
	URL      URLID // 0 for a page of a source
	Site     string
	State    URLState
	At       time.Time // when it was fetched
	NextAt   time.Time // for Queued: not before; for Done: the next attempt of a refetch that failed
	Attempts int
	Status   int    // HTTP status, 0 when there was no answer
	Reason   string // for Queued, Refused, Failed: why, in words
	ETag     string
	Modified string

	// Target makes the URL an alias of another, which is claimed as a queued URL. A
	// target with the URL's own key replaces the URL to fetch.
	Target *Link
	// Identity makes the URL an alias of another whose text this page carries
	// (rel=canonical): the text is claimed for that one.
	Identity *Link
	// Aliases are other URLs that the page names for itself, such as its AMP page.
	// Those that were not fetched yet become aliases of the article's URL.
	Aliases []Link

	// Revisit lists when to refetch the article, ascending, counted as CountFrom
	// says. Those that At has passed are skipped; after the last there is none.
	Revisit []time.Duration
	// Recount counts the next revisit from At instead: after a jump of the clock, the
	// moments that it passed over are not lost.
	Recount bool

	Text      *Text      // for a page with an article
	Headlines []Headline // in page order
	Links     []Link     // in page order

	// Claim is, instead of URL, the URL of a page that nobody queued: a record of a
	// WARC file. It is claimed and settled at once.
	Claim *Link
	// Revision is, while a state is rebuilt, that of the line which was written for
	// Claim: the visit adds nothing if the URL has this revision already, and else
	// gives it this one.
	Revision int
	// Capture says that the page is a capture of an earlier time, At. It is Known
	// where its article was read at that time or later.
	Capture bool
	// Original is the URL that was captured, where the visit's own URL is only that
	// of the capture: that becomes an alias, and the text is claimed for Original.
	Original *Link
	// Fates asks for the Fate of each known URL among the Links.
	Fates bool
	// Listed says that the page is one of a source: the verdict tells which of its
	// Links have failed permanently.
	Listed bool

	// Doubt says that the page is not the article, or may not be. Shown is then the
	// hash of its text (Text.Hash or Text.Frame), zero if it has none.
	Doubt Doubt
	Shown [32]byte
}

// Doubt says whether a URL is answered with its article.
type Doubt uint8

// The doubts. Their numbers are stored.
const (
	NoDoubt   Doubt = iota
	Suspected       // its page may be a wall: it is held back, or was written as a suspect
	Blocked         // it was answered with a wall, a challenge or an error page
)

// Text is what is compared of an article.
type Text struct {
	Key       uint64   // equal for equal texts; 0 = never a duplicate
	Hash      [32]byte // SHA-256 of the normal form
	Frame     [32]byte // SHA-256 of what stays from fetch to fetch; zero: the page is in no doubt
	Fields    uint64   // hash of the other fields whose change is a revision
	Words     int
	Published time.Time // zero when it is not known
	Day       bool      // only the day of Published is known
	Outline   Outline   // nil: what a revision changed is not told
}

// Near is what near-duplicates of a text are found by. Keys and Sketch are opaque
// to the store.
type Near struct {
	Text   int64
	When   time.Time // of publication, else of the visit
	Head   int64     // the first text of its cluster; itself for the first
	Keys   []byte
	Sketch []byte
	Site   string
}

// Headline is the claim of one headline.
type Headline struct {
	Key   uint64 // hash of its headline key, never 0
	Title uint64 // hash of its normalised title
	// Revision is, while a state is rebuilt, that of the line which was written.
	Revision int
}

// MaxTitles is how many titles of a headline are told apart. One with more of them
// contains something that changes with every visit, such as its age.
const MaxTitles = 16

// CountFrom returns the time from which Visit.Revisit counts: the publication, if it
// is known and not in the future. For a day without a time it is when the URL was
// found, if that was on that day.
func CountFrom(t *Text, found, at time.Time) time.Time {
	from := t.Published
	switch {
	case from.IsZero():
		return found
	case t.Day && found.After(from):
		from = from.Add(24 * time.Hour)
		if found.Before(from) {
			from = found
		}
	}
	if from.After(at) {
		return at
	}
	return from
}

// NextRevisit returns the first of the moments, counted from a time, that is after
// now; zero when there is none.
func NextRevisit(moments []time.Duration, from, now time.Time) time.Time {
	for _, m := range moments {
		if t := from.Add(m); t.After(now) {
			return t
		}
	}
	return time.Time{}
}
