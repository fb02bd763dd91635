package dedupe

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
)

// run holds postings in ascending order, in memory or in a file of 8-byte
// little-endian numbers.
type run struct {
	length int
	memory []posting // nil if in a file
	file   *os.File
	fences []uint32 // of a file: the key of the first posting of each block
	filter filter   // of a file: its keys; empty if there was no memory for one
}

// blockPostings is the number of postings that are read from a file at once: 4 KiB.
const blockPostings = 512

// find appends at most n documents of a key, newest first. block is a buffer for
// one block.
func (r *run) find(found []uint32, key uint32, n int, block []byte) ([]uint32, error) {
	if r.file == nil {
		for i := seek(r.memory, key); i < r.length && n > 0 && r.memory[i].key() == key; i++ {
			found = append(found, r.memory[i].document())
			n--
		}
		return found, nil
	}
	if !r.filter.has(key) {
		return found, nil
	}
	// The first posting may be in the last block that begins with a smaller key.
	first := sort.Search(len(r.fences), func(i int) bool { return r.fences[i] >= key })
	for i := max(first-1, 0); i < len(r.fences) && r.fences[i] <= key && n > 0; i++ {
		size := min(blockPostings, r.length-i*blockPostings) * 8
		if _, err := r.file.ReadAt(block[:size], int64(i)*blockPostings*8); err != nil {
			return found, fmt.Errorf("read %s: %w", r.file.Name(), err)
		}
		in := sort.Search(size/8, func(j int) bool { return binary.LittleEndian.Uint32(block[8*j+4:]) >= key })
		for ; in < size/8 && n > 0; in++ {
			p := posting(binary.LittleEndian.Uint64(block[8*in:]))
			if p.key() != key {
				return found, nil
			}
			found = append(found, p.document())
			n--
		}
	}
	return found, nil
}

// seek returns the index of the first posting of a key or of a greater one.
func seek(list []posting, key uint32) int {
	i, _ := slices.BinarySearch(list, posting(uint64(key)<<32))
	return i
}

// bytes returns the memory that a run takes.
func (r *run) bytes() int64 {
	return int64(8*cap(r.memory) + 4*cap(r.fences) + 8*len(r.filter))
}

func (r *run) close() error {
	if r.file == nil {
		return nil
	}
	return errors.Join(r.file.Close(), os.Remove(r.file.Name()))
}

// mergeBuffer is the size in bytes of the buffer for each file of a merge.
const mergeBuffer = 64 << 10

// reader reads the postings of a run in order.
type reader struct {
	list []posting
	file *bufio.Reader
	left int
	head posting
}

func (r *run) reader() *reader {
	c := &reader{list: r.memory, left: r.length}
	if r.file != nil {
		c.file = bufio.NewReaderSize(io.NewSectionReader(r.file, 0, int64(r.length)*8), mergeBuffer)
	}
	return c
}

// next reads the next posting into head. It reports false at the end.
func (c *reader) next() (bool, error) {
	if c.left == 0 {
		return false, nil
	}
	c.left--
	if c.file == nil {
		c.head = c.list[len(c.list)-c.left-1]
		return true, nil
	}
	b, err := c.file.Peek(8)
	if err != nil {
		return false, fmt.Errorf("read a run of the index: %w", err)
	}
	c.head = posting(binary.LittleEndian.Uint64(b))
	c.file.Discard(8) // cannot fail
	return true, nil
}

// merge yields the postings of the runs in ascending order.
func merge(runs []*run, yield func(posting) error) error {
	var readers []*reader
	for _, r := range runs {
		c := r.reader()
		if ok, err := c.next(); err != nil {
			return err
		} else if ok {
			readers = append(readers, c)
		}
	}
	for len(readers) > 0 {
		first := 0
		for i := range readers {
			if readers[i].head < readers[first].head {
				first = i
			}
		}
		c := readers[first]
		if err := yield(c.head); err != nil {
			return err
		}
		if ok, err := c.next(); err != nil {
			return err
		} else if !ok {
			readers = slices.Delete(readers, first, first+1)
		}
	}
	return nil
}

// mergeInMemory merges runs into one in memory.
func mergeInMemory(runs []*run) (*run, error) {
	r := &run{}
	for _, old := range runs {
		r.length += old.length
	}
	r.memory = make([]posting, 0, r.length)
	err := merge(runs, func(p posting) error {
		r.memory = append(r.memory, p)
		return nil
	})
	return r, err
}

// mergeToFile merges runs into one in a new file, with or without a filter.
func mergeToFile(path string, runs []*run, withFilter bool) (*run, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("spill the index: %w", err)
	}
	r := &run{file: f}
	total := 0
	for _, old := range runs {
		total += old.length
	}
	r.fences = make([]uint32, 0, (total+blockPostings-1)/blockPostings)
	if withFilter {
		r.filter = newFilter(total)
	}
	w := bufio.NewWriterSize(f, mergeBuffer)
	err = merge(runs, func(p posting) error {
		if r.length%blockPostings == 0 {
			r.fences = append(r.fences, p.key())
		}
		r.length++
		r.filter.add(p.key())
		_, err := w.Write(binary.LittleEndian.AppendUint64(w.AvailableBuffer(), uint64(p)))
		return err
	})
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("spill the index to %s: %w", path, err), r.close())
	}
	return r, nil
}

// filter is a Bloom filter with 8 bits per key and three probes within one cache
// line. About one in thirty absent keys passes; an empty filter passes all.
type filter []uint64

func newFilter(keys int) filter { return make(filter, (keys/64+1)*8) }

// probe returns the cache line of a key and three bits in it. When a run is
// written, keys ascend, and lines with them.
func (f filter) probe(key uint32) (line []uint64, a, b, c uint32) {
	at := int(uint64(key)*uint64(len(f)/8)>>32) * 8
	h := mix(uint64(key), 1)
	return f[at : at+8], uint32(h>>55) & 511, uint32(h>>46) & 511, uint32(h>>37) & 511
}

func (f filter) add(key uint32) {
	if len(f) == 0 {
		return
	}
	line, a, b, c := f.probe(key)
	line[a>>6] |= 1 << (a & 63)
	line[b>>6] |= 1 << (b & 63)
	line[c>>6] |= 1 << (c & 63)
}

func (f filter) has(key uint32) bool {
	if len(f) == 0 {
		return true
	}
	line, a, b, c := f.probe(key)
	return line[a>>6]>>(a&63)&1 != 0 && line[b>>6]>>(b&63)&1 != 0 && line[c>>6]>>(c&63)&1 != 0
}
