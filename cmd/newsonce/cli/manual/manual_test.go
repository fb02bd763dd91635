package manual

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/docs"
	"github.com/spf13/cobra"
)

const sample = `# Title

A paragraph of
two lines with ` + "`code`" + `, **strong**, [a page](#page) and [a site](https://go.example/).

- one
  and more
- two

## Part

` + "```yaml\nkey: '\\d'\n.dot\n```" + `

| key | type | default | meaning |
|---|---|---|---|
| ` + "`a\\|b`" + ` | text | | What it means. |

### Deeper
`

func TestText(t *testing.T) {
	const want = `TITLE

A paragraph of two lines with code, strong,
a page and a site <https://go.example/>.

  - one and more
  - two

PART

    key: '\d'
    .dot

  a|b (type: text)
      What it means.

Deeper
`
	if got := Text(sample, 44); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestDocument(t *testing.T) {
	const want = `.TH "NEWSONCE-X" 5 "2026-12-01" "newsonce 1.2.3" "newsonce manual"
.nh
.ad l
.SH NAME
newsonce\-x \- Short
.SH DESCRIPTION
A paragraph of two lines with \fBcode\fR, \fBstrong\fR, a page and a site <https://go.example/>.
.IP \(bu 2
one and more
.IP \(bu 2
two
.SH PART
.RS 2
.nf
key: \(aq\ed\(aq
\&.dot
.fi
.RE
.TP
\fBa|b\fR  (type: text)
What it means.
.SS Deeper
.SH SEE ALSO
.BR newsonce (1)
`
	p := &printer{date: "2026-12-01", version: "1.2.3"}
	if got := p.document("newsonce-x", 5, "Short", sample); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestCommandPages(t *testing.T) {
	root := &cobra.Command{Use: "prog", Short: "Does things"}
	root.PersistentFlags().StringP("config", "c", "x.yaml", "configuration `FILE`")
	sub := &cobra.Command{Use: "sub FILE", Short: "Does one thing", Long: "Does one thing.\n\n  as is\n\nMore.",
		Example: "  prog sub a.txt", Run: func(*cobra.Command, []string) {}}
	sub.Flags().Bool("dry-run", false, ".dots are kept")
	hidden := &cobra.Command{Use: "hidden", Hidden: true, Run: sub.Run}
	root.AddCommand(sub, hidden)
	dir := t.TempDir()
	n, err := Write(dir, root, "1.2.3", time.Unix(1764547200, 0))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		names = append(names, f.Name())
	}
	want := []string{"prog-config.5", "prog-exit-codes.7", "prog-items.5", "prog-sources.5", "prog-sub.1", "prog.1"}
	if !slices.Equal(names, want) || n != len(want) {
		t.Errorf("%d pages %v, want %v", n, names, want)
	}
	page, err := os.ReadFile(filepath.Join(dir, "prog-sub.1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		`.TH "PROG-SUB" 1 "2025-12-01" "newsonce 1.2.3"`, "\\fBprog sub\\fR FILE [flags]\n",
		".SH DESCRIPTION\nDoes one thing.\n.PP\n.RS 2\n.nf\n  as is\n.fi\n.RE\n.PP\nMore.\n",
		"\\fB\\-\\-dry\\-run\\fR\n\\&.dots are kept\n",
		".SH GLOBAL OPTIONS\n.TP\n\\fB\\-c\\fR, \\fB\\-\\-config\\fR \\fIFILE\\fR\nconfiguration FILE (default x.yaml)\n",
		".SH EXAMPLES\n.RS 2\n.nf\n  prog sub a.txt\n",
	} {
		if !strings.Contains(string(page), part) {
			t.Errorf("no %q in\n%s", part, page)
		}
	}
}

// TestItemsNameEveryKey checks that each key of the schema is described.
func TestItemsNameEveryKey(t *testing.T) {
	var schema struct {
		Defs map[string]struct {
			Properties map[string]any
		} `json:"$defs"`
	}
	if err := json.Unmarshal(docs.ItemSchema, &schema); err != nil {
		t.Fatal(err)
	}
	for _, section := range strings.Split(keys(), "\n## Keys of ")[1:] {
		name, _, _ := strings.Cut(section, "\n")
		want := schema.Defs[name].Properties
		if len(want) == 0 {
			t.Errorf("%s has no keys in the schema", name)
		}
		for _, key := range slices.Sorted(maps.Keys(want)) {
			_, after, ok := strings.Cut(section, "| `"+key+"` | ")
			if text, _, _ := strings.Cut(after, " |"); !ok || text == "" {
				t.Errorf("%s: no description of %s", name, key)
			}
		}
	}
}
