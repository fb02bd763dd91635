package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
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
