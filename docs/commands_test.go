package docs_test

import (
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/cmd/newsonce/cli"
)

var update = flag.Bool("update", false, "write commands.md")

const commandsIntro = `# Commands

Every command and flag of newsonce, as ` + "`newsonce COMMAND --help`" + ` shows them. ` + "`newsonce man DIR`" + ` writes the same as manual pages.

Data goes to standard output, messages to standard error. A flag overrides the variable ` + "`NEWSONCE_…`" + `, which overrides crawl.yaml
([precedence](configuration.md#variables-and-precedence)).
`

// TestCommandsPage compares commands.md with the help of the program.
func TestCommandsPage(t *testing.T) {
	var b strings.Builder
	b.WriteString(commandsIntro)
	describe(t, &b, nil)
	if *update {
		if err := os.WriteFile("commands.md", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if b.String() != read(t, "commands.md") {
		t.Error("commands.md is not what the program says; run go test ./docs -run CommandsPage -update")
	}
}

var (
	subcommands = regexp.MustCompile(`(?ms)^Commands:\n(.*?)\n\n`)
	globalFlags = regexp.MustCompile(`(?ms)^Global flags:\n.*?\n\n`)
)

// describe writes the help of a command and of its subcommands.
func describe(t *testing.T, b *strings.Builder, command []string) {
	t.Helper()
	var out strings.Builder
	args := append(command[:len(command):len(command)], "--help")
	if code := cli.Main(t.Context(), args, cli.Options{Out: &out, Err: io.Discard}); code != 0 {
		t.Fatalf("newsonce %s: exit %d", strings.Join(args, " "), code)
	}
	help := out.String()
	name := strings.TrimSpace("newsonce " + strings.Join(command, " "))
	shown := globalFlags.ReplaceAllString(help, "")
	fmt.Fprintf(b, "\n## %s\n\n```\n%s\n```\n", name, strings.TrimSpace(shown))
	m := subcommands.FindStringSubmatch(help)
	if m == nil || len(command) > 0 && command[0] == "completion" {
		return
	}
	for line := range strings.Lines(m[1]) {
		sub, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		describe(t, b, append(args[:len(args)-1:len(args)-1], sub))
	}
}
