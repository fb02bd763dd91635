package metrics

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/polite"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// gauges is a collector of what was last read from the state, so that a scrape never
// sees half of a reading.
type gauges struct {
	up, urls, queue, hosts, success, failing *prometheus.Desc
	runEnd, runSeconds, runExit              *prometheus.Desc

	mu    sync.Mutex // guards what follows
	isUp  bool
	state []prometheus.Metric
	run   []prometheus.Metric // of the last run
	ended time.Time           // end of the last run
	next  time.Time           // earliest time of the next reading for a scrape
}

func newGauges() *gauges {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("newsonce_"+name, help, labels, nil)
	}
	return &gauges{
		up:    desc("state_up", "Whether the state could be read, 1 or 0."),
		urls:  desc("urls", "Known URLs by their outcome so far.", "site", "state"),
		queue: desc("queue_urls", "URLs in the queue: due now, or later.", "site", "due"),
		hosts: desc("waiting_hosts", "Hosts, or groups of hosts, that are backed off or in quarantine.", "state"),
		success: desc("source_last_success_timestamp_seconds",
			"When a source was last read to its end; of several URLs the oldest, 0 if one never was.", "site", "source"),
		failing:    desc("source_failing", "Whether a source could not be read the last time, 1 or 0.", "site", "source"),
		runEnd:     desc("last_run_end_timestamp_seconds", "When the last run ended."),
		runSeconds: desc("last_run_duration_seconds", "How long the last run took."),
		runExit:    desc("last_run_exit_code", "Exit code of the last run."),
	}
}

// Describe implements prometheus.Collector.
func (g *gauges) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{g.up, g.urls, g.queue, g.hosts, g.success, g.failing, g.runEnd, g.runSeconds,
		g.runExit} {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (g *gauges) Collect(ch chan<- prometheus.Metric) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, m := range slices.Concat([]prometheus.Metric{gauge(g.up, boolean(g.isUp))}, g.state, g.run) {
		ch <- m
	}
}

func gauge(d *prometheus.Desc, value float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
}

func boolean(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// seconds returns a time as Prometheus has it, 0 for the zero time.
func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}

// Read reads the gauges from the state.
func (m *Metrics) Read(ctx context.Context, r state.Reader) error {
	m.mu.Lock()
	sites := m.sites
	m.mu.Unlock()
	now := time.Now()
	list, err := m.state.countURLs(ctx, r, sites, now)
	if err != nil {
		return err
	}
	paces, err := r.Paces(ctx, now)
	if err != nil {
		return err
	}
	sources, err := r.Sources(ctx)
	if err != nil {
		return err
	}
	runs, err := r.Runs(ctx, 2) // the newest may not have ended
	if err != nil {
		return err
	}
	list = append(list, m.state.countHosts(paces, now)...)
	list = append(list, m.state.readSources(sources, sites)...)
	m.state.set(list, runs)
	return nil
}

// countURLs counts the URLs of each site.
func (g *gauges) countURLs(ctx context.Context, r state.Reader, sites map[string]*config.Site, now time.Time) (
	list []prometheus.Metric, err error) {
	counts, err := r.Sites(ctx, now)
	for _, c := range counts {
		if sites[c.Site] == nil {
			continue
		}
		later := c.Waiting
		list = append(list, gauge(g.queue, float64(c.ByState[state.Queued]-later+c.Again), c.Site, "now"),
			gauge(g.queue, float64(later), c.Site, "later"),
			gauge(g.urls, float64(c.Articles), c.Site, "article"),
			gauge(g.urls, float64(c.Empty), c.Site, "empty"))
		for _, s := range []state.URLState{state.Queued, state.Alias, state.Gone, state.Refused, state.Failed} {
			list = append(list, gauge(g.urls, float64(c.ByState[s]), c.Site, s.String()))
		}
	}
	return list, err
}

// countHosts counts the host groups from which nothing is fetched for now.
func (g *gauges) countHosts(paces []state.Pace, now time.Time) []prometheus.Metric {
	backedOff, quarantined := 0, 0
	for _, p := range paces {
		switch p.StateAt(now) {
		case polite.BackedOff:
			backedOff++
		case polite.Quarantined:
			quarantined++
		}
	}
	return []prometheus.Metric{gauge(g.hosts, float64(backedOff), "backed_off"),
		gauge(g.hosts, float64(quarantined), "quarantined")}
}

