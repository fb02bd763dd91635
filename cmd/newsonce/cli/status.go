package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/output"
	"github.com/spf13/cobra"
)

func (a *app) status() *cobra.Command {
	var failed bool
	var runs int
	c := &cobra.Command{
		Use:   "status [site...]",
		Short: "Show what is known, waiting, failed and written",
		Long: `Reads the state, also while a crawl runs: URLs a site, hosts that wait and why,
how far the run under way is, sources, past runs, and the committed end of each
output file.`,
		Example: `  newsonce status
  newsonce status --failed ccbs    # each URL that could not be had, and why
  newsonce status --json --runs 50`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runStatus(cmd.Context(), args, failed, runs)
		},
	}
	c.Flags().BoolVar(&failed, "failed", false, "list the URLs that are gone, refused, failed or to be tried again")
	c.Flags().IntVar(&runs, "runs", 5, "show the last `N` runs")
	return c
}

// statusReport is what status --json prints.
type statusReport struct {
	State   string `json:"state"`
	Running bool   `json:"running"`
	// Owners names the processes that hold the state.
	Owners []string `json:"owners,omitempty"`
	// Progress is that of the run that holds the state.
	Progress []report.Progress `json:"progress,omitempty"`
	Sites    []siteStatus      `json:"sites"`
	Hosts    []hostStatus      `json:"hosts,omitempty"`
	Sources  []sourceStatus    `json:"sources"`
	Runs     []runStatus       `json:"runs"`
	Outputs  []outputStatus    `json:"outputs"`
	Failed   []failedURL       `json:"failed,omitempty"`
}

type siteStatus struct {
	Site     string `json:"site"`
	Known    int    `json:"known"`
	Articles int    `json:"articles"`
	Queued   int    `json:"queued"`
	Later    int    `json:"queued_later"` // of those, not due yet
	Done     int    `json:"done"`
	Aliases  int    `json:"aliases"`
	Gone     int    `json:"gone"`
	Refused  int    `json:"refused"`
	Failed   int    `json:"failed"`
}

type hostStatus struct {
	Host   string    `json:"host"`
	State  string    `json:"state"`
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
}

type sourceStatus struct {
	Site        string     `json:"site"`
	Source      string     `json:"source"`
	Asked       *time.Time `json:"asked,omitempty"`
	Completed   *time.Time `json:"completed,omitempty"`
	Interrupted bool       `json:"interrupted,omitempty"`
	Error       string     `json:"error,omitempty"`
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

type failedURL struct {
	Site     string     `json:"site"`
	URL      string     `json:"url"`
	State    string     `json:"state"`
	Status   int        `json:"status,omitempty"`
	Attempts int        `json:"attempts,omitempty"`
	Reason   string     `json:"reason"`
	At       time.Time  `json:"at"`
	Next     *time.Time `json:"next,omitempty"`
}

func (a *app) runStatus(ctx context.Context, args []string, failed bool, runs int) error {
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
	s, err := readStatus(ctx, r, c.State, runs)
	if err != nil {
		return err
	}
	if failed {
		if s.Failed, err = readFailed(ctx, r); err != nil {
			return err
		}
	}
	s.only(args)
	if a.json {
		enc := json.NewEncoder(a.Out)
		enc.SetIndent("", "  ")
		return enc.Encode(s)
	}
	return s.print(a.Out)
}

// moment is nil for the zero time, so that JSON leaves it out.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func readStatus(ctx context.Context, r state.Reader, path string, runs int) (*statusReport, error) {
	now := time.Now()
	s := &statusReport{State: path, Sites: []siteStatus{}, Sources: []sourceStatus{}, Runs: []runStatus{}, Outputs: []outputStatus{}}
	var err error
	if s.Owners, err = r.Owners(ctx); err != nil {
		return nil, err
	}
	s.Running = len(s.Owners) > 0
	counts, err := r.Sites(ctx, now)
	if err != nil {
		return nil, err
	}
	for _, n := range counts {
		s.Sites = append(s.Sites, siteStatus{Site: n.Site, Known: n.Known, Articles: n.Articles, Queued: n.ByState[state.Queued], Later: n.Waiting,
			Done: n.ByState[state.Done], Aliases: n.ByState[state.Alias], Gone: n.ByState[state.Gone], Refused: n.ByState[state.Refused], Failed: n.ByState[state.Failed]})
	}
	if err := s.readHosts(ctx, r, now); err != nil {
		return nil, err
	}
	sources, err := r.Sources(ctx)
	if err != nil {
		return nil, err
	}
	for _, src := range sources {
		if source.IsPart(src.Key) && src.Error == "" {
			continue // a sitemap may have thousands
		}
		s.Sources = append(s.Sources, sourceStatus{Site: src.Site, Source: src.Key, Asked: moment(src.AskedAt), Completed: moment(src.DoneAt),
			Interrupted: len(src.Cursor) > 0 && src.DoneAt.Before(src.AskedAt), Error: src.Error})
	}
	newest := runs
	if newest == 0 {
		newest = 1
	}
	past, err := r.Runs(ctx, newest)
	if err != nil {
		return nil, err
	}
	if s.Running && len(past) > 0 && past[0].Ended.IsZero() {
		if s.Progress, err = progressOf(past[0], now); err != nil {
			return nil, err
		}
	}
	if runs == 0 {
		past = nil
	}
	for _, run := range past {
		rs := runStatus{ID: run.ID, Command: run.Command, Begun: run.Begun, Ended: moment(run.Ended), Summary: run.Summary}
		if rs.Ended != nil {
			rs.Exit = &run.Exit
		}
		s.Runs = append(s.Runs, rs)
	}
	outputs, err := r.Outputs(ctx)
	if err != nil {
		return nil, err
	}
	for _, o := range outputs {
		d, err := output.Builtin().Describe(filepath.Dir(path), o.Position)
		if err != nil {
			return nil, err
		}
		if !d.Sealed {
			s.Outputs = append(s.Outputs, outputStatus{Path: d.Path, Offset: d.Offset, Lines: d.Lines})
		}
	}
	return s, nil
}

