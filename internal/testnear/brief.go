package testnear

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Briefs per language, and their sizes in words or pairs of characters.
const (
	briefsEach  = 6
	framesEach  = 3
	leastBrief  = 26
	mostBrief   = 46
	nameOfFrame = '\ue001' // stands for the name that a frame is about
	secondName  = '\ue002'
)

// briefs adds stories of 25 to 50 words with copies whose titles differ in form
// only, stubs under titles that resemble each other, and frames in which little
// but a name changes.
func (m *maker) briefs() {
	for _, l := range languages {
		for range briefsEach {
			m.brief(l)
		}
		m.stubs(l)
		for range framesEach {
			m.named(l, "brief-frame", 1)
			m.named(l, "name-frame", 3+m.rng.IntN(3))
		}
	}
}

// briefText returns a text that begins with most of the words of its title.
func (m *maker) briefText(l *language, t topic, title string, paragraphs int) string {
	var lead []string
	for _, u := range l.units(title) {
		if m.rng.IntN(8) > 0 || strings.ContainsAny(u, string(nameOfFrame)) {
			lead = append(lead, u)
		}
		if m.rng.IntN(4) == 0 && l.space != "" {
			lead = append(lead, pick(m.rng, l.small))
		}
	}
	lead = append(lead, l.numeral(number(m.rng)), l.content(m.rng))
	text := capital(strings.Join(lead, l.space)) + l.stop + strings.Join(l.paragraphs(m.rng, t, paragraphs), "\n\n")
	if paragraphs > 1 {
		return text
	}
	n := leastBrief + m.rng.IntN(mostBrief-leastBrief)
	if l.code == "th" { // a word has four letters, a unit two
		n *= 2
	}
	for l.size(text) < n {
		text += l.sentence(m.rng, t)
	}
	return l.head(text, n, false)
}

// brief adds a brief and one to three copies on other sites.
func (m *maker) brief(l *language) {
	t := newTopic(m.rng, l)
	title := l.title(m.rng, t)
	amount := ""
	if l.million != "" && m.rng.IntN(3) == 0 {
		amount = fmt.Sprint(2 + m.rng.IntN(400))
		title += " $" + amount + " " + l.million
	}
	of := m.base(Story{Lang: l.code, Title: title, Text: m.briefText(l, t, title, 1)})
	for range 1 + m.rng.IntN(3) {
		m.copyOf(of, "brief", m.around(36), func(i *Item) {
			i.Title = m.reform(l, i)
			if amount != "" && m.rng.IntN(2) == 0 {
				short := strings.NewReplacer("$"+amount+" "+l.million, "$"+amount+"m")
				i.Title, i.Text = short.Replace(i.Title), short.Replace(i.Text)
			}
			switch m.rng.IntN(5) {
			case 0:
				i.Text = l.touch(m.rng, i.Text, 0.05)
			case 1:
				i.Text += "\n\n© " + pick(m.rng, agencies)
			case 2:
				if l.dateline != "" {
					i.Text = strings.NewReplacer("{PLACE}", l.name(m.rng), "{agency}", pick(m.rng, agencies)).Replace(l.dateline) + i.Text
				}
			}
		})
	}
}

// reform returns a title in another form: with a prefix, with the name of the
// paper, in another order, in capitals, or without a word.
func (m *maker) reform(l *language, i *Item) string {
	u := l.units(i.Title)
	switch m.rng.IntN(5) {
	case 0:
		return pick(m.rng, append([]string{"UPDATE 1-", "UPDATE 2-", l.corrected, l.live}, l.prefixes...)) + i.Title
	case 1:
		site, _, _ := strings.Cut(pick(m.rng, sites), ".")
		i.URL = m.url(site+".example", i.Title)
		return i.Title + pick(m.rng, []string{" - ", " | "}) + capital(site)
	case 2:
		k := 1 + m.rng.IntN(len(u)-1)
		return capital(strings.Join(u[k:], l.space)) + ": " + strings.Join(u[:k], l.space)
	case 3:
		if m.rng.IntN(2) == 0 {
			return l.upper(i.Title)
		}
		for k := range u {
			u[k] = capital(u[k])
		}
		return strings.Join(u, l.space)
	}
	k := m.rng.IntN(len(u))
	if strings.IndexFunc(u[k], unicode.IsDigit) >= 0 { // the amount
		k = 0
	}
	return capital(strings.Join(slices.Delete(u, k, k+1), l.space))
}

func (l *language) upper(s string) string {
	if l.code == "tr" {
		return strings.ToUpperSpecial(unicode.TurkishCase, s)
	}
	return strings.ToUpper(s)
}

// stubs adds the paywall text of a site, and another one's film without words,
// under titles of which only a name or a word differs.
func (m *maker) stubs(l *language) {
	for _, text := range []string{l.paywall, "Video", "Video\n\n" + l.more[0], l.boilerplate[0]} {
		title := l.title(m.rng, topic{words: newTopic(m.rng, l).words, names: []string{string(nameOfFrame)}})
		before := m.base(Story{Lang: l.code, Title: strings.ReplaceAll(title, string(nameOfFrame), l.name(m.rng)), Text: text})
		for range 3 {
			before = m.other(before, "stub-title", strings.ReplaceAll(title, string(nameOfFrame), l.name(m.rng)), []string{text}, m.hours(1, 40))
		}
	}
}

// named adds four articles of one frame, on one site or on four, in which a name
// or two and perhaps a number or two differ. Some have a copy.
func (m *maker) named(l *language, kind string, paragraphs int) {
	t := newTopic(m.rng, l)
	for i := range t.names {
		t.names[i] = string(nameOfFrame)
	}
	if m.rng.IntN(2) == 0 {
		t.names[1] = string(secondName)
	}
	if m.rng.IntN(2) == 0 { // the same in all of them
		t.names[2] = l.name(m.rng)
	}
	title := l.title(m.rng, topic{words: t.words, names: t.names[:1]})
	text, kept := m.briefText(l, t, title, paragraphs), m.rng.IntN(4)
	text = numerals.ReplaceAllStringFunc(text, func(n string) string {
		if kept--; kept < 0 {
			return pick(m.rng, l.small)
		}
		return n
	})
	numbers := numerals.FindAllString(text, 2)
	same := m.rng.IntN(2) == 0
	var before []*Item
	for range 4 {
		change := []string{string(nameOfFrame), l.name(m.rng), string(secondName), l.name(m.rng)}
		for _, n := range numbers[:m.rng.IntN(len(numbers)+1)] {
			change = append(change, n, l.numeral(number(m.rng)))
		}
		fill := strings.NewReplacer(change...)
		var i *Item
		if s := (Story{Lang: l.code, Title: fill.Replace(title), Text: fill.Replace(text)}); len(before) == 0 || !same {
			i = m.base(s)
		} else {
			i = m.other(before[0], "base", s.Title, []string{s.Text}, m.hours(1, 100))
		}
		for _, b := range before {
			m.differ(b, i, kind)
		}
		before = append(before, i)
		if m.rng.IntN(2) == 0 {
			m.copyOf(i, kind+" copy", m.around(12), func(c *Item) {
				if c.Title = m.reform(l, c); paragraphs > 1 {
					c.Text = m.surround(c, 0, 0.2)
				}
			})
		}
	}
}
