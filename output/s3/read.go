package s3

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/newsonce/newsonce/output"
)

// Segments is Driver.Segments: the objects of the bucket, and what is still in the
// spool of this machine.
func Segments(ctx context.Context, o output.Options) ([]output.Segment, error) {
	p, err := newPlace(&o)
	if err != nil {
		return nil, err
	}
	b, err := OpenBucket(p.bucket, o.Storage)
	if err != nil {
		return nil, err
	}
	found := map[string]output.Segment{}
	if p.dir != "" { // first, since what leaves the spool meanwhile is in the bucket then
		if found, err = p.spooled(ctx, b, o); err != nil {
			return nil, err
		}
	}
	prefix, _, _ := strings.Cut(string(p.pattern), "{")
	if prefix == string(p.pattern) {
		prefix = strings.TrimSuffix(prefix, suffix(prefix))
	}
	for object, err := range b.List(ctx, prefix) {
		if err != nil {
			return nil, fmt.Errorf("list output %s: %w", o.Path, err)
		}
		if !p.isItems(object.Key) || p.isList(object.Key) {
			continue
		}
		url := scheme + p.bucket + "/" + object.Key
		found[url] = output.NewSegment(url, -1, func(ctx context.Context) (io.ReadCloser, error) {
			return b.Open(ctx, object.Key)
		})
	}
	list := make([]output.Segment, 0, len(found))
	for _, s := range found {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b output.Segment) int { return strings.Compare(a.Path, b.Path) })
	return list, nil
}

// suffix is what follows the number in the name of a segment: .jsonl.gz of
// items.jsonl.gz.
func suffix(key string) string {
	base := key[strings.LastIndexByte(key, '/')+1:]
	if i := strings.IndexByte(base, '.'); i > 0 {
		return base[i:]
	}
	return ""
}

// spooled returns the segments in the spool, by the URL of the object that each is or
// will be.
func (p *place) spooled(ctx context.Context, b *Bucket, o output.Options) (map[string]output.Segment, error) {
	local := o
	local.Path, local.Committed = p.local(), p.opened(o.Committed)
	files, err := output.FileSegments(ctx, local)
	if err != nil {
		return nil, err
	}
	objects, err := p.objects(local, o.Committed)
	if err != nil {
		return nil, err
	}
	found := map[string]output.Segment{}
	for _, f := range files { // sealed ones before open ones
		url, err := p.url(f.Path)
		if err != nil {
			return nil, err
		}
		object := cmp.Or(objects[url], url)
		if _, sealed := found[object]; sealed || p.isManifest(url) {
			continue // it was sealed since its position was read
		}
		found[object] = output.NewSegment(url, f.Bytes, func(ctx context.Context) (io.ReadCloser, error) {
			return openSpooled(ctx, b, object, p.file(url), p.file(object))
		})
	}
	return found, nil
}

// objects returns the URLs of objects where they differ from those of their files: of
// segments that were renamed, and of open files, which are named when they are sealed.
func (p *place) objects(local output.Options, stored []output.Position) (map[string]string, error) {
	objects := map[string]string{}
	for _, one := range stored {
		if isSegment(one) {
			g, err := readSegment(one)
			if err != nil {
				return nil, err
			}
			objects[g.url] = g.Object
		}
		if !isOpen(one) {
			continue
		}
		to, err := local.SealedAs(p.toSpool(one))
		if err != nil {
			return nil, err
		}
		if to != "" {
			if objects[one.Key], err = p.url(to); err != nil {
				return nil, err
			}
		}
	}
	return objects, nil
}

// openSpooled opens a file of the spool, wherever it went since it was listed.
func openSpooled(ctx context.Context, b *Bucket, object string, files ...string) (io.ReadCloser, error) {
	for _, file := range files {
		f, err := os.Open(file)
		if !errors.Is(err, fs.ErrNotExist) {
			return f, err
		}
	}
	_, key := split(object)
	return b.Open(ctx, key)
}

// Restore is Driver.Restore: it finds what was not delivered again.
func Restore(ctx context.Context, o output.Options) ([]output.Position, error) {
	p, err := newPlace(&o)
	if err != nil {
		return nil, err
	}
	var positions []output.Position
	if p.dir == "" {
		return nil, nil
	}
	local := o
	local.Committed = nil
	for _, path := range []string{p.local(), string(output.Pattern(p.local()).Manifest())} {
		local.Path = path
		open, err := output.RestoreFiles(ctx, local)
		if err != nil {
			return nil, err
		}
		files, err := output.FileSegments(ctx, local)
		if err != nil {
			return nil, err
		}
		positions = append(positions, p.fromSpool(open)...)
		for _, f := range files {
			if strings.HasSuffix(f.Path, output.Open) {
				continue
			}
			g, err := p.restored(ctx, f)
			if err != nil {
				return nil, err
			}
			stored, err := g.position()
			if err != nil {
				return nil, err
			}
			positions = append(positions, stored)
		}
	}
	return positions, nil
}

// restored reads a segment of the spool again.
func (p *place) restored(ctx context.Context, f output.Segment) (*segment, error) {
	info, err := os.Stat(f.Path)
	if err != nil {
		return nil, fmt.Errorf("look at segment: %w", err)
	}
	packed, err := os.ReadFile(f.Path)
	if err != nil {
		return nil, fmt.Errorf("read segment: %w", err)
	}
	sum := sha256.Sum256(packed)
	text, err := f.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer text.Close()
	lines, err := io.ReadAll(text)
	if err != nil {
		return nil, fmt.Errorf("read segment %s: %w", f.Path, err)
	}
	at := info.ModTime().UTC()
	g := &segment{Since: at, Sealed: output.Sealed{Lines: int64(bytes.Count(lines, []byte{'\n'})), Bytes: info.Size(),
		SHA256: hex.EncodeToString(sum[:]), First: at, Last: at}}
	g.url, err = p.url(f.Path)
	return g, err
}
