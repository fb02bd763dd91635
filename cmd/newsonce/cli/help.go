package cli

import (
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/spf13/cobra"
)

// release is the version of the newest entry in CHANGELOG.md.
const release = "0.1.0"

// Version returns the version that user agents carry.
func Version() string { return release }

const exitCodeText = `Exit codes, the first that applies:

  130  interrupted (SIGINT) after a clean commit; 143 by SIGTERM, 129 by SIGHUP
    2  wrong use, or a configuration with mistakes
   11  another run holds the state
    1  failed: state or output unusable, disk full, or every source unreadable
   10  backfill only: work is left, by --limit, --max-time, or a host that backs
       off for longer than --max-wait: run the same command again
    3  finished, but a source was unreadable or read in part, a page failed
       permanently (now, or earlier and it is still listed), or a host could not
       be fetched from for most of a day
    4  finished, but a site gave less than expected: an expect is broken, or a
       listing, sitemap or feed had no article link, or far fewer than usual
       (the site may have changed)
    0  otherwise: for crawl also after --limit and --max-time, and with pages that
       are gone, disallowed by robots.txt, not HTML, or due for a retry later
`

// helpTemplate says what a command does, shows examples, and ends with the exit
// codes.
const helpTemplate = `{{if .Long}}{{.Long}}{{else}}{{.Short}}.{{end}}

{{if .HasExample}}Examples:
{{.Example}}

{{end}}{{.UsageString}}{{if .Runnable}}
{{if eq (index .Annotations "exits") "runs"}}` + exitCodeText + `{{else if index .Annotations "exits"}}Exit codes: {{index .Annotations "exits"}}
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

// exitCodes is the help topic exit-codes.
func exitCodes() *cobra.Command {
	c := &cobra.Command{Use: "exit-codes", Short: "What the exit codes mean", Long: exitCodeText}
	c.SetHelpTemplate("{{.Long}}")
	return c
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

// versionLine names the program and its version, that of Go and the revision.
func versionLine() string {
	line := "newsonce " + Version()
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return line
	}
	line += " " + info.GoVersion
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			line += " " + s.Value[:min(12, len(s.Value))]
		}
	}
	return line
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
