package crawler

import (
	"time"

	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state"
)

// Events are functions that a run calls to report its progress. The zero value
// listens to nothing. The committer calls them and waits until they return.
type Events struct {
	// Committed is called after each commit.
	Committed func(Committed)
	// Waiting is called once for each long wait of the whole run. It must not block.
	Waiting func(frontier.Wait)
}

// Committed describes one commit.
type Committed struct {
	Pages    int               // committed in this run so far
	Lines    int               // written in this run so far
	Visits   []Visit           // tasks of this commit
	Progress []report.Progress // per site, in the order of Options.Sites; owned by the listener
}

// Visit is one task that was committed.
type Visit struct {
	Site    string
	URL     string // "" for a step of a source that made no request
	Kind    string // page, source or robots
	Status  int    // HTTP status; 0 without a response or a request
	Bytes   int64  // size of the body as received
	Elapsed time.Duration
	State   state.URLState // of a page
	Article state.Standing
	Lines   int    // written for it
	Reason  string // why nothing was written; "" if something was
}
