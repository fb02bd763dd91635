package state

import (
	"context"
	"time"

	"github.com/newsonce/newsonce/output"
)

// Reader answers questions about a state while another process may write it. Each
// method sees the last commit. One goroutine uses it at a time.
type Reader interface {
	// Owners names the processes that may write now, as Owner does.
	Owners(ctx context.Context) ([]string, error)
	// Sites counts the URLs of every site, by name.
	Sites(ctx context.Context, now time.Time) ([]SiteCount, error)
	// Queues and Due return what is queued, as those of Store do.
	Queues(ctx context.Context) ([]Queue, error)
	Due(ctx context.Context, q Queue, now time.Time, n int) (due []URL, next time.Time, err error)
	// Paces lists the host groups that wait for longer than their crawl delay.
	Paces(ctx context.Context, now time.Time) ([]Pace, error)
	// Unreadable lists the origins whose robots.txt could not be read; nothing is
	// fetched there before it can.
	Unreadable(ctx context.Context, now time.Time) ([]Robots, error)
	// Sources lists the sources with their cursors, by site and key.
	Sources(ctx context.Context) ([]Source, error)
	// Runs lists the last n runs, newest first.
	Runs(ctx context.Context, n int) ([]Run, error)
	// Outputs lists the committed position of every output file, by path.
	Outputs(ctx context.Context) ([]Output, error)
	// Writer returns the identity that the names of objects contain; zero: none yet.
	Writer(ctx context.Context) (output.Writer, error)
	// Troubles calls yield for each URL that is gone, refused, given up, in doubt or
	// waiting for another attempt, by site and state. It returns the error of yield.
	Troubles(ctx context.Context, yield func(Trouble) error) error
	// OldTexts does what that of Store does, for a state of an older release, too.
	OldTexts(ctx context.Context, yield func(OldText) error) error
	// Empty calls yield for each URL whose page held no article, by site and id. It
	// returns the error of yield.
	Empty(ctx context.Context, yield func(Trouble) error) error
	// Windows lists what the alarms of every site remember, by site and key.
	Windows(ctx context.Context) ([]Window, error)
	Close() error
}

// SiteCount counts the URLs of a site.
type SiteCount struct {
	Site     string
	Known    int
	ByState  map[URLState]int
	Waiting  int // queued, but not due yet
	Articles int // done, with an article
	Empty    int // done, without one
	Again    int // articles whose refetch is due
}

// Trouble is a URL that could not be fetched, or whose page held no article.
type Trouble struct {
	Site     string
	URL      string
	State    URLState
	Status   int
	Attempts int
	Reason   string
	Doubt    Doubt
	At       time.Time
	NextAt   time.Time // for Queued and for doubt: the time of the next attempt
}
