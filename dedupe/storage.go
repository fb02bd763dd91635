package dedupe

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// add files a document until Commit or Rollback. stored tells that Options.Load
// knows its sketch already.
func (x *Index) add(s *Sketch, r record, known knownAs, stored bool) {
	document := uint32(x.Len())
	head := r.head == r.id
	switch {
	case head && x.opts.Load == nil:
		r.sketch.at = uint64(x.sketches.size())
		x.sketches.tail, _ = s.AppendBinary(x.sketches.tail)
		r.sketch.length = uint16(uint64(x.sketches.size()) - r.sketch.at)
		x.fresh.add(keyOf(headKey, hashStart(hashID(r.id))), document)
	case head && !stored:
		pending := *s
		x.pending[r.id] = &pending
	}
	x.records.tail = r.append(x.records.tail)
	if r.url != 0 && known.url == nil {
		x.fresh.add(keyOf(urlKey, hashStart(r.url)), document)
	}
	if r.exact != 0 && known.exact == nil {
		x.fresh.add(keyOf(exactKey, hashStart(r.exact)), document)
	}
	if !head || x.opts.Threshold <= 0 {
		return
	}
	if s.Title != 0 {
		x.fresh.add(keyOf(titleKey, hashStart(s.Title)), document)
	}
	for _, hash := range s.Near {
		x.fresh.add(keyOf(shingleKey, hash), document)
	}
}

// record reads the record of a document by its number.
func (x *Index) record(document uint32) (record, error) {
	var b [recordSize]byte
	if err := x.records.read(b[:], int64(document)*recordSize); err != nil {
		return record{}, err
	}
	return parseRecord(b[:]), nil
}

// sketch reads the sketch of a head; nil if it is unknown.
func (x *Index) sketch(id uint64, p place) (*Sketch, error) {
	if x.opts.Load != nil {
		if s := x.pending[id]; s != nil {
			return s, nil
		}
		s, err := x.opts.Load(id)
		if err != nil {
			return nil, fmt.Errorf("load the sketch of %d: %w", id, err)
		}
		return &s, nil
	}
	if p.length == 0 {
		return nil, nil
	}
	var room [MaxSketchBytes]byte
	b := room[:p.length]
	if err := x.sketches.read(b, int64(p.at)); err != nil {
		return nil, err
	}
	s, err := ParseSketch(b)
	return &s, err
}

// Commit keeps the documents added since the last Commit or Rollback, and moves
// data beyond Options.Memory to files. After an error the index remains usable,
// above its limit, and the next Commit tries again.
func (x *Index) Commit() error {
	clear(x.pending)
	x.mark()
	if err := x.tidy(); err != nil {
		return err
	}
	x.mark()
	return nil
}

// Limit changes Options.Memory: for filters at once, otherwise from the next
// Commit on.
func (x *Index) Limit(memory int64) {
	x.opts.Memory = memory
	for i := len(x.runs) - 1; i >= 0 && !x.roomForFilter(0); i-- {
		x.runs[i].filter = nil
	}
}

func (x *Index) mark() {
	x.committed.records = x.records.size()
	x.committed.sketches = x.sketches.size()
	x.committed.postings = len(x.fresh.list)
}

// Rollback removes the documents added since the last Commit or Rollback.
func (x *Index) Rollback() {
	clear(x.pending)
	x.records.truncate(x.committed.records)
	x.sketches.truncate(x.committed.sketches)
	x.fresh.truncate(x.committed.postings)
}

// Close empties the index and removes its files.
func (x *Index) Close() error {
	var errs []error
	for _, r := range x.runs {
		errs = append(errs, r.close())
	}
	errs = append(errs, x.records.close(), x.sketches.close())
	if x.dir != "" {
		errs = append(errs, os.RemoveAll(x.dir))
	}
	mostFresh := x.mostFresh
	*x = *NewIndex(x.opts)
	x.mostFresh = mostFresh
	return errors.Join(errs...)
}

// freshPostings is the number of postings, of about 1,700 documents, that become
// a run.
const freshPostings = 48 << 10

// tidy makes a run of new postings, merges runs of similar size, so that a key is
// looked up in few of them, and spills data beyond the limit. It keeps live memory
// within half the limit, because Go collects garbage when the heap has doubled. An
// eighth of that half is for each shelf, three quarters are for postings.
func (x *Index) tidy() error {
	live := x.opts.Memory / 2
	for _, s := range [...]*shelf{&x.records, &x.sketches} {
		if int64(len(s.tail)) > live/8 {
			if err := x.makeDir(); err != nil {
				return err
			}
			if err := s.spill(x.dir); err != nil {
				return err
			}
		}
	}
	if len(x.fresh.list) >= x.mostFresh {
		x.runs = append([]*run{{length: len(x.fresh.list), memory: x.fresh.sorted()}}, x.runs...)
		x.fresh.clear()
	}
	inMemory, used := 0, int64(0)
	for _, r := range x.runs {
		if used += r.bytes(); r.file == nil {
			inMemory++
		}
	}
	if inMemory > 0 && used > live*3/4 {
		if err := x.mergeRuns(inMemory, true); err != nil {
			return err
		}
	}
	for len(x.runs) >= 2 && x.runs[1].length < 2*x.runs[0].length {
		if err := x.mergeRuns(2, x.runs[1].file != nil); err != nil {
			return err
		}
	}
	return nil
}

// mergeRuns merges the n newest runs.
func (x *Index) mergeRuns(n int, toFile bool) error {
	old := x.runs[:n]
	var merged *run
	var err error
	if toFile {
		if err = x.makeDir(); err != nil {
			return err
		}
		x.files++
		path := filepath.Join(x.dir, fmt.Sprintf("run-%d", x.files))
		merged, err = mergeToFile(path, old, x.roomForFilter(n))
	} else {
		merged, err = mergeInMemory(old)
	}
	if err != nil {
		return err
	}
	x.runs = append([]*run{merged}, x.runs[n:]...)
	for _, r := range old {
		err = errors.Join(err, r.close())
	}
	return err
}

// roomForFilter reports whether the filters of all runs would take at most a
// quarter of the limit if the n newest runs were merged into one.
func (x *Index) roomForFilter(n int) bool {
	keys := 0
	for i, r := range x.runs {
		if i < n || len(r.filter) > 0 {
			keys += r.length
		}
	}
	return int64(keys) <= x.opts.Memory/4
}

func (x *Index) makeDir() (err error) {
	if x.dir == "" {
		if x.dir, err = os.MkdirTemp(x.opts.Dir, "newsonce-index-"); err != nil {
			return fmt.Errorf("spill the index: %w", err)
		}
	}
	return nil
}
