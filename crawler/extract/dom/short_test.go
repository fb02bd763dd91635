package dom

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// sameTree fails if the tree of a page, once restored, is not what html.Parse makes.
func sameTree(t *testing.T, page []byte) {
	t.Helper()
	want, err := html.Parse(bytes.NewReader(page))
	tree, gotErr := Parse(page)
	if err != nil || gotErr != nil {
		if err == nil && Bound(page, maxNodes) == len(page) || gotErr == nil {
			t.Fatalf("%.999q: error %v, of html.Parse %v", page, gotErr, err)
		}
		return
	}
	defer tree.Release()
	tree.Restore()
	placeStreamed(page, want)
	equalNodes(t, page, tree.root, want)
}

func equalNodes(t *testing.T, page []byte, got, want *html.Node) {
	t.Helper()
	for got != nil && want != nil {
		if got.Type != want.Type || got.Data != want.Data || got.Namespace != want.Namespace || len(got.Attr) != len(want.Attr) {
			t.Fatalf("%.999q: got %v %q, want %v %q", page, got.Type, got.Data, want.Type, want.Data)
		}
		for i := range got.Attr {
			if got.Attr[i] != want.Attr[i] {
				t.Fatalf("%.999q: got %v, want %v", page, got.Attr[i], want.Attr[i])
			}
		}
		equalNodes(t, page, got.FirstChild, want.FirstChild)
		got, want = got.NextSibling, want.NextSibling
	}
	if got != want {
		t.Fatalf("%.999q: got %v, want %v", page, got, want)
	}
}

// long is a text that is worth a label.
var long = strings.Repeat("var a = 1; ", 8)

var shortPages = []struct {
	name, page string
	cuts       int // that html.Parse is not given; -1: the page was misread
}{
	{"script", "<script>" + long + "</script><p>text", 1},
	{"upper case", "<SCRIPT>" + long + "</Script ><p>text", 1},
	{"style", "<head><style media='a>b'>" + long + "</style><p>text", 1},
	{"comment", "<p>a<!--" + long + "-->b", 1},
	{"short", "<script>var a = 1;</script><p>text", 0},
	{"line ends", "<script>a\r\nb\rc\n" + long + "</script>", 1},
	{"closing tag of another name", "<script>" + long + "</scripts></script-x></ script></script/><p>text", 1},
	{"comment in a script", "<script><!--" + long + "<script></script>--></script><p>text</script>", 0},
	{"comment in a style", "<style><!--" + long + "--></style><p>text", 0},
	{"never closed", "<p>text<script>" + long, 0},
	{"comment never closed", "<p>text<!--" + long, 0},
	{"comment closed early", "<!-->" + long + "--><!--->" + long + "--><!--a--!>" + long + "-->", 0},
	{"comment with hyphens", "<!--" + long + "--->a<!----" + long + "-->b", 2},
	{"tag in an attribute", `<div title="<script>` + long + `</script>"><p>text</div>`, -1},
	{"comment in an attribute", `<div title="<!--` + long + `-->"><p>text</div>`, -1},
	{"closing tag in an attribute", `<script data-a="</script>">` + long + `</script>`, 1},
	{"unquoted attribute", `<script data-a="b"c src=a'b>` + long + `</script>`, 1},
	{"quote without an equals sign", `<script a"b>` + long + `</script>"`, 1},
	{"textarea", "<textarea><script>" + long + "</script></textarea>", 0},
	{"title", "<title><!--" + long + "--></title>", 0},
	{"noscript", "<noscript><style>" + long + "</style></noscript><p>text", 0},
	{"iframe", "<iframe><script>" + long + "</script></iframe>", 0},
	{"xmp", "<xmp><!--" + long + "</xmp>--><p>text", 0},
	{"plaintext", "<plaintext><script>" + long + "</script>", 0},
	{"svg", "<svg><style>" + long + "<b>a</b></style></svg><p>text", 0},
	{"svg without content", "<svg/><style>" + long + "</style>", 1},
	{"svg in svg", "<svg><svg></svg><style>" + long + "</style></svg>", -1},
	{"cdata", "<svg><desc><![CDATA[<script>" + long + "</script>]]></desc></svg>", 0},
	{"math", "<math><style>" + long + "</style></math>", -1},
	{"template", "<template><script>" + long + "</script><p>a</template>", 1},
	{"in a table", "<table><script>" + long + "</script><!--" + long + "--><tr><td>a</table>", 2},
	{"after the head", "<head></head><script>" + long + "</script><body>a", 1},
	{"after the body", "<body>a</body></html><!--" + long + "--><script>" + long + "</script>", 2},
	{"in a select", "<select><option>a<script>" + long + "</script></select>", 1},
	{"entity in a comment", "<!--&lt;&nbsp;\r\n&#13;" + long + "-->", 1},
	{"entity in a script", "<script>&lt;" + long + "</script>", 1},
	{"in a frameset", "<frameset><script>" + long + "</script><frame></frameset>", -1},
	{"empty", "<script></script><style></style><!----><p>text", 0},
	{"two in turn", "<script>" + long + "</script><script>" + long + "2</script><!--" + long + "-->", 3},
	{"a label", "<script>" + label + "0</script><script>" + long + "</script>", 0},
	{"zero", "<script>a\x00" + long + "</script>", 0},
	{"end of input", "<script>" + long + "</script", 0},
	{"end in a tag", "<script a='", 0},
	{"declaration", "<!DOCTYPE html><?php <script>" + long + "</script>?><p>text", -1},
}

