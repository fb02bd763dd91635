// Package manual shows the documents of the program in a terminal, and makes manual
// pages of them and of the commands.
//
//	manual.go    the help topics, and the pages of a directory
//	markdown.go  the parts of Markdown that the documents use
//	text.go      Markdown for a terminal
//	roff.go      Markdown and commands as manual pages
//	items.go     the keys of items, from their JSON Schema
package manual

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/newsonce/newsonce/docs"
	"github.com/spf13/cobra"
)

// topic is a document that help shows.
type topic struct {
	name, short string
	section     int // of the manual
	text        func() string
	help        func() string // what help prints; nil: the text
}

var topics = []topic{
	{"config", "Every key of crawl.yaml", 5, func() string { return docs.Configuration }, nil},
	{"sources", "Where a site's URLs come from", 5, func() string { return under(docs.Configuration, "Sources") }, nil},
	{"items", "What the lines of the output hold", 5, func() string { return docs.Items + keys() }, nil},
	{"exit-codes", "What the exit codes mean", 7, func() string { return docs.ExitCodes }, ExitCodes},
}

// ExitCodes is the list of the exit codes.
func ExitCodes() string {
	for _, b := range parse(docs.ExitCodes) {
		if b.kind == code {
			return b.text
		}
	}
	panic("docs/exit-codes.md has no code block")
}

// Topics returns the help topics as commands. Their help is as wide as width says.
func Topics(width func() int) []*cobra.Command {
	var list []*cobra.Command
	for _, t := range topics {
		c := &cobra.Command{Use: t.name, Short: t.short}
		c.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
			if t.help != nil {
				fmt.Fprint(cmd.OutOrStdout(), t.help())
				return
			}
			fmt.Fprint(cmd.OutOrStdout(), Text(t.text(), width()))
		})
		list = append(list, c)
	}
	return list
}

// Write writes a manual page for each command and topic into a directory, dated as
// given, and returns how many there are.
func Write(dir string, root *cobra.Command, version string, date time.Time) (int, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, err
	}
	p := &printer{date: date.UTC().Format(time.DateOnly), version: version}
	pages := map[string]string{}
	for _, t := range topics {
		name := root.Name() + "-" + t.name
		pages[fmt.Sprintf("%s.%d", name, t.section)] = p.document(name, t.section, t.short, t.text())
	}
	p.commands(root, pages)
	var errs []error
	for name, text := range pages {
		errs = append(errs, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return len(pages), errors.Join(errs...)
}

// under returns the section of a document under a heading, whose own headings rise by one
// level.
func under(md, heading string) string {
	_, rest, ok := strings.Cut(md, "\n## "+heading+"\n")
	if !ok {
		panic("there is no section " + heading)
	}
	section, _, _ := strings.Cut(rest, "\n## ")
	return "# " + heading + "\n" + strings.ReplaceAll(section, "\n### ", "\n## ")
}
