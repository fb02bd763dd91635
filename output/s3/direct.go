package s3

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/newsonce/newsonce/output"
	"github.com/zeebo/xxh3"
)

// direct is the Sink of a state that several machines share, and that keeps lines until
// they are committed here: it has no spool, and each Flush writes objects.
//
// The names of the next objects are stored before the first of them is written. When a
// machine dies between an object and the commit of its lines, the next one appends the
// same lines again, in whatever batches, and finds the object under the name that it
// was to use. It takes the object over, and leaves out the lines that it holds. The same
// happens when a machine that was thought dead writes its object after all.
type direct struct {
	output.Options
	place
	bucket  *Bucket
	streams map[string]*stream // by URL of the output
	dirty   []*stream          // with lines since the last commit, in order of first use
	list    list               // committed
	pending list               // flushed
}

// next ends the keys of the positions of a direct sink.
const next = ".next"

// stream is one output: the objects that a path of the pattern has become.
type stream struct {
	url     string
	saved   bool   // the state has its position as one of this run
	pos     cursor // committed
	pending cursor // flushed
	buf     []line
}

// cursor is the data of a position.
type cursor struct {
	Number int64   `json:"number"` // of the last object, from 1
	Begun  int64   `json:"begun"`  // in the names of objects, milliseconds since 1970 UTC
	Lines  int64   `json:"lines"`
	Taken  []taken `json:"taken,omitempty"`
}

// taken is an object of another machine that was taken over, and has lines that were
// not appended again yet.
type taken struct {
	URL   string          `json:"url"`
	Left  int             `json:"left"` // so many
	lines map[uint64]bool // hashes; may hold some that were appended again
}

type line struct {
	text []byte
	at   time.Time
}

// list holds objects that no manifest lists yet. It is the data of a position, too.
type list struct {
	Number  int64           `json:"number"` // of the last manifest
	Objects []output.Sealed `json:"objects"`
}

// A manifest is written for so many objects, or when its first line is so old.
const (
	listed    = 100
	listedAge = 10 * time.Minute
)

// openDirect opens a direct sink. It checks first whether the bucket takes objects.
func openDirect(ctx context.Context, o output.Options, connect connector) (*direct, error) {
	p, err := newPlace(&o)
	if err != nil {
		return nil, err
	}
	b, err := connect(p.bucket, o.Storage)
	if err != nil {
		return nil, err
	}
	if err := b.Probe(ctx, p.folder()); err != nil {
		return nil, fmt.Errorf("output %s: %w", o.Path, err)
	}
	d := &direct{Options: o, place: p, bucket: b, streams: map[string]*stream{}}
	for _, stored := range slices.Concat(o.Committed, o.Unfinished) {
		url, ok := strings.CutSuffix(stored.Key, next)
		if !ok && !isOpen(stored) && !isSegment(stored) {
			continue
		}
		if !ok {
			return nil, fmt.Errorf("output %s waits in the spool of another state: have that state deliver it first",
				stored.Key)
		}
		if p.isManifest(url) {
			if err := json.Unmarshal(stored.Data, &d.list); err != nil {
				return nil, fmt.Errorf("position of output %s: %w", url, err)
			}
			continue
		}
		s := &stream{url: url}
		if err := json.Unmarshal(stored.Data, &s.pos); err != nil {
			return nil, fmt.Errorf("position of output %s: %w", url, err)
		}
		s.pending = s.pos
		d.streams[url] = s
	}
	d.pending = d.list
	return d, nil
}

func position(url string, data any) (output.Position, error) {
	text, err := json.Marshal(data)
	if err != nil {
		return output.Position{}, fmt.Errorf("position of output %s: %w", url, err)
	}
	return output.Position{Key: url + next, Data: text}, nil
}

func (d *direct) stream(k output.Key) *stream {
	url := scheme + d.place.bucket + "/" + d.pattern.Path(k.Site, k.Type, k.At)
	s := d.streams[url]
	if s == nil {
		s = &stream{url: url}
		d.streams[url] = s
	}
	return s
}

// Prepare implements Sink: it stores the names of the next objects.
func (d *direct) Prepare(ctx context.Context, keys []output.Key) error {
	var save []output.Position
	var fresh []*stream
	for _, k := range keys {
		s := d.stream(k)
		if s.saved || slices.Contains(fresh, s) {
			continue
		}
		if s.pos.Begun == 0 {
			s.pos.Begun = d.Now().UnixMilli()
			s.pending = s.pos
		}
		p, err := position(s.url, s.pos)
		if err != nil {
			return err
		}
		save, fresh = append(save, p), append(fresh, s)
	}
	if len(save) == 0 {
		return nil
	}
	if err := d.Save(ctx, save); err != nil {
		return err
	}
	for _, s := range fresh {
		s.saved = true
	}
	return nil
}

