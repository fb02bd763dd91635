package config

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/newsonce/newsonce/crawler/config/remedy"
)

// Error is one mistake and its place. Line and Col count from 1. For a mistake in
// an environment variable both are 0, and File is the variable's name.
type Error struct {
	File      string
	Line, Col int
	Message   string
}

func (e Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Message)
}

// Errors are all mistakes of one configuration, by line and column.
type Errors []Error

// Error returns one message per line.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// sorted orders errors by place and drops repetitions, since an anchored block is
// read once for each alias.
func (e Errors) sorted() Errors {
	slices.SortStableFunc(e, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col),
			cmp.Compare(a.File, b.File), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(e)
}

// reader collects the mistakes found while a configuration is read.
type reader struct {
	file     string
	dir      string // absolute; relative paths start there
	kinds    []Kind // of sources
	siteless bool   // sites may be missing
	lines    []string
	errs     Errors
	warnings Errors
}

func (n *Node) at(message string) Error {
	return Error{cmp.Or(n.variable, n.r.file), n.line, n.col, message}
}

// didYouMean returns `, did you mean "x"?` for the nearest of the known names, or
// lists the names when none is near.
func didYouMean(got string, known []string) string {
	if near := Nearest(got, known); near != "" {
		return fmt.Sprintf(", did you mean %q?", near)
	}
	if len(known) == 0 {
		return ""
	}
	return "; known here: " + strings.Join(known, ", ")
}

// Nearest returns the one of the known names, in lower case, that a misspelt one
// most likely stands for, "" when none is near.
func Nearest(got string, known []string) string {
	best, least := "", 1+max(2, len(got)/3)
	for _, k := range known {
		if d := distance(strings.ToLower(got), k); d < least && d < len(k) {
			best, least = k, d
		}
	}
	return best
}

// distance returns the optimal string alignment distance: each insertion,
// deletion, substitution and swap of neighbours costs 1.
func distance(a, b string) int {
	if len(a) > 64 { // longer than any known name
		return len(a)
	}
	before, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(row[j]+cost, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}

// lineAt returns a line of the file, "" for one that it does not have.
func (r *reader) lineAt(n int) string {
	if n < 1 || n > len(r.lines) {
		return ""
	}
	return r.lines[n-1]
}

// shaped returns the end of a message about a value of another form: how to write it.
func (n *Node) shaped(what string, wanted form) string {
	ofTexts := []string{"hosts", "allow_private", "revisit", "was"}
	if n.form == text && wanted == list && slices.Contains(ofTexts, what) {
		return fmt.Sprintf(": write [%s]", clip(n.text))
	}
	if shape := remedy.Shape(what); shape != "" {
		return ": write " + shape
	}
	return ""
}

// misquoted reports a text in typographic quotes, or with a variable of a shell.
func (n *Node) misquoted() bool {
	switch name := remedy.Variable(strings.TrimSpace(n.text)); {
	case remedy.IsTypographic(n.text):
		n.Fail("%s begins with a typographic quote: write ' or \"", clip(n.text))
	case name != "" && n.variable == "":
		n.Fail("%s: variables are not replaced in crawl.yaml: write the value, {file: path} for a header or proxy, or set "+
			"NEWSONCE_STATE, NEWSONCE_OUTPUT_PATH, NEWSONCE_USER_AGENT or NEWSONCE_WORKERS", name)
	default:
		return false
	}
	return true
}

// foreignPath reports a path of Windows on another system, and one whose \ YAML reads as
// an escape.
func (n *Node) foreignPath(path string) {
	switch written, ok := remedy.WindowsPath(path, n.r.lineAt(n.line)); {
	case written != "":
		n.Fail(`in double quotes, \ begins an escape: use single quotes, %s`, written)
	case ok && runtime.GOOS != "windows":
		n.Fail("path %q is one of Windows: write it as /folder/file", clip(path))
	}
}

// foreignPattern reports a pattern that Go reads, but that was written for another
// language or as for file names.
func (n *Node) foreignPattern() bool {
	language, written := remedy.Foreign(n.text)
	if language != "" {
		n.Fail("pattern %s is %s: write %s", clip(n.text), language, written)
	} else if written = remedy.Glob(n.text); written != "" {
		n.Warn("pattern %s: * repeats the / before it, any text is .*: write %s", clip(n.text), written)
	}
	return language != ""
}

// nothing returns the end of a message about a key without a value: the reason, if it is
// seen.
func (n *Node) nothing() string {
	if _, comment, ok := strings.Cut(n.r.lineAt(n.line), ": #"); ok {
		return fmt.Sprintf(": # begins a comment: put the value in quotes, '#%s'", clip(strings.TrimSpace(comment)))
	}
	return ": set a value or remove the key"
}
