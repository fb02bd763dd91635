package sqlite

import (
	"cmp"
	"encoding/binary"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestKeysAgainstAMap adds, moves, commits and drops keys that share segments.
func TestKeysAgainstAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mixer := rapid.SampledFrom([]uint64{1, 1<<52 + 1, rand.Uint64() | 1}).Draw(t,
			"mixer") // with 1, small keys share a segment
		k := keysMixedBy(mixer)
		committed, fresh, moved := map[uint64]uint32{}, map[uint64]uint32{}, map[uint64]uint32{}
		last, next := uint32(0), uint32(0)
		var log []byte
		draw := func() uint64 {
			return uint64(rapid.IntRange(0, 300).Draw(t, "n")) * []uint64{1, segmentCount,
				1 << 60}[rapid.IntRange(0, 2).Draw(t, "stride")]
		}
		known := func(key uint64) uint32 {
			if id, ok := moved[key]; ok && fresh[key] == 0 {
				return id
			}
			return max(fresh[key], committed[key])
		}
		t.Repeat(map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				key := draw()
				if known(key) != 0 {
					return
				}
				next++
				if got := k.add(key); got != next {
					t.Fatalf("key %x got id %d, want %d", key, got, next)
				}
				if key != 0 {
					fresh[key] = next
				}
			},
			"move": func(t *rapid.T) {
				key, to := draw(), uint32(0)
				if committed[key] == 0 || known(key) != committed[key] {
					return
				}
				for id := uint32(1); id <= last && rapid.Bool().Draw(t, "to another"); id++ { // the first place without a key
					if binary.LittleEndian.Uint64(log[8*(id-1):]) == 0 && !slices.Contains(slices.Collect(maps.Values(moved)), id) {
						to = id
						break
					}
				}
				k.move(key, to)
				moved[key] = to
			},
			"commit": func(t *rapid.T) {
				for key, id := range moved {
					binary.LittleEndian.PutUint64(log[8*(committed[key]-1):], 0)
					if committed[key] = id; id != 0 {
						binary.LittleEndian.PutUint64(log[8*(id-1):], key)
					}
				}
				clear(moved)
				log = append(log, k.blob()...)
				k.commit()
				for key, id := range fresh {
					committed[key] = id
				}
				clear(fresh)
				last = next
			},
			"rollback": func(t *rapid.T) {
				k.rollback()
				clear(fresh)
				clear(moved)
				next = last
			},
			"reload": func(t *rapid.T) {
				if last != next || len(moved) > 0 {
					return
				}
				k = keysMixedBy(mixer)
				if err := errors.Join(k.load(log), k.sort()); err != nil {
					t.Fatal(err)
				}
			},
			"": func(t *rapid.T) {
				if key := draw(); k.get(key) != known(key) {
					t.Fatalf("key %x has id %d, want %d", key, k.get(key), known(key))
				}
			},
		})
		for key := range committed {
			if k.get(key) != known(key) {
				t.Fatalf("key %x has id %d, want %d", key, k.get(key), known(key))
			}
		}
	})
}

// TestKeysGrow fills the set far beyond its first size.
func TestKeysGrow(t *testing.T) {
	const n = 200_000
	k := newKeys()
	r := rand.New(rand.NewPCG(1, 2))
	want := make(map[uint64]uint32, n)
	for i := range uint32(n) {
		key := r.Uint64() | 1
		want[key] = i + 1
		k.add(key)
		if i%1000 == 999 {
			k.commit()
		}
	}
	room := 0
	for i := range k.segments {
		room += cap(k.segments[i])
	}
	if perKey := float64(room) / n; perKey > 11.5 {
		t.Errorf("%.1f bytes a key, want at most 11.5", perKey)
	}
	for key, id := range want {
		if got := k.get(key); got != id {
			t.Fatalf("key %x has id %d, want %d", key, got, id)
		}
		if got := k.get(key &^ 1); got != 0 && want[key&^1] == 0 {
			t.Fatalf("key %x was never added and has id %d", key&^1, got)
		}
	}
}

func TestKeysRefuseDamage(t *testing.T) {
	twice := binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, 7), 7)
	for _, c := range []struct {
		name string
		blob []byte
		says string
	}{{"half a key", make([]byte, 12), "12 bytes"}, {"a key twice", twice, "logged twice"}} {
		k := newKeys()
		if err := cmp.Or(k.load(c.blob), k.sort()); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.says)
		}
	}
	k := newKeys() // removed keys keep their places
	if err := cmp.Or(k.load(append(make([]byte, 16), 9, 0, 0, 0, 0, 0, 0, 0)),
		k.sort()); err != nil || k.get(9) != 3 || k.get(0) != 0 {
		t.Errorf("after two removed keys: %v, id %d, want 3", err, k.get(9))
	}
}
