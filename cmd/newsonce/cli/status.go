package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
	"github.com/spf13/cobra"
)

func (a *app) status() *cobra.Command {
	var lists statusLists
	var runs int
	c := &cobra.Command{
		Use:   "status [site...]",
		Short: "Show what is known, queued, failed and written",
		Long: `Shows what the state holds: URLs per site, each in one column, what the alarms of
each site remember, hosts in back-off and why, the progress of the current run,
sources, past runs, the committed offset of each output file, and segments that wait
for their upload to an object storage. It works while a crawl runs.`,
		Example: `  newsonce status
  newsonce status --failed ccbs    # each URL that could not be fetched, and why
  newsonce status --empty ccbs     # each page without an article, and why
  newsonce status --suspects       # those that answer with a wall, or may do so
  newsonce status --json --runs 50`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runStatus(cmd.Context(), args, lists, runs)
		},
	}
	c.Flags().BoolVar(&lists.empty, "empty", false, "list the pages without an article")
	c.Flags().BoolVar(&lists.suspects, "suspects", false,
		"list the URLs that answer, or may answer, with a wall or an error page")
	c.Flags().BoolVar(&lists.failed, "failed", false,
		"list the URLs that are gone, refused, failed permanently or due for a retry")
	c.Flags().IntVar(&runs, "runs", 5, "show the last `N` runs")
	return c
}

// statusLists says which URLs status lists.
type statusLists struct{ failed, suspects, empty bool }

// statusReport is what status --json prints.
type statusReport struct {
	State   string `json:"state"`
	Running bool   `json:"running"`
	// Owners names the processes that hold the state.
	Owners []string `json:"owners,omitempty"`
	// Progress is that of the run that holds the state.
	Progress []report.Progress `json:"progress,omitempty"`
	// Waiting tells what the whole run waits for, if it only waits.
	Waiting *report.Wait   `json:"waiting,omitempty"`
	Sites   []siteStatus   `json:"sites"`
	Alarms  []site.Memory  `json:"alarms,omitempty"`
	Hosts   []hostStatus   `json:"hosts,omitempty"`
	Sources []sourceStatus `json:"sources"`
	Runs    []runStatus    `json:"runs"`
	Outputs []outputStatus `json:"outputs"`
	// Undelivered are segments that wait for their upload.
	Undelivered []waitingStatus `json:"undelivered,omitempty"`
	Failed      []failedURL     `json:"failed,omitempty"`
	Empty       []failedURL     `json:"empty,omitempty"`
	// Holders tell which process holds which host groups of a shared state, and Outbox how
	// many committed lines are not in the output yet.
	Holders []holderStatus `json:"holders,omitempty"`
	Outbox  int64          `json:"outbox,omitempty"`

	base string // folder that outputs are kept track of from
}

type holderStatus struct {
	Group string    `json:"group"`
	Owner string    `json:"owner"`
	Since time.Time `json:"since"`
	Until time.Time `json:"until"` // unless it is renewed
}

type siteStatus struct {
	Site     string `json:"site"`
	Known    int    `json:"known"`
	Articles int    `json:"articles"` // done, with an article
	Empty    int    `json:"empty"`    // done, without an article
	Queued   int    `json:"queued"`
	Later    int    `json:"queued_later"` // of those, not due yet
	Done     int    `json:"done"`
	Aliases  int    `json:"aliases"`
	Gone     int    `json:"gone"`
	Refused  int    `json:"refused"`
	Failed   int    `json:"failed"`
}

type hostStatus struct {
	Host   string     `json:"host"`
	State  string     `json:"state"`
	words  string     // for the state
	Until  time.Time  `json:"until"`
	Reason string     `json:"reason"`
	Since  *time.Time `json:"since,omitempty"` // of the first failure
}

type sourceStatus struct {
	Site        string     `json:"site"`
	Source      string     `json:"source"`
	Asked       *time.Time `json:"asked,omitempty"`
	Completed   *time.Time `json:"completed,omitempty"`
	Interrupted bool       `json:"interrupted,omitempty"`
	Error       string     `json:"error,omitempty"`
	// Watch is set for sources that newsonce watch has read.
	Watch *watchStatus `json:"watch,omitempty"`
}

// watchStatus tells how often newsonce watch reads a source.
type watchStatus struct {
	Seconds float64   `json:"interval_seconds"`
	Next    time.Time `json:"next"`
	PerDay  float64   `json:"new_per_day"` // expected
}

