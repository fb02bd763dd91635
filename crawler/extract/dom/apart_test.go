package dom

import (
	"strings"
	"testing"

	"golang.org/x/net/html/atom"
)

// parsed returns the tree of a fragment in a div.
func parsed(t *testing.T, fragment string) *Tree {
	t.Helper()
	tree, err := Parse([]byte("<body><div>" + fragment + "</div>"))
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// TestApart: what WordsOf sets apart, and the pieces of a line.
func TestApart(t *testing.T) {
	for fragment, want := range map[string]string{
		"<b>Quay</b>Timber":                            "Quay Timber|Quay/Timber",
		"<b>T</b>imber":                                "Timber|Timber",
		"<b>T</b>Imber":                                "TImber|TImber",
		"<b>1</b>Timber":                               "1 Timber|1/Timber",
		"<b>1</b>timber":                               "1timber|1timber",
		"<em>Tim</em>ber":                              "Timber|Timber",
		"Tim<em>ber</em>":                              "Timber|Timber",
		"CO<sub>2</sub>":                               "CO2|CO",
		"Quay<sup>Note</sup>":                          "QuayNote|Quay",
		"<sup>Note</sup>Quay":                          "NoteQuay|Quay",
		"<i>Quay:</i>timber":                           "Quay: timber|Quay:/timber",
		"<i>Quay</i>: timber":                          "Quay: timber|Quay/: timber",
		"<i>QU</i>TIMBER":                              "QUTIMBER|QUTIMBER",
		"<b>quay</b><i>timber</i>":                     "quay timber|quay/timber",
		"<b>quay</b><b>timber</b>":                     "quaytimber|quaytimber",
		`<b class="a">quay</b><b class="b">timber</b>`: "quay timber|quay/timber",
		`<b class="a">q</b><b class="b">uay</b>`:       "quay|quay",
		`<b class="a">qua</b><b class="b">y</b>`:       "quay|quay",
		"<b><i>quay</i></b><b>timber</b>":              "quaytimber|quaytimber",
		"<a href=/1>quay</a><a href=/2>timber</a>":     "quay timber|quay/timber",
		"<b>港湾</b><i>木材</i>":                           "港湾 木材|港湾/木材",
		"<b>港湾</b><b>木材</b>":                           "港湾木材|港湾/木材",
		"<b>港湾</b>木材":                                  "港湾木材|港湾木材",
		"<b>Quay</b> <i>Timber</i>":                    "Quay Timber|Quay/Timber",
		"<b> </b>Quay":                                 "Quay|Quay",
		"<b hidden>Quay</b>Timber":                     "Timber|Timber",
		"<b>Quay</b><script>x</script>Timber":          "Quay Timber|Quay/Timber",
		"<p>quay</p>timber":                            "quay timber|quaytimber",
	} {
		tree := parsed(t, fragment)
		div := tree.Find(atom.Div, 0, tree.Len())
		var pieces []string
		for _, p := range tree.Pieces(div, tree.End[div]-1) {
			pieces = append(pieces, p.Text)
		}
		if got := tree.WordsOf(div, nil) + "|" + strings.Join(pieces, "/"); got != want {
			t.Errorf("%s: got %q, want %q", fragment, got, want)
		}
	}
}

// TestColon: elements that end in a colon, or are followed by one.
func TestColon(t *testing.T) {
	for fragment, want := range map[string]bool{
		"<b>Quay:</b> timber": true, "<b>Quay</b>: timber": true, "<b>Quay</b><i> : timber</i>": true,
		"<b>Quay</b> timber: it": false, "<b>Quay</b>": false, "<b>Qu:ay</b>": false,
	} {
		tree := parsed(t, fragment)
		for i := range tree.Len() {
			if tree.Nodes[i].Data == "b" && tree.Colon(i) != want {
				t.Errorf("Colon(%s) = %v", fragment, !want)
			}
		}
	}
}
