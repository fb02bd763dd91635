package testnear

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

// A topic is what the texts about one matter have in common.
type topic struct {
	names []string
	words []string
}

func newTopic(rng *rand.Rand, l *language) topic {
	var t topic
	for range 6 {
		t.names = append(t.names, l.name(rng))
	}
	for range 40 {
		t.words = append(t.words, l.content(rng))
	}
	return t
}

// sentence makes one of 7 to 22 words, with its end.
func (l *language) sentence(rng *rand.Rand, t topic) string {
	n := 7 + rng.IntN(16)
	list := make([]string, 0, n)
	for len(list) < n {
		switch u := rng.Float64(); {
		case u < 0.40:
			v := rng.Float64()
			list = append(list, l.small[int(v*v*float64(len(l.small)))])
		case u < 0.50:
			list = append(list, pick(rng, t.names))
		case u < 0.56:
			list = append(list, l.numeral(number(rng)))
		case u < 0.78:
			list = append(list, pick(rng, t.words))
		default:
			list = append(list, l.content(rng))
		}
	}
	text := capital(strings.Join(list, l.space))
	if rng.IntN(6) == 0 {
		return l.open + text + l.shut + l.space + l.said + l.space + pick(rng, t.names) + l.stop
	}
	return text + l.stop
}

// number is one as in the news: a count, an amount with decimals or thousands.
func number(rng *rand.Rand) string {
	switch rng.IntN(4) {
	case 0:
		return strconv.Itoa(2 + rng.IntN(98))
	case 1:
		return fmt.Sprintf("%d.%d", rng.IntN(30), 1+rng.IntN(9))
	case 2:
		return fmt.Sprintf("%d,%03d", 1+rng.IntN(99), rng.IntN(1000))
	}
	return strconv.Itoa(100 + rng.IntN(900))
}

// paragraphs makes n of them, one to four sentences each.
func (l *language) paragraphs(rng *rand.Rand, t topic, n int) []string {
	list := make([]string, n)
	for i := range list {
		var b strings.Builder
		for range 1 + rng.IntN(4) {
			b.WriteString(l.sentence(rng, t))
		}
		list[i] = strings.TrimSpace(b.String())
	}
	return list
}

// title makes one of 5 to 9 words.
func (l *language) title(rng *rand.Rand, t topic) string {
	list := []string{pick(rng, t.names)}
	for range 4 + rng.IntN(5) {
		if rng.IntN(4) == 0 {
			list = append(list, pick(rng, l.small))
		} else {
			list = append(list, pick(rng, t.words))
		}
	}
	return capital(strings.Join(list, l.space))
}

// story makes a new one with n paragraphs.
func (l *language) story(rng *rand.Rand, t topic, n int) Story {
	return Story{Lang: l.code, Title: l.title(rng, t), Text: strings.Join(l.paragraphs(rng, t, n), "\n\n"), topic: t}
}
