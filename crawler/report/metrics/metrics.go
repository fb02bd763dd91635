// Package metrics counts for Prometheus what runs do, and reads what the state knows.
//
//	metrics.go   Metrics: the counters, fed by the events of runs
//	state.go     gauges read from the state
//	textfile.go  node_exporter's textfile format, counters continued from the last file
//
// Labels are bounded by crawl.yaml and by the program: sites and sources are those
// that crawl.yaml names, and no label holds a URL or a host.
package metrics

import (
	"context"
	"net/http"
	"strconv"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state"
)

// Metrics is a registry with the metrics of one process. Its methods may be called
// from several goroutines.
type Metrics struct {
	registry *prometheus.Registry
	state    *gauges
	lasting  []string // names of what a Textfile continues

	pages      *prometheus.CounterVec
	reads      *prometheus.CounterVec
	items      *prometheus.CounterVec
	duplicates *prometheus.CounterVec
	bytes      *prometheus.CounterVec
	missing    *prometheus.CounterVec
	gaps       *prometheus.CounterVec
	fetch      *prometheus.HistogramVec
	commit     prometheus.Histogram
	waits      *prometheus.CounterVec
	runs       *prometheus.CounterVec
	broken     *prometheus.GaugeVec

	mu    sync.Mutex              // guards sites
	sites map[string]*config.Site // of crawl.yaml
}

// Buckets of the histograms, in seconds.
var (
	fetchBuckets  = []float64{.025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
	commitBuckets = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5}
)

// New returns the metrics of a process of that version, which crawls the sites of c.
func New(c *config.Config, version string) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), state: newGauges()}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "newsonce", Name: name, Help: help}, labels)
		m.registry.MustRegister(v)
		m.lasting = append(m.lasting, "newsonce_"+name)
		return v
	}
	m.pages = counter("pages_total", "Pages by what became of them.", "site", "outcome")
	m.reads = counter("source_pages_total", "Pages of sources: listings, feeds, sitemaps.", "site", "result")
	m.items = counter("items_total", "Lines written, by type.", "site", "type")
	m.duplicates = counter("duplicates_total", "New URLs with a known text, or nearly one.", "site", "method")
	m.bytes = counter("received_bytes_total", "Bodies as received, before they are unpacked.", "site")
	m.missing = counter("missing_fields_total", "Articles written without a field.", "site", "field")
	m.gaps = counter("list_gaps_total", "Lists that ended before a known link, so that articles may be missing.", "site")
	m.waits = counter("waits_total", "Long waits of a whole run, for a host or for the network.", "for")
	m.runs = counter("runs_total", "Runs that ended, by command and exit code.", "command", "exit")
	m.fetch = prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "newsonce",
		Name: "fetch_duration_seconds", Help: "Requests, from the first byte sent to the last received.",
		Buckets: fetchBuckets}, []string{"site"})
	m.commit = prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "newsonce",
		Name: "commit_duration_seconds", Help: "Commits of up to 64 pages, lines made durable included.", Buckets: commitBuckets})
	m.broken = prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "newsonce",
		Name: "broken_expectations", Help: "Alarms of the site in its last run: expect, silence, walls."}, []string{"site"})
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "newsonce",
		Name: "build_info", Help: "Always 1; the label holds the version."}, []string{"version"})
	build.WithLabelValues(version).Set(1)
	m.registry.MustRegister(m.fetch, m.commit, m.broken, build, m.state)
	m.lasting = append(m.lasting, "newsonce_fetch_duration_seconds", "newsonce_commit_duration_seconds",
		"newsonce_broken_expectations") // alarms of sites that a run leaves out stay
	m.SetConfig(c)
	return m
}

