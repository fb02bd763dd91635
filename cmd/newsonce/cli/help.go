package cli

import (
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/newsonce/newsonce/cmd/newsonce/cli/manual"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/spf13/cobra"
)

// release is the version of the newest entry in CHANGELOG.md.
const release = "0.2.0"

// Version returns the version that user agents carry.
func Version() string { return release }

// firstSteps is what newsonce prints without arguments.
const firstSteps = `newsonce crawls news sites and writes every article and headline exactly once.

  newsonce demo                                      see it at work on three small sites of its own
  newsonce init https://example.org/news/ --append   add a site to ./crawl.yaml
  newsonce check --online                            see what a crawl would read from the site
  newsonce crawl                                     write what is new to ./items.jsonl

Commands and flags: newsonce --help
`

// helpTemplate says what a command does, shows examples, and ends with the exit
// codes.
var helpTemplate = `{{if .Long}}{{.Long}}{{else}}{{.Short}}.{{end}}

{{if .HasExample}}Examples:
{{.Example}}

{{end}}{{.UsageString}}{{if .Runnable}}
{{if eq (index .Annotations "exits") "runs"}}` + manual.ExitCodes() + `{{else if index .Annotations "exits"}}Exit codes: {{index .Annotations "exits"}}
{{else}}Exit codes: 0 done, 1 failed, 2 wrong use. All of them: newsonce help exit-codes
{{end}}{{end}}`

// usageTemplate is cobra's without the examples, which helpTemplate prints.
const usageTemplate = `Usage:{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} [command]

Commands:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

Global flags:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasHelpSubCommands}}

More help:{{range .Commands}}{{if .IsAdditionalHelpTopicCommand}}
  {{.CommandPath}}: {{.Short}} (newsonce help {{.Name}}){{end}}{{end}}{{end}}
`

// help is the command help. Unlike cobra's, it fails on an unknown topic.
func help() *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Help about a command or topic",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return usage(fmt.Errorf("there is no help on %q (see newsonce --help)", strings.Join(args, " ")))
			}
			c.InitDefaultHelpFlag()
			c.InitDefaultVersionFlag()
			return c.Help()
		},
	}
}

// unknownShell makes completion fail for an unknown shell.
func unknownShell(root *cobra.Command) {
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Args = needs("the name of a shell: bash, zsh, fish or powershell", 0, 0)
			c.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
}

// man is the command that writes the manual pages.
func (a *app) man() *cobra.Command {
	return &cobra.Command{
		Use:   "man DIR",
		Short: "Write the manual pages into a directory",
		Long: `Writes a manual page for each command and help topic, for man(1).

The packages contain them already. SOURCE_DATE_EPOCH, if set, is the date on the pages.`,
		Example: `  newsonce man man && man -l man/newsonce-crawl.1`,
		Args:    needs("one directory", 1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			date := time.Now()
			if epoch := os.Getenv("SOURCE_DATE_EPOCH"); epoch != "" {
				seconds, err := strconv.ParseInt(epoch, 10, 64)
				if err != nil {
					return usage(fmt.Errorf("variable SOURCE_DATE_EPOCH=%q is no number of seconds", epoch))
				}
				date = time.Unix(seconds, 0)
			}
			n, err := manual.Write(args[0], cmd.Root(), Version(), date)
			if err != nil {
				return fmt.Errorf("write the manual pages: %w", err)
			}
			a.say("%d manual pages in %s", n, args[0])
			return nil
		},
	}
}

func (a *app) version() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Long:    "Prints the version of newsonce, of Go and of the source.",
		Example: `  newsonce version`,
		Args:    needs(noArguments, 0, 0),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(a.Out, versionLine())
			return err
		},
	}
}

// revision is the commit that a release was built from, set by the linker. Other builds
// have it from the go command.
var revision string

// versionLine names the program and its version, that of Go, the revision, and how the
// build differs from the usual one.
func versionLine() string {
	line := "newsonce " + Version()
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return line
	}
	line += " " + info.GoVersion
	commit, more := revision, ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && commit == "":
			commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			more += " modified"
		case s.Key == "-tags" && slices.Contains(strings.Split(s.Value, ","), "small"):
			more += " small"
		}
	}
	if commit != "" {
		line += " " + commit[:min(12, len(commit))]
	}
	return line + more
}

const noArguments = "no arguments"

// needs returns a check of the number of arguments, at most most; -1: any number.
func needs(what string, least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= least && (most < 0 || len(args) <= most) {
			return nil
		}
		if what == noArguments {
			return fmt.Errorf("%s takes no arguments: remove %s", cmd.CommandPath(), strings.Join(args, " "))
		}
		if len(args) == 0 {
			return fmt.Errorf("%s needs %s", cmd.CommandPath(), what)
		}
		return fmt.Errorf("%s needs %s, not %s", cmd.CommandPath(), what, strings.Join(args, " "))
	}
}

// completeSites offers the names of the sites of crawl.yaml that are not named yet.
func (a *app) completeSites(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, s := range a.completable() {
		if !slices.Contains(args, s.Name) {
			names = append(names, s.Name)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeSources offers the names of the sources of the named sites.
func (a *app) completeSources(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, s := range a.completable() {
		for i := range s.Sources {
			if name := s.Sources[i].Name; (len(args) == 0 || slices.Contains(args, s.Name)) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completable returns the sites of crawl.yaml, none if it cannot be read.
func (a *app) completable() []*config.Site {
	c, err := config.Load(a.config, os.Getenv, source.Configs(a.Sources)...)
	if err != nil {
		return nil
	}
	return c.Sites
}

// complete offers names of crawl.yaml as arguments and values of flags.
func (a *app) complete(root *cobra.Command) {
	for _, c := range root.Commands() {
		switch c.Name() {
		case "crawl", "backfill", "watch", "status", "check":
			c.ValidArgsFunction = a.completeSites
		}
		for flag, offer := range map[string]cobra.CompletionFunc{"site": a.completeSites, "source": a.completeSources} {
			if c.Flags().Lookup(flag) != nil {
				_ = c.RegisterFlagCompletionFunc(flag, offer) // fails for a flag that has one
			}
		}
	}
}