// progressOf is what a run under way has stored of its progress, as of now.
func progressOf(run state.Run, now time.Time) ([]report.Progress, error) {
	if run.Summary == nil {
		return nil, nil
	}
	var sum report.Summary
	if err := json.Unmarshal(run.Summary, &sum); err != nil {
		return nil, fmt.Errorf("summary of run %s: %w", run.ID, err)
	}
	for i := range sum.Progress {
		sum.Progress[i] = sum.Progress[i].At(now)
	}
	return sum.Progress, nil
}

func (s *statusReport) readHosts(ctx context.Context, r state.Reader, now time.Time) error {
	paces, err := r.Paces(ctx, now)
	if err != nil {
		return err
	}
	for _, p := range paces {
		s.Hosts = append(s.Hosts, hostStatus{Host: p.Group, State: p.State.String(), Until: p.Until, Reason: p.Reason})
	}
	origins, err := r.Unreadable(ctx, now)
	for _, o := range origins {
		s.Hosts = append(s.Hosts, hostStatus{Host: o.Origin, State: "waiting", Until: o.Expires, Reason: "robots.txt could not be read: " + answer(o.Status)})
	}
	return err
}

// answer names an HTTP status, 0 being none.
func answer(status int) string {
	if status == 0 {
		return "no answer"
	}
	return fmt.Sprintf("HTTP %d", status)
}

func readFailed(ctx context.Context, r state.Reader) ([]failedURL, error) {
	list := []failedURL{}
	err := r.Troubles(ctx, func(t state.Trouble) error {
		u := failedURL{Site: t.Site, URL: t.URL, State: t.State.String(), Status: t.Status, Attempts: t.Attempts, Reason: t.Reason, At: t.At}
		if t.State == state.Queued {
			u.State, u.Next = "retry", moment(t.NextAt)
		}
		list = append(list, u)
		return nil
	})
	return list, err
}

// only keeps what belongs to the named sites; all without names.
func (s *statusReport) only(names []string) {
	if len(names) == 0 {
		return
	}
	other := func(site string) bool { return !slices.Contains(names, site) }
	s.Progress = slices.DeleteFunc(s.Progress, func(x report.Progress) bool { return other(x.Site) })
	s.Sites = slices.DeleteFunc(s.Sites, func(x siteStatus) bool { return other(x.Site) })
	s.Sources = slices.DeleteFunc(s.Sources, func(x sourceStatus) bool { return other(x.Site) })
	s.Failed = slices.DeleteFunc(s.Failed, func(x failedURL) bool { return other(x.Site) })
}

func (s *statusReport) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	running := ""
	if s.Running {
		running = " (a run holds it now: " + strings.Join(s.Owners, "; ") + ")"
	}
	fmt.Fprintf(t, "state %s%s\n\n", s.State, running)
	for i, p := range s.Progress {
		if i == 0 {
			fmt.Fprintln(t, "SITE\tTHE RUN UNDER WAY")
		}
		fmt.Fprintf(t, "%s\t%s\n", p.Site, p.Line())
	}
	if len(s.Progress) > 0 {
		fmt.Fprintln(t)
	}
	fmt.Fprintln(t, "SITE\tKNOWN\tARTICLES\tQUEUED\tLATER\tALIASES\tGONE\tREFUSED\tFAILED")
	for _, x := range s.Sites {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", x.Site, x.Known, x.Articles, x.Queued-x.Later, x.Later, x.Aliases, x.Gone, x.Refused, x.Failed)
	}
	for i, x := range s.Hosts {
		if i == 0 {
			fmt.Fprintln(t, "\nHOST\tSTATE\tUNTIL\tREASON")
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", x.Host, x.State, x.Until.Format(time.RFC3339), x.Reason)
	}
	fmt.Fprintln(t, "\nSOURCE\tSITE\tCOMPLETED\t")
	for _, x := range s.Sources {
		note := x.Error
		if x.Interrupted && note == "" {
			note = "interrupted; the next run goes on"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", x.Source, x.Site, when(x.Completed), note)
	}
	fmt.Fprintln(t, "\nRUN\tCOMMAND\tEXIT\tENDED")
	for _, x := range s.Runs {
		code := "-"
		if x.Exit != nil {
			code = fmt.Sprint(*x.Exit)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", x.ID, x.Command, code, when(x.Ended))
	}
	fmt.Fprintln(t, "\nOUTPUT\tBYTES\tLINES")
	for _, x := range s.Outputs {
		fmt.Fprintf(t, "%s\t%d\t%d\n", x.Path, x.Offset, x.Lines)
	}
	for i, x := range s.Failed {
		if i == 0 {
			fmt.Fprintln(t, "\nURL\tSITE\tSTATE\tNEXT\tREASON")
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", x.URL, x.Site, x.State, when(x.Next), x.Reason)
	}
	return t.Flush()
}

func when(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return t.Format(time.RFC3339)
}
