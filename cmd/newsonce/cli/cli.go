// Package cli is the command line of newsonce. It is importable, so that a
// private main can add to it; Options says what it can add.
//
//	cli.go       Main, Options, global flags, logging
//	open.go      configuration, sites and state as the commands need them
//	crawl.go     crawl: one incremental pass
//	backfill.go  backfill: archives
//	watch.go     watch: a daemon instead of cron
//	metricsfile.go  the metrics of a run as a file
//	notify.go    telling the receivers of crawl.yaml about a run
//	progress.go  how far a run is; on a terminal with terminal.go
//	extract.go   extract: the items of a file, a page or a batch
//	explain.go   which rule gave what, for extract --explain and check --online
//	fixture.go   extract --fixture: a page and its result as a test
//	check.go     check: validate crawl.yaml, and try it on the sites
//	init.go      init: propose a site of crawl.yaml, and append it
//	initlist.go  init --from: many sites at once
//	status.go    status: what is known, queued, failed and written
//	configured.go  sources by their URLs in crawl.yaml
//	demo.go      demo: three news sites on loopback, crawled
//	robots.go    robots: whether robots.txt allows a URL
//	listen.go    flags of commands that serve HTTP
//	forget.go    forget: remove articles from the state
//	state.go     state: rebuild a damaged state, raise its epoch
//	export.go    export: the items in other formats
//	report.go    report: one HTML page about sites, runs and items
//	serve.go     serve: pages to search and read the items
//	dedupe.go    dedupe: duplicates in JSON Lines; with dedupeexplain.go and
//	             dedupeprogress.go
//	help.go      help, manual pages, version
//	full.go      what the build tag small leaves out; small.go
//	memory.go    how often the process collects garbage
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/PuerkitoBio/goquery"
	"github.com/gocolly/colly/v2"
	"github.com/newsonce/newsonce/cmd/newsonce/cli/hint"
	"github.com/newsonce/newsonce/cmd/newsonce/cli/manual"
	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/state/sqlite"
	"github.com/newsonce/newsonce/output"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Options register what a private main adds to newsonce. The zero value is the
// program itself.
type Options struct {
	In  io.Reader // default: os.Stdin
	Out io.Writer // data; default: os.Stdout
	Err io.Writer // messages; default: os.Stderr

	// Stores open the state, by the scheme of its URL; a path belongs to the first.
	// Default: SQLite and PostgreSQL.
	Stores []state.Driver
	// Sources are the kinds of source that crawl.yaml may name. Default:
	// source.Builtin.
	Sources []source.Kind
	// Sinks write the items, by the scheme of output.path. Default: files, standard
	// output and, without the build tag small, object storage.
	Sinks output.Sinks
	// Collector is called on every Colly collector before its first request. It may
	// add headers, callbacks or a debugger.
	Collector func(*colly.Collector)
	// OwnTransport allows Collector to replace the transport, and with it the
	// address guard and the limits on bodies.
	OwnTransport bool
	// Extract runs last on every article page, in crawls and in the commands that read
	// single pages. It may change the result. See extract.Rules.Own for its contract;
	// the Page tells which URL it is called for.
	Extract func(*goquery.Document, extract.Page, *extract.Result) error

	Times crawler.Times // how long a run waits for things; tests shorten them
}

func (o *Options) setDefaults() {
	if o.In == nil {
		o.In = os.Stdin
	}
	if o.Out == nil {
		o.Out = os.Stdout
	}
	if o.Err == nil {
		o.Err = os.Stderr
	}
	if o.Stores == nil {
		o.Stores = append([]state.Driver{sqlite.Driver{}}, moreStores()...)
	}
	if o.Sources == nil {
		o.Sources = source.Builtin()
	}
	if o.Sinks == nil {
		o.Sinks = append(output.Builtin(), moreSinks()...)
	}
}

// app is one invocation of the program.
type app struct {
	Options
	config    string
	quiet     bool
	verbose   bool
	json      bool
	logLevel  string
	logFormat string
}

