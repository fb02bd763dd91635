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
	texts     []modelText         // id - 1
	holders   map[uint64]int      // by text key: index of the first text with it
	headlines map[uint64][]uint64 // the titles seen of each
}

type modelURL struct {
	link     state.Link
	state    state.URLState
	status   int // it was answered itself, with this; 0: it was not
	target   int // index, of an alias
	revision int
	text     int // id, 0 without an article
}

type modelText struct {
	state.Text
	owner int  // index of the article
	gone  bool // withdrawn
}

func newModel() *model {
	return &model{byKey: map[uint64]int{}, holders: map[uint64]int{}, headlines: map[uint64][]uint64{}}
}

func (m *model) clone() *model {
	return &model{slices.Clone(m.urls), maps.Clone(m.byKey), slices.Clone(m.texts), maps.Clone(m.holders),
		maps.Clone(m.headlines)}
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
			m.urls[own].status = v.Status
			return
		case known:
			to = m.stands(to)
		default:
			to = m.add(*v.Target, state.Queued, limits)
		}
		m.urls[own].status = v.Status
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
		if v.Identity != nil && m.urls[own].text == 0 {
			ident = m.identity(own, v, limits, verdict)
		}
		verdict.Identity = m.urls[ident].link.URL
		m.text(ident, own, v.Text, verdict)
		m.urls[own].status = v.Status
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
		verdict.Gone = v.State == state.Gone && m.urls[own].text > 0 && m.urls[own].status != 0
		if verdict.Gone {
			verdict.Identity = m.urls[own].link.URL
		}
		m.urls[own].status = v.Status
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
	case u.text > 0 && m.texts[u.text-1].Hash == v.Text.Hash, u.text == 0 && u.state == state.Queued:
		return i
	case u.text > 0 && u.status == 0:
		u.state = state.Queued
	}
	verdict.Disputed = true
	return own
}

// aliases makes URLs not yet fetched aliases of ident.
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
	if u.text > 0 {
		if known := m.texts[u.text-1]; known.Hash == t.Hash && (known.Fields == t.Fields || ident != own) {
			verdict.Article = state.Known
			return
		}
	}
	m.texts = append(m.texts, modelText{Text: *t, owner: ident})
	u.revision++
	u.text = len(m.texts)
	verdict.Article = state.New
	if u.revision > 1 {
		verdict.Article, verdict.Revision = state.Revision, u.revision
	}
	first, held := m.holders[t.Key]
	switch {
	case t.Key == 0:
	case !held:
		m.holders[t.Key] = u.text - 1
	case m.texts[first].Hash == t.Hash && m.texts[first].owner != ident:
		verdict.Of = m.urls[m.texts[first].owner].link.URL
		if verdict.Article == state.New {
			verdict.Article = state.Duplicate
		}
	}
}

// withdraw takes the newest items of URLs back, then the references to them.
func (m *model) withdraw(list []state.Withdrawal) []state.Withdrawn {
	out := make([]state.Withdrawn, len(list))
	taken := make([]int, len(list)) // ids of texts
	for n, w := range list {
		i, known := m.byKey[w.Key]
		if !known {
			continue
		}
		i = m.stands(i)
		out[n].Known = true
		if m.urls[i].text > 0 {
			out[n].Item, taken[n] = m.item(i), m.urls[i].text
			m.take(i, w.Requeue)
		}
	}
	for n, w := range list {
		if taken[n] > 0 {
			out[n].References = m.takeReferences(taken[n], w.Requeue)
		}
	}
	return out
}

// takeReferences takes the references to a text that is gone, if it was the first
// with its key, and gives that to the next that is left.
func (m *model) takeReferences(text int, requeue bool) (list []state.Item) {
	of := m.texts[text-1]
	if first, held := m.holders[of.Key]; !held || first != text-1 {
		return nil
	}
	heir := -1
	for j := text; j < len(m.texts); j++ {
		other := m.texts[j]
		if other.gone || other.Hash != of.Hash {
			continue
		}
		if u := &m.urls[other.owner]; u.text == j+1 && u.revision == 1 {
			list = append(list, m.item(other.owner))
			m.take(other.owner, requeue)
		} else if heir < 0 {
			heir = j
		}
	}
	delete(m.holders, of.Key)
	if heir >= 0 {
		m.holders[of.Key] = heir
	}
	return list
}

// item is the newest item of a URL.
func (m *model) item(i int) state.Item {
	u := &m.urls[i]
	t := m.texts[u.text-1]
	first, held := m.holders[t.Key]
	return state.Item{URL: u.link.URL, Site: u.link.Site, Revision: u.revision, Text: int64(u.text),
		Reference: u.revision == 1 && held && m.texts[first].Hash == t.Hash && first != u.text-1}
}

func (m *model) take(i int, requeue bool) {
	u := &m.urls[i]
	m.texts[u.text-1].gone = true
	u.text = 0
	if !requeue {
		return
	}
	u.state = state.Queued
	for k := range m.urls {
		if a := &m.urls[k]; a.state == state.Alias && a.target == i && a.status == 200 {
			a.state = state.Queued
		}
	}
}
