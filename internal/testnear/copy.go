package testnear

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

var agencies = words("Reuters AFP AP dpa TASS Xinhua EFE ANSA Kyodo Interfax APA")

// copies adds a copy of an article, each of one kind.
var copies = []func(*maker, *Item){
	(*maker).wire, (*maker).wire, (*maker).truncated, (*maker).update, (*maker).ocr, (*maker).rewrite, (*maker).rewrite, (*maker).correction, (*maker).correction,
	(*maker).live, (*maker).boilerplate, (*maker).comments, (*maker).encoding, (*maker).recrawl, (*maker).middle, (*maker).mix, (*maker).mix,
	(*maker).paraphrase, (*maker).teaser, (*maker).excerpt,
}

// family adds a story, up to three copies of it, and perhaps an article that only
// resembles it.
func (m *maker) family(s Story) {
	of := m.base(s)
	for range m.rng.IntN(4) {
		pick(m.rng, copies)(m, of)
	}
	if m.rng.IntN(3) == 0 {
		m.short(languageOf(s.Lang), s.topic)
	}
	pick(m.rng, others)(m, of, s)
}

func (m *maker) wire(of *Item) {
	m.copyOf(of, "wire", m.around(72), func(i *Item) {
		i.Title, i.Text = m.retitle(i), m.asWire(i)
	})
}

// around is a delay up to some hours; one in six came before.
func (m *maker) around(hours float64) time.Duration {
	if m.rng.IntN(6) == 0 {
		return -m.hours(0.05, 3)
	}
	return m.hours(0.05, hours)
}

func (m *maker) asWire(i *Item) string {
	l, agency := languageOf(i.Lang), pick(m.rng, agencies)
	list := paragraphs(l.touch(m.rng, i.Text, 0.01+0.02*m.rng.Float64()))
	if len(list) > 3 && m.rng.IntN(2) == 0 {
		list = list[:len(list)-1-m.rng.IntN(len(list)/4+1)]
	}
	if m.rng.IntN(4) > 0 && l.dateline != "" {
		line := strings.NewReplacer("{PLACE}", l.name(m.rng), "{agency}", agency).Replace(l.dateline)
		list[0] = line + list[0]
	}
	switch m.rng.IntN(4) {
	case 0:
		list = append(list, "© "+agency)
	case 1:
		list = append(list, "("+agency+")")
	case 2:
		list = append(list, fmt.Sprintf("(Reporting by %s %s; editing by %s)", l.name(m.rng), l.name(m.rng), l.name(m.rng)))
	}
	return strings.Join(list, "\n\n")
}

// retitle is another headline for the same story.
func (m *maker) retitle(i *Item) string {
	l := languageOf(i.Lang)
	u := l.units(i.Title)
	switch m.rng.IntN(4) {
	case 0:
		return i.Title
	case 1: // from the text
		if s := sentences(pick(m.rng, paragraphs(i.Text))); len(s) > 0 {
			all := l.units(s[0])
			return capital(strings.Join(all[:min(len(all), 8)], l.space))
		}
	case 2:
		kept := u[:0]
		for _, w := range u {
			if m.rng.IntN(3) > 0 {
				kept = append(kept, w)
			}
		}
		if len(kept) > 1 {
			return strings.Join(kept, l.space)
		}
	}
	return i.Title + l.space + pick(m.rng, []string{"- ", "| ", ": "}) + l.content(m.rng)
}

func (m *maker) truncated(of *Item) {
	m.copyOf(of, "truncated", m.around(48), func(i *Item) {
		i.Text = m.cut(i, 0.15, 0.6)
		if m.rng.IntN(2) == 0 {
			i.Title = m.retitle(i)
		}
	})
}

func (m *maker) cut(i *Item, from, to float64) string {
	l := languageOf(i.Lang)
	n := int((from + m.rng.Float64()*(to-from)) * float64(l.size(i.Text)))
	text := l.head(i.Text, max(n, 65), m.rng.IntN(2) == 0)
	switch m.rng.IntN(3) {
	case 0:
		text += "..."
	case 1:
		text += "\n\n" + pick(m.rng, l.more)
	}
	return text
}

