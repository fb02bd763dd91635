package dom

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPhrases(t *testing.T) {
	p := NewPhrases("she", "hers", "his", "e-mail", "подпи")
	for in, want := range map[string]bool{
		"": false, "sh": false, "ushers": true, "HIS": true, "hi s": false, "my E-Mail": true, "he": false, "ahishe": true, "подпишитесь": true, "под пи": false,
	} {
		if got := p.In(in); got != want {
			t.Errorf("in(%q) = %v", in, got)
		}
	}
}

// One pass finds what a search for each of the strings does.
func TestPhrasesIsContains(t *testing.T) {
	word := rapid.StringMatching(`[ab-]{1,5}`)
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(word, 1, 12).Draw(t, "list")
		s := rapid.StringMatching(`[abcAB-]{0,40}`).Draw(t, "text")
		if got, want := NewPhrases(list...).In(s), ContainsAny(strings.ToLower(s), list...); got != want {
			t.Fatalf("%q in %q: %v, want %v", list, s, got, want)
		}
	})
}
