package statetest

import (
	"maps"
	"slices"

	"github.com/newsonce/newsonce/crawler/state"
)

// model claims as the seam says, over plain maps and slices. It knows nothing
// of times and validators.
type model struct {
	urls      []modelURL // id - 1
	byKey     map[uint64]int
	holders   map[uint64]modelText // by text key: the first text with it
	headlines map[uint64][]uint64  // the titles seen of each
}

type modelURL struct {
	link     state.Link
	state    state.URLState
	asked    bool // it was answered itself
	target   int  // index, of an alias
	revision int
	text     state.Text
}

type modelText struct {
	hash  [32]byte
	owner int // index of the article
}

func newModel() *model {
	return &model{byKey: map[uint64]int{}, holders: map[uint64]modelText{}, headlines: map[uint64][]uint64{}}
}

func (m *model) clone() *model {
	return &model{slices.Clone(m.urls), maps.Clone(m.byKey), maps.Clone(m.holders), maps.Clone(m.headlines)}
}

func (m *model) count(site string) (n int) {
	for _, u := range m.urls {
		if u.link.Site == site {
			n++
		}
	}
	return n
}

// add returns the index of a new URL, or -1 when its site is full.
func (m *model) add(l state.Link, st state.URLState, limits map[string]int) int {
	if limit := limits[l.Site]; limit > 0 && m.count(l.Site) >= limit {
		return -1
	}
	m.urls = append(m.urls, modelURL{link: l, state: st})
	m.byKey[l.Key] = len(m.urls) - 1
	return len(m.urls) - 1
}

// stands follows aliases.
func (m *model) stands(i int) int {
	for m.urls[i].state == state.Alias {
		i = m.urls[i].target
	}
	return i
}

func (m *model) visit(v state.Visit, limits map[string]int) (verdict state.Verdict) {
	for _, l := range v.Links {
		i, known := m.byKey[l.Key]
		if !known {
			i = m.add(l, state.Queued, limits)
		}
		verdict.Links = append(verdict.Links, state.LinkVerdict{ID: state.URLID(i + 1), New: !known && i >= 0})
	}
	if v.URL != 0 {
		m.outcome(v, limits, &verdict)
	}
	for _, h := range v.Headlines {
		seen := m.headlines[h.Key]
		revision := 0
		if !slices.Contains(seen, h.Title) {
			m.headlines[h.Key] = append(slices.Clone(seen), h.Title) // a clone of the model has the old
			revision = len(seen) + 1
		}
		verdict.Headlines = append(verdict.Headlines, revision)
	}
	return verdict
}

func (m *model) outcome(v state.Visit, limits map[string]int, verdict *state.Verdict) {
	own := int(v.URL) - 1
	switch {
	case v.Target != nil:
		to, known := m.byKey[v.Target.Key]
		switch {
		case known && to == own:
			m.urls[own].link.URL, m.urls[own].link.Origin = v.Target.URL, v.Target.Origin
			m.urls[own].asked = true
			return
		case known:
			to = m.stands(to)
		default:
			to = m.add(*v.Target, state.Queued, limits)
		}
		m.urls[own].asked = true
		switch to {
		case own:
			verdict.Looped = true
			m.urls[own].state = state.Failed
		case -1:
			m.urls[own].state = state.Refused
		default:
			m.urls[own].state, m.urls[own].target = state.Alias, to
		}
	case v.Text != nil:
		if end := m.stands(own); m.urls[own].state == state.Alias && m.urls[end].revision > 0 {
			verdict.Article, verdict.Identity = state.Known, m.urls[end].link.URL
			return
		}
		ident := own
		if v.Identity != nil && m.urls[own].revision == 0 {
			ident = m.identity(own, v, limits, verdict)
		}
		verdict.Identity = m.urls[ident].link.URL
		m.text(ident, own, v.Text, verdict)
		m.urls[own].asked = true
		m.aliases(v.Aliases, ident, own, limits)
		if ident == own {
			m.urls[own].state = state.Done
			return
		}
		m.urls[own].state, m.urls[own].target = state.Alias, ident
		if m.urls[ident].state == state.Queued {
			m.urls[ident].state = state.Done
		}
	default:
		verdict.Gone = v.State == state.Gone && m.urls[own].revision > 0 && m.urls[own].asked
		if verdict.Gone {
			verdict.Identity = m.urls[own].link.URL
		}
		m.urls[own].asked = true
		m.urls[own].state = v.State
	}
}

// identity is the URL that the page's text is claimed for.
func (m *model) identity(own int, v state.Visit, limits map[string]int, verdict *state.Verdict) int {
	i, known := m.byKey[v.Identity.Key]
	if !known {
		if i = m.add(*v.Identity, state.Done, limits); i < 0 {
			return own
		}
		return i
	}
	i = m.stands(i)
	u := &m.urls[i]
	switch {
	case i == own:
		return own
	case u.revision > 0 && u.text.Hash == v.Text.Hash, u.revision == 0 && u.state == state.Queued:
		return i
	case u.revision > 0 && !u.asked:
		u.state = state.Queued
	}
	verdict.Disputed = true
	return own
}

// aliases makes addresses not yet asked aliases of ident.
func (m *model) aliases(list []state.Link, ident, own int, limits map[string]int) {
	for _, l := range list {
		i, known := m.byKey[l.Key]
		if !known {
			i = m.add(l, state.Queued, limits)
		}
		if i >= 0 && i != ident && i != own && m.urls[i].state == state.Queued && m.urls[i].revision == 0 {
			m.urls[i].state, m.urls[i].target = state.Alias, ident
		}
	}
}

func (m *model) text(ident, own int, t *state.Text, verdict *state.Verdict) {
	u := &m.urls[ident]
	if u.revision > 0 && u.text.Hash == t.Hash && (u.text.Fields == t.Fields || ident != own) {
		verdict.Article = state.Known
		return
	}
	u.revision++
	u.text = *t
	verdict.Article = state.New
	if u.revision > 1 {
		verdict.Article, verdict.Revision = state.Revision, u.revision
	}
	first, held := m.holders[t.Key]
	switch {
	case t.Key == 0:
	case !held:
		m.holders[t.Key] = modelText{t.Hash, ident}
	case first.hash == t.Hash && first.owner != ident:
		verdict.Of = m.urls[first.owner].link.URL
		if verdict.Article == state.New {
			verdict.Article = state.Duplicate
		}
	}
}