func (m *maker) update(of *Item) {
	m.copyOf(of, "update", m.hours(0.2, 60), func(i *Item) {
		i.Text = m.extend(i)
		if m.rng.IntN(3) > 0 {
			i.URL = of.URL
		}
		if m.rng.IntN(2) == 0 {
			i.Title = m.retitle(i)
		}
	})
}

// extend adds a tenth to two thirds of new text and changes a sentence.
func (m *maker) extend(i *Item) string {
	l := languageOf(i.Lang)
	list := paragraphs(i.Text)
	s := Story{Lang: i.Lang, topic: newTopic(m.rng, l)}
	for _, p := range m.fresh(s, int((0.1+0.55*m.rng.Float64())*float64(l.size(i.Text)))) {
		at := m.rng.IntN(len(list) + 1)
		list = slices.Insert(list, at, p)
	}
	k := m.rng.IntN(len(list))
	list[k] = l.touch(m.rng, list[k], 0.3)
	return strings.Join(list, "\n\n")
}

func (m *maker) ocr(of *Item) {
	m.copyOf(of, "ocr", m.hours(1, 500), func(i *Item) {
		rate := 0.01 + 0.04*m.rng.Float64()
		i.Text, i.Title = misread(m.rng, i.Text, rate), misread(m.rng, i.Title, rate/2)
	})
}

// misreadings are what scanners take for each other.
var misreadings = map[rune]string{
	'l': "1", '1': "l", 'o': "0", '0': "O", 'e': "c", 'c': "e", 'h': "b", 'm': "rn", 'i': "í", 'u': "ii", 's': "5", 'a': "á", 't': "f", 'f': "t", 'g': "q", 'n': "ri",
	'日': "曰", '未': "末", '土': "士", '大': "太", '市': "巿", '力': "刀", 'и': "н", 'н': "п", 'п': "н", 'ш': "щ", 'о': "с", 'ב': "כ", 'ו': "ז", 'ה': "ח", 'ت': "ث", 'ب': "ت", 'ر': "ز",
}

// misread changes that part of the letters.
func misread(rng *rand.Rand, text string, rate float64) string {
	runes := []rune(text)
	var b strings.Builder
	for _, r := range runes {
		if unicode.IsSpace(r) || rng.Float64() >= rate {
			b.WriteRune(r)
			continue
		}
		switch rng.IntN(6) {
		case 0: // lost
		case 1:
			b.WriteRune(r)
			b.WriteString("-\n")
		case 2:
			b.WriteRune(r)
			b.WriteByte(' ')
		default:
			if wrong := misreadings[r]; wrong != "" {
				b.WriteString(wrong)
				continue
			}
			other := runes[rng.IntN(len(runes))]
			if unicode.IsSpace(other) {
				other = '.'
			}
			b.WriteRune(other)
		}
	}
	return b.String()
}

func (m *maker) rewrite(of *Item) {
	m.copyOf(of, "rewrite", m.around(48), func(i *Item) {
		i.Text = m.reword(i, 0.05, 0.2)
		i.Title = m.retitle(i)
	})
}

func (m *maker) reword(i *Item, from, to float64) string {
	l := languageOf(i.Lang)
	list := paragraphs(l.touch(m.rng, i.Text, from+m.rng.Float64()*(to-from)))
	for k, p := range list {
		s := sentences(p)
		if len(s) > 1 && m.rng.IntN(4) == 0 {
			m.rng.Shuffle(len(s), func(a, b int) { s[a], s[b] = s[b], s[a] })
		}
		if len(s) > 1 && m.rng.IntN(3) == 0 {
			s[0] = strings.TrimRight(s[0], " .。।") + ", " + pick(m.rng, l.small) + l.space
		}
		list[k] = strings.Join(s, "")
	}
	if k := m.rng.IntN(len(list)); k > 0 && m.rng.IntN(2) == 0 {
		list[k-1], list[k] = list[k], list[k-1]
	}
	return strings.Join(list, "\n\n")
}

func (m *maker) paraphrase(of *Item) {
	m.copyOf(of, "paraphrase", m.around(48), func(i *Item) {
		i.Text = m.reword(i, 0.2, 0.3)
		i.Title = m.retitle(i)
	})
}