// Append implements Sink.
func (d *direct) Append(k output.Key, text []byte) error {
	s := d.stream(k)
	if !s.saved {
		return fmt.Errorf("output %s was written to before it was prepared", s.url)
	}
	if len(s.buf) == 0 {
		d.dirty = append(d.dirty, s)
	}
	s.buf = append(s.buf, line{bytes.Clone(text), k.At})
	return nil
}

// Flush implements Sink: the lines are in the bucket when it returns.
func (d *direct) Flush(ctx context.Context) ([]output.Position, error) {
	var positions []output.Position
	objects := slices.Clone(d.list.Objects)
	for _, s := range d.dirty {
		written, err := d.flush(ctx, s)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("output %s: %w", d.Path, err), d.Rewind(ctx))
		}
		objects = append(objects, written...)
		p, err := position(s.url, s.pending)
		if err != nil {
			return nil, err
		}
		positions = append(positions, p)
	}
	if len(objects) > len(d.list.Objects) {
		d.pending = list{d.list.Number, objects}
		p, err := position(d.manifest(), d.pending)
		if err != nil {
			return nil, err
		}
		positions = append(positions, p)
	}
	return positions, nil
}

func (d *direct) manifest() string {
	return scheme + d.place.bucket + "/" + string(d.pattern.Manifest())
}

// flush writes the lines of one output, and returns the objects that hold them.
func (d *direct) flush(ctx context.Context, s *stream) (objects []output.Sealed, err error) {
	s.pending = s.pos
	s.pending.Lines += int64(len(s.buf))
	s.pending.Taken = slices.Clone(s.pos.Taken)
	for i := range s.pending.Taken {
		t := &s.pending.Taken[i]
		if t.lines, err = d.hashes(ctx, t.URL); err != nil {
			return nil, err
		}
	}
	lines := s.buf
	for {
		if lines = s.pending.without(lines); len(lines) == 0 {
			return objects, nil
		}
		of, err := d.put(ctx, s, lines)
		var conflict *ConflictError
		if err == nil {
			return append(objects, of), nil
		}
		if !errors.As(err, &conflict) {
			return nil, err
		}
		if of, err = d.takeOver(ctx, s, conflict, lines); err != nil {
			return nil, err
		}
		objects = append(objects, of)
	}
}

// without returns the lines that are not in an object that was taken over.
func (c *cursor) without(lines []line) (rest []line) {
	for _, l := range lines {
		h := xxh3.Hash(l.text)
		i := slices.IndexFunc(c.Taken, func(t taken) bool { return t.lines[h] })
		if i < 0 {
			rest = append(rest, l)
			continue
		}
		delete(c.Taken[i].lines, h)
		c.Taken[i].Left--
	}
	c.Taken = slices.DeleteFunc(c.Taken, func(t taken) bool { return t.Left == 0 })
	return rest
}

// put writes lines to the next object of an output.
func (d *direct) put(ctx context.Context, s *stream, lines []line) (output.Sealed, error) {
	var text bytes.Buffer
	for _, l := range lines {
		text.Write(l.text)
	}
	packed, err := pack(s.url, text.Bytes())
	if err != nil {
		return output.Sealed{}, err
	}
	o := d.object(s.url, s.pending.Begun, s.pending.Number+1, packed)
	if err := d.bucket.Put(ctx, o, bytes.NewReader(packed)); err != nil {
		return output.Sealed{}, err
	}
	s.pending.Number++
	return d.describe(o, len(lines), lines), nil
}

// object describes the object that an output writes.
func (d *direct) object(url string, begun, number int64, packed []byte) Object {
	_, key := split(url)
	key = path.Join(path.Dir(key), d.Writer.SegmentName(path.Base(key), time.UnixMilli(begun), number))
	sum := sha256.Sum256(packed)
	return Object{Key: key, Bytes: int64(len(packed)), SHA256: hex.EncodeToString(sum[:])}
}

