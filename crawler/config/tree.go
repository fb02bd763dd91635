package config

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// kind tells what a YAML value is.
type kind uint8

const (
	null kind = iota
	text
	number
	boolean
	list
	mapping
)

// String names a kind as an error message does.
func (k kind) String() string {
	return [...]string{"nothing", "text", "a number", "a boolean", "a list", "a mapping"}[k]
}

// node is one YAML value with its place. Aliases are followed: a node may
// stand at several places of the tree.
type node struct {
	kind      kind
	line, col int     // from 1; 0 for a variable
	variable  string  // name of the variable that the value came from
	text      string  // of a scalar: the text, or the number as written
	items     []*node // of a list
	fields    []field // of a mapping, in order, each key once
	odd       bool    // a mapping with an unknown key: what is missing may be misspelt
}

// field is one entry of a mapping; key is its own node for the place.
type field struct {
	key   *node
	value *node
}

// tree parses one YAML document. Syntax errors and duplicate keys are
// reported; the node is usable unless it is nil.
func (r *reader) tree(data []byte) *node {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		r.fail(invalid(data), "not UTF-8: save the file as UTF-8")
		return nil
	}
	// The parser counts a CR LF within quotes as two lines.
	data = bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	parsed, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		at, message := &node{line: 1, col: 1}, err.Error()
		var syntax yaml.Error
		if errors.As(err, &syntax) {
			message = strings.ReplaceAll(syntax.GetMessage(), "\t", `\t`)
			at = place(syntax.GetToken())
		}
		r.fail(at, "not valid YAML: %s", strings.Join(strings.Fields(message), " "))
		return nil
	}
	var root *node
	b := builder{reader: r, anchors: map[string]*node{}}
	for _, doc := range parsed.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.CommentType || doc.Body.Type() == ast.CommentGroupType {
			continue
		}
		n := b.build(doc.Body)
		if root != nil {
			r.fail(n, "a second YAML document: a configuration is one document; remove the --- line")
			break
		}
		root = n
	}
	if root == nil {
		root = &node{line: 1, col: 1}
	}
	return root
}

// invalid is where the first bytes stand that are not UTF-8.
func invalid(data []byte) *node {
	valid := bytes.ToValidUTF8(data, []byte("\xff"))
	before := data[:bytes.IndexByte(valid, 0xff)]
	line := before[bytes.LastIndexByte(before, '\n')+1:]
	return &node{line: 1 + bytes.Count(before, []byte("\n")), col: 1 + utf8.RuneCount(line)}
}

// place is an empty node where a token stands.
func place(t *token.Token) *node {
	if t == nil || t.Position == nil {
		return &node{line: 1, col: 1}
	}
	return &node{line: max(1, t.Position.Line), col: max(1, t.Position.Column)}
}

// builder turns the parser's tree into nodes. Anchors are known only after
// their value has been built, so that no alias can contain itself.
type builder struct {
	*reader
	anchors map[string]*node
}

func (b *builder) build(a ast.Node) *node {
	if a == nil {
		return &node{line: 1, col: 1}
	}
	n := place(a.GetToken())
	switch a := a.(type) {
	case *ast.NullNode:
	case *ast.StringNode:
		n.kind, n.text = text, a.Value
	case *ast.LiteralNode:
		n.kind, n.text = text, a.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		n.kind, n.text = number, a.GetToken().Value
	case *ast.BoolNode:
		n.kind, n.text = boolean, a.Token.Value
	case *ast.SequenceNode:
		n.kind = list
		for _, item := range a.Values {
			n.items = append(n.items, b.build(item))
		}
	case *ast.MappingNode:
		b.mapping(n, a.Values, a.IsFlowStyle)
	case *ast.MappingValueNode:
		b.mapping(n, []*ast.MappingValueNode{a}, false)
	case *ast.AnchorNode:
		anchored := b.build(a.Value)
		b.anchors[a.Name.GetToken().Value] = anchored
		return anchored
	case *ast.AliasNode:
		name := a.Value.GetToken().Value
		if anchored, ok := b.anchors[name]; ok {
			return anchored
		}
		known := slices.Sorted(maps.Keys(b.anchors))
		b.fail(n, "no anchor &%s stands before this alias%s", name, didYouMean(name, known))
	case *ast.TagNode:
		b.fail(n, "YAML tags such as %s are not used here; remove it", a.Start.Value)
		return b.build(a.Value)
	default:
		b.fail(n, "unexpected YAML (%s)", strings.ToLower(a.Type().String()))
	}
	return n
}

