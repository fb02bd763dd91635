package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/newsonce/newsonce/dedupe"
	"github.com/newsonce/newsonce/dedupe/filter"
)

// pairExplain turns --explain ID ID of the command dedupe into two flags, since
// a flag has one value.
func pairExplain(args []string) []string {
	if !slices.Contains(args, "dedupe") {
		return args
	}
	i := slices.IndexFunc(args, func(arg string) bool { return arg == "--explain" || arg == "--" })
	if i < 0 || args[i] == "--" || i+2 >= len(args) || strings.HasPrefix(args[i+2], "--") {
		return args
	}
	return slices.Concat(args[:i+2], args[i:i+1], args[i+2:])
}

// printExplanation writes what --explain found, as text or JSON.
func (a *app) printExplanation(e *filter.Explanation, window duration) error {
	out := bufio.NewWriter(a.Out)
	if a.json {
		j := json.NewEncoder(out)
		j.SetEscapeHTML(false)
		if err := j.Encode(explanationJSON{e.A.ID, e.B.ID, e.SameCluster, e.Reason.String(), e.Explanation}); err != nil {
			return err
		}
		return out.Flush()
	}
	for _, x := range []*filter.Article{&e.A, &e.B} {
		writeArticle(out, x)
	}
	fmt.Fprintf(out, "\n%s\n", explainedVerdict(e))
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	writeMeasures(t, &e.Explanation, window)
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%s\n%s\n", clusterOf(&e.A), clusterOf(&e.B))
	return out.Flush()
}

// explanationJSON is what --explain --json writes.
type explanationJSON struct {
	First, Second string
	SameCluster   bool
	Why           string // Reason in words
	dedupe.Explanation
}

func writeArticle(w io.Writer, x *filter.Article) {
	fmt.Fprintf(w, "%s", x.ID)
	for _, s := range []string{x.Title, x.URL} {
		if s != "" && s != x.ID {
			fmt.Fprintf(w, "\n  %s", s)
		}
	}
	when := "not dated"
	if !x.Published.IsZero() {
		when = x.Published.Format("2006-01-02 15:04")
	}
	fmt.Fprintf(w, "\n  %s, %d words\n", when, x.Words)
}

// explainedVerdict is the verdict in two sentences.
func explainedVerdict(e *filter.Explanation) string {
	how := "One story"
	if !e.Explanation.Duplicate {
		how = "Two stories"
	}
	s := fmt.Sprintf("%s: %s. The similarity is %.2f", how, e.Reason, e.Similarity)
	if e.Reason == dedupe.SameText || e.Reason == dedupe.SamePage {
		return s + "."
	}
	return fmt.Sprintf("%s, needed is %.2f.", s, e.Needed)
}

// writeMeasures lists what was measured.
func writeMeasures(w io.Writer, e *dedupe.Explanation, window duration) {
	part := func(name string, p dedupe.Part, of string) {
		if p.Of == 0 {
			fmt.Fprintf(w, "%s\t-\tthere are none\n", name)
		} else {
			fmt.Fprintf(w, "%s\t%.2f\t%d of %d %s\n", name, p.Share(), p.Shared, p.Of, of)
		}
	}
	part("shingles", e.Shingles, "sampled of the shorter text are in the longer one")
	fmt.Fprintf(w, "coverage\t%.2f\tof the stretches of the shorter text are in the longer one\n", e.Coverage)
	fmt.Fprintf(w, "length\t%.2f\tshorter / longer text\n", e.Length)
	fmt.Fprintf(w, "begin\t%.2f\twhere in the longer text it begins, 0 at the start, 1 at the end\n", e.Begin)
	title := "words of the shorter title are in the longer one"
	switch {
	case e.TitleSame:
		title += "; the titles are equal"
	case e.TitleOther:
		title += "; the titles have other numbers"
	case e.TitleApart:
		title += "; each has a word that only its own text has"
	}
	part("title", e.Title, title)
	if min(e.Words[0], e.Words[1]) < dedupe.ShortWords {
		part("subject", e.TitleText, "words of both titles are in both texts, too")
	}
	part("numbers", e.Numbers, "are in both texts")
	part("names", e.Names, "are in both texts")
	part("words", e.Vocabulary, "others are in both texts")
	if e.SameSite {
		fmt.Fprintf(w, "site\t-\tthe same\n")
	}
	if e.Apart < 0 {
		fmt.Fprintf(w, "apart\t-\tone of them is not dated\n")
		return
	}
	apart, limit := duration(e.Apart.Round(time.Minute)), "any distance is allowed"
	if window > 0 {
		limit = window.String() + " are allowed"
	}
	fmt.Fprintf(w, "apart\t%s\tbetween the publications; %s\n", apart.String(), limit)
}

// clusterOf tells which cluster an article belongs to, and why.
func clusterOf(x *filter.Article) string {
	switch {
	case !x.Duplicate:
		return fmt.Sprintf("%s is the first of its cluster.", x.ID)
	case x.Method == 0: // of an earlier run
		return fmt.Sprintf("%s was put with %s.", x.ID, x.Head)
	}
	return fmt.Sprintf("%s was put with %s: %s, %.2f.", x.ID, x.Head, x.Method, x.Similarity)
}