// SetConfig takes over a crawl.yaml that was reloaded. The series of sites that it
// does not name any more end.
func (m *Metrics) SetConfig(c *config.Config) {
	m.mu.Lock()
	defer m.mu.Unlock()
	old := m.sites
	m.sites = map[string]*config.Site{}
	for _, s := range c.Sites {
		m.sites[s.Name] = s
		m.begin(s.Name)
	}
	for name := range old {
		if m.sites[name] == nil {
			gone := prometheus.Labels{"site": name}
			for _, v := range []interface{ DeletePartialMatch(prometheus.Labels) int }{
				m.pages, m.reads, m.items, m.duplicates, m.bytes, m.missing, m.gaps, m.fetch, m.broken,
			} {
				v.DeletePartialMatch(gone)
			}
		}
	}
}

// begin makes the series of a site that alerts look at exist, at zero: the first
// failure is then an increase.
func (m *Metrics) begin(site string) {
	for _, o := range []crawler.Outcome{crawler.New, crawler.Failed, crawler.Blocked, crawler.NoArticle} {
		m.pages.WithLabelValues(site, string(o))
	}
	m.reads.WithLabelValues(site, "failed")
	m.bytes.WithLabelValues(site)
	m.gaps.WithLabelValues(site)
}

// known reports whether crawl.yaml names a site.
func (m *Metrics) known(site string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sites[site] != nil
}

// Listen adds the metrics to those who listen to the events of a run.
func (m *Metrics) Listen(e *crawler.Events) {
	committed, waiting := e.Committed, e.Waiting
	e.Committed = func(c crawler.Committed) {
		if committed != nil {
			committed(c)
		}
		m.committed(&c)
	}
	e.Waiting = func(w frontier.Wait) {
		if waiting != nil {
			waiting(w)
		}
		m.waits.WithLabelValues(waitsFor(w)).Inc()
	}
}

func waitsFor(w frontier.Wait) string {
	if w.Host == "" {
		return "network"
	}
	return "host"
}

// committed counts a commit.
func (m *Metrics) committed(c *crawler.Committed) {
	m.commit.Observe(c.Elapsed.Seconds())
	for _, w := range c.Written {
		if m.known(w.Site) {
			m.items.WithLabelValues(w.Site, string(w.Type)).Add(float64(w.Lines))
		}
	}
	for i := range c.Visits {
		if v := &c.Visits[i]; m.known(v.Site) {
			m.visited(v)
		}
	}
}

// visited counts one task.
func (m *Metrics) visited(v *crawler.Visit) {
	m.bytes.WithLabelValues(v.Site).Add(float64(v.Bytes))
	if v.Elapsed > 0 {
		m.fetch.WithLabelValues(v.Site).Observe(v.Elapsed.Seconds())
	}
	if v.Outcome != "" {
		m.pages.WithLabelValues(v.Site, string(v.Outcome)).Inc()
	}
	switch {
	case v.Kind != "source" || v.URL == "":
	case v.Reason != "":
		m.reads.WithLabelValues(v.Site, "failed").Inc()
	default:
		m.reads.WithLabelValues(v.Site, "ok").Inc()
	}
	switch {
	case v.Outcome != crawler.Duplicate:
	case v.Similarity > 0:
		m.duplicates.WithLabelValues(v.Site, "near").Inc()
	default:
		m.duplicates.WithLabelValues(v.Site, "exact").Inc()
	}
	for _, field := range v.Missing {
		m.missing.WithLabelValues(v.Site, field).Inc()
	}
	if v.Gap {
		m.gaps.WithLabelValues(v.Site).Inc()
	}
}

// Ended counts a run that ended.
func (m *Metrics) Ended(s *report.Summary) {
	m.runs.WithLabelValues(s.Command, strconv.Itoa(s.Exit)).Inc()
	for name, site := range s.Sites {
		if m.known(name) {
			m.broken.WithLabelValues(name).Set(float64(site.Less))
		}
	}
	m.state.ran(s)
}

// Handler serves the metrics. Before a response it reads the state that open opens,
// unless open is nil, or the state was read a moment ago. It closes what it opened.
func (m *Metrics) Handler(open func(context.Context) (state.Reader, error)) http.Handler {
	serve := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: maxScrapes})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if open != nil {
			m.ReadFrom(r.Context(), open)
		}
		serve.ServeHTTP(w, r)
	})
}

// maxScrapes bounds the requests that are answered at once.
const maxScrapes = 4