// exitError ends the program with its code.
type exitError struct {
	code int
	err  error // nil when the message was printed already
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// usage is err as wrong use of the program: exit code 2.
func usage(err error) error { return &exitError{report.ExitUsage, err} }

// Main runs the command line and returns the exit code. When ctx ends, a run takes
// no new page and commits; the cause of ctx should come from Interrupted.
func Main(ctx context.Context, args []string, o Options) int {
	defer collectLess()()
	o.setDefaults()
	a := &app{Options: o}
	root := a.root()
	root.SetArgs(pairExplain(args))
	root.SetIn(o.In)
	root.SetOut(o.Out)
	root.SetErr(o.Err)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return report.ExitOK
	}
	code := report.ExitFailed
	var e *exitError
	if errors.As(err, &e) {
		code, err = e.code, e.err
	}
	if err != nil && !(a.quiet && code == report.ExitLocked) {
		if slices.Contains(args, "--log-format=json") || strings.Contains(strings.Join(args, " "), "--log-format json") {
			a.logFormat = "json" // also where the flags were not read to their end
		}
		a.message(slog.LevelError, "newsonce: "+err.Error())
	}
	return code
}

// Interrupted returns the cancellation cause for a signal.
func Interrupted(sig os.Signal) error {
	return &exitError{Signalled(sig), crawler.Interrupted(sig.String(), Signalled(sig))}
}

// Signals returns the signals that stop a run. A SIGHUP that is ignored, as under
// nohup, stays ignored.
func Signals() []os.Signal {
	list := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	return list
}

// Signalled returns the exit code for a signal: 129 for SIGHUP, 130 for SIGINT, 143
// for SIGTERM.
func Signalled(sig os.Signal) int {
	switch sig {
	case syscall.SIGHUP:
		return report.ExitHangup
	case syscall.SIGTERM:
		return report.ExitTerminate
	}
	return report.ExitInterrupt
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:     "newsonce",
		Version: versionLine(),
		Short:   "Crawl news sites and write every article and headline exactly once",
		Example: `  newsonce demo                    # crawl a small news site on this machine
  newsonce init https://example.org/news/ --append   # add a site to ./crawl.yaml
  newsonce check                   # validate ./crawl.yaml
  newsonce crawl -q                # fetch what is new; for cron
  newsonce backfill                # read the archives, once; resumes after any stop
  newsonce status                  # what is known, queued and failed
  newsonce extract page.html --url https://example.org/a/1`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          knownCommand,
		RunE: func(*cobra.Command, []string) error {
			_, err := io.WriteString(a.Out, firstSteps)
			return err
		},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return a.environment(cmd) },
	}
	root.SetVersionTemplate("{{.Version}}\n")
	f := root.PersistentFlags()
	f.StringVarP(&a.config, "config", "c", "crawl.yaml", "configuration `FILE`")
	f.BoolVarP(&a.quiet, "quiet", "q", false, "print nothing unless something is wrong")
	f.BoolVarP(&a.verbose, "verbose", "v", false, "log what is done, as --log-level info")
	f.BoolVar(&a.json, "json", false, "print the summary or status as JSON on standard output")
	f.StringVar(&a.logLevel, "log-level", "warn", "least `LEVEL` to log: debug, info, warn or error")
	f.StringVar(&a.logFormat, "log-format", "text", "`FORMAT` of log lines: text or json")
	root.SetFlagErrorFunc(flagError)
	root.SetHelpTemplate(helpTemplate)
	root.SetUsageTemplate(usageTemplate)
	root.AddCommand(a.crawl(), a.backfill(), a.watch(), a.extract(), a.check(), a.status(), a.demo(), a.robots(),
		a.forget(), a.state(), a.dedupe(), a.export(), a.report(), a.serve(), a.initCommand(), a.version(), a.man())
	root.AddCommand(manual.Topics(a.columns)...)
	root.SetHelpCommand(help())
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	unknownShell(root)
	a.complete(root)
	wrongUse(root)
	return root
}

// wrongUse makes errors about the arguments of a command and its subcommands end
// with exit code 2.
func wrongUse(c *cobra.Command) {
	for _, sub := range c.Commands() {
		wrongUse(sub)
	}
	check := c.Args
	if check == nil {
		return
	}
	c.Args = func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return seeHelp(cmd, err)
		}
		return nil
	}
}

// seeHelp is err as wrong use of a command.
func seeHelp(cmd *cobra.Command, err error) error {
	return usage(fmt.Errorf("%w (see %s --help)", err, cmd.CommandPath()))
}

