// Package report counts what a run did and derives its summary and exit code.
// Every count is of something committed.
package report

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"
)

// Exit codes, fixed for scripts.
const (
	ExitOK         = 0
	ExitFailed     = 1  // state or output unusable, disk full, every source of every site unreadable
	ExitUsage      = 2  // wrong flags or configuration
	ExitIncomplete = 3  // a source was unreadable, or a page failed permanently
	ExitLess       = 4  // a site gave less than expected
	ExitWorkLeft   = 10 // a backfill has work left
	ExitLocked     = 11 // another run holds the state
	ExitHangup     = 129
	ExitInterrupt  = 130
	ExitTerminate  = 143
)

// Site counts the results of one site in a run.
type Site struct {
	Requests    int   `json:"requests"`        // pages and pages of sources fetched, without robots.txt
	Bytes       int64 `json:"bytes"`           // received for them
	Listings    int   `json:"listings"`        // listing pages, sitemaps and feeds read
	NotModified int   `json:"not_modified"`    // 304
	NewURLs     int   `json:"new_urls"`        // found for the first time
	Articles    int   `json:"articles"`        // new articles written
	Duplicates  int   `json:"duplicates"`      // new URLs with a known text
	Near        int   `json:"near_duplicates"` // of those, near-duplicates
	Revisions   int   `json:"revisions"`       // known articles with a changed text
	Unchanged   int   `json:"unchanged"`       // known articles refetched without a change
	Missed      int   `json:"missed"`          // known articles that could not be refetched; their lines stay
	Headlines   int   `json:"headlines"`       // new headlines written
	Retitled    int   `json:"retitled"`        // known headlines with a changed title
	GoneLines   int   `json:"gone_articles"`   // known articles that are gone
	Aliases     int   `json:"aliases"`         // by redirect or canonical link
	NoArticle   int   `json:"no_article"`      // pages without an article
	Gone        int   `json:"gone"`            // 404, 410
	Refused     int   `json:"refused"`         // robots.txt, scope, address guard, too large, not HTML
	DeadEnds    int   `json:"dead_ends"`       // of those, redirected to the front page or a listing
	Retry       int   `json:"retry"`           // to be retried later
	Failed      int   `json:"failed"`          // failed permanently
	StillFailed int   `json:"still_failed"`    // failed permanently in an earlier run, and listed by a source of this one
	Disputed    int   `json:"disputed"`        // canonical links that were not trusted
	OverLimit   int   `json:"over_limit"`      // links dropped because of limits
	Endless     int   `json:"endless"`         // links and pages of crawler traps, dropped or postponed
	PassedOver  int   `json:"passed_over"`     // URLs of a list off the site's hosts or not matching article.match
	Sources     int   `json:"sources"`         // read in this run
	Unreadable  int   `json:"unreadable"`      // of those, could not be read
	Partial     int   `json:"partial"`         // of those, read in part: a sitemap with a broken or missing part
	Postponed   int   `json:"postponed"`       // of those, postponed because the server asked for it
	Lines       int   `json:"lines"`           // written
	Dropped     int   `json:"dropped"`         // duplicates not written, by policy
	Less        int   `json:"less"`            // broken expectations
	Silent      int   `json:"silent"`          // of those, that of expect: {new: …}
	Gaps        int   `json:"gaps"`            // lists that ended before a known link, so that older ones may be missing
	Queued      int   `json:"queued"`          // URLs left in the queue at the end
	Blocked     int   `json:"blocked"`         // consent walls, challenges, error pages in place of articles
	Held        int   `json:"held"`            // pages held back since they may be such
	Suspect     int   `json:"suspect"`         // articles written although they may be such
	TextPartial int   `json:"text_partial"`    // articles and revisions whose text is known to be incomplete
	Withdrawn   int   `json:"withdrawn"`       // lines taken back, since their articles proved to be walls
	Unreachable int   `json:"unreachable"`     // hosts with queued URLs that could not be fetched from for most of a day

	// What limits left out.
	CutLinks     int `json:"cut_links"`      // links and headlines of a page beyond limits.links
	CutURLLength int `json:"cut_url_length"` // URLs longer than limits.url_length
	CutDepth     int `json:"cut_depth"`      // links deeper than limits.depth
	CutURLs      int `json:"cut_urls"`       // URLs beyond limits.urls
	CutTrap      int `json:"cut_trap"`       // URLs that look like a crawler trap

	Problems []string `json:"problems,omitempty"` // for people, at most maxProblems
	omitted  int
}

// maxProblems bounds the problems listed per site. The others are counted.
const maxProblems = 20

// Problem records something that a person should look at. Repetitions are dropped.
func (s *Site) Problem(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	switch {
	case slices.Contains(s.Problems, text):
	case len(s.Problems) < maxProblems:
		s.Problems = append(s.Problems, text)
	default:
		s.omitted++
	}
}