// touch changes, moves, drops or adds that part of the units.
func (l *language) touch(rng *rand.Rand, text string, rate float64) string {
	list := paragraphs(text)
	for k, p := range list {
		u := l.units(p)
		out := make([]string, 0, len(u))
		for i := 0; i < len(u); i++ {
			if rng.Float64() >= rate {
				out = append(out, u[i])
				continue
			}
			switch rng.IntN(6) {
			case 0:
			case 1:
				out = append(out, u[i], pick(rng, l.small))
			case 2:
				if i+1 < len(u) {
					out = append(out, u[i+1])
					i++
					out = append(out, u[i-1])
				}
			default:
				out = append(out, l.content(rng))
			}
		}
		list[k] = strings.Join(out, l.space)
	}
	return strings.Join(list, "\n\n")
}

var numerals = regexp.MustCompile(`\p{Nd}+(?:[.,]\p{Nd}+)*`)

func (m *maker) correction(of *Item) {
	if len(numerals.FindAllString(of.Text, 3)) < 3 || m.rng.IntN(4) == 0 {
		m.rename(of)
		return
	}
	m.copyOf(of, "correction", m.hours(0.1, 30), func(i *Item) {
		m.correct(i, of, 2+m.rng.IntN(4))
	})
}

// rename puts a name right that stands in the text more than once, or another
// word of some length.
func (m *maker) rename(of *Item) {
	l := languageOf(of.Lang)
	m.copyOf(of, "correction", m.hours(0.1, 30), func(i *Item) {
		u := l.units(i.Text)
		old := ""
		for range 200 {
			w := strings.Trim(pick(m.rng, u), ".,;:!?\n”“\"")
			if len(w) > 4 && (strings.Count(i.Text, w) > 1 || old == "") {
				old = w
			}
		}
		if old != "" {
			i.Text = strings.ReplaceAll(i.Text, old, l.name(m.rng))
		}
		if i.URL = of.URL; m.rng.IntN(2) == 0 {
			i.URL = m.url(host(of.URL), of.Title)
		}
	})
}

// correct puts n numbers right, at most a third of them, where the item stood.
func (m *maker) correct(i, of *Item, n int) {
	l := languageOf(i.Lang)
	found := numerals.FindAllStringIndex(i.Text, -1)
	n = min(n, (len(found)+2)/3)
	at := m.rng.Perm(len(found))[:n]
	slices.SortFunc(at, func(a, b int) int { return b - a })
	for _, k := range at {
		i.Text = i.Text[:found[k][0]] + l.numeral(number(m.rng)) + i.Text[found[k][1]:]
	}
	switch m.rng.IntN(4) {
	case 0:
		i.Title = l.corrected + i.Title
	case 1:
		i.Text += "\n\n" + strings.TrimSpace(l.corrected) + " " + l.sentence(m.rng, newTopic(m.rng, l))
	}
	if i.URL = of.URL; m.rng.IntN(5) < 2 {
		i.URL = m.url(host(of.URL), of.Title)
	}
}

// live adds two to four states of a growing page. Its first state is a third
// of the story.
func (m *maker) live(of *Item) {
	l := languageOf(of.Lang)
	s := Story{Lang: of.Lang, topic: newTopic(m.rng, l)}
	entries := m.fresh(s, 100)
	at := of.at.Add(m.hours(24, 60))
	stamp := func(list []string) []string {
		for k := range list {
			at = at.Add(7 * time.Minute)
			list[k] = at.Format("15:04") + " " + list[k]
		}
		return list
	}
	head := m.base(Story{Lang: of.Lang, Title: l.live + l.title(m.rng, s.topic), Text: strings.Join(stamp(entries), "\n\n")})
	head.at, head.Published = at, at
	var delay time.Duration
	for range 2 + m.rng.IntN(3) {
		entries = append(stamp(m.fresh(s, 60+m.rng.IntN(90))), entries...)
		delay += m.hours(0.3, 1)
		m.copyOf(head, "live", delay, func(i *Item) {
			i.Text, i.URL = strings.Join(entries, "\n\n"), head.URL
			if m.rng.IntN(2) == 0 {
				i.Title = l.live + l.title(m.rng, s.topic)
			}
		})
	}
}

func (m *maker) boilerplate(of *Item) {
	m.copyOf(of, "boilerplate", m.around(72), func(i *Item) {
		i.Text = m.surround(i, 0.1, 1)
	})
}

