package metrics

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/prometheus/client_golang/prometheus"
)

var (
	describedAs = regexp.MustCompile(`fqName: "(\w+)".*variableLabels: \{(.*)\}`)
	named       = regexp.MustCompile(`\b(newsonce_\w+?)(_bucket|_sum|_count)?\b(?:\{([^}]*)\})?`)
	matcher     = regexp.MustCompile(`(\w+)\s*(?:=~|!~|!=|=)\s*"`)
	words       = regexp.MustCompile(`\w+`)
	grouping    = regexp.MustCompile(`by \(([^)]*)\)`)
)

// described returns the metrics that exist, with their labels.
func described(t *testing.T) map[string][]string {
	t.Helper()
	m := New(parse(t, crawlYAML), "1")
	ch := make(chan *prometheus.Desc)
	go func() {
		defer close(ch)
		m.registry.Describe(ch)
	}()
	labels := map[string][]string{}
	for d := range ch {
		found := describedAs.FindStringSubmatch(d.String())
		if found == nil {
			t.Fatalf("description %s is not understood", d)
		}
		labels[found[1]] = words.FindAllString(found[2], -1)
	}
	return labels
}

// check checks that the metrics and labels of an expression exist, and notes the metrics.
func check(t *testing.T, expr string, known map[string][]string, used map[string]bool) {
	t.Helper()
	var labels []string
	found := named.FindAllStringSubmatch(expr, -1)
	if len(found) == 0 {
		t.Errorf("no metric of newsonce in %s", expr)
	}
	for _, f := range found {
		have, ok := known[f[1]]
		if !ok {
			t.Errorf("metric %s does not exist, in %s", f[1], expr)
		}
		used[f[1]] = true
		labels = append(append(labels, have...), "le")
		for _, m := range matcher.FindAllStringSubmatch(f[3], -1) {
			if !slices.Contains(have, m[1]) {
				t.Errorf("metric %s has no label %s, in %s", f[1], m[1], expr)
			}
		}
	}
	for _, g := range grouping.FindAllStringSubmatch(expr, -1) {
		for _, label := range words.FindAllString(g[1], -1) {
			if !slices.Contains(labels, label) {
				t.Errorf("no metric has the label %s, in %s", label, expr)
			}
		}
	}
}

func TestAlertRulesNameWhatExists(t *testing.T) {
	text, err := os.ReadFile("../../../docs/prometheus/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct {
			Rules []struct{ Alert, Expr string }
		}
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	known, n := described(t), 0
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			check(t, r.Expr, known, map[string]bool{})
			n++
		}
	}
	if n == 0 {
		t.Error("no rules")
	}
}

// TestDashboardShowsWhatExists also checks that the dashboard leaves no metric out.
func TestDashboardShowsWhatExists(t *testing.T) {
	text, err := os.ReadFile("../../../docs/prometheus/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Panels []struct {
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	known, used := described(t), map[string]bool{}
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			check(t, target.Expr, known, used)
		}
	}
	for name := range known {
		if !used[name] && name != "newsonce_build_info" && name != "newsonce_last_run_duration_seconds" &&
			name != "newsonce_source_pages_total" {
			t.Errorf("the dashboard does not show %s", name)
		}
	}
}