func TestShortPageHasTheSameTree(t *testing.T) {
	for _, c := range shortPages {
		t.Run(c.name, func(t *testing.T) {
			sameTree(t, []byte(c.page))
			tree, err := Parse([]byte(c.page))
			if err != nil {
				t.Fatal(err)
			}
			defer tree.Release()
			_, cuts := shorten([]byte(c.page), nil, nil)
			if misread := len(cuts) > 0 && len(tree.cuts) == 0; misread != (c.cuts < 0) || !misread && len(cuts) != c.cuts {
				t.Errorf("%q: %d cuts, misread %t, want %d", c.page, len(cuts), misread, c.cuts)
			}
		})
	}
}

// TestTextsAreReadOnDemand requires that no label is left in a tree that nobody has
// read the scripts of, and that Script reads them.
func TestTextsAreReadOnDemand(t *testing.T) {
	tree, err := Parse([]byte("<script> \n" + long + "</script><style>" + long + "</style><script>b</script><!--" + long + "-->"))
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Release()
	for _, n := range tree.Nodes {
		if strings.Contains(n.Data, label) {
			t.Errorf("a node holds %q", n.Data)
		}
	}
	scripts := tree.Scripts()
	if len(scripts) != 2 {
		t.Fatalf("%d scripts, want 2", len(scripts))
	}
	if !scripts[0].Begins("var a") || scripts[0].Begins("b") || !scripts[1].Begins("b") || scripts[1].Begins("var a") {
		t.Error("Begins is wrong about a script")
	}
	if got := scripts[0].Text(); got != " \n"+long {
		t.Errorf("first script: %q", got)
	}
	if !scripts[0].Begins("var a") || scripts[0].Begins("b") {
		t.Error("Begins is wrong about a script that was read")
	}
	if got := scripts[1].Text(); got != "b" {
		t.Errorf("second script: %q", got)
	}
}

// TestRealPagesHaveTheSameTree compares the trees of all open pages.
func TestRealPagesHaveTheSameTree(t *testing.T) {
	dir := os.Getenv("NEWSONCE_DATA")
	if dir == "" {
		t.Skip("NEWSONCE_DATA is not set: no pages to compare")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "html", "*"))
	more, moreErr := filepath.Glob(filepath.Join(dir, "extract", "*", "html", "*"))
	if files = append(files, more...); err != nil || moreErr != nil || len(files) == 0 {
		t.Fatalf("%d pages in %s: %v, %v", len(files), dir, err, moreErr)
	}
	for _, f := range files {
		page, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(f), func(t *testing.T) { sameTree(t, page) })
	}
}

func FuzzShort(f *testing.F) {
	for _, c := range shortPages {
		f.Add([]byte(strings.ReplaceAll(c.page, long, "#")))
	}
	// "#" stands for a long text, so that short inputs have texts that are cut.
	f.Fuzz(func(t *testing.T, page []byte) { sameTree(t, bytes.ReplaceAll(page, []byte("#"), []byte(long))) })
}

func TestMaybeStreamed(t *testing.T) {
	for page, want := range map[string]bool{
		``: false, `S:`: false, `S:0`: false, `"S`: false, `"S:`: true, `<div hidden id="S:0">`: true,
		`'S:0'`: false, `CSS:1 id="S:1"`: true, `"SS:`: false, `S:"S:`: true, `S:S:`: false, `"S :`: false, `"s:`: false,
	} {
		if got := maybeStreamed([]byte(page)); got != want {
			t.Errorf("%q: got %v, want %v", page, got, want)
		}
	}
}

// TestLineEnds has one kind of line end in a text that was left out, wherever it stands.
func TestLineEnds(t *testing.T) {
	for in, want := range map[string]string{"\ra": "\na", "\r\na": "\na", "a\r": "a\n", "a\r\nb\rc\n": "a\nb\nc\n", "a": "a"} {
		c := cut{text: []byte(in), node: &html.Node{}}
		if c.read(); c.node.Data != want {
			t.Errorf("%q: got %q, want %q", in, c.node.Data, want)
		}
	}
}
