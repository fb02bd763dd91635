package testnear

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// A Story is a text that is no copy of another.
type Story struct {
	Lang, Title, Text string
	topic             topic // of a generated story
}

// An Item is an article.
type Item struct {
	ID, URL, Title, Text, Lang string
	Published                  time.Time // zero where the article does not say
	Cluster                    string    // the same for all articles of one story
	Kind                       string    // base, or how it was made; see the package comment
	at                         time.Time
}

// A Pair is two items, and the reason why they are, or are not, one story. A comes
// first.
type Pair struct {
	A, B *Item
	Same bool
	Open bool // neither: counts for nothing
	Type string
}

// A Set is articles in order of publication.
type Set struct {
	Items []*Item
	Pairs []Pair
}

// Options are the settings of Make.
type Options struct {
	Seed    uint64
	Size    int     // number of stories to vary, besides templates; 0 = 400
	Stories []Story // to vary instead of generated ones
}

// Make returns a set, which is the same for the same options.
func Make(o Options) Set {
	m := &maker{rng: rand.New(rand.NewPCG(o.Seed, 2))}
	if o.Size == 0 {
		o.Size = 400
	}
	for _, i := range m.rng.Perm(len(o.Stories)) {
		s := o.Stories[i]
		if l := languageOf(s.Lang); l.size(s.Text) < 120 || len(paragraphs(s.Text)) < 3 {
			continue
		}
		if len(m.framed) < mostFramed && isFrame(s) {
			m.framed = append(m.framed, s)
		} else {
			m.given = append(m.given, s)
		}
	}
	for i := range o.Size {
		l := languages[0]
		if i%2 == 1 {
			l = pick(m.rng, languages[1:])
		}
		if o.Stories != nil && len(m.given) < 3 {
			break
		}
		m.family(m.story(l))
	}
	m.templates()
	m.briefs()
	slices.SortStableFunc(m.set.Items, func(a, b *Item) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
	index := make(map[*Item]int, len(m.set.Items))
	for i, item := range m.set.Items {
		item.ID = fmt.Sprintf("n%05d", i)
		index[item] = i
	}
	for i := range m.set.Pairs {
		if p := &m.set.Pairs[i]; index[p.A] > index[p.B] {
			p.A, p.B = p.B, p.A
		}
	}
	return m.set
}

// mostFramed bounds the given stories that become templates.
const mostFramed = 20

// maker builds a set.
type maker struct {
	rng      *rand.Rand
	set      Set
	given    []Story // not used yet
	framed   []Story // given ones that become templates
	clusters int
	paths    int
}

// story returns a given story, in any language, or a generated one in l.
func (m *maker) story(l *language) Story {
	if len(m.given) > 0 {
		s := m.given[0]
		m.given = m.given[1:]
		s.topic = newTopic(m.rng, languageOf(s.Lang))
		return s
	}
	return l.story(m.rng, newTopic(m.rng, l), 4+m.rng.IntN(9))
}

// fresh returns about n units of new text on the topic of a story.
func (m *maker) fresh(s Story, n int) []string {
	l := languageOf(s.Lang)
	for i, other := range m.given {
		if len(m.given) > 20 && other.Lang == s.Lang && l.size(other.Text) >= n {
			m.given = slices.Delete(m.given, i, i+1)
			return paragraphs(l.head(other.Text, n, true))
		}
	}
	var list []string
	for n > 0 {
		p := l.paragraphs(m.rng, s.topic, 1)[0]
		list = append(list, p)
		n -= l.size(p)
	}
	return list
}

var sites = words("courier.example herald.example gazette.example tribune.example observer.example post.example mirror.example wire24.example portal.example regional.example morning.example evening.example")

// first is when the first story was published.
var first = time.Date(2025, 3, 1, 6, 0, 0, 0, time.UTC)

// base adds the article that others are copies of.
func (m *maker) base(s Story) *Item {
	m.clusters++
	item := &Item{
		URL: m.url(pick(m.rng, sites), s.Title), Title: s.Title, Text: s.Text, Lang: s.Lang, Kind: "base",
		Cluster: fmt.Sprintf("c%05d", m.clusters), at: first.Add(time.Duration(m.rng.IntN(60*24*60)) * time.Minute),
	}
	return m.add(item)
}

// add adds an item; one in twenty does not say when it was published.
func (m *maker) add(item *Item) *Item {
	if m.rng.IntN(20) > 0 {
		item.Published = item.at
	}
	m.set.Items = append(m.set.Items, item)
	return item
}

// copyOf adds an item of the same story, on another site unless changed by edit.
func (m *maker) copyOf(of *Item, kind string, delay time.Duration, edit func(*Item)) *Item {
	item := &Item{Title: of.Title, Text: of.Text, Lang: of.Lang, Cluster: of.Cluster, Kind: kind, at: of.at.Add(delay)}
	edit(item)
	if item.URL == "" {
		item.URL = m.url(pick(m.rng, sites), item.Title)
	}
	m.set.Pairs = append(m.set.Pairs, Pair{A: of, B: item, Same: true, Type: kind})
	return m.add(item)
}

// other adds an item of another story, on the site of the first at a later day.
func (m *maker) other(than *Item, kind, title string, text []string, delay time.Duration) *Item {
	m.clusters++
	item := &Item{
		URL: m.url(host(than.URL), title), Title: title, Text: strings.Join(text, "\n\n"), Lang: than.Lang,
		Cluster: fmt.Sprintf("c%05d", m.clusters), Kind: kind, at: than.at.Add(delay),
	}
	if kind != "base" {
		m.differ(than, item, kind)
	}
	return m.add(item)
}

func (m *maker) differ(a, b *Item, kind string) {
	m.set.Pairs = append(m.set.Pairs, Pair{A: a, B: b, Type: kind})
}

// hours is a time between two numbers of hours.
func (m *maker) hours(from, to float64) time.Duration {
	return time.Duration((from + m.rng.Float64()*(to-from)) * float64(time.Hour)).Truncate(time.Second)
}

// url is a new one: with a number, a slug or a day.
func (m *maker) url(site, title string) string {
	m.paths += 1 + m.rng.IntN(9)
	switch m.rng.IntN(3) {
	case 0:
		return fmt.Sprintf("https://%s/article/%d/", site, 7000+m.paths)
	case 1:
		return fmt.Sprintf("https://%s/%s-%d", site, slug(title), m.paths)
	}
	return fmt.Sprintf("https://%s/news/%d/%s", site, 100000+m.paths, slug(title))
}

func host(url string) string {
	site, _, _ := strings.Cut(strings.TrimPrefix(url, "https://"), "/")
	return site
}

// slug keeps the ASCII letters and digits of a title.
func slug(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if b.Len() < 3 {
		return "story"
	}
	return strings.Trim(b.String(), "-")
}
