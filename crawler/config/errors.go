package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Error is one mistake and its place. Line and Col count from 1; both are 0
// when the mistake stands in a variable, which File then names.
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

// Errors are all mistakes of one configuration, by line and column. Error
// gives one a line.
type Errors []Error

func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// sorted orders errors by place and drops repetitions: a block behind an
// anchor is read once for each alias.
func (e Errors) sorted() Errors {
	slices.SortStableFunc(e, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col), cmp.Compare(a.File, b.File), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(e)
}

// reader collects what is wrong while a configuration is read, so that one run
// shows every mistake.
type reader struct {
	file     string
	dir      string // absolute; what relative paths are relative to
	errs     Errors
	warnings Errors
}

func (r *reader) fail(n *node, format string, args ...any) {
	r.errs = append(r.errs, r.at(n, fmt.Sprintf(format, args...)))
}

func (r *reader) warn(n *node, format string, args ...any) {
	r.warnings = append(r.warnings, r.at(n, fmt.Sprintf(format, args...)))
}

func (r *reader) at(n *node, message string) Error {
	return Error{cmp.Or(n.variable, r.file), n.line, n.col, message}
}

// didYouMean is `, did you mean "x"?` for the nearest of the known names, or
// the names themselves when none is near.
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

// distance is the optimal string alignment distance: insertions, deletions,
// substitutions and swaps of neighbours cost 1 each.
func distance(a, b string) int {
	if len(a) > 64 { // no name of ours is near
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
