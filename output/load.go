package output

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"
)

// begin registers the files that the state knows and checks those of an
// unfinished run, those that lines may go to now, and those that may be due to
// be sealed. Others are checked when lines go to them.
func (s *fileSink) begin(ctx context.Context) error {
	obsolete, err := s.load()
	if err != nil {
		return err
	}
	live := maps.Clone(s.livePaths(s.Now()))
	live[s.manifest] = s.rotates()
	moved, err := s.findMoved(live)
	if err != nil {
		return err
	}
	if err := s.vanished(); err != nil {
		return err
	}
	var changed []*file
	var errs []error
	for _, f := range s.sorted() {
		if f.unfinished || live[f.path] || f.pos.Offset > 0 && strings.HasSuffix(f.path, Open) {
			errs = append(errs, s.check(f))
		}
		if f.changed {
			changed = append(changed, f)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return s.save(ctx, changed, append(obsolete, moved...)...)
}

// load registers the files of the stored positions. It returns the deletions of
// those that are to be stored under another key.
func (s *fileSink) load() (obsolete []Position, err error) {
	for i, stored := range slices.Concat(s.Options.Committed, s.Unfinished) {
		p, err := readPosition(s.Base, stored)
		if err != nil {
			return nil, err
		}
		f := s.register(p)
		f.unfinished = i >= len(s.Options.Committed)
		if fileKey(s.Base, p.Path) != stored.Key {
			f.changed = true
			obsolete = append(obsolete, Position{Key: stored.Key})
		}
	}
	return obsolete, nil
}

// sorted returns the files by path.
func (s *fileSink) sorted() []*file {
	return slices.SortedFunc(maps.Values(s.files), func(a, b *file) int { return strings.Compare(a.path, b.path) })
}

// findMoved looks for files that lines may go to, that hold something, and of
// which the state knows no position: as when the folder was renamed, or is
// reached by another symbolic link. One that holds what was committed to a file
// which is no longer written to is taken for that file. It returns the deletions
// of the positions that these files had.
func (s *fileSink) findMoved(live map[string]bool) (obsolete []Position, err error) {
	for _, path := range slices.Sorted(maps.Keys(live)) {
		if s.files[path] != nil {
			continue
		}
		f, err := s.former(path, live)
		if err != nil {
			return nil, err
		}
		if f == nil {
			continue
		}
		obsolete = append(obsolete, Position{Key: fileKey(s.Base, f.path)})
		delete(s.files, f.path)
		moved := f.pos
		moved.Path = path
		g := s.register(moved)
		g.unfinished, g.changed = f.unfinished, true
	}
	return obsolete, nil
}

// former returns the file that the one at path was, nil when it was none.
func (s *fileSink) former(path string, live map[string]bool) (*file, error) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return nil, nil // ready reports what is wrong with it
	}
	h, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open output %s: %w", path, plain(err))
	}
	defer h.Close()
	candidates := slices.DeleteFunc(s.sorted(), func(f *file) bool {
		return live[f.path] || f.pos.Offset == 0 || f.pos.Offset > info.Size() || compression(f.path) != compression(path)
	})
	slices.SortStableFunc(candidates, func(a, b *file) int { return cmp.Compare(b.pos.Offset, a.pos.Offset) })
	for _, f := range candidates {
		if tail, err := readTail(h, f.pos.Offset); err == nil && xxh3.Hash(tail) == f.pos.Tail {
			return f, nil
		}
	}
	return nil, nil
}

// vanished returns an error when the folder of the outputs is gone although
// lines were committed in it.
func (s *fileSink) vanished() error {
	if _, err := os.Stat(s.root); s.Accept || !errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, f := range s.sorted() {
		if _, ok := below(s.root, f.path); ok && f.pos.Offset > 0 {
			const what = "is gone (%d bytes had been written), and so is the folder %s, as when a disk is not mounted"
			return &RefusedError{Path: f.path, What: fmt.Sprintf(what, f.pos.Offset, s.root)}
		}
	}
	return nil
}
