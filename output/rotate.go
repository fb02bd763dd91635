package output

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Open ends the path of a file that is sealed some day: it is then renamed, and
// a new one begun.
const Open = ".open"

// Rotation says when a file whose path ends in Open is sealed. The zero value:
// when it is no longer written to.
type Rotation struct {
	Size     int64         // once it has this many bytes; 0 = no limit
	Age      time.Duration // once its first line is this old; 0 = no limit
	Manifest string        // path of the file that gets one line a sealed file
}

// Sealed is a line of the manifest. It is written once for each sealed file,
// when the file has its name.
type Sealed struct {
	File   string    `json:"file"` // relative to the manifest's folder, with slashes
	Lines  int64     `json:"lines"`
	Bytes  int64     `json:"bytes"`
	SHA256 string    `json:"sha256"`       // of the file as it is, in hex
	First  time.Time `json:"first_commit"` // when its first line was committed
	Last   time.Time `json:"last_commit"`
}

// Seal chooses the files to be sealed: those that are due, and those that are
// not live, as files of a past day. It changes no file. The marks it returns
// say how each will be named; once they are stored, Rename does it. It is
// called when all is committed.
func (w *Writer) Seal(now time.Time, live func(path string) bool) ([]Mark, error) {
	var marks []Mark
	for _, f := range w.openFiles() {
		if f.mark.Sealed == "" {
			if live(f.path) && !w.due(f, now) {
				continue
			}
			same, err := f.inPlace()
			if err != nil {
				return nil, err
			}
			if !same { // Prepare sees to it
				continue
			}
			if err := w.seal(f); err != nil {
				return nil, err
			}
		}
		marks = append(marks, f.mark)
	}
	return marks, nil
}

// openFiles are the files that may be sealed, by path.
func (w *Writer) openFiles() []*file {
	var list []*file
	for path, f := range w.files {
		if strings.HasSuffix(path, Open) && f.mark.Offset > 0 && !f.dirty {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b *file) int { return strings.Compare(a.path, b.path) })
	return list
}

func (w *Writer) due(f *file, now time.Time) bool {
	r := w.rotation
	return r.Size > 0 && f.size() >= r.Size ||
		r.Age > 0 && !now.Before(time.UnixMilli(f.mark.First).Add(r.Age))
}

// size is that of the committed file with what completes it.
func (f *file) size() int64 { return f.mark.Offset + int64(len(f.coding.end(f.mark))) }

// seal gives f a name that is free, and takes the sum of its bytes.
func (w *Writer) seal(f *file) error {
	if err := w.open(f); err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(f.handle, 0, f.size())); err != nil {
		return fmt.Errorf("read output %s: %w", f.path, plain(err))
	}
	m := f.mark
	m.Sum = hex.EncodeToString(sum.Sum(nil))
	for {
		m.Number++
		m.Sealed = sealedName(filepath.Base(m.Path), time.UnixMilli(m.First), m.Number)
		_, err := os.Lstat(m.target())
		if errors.Is(err, os.ErrNotExist) {
			break
		}
		if err != nil {
			return fmt.Errorf("look for a free name for output %s: %w", f.path, plain(err))
		}
	}
	f.drop() // some systems rename no open file
	f.mark, f.pending = m, m
	return nil
}

// target is the path under which the file of m is sealed.
func (m Mark) target() string { return filepath.Join(filepath.Dir(m.Path), m.Sealed) }

// sealedName puts the time of the first line and a number into the name of an
// open file, before what says how it is written: items.jsonl.gz.open becomes
// items-20261124T094500Z-0001.jsonl.gz. The names of one output sort by age.
func sealedName(base string, first time.Time, number int64) string {
	base = strings.TrimSuffix(base, Open)
	packed := compression(base)
	base = strings.TrimSuffix(base, packed)
	ext := filepath.Ext(base)
	if ext == base {
		ext = ""
	}
	return fmt.Sprintf("%s-%s-%04d%s%s", strings.TrimSuffix(base, ext), first.UTC().Format("20060102T150405Z"), number, ext, packed)
}

// Rename gives the files whose marks say so their names, and appends their
// lines to the manifest, which must be prepared. It returns the marks to be
// stored, after which Commit is called. A file that is not there any more was
// renamed before: sealed files may be taken away by anybody.
func (w *Writer) Rename(now time.Time) ([]Mark, error) {
	var marks []Mark
	dirs := map[string]bool{}
	for _, f := range w.openFiles() {
		m := f.mark
		if m.Sealed == "" {
			continue
		}
		if err := w.rename(m); err != nil {
			return nil, err
		}
		dirs[filepath.Dir(m.Path)] = true
		line, err := w.manifestLine(f)
		if err != nil {
			return nil, err
		}
		if err := w.Append(w.rotation.Manifest, line); err != nil {
			return nil, err
		}
		w.forget(f)
		marks = append(marks, w.register(m.anew()).mark)
	}
	if len(marks) == 0 {
		return nil, nil
	}
	for dir := range dirs {
		if err := w.disk.syncDir(dir); err != nil {
			return nil, err
		}
	}
	flushed, err := w.Flush(now)
	return append(marks, flushed...), err
}

// rename moves the file of m to its name, unless that was done.
func (w *Writer) rename(m Mark) error {
	_, err := os.Lstat(m.Path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at output %s: %w", m.Path, plain(err))
	}
	if _, err := os.Lstat(m.target()); err == nil {
		return fmt.Errorf("output %s was to be sealed as %s, where something else lies; move one of them away", m.Path, m.Sealed)
	}
	if err := w.disk.rename(m.Path, m.target()); err != nil {
		return fmt.Errorf("seal output %s as %s: %w", m.Path, m.Sealed, plain(err))
	}
	return nil
}

func (w *Writer) manifestLine(f *file) ([]byte, error) {
	m := f.mark
	name, err := filepath.Rel(filepath.Dir(w.rotation.Manifest), m.target())
	if err != nil {
		return nil, fmt.Errorf("name %s in manifest %s: %w", m.Sealed, w.rotation.Manifest, err)
	}
	line, err := json.Marshal(Sealed{
		File: filepath.ToSlash(name), Lines: m.Lines, Bytes: f.size(), SHA256: m.Sum,
		First: time.UnixMilli(m.First).UTC(), Last: time.UnixMilli(m.Last).UTC(),
	})
	return append(line, '\n'), err
}
