package dedupe

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// sketchVersion is the first byte of a binary sketch. It changes with the
// shingles, their hashes, the sizes of the samples and the normal form. Sketches from
// before amounts were split into number and scale ("40m") are of this version too:
// those of texts with such amounts match a little less.
const sketchVersion = 1

// The maximum sizes of a binary sketch and its keys, in bytes.
const (
	MaxSketchBytes = 1024
	MaxKeysBytes   = 256
)

// AppendBinary appends the binary form of the keys, at most MaxKeysBytes. The
// error is always nil.
func (k Keys) AppendBinary(b []byte) ([]byte, error) {
	b = slices.Grow(b, MaxKeysBytes)
	b = append(b, sketchVersion)
	b = binary.LittleEndian.AppendUint64(b, k.Exact)
	b = binary.LittleEndian.AppendUint64(b, k.Title)
	b = binary.AppendUvarint(b, uint64(k.Words))
	return appendAscending(b, k.Near), nil
}

// ParseKeys parses the binary form of keys.
func ParseKeys(b []byte) (Keys, error) {
	d := decoder{rest: b}
	k := d.keys()
	if err := d.end(); err != nil {
		return Keys{}, fmt.Errorf("keys of a sketch: %w", err)
	}
	return k, nil
}

// AppendBinary appends the binary form of the sketch, at most MaxSketchBytes. The
// error is always nil.
func (s Sketch) AppendBinary(b []byte) ([]byte, error) {
	b = slices.Grow(b, MaxSketchBytes)
	b, _ = Keys{s.Exact, s.Title, s.Words, s.lead()}.AppendBinary(b)
	b = append(b, uint8(s.nearOfSample()))
	b = binary.AppendUvarint(b, uint64(s.tokens))
	b = binary.AppendUvarint(b, uint64(s.shingles))
	b = appendAscending(b, s.hashes)
	b = append(b, s.places...)
	for _, set := range [...][]uint16{s.numbers, s.names, s.words, s.title} {
		b = append(b, uint8(len(set)))
		for _, h := range set {
			b = binary.LittleEndian.AppendUint16(b, h)
		}
	}
	return b, nil
}

// nearOfSample counts the near keys that are also the start of the sample; lead
// returns the others.
func (s *Sketch) nearOfSample() int {
	n := 0
	for n < len(s.Near) && n < len(s.hashes) && s.Near[n] == s.hashes[n] && n < manyNearKeys {
		n++
	}
	return n
}

func (s *Sketch) lead() []uint32 { return s.Near[s.nearOfSample():] }

// ParseSketch parses the binary form of a sketch.
func ParseSketch(b []byte) (Sketch, error) {
	d := decoder{rest: b}
	s := Sketch{Keys: d.keys()}
	near := d.count(maxSamples)
	s.tokens = d.number()
	s.shingles = d.number()
	s.hashes = d.ascending(maxSamples)
	s.places = slices.Clone(d.take(len(s.hashes)))
	for _, set := range [...]struct {
		to  *[]uint16
		max int
	}{{&s.numbers, maxNumbers}, {&s.names, maxNames}, {&s.words, maxWords}, {&s.title, maxTitleWords}} {
		*set.to = d.hashes16(set.max)
	}
	if near > len(s.hashes) {
		d.fail(errDamaged)
	}
	if err := d.end(); err != nil {
		return Sketch{}, fmt.Errorf("sketch: %w", err)
	}
	s.Near = slices.Concat(s.hashes[:near], s.Near)
	if s.nearOfSample() != near { // AppendBinary never writes this
		return Sketch{}, fmt.Errorf("sketch: %w", errDamaged)
	}
	return s, nil
}

// appendAscending appends the number of elements and their differences.
func appendAscending(b []byte, list []uint32) []byte {
	b = append(b, uint8(len(list)))
	before := uint32(0)
	for _, x := range list {
		b = binary.AppendUvarint(b, uint64(x-before))
		before = x
	}
	return b
}

var (
	errDamaged = errors.New("damaged; make it again from the text")
	errVersion = fmt.Errorf("not of version %d; make it again from the text", sketchVersion)
)

// decoder reads binary fields. After the first error all fields are empty.
type decoder struct {
	rest []byte
	err  error
}

// fail records an error, and leaves nothing to read.
func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
	d.rest = nil
}

// take returns the next n bytes, nil if there are fewer.
func (d *decoder) take(n int) []byte {
	if len(d.rest) < n {
		d.fail(errDamaged)
	}
	if d.err != nil || n == 0 {
		return nil
	}
	b := d.rest[:n:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) byte() byte {
	for _, c := range d.take(1) {
		return c
	}
	return 0
}

// number reads a number of up to 31 bits.
func (d *decoder) number() int {
	x, n := binary.Uvarint(d.rest)
	if n <= 0 || x >= 1<<31 {
		d.fail(errDamaged)
		return 0
	}
	d.rest = d.rest[n:]
	return int(x)
}

func (d *decoder) uint64() uint64 {
	if b := d.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// count reads the length of a list of at most max elements.
func (d *decoder) count(max int) int {
	n := int(d.byte())
	if n > max {
		d.fail(errDamaged)
		return 0
	}
	return n
}

// ascending reads at most max hashes of shingles.
func (d *decoder) ascending(max int) []uint32 {
	n := d.count(max)
	if n == 0 {
		return nil
	}
	list := make([]uint32, n)
	x := uint64(0)
	for i := range list {
		step := d.number()
		if x += uint64(step); x >= 1<<shingleBits || i > 0 && step == 0 {
			d.fail(errDamaged)
		}
		list[i] = uint32(x)
	}
	return list
}

func (d *decoder) hashes16(max int) []uint16 {
	n := d.count(max)
	if n == 0 {
		return nil
	}
	list := make([]uint16, n)
	for i := range list {
		if b := d.take(2); b != nil {
			list[i] = binary.LittleEndian.Uint16(b)
		}
	}
	return list
}

func (d *decoder) keys() Keys {
	if d.byte() != sketchVersion {
		d.fail(errVersion)
	}
	return Keys{Exact: d.uint64(), Title: d.uint64(), Words: d.number(), Near: d.ascending(manyNearKeys + leadKeys)}
}

func (d *decoder) end() error {
	if len(d.rest) > 0 {
		d.fail(errDamaged)
	}
	return d.err
}
