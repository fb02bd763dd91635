// Package report counts what a run did and derives its summary and its verdict.
// Everything here is counted from what was committed.
package report

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Exit codes, fixed for scripts.
const (
	ExitOK         = 0
	ExitFailed     = 1  // state or output unusable, disk full, every source of every site unreadable
	ExitUsage      = 2  // wrong flags or configuration
	ExitIncomplete = 3  // a source was unreadable, or a page failed for good
	ExitLess       = 4  // a site gave less than expected
	ExitLocked     = 11 // another run holds the state
	ExitInterrupt  = 130
	ExitTerminate  = 143
)

// Site counts what one site gave in a run.
type Site struct {
	Requests    int   `json:"requests"`        // pages and listing pages asked, robots.txt aside
	Bytes       int64 `json:"bytes"`           // received for them
	Listings    int   `json:"listings"`        // listing pages, sitemaps and feeds read
	NotModified int   `json:"not_modified"`    // 304
	NewURLs     int   `json:"new_urls"`        // found for the first time
	Articles    int   `json:"articles"`        // new articles written
	Duplicates  int   `json:"duplicates"`      // new URLs with a known text
	Near        int   `json:"near_duplicates"` // of those, with a text that is nearly the same
	Revisions   int   `json:"revisions"`       // known articles with another text
	Unchanged   int   `json:"unchanged"`       // known articles asked again
	Missed      int   `json:"missed"`          // known articles that could not be asked again; they stay as they are
	Headlines   int   `json:"headlines"`       // new headlines written
	Retitled    int   `json:"retitled"`        // known headlines with another title
	GoneLines   int   `json:"gone_articles"`   // known articles that are gone
	Aliases     int   `json:"aliases"`         // redirects, canonical links
	NoArticle   int   `json:"no_article"`      // pages on which no article was found
	Gone        int   `json:"gone"`            // 404, 410
	Refused     int   `json:"refused"`         // robots.txt, scope, guard, too large, not HTML
	DeadEnds    int   `json:"dead_ends"`       // of those, sent to the front page or a listing
	Retry       int   `json:"retry"`           // to be tried again later
	Failed      int   `json:"failed"`          // given up
	Disputed    int   `json:"disputed"`        // canonical links that were not believed
	OverLimit   int   `json:"over_limit"`      // links not taken because of limits
	Endless     int   `json:"endless"`         // links and pages of families without end, not taken or put off
	PassedOver  int   `json:"passed_over"`     // lines of a list that are not on the site's hosts or do not match article.match
	Sources     int   `json:"sources"`         // asked in this run
	Unreadable  int   `json:"unreadable"`      // of those, could not be read
	Partial     int   `json:"partial"`         // of those, read in part: a sitemap with a broken or missing part
	Postponed   int   `json:"postponed"`       // of those, put off by the server
	Lines       int   `json:"lines"`           // written
	Dropped     int   `json:"dropped"`         // duplicates not written, by policy
	Less        int   `json:"less"`            // expectations broken

	Problems []string `json:"problems,omitempty"` // for a person, at most maxProblems
	omitted  int
}

// maxProblems bounds the problems listed a site; more are counted.
const maxProblems = 20

// Problem notes something for a person.
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

// Summary is one run. It is what crawl --json prints and the state keeps.
type Summary struct {
	RunID    string           `json:"run_id"`
	Command  string           `json:"command"`
	Begun    time.Time        `json:"begun"`
	Ended    time.Time        `json:"ended,omitzero"`
	Seconds  float64          `json:"seconds"`
	Exit     int              `json:"exit"`
	Reason   string           `json:"reason"`            // why that exit code, in words
	Stopped  string           `json:"stopped,omitempty"` // limit, max-time or a signal
	Totals   Site             `json:"totals"`
	Sites    map[string]*Site `json:"sites"`
	Warnings []string         `json:"warnings,omitempty"`
	Progress []Progress       `json:"progress,omitempty"` // of a run under way
}

// maxWarnings bounds the warnings of a run.
const maxWarnings = 50

// Warn adds something that a person should know, whatever the verdict is.
func (s *Summary) Warn(format string, args ...any) {
	if len(s.Warnings) < maxWarnings {
		s.Warnings = append(s.Warnings, fmt.Sprintf(format, args...))
	}
}

// New is the empty summary of a run over sites.
func New(id, command string, begun time.Time, sites []string) *Summary {
	s := &Summary{RunID: id, Command: command, Begun: begun.UTC().Truncate(time.Millisecond), Sites: map[string]*Site{}}
	for _, name := range sites {
		s.Sites[name] = &Site{}
	}
	return s
}

// Site returns the counters of a site, made if there are none yet.
func (s *Summary) Site(name string) *Site {
	if s.Sites[name] == nil {
		s.Sites[name] = &Site{}
	}
	return s.Sites[name]
}

