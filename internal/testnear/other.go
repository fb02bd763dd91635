package testnear

import (
	"fmt"
	"slices"
	"strings"
)

// others adds articles that resemble a story but are not copies, each of one kind.
var others = []func(*maker, *Item, Story){
	func(*maker, *Item, Story) {}, func(*maker, *Item, Story) {},
	(*maker).followUp, (*maker).followUp, (*maker).sameTopic, (*maker).statement, (*maker).sameBoilerplate, (*maker).sameBoilerplate, (*maker).stub, (*maker).column,
	(*maker).otherLive, (*maker).roundUp,
}

// shared returns a text of which about a given part is background from the story:
// whole paragraphs, the last one cut.
func (m *maker) shared(s Story, part float64) []string {
	l := languageOf(s.Lang)
	size := l.size(s.Text)
	list := paragraphs(s.Text)
	from := m.rng.IntN(max(1, len(list)/2))
	background := l.head(strings.Join(list[from:], "\n\n"), int(part*float64(size)), false)
	part = float64(l.size(background)) / part // the whole
	news := m.fresh(s, int(part)-l.size(background))
	if at := len(news); m.rng.IntN(2) == 0 {
		return slices.Insert(news, 1+m.rng.IntN(at), paragraphs(background)...)
	}
	return append(news, paragraphs(background)...)
}

func (m *maker) followUp(of *Item, s Story) {
	title := languageOf(s.Lang).title(m.rng, s.topic)
	if m.rng.IntN(3) == 0 {
		title = m.retitle(of)
	}
	m.other(of, "follow-up", title, m.shared(s, 0.3+0.15*m.rng.Float64()), m.hours(5, 200))
}

func (m *maker) sameTopic(of *Item, s Story) {
	l := languageOf(s.Lang)
	m.other(of, "same-topic", m.retitle(of), l.paragraphs(m.rng, s.topic, 4+m.rng.IntN(6)), m.hours(1, 100))
}

func (m *maker) statement(of *Item, s Story) {
	l := languageOf(s.Lang)
	i := m.other(of, "statement", l.title(m.rng, s.topic), m.shared(s, 0.15+0.2*m.rng.Float64()), m.hours(-2, 30))
	i.URL = m.url(pick(m.rng, sites), i.Title)
}

// sameBoilerplate adds two or three stories of the site within the same
// boilerplate, which is 30 to 48 % of each.
func (m *maker) sameBoilerplate(of *Item, s Story) {
	l := languageOf(s.Lang)
	part := 0.3 + 0.18*m.rng.Float64()
	size := 90 + m.rng.IntN(120)
	f := m.boilerplateText(l, int(float64(size)*part/(1-part))-12)
	k := m.rng.IntN(2)
	before := of
	for n := range 2 + m.rng.IntN(2) {
		t := newTopic(m.rng, l)
		text := slices.Concat(f[:k], m.fresh(Story{Lang: s.Lang, topic: t}, size), f[k:])
		kind := "base"
		if n > 0 {
			kind = "same-boilerplate"
		}
		before = m.other(before, kind, l.title(m.rng, t), text, m.hours(2, 40))
	}
}

// stub adds the paywall text of a site under four titles.
func (m *maker) stub(of *Item, s Story) {
	l := languageOf(s.Lang)
	before := of
	for n := range 4 {
		kind := "base"
		if n > 0 {
			kind = "stub"
		}
		before = m.other(before, kind, l.title(m.rng, newTopic(m.rng, l)), []string{l.paywall}, m.hours(2, 40))
	}
}

func (m *maker) column(of *Item, s Story) {
	l := languageOf(s.Lang)
	t := newTopic(m.rng, l)
	intro, ending, title := l.paragraphs(m.rng, t, 1), l.paragraphs(m.rng, t, 1), l.title(m.rng, t)
	size := l.size(intro[0]) + l.size(ending[0])
	before, numbers := of, m.rng.IntN(2) == 0
	for n := range 3 {
		kind := "base"
		if n > 0 {
			kind = "column"
		}
		text := slices.Concat(intro, m.fresh(Story{Lang: s.Lang, topic: newTopic(m.rng, l)}, size*3/2+20), ending)
		numbered := title
		if numbers {
			numbered += fmt.Sprintf(" (%d)", n+11)
		}
		before = m.other(before, kind, numbered, text, m.hours(24, 168))
	}
}

func (m *maker) otherLive(of *Item, s Story) {
	l := languageOf(s.Lang)
	t := newTopic(m.rng, l)
	standing := l.paragraphs(m.rng, t, 2)
	size := l.size(standing[0]) + l.size(standing[1])
	before := of
	for n := range 3 {
		kind := "base"
		if n > 0 {
			kind = "other-live"
		}
		match := l.live + t.names[0] + " - " + l.name(m.rng)
		entries := m.fresh(Story{Lang: s.Lang, topic: newTopic(m.rng, l)}, size*4/3+30)
		for k := range entries {
			entries[k] = fmt.Sprintf("%d' %s", 90-7*k, entries[k])
		}
		before = m.other(before, kind, match, append(entries, standing...), m.hours(24, 100))
	}
}

// roundUp adds three stories and an article that contains them all, before or
// after them.
func (m *maker) roundUp(of *Item, s Story) {
	l := languageOf(s.Lang)
	var parts []*Item
	var all []string
	for range 3 {
		t := newTopic(m.rng, l)
		text := m.fresh(Story{Lang: s.Lang, topic: t}, 80)
		i := m.other(of, "base", l.title(m.rng, t), text, m.hours(1, 8))
		for _, p := range parts {
			m.differ(p, i, "round-up")
		}
		parts = append(parts, i)
		all = append(all, i.Title)
		all = append(all, text...)
	}
	r := m.other(of, "base", l.roundup, all, m.hours(0, 12))
	for _, p := range parts {
		m.set.Pairs = append(m.set.Pairs, Pair{A: p, B: r, Open: true, Type: "round-up"})
	}
}
