package site

import (
	"fmt"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/state"
)

// Memory is what the alarms of a site remember of one expectation, for status.
type Memory struct {
	Site     string     `json:"site"`
	Expected string     `json:"expected"`           // the expectation with its bound
	Text     string     `json:"text"`               // what was seen, for people
	Alarm    bool       `json:"alarm"`              // the expectation is broken, as of the last read
	Held     int        `json:"held,omitempty"`     // pages that met the expectation
	Pages    int        `json:"pages,omitempty"`    // of the last pages
	LastNew  *time.Time `json:"last_new,omitempty"` // of new: when something new was found last
	Routine  bool       `json:"-"`                  // not worth a line for people
}

// Recall returns what a stored window of a site says. ok is false when the site has no
// such expectation any more.
func Recall(w state.Window, s *config.Site) (m Memory, ok bool) {
	m, ok = recall(w, s)
	m.Routine = !m.Alarm && !strings.HasPrefix(w.Key, gapKey) && w.Key != config.NewKey
	return m, ok
}

func recall(w state.Window, s *config.Site) (m Memory, ok bool) {
	m.Site = s.Name
	listing, isShare := strings.CutPrefix(w.Key, shareKey)
	list, isGap := strings.CutPrefix(w.Key, gapKey)
	switch {
	case w.Key == BlockedKey:
		m.Expected, m.Alarm = "less than half walls", walled(w.Seen)
		m.recallPages(w.Seen)
		return m, true
	case isShare:
		return m, s.Match != nil && m.recallShare(newShares(w.Seen, s.Match.String()), listing)
	case isGap:
		m.Expected = "no gap in " + list
		m.Text = fmt.Sprintf("all links were new at %s, so there may be one before", w.Seen)
		return m, true
	}
	for i := range s.Expect {
		e := &s.Expect[i]
		if e.Key != w.Key {
			continue
		}
		m.Expected = fmt.Sprintf("%s %v", e.Key, e.Bound())
		if e.Key == config.NewKey {
			m.recallNew(newSilence(w.Seen, e))
		} else {
			m.Alarm = drifted(e, w.Seen)
			m.recallPages(w.Seen)
		}
		return m, true
	}
	return m, false
}

func (m *Memory) recallPages(seen []byte) {
	m.Held, m.Pages = met(seen), len(seen)
	m.Text = fmt.Sprintf("held on %d of the last %d pages", m.Held, m.Pages)
}

func (m *Memory) recallNew(s *silence) {
	if !s.Last.IsZero() {
		m.LastNew = &s.Last
	}
	word := "last at "
	if m.Alarm = s.silent(); m.Alarm && s.recent() == 0 {
		word = "silent since "
	}
	m.Text = word + s.from().UTC().Format(time.RFC3339)
}

func (m *Memory) recallShare(s *shares, listing string) bool {
	m.Expected, m.Alarm = "article.match on "+listing, s.low()
	m.Text = fmt.Sprintf("%d of %d links match", s.Now.Matched, s.Now.Links)
	if s.Usual > 0 {
		m.Text += fmt.Sprintf(", usually %.0f %%", 100*s.Usual)
	}
	return s.Now.Links > 0
}
