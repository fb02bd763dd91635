package wall

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kinds is how many kinds there are, None among them.
const kinds = int(Region) + 1

// topics says what a text is about.
type topics struct {
	size     int        // bytes of all sentences
	on       [kinds]int // bytes of the sentences that are of a kind
	wall     int        // bytes of the sentences that are of any kind
	distinct [kinds]int // different words of the vocabulary
}

// share is the part of the text, in percent, that is of any kind.
func (t *topics) share() int {
	if t.size == 0 {
		return 0
	}
	return 100 * t.wall / t.size
}

// main is the kind that most of the text is of, None for a text of no kind. Of
// equal kinds the one with more different words counts.
func (t *topics) main() Kind {
	best := None
	for k := Consent; int(k) < kinds; k++ {
		if t.on[k] == 0 {
			continue
		}
		if best == None || t.on[k] > t.on[best] || t.on[k] == t.on[best] && t.distinct[k] > t.distinct[best] {
			best = k
		}
	}
	return best
}

// term is an entry of the vocabulary.
type term struct {
	text  string
	id    int
	kind  Kind
	core  bool
	whole bool // the word ends behind it
}

// terms are the entries by their first three bytes.
var terms = func() map[[3]byte][]term {
	m := map[[3]byte][]term{}
	id := 0
	known := map[string]bool{}
	add := func(kind Kind, words string, core bool) {
		for _, w := range strings.Fields(words) {
			text, whole := strings.CutSuffix(w, "$")
			t := term{text: strings.ReplaceAll(text, "_", " "), id: id, kind: kind, core: core, whole: whole}
			id++
			if len(t.text) < 3 {
				t.text, t.whole = t.text+" ", false
			}
			if name := kind.String() + t.text; len(t.text) >= 3 && !known[name] {
				known[name] = true
				key := [3]byte{t.text[0], t.text[1], t.text[2]}
				m[key] = append(m[key], t)
			}
		}
	}
	for _, v := range vocabulary {
		add(v.kind, v.core, true)
		add(v.kind, v.side, false)
	}
	return m
}()

// topicsOf reads texts up to about limit bytes.
func topicsOf(texts []string, limit int) topics {
	var t topics
	seen := map[int]bool{}
	for _, s := range texts {
		if t.size >= limit {
			break
		}
		for s != "" && t.size < limit {
			var sentence string
			sentence, s = cutSentence(s)
			t.sentence(strings.ToLower(sentence), seen)
		}
	}
	return t
}

// cutSentence cuts off the first sentence.
func cutSentence(s string) (sentence, rest string) {
	for i, r := range s {
		n := i + utf8.RuneLen(r)
		switch r {
		case '。', '！', '？', '।', '…', '؟':
			return s[:n], s[n:]
		case '.', '!', '?', ';', ':':
			if n < len(s) && (s[n] == ' ' || s[n] == '\n') && i > 20 {
				return s[:n], s[n:]
			}
		}
	}
	return s, ""
}

// sentence adds one sentence, in lower case.
func (t *topics) sentence(s string, seen map[int]bool) {
	var core, side [kinds]int
	start := true
	for i := 0; i+3 <= len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		wordy := r < utf8.RuneSelf && ('a' <= r && r <= 'z' || '0' <= r && r <= '9') || r >= utf8.RuneSelf && isWord(r)
		if start || wide(r) {
			t.match(s[i:], &core, &side, seen)
		}
		start = !wordy
		i += n
	}
	size := len(strings.TrimSpace(s))
	t.size += size
	any := false
	for k := range kinds {
		if core[k] > 0 || side[k] >= 2 {
			t.on[k] += size
			any = true
		}
	}
	if any {
		t.wall += size
	}
}

// match counts the terms that s begins with.
func (t *topics) match(s string, core, side *[kinds]int, seen map[int]bool) {
	for _, e := range terms[[3]byte{s[0], s[1], s[2]}] {
		if !strings.HasPrefix(s, e.text) || e.whole && !wordEnds(s[len(e.text):]) {
			continue
		}
		if e.core {
			core[e.kind]++
		} else {
			side[e.kind]++
		}
		if !seen[e.id] {
			seen[e.id] = true
			t.distinct[e.kind]++
		}
	}
}

func wordEnds(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
}
