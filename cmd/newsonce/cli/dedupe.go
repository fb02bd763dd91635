package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/dedupe"
	"github.com/newsonce/newsonce/internal/jsonl"
	"github.com/newsonce/newsonce/internal/judged"
	"github.com/newsonce/newsonce/internal/settle"
	"github.com/spf13/cobra"
)

type dedupeFlags struct {
	annotate, unique, report bool
	explain                  []string
	index                    string
	threshold                float64
	window                   days
	text, title, url, date   string
	bad                      string
}

func (a *app) dedupe() *cobra.Command {
	f := dedupeFlags{window: days(dedupe.DefaultWindow)}
	c := &cobra.Command{
		Use:   "dedupe FILE...|-",
		Short: "Find the same story in JSON Lines, whoever wrote them",
		Long: `Reads articles from JSON Lines, plain or packed with gzip or zstd, and says
which of them are one story: equal texts, equal addresses, and texts that are
alike. An article is compared with those before it, in the order of the files.

Every line is written again with what was found: cluster_id (the id of the first
article of its cluster), and on later ones duplicate_of, similarity and method
(exact, near or url). Other keys, known or not, keep their place and their bytes.
The id is that of the line, else its URL, else FILE:LINE. Headlines, references
and gone lines of a crawl pass through. docs/dedupe.md tells more.`,
		Example: `  newsonce dedupe items.jsonl > marked.jsonl
  newsonce dedupe --unique a.jsonl.gz b.jsonl.zst > once.jsonl   # several crawls settled
  zcat old.gz | newsonce dedupe --report - | jq .size
  newsonce dedupe --explain 17 23 items.jsonl                    # why, or why not
  newsonce dedupe --index seen.db today.jsonl > new.jsonl        # goes on after yesterday
  newsonce dedupe --text-field plain --window 0 corpus.jsonl`,
		Annotations: map[string]string{"exits": "0 done, 1 failed, 2 wrong use, 3 broken lines were left out, 4 no text was\n" +
			"found, 11 another run has the index, 130 interrupted. More: newsonce help exit-codes"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runDedupe(cmd.Context(), args, f)
		},
	}
	fl := c.Flags()
	fl.BoolVar(&f.annotate, "annotate", false, "write every line again, with what was found (the default)")
	fl.BoolVar(&f.unique, "unique", false, "write the first article of each cluster only")
	fl.BoolVar(&f.report, "report", false, "write the clusters of two and more instead, one a line")
	fl.StringArrayVar(&f.explain, "explain", nil, "say why the articles `ID ID` are, or are not, the same; writes nothing else")
	fl.StringVar(&f.index, "index", "", "go on after earlier runs, whose articles are kept in `FILE`")
	fl.Float64Var(&f.threshold, "threshold", dedupe.DefaultThreshold, "similarity, 0 to 1, from which on texts are alike; 0 = exact only")
	fl.Var(&f.window, "window", "how far apart alike articles may be published, such as 30d; 0 = any time")
	fl.StringVar(&f.text, "text-field", "", "`KEY` of the text; default: the first of "+strings.Join(jsonl.Usual.Text, ", "))
	fl.StringVar(&f.title, "title-field", "", "`KEY` of the title; default: "+strings.Join(jsonl.Usual.Title, ", "))
	fl.StringVar(&f.url, "url-field", "", "`KEY` of the address; default: "+strings.Join(jsonl.Usual.URL, ", "))
	fl.StringVar(&f.date, "date-field", "", "`KEY` of the date of publication; default: date_published, published, date and others")
	fl.StringVar(&f.bad, "bad", "skip", "what to do about broken lines: skip (and exit 3) or fail")
	return c
}

// days is a duration that may be given in days.
type days time.Duration

