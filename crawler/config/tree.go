package config

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/newsonce/newsonce/crawler/config/remedy"
)

// tree parses one YAML document and reports syntax errors and duplicate keys. It
// returns nil when the document cannot be read at all.
func (r *reader) tree(data []byte) *Node {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		r.invalid(data).Fail("not UTF-8: save the file as UTF-8")
		return nil
	}
	// The parser counts a CR LF within quotes as two lines.
	data = bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	r.lines = strings.Split(string(data), "\n")
	parsed, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		at, message := r.node(1, 1), err.Error()
		var syntax yaml.Error
		if errors.As(err, &syntax) {
			message = strings.ReplaceAll(syntax.GetMessage(), "\t", `\t`)
			at = r.place(syntax.GetToken())
		}
		message = strings.Join(strings.Fields(message), " ")
		at.Fail("not valid YAML: %s: %s", message, remedy.Syntax(message, r.lineAt(at.line), r.lineAt(at.line-1)))
		return nil
	}
	var root *Node
	b := builder{reader: r, anchors: map[string]*Node{}}
	for _, doc := range parsed.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.CommentType || doc.Body.Type() == ast.CommentGroupType {
			continue
		}
		n := b.build(doc.Body)
		if root != nil {
			n.Fail("a second YAML document: a configuration is one document, so remove the --- line")
			break
		}
		root = n
	}
	if root == nil {
		root = r.node(1, 1)
	}
	return root
}

// invalid returns an empty node at the first bytes that are not UTF-8.
func (r *reader) invalid(data []byte) *Node {
	valid := bytes.ToValidUTF8(data, []byte("\xff"))
	before := data[:bytes.IndexByte(valid, 0xff)]
	line := before[bytes.LastIndexByte(before, '\n')+1:]
	return r.node(1+bytes.Count(before, []byte("\n")), 1+utf8.RuneCount(line))
}

// node returns an empty node at a place.
func (r *reader) node(line, col int) *Node { return &Node{r: r, line: max(1, line), col: max(1, col)} }

// place returns an empty node at the place of a token.
func (r *reader) place(t *token.Token) *Node {
	if t == nil || t.Position == nil {
		return r.node(1, 1)
	}
	return r.node(t.Position.Line, t.Position.Column)
}

// builder turns the parser's tree into nodes. An anchor is known only once its
// value has been built, so that no alias can contain itself.
type builder struct {
	*reader
	anchors map[string]*Node
}

func (b *builder) build(a ast.Node) *Node {
	if a == nil {
		return b.node(1, 1)
	}
	n := b.place(a.GetToken())
	switch a := a.(type) {
	case *ast.NullNode:
	case *ast.StringNode:
		n.form, n.text = text, a.Value
	case *ast.LiteralNode:
		n.form, n.text = text, a.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		n.form, n.text = number, a.GetToken().Value
	case *ast.BoolNode:
		n.form, n.text = boolean, a.Token.Value
	case *ast.SequenceNode:
		n.form = list
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
		return b.alias(n, a.Value.GetToken().Value)
	case *ast.TagNode:
		n.Fail("YAML tags such as %s are not supported: remove it", a.Start.Value)
		return b.build(a.Value)
	default:
		n.Fail("unexpected YAML (%s)", strings.ToLower(a.Type().String()))
	}
	return n
}

// alias returns the value of an anchor, which may become part of the tree several
// times.
func (b *builder) alias(n *Node, name string) *Node {
	if anchored, ok := b.anchors[name]; ok {
		return anchored
	}
	switch near := Nearest(name, slices.Sorted(maps.Keys(b.anchors))); {
	case near != "":
		n.Fail("no anchor &%s before this alias, did you mean %q?", name, near)
	case name == "defaults":
		n.Fail("no anchor &defaults before this alias: remove it, sites have the values under defaults by themselves")
	default:
		n.Fail("no anchor &%s before this alias: write &%s before the value that it stands for, "+
			"or put a text that begins with * in quotes", name, name)
	}
	return n
}

// mapping fills n. Its own keys override those of merged mappings (<<).
func (b *builder) mapping(n *Node, values []*ast.MappingValueNode, flow bool) {
	n.form = mapping
	seen := map[string]*Node{}
	var merged []field
	for i, v := range values {
		if v.Key.IsMergeKey() {
			merged = append(merged, b.merged(v.Value)...)
			continue
		}
		key := b.key(v.Key)
		if i == 0 && !flow { // the parser reports the place of its first colon
			n.line, n.col = key.line, key.col
		}
		value := b.build(v.Value)
		if value.form == null { // it may have no place in the file
			value.line, value.col = key.line, key.col
		}
		if first, ok := seen[key.text]; ok {
			key.Fail("key %q is already set on line %d: remove one of them", key.text, first.line)
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

func (b *builder) key(k ast.MapKeyNode) *Node {
	var a ast.Node = k
	if explicit, ok := k.(*ast.MappingKeyNode); ok { // "? key"
		a = explicit.Value
	}
	n := b.build(a)
	if n.form == list || n.form == mapping {
		n.Fail("a key must be a word, not %s", n.form)
	}
	return n
}

// merged returns the fields of the mapping after <<, or of a list of mappings.
func (b *builder) merged(a ast.Node) []field {
	before := len(b.errs)
	n := b.build(a)
	if len(b.errs) > before { // an alias without an anchor
		return nil
	}
	sources := n.items
	if n.form != list {
		sources = []*Node{n}
	}
	var fields []field
	for _, s := range sources {
		if s.form != mapping {
			n.Fail("<< merges mappings, not %s", s.form)
			continue
		}
		fields = append(fields, s.fields...)
	}
	return fields
}
