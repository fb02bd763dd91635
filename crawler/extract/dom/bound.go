package dom

import (
	"bytes"
	"fmt"

	"github.com/zeebo/xxh3"
)

// maxNodes is the number of elements and texts that the tree of a page may have.
// Each costs about 280 bytes. Pages have 1,000 to 20,000, the longest lists 100,000.
const maxNodes = 300_000

// ErrTooLarge is the error of Parse for a page with too many elements and texts.
var ErrTooLarge = fmt.Errorf("more than %d elements and texts", maxNodes)

// isFormatting reports whether a parser reopens the element after the block around
// it was closed (HTML standard, section 13.2.4.3, "reconstruct the active formatting
// elements"). With such elements a page of 50 KB can have a tree of millions of nodes.
func isFormatting(name []byte) bool {
	switch string(name) {
	case "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u":
		return true
	}
	return false
}

// isWall reports whether the content of the element closes nothing outside it
// ("insert a marker").
func isWall(name []byte) bool {
	switch string(name) {
	case "applet", "caption", "marquee", "object", "td", "template", "th":
		return true
	}
	return false
}

const (
	sameFormatting = 3    // identical formatting elements that a parser keeps open ("Noah's Ark clause")
	maxOpen        = 512  // the depth at which x/net/html gives up
	fewTags        = 1400 // too few to make maxNodes nodes, however often they are reopened
)

// Bound returns the length of the part of a page whose tree has at most
// limit nodes, which is maxNodes or less. It counts tags, even those in scripts, and
// texts, and for each tag that may close a block the formatting elements that may
// have to be reopened. An element that may be open counts as open.
func Bound(page []byte, limit int) int {
	if bytes.Count(page, []byte("<")) < fewTags {
		return len(page)
	}
	nodes, f, body := 0, formats{}, page
	for {
		at := bytes.IndexByte(body, '<')
		if at < 0 {
			return len(page)
		}
		text, tag := body[:at], body[at+1:]
		begin := len(page) - len(body) + at
		closing := len(tag) > 0 && tag[0] == '/'
		if closing {
			tag = tag[1:]
		}
		body = tag
		if len(tag) == 0 || !isLetter(tag[0]) {
			continue // part of a text, or a comment
		}
		if len(text) > 0 {
			nodes++
		}
		if !closing {
			nodes++
		}
		if !f.tag(tag, closing) {
			nodes += len(f.open)
		}
		if nodes > limit || len(f.open) > maxOpen {
			return begin
		}
	}
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// name is the name of a tag in lower case, padded with zeros. Longer names do not
// matter here and are empty.
type name [8]byte

// readName reads the name at the start of a tag.
func readName(tag []byte) (n name, length int) {
	for i, c := range tag {
		if c == '>' || c == '/' || c == ' ' || '\t' <= c && c <= '\r' {
			return n, i
		}
		if i == len(n) {
			break
		}
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		n[i] = c
	}
	return n, 0
}

// formats are the formatting elements that may be open.
type formats struct {
	open  []format
	walls []wall
}

type format struct {
	name name
	hash uint64 // of the tag with its attributes
}

// wall is an open element of which isWall is true, with the number of formats open at its start.
type wall struct {
	name name
	open int
}

// tag records a tag and reports whether it is that of a formatting element.
func (f *formats) tag(tag []byte, closing bool) bool {
	n, length := readName(tag)
	switch key := n[:length]; {
	case isFormatting(key):
		if closing {
			f.close(n)
		} else {
			f.add(n, tag)
		}
		return true
	case !isWall(key):
	case !closing:
		f.walls = append(f.walls, wall{n, len(f.open)})
	case len(f.walls) > 0 && f.walls[len(f.walls)-1].name == n:
		f.walls = f.walls[:len(f.walls)-1]
	}
	return false
}

// add opens a formatting element, unless a parser would keep no more like it.
func (f *formats) add(n name, tag []byte) {
	if n == (name{'a'}) { // one closes the one before
		f.close(n)
	}
	if i := bytes.IndexByte(tag, '>'); i >= 0 {
		tag = tag[:i]
	}
	hash, alike := xxh3.Hash(tag), 0
	for _, o := range f.open {
		if o.hash == hash {
			alike++
		}
	}
	if alike < sameFormatting {
		f.open = append(f.open, format{n, hash})
	}
}

// close closes the last element of a name that was opened after the last wall.
func (f *formats) close(n name) {
	from := 0
	if w := len(f.walls); w > 0 {
		from = f.walls[w-1].open
	}
	for i := len(f.open) - 1; i >= from; i-- {
		if f.open[i].name == n {
			f.open = append(f.open[:i], f.open[i+1:]...)
			return
		}
	}
}