// surround puts boilerplate before and after a text, between two shares of its
// length.
func (m *maker) surround(i *Item, from, to float64) string {
	l := languageOf(i.Lang)
	n := int((from + m.rng.Float64()*(to-from)) * float64(l.size(i.Text)))
	f := m.boilerplateText(l, n)
	k := m.rng.IntN(min(2, len(f)) + 1)
	return strings.Join(slices.Concat(f[:k], paragraphs(i.Text), f[k:]), "\n\n")
}

// boilerplateText returns about n units of standard paragraphs and titles of other
// stories.
func (m *maker) boilerplateText(l *language, n int) []string {
	var list []string
	for _, k := range m.rng.Perm(len(l.boilerplate)) {
		if n <= 0 {
			break
		}
		list = append(list, l.boilerplate[k])
		n -= l.size(l.boilerplate[k])
	}
	for n > 0 {
		title := l.title(m.rng, newTopic(m.rng, l))
		list = append(list, title)
		n -= l.size(title)
	}
	return list
}

func (m *maker) encoding(of *Item) {
	m.copyOf(of, "encoding", m.around(72), func(i *Item) {
		i.Text = pick(m.rng, encodings)(m.rng, i.Text)
		if m.rng.IntN(2) == 0 {
			i.Text = pick(m.rng, encodings)(m.rng, i.Text)
		}
	})
}

// encodings write the same text in other characters.
var encodings = []func(*rand.Rand, string) string{
	func(_ *rand.Rand, s string) string { return norm.NFD.String(s) },
	func(_ *rand.Rand, s string) string {
		return strings.NewReplacer("“", "\"", "”", "\"", "’", "'", "–", "-", "—", "--", "«", "\"", "»", "\"").Replace(s)
	},
	func(_ *rand.Rand, s string) string {
		return strings.NewReplacer("“", "â€œ", "”", "â€\u009d", "’", "â€™", "–", "â€“", "é", "Ã©", "ü", "Ã¼", "ö", "Ã¶", "ä", "Ã¤").Replace(s)
	},
	func(_ *rand.Rand, s string) string {
		return strings.NewReplacer("“", "&ldquo;", "”", "&rdquo;", "’", "&#8217;", "\"", "&quot;", "'", "&#39;", "–", "&ndash;", " %", "&nbsp;%").Replace(s)
	},
	func(rng *rand.Rand, s string) string { // soft hyphens, marks of direction, joiners
		return sprinkle(rng, s, 0.03, []string{"\u00ad", "\u200b", "\u200e", "\u200f", "\u2060", "\u202b"})
	},
	func(_ *rand.Rand, s string) string { // full width
		return strings.Map(func(r rune) rune {
			if '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' {
				return r - '0' + '０'
			}
			return r
		}, s)
	},
	func(rng *rand.Rand, s string) string { return sprinkleIn(rng, s, 0.1, unicode.Arabic, "ـ") },
	func(rng *rand.Rand, s string) string { return sprinkleIn(rng, s, 0.3, unicode.Hebrew, "\u05b8") },
	func(_ *rand.Rand, s string) string { // digits of the language
		return strings.Map(func(r rune) rune {
			switch {
			case '٠' <= r && r <= '٩':
				return r - '٠' + '0'
			case '०' <= r && r <= '९':
				return r - '०' + '0'
			}
			return r
		}, s)
	},
	func(_ *rand.Rand, s string) string { return strings.ToUpper(s) },
	func(_ *rand.Rand, s string) string { return strings.ReplaceAll(s, " ", "\u00a0 ") },
	func(_ *rand.Rand, s string) string { return strings.ReplaceAll(s, ". ", ".\n") },
}

// sprinkle puts marks between letters.
func sprinkle(rng *rand.Rand, s string, rate float64, marks []string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteRune(r)
		if unicode.IsLetter(r) && rng.Float64() < rate {
			b.WriteString(pick(rng, marks))
		}
	}
	return b.String()
}

// sprinkleIn puts a mark after letters of a script.
func sprinkleIn(rng *rand.Rand, s string, rate float64, script *unicode.RangeTable, mark string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteRune(r)
		if unicode.Is(script, r) && unicode.IsLetter(r) && rng.Float64() < rate {
			b.WriteString(mark)
		}
	}
	return b.String()
}

