package config

import (
	"fmt"
	"maps"
	"slices"

	"github.com/newsonce/newsonce/crawler/config/remedy"
)

// form tells what a YAML value is.
type form uint8

const (
	null form = iota
	text
	number
	boolean
	list
	mapping
)

// String names a form as an error message does.
func (f form) String() string {
	return [...]string{"nothing", "text", "a number", "a boolean", "a list", "a mapping"}[f]
}

// Node is one YAML value and its place. Its methods read the value as a type. A
// wrong value is reported with its place and reads as a harmless one, so that one
// run shows every mistake.
type Node struct {
	r         *reader
	form      form
	line, col int     // from 1; 0 for a variable
	variable  string  // name of the environment variable that holds the value
	text      string  // of a scalar: the text, or the number as written
	items     []*Node // of a list
	fields    []field // of a mapping, in order, each key once
	odd       bool    // a mapping with an unknown key: a missing one may be misspelt
}

// field is one entry of a mapping. The key is a node because it has a place too.
type field struct {
	key   *Node
	value *Node
}

// with returns a text node at the place of n.
func (n *Node) with(s string) *Node {
	return &Node{r: n.r, form: text, line: n.line, col: n.col, variable: n.variable, text: s}
}

// Fail reports a mistake at the place of n. The message says what is wrong and
// how to correct it.
func (n *Node) Fail(format string, args ...any) {
	n.r.errs = append(n.r.errs, n.at(fmt.Sprintf(format, args...)))
}

// Warn reports something that is allowed but worth a look.
func (n *Node) Warn(format string, args ...any) {
	n.r.warnings = append(n.r.warnings, n.at(fmt.Sprintf(format, args...)))
}

// Keys are the keys known in a mapping, each with the function that reads its
// value.
type Keys map[string]func(*Node)

// Read passes each value of a mapping to the function of its key, in the order of
// the file, and reports unknown keys. An empty value reads as an empty mapping.
// Read returns false when n is not a mapping; what names it in messages.
func (n *Node) Read(what string, known Keys) bool {
	if n.form == null {
		return true
	}
	if n.form != mapping {
		n.Fail("%s must be a mapping of keys, not %s%s", what, n.describe(), n.shaped(what, mapping))
		return false
	}
	for _, f := range n.fields {
		if read, ok := known[f.key.text]; ok {
			read(f.value)
		} else {
			n.odd = true
			f.key.unknown(what, slices.Sorted(maps.Keys(known)))
		}
	}
	return true
}

func (n *Node) unknown(what string, known []string) {
	if what == "crawl.yaml" && slices.Contains(settingNames(), remedy.Snake(n.text)) {
		n.Fail("key %q belongs under defaults or a site", n.text)
		return
	}
	if r := remedy.Key(what, n.text); r != "" {
		n.Fail("unknown key %q in %s: %s", n.text, what, r)
		return
	}
	n.Fail("unknown key %q in %s%s", n.text, what, didYouMean(remedy.Snake(n.text), known))
}

// Require reports a mapping without the given key.
func (n *Node) Require(key, format string, args ...any) {
	if n.form != mapping && n.form != null || n.odd || n.Get(key) != nil {
		return
	}
	n.Fail(format, args...)
}

// Get returns the value of a key, or nil when the mapping does not have it.
func (n *Node) Get(key string) *Node {
	for _, f := range n.fields {
		if f.key.text == key {
			return f.value
		}
	}
	return nil
}

// Short allows a mapping that needs only one key to be written as the value of
// that key, a text or a list.
func (n *Node) Short(key string) *Node {
	if n.form != text && n.form != list {
		return n
	}
	return &Node{r: n.r, form: mapping, line: n.line, col: n.col, fields: []field{{n.with(key), n}}}
}

// entries returns the items of a list, which may be empty.
func (n *Node) entries(what string) []*Node {
	if n.form != list && n.form != null {
		n.Fail("%s must be a list, not %s%s", what, n.describe(), n.shaped(what, list))
	}
	return n.items
}

// describe names a value in an error message, such as "the number 5".
func (n *Node) describe() string {
	switch n.form {
	case text:
		return fmt.Sprintf("the text %q", clip(n.text))
	case number:
		return "the number " + clip(n.text)
	case boolean:
		return "the boolean " + n.text
	}
	return n.form.String()
}

// clip shortens a text to keep a message on one readable line.
func clip(s string) string { return remedy.Clip(s) }
