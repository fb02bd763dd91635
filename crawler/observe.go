package crawler

import (
	"time"

	"github.com/newsonce/newsonce/crawler/frontier"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/site"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
)

// observe shows the tasks of a batch to the alarms of their sites, and returns what
// the alarms remember.
func observe(alarms map[string]*site.Alarm, b *batch) ([]state.Window, error) {
	seen := map[*site.Alarm]bool{}
	var windows []state.Window
	for i := range b.settled {
		s := &b.settled[i]
		a := alarms[s.task.Site.Name]
		seen[a] = true
		s.observe(a, b.now)
	}
	for a := range seen {
		changed, err := a.Changed()
		if err != nil {
			return nil, err
		}
		windows = append(windows, changed...)
	}
	return windows, nil
}

// observe shows a task to the alarm of its site.
func (s *settled) observe(a *site.Alarm, now time.Time) {
	for _, o := range s.observed {
		a.Record(o)
	}
	articles, headlines := 0, 0
	if s.verdict.Article == state.New || s.verdict.Article == state.Duplicate {
		articles = 1
	}
	for _, revision := range s.verdict.Headlines {
		if revision == 1 {
			headlines++
		}
	}
	a.Find(articles, headlines, now)
	if w, ok := s.task.Work.(frontier.Step); ok {
		s.observeStep(a, w.Source.Name(), now)
	}
}

// observeStep shows a step of a source to the alarm of its site.
func (s *settled) observeStep(a *site.Alarm, name string, now time.Time) {
	if s.page.Share != nil || s.end == source.Unchanged {
		a.Listed(name, s.page.Share, now)
	}
	if s.page.Gap {
		a.Gap(name, now)
	}
	if s.end != source.Open && s.end != source.Failed {
		a.Read(now)
	}
}

// missed tells the alarms of the sites of which no source could be read, and returns
// what they remember.
func missed(alarms map[string]*site.Alarm, summary *report.Summary, watch bool) ([]state.Window, error) {
	var windows []state.Window
	for name, alarm := range alarms {
		c := summary.Site(name)
		if c.Sources > 0 && (summary.Stopped == "" || watch && c.Unreadable == c.Sources) {
			alarm.Missed()
		}
		changed, err := alarm.Changed()
		if err != nil {
			return nil, err
		}
		windows = append(windows, changed...)
	}
	return windows, nil
}