// readSources tells of each configured source when it was last read.
func (g *gauges) readSources(rows []state.Source, sites map[string]*config.Site) (list []prometheus.Metric) {
	bySite := map[string][]state.Source{}
	for _, row := range rows {
		bySite[row.Site] = append(bySite[row.Site], row)
	}
	for name, site := range sites {
		for i := range site.Sources {
			src := &site.Sources[i]
			if oldest, failing, ok := standing(src, bySite[name]); ok {
				list = append(list, gauge(g.success, seconds(oldest), name, src.Name),
					gauge(g.failing, boolean(failing), name, src.Name))
			}
		}
	}
	return list
}

// standing returns when a source was last read to its end, and whether it could not
// be read the last time. A source may have several URLs, and a row of the state for
// each, or two where a backfill reads it, too: the newer of these counts, and of
// several URLs the oldest. ok is false when the state does not know the source yet.
func standing(src *config.Source, rows []state.Source) (oldest time.Time, failing, ok bool) {
	urls := urlsOf(src)
	done := map[string]time.Time{}
	for _, row := range rows {
		words := strings.Fields(strings.TrimPrefix(row.Key, "whole "))
		if len(words) < 2 || words[0] != src.Kind {
			continue
		}
		for _, word := range words[1:] {
			if !urls[word] {
				continue
			}
			failing = failing || row.Error != ""
			if at, known := done[word]; !known || row.DoneAt.After(at) {
				done[word] = row.DoneAt
			}
		}
	}
	for _, at := range done {
		if !ok || at.Before(oldest) {
			oldest = at
		}
		ok = true
	}
	return oldest, failing, ok
}

// urlsOf returns the URLs, templates and paths of a source as its rows in the state
// may have them: as written, and as URL keys.
func urlsOf(src *config.Source) map[string]bool {
	urls := map[string]bool{}
	add := func(text string) {
		urls[text] = true
		if u, err := urlkey.Parse(text); err == nil {
			urls[u.Key] = true
		}
	}
	for _, e := range src.Spec.Print() {
		switch v := e.Value.(type) {
		case string:
			add(v)
		case []string:
			for _, text := range v {
				add(text)
			}
		}
	}
	return urls
}

// set takes over a reading of the state.
func (g *gauges) set(list []prometheus.Metric, runs []state.Run) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.isUp, g.state = true, list
	for _, r := range runs {
		if !r.Ended.IsZero() {
			g.setRun(r.Begun, r.Ended, r.Exit)
			return
		}
	}
}

// ran takes over the end of a run of this process, after which the state is read anew. A
// failed run is not in the state.
func (g *gauges) ran(s *report.Summary) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.setRun(s.Begun, s.Ended, s.Exit)
	g.next = time.Time{}
}

func (g *gauges) setRun(begun, ended time.Time, exit int) {
	if ended.Before(g.ended) {
		return
	}
	g.ended = ended
	g.run = []prometheus.Metric{gauge(g.runEnd, seconds(ended)), gauge(g.runSeconds, ended.Sub(begun).Seconds()),
		gauge(g.runExit, float64(exit))}
}

// Intervals between two readings of the state for scrapes. Counting ten million URLs
// takes seconds, of which a scraper should not cause more than a small share.
const (
	readEvery = 10 * time.Second
	readShare = 30
	readLimit = 10 * time.Second
)

// ReadFrom reads the gauges from the state that open opens, and closes it. An error is
// a metric. What was read a moment ago is not read again.
func (m *Metrics) ReadFrom(ctx context.Context, open func(context.Context) (state.Reader, error)) {
	begun := time.Now()
	if !m.state.due(begun) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, readLimit)
	defer cancel()
	r, err := open(ctx)
	if err == nil {
		err = m.Read(ctx, r)
		r.Close()
	}
	g := m.state
	g.mu.Lock()
	defer g.mu.Unlock()
	g.next = time.Now().Add(max(readEvery, readShare*time.Since(begun)))
	if err != nil {
		g.isUp, g.state = false, nil
	}
}

// due reports whether a scrape should read the state, and keeps others from doing so.
func (g *gauges) due(now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Before(g.next) {
		return false
	}
	g.next = now.Add(readLimit)
	return true
}