type runStatus struct {
	ID      string          `json:"id"`
	Command string          `json:"command"`
	Begun   time.Time       `json:"begun"`
	Ended   *time.Time      `json:"ended,omitempty"`
	Exit    *int            `json:"exit,omitempty"`
	Summary json.RawMessage `json:"summary,omitempty"`
}

type outputStatus struct {
	Path   string `json:"path"`
	Offset int64  `json:"offset"`
	Lines  int64  `json:"lines"`
}

// waitingStatus is a segment that is committed and not delivered yet.
type waitingStatus struct {
	Path  string    `json:"path"`
	Bytes int64     `json:"bytes"`
	Lines int64     `json:"lines"`
	Since time.Time `json:"since"`
	Error string    `json:"error,omitempty"` // of the last attempt
}

type failedURL struct {
	Site     string     `json:"site"`
	URL      string     `json:"url"`
	State    string     `json:"state"`
	Status   int        `json:"status,omitempty"`
	Attempts int        `json:"attempts,omitempty"`
	Reason   string     `json:"reason"`
	At       time.Time  `json:"at"`
	Next     *time.Time `json:"next,omitempty"`

	doubt state.Doubt
}

// doubts are the states of URLs that answer, or may answer, with a wall.
var doubts = [...]string{state.NoDoubt: "none", state.Suspected: "suspect", state.Blocked: "blocked"}

