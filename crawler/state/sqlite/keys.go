package sqlite

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// keys maps 64-bit keys to the ids 1, 2, 3, … that they were given in order.
// What is added between begin and commit lies in an overlay that rollback
// drops. The committed part takes 12 bytes a slot at a load of 0.75 to 0.85,
// against 30 to 38 bytes a key of a Go map.
type keys struct {
	shards [shardCount]shard
	last   uint32            // id of the newest committed key
	fresh  map[uint64]uint32 // added since the last commit
	order  []uint64          // keys of fresh, in the order of their ids
}

const shardCount = 64

type shard struct {
	keys []uint64 // 0 = free
	ids  []uint32
	used int
}

func newKeys() *keys { return &keys{fresh: map[uint64]uint32{}} }

// get returns the id of key, or 0.
func (k *keys) get(key uint64) uint32 {
	if key == 0 {
		return 0
	}
	if id, ok := k.fresh[key]; ok {
		return id
	}
	return k.shards[key%shardCount].get(key)
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
		k.put(key)
	}
	k.rollback()
}

// rollback forgets what was added since the last commit.
func (k *keys) rollback() {
	clear(k.fresh)
	k.order = k.order[:0]
}

// put adds a stored key. Key 0 keeps the place of one that was removed.
func (k *keys) put(key uint64) {
	k.last++
	if key != 0 {
		k.shards[key%shardCount].put(key, k.last)
	}
}

// load adds a stored blob.
func (k *keys) load(blob []byte) error {
	if len(blob)%8 != 0 {
		return fmt.Errorf("key log row of %d bytes, not a multiple of 8", len(blob))
	}
	more := len(blob) / 8 / shardCount
	for i := range k.shards {
		if s := &k.shards[i]; (s.used+more)*5/4 > max(16, len(s.keys)*9/8) { // it would have to grow twice
			s.resize((s.used + more) * 5 / 4)
		}
	}
	for ; len(blob) > 0; blob = blob[8:] {
		key := binary.LittleEndian.Uint64(blob)
		if key != 0 && k.get(key) != 0 {
			return fmt.Errorf("key %016x is logged twice", key)
		}
		k.put(key)
	}
	return nil
}

// slot spreads the bits of key over a table of n slots.
func slot(key uint64, n int) int {
	hi, _ := bits.Mul64(key*0x9E3779B97F4A7C15, uint64(n))
	return int(hi)
}

func (s *shard) get(key uint64) uint32 {
	n := len(s.keys)
	if n == 0 {
		return 0
	}
	for i := slot(key, n); s.keys[i] != 0; {
		if s.keys[i] == key {
			return s.ids[i]
		}
		if i++; i == n {
			i = 0
		}
	}
	return 0
}

func (s *shard) put(key uint64, id uint32) {
	if s.used*100 >= len(s.keys)*85 {
		s.grow()
	}
	n := len(s.keys)
	i := slot(key, n)
	for s.keys[i] != 0 {
		if i++; i == n {
			i = 0
		}
	}
	s.keys[i], s.ids[i] = key, id
	s.used++
}

// grow makes the table an eighth larger: seldom more than a fourth of it is
// free, and a key is moved eight times in all, which takes less than a
// microsecond.
func (s *shard) grow() { s.resize(max(16, len(s.keys)*9/8)) }

// resize makes a table of n slots, more than are used.
func (s *shard) resize(n int) {
	old := *s
	s.keys, s.ids = make([]uint64, n), make([]uint32, n)
	for i, key := range old.keys {
		if key == 0 {
			continue
		}
		j := slot(key, n)
		for s.keys[j] != 0 {
			if j++; j == n {
				j = 0
			}
		}
		s.keys[j], s.ids[j] = key, old.ids[i]
	}
}
