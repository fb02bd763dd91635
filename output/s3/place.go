package s3

import (
	"encoding/json"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/newsonce/newsonce/output"
)

// scheme begins the paths of this package, and the keys of its positions.
const scheme = "s3://"

// A place translates between objects, the files of the spool, and positions. The object
// s3://BUCKET/KEY is collected in the file SPOOL/BUCKET/KEY.
type place struct {
	bucket  string
	pattern output.Pattern // of keys
	isItems func(key string) bool
	isList  func(key string) bool // of a manifest
	dir     string                // the spool
	stored  string                // the keys of the spool's positions begin with it
}

// newPlace splits the path of the output.
func newPlace(o *output.Options) (place, error) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(o.Path, scheme), "/")
	if bucket == "" || key == "" || strings.HasSuffix(key, "/") {
		return place{}, fmt.Errorf("output %s: write s3://BUCKET/NAME, such as s3://news/items.jsonl.gz", o.Path)
	}
	pattern, err := output.ParsePattern(key)
	if err != nil {
		return place{}, err
	}
	if o.Spool == "" {
		return place{bucket: bucket, pattern: pattern, isItems: pattern.Matcher(),
			isList: output.Pattern(pattern.Manifest()).Matcher()}, nil
	}
	p := place{bucket: bucket, pattern: pattern, isItems: pattern.Matcher(),
		isList: output.Pattern(pattern.Manifest()).Matcher(), dir: o.Spool, stored: o.Spool}
	if rel, err := filepath.Rel(o.Base, o.Spool); err == nil && filepath.IsLocal(rel) {
		p.stored = rel
	}
	p.stored = filepath.ToSlash(p.stored) + "/"
	return p, nil
}

// local is the path of the output in the spool.
func (p *place) local() string { return p.file(scheme + p.bucket + "/" + string(p.pattern)) }

// folder is what the keys of all objects share, up to a slash.
func (p *place) folder() string { return path.Dir(string(p.pattern.Manifest())) }

// file returns the file of the spool for a URL.
func (p *place) file(url string) string {
	return filepath.Join(p.dir, filepath.FromSlash(strings.TrimPrefix(url, scheme)))
}

// url is the reverse of file.
func (p *place) url(file string) (string, error) {
	rel, err := filepath.Rel(p.dir, file)
	if err != nil {
		return "", fmt.Errorf("output %s: %w", file, err)
	}
	return scheme + filepath.ToSlash(rel), nil
}

// relative returns a key relative to the folder of the manifest.
func (p *place) relative(key string) string {
	if folder := p.folder(); folder != "." {
		return strings.TrimPrefix(key, folder+"/")
	}
	return key
}

// split returns bucket and key of a URL.
func split(url string) (bucket, key string) {
	bucket, key, _ = strings.Cut(strings.TrimPrefix(url, scheme), "/")
	return bucket, key
}

// toSpool returns a position of an open file as the spool stored it.
func (p *place) toSpool(stored output.Position) output.Position {
	stored.Key = p.stored + strings.TrimPrefix(stored.Key, scheme)
	return stored
}

// fromSpool is the reverse of toSpool. It leaves positions of segments as they are.
func (p *place) fromSpool(list []output.Position) []output.Position {
	named := make([]output.Position, len(list))
	for i, one := range list {
		if rest, ok := strings.CutPrefix(one.Key, p.stored); ok {
			one.Key = scheme + rest
		}
		named[i] = one
	}
	return named
}

// isOpen reports whether a position is that of a file that lines are appended to.
func isOpen(stored output.Position) bool { return strings.HasSuffix(stored.Key, output.Open) }

// isSegment reports whether a position is that of a segment.
func isSegment(stored output.Position) bool {
	return !isOpen(stored) && !strings.HasSuffix(stored.Key, next) && path.Base(stored.Key) != probe
}

// segment is a sealed file of the spool that waits for its delivery. It is the data of
// a position, whose key is its URL.
type segment struct {
	output.Sealed
	// Object is the URL of the object, where it is not the one that the file is named
	// after.
	Object string    `json:"object,omitempty"`
	Epoch  int64     `json:"epoch"` // in the object's name
	Since  time.Time `json:"since"`
	Error  string    `json:"error,omitempty"` // of the last attempt

	url     string
	running bool // it is being delivered
}

// object returns the URL of the object.
func (s *segment) object() string {
	if s.Object != "" {
		return s.Object
	}
	return s.url
}

func (s *segment) position() (output.Position, error) {
	data, err := json.Marshal(s)
	if err != nil {
		return output.Position{}, fmt.Errorf("position of output %s: %w", s.url, err)
	}
	return output.Position{Key: s.url, Data: data}, nil
}

func readSegment(stored output.Position) (*segment, error) {
	s := &segment{url: stored.Key}
	if err := json.Unmarshal(stored.Data, s); err != nil {
		return nil, fmt.Errorf("position of output %s: %w", stored.Key, err)
	}
	return s, nil
}