// SoFar is the summary of a run under way. It shares the sites with s.
func (s *Summary) SoFar(p []Progress) *Summary {
	c := &Summary{RunID: s.RunID, Command: s.Command, Begun: s.Begun, Reason: "under way", Sites: s.Sites, Progress: p}
	for _, site := range s.Sites {
		c.Totals.add(site)
	}
	return c
}

// Finish sums the sites up and derives the verdict. failure is what stopped
// the run, signal the exit code of the signal that did, 0 for none.
func (s *Summary) Finish(now time.Time, failure error, signal int) {
	s.Ended = now.UTC().Truncate(time.Millisecond)
	s.Seconds = float64(s.Ended.Sub(s.Begun).Milliseconds()) / 1000
	s.Totals = Site{}
	for _, site := range s.Sites {
		s.Totals.add(site)
		if site.omitted > 0 {
			site.Problems = append(site.Problems, fmt.Sprintf("and %d more like these", site.omitted))
			site.omitted = 0
		}
	}
	s.Exit, s.Reason = s.verdict(failure, signal)
}

func (s *Summary) verdict(failure error, signal int) (int, string) {
	t := &s.Totals
	switch {
	case failure != nil:
		return ExitFailed, failure.Error()
	case signal != 0:
		return signal, "interrupted; the next run continues"
	case t.Sources > 0 && t.Unreadable == t.Sources:
		return ExitFailed, "no source could be read"
	case t.Unreadable > 0:
		return ExitIncomplete, fmt.Sprintf("%d of %d sources could not be read", t.Unreadable, t.Sources)
	case t.Partial > 0:
		return ExitIncomplete, fmt.Sprintf("%d of %d sources could be read in part only", t.Partial, t.Sources)
	case t.Failed > 0:
		return ExitIncomplete, fmt.Sprintf("%d pages failed for good", t.Failed)
	case t.Less > 0:
		return ExitLess, "a site gave less than expected"
	}
	return ExitOK, "ok"
}

// Line is the summary in one line for a person.
func (s *Summary) Line() string {
	t := &s.Totals
	parts := []string{fmt.Sprintf("%d new articles", t.Articles)}
	for _, p := range []struct {
		n    int
		what string
	}{
		{t.Headlines, "headlines"}, {t.Duplicates, "duplicates"}, {t.Revisions, "revisions"}, {t.GoneLines, "gone"},
		{t.Retry, "to retry"}, {t.Missed, "not read again"}, {t.Refused, "refused"}, {t.Failed, "failed"}, {t.Unreadable, "sources unreadable"}, {t.Partial, "sources read in part"}, {t.Postponed, "sources put off"},
	} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	line := fmt.Sprintf("%s: %s; %d requests, %d not modified, %.1f s",
		s.Command, strings.Join(parts, ", "), t.Requests, t.NotModified, s.Seconds)
	if s.Stopped != "" {
		line += "; stopped by " + s.Stopped
	}
	if s.Exit != ExitOK {
		line += fmt.Sprintf("; exit %d: %s", s.Exit, s.Reason)
	}
	return line
}

// Details are the problems and warnings, a line each, sites in order of name.
func (s *Summary) Details() []string {
	lines := slices.Clone(s.Warnings)
	for _, name := range s.SiteNames() {
		for _, p := range s.Sites[name].Problems {
			lines = append(lines, name+": "+p)
		}
	}
	return lines
}

// SiteNames are the names of the sites, sorted.
func (s *Summary) SiteNames() []string {
	names := make([]string, 0, len(s.Sites))
	for name := range s.Sites {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (s *Site) add(o *Site) {
	s.Requests += o.Requests
	s.Bytes += o.Bytes
	s.Listings += o.Listings
	s.NotModified += o.NotModified
	s.NewURLs += o.NewURLs
	s.Articles += o.Articles
	s.Duplicates += o.Duplicates
	s.Near += o.Near
	s.Revisions += o.Revisions
	s.Unchanged += o.Unchanged
	s.Missed += o.Missed
	s.Headlines += o.Headlines
	s.Retitled += o.Retitled
	s.GoneLines += o.GoneLines
	s.Aliases += o.Aliases
	s.NoArticle += o.NoArticle
	s.Gone += o.Gone
	s.Refused += o.Refused
	s.DeadEnds += o.DeadEnds
	s.Retry += o.Retry
	s.Failed += o.Failed
	s.Disputed += o.Disputed
	s.OverLimit += o.OverLimit
	s.Endless += o.Endless
	s.PassedOver += o.PassedOver
	s.Sources += o.Sources
	s.Unreadable += o.Unreadable
	s.Partial += o.Partial
	s.Postponed += o.Postponed
	s.Lines += o.Lines
	s.Dropped += o.Dropped
	s.Less += o.Less
}
