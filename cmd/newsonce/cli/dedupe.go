package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/dedupe"
	"github.com/newsonce/newsonce/dedupe/filter"
	"github.com/spf13/cobra"
)

type dedupeFlags struct {
	annotate, unique, report bool
	explain                  []string
	index                    string
	threshold                float64
	window                   duration
	text, title, url, date   string
	bad                      string
}

func (a *app) dedupe() *cobra.Command {
	f := dedupeFlags{window: duration(dedupe.DefaultWindow)}
	c := &cobra.Command{
		Use:   "dedupe FILE...|-",
		Short: "Find duplicate articles in JSON Lines from any program",
		Long: `Reads articles from JSON Lines, JSON arrays or CSV with names in its first
line, plain or compressed with gzip, zstd or bzip2, and finds those that carry the same story: the same text, the same URL, or texts
that are near-duplicates. Each article is compared with those before it, in the
order of the files.

Every line is written again with the result: cluster_id (the id of the first
article of its cluster) and, on later articles, duplicate_of, similarity and
method (exact, near or url). All other keys keep their place and their bytes.
The id of an article is its "id", else its URL, else FILE:LINE. Arrays and CSV are
written as JSON Lines. Lines of type headline, reference, gone and withdrawn pass through. See docs/dedupe.md for more.`,
		Example: `  newsonce dedupe items.jsonl > marked.jsonl
  newsonce dedupe --unique a.jsonl.gz b.jsonl.zst > once.jsonl   # merge several crawls
  zcat old.gz | newsonce dedupe --report - | jq .size
  newsonce dedupe --explain 17 23 items.jsonl                    # why they are duplicates, or not
  newsonce dedupe --index seen.db today.jsonl > new.jsonl        # compare with earlier runs too
  newsonce dedupe --text-field plain --window 0 corpus.jsonl`,
		Annotations: map[string]string{"exits": "0 done, 1 failed, 2 wrong use, 3 broken lines were left out, " +
			"4 no article\nhas a text, 11 another run has the index, 130 interrupted. More: newsonce help exit-codes"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runDedupe(cmd.Context(), args, f)
		},
	}
	fl := c.Flags()
	fl.BoolVar(&f.annotate, "annotate", false, "write every line again with the result (default)")
	fl.BoolVar(&f.unique, "unique", false, "write only the first article of each cluster")
	fl.BoolVar(&f.report, "report", false, "write the clusters of two or more articles, one per line")
	fl.StringArrayVar(&f.explain, "explain", nil, "tell why the articles `ID ID` are duplicates, or why not")
	fl.StringVar(&f.index, "index", "", "also compare with the articles of earlier runs, which are kept in `FILE`")
	fl.Float64Var(&f.threshold, "threshold", dedupe.DefaultThreshold,
		"least similarity of near-duplicates, 0 to 1; 0 = only the same text or URL")
	fl.Var(&f.window, "window", "most time between the publications of near-duplicates, such as 30d; 0 = any")
	usual := filter.DefaultFields
	fl.StringVar(&f.text, "text-field", "", "`KEY` of the text; default: the first of "+strings.Join(usual.Text, ", "))
	fl.StringVar(&f.title, "title-field", "", "`KEY` of the title; default: "+strings.Join(usual.Title, ", "))
	fl.StringVar(&f.url, "url-field", "", "`KEY` of the URL; default: "+strings.Join(usual.URL, ", "))
	fl.StringVar(&f.date, "date-field", "",
		"`KEY` of the publication date; default: date_published, published, date and others")
	fl.StringVar(&f.bad, "bad", "skip", "on a broken line: skip (and exit 3) or fail")
	return c
}

