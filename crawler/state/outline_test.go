package state

import (
	"fmt"
	"github.com/zeebo/xxh3"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// outline is that of paragraphs given as words; one in parentheses is a counter.
func outline(title, paragraphs string) Outline {
	var list []Paragraph
	for p := range strings.FieldsSeq(paragraphs) {
		list = append(list, Paragraph{p, strings.HasPrefix(p, "(")})
	}
	return NewOutline(xxh3.HashString(title), list)
}

func TestChanges(t *testing.T) {
	for _, tt := range []struct {
		name, before, after string
		title               string
		want                Changes
		trivial             bool
	}{
		{"nothing", "a b c", "a b c", "t", Changes{}, true},
		{"the title", "a b c", "a b c", "other", Changes{Title: true}, false},
		{"one more at the end", "a b", "a b c", "t", Changes{Added: 1}, false},
		{"one more at the start", "b c", "a b c", "t", Changes{Added: 1}, false},
		{"one less", "a b c", "a c", "t", Changes{Removed: 1}, false},
		{"one rewritten", "a b c", "a x c", "t", Changes{Changed: 1}, false},
		{"one rewritten, one added behind it", "a b c", "a x y c", "t", Changes{Changed: 1, Added: 1}, false},
		{"one moved", "a b c", "b c a", "t", Changes{Removed: 1, Added: 1}, false},
		{"all", "a b", "x y z", "t", Changes{Changed: 2, Added: 1}, false},
		{"from nothing", "", "a", "t", Changes{Added: 1}, false},
		{"a counter", "a (12-comments)", "a (14-comments)", "t", Changes{Changed: 1}, true},
		{"a counter with more digits", "a (9-comments) b", "a (1400-comments) b", "t", Changes{Changed: 1}, true},
		{"two counters", "(1) a (2)", "(3) a (4)", "t", Changes{Changed: 2}, true},
		{"a number in the text", "a 12-dead", "a 14-dead", "t", Changes{Changed: 1}, false},
		{"a counter and the text", "a (1)", "x (2)", "t", Changes{Changed: 2}, false},
		{"a counter and the title", "a (1)", "a (2)", "other", Changes{Title: true, Changed: 1}, false},
		{"a counter that says something else", "a (1-comment)", "a (2-comments)", "t", Changes{Changed: 1}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before, after := outline("t", tt.before), outline(tt.title, tt.after)
			if got := before.Changes(after); got == nil || *got != tt.want {
				t.Errorf("changes %+v, want %+v", got, tt.want)
			}
			if got := before.Trivial(after); got != tt.trivial {
				t.Errorf("trivial: %v, want %v", got, tt.trivial)
			}
		})
	}
	if got := Outline(nil).Changes(outline("t", "a")); got != nil {
		t.Errorf("changes from what is not known: %+v", got)
	}
	if Outline(nil).Trivial(nil) {
		t.Error("what is not known is trivial")
	}
}

func TestLongOutlines(t *testing.T) {
	long := make([]Paragraph, 3*maxOutline)
	for i := range long {
		long[i].Text = fmt.Sprint("paragraph ", i)
	}
	before := NewOutline(1, long)
	if n := before.len(); n != maxOutline {
		t.Fatalf("%d paragraphs are kept, want %d", n, maxOutline)
	}
	long[len(long)-1] = Paragraph{"12", true}
	middle := NewOutline(1, long)
	if got := before.Changes(middle); *got != (Changes{Changed: 1}) {
		t.Errorf("a change far behind is %+v", *got)
	}
	long[len(long)-1] = Paragraph{"14", true}
	if middle.Trivial(NewOutline(1, long)) {
		t.Error("a change far behind is trivial")
	}
	if got := NewOutline(1, long[:maxOutline]).len(); got != maxOutline {
		t.Errorf("%d paragraphs are kept of %d", got, maxOutline)
	}
}

// TestChangesAddUp: what stays, comes and goes are the paragraphs of both.
func TestChangesAddUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		draw := func(label string) []string {
			return rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d", "(1)"}), 0, 12).Draw(rt, label)
		}
		before, after := draw("before"), draw("after")
		c := outline("t", strings.Join(before, " ")).Changes(outline("t", strings.Join(after, " ")))
		kept := len(before) - c.Removed - c.Changed
		if kept != len(after)-c.Added-c.Changed || kept < 0 || c.Added > 0 && c.Removed+c.Changed+kept > len(before) {
			rt.Fatalf("from %q to %q: %+v", before, after, *c)
		}
		if same := slices.Equal(before, after); same != (*c == Changes{}) {
			rt.Fatalf("from %q to %q: %+v", before, after, *c)
		}
	})
}

func TestMasked(t *testing.T) {
	for text, want := range map[string]string{
		"":                    "",
		"no number":           "no number",
		"12":                  "0",
		"12 comments":         "0 comments",
		"seen 1,234 times 56": "seen 0,0 times 0",
		"٣٤ تعليق 5":          "0 تعليق 0",
		"été 7 ü":             "été 0 ü",
	} {
		if got := masked(text); got != want {
			t.Errorf("masked(%q) = %q, want %q", text, got, want)
		}
	}
}