// String is the shortest form that Set reads: 30d, 1d6h, 90m, 0.
func (d *days) String() string {
	t := time.Duration(*d)
	if t == 0 {
		return "0"
	}
	s := ""
	if n := t / (24 * time.Hour); n > 0 {
		s = fmt.Sprintf("%dd", n)
	}
	if t %= 24 * time.Hour; t > 0 {
		rest := strings.TrimSuffix(t.String(), "m0s")
		if len(rest) < len(t.String()) {
			rest = strings.TrimSuffix(rest+"m", "h0m")
			if !strings.HasSuffix(rest, "m") {
				rest += "h"
			}
		}
		s += rest
	}
	return s
}

func (d *days) Type() string { return "D" }

// longestWindow is more than news is old.
const longestWindow = 250 * 365 * 24 * time.Hour

func (d *days) Set(s string) error {
	var whole time.Duration
	if n, rest, found := strings.Cut(s, "d"); found {
		days, err := time.ParseDuration(n + "h")
		if err != nil || days < 0 || days > longestWindow/24 {
			return errWindow
		}
		whole = 24 * days
		if s = rest; s == "" {
			s = "0"
		}
	}
	t, err := time.ParseDuration(s)
	if err != nil || t < 0 || t > longestWindow-whole {
		return errWindow
	}
	*d = days(whole + t)
	return nil
}

var errWindow = errors.New("write 30d, 36h or 0 for any time")

// fields are the keys to look under.
func (f *dedupeFlags) fields() jsonl.Fields {
	fields := jsonl.Usual
	for _, named := range []struct {
		key  string
		list *[]string
	}{{f.text, &fields.Text}, {f.title, &fields.Title}, {f.url, &fields.URL}, {f.date, &fields.Date}} {
		if named.key != "" {
			*named.list = []string{named.key}
		}
	}
	return fields
}

func (f *dedupeFlags) check(a *app, args []string) error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	modes := 0
	for _, on := range []bool{f.annotate, f.unique, f.report, f.explain != nil} {
		if on {
			modes++
		}
	}
	if modes > 1 {
		wrong("choose one of --annotate, --unique, --report, --explain")
	}
	if f.explain != nil && len(f.explain) != 2 {
		wrong("--explain takes two ids: --explain ID ID")
	}
	if f.threshold < 0 || f.threshold > 1 {
		wrong("--threshold %v is not between 0 and 1", f.threshold)
	}
	if f.bad != "skip" && f.bad != "fail" {
		wrong("--bad %q is neither skip nor fail", f.bad)
	}
	if len(args) == 0 {
		wrong("name a FILE, or - for standard input (see newsonce dedupe --help)")
	}
	if stdin := slices.Index(args, "-"); stdin >= 0 && slices.Contains(args[stdin+1:], "-") {
		wrong("standard input can be read once; - is given twice")
	}
	if a.json && f.explain == nil {
		wrong("--json would put the summary among the lines on standard output; it goes with --explain only")
	}
	return errors.Join(errs...)
}

func (a *app) runDedupe(ctx context.Context, args []string, f dedupeFlags) (err error) {
	if err := f.check(a, args); err != nil {
		return usage(err)
	}
	r := &deduping{app: a, flags: f, out: bufio.NewWriterSize(a.Out, 64<<10)}
	inputs, err := r.inputs(args)
	if err != nil {
		return err
	}
	o := settle.Options{
		Index:  dedupe.Options{Threshold: f.threshold, Window: time.Duration(f.window)},
		Fields: f.fields(), Bad: r.broken, Idle: r.out.Flush,
	}
	if f.index != "" {
		if o.Past, err = judged.Open(f.index); errors.Is(err, judged.ErrLocked) {
			return &exitError{report.ExitLocked, err}
		} else if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, o.Past.Close()) }()
	}
	write := r.writer()
	err = settle.Run(ctx, inputs, o, func(l *settle.Line) error {
		r.count(l)
		return write.line(l)
	})
	r.clearProgress()
	if err == nil {
		err = write.end(ctx, &o)
	}
	if err = errors.Join(err, r.out.Flush()); err != nil {
		return err
	}
	if o.Past != nil && f.explain == nil {
		if err := o.Past.Commit(); err != nil {
			return err
		}
	}
	return r.verdict(&o.Fields)
}

