package dedupe

import (
	"math"
	"slices"
)

// tally counts, per document, the keys under which it is found.
type tally struct {
	places []count  // open addressing by document; a power of two
	used   []uint32 // indexes of the places in use
}

// count is the number of keys that a document shares, and their weight.
type count struct {
	document uint32
	times    uint32 // 0 for a free place
	weight   uint32
}

func (t *tally) clear() {
	for _, i := range t.used {
		t.places[i] = count{}
	}
	t.used = t.used[:0]
}

// place returns the index of a document's place, or of a free one for it.
func (t *tally) place(document uint32) uint32 {
	mask := uint32(len(t.places) - 1)
	i := document * 0x9e3779b1 >> 7 & mask
	for t.places[i].times != 0 && t.places[i].document != document {
		i = (i + 1) & mask
	}
	return i
}

func (t *tally) add(document uint32, times, weight int) {
	if 2*len(t.used) >= len(t.places) {
		t.grow()
	}
	i := t.place(document)
	c := &t.places[i]
	if c.times == 0 {
		c.document = document
		t.used = append(t.used, i)
	}
	c.times += uint32(times)
	c.weight += uint32(weight)
}

// raise adds to the counts of a document that has some.
func (t *tally) raise(document uint32, times, weight int) {
	if c := &t.places[t.place(document)]; c.times > 0 {
		c.times += uint32(times)
		c.weight += uint32(weight)
	}
}

func (t *tally) grow() {
	old := t.places
	t.places = make([]count, max(256, 2*len(old)))
	for n, i := range t.used {
		at := t.place(old[i].document)
		t.places[at] = old[i]
		t.used[n] = at
	}
}

// candidate holds a document in the lower half and its inverted weight in the
// upper one. In ascending order the greatest weight comes first, and of equal
// weights the first document.
type candidate uint64

func (c candidate) document() uint32 { return uint32(c) }

// candidates appends, in order, the documents that share at least the fewest keys.
func (t *tally) candidates(list []candidate, fewest int) []candidate {
	for _, i := range t.used {
		if c := t.places[i]; c.times >= uint32(fewest) {
			list = append(list, candidate(uint64(math.MaxUint32-c.weight)<<32|uint64(c.document)))
		}
	}
	slices.Sort(list)
	return list
}
