package dom

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html/atom"
)

const atomB = atom.B

func parse(t testing.TB, page string) *Tree {
	t.Helper()
	tree, err := Parse([]byte(page))
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// byID returns the element with an id.
func byID(t testing.TB, tree *Tree, id string) int32 {
	t.Helper()
	for i := range tree.Len() {
		if Attr(tree.Nodes[i], "id") == id {
			return i
		}
	}
	t.Fatalf("no element %q", id)
	return -1
}

func TestClean(t *testing.T) {
	for s, want := range map[string]string{
		"": "", " ": "", "a": "a", "a b": "a b", " a  b\t\n": "a b", "a\u00a0b": "a b", "a\u200bb\u00ad": "ab",
		"a\u2800b": "a b", "a\x7fb": "a b", "a\x01b": "a b", "é  é ": "é é", "a\u0085b": "a b",
		"a\u0084b": "ab", "a\u202ab\u202ec": "abc", "a\u2066b\u2069c": "abc", "a\u200db": "a\u200db", "~": "~",
		" a": "a", "a ": "a", "a\u2029b": "a b", "a\ufeffb": "ab", "a\u009fb": "ab",
		"a\u2065b\u206ac": "a\u2065b\u206ac",
	} {
		if got := Clean(s); got != want {
			t.Errorf("Clean(%q) = %q, want %q", s, got, want)
		}
	}
	for s, want := range map[string]bool{
		"": true, "a b": true, "~": true, " a": false, "a ": false, "a  b": false, "a\tb": false,
		"a\x7f": false, "é": false, "!": true,
	} {
		if got := isClean(s); got != want {
			t.Errorf("isClean(%q) = %v", s, got)
		}
	}
	for r, want := range map[rune]bool{
		0x7f: false, 0x80: true, 0x9f: true, 0xa0: false, 0x2029: false, 0x202a: true, 0x202e: true, 0x202f: false, 0x2065: false, 0x2066: true, 0x2069: true, 0x206a: false, 0xad: true, 'a': false, 0xfffc: true,
	} {
		if got := Invisible(r); got != want {
			t.Errorf("Invisible(%U) = %v", r, got)
		}
	}
}

// TestText reads subtrees.
func TestText(t *testing.T) {
	tree := parse(t, `<div id=a>One<b>two</b> three<br>four<p id=p>five</p>six<script>x()</script><i hidden>y</i></div><p id=b> seven  eight </p><p id=c hidden>nine</p><p id=d></p>`)
	a, p := byID(t, tree, "a"), byID(t, tree, "p")
	for _, tt := range []struct {
		id   string
		skip []int32
		want string
	}{
		{"a", nil, "Onetwo three four five six"}, {"a", []int32{p}, "Onetwo three foursix"},
		{"a", []int32{a}, ""}, {"p", nil, "five"}, {"p", []int32{p}, ""},
		{"b", nil, "seven eight"}, {"c", nil, ""}, {"d", nil, ""},
	} {
		if got := tree.Text(byID(t, tree, tt.id), tt.skip); got != tt.want {
			t.Errorf("%s without %v: %q, want %q", tt.id, tt.skip, got, tt.want)
		}
	}
	if got := tree.Text(p+1, nil); got != "five" {
		t.Errorf("a text node: %q", got)
	}
	if got := tree.TextBetween(a, tree.End[a]); got != "Onetwo threefourfivesix" {
		t.Errorf("text nodes: %q", got)
	}
	for _, tt := range []struct {
		from, to int32
		want     int
	}{{0, tree.Len(), 3 + 3 + 5 + 4 + 4 + 3 + len("seven  eight")}, {p, tree.End[p], 4}, {p, p, 0}, {p, a, 0}, {byID(t, tree, "c"), tree.Len(), 0}} {
		if got := tree.TextSize(tt.from, tt.to); got != tt.want {
			t.Errorf("size of [%d, %d): %d, want %d", tt.from, tt.to, got, tt.want)
		}
	}
}

// TestLines cuts a page into lines.
func TestLines(t *testing.T) {
	const page = `<h1>The title</h1>Bare <a href=x>link</a><p id=p>One <b>two</b><br>three<br><br><b>four</b><a name=x>five</a></p>` +
		`<div id=d><b>six</b> <strong>seven</strong><span class="sr-only">aloud</span><span style="clip: rect(1px)">aloud</span><span style="clip: auto">shown</span><i class="sr-only">shown too</i></div>` +
		`<p>&nbsp;</p><div>a<p>b</p>c<br></div><p><a href=y><i>eight</i></a> nine</p>`
	describe := func(lines []Line) (list []string) {
		for _, l := range lines {
			s := fmt.Sprintf("%s/%d/%d", l.Text, l.Breaks, l.Link)
			if l.Bold {
				s += "/bold"
			}
			list = append(list, s)
		}
		return list
	}
	tree := parse(t, page)
	want := []string{"The title/0/0/bold", "Bare link/0/5", "One two/0/0", "three/1/0", "fourfive/2/0", "six sevenshownshown too/0/0", "a/0/0", "b/0/0", "c/0/0", "eight nine/0/5"}
	if got := describe(tree.Lines()); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	p := byID(t, tree, "p")
	if got := describe(tree.LinesIn(p, nil)); !slices.Equal(got, want[2:5]) {
		t.Errorf("in the paragraph: %q", got)
	}
	if got := describe(tree.LinesIn(p, []int32{tree.Find(atom.B, p, tree.Len())})); !slices.Equal(got, []string{"One/0/0", "three/1/0", "fourfive/2/0"}) {
		t.Errorf("without the first bold word: %q", got)
	}
	lines := tree.Lines()
	if l := lines[2]; l.Owner != p || l.First != p+1 || l.Last != p+3 {
		t.Errorf("a line of two texts: %+v of paragraph %d", l, p)
	}
	for k, l := range lines {
		if got := tree.LineFrom(l.First); got != k {
			t.Errorf("LineFrom the first text of line %d: %d", k, got)
		}
		if got := tree.LineFrom(l.First + 1); got != k+1 {
			t.Errorf("LineFrom after the first text of line %d: %d", k, got)
		}
		if got := tree.LineAt(l.Last); got != k {
			t.Errorf("LineAt the last text of line %d: %d", k, got)
		}
		if got := tree.LineAt(l.Last + 1); got != k+1 {
			t.Errorf("LineAt after the last text of line %d: %d", k, got)
		}
	}
}

func TestRunning(t *testing.T) {
	text := func(n int, end string) string { return strings.Repeat("x", n-len(end)) + end }
	for _, tt := range []struct {
		name string
		l    Line
		want bool
	}{
		{"long", Line{Text: text(80, "")}, true}, {"shorter", Line{Text: text(79, "")}, false},
		{"a sentence", Line{Text: text(40, ".")}, true}, {"a shorter sentence", Line{Text: text(39, ".")}, false},
		{"in a wide script", Line{Text: text(40, "文")}, true}, {"no sentence", Line{Text: text(40, "")}, false},
		{"half of it links", Line{Text: text(80, ""), Link: 40}, true},
		{"more of it links", Line{Text: text(80, ""), Link: 41}, false},
	} {
		if got := tt.l.Running(); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestParagraphs joins lines that <br> separate.
func TestParagraphs(t *testing.T) {
	long, short := strings.Repeat("x", 80), strings.Repeat("y", 79)
	line := func(text string, owner int32, breaks int, first int32) Line {
		return Line{Text: text, Owner: owner, Breaks: breaks, First: first, Last: first + 1}
	}
	for _, tt := range []struct {
		name  string
		lines []Line
		want  []Paragraph
	}{
		{"none", nil, nil},
		{"blocks", []Line{line("a", 1, 0, 1), line("b", 2, 0, 5)}, []Paragraph{{"a", 1, 2}, {"b", 5, 6}}},
		{"a block after <br>", []Line{line("a", 1, 0, 1), line("b", 2, 1, 5)}, []Paragraph{{"a", 1, 2}, {"b", 5, 6}}},
		{
			"short lines", []Line{line(short, 1, 0, 1), line(short, 1, 1, 5)},
			[]Paragraph{{short + "\n" + short, 1, 6}},
		},
		{"long lines", []Line{line(long, 1, 0, 1), line(long, 1, 1, 5)}, []Paragraph{{long, 1, 2}, {long, 5, 6}}},
		{
			"lines of mean length", []Line{line(long+"x", 1, 0, 1), line(short, 1, 1, 5)},
			[]Paragraph{{long + "x", 1, 2}, {short, 5, 6}},
		},
		{
			"long lines, two <br> once", []Line{line(long, 1, 0, 1), line(long, 1, 1, 5), line("c", 1, 2, 9)},
			[]Paragraph{{long + "\n" + long, 1, 6}, {"c", 9, 10}},
		},
		{
			"two <br>", []Line{line("a", 1, 0, 1), line("b", 1, 2, 5), line("c", 1, 1, 9), line("d", 1, 3, 13)},
			[]Paragraph{{"a", 1, 2}, {"b\nc", 5, 10}, {"d", 13, 14}},
		},
	} {
		got := Paragraphs(tt.lines)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
		for k, text := range Texts(got) {
			if text != tt.want[k].Text {
				t.Errorf("%s: text %q", tt.name, text)
			}
		}
	}
}

// TestTree walks up, down and across.
func TestTree(t *testing.T) {
	tree := parse(t, `<div id=a class=x><p id=b class=x class=y>t</p><p id=c class=x><b id=d>u</b></p></div><p id=e itemprop=name>v</p><meta itemprop=n><link href=x><area href=z id=f>`)
	a, b, c, d, e := byID(t, tree, "a"), byID(t, tree, "b"), byID(t, tree, "c"), byID(t, tree, "d"), byID(t, tree, "e")
	body := tree.Parent[a]
	for _, tt := range []struct {
		name      string
		got, want any
	}{
		{"within itself", tree.Within(a, a), true}, {"within", tree.Within(d, a), true},
		{"not within", tree.Within(a, d), false}, {"after", tree.Within(e, a), false},
		{"within none", tree.Within(0, -1), false}, {"the topmost within itself", tree.Within(0, 0), true},
		{"the last within", tree.Within(tree.End[a]-1, a), true}, {"the next", tree.Within(tree.End[a], a), false},
		{"common", tree.Common(b, d), a}, {"common of itself", tree.Common(d, d), d},
		{"common of none", tree.Common(-1, d), int32(-1)}, {"common of an ancestor", tree.Common(d, a), a},
		{"common with e", tree.Common(d, e), body},
		{"closest", tree.Closest(d, atom.Div), a}, {"closest itself", tree.Closest(d, atom.B), d},
		{"none closest", tree.Closest(d, atom.H1), int32(-1)},
		{"find", tree.Find(atom.P, 0, tree.Len()), b}, {"find from it", tree.Find(atom.P, b, tree.Len()), b},
		{"find after it", tree.Find(atom.P, b+1, tree.Len()), c},
		{"find before it", tree.Find(atom.P, 0, b), int32(-1)},
		{"depth", tree.Depth(d, a), 2}, {"depth of itself", tree.Depth(a, a), 0},
		{"depth from the top", tree.Depth(body, -1), 2},
		{"kind", tree.KindOf(c), Kind{a, atom.P, "x"}}, {"text", tree.IsText(b + 1), true},
		{"no text", tree.IsText(b), false},
		{"classed", slices.Equal(tree.Classed, []int32{a, b, c}), true},
		{"microdata", slices.Equal(tree.Microdata, []int32{e}), true},
		{"links", slices.Equal(tree.Links, []int32{byID(t, tree, "f")}), true},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}

// TestHeadings looks for headings in and around elements.
func TestHeadings(t *testing.T) {
	tree := parse(t, `<div id=a><h2 id=h><a id=b><i id=c><u id=d>x</u></i></a></h2></div><p id=e>y</p><div id=f><h3 id=g>z</h3></div>`)
	id := func(s string) int32 { return byID(t, tree, s) }
	for s, want := range map[string][3]any{ // in, around, other than h
		"a": {id("h"), false, false}, "h": {id("h"), true, false}, "b": {int32(-1), true, false},
		"c": {int32(-1), true, false}, "d": {int32(-1), false, false}, "e": {int32(-1), false, false},
		"f": {id("g"), false, true}, "g": {id("g"), true, true},
	} {
		i := id(s)
		if got := [3]any{tree.HeadingIn(i), tree.HeadingAround(i), tree.OtherHeading(id("h"), i)}; got != want {
			t.Errorf("%s: %v, want %v", s, got, want)
		}
		if got, want := tree.Headed(i), want[0] != int32(-1) || want[1] == true; got != want {
			t.Errorf("%s: headed %v, want %v", s, got, want)
		}
	}
	for a, want := range map[atom.Atom]bool{atom.H1: true, atom.H6: true, atom.Header: false, atom.P: false} {
		if IsHeading(a) != want {
			t.Errorf("%v: heading %v", a, !want)
		}
	}
}

// TestTemplates lists templates, in elements and in scripts, but not one in another.
func TestTemplates(t *testing.T) {
	tree := parse(t, `<template><p>One</p><template>in</template></template><p>x</p><template>two</template><script type="text/x-tmpl"><b>three</b></script>`+
		`<script type="text/html">four</script><script type="Text/Template">five</script><script>six</script><script type="module">seven</script>`)
	want := []string{"<p>One</p><template>in</template>", "two", "<b>three</b>", "four", "five"}
	if got := tree.Templates(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestStreamed moves the parts of a page to their places.
func TestStreamed(t *testing.T) {
	for _, tt := range []struct{ name, page, want string }{
		{"moved", `<div>a <template id="B:0"></template> c</div><div hidden id="S:0">b</div>`, "a b c"},
		{"no place", `<div>a</div><div hidden id="S:0">b</div>`, "a b"},
		{
			"the place within the part",
			`<div>a</div><div hidden id="S:0">b <template id="B:0"></template></div>`, "a b",
		},
		{
			"two parts for one place",
			`<div>a <template id="B:0"></template></div><div hidden id="S:0">b</div><div hidden id="S:0">c</div>`,
			"a b c",
		},
		{"another place", `<div>a <template id="B:1"></template> c</div><div hidden id="S:0">b</div>`, "a c b"},
		{"hidden for good", `<div>a</div><div hidden id="T:0">b</div><i id="S:1">c</i>`, "a c"},
	} {
		tree := parse(t, tt.page)
		if got := tree.Text(0, nil); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
