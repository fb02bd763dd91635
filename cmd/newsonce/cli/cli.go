// Package cli is the command line of newsonce. It is importable, so that a
// main of one's own can add to it.
//
//	cli.go      Main, global flags, exit codes, logging
//	open.go     configuration and state, as the commands need them
//	crawl.go    crawl: one incremental pass
//	backfill.go backfill: archives; with progress.go and terminal.go
//	extract.go  extract: items of a file, a page or a batch
//	explain.go  which rule gave what, for extract --explain and check --online
//	fixture.go  extract --fixture: a page and its result as a test
//	check.go    check: is crawl.yaml right, and what does it come to
//	online.go   check --online: what the rules give today
//	init.go     init: propose a site of crawl.yaml, and append it
//	status.go   status: what is known, waiting, failed, written
//	demo.go     demo: a news site on loopback, crawled
//	robots.go   robots: may this URL be asked
//	forget.go   forget: remove articles from the state
//	dedupe.go   dedupe: the same story in JSON Lines; with dedupewrite.go (forms
//	            of output), dedupeexplain.go and dedupeprogress.go
//	help.go     help exit-codes; version
//	memory.go   how often the process collects garbage
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"strings"
	"syscall"

	"github.com/gocolly/colly/v2"
	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/source"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/state/sqlite"
	"github.com/newsonce/newsonce/output"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Options registers what a main adds to newsonce. The zero value is the program
// itself.
type Options struct {
	In  io.Reader // default: os.Stdin
	Out io.Writer // data; default: os.Stdout
	Err io.Writer // messages; default: os.Stderr

	// Stores open the state, by the scheme of its URL; a path belongs to the first.
	// Default: SQLite.
	Stores []state.Driver

	// Sources are the kinds of source that crawl.yaml may name. Default:
	// source.Builtin.
	Sources []source.Kind
	// Sinks take the lines, by the scheme of output.path. Default: output.Builtin.
	Sinks output.Sinks
	// Collector is called on every Colly collector before its first request: the
	// place for debuggers, extra headers and callbacks. With OwnTransport it may
	// replace the transport, and gives up its address guard and caps.
	Collector    func(*colly.Collector)
	OwnTransport bool

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
		o.Stores = []state.Driver{sqlite.Driver{}}
	}
	if o.Sources == nil {
		o.Sources = source.Builtin()
	}
	if o.Sinks == nil {
		o.Sinks = output.Builtin()
	}
}

// app is one invocation.
type app struct {
	Options
	config    string
	quiet     bool
	json      bool
	logLevel  string
	logFormat string
}

// exitError ends a command with a code other than 1.
type exitError struct {
	code int
	err  error // nil: everything was said already
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// usage makes err end the program with exit code 2.
func usage(err error) error { return &exitError{report.ExitUsage, err} }

// Main runs the command line and returns the exit code. The end of ctx stops a
// crawl in order; its cause should come from Interrupted.
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
		fmt.Fprintf(o.Err, "newsonce: %v\n", err)
	}
	return code
}

// Interrupted is the cancellation cause for a signal.
func Interrupted(sig os.Signal) error {
	return &exitError{Signalled(sig), crawler.Interrupted(sig.String(), Signalled(sig))}
}

// Signalled is the exit code after a signal: 130 for SIGINT, 143 for SIGTERM.
func Signalled(sig os.Signal) int {
	if sig == syscall.SIGTERM {
		return report.ExitTerminate
	}
	return report.ExitInterrupt
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "newsonce",
		Short: "Crawl news sites and write every article and headline once",
		Example: `  newsonce demo                    # a small news site on this machine, crawled
  newsonce check                   # is ./crawl.yaml right?
  newsonce crawl -q                # what cron calls
  newsonce backfill                # the archives, once; stopped at any moment, it goes on
  newsonce status                  # what is known, waiting, failed
  newsonce extract page.html --url https://example.org/a/1`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return a.environment(cmd) },
	}
	f := root.PersistentFlags()
	f.StringVarP(&a.config, "config", "c", "crawl.yaml", "configuration `FILE`")
	f.BoolVarP(&a.quiet, "quiet", "q", false, "say nothing unless something is wrong")
	f.BoolVar(&a.json, "json", false, "summary or status as JSON on standard output")
	f.StringVar(&a.logLevel, "log-level", "warn", "debug, info, warn or error")
	f.StringVar(&a.logFormat, "log-format", "text", "text or json")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage(fmt.Errorf("%w (see %s --help)", err, cmd.CommandPath()))
	})
	root.SetHelpTemplate(helpTemplate)
	root.SetUsageTemplate(usageTemplate)
	root.AddCommand(a.crawl(), a.backfill(), a.extract(), a.check(), a.status(), a.demo(), a.robots(), a.forget(), a.dedupe(), a.initCommand(), a.version(), exitCodes())
	root.SetHelpCommand(help())
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	unknownShell(root)
	wrongUse(root)
	return root
}

// wrongUse makes the complaints of a command, and of those below it, about
// their arguments end with exit code 2.
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
			return usage(fmt.Errorf("%w (see %s --help)", err, cmd.CommandPath()))
		}
		return nil
	}
}

// environment sets flags that were not given from NEWSONCE_* variables and
// checks the global ones.
func (a *app) environment(cmd *cobra.Command) error {
	var errs []error
	cmd.Root().PersistentFlags().VisitAll(func(f *pflag.Flag) {
		name := "NEWSONCE_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, ok := os.LookupEnv(name)
		if !ok || value == "" || f.Changed {
			return
		}
		if err := f.Value.Set(value); err != nil {
			errs = append(errs, fmt.Errorf("variable %s=%q: %w", name, value, err))
		}
	})
	logger, err := a.log()
	if errs = append(errs, err); errors.Join(errs...) != nil {
		return usage(errors.Join(errs...))
	}
	takeRemarks(logger)
	return nil
}

// takeRemarks logs the rare remarks about servers that net/http and Colly write
// to the standard log.
func takeRemarks(logger *slog.Logger) {
	log.SetFlags(0)
	log.SetOutput(slog.NewLogLogger(logger.Handler(), slog.LevelDebug).Writer())
}

// log is the logger that the flags ask for. Quiet says nothing: what matters
// is in the summary.
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

// say writes a line for a person, unless it is to be quiet.
func (a *app) say(format string, args ...any) {
	if !a.quiet {
		fmt.Fprintf(a.Err, format+"\n", args...)
	}
}
