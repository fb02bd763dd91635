package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/newsonce/newsonce/dedupe"
	"github.com/newsonce/newsonce/internal/settle"
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

// explaining looks for two articles and tells what speaks for and against
// their being one story.
type explaining struct {
	r    *deduping
	pair [2]explained
}

// explained is one of the two.
type explained struct {
	wanted string
	found  bool
	name   json.RawMessage
	doc    dedupe.Doc
	title  string
	url    string
	head   json.RawMessage
	match  dedupe.Match
	dup    bool
}

func newExplaining(r *deduping) *explaining {
	w := &explaining{r: r}
	for i, id := range r.flags.explain {
		w.pair[i].wanted = id
	}
	return w
}

func (w *explaining) line(l *settle.Line) error {
	if l.Passes {
		return nil
	}
	for i := range w.pair {
		e := &w.pair[i]
		// The same id twice asks for the first two lines that have it.
		if e.found || !isNamed(l.Name, e.wanted) {
			continue
		}
		*e = explained{
			wanted: e.wanted, found: true, name: copyOf(l.Name), doc: l.Doc, title: l.Title, url: l.URL,
			head: copyOf(l.Head), match: l.Match, dup: l.Duplicate,
		}
		break
	}
	return nil
}

// isNamed reports whether a name, as JSON, is what a person calls it.
func isNamed(name json.RawMessage, wanted string) bool {
	return string(name) == wanted || string(name) == string(settle.Name(wanted))
}

// end writes the explanation.
func (w *explaining) end(ctx context.Context, o *settle.Options) error {
	var errs []error
	for i := range w.pair {
		e := &w.pair[i]
		if !e.found && o.Past != nil {
			if err := e.remember(ctx, o); err != nil {
				return err
			}
		}
		if !e.found {
			errs = append(errs, fmt.Errorf("no article has the id %q; ids are \"id\", else the URL, else FILE:LINE", e.wanted))
		}
	}
	if errs != nil {
		return usage(errors.Join(errs...))
	}
	a, b := &w.pair[0], &w.pair[1]
	if a.doc.ID > b.doc.ID {
		a, b = b, a
	}
	why := explanation{First: a.wanted, Second: b.wanted, SameCluster: string(a.head) == string(b.head), Explanation: dedupe.Explain(a.doc, b.doc, o.Index)}
	why.Why = why.Reason.String()
	if w.r.json {
		e := json.NewEncoder(w.r.out)
		e.SetEscapeHTML(false)
		return e.Encode(why)
	}
	return w.print(a, b, &why, o)
}

// remember looks for the article among those of earlier runs.
func (e *explained) remember(ctx context.Context, o *settle.Options) error {
	for _, name := range []json.RawMessage{settle.Name(e.wanted), json.RawMessage(e.wanted)} {
		d, found, err := o.Past.Named(ctx, name)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		e.found, e.name, e.doc, e.url, e.dup = true, name, d.Doc, d.URL, d.Head != d.ID
		e.head, err = o.Past.Name(d.Head)
		return err
	}
	return nil
}

// explanation is what --explain --json writes.
type explanation struct {
	First, Second string
	SameCluster   bool
	Why           string // Reason in words
	dedupe.Explanation
}

func (w *explaining) print(a, b *explained, why *explanation, o *settle.Options) error {
	out := w.r.out
	for _, e := range []*explained{a, b} {
		fmt.Fprintf(out, "%s", e.wanted)
		for _, s := range []string{e.title, e.url} {
			if s != "" && s != e.wanted {
				fmt.Fprintf(out, "\n  %s", s)
			}
		}
		when := "not dated"
		if !e.doc.When.IsZero() {
			when = e.doc.When.Format("2006-01-02 15:04")
		}
		fmt.Fprintf(out, "\n  %s, %d words\n", when, e.doc.Sketch.Words)
	}
	fmt.Fprintf(out, "\n%s\n", why.verdict())
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	why.measures(t, o.Index.Window)
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out)
	for _, e := range []*explained{a, b} {
		fmt.Fprintf(out, "%s\n", e.place())
	}
	return nil
}

// verdict is the pair's, in two sentences.
func (e *explanation) verdict() string {
	how := "One story"
	if !e.Duplicate {
		how = "Two stories"
	}
	s := fmt.Sprintf("%s: %s. The similarity is %.2f", how, e.Reason, e.Similarity)
	if e.Reason == dedupe.SameText || e.Reason == dedupe.SamePage {
		return s + "."
	}
	return fmt.Sprintf("%s, needed is %.2f.", s, e.Needed)
}

// measures lists what was measured.
func (e *explanation) measures(w io.Writer, window time.Duration) {
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
	}
	part("title", e.Title, title)
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
	apart, limit := days(e.Apart.Round(time.Minute)), "any distance is allowed"
	if window > 0 {
		allowed := days(window)
		limit = allowed.String() + " are allowed"
	}
	fmt.Fprintf(w, "apart\t%s\tbetween the publications; %s\n", apart.String(), limit)
}

// place tells in which cluster an article is, and why.
func (e *explained) place() string {
	if !e.dup {
		return fmt.Sprintf("%s is the first of its cluster.", e.wanted)
	}
	head := string(e.head)
	if json.Unmarshal(e.head, &head) != nil { // a number
		head = string(e.head)
	}
	if e.match.Method == 0 { // of an earlier run
		return fmt.Sprintf("%s was put with %s.", e.wanted, head)
	}
	return fmt.Sprintf("%s was put with %s: %s, %.2f.", e.wanted, head, e.match.Method, e.match.Similarity)
}