// takeOver takes the object that another machine wrote as the next one. One of the lines
// must be in it, else it is not of this state.
func (d *direct) takeOver(ctx context.Context, s *stream, c *ConflictError, lines []line) (output.Sealed, error) {
	url := scheme + c.Bucket + "/" + c.There.Key
	found, err := d.hashes(ctx, url)
	if err != nil {
		return output.Sealed{}, err
	}
	if !slices.ContainsFunc(lines, func(l line) bool { return found[xxh3.Hash(l.text)] }) {
		return output.Sealed{}, c
	}
	s.pending.Number++
	s.pending.Taken = append(s.pending.Taken, taken{URL: url, Left: len(found), lines: found})
	return d.describe(c.There, len(found), lines), nil
}

// hashes returns the hashes of the lines of an object.
func (d *direct) hashes(ctx context.Context, url string) (map[uint64]bool, error) {
	_, key := split(url)
	r, err := output.NewSegment(url, -1, func(ctx context.Context) (io.ReadCloser, error) {
		return d.bucket.Open(ctx, key)
	}).Open(ctx)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	found := map[uint64]bool{}
	for l := range bytes.Lines(text) {
		found[xxh3.Hash(l)] = true
	}
	return found, nil
}

// describe is the line of the manifest about an object.
func (d *direct) describe(o Object, n int, lines []line) output.Sealed {
	return output.Sealed{File: d.relative(o.Key), Lines: int64(n), Bytes: o.Bytes, SHA256: o.SHA256,
		First: lines[0].at.UTC(), Last: lines[len(lines)-1].at.UTC()}
}

// pack compresses a text as the suffix of a URL tells.
func pack(url string, text []byte) ([]byte, error) {
	var packed bytes.Buffer
	var w io.WriteCloser
	switch path.Ext(url) {
	case ".gz":
		w = gzip.NewWriter(&packed)
	case ".zst":
		z, err := zstd.NewWriter(&packed, zstd.WithEncoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		w = z
	default:
		return text, nil
	}
	_, err := w.Write(text)
	err = errors.Join(err, w.Close())
	return packed.Bytes(), err
}

// Committed implements Sink. It writes a manifest when one is due.
func (d *direct) Committed(ctx context.Context) error {
	for _, s := range d.dirty {
		s.pos, s.buf = s.pending, nil
	}
	d.dirty, d.list = nil, d.pending
	if n := len(d.list.Objects); n < listed && (n == 0 || d.Now().Sub(d.list.Objects[0].Last) < listedAge) {
		return nil
	}
	return d.Finish(ctx)
}

// Finish implements output.Finisher: it lists the objects that no manifest lists yet.
func (d *direct) Finish(ctx context.Context) error {
	for len(d.list.Objects) > 0 {
		var text bytes.Buffer
		for _, o := range d.list.Objects {
			if err := json.NewEncoder(&text).Encode(o); err != nil {
				return err
			}
		}
		o := d.object(d.manifest(), d.list.Objects[0].First.UnixMilli(), d.list.Number+1, text.Bytes())
		left := list{Number: d.list.Number + 1}
		err := d.bucket.Put(ctx, o, bytes.NewReader(text.Bytes()))
		var conflict *ConflictError
		if errors.As(err, &conflict) { // another machine listed some of them
			left.Objects, err = d.unlisted(ctx, o.Key)
		}
		if err != nil {
			return fmt.Errorf("output %s: %w", d.Path, err)
		}
		p, err := position(d.manifest(), left)
		if err != nil {
			return err
		}
		if err := d.Save(ctx, []output.Position{p}); err != nil {
			return err
		}
		d.list, d.pending = left, left
	}
	return nil
}

// unlisted returns the objects that a manifest does not list.
func (d *direct) unlisted(ctx context.Context, manifest string) (objects []output.Sealed, err error) {
	r, err := d.bucket.Open(ctx, manifest)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	there := map[string]bool{}
	for lines := json.NewDecoder(r); ; {
		var o output.Sealed
		if err := lines.Decode(&o); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("read manifest %s: %w", manifest, err)
		}
		there[o.File] = true
	}
	for _, o := range d.list.Objects {
		if !there[o.File] {
			objects = append(objects, o)
		}
	}
	return objects, nil
}

// Rewind implements Sink. Objects stay: when their lines are appended again, they are
// taken over.
func (d *direct) Rewind(context.Context) error {
	for _, s := range d.dirty {
		s.pending, s.buf = s.pos, nil
	}
	d.dirty, d.pending = nil, d.list
	return nil
}

// Close implements Sink.
func (d *direct) Close() error { return nil }
