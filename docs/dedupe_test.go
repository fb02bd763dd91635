package docs_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/cmd/newsonce/cli"
)

var measured = regexp.MustCompile(`\d+(?:\.\d+)?`)

// TestDedupeExamples runs the commands of dedupe.md. What was measured may
// differ, what it came to may not.
func TestDedupeExamples(t *testing.T) {
	doc := read(t, "dedupe.md")
	examples := blocks(doc, "jsonl")
	if len(examples) != 1 {
		t.Fatalf("%d blocks of articles", len(examples))
	}
	file := filepath.Join(t.TempDir(), "examples.jsonl")
	if err := os.WriteFile(file, []byte(examples[0]), 0o644); err != nil {
		t.Fatal(err)
	}
	sessions := blocks(doc, "console")
	if len(sessions) != 4 {
		t.Errorf("%d sessions, want 4", len(sessions))
	}
	for _, session := range sessions {
		command, want, _ := strings.Cut(session, "\n")
		args := strings.Fields(strings.Replace(command, "examples.jsonl", file, 1))[2:] // "$ newsonce"
		var out, talk bytes.Buffer
		if code := cli.Main(t.Context(), args, cli.Options{Out: &out, Err: &talk}); code != 0 {
			t.Errorf("%s: exit %d: %s", command, code, &talk)
		}
		if got := masked(out.String()); got != masked(want) {
			t.Errorf("%s\ngot\n%s\nwant\n%s", command, &out, want)
		}
	}
}

// masked leaves out numbers and the width of columns.
func masked(s string) string {
	return strings.Join(strings.Fields(measured.ReplaceAllString(s, "#")), " ")
}
