package sqlite

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// keys maps 64-bit keys to the ids 1, 2, 3, … that they were given in order.
// What is added between begin and commit lies in an overlay that rollback
// drops. The committed part takes 10 to 11 bytes a key in segments that are
// sorted, against 30 to 38 bytes of a Go map and 14 to 16 of an open table of
// keys and ids.
type keys struct {
	segments [segmentCount]segment // by the highest bits of the mixed key
	mixer    uint64                // odd
	last     uint32                // id of the newest committed key
	fresh    map[uint64]uint32     // added since the last commit
	order    []uint64              // keys of fresh, in the order of their ids
	moved    map[uint64]uint32     // committed keys that have another id since the last commit, 0: none
}

const (
	restBits     = 52 // of a mixed key, kept in its segment
	segmentCount = 1 << (64 - restBits)
	mostKeys     = 1<<28 - 1 // ids have 28 bits
)

// newKeys makes an empty set. Which keys share a segment is another matter in
// each process: a site can choose the hashes of its URLs.
func newKeys() *keys { return keysMixedBy(rand.Uint64() | 1) }

func keysMixedBy(mixer uint64) *keys {
	return &keys{mixer: mixer, fresh: map[uint64]uint32{}, moved: map[uint64]uint32{}}
}

// place is where a key is kept: the segment, and what is stored in it.
func (k *keys) place(key uint64) (s *segment, rest uint64) {
	m := key * k.mixer // one to one
	return &k.segments[m>>restBits], m & restMask
}

// keyAt is the key that has this place.
func (k *keys) keyAt(segment int, rest uint64) uint64 {
	inverse := k.mixer // modulo 1<<64, by Newton's method: each step doubles the bits that are right
	for range 5 {
		inverse *= 2 - k.mixer*inverse
	}
	return (uint64(segment)<<restBits | rest) * inverse
}

// get returns the id of key, or 0.
func (k *keys) get(key uint64) uint32 {
	if key == 0 {
		return 0
	}
	if id, ok := k.fresh[key]; ok {
		return id
	}
	if len(k.moved) > 0 {
		if id, ok := k.moved[key]; ok {
			return id
		}
	}
	s, rest := k.place(key)
	return s.get(rest)
}

// move gives a committed key another committed id; 0 makes it unknown.
func (k *keys) move(key uint64, id uint32) { k.moved[key] = id }

// add gives key, which must be unknown, the next id. Key 0 takes an id that no
// key leads to.
func (k *keys) add(key uint64) uint32 {
	id := k.last + uint32(len(k.order)) + 1
	if key != 0 {
		k.fresh[key] = id
	}
	k.order = append(k.order, key)
	return id
}

// full reports whether what was added has ids that cannot be kept.
func (k *keys) full() bool { return int(k.last)+len(k.order) > mostKeys }

// blob is what was added since the last commit, as it is stored.
func (k *keys) blob() []byte {
	if len(k.order) == 0 {
		return nil
	}
	b := make([]byte, 0, 8*len(k.order))
	for _, key := range k.order {
		b = binary.LittleEndian.AppendUint64(b, key)
	}
	return b
}

// commit makes what was added permanent.
func (k *keys) commit() {
	for key, id := range k.moved {
		s, rest := k.place(key)
		s.move(rest, id)
	}
	for _, key := range k.order {
		k.last++
		if key != 0 {
			s, rest := k.place(key)
			s.insert(entry{rest, k.last})
		}
	}
	k.rollback()
}

// rollback forgets what was added since the last commit.
func (k *keys) rollback() {
	clear(k.fresh)
	clear(k.moved)
	k.order = k.order[:0]
}

// reserve makes room for n keys in all.
func (k *keys) reserve(n int) {
	each := n / segmentCount * 17 / 16 * entrySize
	for i := range k.segments {
		if s := &k.segments[i]; cap(*s) < each {
			*s = append(make(segment, 0, each), *s...)
		}
	}
}

