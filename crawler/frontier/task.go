package frontier

import (
	"fmt"
	"time"

	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
)

// Task is one thing to do for a site. Each task that Next returns has to come back
// to Done, and then to Committed. A Part only comes back to Done: it belongs to the
// task of the article's first page.
type Task struct {
	Site *site.Site
	URL  string // "" for a step that makes no request
	Work Work
	Skip *Skip // why no request is made; nil: make it, if the work has a URL to fetch
	// Pause is the crawl delay of the host. It also applies before net/http repeats
	// the request on another connection.
	Pause time.Duration

	// Allows reports whether robots.txt allows another URL of the same origin; nil:
	// every URL is allowed.
	Allows func(url string) bool

	begun time.Time
	queue *queue // nil for a step that makes no request

	groups []*group // whose leases it needs; with Options.Shared
}

// Work is the subject of a task: Page, Part, Step or Robots.
type Work interface {
	requests() bool // whether it takes a request
	counts() bool   // whether it counts towards Options.Limit
}

// Page is a queued URL.
type Page struct{ *state.URL }

// Part is a further page of an article in several pages. Of is what was passed to
// Continue.
type Part struct{ Of any }

// Step is a step of a source.
type Step struct{ *source.Step }

// Robots is the robots.txt of an origin.
type Robots struct{ origin *origin }

func (Page) requests() bool   { return true }
func (Part) requests() bool   { return true }
func (s Step) requests() bool { return s.URL != "" && !s.Robots }
func (Robots) requests() bool { return true }

func (Page) counts() bool   { return true }
func (Part) counts() bool   { return false }
func (s Step) counts() bool { return s.requests() || s.Pages }
func (Robots) counts() bool { return false }

// Requests reports whether the task takes a request.
func (t *Task) Requests() bool { return t.Skip == nil && t.Work.requests() }

// Skip tells why no request is made for a task.
type Skip struct {
	Denied  *polite.Decision // robots.txt disallows the URL
	Trapped bool             // the URL is in a crawler trap and stays queued for a while
	Reason  string           // why the robots.txt of its origin cannot be read, or a Part must wait for too long
}

func (s *Skip) Error() string {
	switch {
	case s.Denied != nil:
		return fmt.Sprintf("robots.txt line %d: %s", s.Denied.Line, s.Denied.Rule)
	case s.Trapped:
		return "in a crawler trap: many pages with nearly the same text; deferred for a day"
	}
	return s.Reason
}

// Answer tells how the request of a task ended.
type Answer struct {
	At       time.Time
	Outcome  polite.Outcome
	Contact  fetch.Contact
	Response *fetch.Response // used for Robots only
}

// Finished holds what Done derives from an answer, to be stored with the task.
type Finished struct {
	Pace *state.Pace // nil: unchanged since it was stored, apart from the time of the next request
	// Spared says that the request failed for want of a network, or that this cannot be
	// ruled out yet. The task is not to be committed: it will be handed out again.
	Spared bool
	Robots *state.Robots // result of a task for a robots.txt
	// Urgent says that the commit should not wait for further tasks: no other is in
	// progress, the next step of a source depends on it, or the host asks for a pause.
	Urgent bool
}

// Settled is a task that was committed.
type Settled struct {
	Task  *Task
	Found []string // origins that have new URLs in the queue
	Waits bool     // its page will be fetched again later
}

// Wait is a wait of the whole run.
type Wait struct {
	Host   string    // the host group; "" for the network
	Since  time.Time // when something happened last
	Until  time.Time
	Reason string
}

// String tells for what the run waits, and until when.
func (w Wait) String() string {
	what := "waiting"
	if w.Host != "" {
		what += " for " + w.Host
	}
	return fmt.Sprintf("%s until %s: %s", what, w.Until.Format(time.DateTime), w.Reason)
}

// Left is work of a site on an origin that the run could not do.
type Left struct {
	Site   string
	URL    string // of a step of a source; "" for queued pages
	Origin string
	// Unreadable says that the robots.txt of the origin cannot be read, or that its
	// host is in quarantine. Otherwise the host is in back-off, or URLs are deferred.
	Unreadable bool
	Dead       bool // it has failed for most of a day or longer
	Reason     string
	Until      time.Time // of the next attempt; zero when unknown
}
