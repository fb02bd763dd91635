package dedupe

import (
	"encoding/binary"
	"math"

	"github.com/zeebo/xxh3"
)

// record is the entry of a document in an index.
type record struct {
	id     uint64
	head   uint64 // id of the head of its cluster, its own for a head
	when   int64  // Unix seconds, or unknownTime
	exact  uint64
	url    uint64
	site   uint32
	sketch place // of the head
}

// place is the position of a sketch on its shelf; a length of 0 means none.
type place struct {
	at     uint64 // below 1<<48
	length uint16
}

const (
	recordSize  = 52
	unknownTime = math.MinInt64
	noSite      = 0
)

func newRecord(d *Doc) record {
	r := record{id: d.ID, when: unknownTime, exact: d.Sketch.Exact, site: noSite}
	if d.Site != "" {
		r.site = max(uint32(xxh3.HashString(d.Site)), noSite+1)
	}
	if !d.When.IsZero() {
		r.when = d.When.Unix()
	}
	if d.URL != "" {
		r.url = max(xxh3.HashString(d.URL), 1)
	}
	return r
}

func (r *record) append(b []byte) []byte {
	sketch := r.sketch.at<<16 | uint64(r.sketch.length)
	for _, x := range [...]uint64{r.id, r.head, uint64(r.when), r.exact, r.url, sketch} {
		b = binary.LittleEndian.AppendUint64(b, x)
	}
	return binary.LittleEndian.AppendUint32(b, r.site)
}

func parseRecord(b []byte) record {
	u := func(i int) uint64 { return binary.LittleEndian.Uint64(b[8*i:]) }
	return record{
		id: u(0), head: u(1), when: int64(u(2)), exact: u(3), url: u(4),
		sketch: place{u(5) >> 16, uint16(u(5))}, site: binary.LittleEndian.Uint32(b[48:]),
	}
}

// secondsApart returns -1 if a time is unknown.
func secondsApart(a, b *record) int64 {
	if a.when == unknownTime || b.when == unknownTime {
		return -1
	}
	return max(a.when, b.when) - min(a.when, b.when)
}

// hashStart returns the bits of a hash that are part of a key.
func hashStart(hash uint64) uint32 { return uint32(hash >> (64 - shingleBits)) }

// hashID distributes the caller's IDs, which may count from 1.
func hashID(id uint64) uint64 { return mix(id, 1) | 1 }
