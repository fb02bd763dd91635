package dedupe

import "slices"

// posting files a document under a key. The upper half is the key, the lower one
// the document's number with all bits inverted, so that in ascending order the
// newest document of a key comes first.
type posting uint64

func newPosting(key, document uint32) posting {
	return posting(uint64(key)<<32 | uint64(^document))
}

func (p posting) key() uint32      { return uint32(p >> 32) }
func (p posting) document() uint32 { return ^uint32(p) }

// The kinds of keys.
const (
	shingleKey = iota
	exactKey
	urlKey
	titleKey
	headKey // of the head's ID, without Options.Load
)

// keyOf maps 28 bits of a hash and a kind to 32 bits, one to one. It distributes
// the keys evenly although the hashes are the smallest of their texts.
func keyOf(kind int, hash uint32) uint32 {
	return (hash<<4 | uint32(kind)) * 0x9e3779b1
}

// longestList bounds the documents of a key that a search looks at, the newest
// ones. A shingle of as many articles is boilerplate.
const longestList = 64

// newPostings holds the postings of the newest documents in order of arrival, so
// that the last ones can be removed.
type newPostings struct {
	list []chained
	last []uint32 // open addressing by key: 1 + index of the newest posting of that key in list, or 0
	keys int      // number of keys in last
}

type chained struct {
	key, document uint32
	before        uint32 // 1 + index of the previous posting with the same key, or 0
}

// place returns the index in last of a key, or of a free place for it.
func (p *newPostings) place(key uint32) int {
	mask := len(p.last) - 1
	i := int(key>>7) & mask
	for p.last[i] != 0 && p.list[p.last[i]-1].key != key {
		i = (i + 1) & mask
	}
	return i
}

func (p *newPostings) add(key, document uint32) {
	if 4*(p.keys+1) > 3*len(p.last) {
		p.grow()
	}
	i := p.place(key)
	if p.last[i] == 0 {
		p.keys++
	}
	p.list = append(p.list, chained{key, document, p.last[i]})
	p.last[i] = uint32(len(p.list))
}

// grow doubles the places. It inserts the keys in their order, on which truncate
// depends.
func (p *newPostings) grow() {
	p.last = make([]uint32, max(1024, 2*len(p.last)))
	p.keys = 0
	for i, c := range p.list {
		at := p.place(c.key)
		if p.last[at] == 0 {
			p.keys++
		}
		p.last[at] = uint32(i + 1)
	}
}

// truncate keeps the first n postings. Keys leave in the reverse order of their
// arrival, so that no probe sequence runs across a place that becomes free.
func (p *newPostings) truncate(n int) {
	for len(p.list) > n {
		c := p.list[len(p.list)-1]
		i := p.place(c.key)
		p.last[i] = c.before
		if c.before == 0 {
			p.keys--
		}
		p.list = p.list[:len(p.list)-1]
	}
}

// find appends at most n documents of a key, newest first.
func (p *newPostings) find(found []uint32, key uint32, n int) []uint32 {
	if len(p.last) == 0 {
		return found
	}
	for i := p.last[p.place(key)]; i != 0 && n > 0; n-- {
		c := p.list[i-1]
		found = append(found, c.document)
		i = c.before
	}
	return found
}

// sorted returns all postings in ascending order.
func (p *newPostings) sorted() []posting {
	all := make([]posting, len(p.list))
	for i, c := range p.list {
		all[i] = newPosting(c.key, c.document)
	}
	slices.Sort(all)
	return all
}

// clear removes all postings.
func (p *newPostings) clear() {
	p.list = p.list[:0]
	clear(p.last)
	p.keys = 0
}
