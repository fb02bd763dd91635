package crawler

import (
	"time"

	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state"
)

// Events are functions that a run calls to tell what it has done. The zero value
// listens to nothing. The committer calls them and waits for them.
type Events struct {
	// Committed is called after each commit.
	Committed func(Committed)
	// Waiting is called once about each long wait of the whole run. It must not wait
	// itself.
	Waiting func(frontier.Wait)
}

// Committed is what one commit brought.
type Committed struct {
	Pages    int               // committed in this run
	Lines    int               // written in this run
	Visits   []Visit           // of this commit
	Progress []report.Progress // per site, in the order of Options.Sites; the listener's
}

// Visit is one task that was committed.
type Visit struct {
	Site    string
	URL     string // "" for a step of a source that made no request
	Kind    string // page, source or robots
	Status  int    // HTTP; 0 when no answer came or no request was made
	Bytes   int64  // of the body, as received
	Elapsed time.Duration
	State   state.URLState // of a page
	Article state.Standing
	Lines   int    // written for it
	Reason  string // why it gave nothing, "" when it did
}