func (a *app) runStatus(ctx context.Context, args []string, lists statusLists, runs int) error {
	if runs < 0 {
		return usage(fmt.Errorf("--runs %d must not be negative", runs))
	}
	c, err := a.load()
	if err != nil {
		return err
	}
	if _, err := sites(c, args); err != nil {
		return err
	}
	r, err := a.reader(ctx, c.State)
	if err != nil {
		return err
	}
	defer r.Close()
	s, err := a.readStatus(ctx, r, c, runs)
	if err != nil {
		return err
	}
	if lists.failed || lists.suspects {
		if s.Failed, err = listed(ctx, r.Troubles); err != nil {
			return err
		}
	}
	if lists.empty {
		if s.Empty, err = listed(ctx, r.Empty); err != nil {
			return err
		}
	}
	if lists.suspects {
		if !lists.failed {
			s.Failed = slices.DeleteFunc(s.Failed, func(x failedURL) bool { return x.doubt == state.NoDoubt })
		}
		if err := s.readOldWalls(ctx, r); err != nil {
			return err
		}
	}
	s.only(args)
	if a.json {
		enc := json.NewEncoder(a.Out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(s)
	}
	return s.print(a.Out)
}

// moment returns nil for the zero time, so that JSON leaves it out.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (a *app) readStatus(ctx context.Context, r state.Reader, c *config.Config, runs int) (*statusReport, error) {
	now := time.Now()
	s := &statusReport{State: c.StateName(), base: c.Base(), Sites: []siteStatus{}, Sources: []sourceStatus{}, Runs: []runStatus{},
		Outputs: []outputStatus{}}
	var err error
	if s.Owners, err = r.Owners(ctx); err != nil {
		return nil, err
	}
	s.Running = len(s.Owners) > 0
	for _, read := range []func() error{
		func() error { return s.readSites(ctx, r, now) },
		func() error { return s.readAlarms(ctx, r, c) },
		func() error { return s.readHosts(ctx, r, now) },
		func() error { return s.readSources(ctx, r, c) },
		func() error { return s.readRuns(ctx, r, now, runs) },
		func() error { return s.readOutputs(ctx, r, a.Sinks) },
		func() error { return s.readHolders(ctx, r) },
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *statusReport) readSites(ctx context.Context, r state.Reader, now time.Time) error {
	counts, err := r.Sites(ctx, now)
	for _, n := range counts {
		s.Sites = append(s.Sites, siteStatus{Site: n.Site, Known: n.Known, Articles: n.Articles, Empty: n.Empty,
			Queued: n.ByState[state.Queued], Later: n.Waiting,
			Done: n.ByState[state.Done], Aliases: n.ByState[state.Alias],
			Gone: n.ByState[state.Gone], Refused: n.ByState[state.Refused], Failed: n.ByState[state.Failed]})
	}
	return err
}

// readAlarms reads what the alarms of each site remember.
func (s *statusReport) readAlarms(ctx context.Context, r state.Reader, c *config.Config) error {
	windows, err := r.Windows(ctx)
	for _, w := range windows {
		cfg := c.Site(w.Site)
		if cfg == nil {
			continue
		}
		if m, ok := site.Recall(w, cfg); ok {
			s.Alarms = append(s.Alarms, m)
		}
	}
	return err
}

func (s *statusReport) readSources(ctx context.Context, r state.Reader, c *config.Config) error {
	names := configuredOf(c.Sites)
	watched, err := readWatched(ctx, r, c)
	if err != nil {
		return err
	}
	sources, err := r.Sources(ctx)
	for _, src := range sources {
		if source.IsPart(src.Key) && src.Error == "" {
			continue // a sitemap may have thousands
		}
		s.Sources = append(s.Sources,
			sourceStatus{Site: src.Site, Source: names[src.Site].name(src.Key),
				Asked: moment(src.AskedAt), Completed: moment(src.DoneAt),
				Interrupted: len(src.Cursor) > 0 && src.DoneAt.Before(src.AskedAt), Error: src.Error,
				Watch: watched[src.Site+"\n"+src.Key]})
	}
	return err
}

// readWatched reads how often newsonce watch reads the sources of the configured sites,
// by site and key.
func readWatched(ctx context.Context, r state.Reader, c *config.Config) (map[string]*watchStatus, error) {
	watched := map[string]*watchStatus{}
	windows, err := r.Windows(ctx)
	for _, w := range windows {
		cfg := c.Site(w.Site)
		if cfg == nil {
			continue
		}
		key, got, ok, err := source.WatchedOf(w)
		if err != nil {
			return nil, err
		}
		if ok {
			next := got.Next(cfg, key)
			watched[w.Site+"\n"+key] = &watchStatus{Seconds: next.Sub(got.Rate.Tried).Round(time.Second).Seconds(),
				Next: next.Truncate(time.Second), PerDay: math.Round(10*got.Rate.PerDay()) / 10}
		}
	}
	return watched, err
}

// readRuns reads the last n runs, and the progress of the current one.
func (s *statusReport) readRuns(ctx context.Context, r state.Reader, now time.Time, n int) error {
	past, err := r.Runs(ctx, max(n, 1))
	if err != nil {
		return err
	}
	if s.Running && len(past) > 0 && past[0].Ended.IsZero() {
		sum, err := summaryOf(past[0])
		if err != nil {
			return err
		}
		if w := sum.Waiting; w != nil && w.Until.After(now) {
			s.Waiting = w
		}
		for i := range sum.Progress {
			p := sum.Progress[i].At(now)
			if s.Waiting != nil {
				p = p.Unestimated()
			}
			s.Progress = append(s.Progress, p)
		}
	}
	for _, run := range past[:min(n, len(past))] {
		rs := runStatus{ID: run.ID, Command: run.Command, Begun: run.Begun, Ended: moment(run.Ended), Summary: run.Summary}
		if rs.Ended != nil {
			rs.Exit = &run.Exit
		}
		s.Runs = append(s.Runs, rs)
	}
	return nil
}

// readOutputs reads the committed offset of each file that is not sealed.
func (s *statusReport) readOutputs(ctx context.Context, r state.Reader, sinks output.Sinks) error {
	outputs, err := r.Outputs(ctx)
	if err != nil {
		return err
	}
	for _, o := range outputs {
		d, err := sinks.Describe(s.base, o.Position)
		if err != nil {
			return err
		}
		if w := d.Waiting; w != nil {
			s.Undelivered = append(s.Undelivered,
				waitingStatus{Path: d.Path, Bytes: d.Offset, Lines: d.Lines, Since: w.Since, Error: w.Error})
		} else if !d.Sealed {
			s.Outputs = append(s.Outputs, outputStatus{Path: d.Path, Offset: d.Offset, Lines: d.Lines})
		}
	}
	return nil
}

// readHolders reads who holds which host groups of a shared state.
func (s *statusReport) readHolders(ctx context.Context, r state.Reader) error {
	shared, ok := r.(state.Holders)
	if !ok {
		return nil
	}
	holders, err := shared.Holders(ctx)
	if err != nil {
		return err
	}
	for _, h := range holders {
		s.Holders = append(s.Holders, holderStatus{h.Group, h.Owner, h.Since.UTC(), h.Until.UTC()})
	}
	s.Outbox, err = shared.Waiting(ctx)
	return err
}

// summaryOf returns the summary that a run has stored.
func summaryOf(run state.Run) (sum report.Summary, err error) {
	if run.Summary == nil {
		return sum, nil
	}
	if err := json.Unmarshal(run.Summary, &sum); err != nil {
		return sum, fmt.Errorf("summary of run %s: %w", run.ID, err)
	}
	return sum, nil
}

func (s *statusReport) readHosts(ctx context.Context, r state.Reader, now time.Time) error {
	paces, err := r.Paces(ctx, now)
	if err != nil {
		return err
	}
	for _, p := range paces {
		s.Hosts = append(s.Hosts, hostStatus{Host: p.Group, State: p.State.String(), words: p.State.Words(), Until: p.Until,
			Reason: p.Reason, Since: moment(p.Since)})
	}
	origins, err := r.Unreadable(ctx, now)
	for _, o := range origins {
		s.Hosts = append(s.Hosts, hostStatus{Host: o.Origin, State: "waiting", words: "waiting", Until: o.Expires,
			Reason: "robots.txt could not be read: " + answer(o.Status), Since: moment(o.Since)})
	}
	return err
}

// answer names an HTTP status; 0 stands for none.
func answer(status int) string {
	if status == 0 {
		return "no response"
	}
	return fmt.Sprintf("HTTP %d", status)
}

// readOldWalls adds the articles of an older release that may be walls.
func (s *statusReport) readOldWalls(ctx context.Context, r state.Reader) error {
	groups, err := crawler.OldWalls(ctx, r)
	for _, g := range groups {
		for _, x := range g {
			if x.Suspect { // listed already
				continue
			}
			s.Failed = append(s.Failed, failedURL{Site: x.Site, URL: x.URL, State: doubts[state.Suspected], At: x.At,
				Reason: fmt.Sprintf("written, and its text answers for %d URLs; crawl --refetch-suspects fetches them again",
					len(g))})
		}
	}
	return err
}

// listed returns the URLs that a method of a reader yields.
func listed(ctx context.Context, read func(context.Context, func(state.Trouble) error) error) ([]failedURL, error) {
	list := []failedURL{}
	err := read(ctx, func(t state.Trouble) error {
		u := failedURL{Site: t.Site, URL: t.URL, State: t.State.String(), Status: t.Status, Attempts: t.Attempts,
			Reason: t.Reason, At: t.At, doubt: t.Doubt}
		if t.State == state.Queued {
			u.State, u.Next = "retry", moment(t.NextAt)
		}
		if t.Doubt != state.NoDoubt {
			u.State, u.Next = doubts[t.Doubt], moment(t.NextAt)
		}
		list = append(list, u)
		return nil
	})
	return list, err
}

// only keeps what belongs to the named sites. Without names it keeps everything.
func (s *statusReport) only(names []string) {
	if len(names) == 0 {
		return
	}
	other := func(name string) bool { return !slices.Contains(names, name) }
	s.Progress = slices.DeleteFunc(s.Progress, func(x report.Progress) bool { return other(x.Site) })
	s.Sites = slices.DeleteFunc(s.Sites, func(x siteStatus) bool { return other(x.Site) })
	s.Sources = slices.DeleteFunc(s.Sources, func(x sourceStatus) bool { return other(x.Site) })
	s.Alarms = slices.DeleteFunc(s.Alarms, func(x site.Memory) bool { return other(x.Site) })
	s.Failed = slices.DeleteFunc(s.Failed, func(x failedURL) bool { return other(x.Site) })
	s.Empty = slices.DeleteFunc(s.Empty, func(x failedURL) bool { return other(x.Site) })
}

func (s *statusReport) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	running := ""
	if s.Running {
		running = " (a run holds it now: " + strings.Join(s.Owners, "; ") + ")"
	}
	fmt.Fprintf(t, "state %s%s\n", s.State, running)
	if w := s.Waiting; w != nil {
		fmt.Fprintf(t, "the run is %s\n", frontier.Wait{Host: w.For, Until: w.Until, Reason: w.Reason})
	}
	if len(s.Progress) > 0 {
		table(t, "SITE\tCURRENT RUN", s.Progress, func(x *report.Progress) string { return x.Site + "\t" + x.Line() })
	}
	table(t, "SITE\tKNOWN\tARTICLES\tEMPTY\tQUEUED\tLATER\tALIASES\tGONE\tREFUSED\tFAILED", s.Sites, (*siteStatus).row)
	notable := slices.DeleteFunc(slices.Clone(s.Alarms), func(m site.Memory) bool { return m.Routine })
	if len(notable) > 0 {
		table(t, "EXPECTED\tSITE\tSEEN", notable, func(m *site.Memory) string { return m.Expected + "\t" + m.Site + "\t" + m.Text })
	}
	if len(s.Hosts) > 0 {
		table(t, "HOST\tSTATE\tUNTIL\tREASON", s.Hosts, (*hostStatus).row)
	}
	if slices.ContainsFunc(s.Sources, func(x sourceStatus) bool { return x.Watch != nil }) {
		table(t, "SOURCE\tSITE\tCOMPLETED\tEVERY\tNEXT\tNEW A DAY\t", s.Sources, (*sourceStatus).watchRow)
	} else {
		table(t, "SOURCE\tSITE\tCOMPLETED\t", s.Sources, (*sourceStatus).row)
	}
	table(t, "RUN\tCOMMAND\tEXIT\tENDED", s.Runs, (*runStatus).row)
	table(t, "OUTPUT\tBYTES\tLINES", s.Outputs, (*outputStatus).row)
	if len(s.Undelivered) > 0 {
		table(t, "WAITS FOR UPLOAD\tBYTES\tLINES\tSINCE\tLAST ERROR", s.Undelivered, (*waitingStatus).row)
	}
	if s.Outbox > 0 {
		fmt.Fprintf(t, "%d committed lines wait for a run that moves them to the output\n", s.Outbox)
	}
	if len(s.Holders) > 0 {
		table(t, "HELD\tBY\tSINCE", s.Holders, (*holderStatus).row)
	}
	if len(s.Failed) > 0 {
		table(t, "URL\tSITE\tSTATE\tNEXT\tREASON", s.Failed, (*failedURL).row)
	}
	if len(s.Empty) > 0 {
		table(t, "PAGE WITHOUT AN ARTICLE\tSITE\tFETCHED\tREASON", s.Empty, (*failedURL).emptyRow)
	}
	return t.Flush()
}