// Summary describes one run. "crawl --json" prints it and the state keeps it.
type Summary struct {
	RunID    string    `json:"run_id"`
	Command  string    `json:"command"`
	Begun    time.Time `json:"begun"`
	Ended    time.Time `json:"ended,omitzero"`
	Seconds  float64   `json:"seconds"`
	Exit     int       `json:"exit"`
	Reason   string    `json:"reason"`            // of the exit code, in words
	Stopped  string    `json:"stopped,omitempty"` // limit, max-time, low disk, a failure or a signal
	WorkLeft bool      `json:"work_left"`         // of a backfill: run it again
	Orphaned int       `json:"orphaned"`          // URLs queued for sites that crawl.yaml does not name
	Outage   string    `json:"outage,omitempty"`  // why the run gave up on the network
	// Undelivered says which lines are committed and kept, but not at their destination.
	Undelivered string           `json:"undelivered,omitempty"`
	NextDue     time.Time        `json:"next_due,omitzero"` // of what is left in the queue, if it is known
	Totals      Site             `json:"totals"`
	Sites       map[string]*Site `json:"sites"`
	Warnings    []string         `json:"warnings,omitempty"`
	Progress    []Progress       `json:"progress,omitempty"` // while the run is in progress
	Waiting     *Wait            `json:"waiting,omitempty"`  // while the run only waits

	finished bool
	unusable bool
}

// Wait is a wait of a whole run.
type Wait struct {
	For    string    `json:"for,omitempty"` // the host; "" for the network
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
}

// maxWarnings bounds the warnings of a run. The others are dropped.
const maxWarnings = 50

// Warn records something worth knowing that does not change the exit code.
func (s *Summary) Warn(format string, args ...any) {
	if len(s.Warnings) < maxWarnings {
		s.Warnings = append(s.Warnings, fmt.Sprintf(format, args...))
	}
}

// New returns the empty summary of a run over sites.
func New(id, command string, begun time.Time, sites []string) *Summary {
	s := &Summary{RunID: id, Command: command, Begun: begun.UTC().Truncate(time.Millisecond), Sites: map[string]*Site{}}
	for _, name := range sites {
		s.Sites[name] = &Site{}
	}
	return s
}

// Site returns the counters of a site, and adds it if it is new.
func (s *Summary) Site(name string) *Site {
	if s.Sites[name] == nil {
		s.Sites[name] = &Site{}
	}
	return s.Sites[name]
}

// SoFar returns the summary of a run in progress. It shares its sites with s.
func (s *Summary) SoFar(p []Progress) *Summary {
	c := &Summary{RunID: s.RunID, Command: s.Command, Begun: s.Begun, Reason: "under way", Sites: s.Sites, Progress: p}
	for _, site := range s.Sites {
		c.Totals.add(site)
	}
	return c
}

// warnOfCuts names each limit that left something out.
func (s *Summary) warnOfCuts() {
	for _, name := range s.SiteNames() {
		site := s.Sites[name]
		for _, c := range []struct {
			n     int
			limit string
		}{
			{site.CutLinks, "links or headlines: more on a page than limits.links"},
			{site.CutURLLength, "URLs: longer than limits.url_length"},
			{site.CutDepth, "links: further from a source than limits.depth"},
			{site.CutURLs, "URLs: more than limits.urls"},
			{site.CutTrap, "URLs: they look like a crawler trap"},
		} {
			if c.n > 0 {
				s.Warn("%s: left out %d %s", name, c.n, c.limit)
			}
		}
	}
}

// Finish adds up the sites and derives the exit code. failure is the error that
// stopped the run, signal the exit code of the signal that did, 0 for none.
func (s *Summary) Finish(now time.Time, failure error, signal int) {
	s.Ended = now.UTC().Truncate(time.Millisecond)
	s.Seconds = float64(s.Ended.Sub(s.Begun).Milliseconds()) / 1000
	s.Totals = Site{}
	if !s.finished {
		s.warnOfCuts()
	}
	s.finished, s.unusable = true, failure != nil
	for _, site := range s.Sites {
		s.Totals.add(site)
		if site.omitted > 0 {
			site.Problems = append(site.Problems, fmt.Sprintf("and %d more like these", site.omitted))
			site.omitted = 0
		}
	}
	s.Exit, s.Reason = s.verdict(failure, signal)
}

// Unusable reports whether the state or the output could not be used, or a disk is full:
// another run would end alike.
func (s *Summary) Unusable() bool { return s.unusable }

