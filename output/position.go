package output

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"
)

// filePosition is the committed end of one file. Of a compressed file the bytes
// up to Offset decode to whole lines, and a trailer that completes it follows.
type filePosition struct {
	Path   string `json:"-"`
	Offset int64  `json:"offset"`
	Lines  int64  `json:"lines"` // up to Offset
	// Tail is the xxh3 of the at most 4096 bytes before Offset. It tells a replaced
	// file.
	Tail uint64 `json:"tail,string"`
	// Member is, in a compressed file, where the open gzip member or zstd frame
	// begins; Offset when none is open.
	Member int64 `json:"member,omitempty"`
	// Check is, for gzip, the CRC-32 of the open member's text, and in the upper
	// half its length modulo 2^32.
	Check uint64 `json:"check,string,omitempty"`
	First int64  `json:"first,omitempty"` // when its first line was flushed, milliseconds since 1970 UTC; 0: no line
	Last  int64  `json:"last,omitempty"`  // when its last line was flushed

	// Of a path that ends in Open:
	Number int64  `json:"number,omitempty"` // of the segment sealed last, from 1
	Sealed string `json:"sealed,omitempty"` // its name as a segment, in the same folder; "": it is written to
	Sum    string `json:"sum,omitempty"`    // with Sealed: SHA-256 of its bytes, in hex
}

// anew returns the position of a file that takes the place of p's.
func (p filePosition) anew() filePosition { return filePosition{Path: p.Path, Number: p.Number} }

// target is the path under which the file of p is sealed.
func (p filePosition) target() string { return filepath.Join(filepath.Dir(p.Path), p.Sealed) }

// position is p as a state stores it.
func (p filePosition) position(base string) (Position, error) {
	data, err := json.Marshal(p)
	if err != nil {
		return Position{}, fmt.Errorf("position of output %s: %w", p.Path, err)
	}
	return Position{Key: fileKey(base, p.Path), Data: data}, nil
}

// readPosition is the reverse of filePosition.position. The path of a file in
// base is found below base, also if it was stored as another one.
func readPosition(base string, stored Position) (filePosition, error) {
	var p filePosition
	if err := json.Unmarshal(stored.Data, &p); err != nil {
		return p, fmt.Errorf("position of output %s: %w", stored.Key, err)
	}
	p.Path = filepath.FromSlash(stored.Key)
	if !filepath.IsAbs(p.Path) {
		p.Path = filepath.Join(base, p.Path)
		return p, nil
	}
	dir, name := filepath.Split(p.Path)
	p.Path = filepath.Join(inBase(base, dir), name)
	return p, nil
}

// fileKey names the position of the file at path: relative to base, with
// slashes, when it lies in base.
func fileKey(base, path string) string {
	if rel, ok := below(base, path); ok {
		return filepath.ToSlash(rel)
	}
	return path
}

// below returns path relative to dir, and whether it lies in dir.
func below(dir, path string) (string, bool) {
	rel, err := filepath.Rel(dir, path)
	return rel, dir != "" && err == nil && filepath.IsLocal(rel)
}

// inBase returns the folder dir as a path below base when it lies there by way
// of symbolic links.
func inBase(base, dir string) string {
	if _, ok := below(base, dir); ok || base == "" {
		return dir
	}
	if rel, ok := below(realPath(base), realPath(dir)); ok {
		return filepath.Join(base, rel)
	}
	return dir
}

// realPath follows the symbolic links in dir, of which the last folders may not
// exist yet.
func realPath(dir string) string {
	dir = filepath.Clean(dir)
	if real, err := filepath.EvalSymlinks(dir); !errors.Is(err, fs.ErrNotExist) || filepath.Dir(dir) == dir {
		if err != nil {
			return dir
		}
		return real
	}
	return filepath.Join(realPath(filepath.Dir(dir)), filepath.Base(dir))
}

// DescribeFile tells what a position of a file means; base is that of Options.
func DescribeFile(base string, stored Position) (Description, error) {
	p, err := readPosition(base, stored)
	return Description{
		Path: p.Path, Offset: p.Offset, Lines: p.Lines,
		Sealed: p.Offset == 0 && strings.HasSuffix(p.Path, Open),
	}, err
}

func millis(t int64) time.Time { return time.UnixMilli(t).UTC() }
