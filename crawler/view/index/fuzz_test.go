package index

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzSearch: no text that people type is an error of SQLite, words are
// made of what is searched, and marking loses nothing of a text.
func FuzzSearch(f *testing.F) {
	for _, s := range []string{"", "harbour -storm", `"a b" c*`, `"`, `""`, "-", "*", "-*", "東京都 ไทย", "a\"b'c;--", "\x00\xff\u202e", "NEAR(a b)",
		"text:a", "^a", "{a}", "a AND", "(", "ﬁ", "e\u0301", "ー", "ｶﾞ", "İ", "가각", "--a", `-"a b"`, "日", strings.Repeat("a ", 20)} {
		f.Add(s)
	}
	x := open(f, filepath.Join(f.TempDir(), "x.db"))
	f.Cleanup(func() { x.Close() })
	update(f, x, map[string]string{"items.jsonl": article("https://one.example/a", "Port", "The harbour of 東京都 and กรุงเทพ")})
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := x.Search(t.Context(), Query{Text: text, Author: text}); err != nil && !errors.Is(err, ErrQuery) {
			t.Fatalf("search for %q: %v", text, err)
		}
		m, err := NewMarker(text)
		if err != nil {
			return
		}
		whole := ""
		for _, p := range m.Mark(text) {
			whole += p.Text
		}
		if whole != normal(text) {
			t.Errorf("marked %q is %q", text, whole)
		}
		for _, r := range words(text) {
			if f := fold(r); r != ' ' && f.to != r {
				t.Errorf("the words of %q have %q, which is searched as %q", text, r, f.to)
			}
		}
	})
}