func (f *dedupeFlags) check(a *app, args []string) error {
	var errs []error
	wrong := func(is bool, format string, args ...any) {
		if is {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	modes := 0
	for _, on := range []bool{f.annotate, f.unique, f.report, f.explain != nil} {
		if on {
			modes++
		}
	}
	stdin := slices.Index(args, "-")
	wrong(modes > 1, "choose one of --annotate, --unique, --report, --explain")
	wrong(f.explain != nil && len(f.explain) != 2, "--explain takes two ids: --explain ID ID")
	wrong(f.threshold < 0 || f.threshold > 1, "--threshold %v is not between 0 and 1", f.threshold)
	wrong(f.bad != "skip" && f.bad != "fail", "--bad %q is neither skip nor fail", f.bad)
	wrong(len(args) == 0, "name a FILE, or - for standard input (see newsonce dedupe --help)")
	wrong(stdin >= 0 && slices.Contains(args[stdin+1:], "-"), "standard input can be read once; - is given twice")
	wrong(a.json && f.explain == nil,
		"--json would put the summary among the lines on standard output; it goes with --explain only")
	return errors.Join(errs...)
}

// options are the flags as the library takes them, where 0 stands for a
// default.
func (f *dedupeFlags) options() filter.Options {
	o := filter.Options{Threshold: f.threshold, Window: time.Duration(f.window), Index: f.index}
	if o.Threshold == 0 {
		o.Threshold = -1
	}
	if o.Window == 0 {
		o.Window = -1
	}
	switch {
	case f.unique:
		o.Mode = filter.Unique
	case f.report:
		o.Mode = filter.Report
	}
	for _, named := range []struct {
		key  string
		list *[]string
	}{{f.text, &o.Fields.Text}, {f.title, &o.Fields.Title}, {f.url, &o.Fields.URL}, {f.date, &o.Fields.Date}} {
		if named.key != "" {
			*named.list = []string{named.key}
		}
	}
	return o
}

func (a *app) runDedupe(ctx context.Context, args []string, f dedupeFlags) error {
	if err := f.check(a, args); err != nil {
		return usage(err)
	}
	inputs, size, err := a.dedupeInputs(args)
	if err != nil {
		return err
	}
	p := &dedupeProgress{out: a.Out, err: a.Err, size: size, begun: time.Now()}
	o := f.options()
	if !a.quiet && isTerminal(a.Err) {
		o.Progress = p.show
	}
	if f.bad == "skip" {
		o.Broken = a.brokenLine(p)
	}
	var sum filter.Summary
	if f.explain != nil {
		var e filter.Explanation
		if e, sum, err = filter.Explain(ctx, f.explain[0], f.explain[1], inputs, o); err == nil {
			p.clear()
			err = a.printExplanation(&e, f.window)
		}
	} else {
		sum, err = filter.Run(ctx, p, inputs, o)
	}
	p.clear()
	switch {
	case errors.Is(err, filter.ErrLocked):
		return &exitError{report.ExitLocked, err}
	case errors.Is(err, filter.ErrNoArticle):
		return usage(err)
	case err != nil:
		return err
	}
	if f.explain == nil {
		a.sayDeduped(&sum)
	}
	return dedupeVerdict(&sum, o.Fields.Text)
}

// dedupeInputs returns the files and their size, -1 with standard input.
func (a *app) dedupeInputs(args []string) (inputs []filter.Input, size int64, err error) {
	var errs []error
	for _, arg := range args {
		if arg == "-" {
			size = -1
			inputs = append(inputs, filter.Reader(arg, a.In))
			continue
		}
		info, err := os.Stat(arg)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("read articles: %w", err))
			continue
		case info.IsDir():
			errs = append(errs, fmt.Errorf("read articles: %s is a directory; name its files", arg))
			continue
		case size >= 0:
			size += info.Size()
		}
		inputs = append(inputs, filter.File(arg))
	}
	return inputs, size, errors.Join(errs...)
}

// mostBroken is the number of broken lines that are named.
const mostBroken = 100

// brokenLine returns the function that reports broken lines.
func (a *app) brokenLine(p *dedupeProgress) func(*filter.LineError) error {
	broken := 0
	return func(err *filter.LineError) error {
		p.clear()
		switch broken++; {
		case broken <= mostBroken:
			fmt.Fprintf(a.Err, "newsonce: %v\n", err)
		case broken == mostBroken+1:
			fmt.Fprintf(a.Err, "newsonce: further broken lines are counted only; --bad fail stops at the first\n")
		}
		return nil
	}
}

// sayDeduped writes the summary line.
func (a *app) sayDeduped(s *filter.Summary) {
	line := fmt.Sprintf("%d articles, %d of them new, %d duplicates (%d exact, %d near, %d by URL)",
		s.Articles, s.Articles-s.Duplicates(), s.Duplicates(), s.Exact, s.Near, s.URL)
	if s.Passed > 0 {
		line += fmt.Sprintf("; %d other lines passed through", s.Passed)
	}
	if s.Undated > 0 {
		line += fmt.Sprintf("; %d without a date that can be read (name its key with --date-field)", s.Undated)
	}
	if s.Broken > 0 {
		line += fmt.Sprintf("; %d broken", s.Broken)
	}
	a.say("%s", line)
}

// dedupeVerdict returns the exit code of a run without an error.
func dedupeVerdict(s *filter.Summary, textKeys []string) error {
	switch {
	case s.Broken > 0:
		return &exitError{report.ExitIncomplete, nil}
	case s.Articles > 0 && s.Texts == 0:
		if textKeys == nil {
			textKeys = filter.DefaultFields.Text
		}
		return &exitError{report.ExitLess, fmt.Errorf(
			"no article has a text under %s: name the key with --text-field; the first has %s",
			strings.Join(textKeys, ", "), strings.Join(s.Keys, ", "))}
	}
	return nil
}
