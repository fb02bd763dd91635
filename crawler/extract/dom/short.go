package dom

import (
	"bytes"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// About half of the bytes of a page are scripts, styles and comments, of which hardly
// any is read. html.Parse goes through them byte by byte and copies each into a string.
// So it is given a short form of the page, with a label in the place of each long text.
// A label that turns up as all of a script, a style or a comment shows that html.Parse
// was reading such a text there, and went on where it would have gone on after the text
// itself. If one does not, the page was misread, and html.Parse is given all of it.

const (
	// label, a control character that pages do not use, and a number stand for a text.
	label = "\x01"
	// minCut is the least length of a text that a label is worth, in bytes.
	minCut = 64
)

// cut is a text that html.Parse was not given.
type cut struct {
	text []byte     // as it stands in the page
	node *html.Node // of the label; its Data is empty until the text is read
}

// shorten appends the short form of a page to short and what it leaves out to cuts.
func shorten(page, short []byte, cuts []cut) ([]byte, []cut) {
	if bytes.IndexByte(page, 0) >= 0 || bytes.IndexByte(page, label[0]) >= 0 {
		return append(short, page...), cuts
	}
	done := 0
	for from, to := range longTexts(page) {
		short = append(short, page[done:from]...)
		short = append(short, label...)
		short = strconv.AppendInt(short, int64(len(cuts)), 10)
		cuts = append(cuts, cut{text: page[from:to]})
		done = to
	}
	return append(short, page[done:]...), cuts
}

// longTexts returns begin and end of the long scripts, styles and comments of a page,
// as far as can be seen without parsing it. It may be wrong about what is mark-up, but
// not about where a text ends.
func longTexts(page []byte) iter.Seq2[int, int] {
	return func(yield func(from, to int) bool) {
		s := scanner{page: page}
		for s.next() {
			if s.to-s.from >= minCut && !yield(s.from, s.to) {
				return
			}
		}
	}
}

// scanner finds the texts of a page that are no mark-up.
type scanner struct {
	page     []byte
	at       int
	from, to int // the text found last
}

// next finds the next text that may be cut.
func (s *scanner) next() bool {
	for {
		i := bytes.IndexByte(s.page[s.at:], '<')
		if i < 0 {
			return false
		}
		s.at += i + 1
		rest := s.page[s.at:]
		switch {
		case bytes.HasPrefix(rest, []byte("!--")):
			if s.comment() {
				return true
			}
		case len(rest) > 0 && isLetter(rest[0]):
			if name := unparsedName(rest); name != "" && s.element(name) {
				return true
			}
		}
		if s.at > len(s.page) {
			return false
		}
	}
}

// comment moves past the comment at s.at and reports whether it may be cut: whether
// nothing but "-->" ends it.
func (s *scanner) comment() bool {
	s.from = s.at + len("!--")
	length := bytes.Index(s.page[s.from:], []byte("-->"))
	if length < 0 {
		s.at = len(s.page) + 1
		return false
	}
	s.to = s.from + length
	s.at = s.to
	text := s.page[s.from:s.to]
	return len(text) > 0 && text[0] != '>' && !bytes.HasPrefix(text, []byte("->")) && !bytes.Contains(text, []byte("--!>"))
}

// element moves past the text of the element whose opening tag is at s.at, and reports
// whether it may be cut. A script may hold "</script>" after "<!--".
func (s *scanner) element(name string) bool {
	end := tagEnd(s.page[s.at:])
	if end < 0 || name == "plaintext" {
		s.at = len(s.page) + 1
		return false
	}
	s.from = s.at + end
	s.at = s.from
	if name == "svg" && s.page[s.from-2] == '/' {
		return false
	}
	length, comment := closingTag(s.page[s.from:], name)
	if length < 0 {
		s.at = len(s.page) + 1
		return false
	}
	s.to = s.from + length
	s.at = s.to
	return !comment && (name == "script" || name == "style")
}

// unparsedNames are the elements whose content is no mark-up, and svg, within which
// scripts and styles hold mark-up, by their first letter.
var unparsedNames = [...][]string{
	'i' - 'a': {"iframe"},
	'n' - 'a': {"noscript", "noembed", "noframes"},
	'p' - 'a': {"plaintext"},
	's' - 'a': {"script", "style", "svg"},
	't' - 'a': {"textarea", "title"},
	'x' - 'a': {"xmp"},
	'z' - 'a': nil,
}

// unparsedName returns the name of an element of unparsedNames at the start of a tag,
// "" for others.
func unparsedName(tag []byte) string {
	for _, name := range unparsedNames[tag[0]|0x20-'a'] {
		if hasName(tag, name) {
			return name
		}
	}
	return ""
}

// hasName reports whether a tag has that name, which is in lower case.
func hasName(tag []byte, name string) bool {
	if len(tag) <= len(name) {
		return false
	}
	switch tag[len(name)] {
	case ' ', '\n', '\r', '\t', '\f', '/', '>':
	default:
		return false
	}
	for i := range len(name) {
		if tag[i]|0x20 != name[i] {
			return false
		}
	}
	return true
}

// closingTag returns the position of the closing tag of an element in what follows its
// opening tag, -1 when there is none, and whether a comment begins before it.
func closingTag(text []byte, name string) (at int, comment bool) {
	for {
		i := bytes.IndexByte(text[at:], '<')
		if i < 0 {
			return -1, comment
		}
		at += i
		switch rest := text[at+1:]; {
		case len(rest) == 0:
		case rest[0] == '/' && hasName(rest[1:], name):
			return at, comment
		case bytes.HasPrefix(rest, []byte("!--")):
			comment = true
		}
		at++
	}
}

// tagEnd returns the length of a tag including its ">", -1 when it has none.
func tagEnd(tag []byte) int {
	for i := 0; i < len(tag); i++ {
		switch tag[i] {
		case '>':
			return i + 1
		case '=':
			for i+1 < len(tag) && (tag[i+1] == ' ' || '\t' <= tag[i+1] && tag[i+1] <= '\r') {
				i++
			}
			if i+1 < len(tag) && (tag[i+1] == '"' || tag[i+1] == '\'') {
				length := bytes.IndexByte(tag[i+2:], tag[i+1])
				if length < 0 {
					return -1
				}
				i += 2 + length
			}
		}
	}
	return -1
}

// empty empties n if it holds a label, and returns the cut.
func (t *Tree) empty(n *html.Node) *cut {
	number, ok := strings.CutPrefix(n.Data, label)
	if !ok {
		return nil
	}
	i, err := strconv.Atoi(number)
	if err != nil || i >= len(t.cuts) || t.cuts[i].node != nil {
		return nil
	}
	t.emptied++
	t.cuts[i].node, n.Data = n, ""
	return &t.cuts[i]
}

// read puts the text into its node, if it is not there yet.
func (c *cut) read() {
	if c.node == nil || c.text == nil {
		return
	}
	s := string(c.text)
	c.text = nil
	if strings.IndexByte(s, '\r') >= 0 { // html.Parse knows one kind of line end
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	if c.node.Type == html.CommentNode { // it does so
		s = html.UnescapeString(s)
	}
	c.node.Data = s
}

// Restore puts all texts into the nodes, for those who read the nodes without the
// methods of the tree: afterwards they are as html.Parse would have made them.
func (t *Tree) Restore() {
	for i := range t.cuts {
		t.cuts[i].read()
	}
}

// Script is a script element that holds a text.
type Script struct {
	Index int32
	Node  *html.Node
	cut   *cut // nil: the node has the text
}

// Scripts returns the script elements that hold a text, in document order.
func (t *Tree) Scripts() []Script { return t.scripts }

// Text returns the text of a script.
func (s *Script) Text() string {
	if s.cut != nil {
		s.cut.read()
	}
	return s.Node.FirstChild.Data
}

// Begins reports whether a script begins with prefix, after white space.
func (s *Script) Begins(prefix string) bool {
	if s.cut == nil || s.cut.text == nil {
		return strings.HasPrefix(strings.TrimLeft(s.Node.FirstChild.Data, " \t\r\n"), prefix)
	}
	return bytes.HasPrefix(bytes.TrimLeft(s.cut.text, " \t\r\n"), []byte(prefix))
}

// parse parses a page, and its short form first.
func (t *Tree) parse(page []byte) error {
	t.short, t.cuts = shorten(page, t.short[:0], t.cuts[:0])
	if err := t.parseAll(t.short); err != nil || t.emptied == len(t.cuts) {
		return err
	}
	t.reset()
	return t.parseAll(page)
}

func (t *Tree) parseAll(page []byte) error {
	if Bound(page, maxNodes) < len(page) {
		return fmt.Errorf("parse html: %w", ErrTooLarge)
	}
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return fmt.Errorf("parse html: %w", err)
	}
	placeStreamed(page, root)
	t.root = root
	t.add(root, -1)
	return nil
}