// knownCommand rejects the arguments of the root command, which are misspelt
// commands.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	return fmt.Errorf("unknown command %q for %q%s", args[0], cmd.CommandPath(),
		instead(hint.Command(args[0]), suggestion("", args[0], names)))
}

// flagError says what to type instead of a wrong flag or value.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		name, near := unknown.GetSpecifiedName(), ""
		if unknown.GetSpecifiedShortnames() == "" {
			var names []string
			cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
			near = suggestion("--", name, names)
		}
		err = fmt.Errorf("%w%s", err, instead(hint.Flag(name), near))
	case errors.As(err, &invalid):
		f := invalid.GetFlag()
		if how := hint.Value(f.Value.Type(), invalid.GetValue()); how != "" {
			err = fmt.Errorf("--%s %q: %s", f.Name, invalid.GetValue(), how)
		} else {
			err = fmt.Errorf("--%s: %w", f.Name, invalid.Unwrap())
		}
	}
	return seeHelp(cmd, err)
}

// instead returns the end of a message about an unknown word: what is known to be meant,
// else the nearest of the known ones.
func instead(known, near string) string {
	if known != "" {
		return ": " + known
	}
	return near
}

// suggestion asks whether the nearest of the known names was meant, "" when none
// is near.
func suggestion(prefix, got string, known []string) string {
	if near := config.Nearest(got, known); near != "" {
		return fmt.Sprintf(", did you mean %s%s?", prefix, near)
	}
	return ""
}

// environment sets flags that were not given from NEWSONCE_* variables and
// checks the global ones.
func (a *app) environment(cmd *cobra.Command) error {
	var errs []error
	a.raiseLevel(cmd) // the flag -v overrides a variable
	cmd.Root().PersistentFlags().VisitAll(func(f *pflag.Flag) {
		name := "NEWSONCE_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, ok := os.LookupEnv(name)
		if !ok || value == "" || f.Changed {
			return
		}
		if err := f.Value.Set(value); err != nil {
			errs = append(errs, fmt.Errorf("variable %s=%q: %w", name, value, err))
		}
		f.Changed = true
	})
	a.raiseLevel(cmd)
	logger, err := a.log()
	if errs = append(errs, err); errors.Join(errs...) != nil {
		return usage(errors.Join(errs...))
	}
	redirectLog(logger)
	return nil
}

// raiseLevel is --verbose, unless the level is set.
func (a *app) raiseLevel(cmd *cobra.Command) {
	if level := cmd.Flags().Lookup("log-level"); a.verbose && !level.Changed {
		a.logLevel, level.Changed = "info", true
	}
}

// redirectLog sends what net/http and Colly write to the standard log, rare
// remarks about servers, to logger.
func redirectLog(logger *slog.Logger) {
	log.SetFlags(0)
	log.SetOutput(slog.NewLogLogger(logger.Handler(), slog.LevelDebug).Writer())
}

// log returns the logger that the flags call for. With --quiet it writes
// nothing: what matters is in the summary.
func (a *app) log() (*slog.Logger, error) {
	var level slog.Level
	switch a.logLevel {
	case "debug", "info", "warn", "error":
		if err := level.UnmarshalText([]byte(a.logLevel)); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("--log-level %q is none of debug, info, warn, error", a.logLevel)
	}
	w := a.Err
	if a.quiet {
		w = io.Discard
	}
	o := &slog.HandlerOptions{Level: level}
	switch a.logFormat {
	case "text":
		return slog.New(slog.NewTextHandler(w, o)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, o)), nil
	}
	return nil, fmt.Errorf("--log-format %q is neither text nor json", a.logFormat)
}

// say prints a message for a person, unless --quiet is given.
func (a *app) say(format string, args ...any) {
	if !a.quiet {
		a.message(slog.LevelInfo, fmt.Sprintf(format, args...))
	}
}

// warn prints a message also with --quiet.
func (a *app) warn(format string, args ...any) {
	a.message(slog.LevelWarn, fmt.Sprintf(format, args...))
}

// message prints a text on standard error; with --log-format json each of its lines is
// an object, at whatever level.
func (a *app) message(level slog.Level, text string) {
	if a.logFormat != "json" {
		fmt.Fprintln(a.Err, text)
		return
	}
	log := slog.New(slog.NewJSONHandler(a.Err, nil))
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			log.Log(context.Background(), level, strings.TrimPrefix(line, "newsonce: "))
		}
	}
}