// load adds a stored blob. Key 0 keeps the place of one that was removed. The
// keys are found after sort.
func (k *keys) load(blob []byte) error {
	if len(blob)%8 != 0 {
		return fmt.Errorf("key log row of %d bytes, not a multiple of 8", len(blob))
	}
	for ; len(blob) > 0; blob = blob[8:] {
		k.last++
		if key := binary.LittleEndian.Uint64(blob); key != 0 {
			s, rest := k.place(key)
			s.put(s.len(), entry{rest, k.last})
		}
	}
	return nil
}

// sort makes what was loaded ready.
func (k *keys) sort() error {
	var room []entry
	for i := range k.segments {
		s := k.segments[i]
		room = s.sort(room)
		for j := 1; j < s.len(); j++ {
			if rest := s.rest(j); rest == s.rest(j-1) {
				return fmt.Errorf("key %016x is logged twice", k.keyAt(i, rest))
			}
		}
	}
	return nil
}

// entry is a key without the bits of its segment, and its id.
type entry struct {
	rest uint64
	id   uint32
}

const (
	entrySize = 10 // bytes: 52 bits of rest, then 28 of id, little endian
	restMask  = 1<<restBits - 1
)

// segment holds entries of ascending rest.
type segment []byte

func (s segment) len() int { return len(s) / entrySize }

func (s segment) rest(i int) uint64 { return binary.LittleEndian.Uint64(s[i*entrySize:]) & restMask }

func (s segment) at(i int) entry {
	b := s[i*entrySize : (i+1)*entrySize]
	low := binary.LittleEndian.Uint64(b)
	return entry{low & restMask, uint32(low>>restBits) | uint32(binary.LittleEndian.Uint16(b[8:]))<<(64-restBits)}
}

func (s segment) set(i int, e entry) {
	b := s[i*entrySize : (i+1)*entrySize]
	binary.LittleEndian.PutUint64(b, e.rest|uint64(e.id)<<restBits)
	binary.LittleEndian.PutUint16(b[8:], uint16(e.id>>(64-restBits)))
}

func (s segment) get(rest uint64) uint32 {
	if i := s.search(rest); i < s.len() && s.rest(i) == rest {
		return s.at(i).id
	}
	return 0
}

// search finds the first entry of a rest that is not less. Rests are spread
// evenly, so that it is near where its value says.
func (s segment) search(rest uint64) int {
	n := s.len()
	hi, _ := bits.Mul64(rest<<(64-restBits), uint64(n))
	low, high, step := int(hi), int(hi), 4
	for high < n && s.rest(high) < rest {
		low, high = high+1, high+step
		step *= 2
	}
	for step = 4; low > 0 && s.rest(low-1) >= rest; step *= 2 {
		low, high = max(0, low-step), low-1
	}
	for high = min(high, n); low < high; {
		if middle := int(uint(low+high) / 2); s.rest(middle) < rest {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

func (s *segment) insert(e entry) { s.put(s.search(e.rest), e) }

// move gives the entry of a rest another id; 0 removes it.
func (s *segment) move(rest uint64, id uint32) {
	i := s.search(rest)
	if i == s.len() || s.rest(i) != rest {
		return
	}
	if id != 0 {
		s.set(i, entry{rest, id})
		return
	}
	n := copy((*s)[i*entrySize:], (*s)[(i+1)*entrySize:])
	*s = (*s)[:i*entrySize+n]
}

// put makes an entry number i. A sixteenth more than is needed is allocated.
func (s *segment) put(i int, e entry) {
	n := len(*s)
	if n+entrySize > cap(*s) {
		*s = append(append(segment(nil), make(segment, n+max(entrySize, n/16))...)[:0], *s...)
	}
	*s = (*s)[:n+entrySize]
	copy((*s)[(i+1)*entrySize:], (*s)[i*entrySize:n])
	s.set(i, e)
}

// sort orders the entries. room may be used, and is given back.
func (s segment) sort(room []entry) []entry {
	room = room[:0]
	for i := range s.len() {
		room = append(room, s.at(i))
	}
	slices.SortFunc(room, func(a, b entry) int { return cmp.Compare(a.rest, b.rest) })
	for i, e := range room {
		s.set(i, e)
	}
	return room
}
