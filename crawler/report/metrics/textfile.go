package metrics

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Textfile is a file for node_exporter's textfile collector. Each run of a cron job is
// a process of its own, so counters and histograms continue from the last file: their
// rates are then those of all runs.
type Textfile struct {
	path string
	base map[string]*dto.MetricFamily // counters of the last file
	m    *Metrics
}

// Textfile reads the last file at path, if there is one, to continue it. An error
// says that it could not be read; the Textfile then counts from 0.
func (m *Metrics) Textfile(path string) (*Textfile, error) {
	t := &Textfile{path: path, m: m}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return t, nil
	}
	if err == nil {
		p := expfmt.NewTextParser(model.UTF8Validation)
		t.base, err = p.TextToMetricFamilies(bytes.NewReader(text))
	}
	if err != nil {
		t.base = nil
		return t, fmt.Errorf("metrics file %s: counters begin at 0: %w", path, err)
	}
	return t, nil
}

// Write replaces the file by the metrics of now, in one step.
func (t *Textfile) Write() (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("write metrics file %s: %w", t.path, err)
		}
	}()
	families, err := t.m.registry.Gather()
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(t.path), "."+filepath.Base(t.path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	for _, family := range t.m.continued(families, t.base) {
		if _, err := expfmt.MetricFamilyToText(f, family); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	// The collector runs as another user.
	if err := errors.Join(f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), t.path)
}

// continued returns the families of now with what the last file adds to them. A family
// without a series in this process is that of the file.
func (m *Metrics) continued(now []*dto.MetricFamily, last map[string]*dto.MetricFamily) []*dto.MetricFamily {
	byName := map[string]*dto.MetricFamily{}
	for _, family := range now {
		byName[family.GetName()] = family
	}
	for _, name := range m.lasting {
		base := last[name]
		if base == nil {
			continue
		}
		family := byName[name]
		if family == nil {
			family = &dto.MetricFamily{Name: base.Name, Help: base.Help, Type: base.Type}
			now = append(now, family)
		}
		if family.GetType() == base.GetType() {
			m.add(family, base)
		}
	}
	return slices.DeleteFunc(now, func(f *dto.MetricFamily) bool { return len(f.Metric) == 0 })
}

// add adds the series of an earlier file to those of a family, unless crawl.yaml no
// longer names their site.
func (m *Metrics) add(now, base *dto.MetricFamily) {
	byLabels := make(map[string]*dto.Metric, len(now.Metric))
	for _, x := range now.Metric {
		byLabels[labels(x)] = x
	}
	for _, old := range base.Metric {
		if x := byLabels[labels(old)]; x != nil {
			sum(x, old)
		} else if m.ours(old.Label) {
			now.Metric = append(now.Metric, old)
		}
	}
}

// ours reports whether the site of a series, if it has one, is in crawl.yaml.
func (m *Metrics) ours(labels []*dto.LabelPair) bool {
	for _, l := range labels {
		if l.GetName() == "site" {
			return m.known(l.GetValue())
		}
	}
	return true
}

// labels identifies a series within its family.
func labels(x *dto.Metric) string {
	pairs := make([]string, len(x.Label))
	for i, l := range x.Label {
		pairs[i] = strconv.Quote(l.GetName()) + strconv.Quote(l.GetValue())
	}
	slices.Sort(pairs)
	return strings.Join(pairs, "")
}

// sum adds old to a counter or a histogram with the same buckets.
func sum(now, old *dto.Metric) {
	if c := now.Counter; c != nil {
		c.Value = new(c.GetValue() + old.Counter.GetValue())
	}
	h, o := now.Histogram, old.Histogram
	if h == nil {
		return
	}
	if !sameBuckets(h, o) {
		return // a release with other buckets
	}
	h.SampleCount = new(h.GetSampleCount() + o.GetSampleCount())
	h.SampleSum = new(h.GetSampleSum() + o.GetSampleSum())
	for i, b := range h.Bucket {
		b.CumulativeCount = new(b.GetCumulativeCount() + o.Bucket[i].GetCumulativeCount())
	}
}

// sameBuckets compares the buckets of a histogram with those of one that was read from
// a file, which has +Inf as one of them.
func sameBuckets(h, o *dto.Histogram) bool {
	if len(o.Bucket) < len(h.Bucket) {
		return false
	}
	for i, b := range h.Bucket {
		if b.GetUpperBound() != o.Bucket[i].GetUpperBound() {
			return false
		}
	}
	return true
}
