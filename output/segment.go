package output

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Segment is a file of the output, or a part of one in another kind of store, as far
// as its lines are committed.
type Segment struct {
	Path  string // for messages; sorts by age among the segments of one output
	Bytes int64  // committed, as stored; -1: all there is
	open  func(ctx context.Context) (io.ReadCloser, error)
}

// NewSegment returns a segment whose bytes open gives, as they are stored. The suffix
// of path tells how they are compressed.
func NewSegment(path string, bytes int64, open func(context.Context) (io.ReadCloser, error)) Segment {
	return Segment{path, bytes, open}
}

// Open returns the committed lines of the segment, uncompressed.
func (s Segment) Open(ctx context.Context) (io.ReadCloser, error) {
	packed, err := s.open(ctx)
	if err != nil {
		return nil, fmt.Errorf("open output %s: %w", s.Path, plain(err))
	}
	var r io.Reader = packed
	if s.Bytes >= 0 {
		r = io.LimitReader(packed, s.Bytes)
	}
	lines, err := unpack(r, s.Path)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read output %s: %w", s.Path, err), packed.Close())
	}
	return &segmentReader{lines, packed, s}, nil
}

// segmentReader reads a segment up to its committed end.
type segmentReader struct {
	io.ReadCloser
	packed io.Closer
	of     Segment
}

func (r *segmentReader) Read(b []byte) (int, error) {
	n, err := r.ReadCloser.Read(b)
	if errors.Is(err, io.ErrUnexpectedEOF) && r.of.Bytes >= 0 && compression(r.of.Path) != "" {
		err = io.EOF // the position lies before the trailer of the member
	}
	if err != nil && err != io.EOF {
		err = fmt.Errorf("read output %s: %w", r.of.Path, plain(err))
	}
	return n, err
}

// Close also ends the decoder, whose error Read returned.
func (r *segmentReader) Close() error {
	_ = r.ReadCloser.Close()
	return r.packed.Close()
}

// Segments lists the files that the output named by o.Path consists of, sorted by path,
// with the sealed ones. Files without a position in o.Committed, such as sealed ones,
// are read to their end.
func (s Sinks) Segments(ctx context.Context, o Options) ([]Segment, error) {
	d, err := s.driver(o.Path)
	if err != nil {
		return nil, err
	}
	if d.Segments == nil {
		return nil, fmt.Errorf("output %s cannot be read back; name a file with output.path", o.Path)
	}
	o.Committed = d.own(o.Committed)
	return d.Segments(ctx, o)
}

// FileSegments is Driver.Segments for files.
func FileSegments(_ context.Context, o Options) ([]Segment, error) {
	ends := map[string]filePosition{}
	for _, one := range o.Committed {
		p, err := readPosition(o.Base, one)
		if err != nil {
			return nil, err
		}
		ends[p.Path] = p
	}
	paths, err := Pattern(filepath.Clean(o.Path)).files()
	if err != nil {
		return nil, err
	}
	var list []Segment
	for _, path := range paths {
		p, known := ends[path]
		bytes := p.Offset
		if !known {
			bytes = -1
		}
		if bytes != 0 {
			list = append(list, NewSegment(path, bytes, func(context.Context) (io.ReadCloser, error) { return openSegment(path, p) }))
		}
	}
	return list, nil
}

// openSegment opens a file that may have been sealed since it was listed.
func openSegment(path string, p filePosition) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) && strings.HasSuffix(path, Open) {
		sealed := filepath.Join(filepath.Dir(path), sealedName(filepath.Base(path), "", millis(p.First), p.Number+1))
		if g, sealedErr := os.Open(sealed); sealedErr == nil {
			return g, nil
		}
	}
	return f, err
}

// files lists the existing files whose path the pattern may have given, sealed or not,
// sorted.
func (p Pattern) files() ([]string, error) {
	volume := filepath.VolumeName(string(p))
	parts := strings.Split(strings.TrimPrefix(string(p), volume), string(filepath.Separator))
	found := []string{volume}
	if parts[0] == "" { // an absolute path
		found[0] += string(filepath.Separator)
		parts = parts[1:]
	}
	for i, part := range parts {
		var err error
		if found, err = inDirs(found, part, i == len(parts)-1); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// Matcher returns a function that reports whether a path with slashes may be that of a
// file of the pattern, sealed or not.
func (p Pattern) Matcher() func(path string) bool {
	parts := strings.Split(string(p), "/")
	names := make([]*regexp.Regexp, len(parts))
	for i, part := range parts {
		names[i] = segmentName(part, i == len(parts)-1)
	}
	return func(path string) bool {
		parts := strings.Split(path, "/")
		if len(parts) != len(names) {
			return false
		}
		for i, name := range names {
			if !name.MatchString(parts[i]) {
				return false
			}
		}
		return true
	}
}

// inDirs returns what in the folders dirs has a name that part may have given: files
// if part ends the pattern, else folders.
func inDirs(dirs []string, part string, last bool) ([]string, error) {
	if !last && !strings.Contains(part, "{") {
		for i := range dirs {
			dirs[i] = filepath.Join(dirs[i], part)
		}
		return dirs, nil
	}
	name := segmentName(part, last)
	var found []string
	for _, dir := range dirs {
		read := dir
		if dir == "" {
			read = "."
		}
		entries, err := os.ReadDir(read) // sorted
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("list output: %w", err)
		}
		for _, e := range entries {
			if name.MatchString(e.Name()) && e.IsDir() != last {
				found = append(found, filepath.Join(dir, e.Name()))
			}
		}
	}
	return found, nil
}

// segmentName matches the names that a part of a pattern may have given; of the last
// part also those of its open and sealed files, as sealedName makes them.
func segmentName(part string, last bool) *regexp.Regexp {
	values := strings.NewReplacer(`\{site\}`, `[a-z0-9_-]+`, `\{type\}`, `[a-z]+`, `\{date\}`, `\d{4}-\d\d-\d\d`)
	expr := func(s string) string { return values.Replace(regexp.QuoteMeta(s)) }
	if !last {
		return regexp.MustCompile("^" + expr(part) + "$")
	}
	packed := compression(part)
	base := strings.TrimSuffix(part, packed)
	ext := filepath.Ext(base)
	if ext == base {
		ext = ""
	}
	return regexp.MustCompile("^" + expr(strings.TrimSuffix(base, ext)) + `(` + segmentNumber + `)?` + expr(ext+packed) +
		`(` + regexp.QuoteMeta(Open) + `)?$`)
}

// segmentNumber is what sealedName adds to a name.
const segmentNumber = `-\d{8}T\d{6}Z(-[0-9a-f]+-e\d+)?-\d{4,}`

var segmentEnd = regexp.MustCompile(segmentNumber + "$")