func (s *Summary) verdict(failure error, signal int) (int, string) {
	t := &s.Totals
	switch {
	case failure != nil:
		return ExitFailed, failure.Error()
	case signal != 0:
		return signal, "interrupted; the next run continues"
	case t.Sources > 0 && t.Unreadable == t.Sources:
		if s.Outage != "" {
			return ExitFailed, "no source could be read: " + s.Outage
		}
		return ExitFailed, "no source could be read"
	case s.WorkLeft:
		return ExitWorkLeft, "work is left; run the same command again"
	case s.Undelivered != "":
		return ExitIncomplete, "output " + s.Undelivered
	case s.Outage != "":
		return ExitIncomplete, s.Outage
	case t.Unreadable > 0:
		return ExitIncomplete, fmt.Sprintf("%d of %s could not be read", t.Unreadable, count(t.Sources, "source"))
	case t.Partial > 0:
		return ExitIncomplete, fmt.Sprintf("%d of %s could be read only in part", t.Partial, count(t.Sources, "source"))
	case s.Orphaned > 0:
		return ExitIncomplete, count(s.Orphaned, "URL") + " queued for sites that crawl.yaml does not name"
	case t.Unreachable > 0:
		return ExitIncomplete, count(t.Unreachable, "host") + " with queued URLs could not be fetched from for most of a day"
	case t.Failed > 0:
		return ExitIncomplete, count(t.Failed, "page") + " failed permanently"
	case t.StillFailed > 0:
		return ExitIncomplete, count(t.StillFailed, "listed page") + " failed permanently in an earlier run"
	case t.Less > 0:
		return ExitLess, "a site gave less than expected"
	}
	return ExitOK, "ok"
}

// count writes a number of things: "1 page", "2 pages".
func count(n int, thing string) string { return english.Plural(n, thing, "") }

// Line returns the summary in one line.
func (s *Summary) Line() string {
	t := &s.Totals
	var line strings.Builder
	fmt.Fprintf(&line, "%s: %s", s.Command, count(t.Articles, "new article"))
	for _, p := range []struct {
		n           int
		noun, state string
	}{
		{t.Headlines, "headline", ""}, {t.Retitled, "retitled headline", ""}, {t.Duplicates, "duplicate", ""},
		{t.Revisions, "revision", ""}, {t.GoneLines, "", "gone"}, {t.Dropped, "", "dropped"},
		{t.TextPartial, "", "with a partial text"}, {t.Suspect, "", "perhaps a wall"},
		{t.Withdrawn, "", "withdrawn"}, {t.Blocked, "", "blocked"}, {t.Held, "", "held back"},
		{t.Retry, "", "to retry"}, {t.Missed, "", "not refetched"},
		{t.NoArticle, "page", "without an article"},
		{t.Refused, "", "refused"}, {t.Failed, "", "failed"}, {t.StillFailed, "", "failed earlier"},
		{t.Unreadable, "source", "unreadable"},
		{t.Partial, "source", "read in part"}, {t.Postponed, "source", "postponed"},
	} {
		switch {
		case p.n == 0:
		case p.noun == "":
			fmt.Fprintf(&line, ", %d %s", p.n, p.state)
		default:
			line.WriteString(strings.TrimRight(fmt.Sprintf(", %s %s", count(p.n, p.noun), p.state), " "))
		}
	}
	fmt.Fprintf(&line, "; %s, %d not modified, %.1f s", count(t.Requests, "request"), t.NotModified, s.Seconds)
	if t.Queued > 0 {
		fmt.Fprintf(&line, "; %s left in the queue", count(t.Queued, "URL"))
		if !s.NextDue.IsZero() {
			fmt.Fprintf(&line, ", next due %s", s.NextDue.UTC().Format(time.RFC3339))
		}
	}
	if s.Stopped != "" {
		fmt.Fprintf(&line, "; stopped by %s", s.Stopped)
	}
	if s.Exit != ExitOK {
		fmt.Fprintf(&line, "; exit %d: %s", s.Exit, s.Reason)
	}
	return line.String()
}

// Details returns the warnings, then the problems of each site, one per line.
func (s *Summary) Details() []string {
	lines := slices.Clone(s.Warnings)
	for _, name := range s.SiteNames() {
		for _, p := range s.Sites[name].Problems {
			lines = append(lines, name+": "+p)
		}
	}
	return lines
}

// SiteNames returns the names of the sites, sorted.
func (s *Summary) SiteNames() []string { return slices.Sorted(maps.Keys(s.Sites)) }

// add adds every counter of o.
func (s *Site) add(o *Site) {
	sum, more := reflect.ValueOf(s).Elem(), reflect.ValueOf(o).Elem()
	for i := range sum.NumField() {
		if f := sum.Field(i); f.CanInt() && f.CanSet() {
			f.SetInt(f.Int() + more.Field(i).Int())
		}
	}
}