// table prints an empty line, a heading and a row per entry.
func table[T any](w io.Writer, heading string, list []T, row func(*T) string) {
	fmt.Fprintf(w, "\n%s\n", heading)
	for i := range list {
		fmt.Fprintln(w, row(&list[i]))
	}
}

func (x *siteStatus) row() string {
	return fmt.Sprintf("%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d", x.Site, x.Known, x.Articles, x.Empty, x.Queued-x.Later, x.Later,
		x.Aliases, x.Gone, x.Refused, x.Failed)
}

func (x *hostStatus) row() string {
	reason := x.Reason
	if x.Since != nil {
		reason += "; failing since " + when(x.Since)
	}
	return fmt.Sprintf("%s\t%s\t%s\t%s", x.Host, x.words, x.Until.Format(time.RFC3339), reason)
}

func (x *sourceStatus) row() string {
	return fmt.Sprintf("%s\t%s\t%s\t%s", x.Source, x.Site, when(x.Completed), x.note())
}

// watchRow is row with how often newsonce watch reads the source.
func (x *sourceStatus) watchRow() string {
	every, next, perDay := "-", "-", "-"
	if w := x.Watch; w != nil {
		every = config.FormatDuration(time.Duration(w.Seconds) * time.Second)
		next, perDay = w.Next.Format(time.RFC3339), fmt.Sprintf("%.1f", w.PerDay)
	}
	return fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s\t%s", x.Source, x.Site, when(x.Completed), every, next, perDay, x.note())
}

