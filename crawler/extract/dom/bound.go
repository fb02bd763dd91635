package dom

import (
	"bytes"
	"fmt"

	"github.com/zeebo/xxh3"
)

// maxNodes is how many elements and texts the tree of a page may have. Each
// costs some 280 bytes with all that is noted of it. Pages have 1,000 to 20,000,
// the longest lists 100,000.
const maxNodes = 300_000

// MaxListNodes is how much of a listing is read: more entries than are taken of
// any page.
const MaxListNodes = 150_000

var ErrTooLarge = fmt.Errorf("more than %d elements and texts", maxNodes)

// isFormatting names the elements that a parser opens again after the block that
// they stood in was closed (HTML standard, section 13.2.4.3, "reconstruct the
// active formatting elements"). With them a page of 50 KB can have millions.
func isFormatting(name []byte) bool {
	switch string(name) {
	case "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u":
		return true
	}
	return false
}

// isWall names the elements whose content opens and closes nothing outside
// ("insert a marker").
func isWall(name []byte) bool {
	switch string(name) {
	case "applet", "caption", "marquee", "object", "td", "template", "th":
		return true
	}
	return false
}

const (
	// sameFormatting is how many alike of them a parser keeps ("Noah's Ark clause").
	sameFormatting = 3
	// maxOpen is the depth at which x/net/html gives up.
	maxOpen = 512
	// fewTags cannot give many nodes, however many of them open the others again.
	fewTags = 1400
)

// checkNodes refuses a page whose tree might have more than maxNodes nodes,
// before it is built.
func checkNodes(body []byte) error {
	if Bound(body, maxNodes) < len(body) {
		return ErrTooLarge
	}
	return nil
}

// Bound returns the length of the part of a page whose tree has at most
// limit nodes, maxNodes or fewer. It counts tags, those in scripts among them, texts, and for
// each tag that may close a block the formatting elements that may have to be
// opened again; what is not certain to be closed counts as open.
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

// name is the name of a tag in lower case, filled up with zeros. Longer ones are
// empty: none of those that matter.
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

// wall is an element that isWall names, opened when so many formats were open.
type wall struct {
	name name
	open int
}

// tag follows a tag and reports whether it is a formatting element.
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

// add opens a formatting element, but for one of which a parser keeps no more.
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

// close closes the last element of a name on this side of the last wall.
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
