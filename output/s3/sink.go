package s3

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/dustin/go-humanize/english"
	"github.com/newsonce/newsonce/output"
)

// Driver writes to paths s3://BUCKET/NAME.
func Driver() output.Driver {
	return output.Driver{Scheme: "s3", Open: Open, Describe: Describe, Segments: Segments, Restore: Restore, Check: Check}
}

// Check is Driver.Check: it asks the bucket whether it takes objects.
func Check(ctx context.Context, o output.Options) error {
	_, err := openDirect(ctx, o, OpenBucket)
	return err
}

// sealAt is the size at which a segment is sealed. The commit that reaches it is
// written whole, so that objects stay below 64 MiB unless one commit is larger than
// the difference.
const sealAt = 48 << 20

// connector is OpenBucket, or that of a test.
type connector func(name string, o output.ObjectStore) (*Bucket, error)

// sink is the Sink of a bucket.
type sink struct {
	output.Options
	place
	spool   *output.Spool
	connect connector
	buckets map[string]*Bucket  // by name; those of former paths, too
	waiting map[string]*segment // by URL
	*delivery
}

// Open returns a Sink that writes objects. It checks first whether the bucket takes
// them.
func Open(ctx context.Context, o output.Options) (output.Sink, error) {
	if o.Spool == "" {
		d, err := openDirect(ctx, o, OpenBucket)
		if err != nil {
			return nil, err
		}
		return d, nil
	}
	s, err := open(ctx, o, OpenBucket)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func open(ctx context.Context, o output.Options, connect connector) (*sink, error) {
	s, err := newSink(o)
	if err != nil {
		return nil, err
	}
	s.connect = connect
	b, err := s.bucketOf(s.bucket)
	if err != nil {
		return nil, err
	}
	if err := s.prove(ctx, b); err != nil {
		return nil, fmt.Errorf("output %s: %w%s", o.Path, err, s.kept())
	}
	return s, s.openSpool(ctx)
}

// proof is where a bucket took objects under a condition. It is the data of a position.
type proof struct {
	Endpoint    string `json:"endpoint"`
	Region      string `json:"region"`
	Conditional bool   `json:"put_if_absent"`
}

// prove checks that the bucket takes objects. One that did so in an earlier run may be
// out of order for a while: lines are kept until it takes them again.
func (s *sink) prove(ctx context.Context, b *Bucket) error {
	p := output.Position{Key: scheme + path.Join(s.place.bucket, s.folder(), probe)}
	var err error
	if p.Data, err = json.Marshal(proof{b.endpoint, b.region, b.conditional}); err != nil {
		return err
	}
	proven := slices.ContainsFunc(slices.Concat(s.Options.Committed, s.Unfinished), func(stored output.Position) bool {
		return stored.Key == p.Key && bytes.Equal(stored.Data, p.Data)
	})
	switch err := b.Probe(ctx, s.folder()); {
	case err == nil && proven:
		return nil
	case err == nil:
		return s.Options.Save(ctx, []output.Position{p})
	case proven && !errors.Is(err, ErrNotEnforced) && ctx.Err() == nil:
		s.Warn(fmt.Sprintf("output %s: %v; lines are kept in %s until it takes them", s.Path, err, s.dir))
		return nil
	default:
		return err
	}
}

// newSink returns a sink that knows what waits.
func newSink(o output.Options) (*sink, error) {
	p, err := newPlace(&o)
	if err != nil {
		return nil, err
	}
	s := &sink{Options: o, place: p, delivery: newDelivery(),
		buckets: map[string]*Bucket{}, waiting: map[string]*segment{}}
	for _, stored := range slices.Concat(o.Committed, o.Unfinished) {
		if !isSegment(stored) {
			continue
		}
		g, err := readSegment(stored)
		if err != nil {
			return nil, err
		}
		s.waiting[g.url] = g
	}
	return s, nil
}

// openSpool opens the spool.
func (s *sink) openSpool(ctx context.Context) (err error) {
	local := s.Options
	local.Path = s.local()
	if size := local.Rotation.Size; size == 0 || size > sealAt {
		local.Rotation.Size = sealAt
	}
	local.Committed, local.Unfinished = s.opened(s.Options.Committed), s.opened(s.Unfinished)
	local.Save = s.save
	s.spool, err = output.OpenSpool(ctx, local, s.sealed)
	return err
}

// opened returns the positions of open files, as the spool knows them.
func (p *place) opened(stored []output.Position) (list []output.Position) {
	for _, one := range stored {
		if isOpen(one) {
			list = append(list, p.toSpool(one))
		}
	}
	return list
}

func (s *sink) save(ctx context.Context, list []output.Position) error {
	return s.Options.Save(ctx, s.fromSpool(list))
}

// sealed notes that a file of the spool became a segment.
func (s *sink) sealed(path string, of output.Sealed) (output.Position, error) {
	url, err := s.url(path)
	if err != nil {
		return output.Position{}, err
	}
	g := &segment{Sealed: of, Epoch: s.Writer.Epoch, Since: s.Now().UTC(), url: url}
	s.waiting[url] = g
	return g.position()
}

func (s *sink) bucketOf(name string) (*Bucket, error) {
	if b := s.buckets[name]; b != nil {
		return b, nil
	}
	b, err := s.connect(name, s.Storage)
	if err == nil {
		s.buckets[name] = b
	}
	return b, err
}

// kept tells that segments wait, "" when none do.
func (s *sink) kept() string {
	if len(s.waiting) == 0 {
		return ""
	}
	bytes := int64(0)
	for _, g := range s.waiting {
		bytes += g.Bytes
	}
	return fmt.Sprintf("; %s, %s, kept in %s", english.Plural(len(s.waiting), "segment", ""),
		humanize.IBytes(uint64(bytes)), s.dir)
}

// Prepare implements Sink.
func (s *sink) Prepare(ctx context.Context, keys []output.Key) error {
	return s.spool.Prepare(ctx, keys)
}

// Append implements Sink.
func (s *sink) Append(k output.Key, line []byte) error { return s.spool.Append(k, line) }

// Rewind implements Sink.
func (s *sink) Rewind(ctx context.Context) error { return s.spool.Rewind(ctx) }

// Flush implements Sink.
func (s *sink) Flush(ctx context.Context) ([]output.Position, error) {
	list, err := s.spool.Flush(ctx)
	return s.fromSpool(list), err
}

// Committed implements Sink. It begins to deliver what is sealed, and takes note of
// what was delivered meanwhile.
func (s *sink) Committed(ctx context.Context) error {
	err := s.spool.Committed(ctx)
	if err != nil && !errors.Is(err, output.ErrLowDisk) {
		return err
	}
	if failed := s.deliver(ctx); failed != nil {
		return failed
	}
	return err
}

// Finish implements output.Finisher: it seals everything and delivers it. Last comes
// the manifest of what was delivered.
func (s *sink) Finish(ctx context.Context) error {
	if err := s.spool.Seal(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	if err := s.deliverAll(ctx); err != nil {
		return err
	}
	if err := s.spool.SealManifest(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	return s.deliverAll(ctx)
}

// Close implements Sink. It gives up what is being delivered; the next run continues.
func (s *sink) Close() error {
	s.stop()
	if s.spool == nil {
		return nil
	}
	return s.spool.Close()
}

// Describe is Driver.Describe.
func Describe(base string, stored output.Position) (output.Description, error) {
	switch {
	case isOpen(stored):
		d, err := output.DescribeFile(base, stored)
		d.Path = stored.Key
		return d, err
	case !isSegment(stored): // nothing is open there
		return output.Description{Path: strings.TrimSuffix(stored.Key, next), Sealed: true}, nil
	}
	g, err := readSegment(stored)
	if err != nil {
		return output.Description{}, err
	}
	return output.Description{Path: g.object(), Offset: g.Bytes, Lines: g.Lines,
		Waiting: &output.Waiting{Since: g.Since, Error: g.Error}}, nil
}

// isManifest reports whether a URL is that of a manifest of this output.
func (p *place) isManifest(url string) bool {
	_, key := split(url)
	return p.isList(key)
}

// newer returns a segment's URL with the epoch of this state in the place of an older
// one.
func (s *sink) newer(g *segment) string {
	tag := func(epoch int64) string { return fmt.Sprintf("-%s-e%d-", s.Writer.State, epoch) }
	return strings.Replace(g.object(), tag(g.Epoch), tag(s.Writer.Epoch), 1)
}
