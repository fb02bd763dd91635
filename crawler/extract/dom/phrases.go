package dom

import (
	"math"
	"strings"
	"sync"
	"unicode/utf8"
)

// Phrases finds any of a list of strings in a text, in one pass however long the
// list is (Aho and Corasick, 1975). ASCII letters match in either case.
type Phrases struct {
	list   []string
	build  sync.Once  // fills what follows when it is first needed
	column [256]uint8 // of a byte; 0 for those in none of the strings
	width  int
	rows   []uint32 // row + column -> row of the next state, which is its number times width; or found

	// While it is built.
	next []uint16 // state*width + column -> state
	ends []bool   // by state: one of the strings ends here
}

// found stands for the row of a state where one of the strings ends.
const found = math.MaxUint32

// NewPhrases returns a matcher for strings in lower case.
func NewPhrases(list ...string) *Phrases { return &Phrases{list: list} }

// fill builds the automaton.
func (p *Phrases) fill() {
	p.width = 1
	size := 1
	for _, s := range p.list {
		size += len(s)
		for i := 0; i < len(s); i++ {
			if c := s[i]; p.column[c] == 0 {
				p.column[c] = uint8(p.width)
				p.width++
			}
		}
	}
	for c := byte('a'); c <= 'z'; c++ {
		p.column[c-'a'+'A'] = p.column[c]
	}
	p.next = make([]uint16, 0, size*p.width)
	p.grow()
	for _, s := range p.list {
		at := 0
		for i := 0; i < len(s); i++ {
			cell := at*p.width + int(p.column[s[i]])
			if p.next[cell] == 0 {
				p.next[cell] = uint16(len(p.ends))
				p.grow()
			}
			at = int(p.next[cell])
		}
		p.ends[at] = true
	}
	p.link()
	p.rows = make([]uint32, len(p.next))
	for cell, state := range p.next {
		if p.rows[cell] = uint32(int(state) * p.width); p.ends[state] {
			p.rows[cell] = found
		}
	}
	p.next, p.ends = nil, nil
}

// grow adds a state without transitions.
func (p *Phrases) grow() {
	p.next = p.next[:len(p.next)+p.width]
	p.ends = append(p.ends, false)
}

// link fills the missing transitions of each state with those of its fallback:
// the state for the longest suffix of the text so far that begins a string.
func (p *Phrases) link() {
	type pending struct{ state, fallback int }
	var queue []pending
	for c := 1; c < p.width; c++ {
		if s := int(p.next[c]); s != 0 {
			queue = append(queue, pending{s, 0})
		}
	}
	for k := 0; k < len(queue); k++ {
		at := queue[k]
		p.ends[at.state] = p.ends[at.state] || p.ends[at.fallback]
		for c := 1; c < p.width; c++ {
			back := p.next[at.fallback*p.width+c]
			if cell := at.state*p.width + c; p.next[cell] == 0 {
				p.next[cell] = back
			} else {
				queue = append(queue, pending{int(p.next[cell]), int(back)})
			}
		}
	}
}

// InAnyCase is like In, and all letters match in either case.
func (p *Phrases) InAnyCase(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return p.In(strings.ToLower(s))
		}
	}
	return p.In(s)
}

// In reports whether s contains one of the strings.
func (p *Phrases) In(s string) bool {
	p.build.Do(p.fill)
	row, rows := uint32(0), p.rows
	for i := 0; i < len(s); i++ {
		if row = rows[row+uint32(p.column[s[i]])]; row == found {
			return true
		}
	}
	return false
}