func (x *sourceStatus) note() string {
	if x.Interrupted && x.Error == "" {
		return "interrupted; the next run resumes it"
	}
	return x.Error
}

func (x *runStatus) row() string {
	code := "-"
	if x.Exit != nil {
		code = fmt.Sprint(*x.Exit)
	}
	return fmt.Sprintf("%s\t%s\t%s\t%s", x.ID, x.Command, code, when(x.Ended))
}

func (x *holderStatus) row() string {
	return fmt.Sprintf("%s\t%s\t%s", x.Group, x.Owner, x.Since.Format(time.RFC3339))
}

func (x *outputStatus) row() string { return fmt.Sprintf("%s\t%d\t%d", x.Path, x.Offset, x.Lines) }

func (x *waitingStatus) row() string {
	return fmt.Sprintf("%s\t%d\t%d\t%s\t%s", x.Path, x.Bytes, x.Lines, when(&x.Since), x.Error)
}

func (x *failedURL) row() string {
	return fmt.Sprintf("%s\t%s\t%s\t%s\t%s", x.URL, x.Site, x.State, when(x.Next), x.Reason)
}

func (x *failedURL) emptyRow() string {
	return fmt.Sprintf("%s\t%s\t%s\t%s", x.URL, x.Site, when(&x.At), cmp.Or(x.Reason, "read by an earlier release"))
}

// when returns a time of status, "-" for none.
func when(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return t.Format(time.RFC3339)
}
