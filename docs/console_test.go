package docs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/cmd/newsonce/cli"
	"github.com/newsonce/newsonce/internal/demosite"
	"github.com/newsonce/newsonce/internal/testpg"
	"github.com/rogpeppe/go-internal/testscript"
)

// withServer stops the PostgreSQL server of the tests, if one was started.
type withServer struct{ m *testing.M }

// Run implements testscript.TestingM.
func (w withServer) Run() int { return testpg.Run(w.m) }

func TestMain(m *testing.M) {
	testscript.Main(withServer{m}, map[string]func(){"newsonce": func() {
		os.Exit(cli.Main(context.Background(), os.Args[1:], cli.Options{}))
	}})
}

// sessions are the pages whose console blocks are run from the first to the last, in an
// empty folder, while the sites of the demo are served. A block of another language
// whose first line names a file, such as "# crawl.yaml", is written to that file first.
var sessions = []string{"tutorial.md", "selectors.md", "politeness.md"}

// ports of the demo's sites in the pages.
var ports = []string{"127.0.0.1:8101", "127.0.0.1:8102", "127.0.0.1:8103"}

// TestSessions runs the commands of pages and compares what they print. Numbers and the
// width of columns may differ. A line "…" stands for any number of lines, and "…" in a
// line for any text.
func TestSessions(t *testing.T) {
	for _, page := range sessions {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			doc := read(t, page)
			world := demosite.New(demosite.Options{Sites: len(ports), Articles: 300})
			stop, err := world.Serve()
			if err != nil {
				t.Fatal(err)
			}
			defer stop()
			world.Publish(5) // as the demo does
			var real, shown []string
			for i, url := range world.URLs() {
				host := strings.TrimPrefix(url, "http://")
				real, shown = append(real, ports[i], host), append(shown, host, ports[i])
			}
			s := session{t: t, dir: t.TempDir(), real: strings.NewReplacer(real...), shown: strings.NewReplacer(shown...)}
			commands := 0
			for _, m := range block.FindAllStringSubmatch(doc, -1) {
				if m[1] == "console" {
					commands += s.run(m[2])
				} else {
					s.write(m[2])
				}
			}
			if commands == 0 {
				t.Error("no command to run")
			}
		})
	}
}

type session struct {
	t           *testing.T
	dir         string
	real, shown *strings.Replacer // from the ports of the page to the real ones, and back
}

var fileName = regexp.MustCompile(`^# ([\w./-]+\.\w+)\n`)

// write writes a block that begins with the name of a file.
func (s *session) write(text string) {
	s.t.Helper()
	m := fileName.FindStringSubmatch(text)
	if m == nil {
		return
	}
	if err := os.WriteFile(filepath.Join(s.dir, m[1]), []byte(s.real.Replace(text)), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// run runs the commands of a block, which follow "$ ", and returns how many there are.
func (s *session) run(text string) (commands int) {
	s.t.Helper()
	for _, part := range strings.Split("\n"+text, "\n$ ")[1:] {
		commands++
		line, want, _ := strings.Cut(part, "\n")
		cmd := exec.CommandContext(s.t.Context(), "sh", "-c", s.real.Replace(line))
		cmd.Dir = s.dir
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			s.t.Fatalf("$ %s: %v", line, err)
		}
		got := strings.ReplaceAll(s.shown.Replace(string(out)), s.dir+"/", "")
		if !pattern(want).MatchString(masked(got)) {
			s.t.Errorf("$ %s\ngot\n%s\nwant\n%s", line, got, want)
		}
	}
	return commands
}

// pattern matches masked output that a page shows as text.
func pattern(text string) *regexp.Regexp {
	parts := strings.Split(masked(text), "…")
	for i, p := range parts {
		parts[i] = regexp.QuoteMeta(strings.TrimSpace(p))
	}
	return regexp.MustCompile(`^` + strings.Join(parts, `.*`) + `$`)
}

// newsonceLine is a command in a shell block, as far as a pipe or a comment.
var newsonceLine = regexp.MustCompile(`(?m)(?:^|[;&|(] ?|while |\$ )newsonce ([^\n#|;>&]*)`)

// inline is a command within a text.
var inline = regexp.MustCompile("`newsonce ([a-z][^`]*)`")

// TestCommandsExist checks that each command in a document exists, with its flags.
func TestCommandsExist(t *testing.T) {
	pages, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, page := range append(pages, "../README.md", "../CONTRIBUTING.md") {
		text := read(t, page)
		var found []string
		for _, b := range append(blocks(text, "sh"), blocks(text, "console")...) {
			for _, m := range newsonceLine.FindAllStringSubmatch(b, -1) {
				found = append(found, m[1])
			}
		}
		for _, m := range inline.FindAllStringSubmatch(text, -1) {
			found = append(found, m[1])
		}
		for _, line := range found {
			n++
			args := append(strings.Fields(strings.NewReplacer("[", "", "]", "", "'", "", `"`, "", "…", "x").Replace(line)), "--help")
			var messages strings.Builder
			if code := cli.Main(t.Context(), args, cli.Options{Out: io.Discard, Err: &messages}); code != 0 {
				t.Errorf("%s: newsonce %s: %s", page, line, &messages)
			}
		}
	}
	t.Log(fmt.Sprint(n, " commands"))
}

// mostWords is the length of a sentence that a reader need not read twice.
const mostWords = 40

var (
	sentenceEnd = regexp.MustCompile(`[.!?:]["'”)*_` + "`" + `]*(?:\s|$)`)
	fenced      = regexp.MustCompile("(?s)```.*?```")
	listItem    = regexp.MustCompile(`(?m)^\s*(?:[-*]|\d+\.|#+|>) `)
)

// TestSentences checks that no sentence is too long.
func TestSentences(t *testing.T) {
	pages, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, "../README.md", "../CONTRIBUTING.md") {
		text := fenced.ReplaceAllString(read(t, page), "\n\n")
		text = listItem.ReplaceAllString(text, "\n\n")
		text = strings.NewReplacer("|", "\n\n").Replace(text)
		for _, paragraph := range regexp.MustCompile(`\n\s*\n`).Split(text, -1) {
			for _, s := range sentenceEnd.Split(paragraph, -1) {
				if n := len(strings.Fields(s)); n > mostWords {
					t.Errorf("%s: a sentence of %d words: %s", page, n, strings.Join(strings.Fields(s), " "))
				}
			}
		}
	}
}
