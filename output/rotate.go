package output

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Open ends the path of a file that will be sealed: renamed to a segment, after
// which a new file is begun.
const Open = ".open"

// Rotation says when a file is sealed, besides when no lines can go to it any
// more, as after its day.
type Rotation struct {
	Size int64         // once it has this many bytes; 0 = no limit
	Age  time.Duration // once its first line is this old; 0 = no limit
}

// Sealed is a line of the manifest. It is written once for each segment, when
// the segment has its name.
type Sealed struct {
	File   string    `json:"file"` // relative to the manifest's folder, with slashes
	Lines  int64     `json:"lines"`
	Bytes  int64     `json:"bytes"`
	SHA256 string    `json:"sha256"`       // of the file as it is, in hex
	First  time.Time `json:"first_commit"` // when its first line was committed
	Last   time.Time `json:"last_commit"`
}

// seal closes the files that are due, and those that force chooses, when all is
// committed. The state is told first which, and their new names; then they are
// renamed, and in the same transaction as the lines of the manifest, or what onSealed
// gives in their place, the state forgets them. A run that is killed in between is
// resumed from what the state says.
func (s *fileSink) seal(ctx context.Context, force func(path string) bool) error {
	due, err := s.due(force)
	if err != nil || len(due) == 0 {
		return err
	}
	if s.onSealed == nil {
		if err := s.prepare(ctx, s.manifest); err != nil {
			return err
		}
	}
	if err := s.save(ctx, due); err != nil {
		return err
	}
	begun, told, err := s.rename(due)
	if err != nil {
		return err
	}
	manifest, err := s.Flush(ctx)
	if err != nil {
		return err
	}
	if err := s.save(ctx, begun, append(told, manifest...)...); err != nil {
		return errors.Join(err, s.Rewind(ctx))
	}
	return s.commit()
}

func noFile(string) bool { return false }

// due returns the files to be sealed, each with the name that it will get.
func (s *fileSink) due(force func(path string) bool) ([]*file, error) {
	now := s.Now()
	live := s.livePaths(now)
	var list []*file
	for _, f := range s.sorted() {
		if !f.checked || !strings.HasSuffix(f.path, Open) || f.pos.Offset == 0 {
			continue
		}
		if f.pos.Sealed == "" {
			if live[f.path] && !s.isDue(f, now) && !force(f.path) {
				continue
			}
			same, err := f.inPlace()
			if err != nil {
				return nil, err
			}
			if !same { // ready begins a new one
				continue
			}
			if err := s.name(f); err != nil {
				return nil, err
			}
		}
		list = append(list, f)
	}
	return list, nil
}

func (s *fileSink) isDue(f *file, now time.Time) bool {
	r := s.Rotation
	return r.Size > 0 && f.size() >= r.Size || r.Age > 0 && !now.Before(millis(f.pos.First).Add(r.Age))
}

// size is that of the committed file with its trailer.
func (f *file) size() int64 { return f.pos.Offset + int64(len(f.coding.trailer(f.pos))) }

// name finds a free name for the segment that f becomes, and takes the sum of
// its bytes.
func (s *fileSink) name(f *file) error {
	if err := s.open(f); err != nil {
		return err
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(f.handle, 0, f.size())); err != nil {
		return fmt.Errorf("read output %s: %w", f.path, plain(err))
	}
	p := f.pos
	p.Sum = hex.EncodeToString(sum.Sum(nil))
	for {
		p.Number++
		p.Sealed = sealedName(filepath.Base(p.Path), s.tag, millis(p.First), p.Number)
		_, err := os.Lstat(p.target())
		if errors.Is(err, os.ErrNotExist) {
			break
		}
		if err != nil {
			return fmt.Errorf("find a free name for output %s: %w", f.path, plain(err))
		}
	}
	f.drop() // some systems rename no open file
	f.pos, f.pending = p, p
	return nil
}

// sealedName puts the time of the first line and a number into the name of an
// open file, before what says how it is written: items.jsonl.gz.open becomes
// items-20261124T094500Z-0001.jsonl.gz, and with a tag
// items-20261124T094500Z-TAG-000001.jsonl.gz. The names of one output sort by age.
func sealedName(base, tag string, first time.Time, number int64) string {
	base = strings.TrimSuffix(base, Open)
	packed := compression(base)
	base = strings.TrimSuffix(base, packed)
	ext := filepath.Ext(base)
	if ext == base {
		ext = ""
	}
	begun, digits := first.UTC().Format("20060102T150405Z"), 4
	if tag != "" {
		begun, digits = begun+"-"+tag, 6
	}
	return fmt.Sprintf("%s-%s-%0*d%s%s", strings.TrimSuffix(base, ext), begun, digits, number, ext, packed)
}

// rename gives files the names in their positions, and tells onSealed or appends a
// line for each to the manifest. It returns the files that take their places, and
// what onSealed wants to be stored.
func (s *fileSink) rename(due []*file) (begun []*file, told []Position, err error) {
	dirs := map[string]bool{}
	for _, f := range due {
		if err := s.renameFile(f.pos); err != nil {
			return nil, nil, err
		}
		dirs[filepath.Dir(f.path)] = true
		sealed, err := s.sealed(f)
		if err != nil {
			return nil, nil, err
		}
		if s.onSealed != nil {
			p, err := s.onSealed(f.pos.target(), sealed)
			if err != nil {
				return nil, nil, err
			}
			told = append(told, p)
		} else if err := s.list(s.manifest, sealed); err != nil {
			return nil, nil, err
		}
		s.forget(f)
		next := s.register(f.pos.anew())
		next.checked = true
		begun = append(begun, next)
	}
	for dir := range dirs {
		if err := s.disk.syncDir(dir); err != nil {
			return nil, nil, err
		}
	}
	return begun, told, nil
}

// renameFile renames the file of p, unless that was done: sealed files may be
// taken away by anybody.
func (s *fileSink) renameFile(p filePosition) error {
	_, err := os.Lstat(p.Path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("stat output %s: %w", p.Path, plain(err))
	}
	if _, err := os.Lstat(p.target()); err == nil {
		return fmt.Errorf("output %s was to be sealed as %s, where another file is; move one of them away", p.Path, p.Sealed)
	}
	if err := s.disk.rename(p.Path, p.target()); err != nil {
		return fmt.Errorf("seal output %s as %s: %w", p.Path, p.Sealed, plain(err))
	}
	return nil
}

func (s *fileSink) sealed(f *file) (Sealed, error) {
	p := f.pos
	name, err := filepath.Rel(filepath.Dir(s.manifest), p.target())
	if err != nil {
		return Sealed{}, fmt.Errorf("name %s in manifest %s: %w", p.Sealed, s.manifest, err)
	}
	return Sealed{
		File: filepath.ToSlash(name), Lines: p.Lines, Bytes: f.size(), SHA256: p.Sum,
		First: millis(p.First), Last: millis(p.Last),
	}, nil
}

// list appends a line to a manifest.
func (s *fileSink) list(manifest string, of Sealed) error {
	line, err := json.Marshal(of)
	if err != nil {
		return err
	}
	return s.append(manifest, append(line, '\n'))
}