// mapping fills n. Keys of merged mappings (<<) stand behind its own and give
// way to them.
func (b *builder) mapping(n *node, values []*ast.MappingValueNode, flow bool) {
	n.kind = mapping
	seen := map[string]*node{}
	var merged []field
	for i, v := range values {
		if v.Key.IsMergeKey() {
			merged = append(merged, b.merged(v.Value)...)
			continue
		}
		key := b.key(v.Key)
		if i == 0 && !flow { // the parser places a block mapping at its colon
			n.line, n.col = key.line, key.col
		}
		value := b.build(v.Value)
		if value.kind == null { // perhaps nowhere in the file
			value.line, value.col = key.line, key.col
		}
		if first, ok := seen[key.text]; ok {
			b.fail(key, "key %q is already given on line %d; keep one", key.text, first.line)
			continue
		}
		seen[key.text] = key
		n.fields = append(n.fields, field{key, value})
	}
	for _, f := range merged {
		if seen[f.key.text] == nil {
			seen[f.key.text] = f.key
			n.fields = append(n.fields, f)
		}
	}
}

func (b *builder) key(k ast.MapKeyNode) *node {
	var a ast.Node = k
	if explicit, ok := k.(*ast.MappingKeyNode); ok { // "? key"
		a = explicit.Value
	}
	n := b.build(a)
	if n.kind == list || n.kind == mapping {
		b.fail(n, "a key must be a word, not %s", n.kind)
	}
	return n
}

// merged gives the fields that stand behind <<: a mapping or a list of them.
func (b *builder) merged(a ast.Node) []field {
	before := len(b.errs)
	n := b.build(a)
	if len(b.errs) > before { // an alias without its anchor
		return nil
	}
	sources := n.items
	if n.kind != list {
		sources = []*node{n}
	}
	var fields []field
	for _, s := range sources {
		if s.kind != mapping {
			b.fail(n, "<< merges mappings, not %s", s.kind)
			continue
		}
		fields = append(fields, s.fields...)
	}
	return fields
}

// keys are the keys that are known at one place, each with what reads it.
type keys map[string]func(*node)

// read passes each field of a mapping to its key's function, in the order of
// the file. Nothing at all reads as an empty mapping. It reports whether n was
// a mapping.
func (r *reader) read(n *node, what string, known keys) bool {
	if n.kind == null {
		return true
	}
	if n.kind != mapping {
		r.fail(n, "%s must be a mapping of keys, not %s", what, n.describe())
		return false
	}
	for _, f := range n.fields {
		if read, ok := known[f.key.text]; ok {
			read(f.value)
		} else {
			n.odd = true
			r.unknown(f.key, what, slices.Sorted(maps.Keys(known)))
		}
	}
	return true
}

// needs reports a key that a mapping lacks.
func (r *reader) needs(n *node, key, format string, args ...any) {
	if n.kind != mapping && n.kind != null || n.odd || n.get(key) != nil {
		return
	}
	r.fail(n, format, args...)
}

func (r *reader) unknown(key *node, what string, known []string) {
	if what == "crawl.yaml" && slices.Contains(settingNames(), key.text) {
		r.fail(key, "key %q belongs under defaults or a site", key.text)
		return
	}
	r.fail(key, "unknown key %q in %s%s", key.text, what, didYouMean(key.text, known))
}

// get is the value of a mapping's key, nil when it is not given.
func (n *node) get(key string) *node {
	for _, f := range n.fields {
		if f.key.text == key {
			return f.value
		}
	}
	return nil
}

// describe names a value in an error message, as: the number 5.
func (n *node) describe() string {
	switch n.kind {
	case text:
		return fmt.Sprintf("the text %q", clip(n.text))
	case number:
		return "the number " + clip(n.text)
	case boolean:
		return "the boolean " + n.text
	}
	return n.kind.String()
}

// clip keeps a message on one line of readable length.
func clip(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
