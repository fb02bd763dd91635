package state

import (
	"cmp"
	"encoding/json"
	"time"

	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/output"
)

// Queue names the queued URLs of a site on an origin.
type Queue struct{ Site, Origin string }

// URL is a queued URL as Due returns it.
type URL struct {
	ID       URLID
	URL      string
	Attempts int // so far
	Hops     int
	Depth    int
	Source   string
	Found    string
	Known    bool // its article was written, and not withdrawn
	Again    bool // it is not queued: it is a known article whose refetch is due
	ETag     string
	Modified string   // Last-Modified
	Title    string   // of the link that it was found by
	Others   []string // see Link.Others
	Stated   Stated
}

// LinkTitle returns the title of the link that the URL was found by, or what a feed
// states, "" where neither is known.
func (u *URL) LinkTitle() string { return cmp.Or(u.Title, u.Stated.Title) }

// Requeue selects URLs to queue again.
type Requeue struct {
	Sites []string // none: all
	// Failed selects those given up, refused, or waiting for another attempt.
	Failed bool
	// Known selects pages that were read, to be fetched whole, without validators:
	// articles, and pages without one, since better rules may find one. With Since
	// only those published (else found) at or after it.
	Known bool
	Since time.Time
}

// Source is the durable cursor of a source.
type Source struct {
	Site     string
	Key      string          // kind and start URL
	Cursor   json.RawMessage // where an interrupted pass resumes; nil between passes
	Rules    uint64          // hash of the rules of that pass: with others, its validators mean nothing
	ETag     string          // of the first page of the last completed pass
	Modified string
	AskedAt  time.Time // when its last pass began
	DoneAt   time.Time // when its last pass was completed
	// Mark is an id: URLs up to it were known, or were on the first page, when the last
	// completed pass began, and everything listed before it is known. 0 = not stored.
	Mark  int64
	Error string // why it could not be read the last time, "" if it could
}

// Robots is a stored robots.txt. Body is the last one that could be read.
type Robots struct {
	Origin    string
	FetchedAt time.Time
	Expires   time.Time
	Since     time.Time // when it first could not be read; zero: it could
	Status    int       // HTTP status of the last request, 0 when there was no answer
	Body      []byte
	HasBody   bool // a body was read at some time (it may be empty: allow all)
}

// Pace is the standing of a host group.
type Pace struct {
	Group string
	polite.Standing
}

// Window holds what the alarms of a site remember under a key, such as the last
// observations of an expectation. Seen is opaque to the store.
type Window struct {
	Site, Key string
	Seen      []byte
}

// Output is a stored position of the output.
type Output struct {
	output.Position
	Unfinished bool // the run that stored it did not end
}