// deduping is one call of dedupe.
type deduping struct {
	*app
	flags  dedupeFlags
	out    *bufio.Writer
	counts struct {
		lines, articles, texts, passed, broken int
		exact, near, url                       int
	}
	keys []string // of the first article without a text

	read, size int64 // bytes of the inputs; read is atomic
	begun      time.Time
	shown      time.Time // when progress was shown last; zero where it never is
	terminal   bool
}

// inputs opens nothing yet, but looks whether the files are there.
func (r *deduping) inputs(args []string) ([]settle.Input, error) {
	var list []settle.Input
	var errs []error
	for _, arg := range args {
		if arg == "-" {
			r.size = -1
			list = append(list, settle.Input{Name: arg, Open: func() (io.ReadCloser, error) { return io.NopCloser(r.In), nil }})
			continue
		}
		info, err := os.Stat(arg)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("read articles: %w", err))
			continue
		case info.IsDir():
			errs = append(errs, fmt.Errorf("read articles: %s is a folder; name its files", arg))
			continue
		case r.size >= 0:
			r.size += info.Size()
		}
		list = append(list, settle.Input{Name: arg, Open: func() (io.ReadCloser, error) {
			f, err := os.Open(arg)
			if err != nil {
				return nil, err
			}
			return &counted{f, &r.read}, nil
		}})
	}
	r.begun = time.Now()
	r.terminal = !r.quiet && isTerminal(r.Err)
	return list, errors.Join(errs...)
}

// counted counts the bytes that are read from a file.
type counted struct {
	*os.File
	n *int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.File.Read(b)
	atomic.AddInt64(c.n, int64(n))
	return n, err
}

// broken reports a line that cannot be read.
func (r *deduping) broken(file string, number int, err error) error {
	if number > 0 {
		err = fmt.Errorf("%s:%d: %w", file, number, err)
	} else {
		err = fmt.Errorf("%s: %w", file, err)
	}
	if r.flags.bad == "fail" {
		return err
	}
	r.counts.broken++
	r.clearProgress()
	switch {
	case r.counts.broken <= mostBroken:
		fmt.Fprintf(r.Err, "newsonce: %v\n", err)
	case r.counts.broken == mostBroken+1:
		fmt.Fprintf(r.Err, "newsonce: further broken lines are counted only; --bad fail stops at the first\n")
	}
	return nil
}

// mostBroken is how many broken lines are named.
const mostBroken = 100

func (r *deduping) count(l *settle.Line) {
	c := &r.counts
	c.lines++
	if l.Passes {
		c.passed++
		return
	}
	c.articles++
	if l.Text != "" {
		c.texts++
	} else if r.keys == nil {
		r.keys = l.Keys()
	}
	if l.Duplicate {
		switch l.Match.Method {
		case dedupe.Exact:
			c.exact++
		case dedupe.Near:
			c.near++
		case dedupe.URL:
			c.url++
		}
	}
	if r.terminal && c.lines%256 == 0 {
		r.progress()
	}
}

// verdict tells what was done, and gives the exit code.
func (r *deduping) verdict(fields *jsonl.Fields) error {
	c := r.counts
	duplicates := c.exact + c.near + c.url
	line := fmt.Sprintf("%d articles, %d of them new, %d duplicates (%d exact, %d near, %d by address)", c.articles, c.articles-duplicates, duplicates, c.exact, c.near, c.url)
	if c.passed > 0 {
		line += fmt.Sprintf("; %d other lines passed through", c.passed)
	}
	if c.broken > 0 {
		line += fmt.Sprintf("; %d broken", c.broken)
	}
	if r.flags.explain == nil {
		r.say("%s", line)
	}
	switch {
	case c.broken > 0:
		return &exitError{report.ExitIncomplete, nil}
	case c.articles > 0 && c.texts == 0:
		return &exitError{report.ExitLess, fmt.Errorf("no article has a text under %s: name the key with --text-field; the first has %s",
			strings.Join(fields.Text, ", "), strings.Join(r.keys, ", "))}
	}
	return nil
}