func (m *maker) recrawl(of *Item) {
	m.copyOf(of, "recrawl", m.hours(0.2, 100), func(i *Item) {
		i.URL = of.URL + pick(m.rng, []string{"", "?utm_source=feed&utm_medium=rss", "?fbclid=IwAR3768934684", "#comments"})
		switch m.rng.IntN(3) {
		case 0:
			i.Text = fmt.Sprintf("%d views\n\n%s\n\n%d comments", m.rng.IntN(9000), i.Text, m.rng.IntN(90))
		case 1:
			i.Text = "Updated " + i.at.Format("2 January 2006, 15:04") + "\n\n" + i.Text
		case 2:
			i.Text = m.surround(i, 0.05, 0.2)
		}
	})
}

// comments adds the story with what readers wrote under it, up to twice its
// length.
func (m *maker) comments(of *Item) {
	l := languageOf(of.Lang)
	m.copyOf(of, "comments", m.around(72), func(i *Item) {
		for n := int((0.5 + 1.5*m.rng.Float64()) * float64(l.size(i.Text))); n > 0; {
			s := l.sentence(m.rng, newTopic(m.rng, l))
			i.Text += fmt.Sprintf("\n\n%s (%d)\n\n%s", l.name(m.rng), m.rng.IntN(50), s)
			n -= l.size(s)
		}
	})
}

// teaser adds the first words under the same title, fewer than 50.
func (m *maker) teaser(of *Item) {
	l := languageOf(of.Lang)
	m.copyOf(of, "teaser", m.around(48), func(i *Item) {
		n := 28 + m.rng.IntN(18)
		if l.space == "" {
			n /= 2
		}
		i.Text = l.head(of.Text, n, false) + pick(m.rng, []string{"", "...", "…", " […]"})
	})
}

// excerpt adds a long story, and its first 65 to 110 words elsewhere.
func (m *maker) excerpt(of *Item) {
	l := languageOf(of.Lang)
	t := newTopic(m.rng, l)
	long := m.base(l.story(m.rng, t, 40+m.rng.IntN(40)))
	m.copyOf(long, "excerpt", m.around(48), func(i *Item) {
		i.Text = l.head(long.Text, 65+m.rng.IntN(45), m.rng.IntN(2) == 0) + "\n\n" + pick(m.rng, l.more)
		if m.rng.IntN(2) == 0 {
			i.Title = m.retitle(i)
		}
	})
}

func (m *maker) middle(of *Item) {
	m.copyOf(of, "middle", m.around(48), func(i *Item) {
		list := paragraphs(i.Text)
		i.Text = strings.Join(list[len(list)/3:], "\n\n")
		i.Title = m.retitle(i)
	})
}

func (m *maker) mix(of *Item) {
	m.copyOf(of, "mix", m.around(72), func(i *Item) {
		steps := []func(){
			func() { i.Text = m.cut(i, 0.3, 0.7) },
			func() { i.Text = m.reword(i, 0.03, 0.1) },
			func() { i.Text = misread(m.rng, i.Text, 0.01+0.01*m.rng.Float64()) },
			func() { i.Text = m.extend(i) },
			func() { i.Title, i.Text = m.retitle(i), m.asWire(i) },
			func() { i.Text = m.surround(i, 0.1, 0.5) },
			func() { i.Text = pick(m.rng, encodings)(m.rng, i.Text) },
		}
		order := m.rng.Perm(len(steps))[:2]
		slices.Sort(order)
		for _, k := range order {
			steps[k]()
		}
	})
}

// short adds an article under 50 words that another site has under the same
// title.
func (m *maker) short(l *language, t topic) {
	n := 2 + m.rng.IntN(2)
	var b strings.Builder
	for range n {
		b.WriteString(l.sentence(m.rng, t))
	}
	text := l.head(b.String(), 22, false)
	of := m.base(Story{Lang: l.code, Title: l.title(m.rng, t), Text: text})
	m.copyOf(of, "short", m.around(48), func(i *Item) {
		switch m.rng.IntN(3) {
		case 0:
			i.Text = strings.TrimRight(text, " .") + "!"
		case 1:
			i.Text = l.touch(m.rng, text, 0.06)
		}
	})
}
