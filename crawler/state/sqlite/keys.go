package sqlite

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
)

// keys maps 64-bit keys to the ids 1, 2, 3, … that they were given in order.
// What is added between begin and commit lies in an overlay that rollback
// drops. The committed part takes 10 to 11 bytes a key in segments that are
// sorted, against 30 to 38 bytes of a Go map and 14 to 16 of an open table of
// keys and ids.
type keys struct {
	segments [segmentCount]segment // by the highest bits of the mixed key
	last     uint32                // id of the newest committed key
	fresh    map[uint64]uint32     // added since the last commit
	order    []uint64              // keys of fresh, in the order of their ids
}

const (
	restBits     = 52 // of a mixed key, kept in its segment
	segmentCount = 1 << (64 - restBits)
	mostKeys     = 1<<28 - 1 // ids have 28 bits
)

func newKeys() *keys { return &keys{fresh: map[uint64]uint32{}} }

// mix spreads keys that are near each other, one to one, over the segments:
// multiplied by unmix, the key is there again.
func mix(key uint64) uint64 { return key * 0x9E3779B97F4A7C15 }

const unmix = 0xF1DE83E19937733D

// get returns the id of key, or 0.
func (k *keys) get(key uint64) uint32 {
	if key == 0 {
		return 0
	}
	if id, ok := k.fresh[key]; ok {
		return id
	}
	m := mix(key)
	return k.segments[m>>restBits].get(m & restMask)
}

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
	for _, key := range k.order {
		k.last++
		if key != 0 {
			m := mix(key)
			k.segments[m>>restBits].insert(entry{m & restMask, k.last})
		}
	}
	k.rollback()
}

// rollback forgets what was added since the last commit.
func (k *keys) rollback() {
	clear(k.fresh)
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
	if int(k.last)+len(blob)/8 > mostKeys {
		return fmt.Errorf("more than %d keys are logged", mostKeys)
	}
	for ; len(blob) > 0; blob = blob[8:] {
		k.last++
		if key := binary.LittleEndian.Uint64(blob); key != 0 {
			m := mix(key)
			s := &k.segments[m>>restBits]
			s.put(s.len(), entry{m & restMask, k.last})
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
				return fmt.Errorf("key %016x is logged twice", (uint64(i)<<restBits|rest)*unmix)
			}
		}
	}
	return nil
}

// bytes is about the memory that the committed keys take.
func (k *keys) bytes() int64 { return int64(k.last) * (entrySize + entrySize/16 + 1) }

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
