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

// TestDedupeExamples runs the commands of dedupe.md. Numbers may differ, verdicts
// may not.
func TestDedupeExamples(t *testing.T) {
	doc := read(t, "dedupe.md")
	examples := blocks(doc, "jsonl")
	if len(examples) != 1 {
		t.Fatalf("%d blocks of articles, want 1", len(examples))
	}
	file := filepath.Join(t.TempDir(), "examples.jsonl")
	if err := os.WriteFile(file, []byte(examples[0]), 0o644); err != nil {
		t.Fatal(err)
	}
	sessions := blocks(doc, "console")
	if len(sessions) != 5 {
		t.Errorf("%d sessions, want 5", len(sessions))
	}
	for _, session := range sessions {
		command, want, _ := strings.Cut(session, "\n")
		args := strings.Fields(strings.Replace(command, "examples.jsonl", file, 1))[2:] // "$ newsonce"
		var out, messages bytes.Buffer
		if code := cli.Main(t.Context(), args, cli.Options{Out: &out, Err: &messages}); code != 0 {
			t.Errorf("%s: exit %d: %s", command, code, &messages)
		}
		if got := masked(out.String()); got != masked(want) {
			t.Errorf("%s\ngot\n%s\nwant\n%s", command, &out, want)
		}
	}
}

// masked replaces numbers and the width of columns.
func masked(s string) string {
	return strings.Join(strings.Fields(measured.ReplaceAllString(s, "#")), " ")
}
