package sinktest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/output"
)

// bucket is an object store in memory, as a Place. An object appears whole or
// not at all.
type bucket struct {
	t       *testing.T
	objects map[string][]byte
}

// segments is a Sink that puts the lines of each commit into objects, one a
// site, named by number: "courier/00000002.jsonl".
type segments struct {
	output.Options
	*bucket
	faults *Faults
	next   map[string]int // number of the next object, by site; committed
	saved  map[string]bool
	lines  map[string][]byte // not committed
}

// segmentPosition is what a position of segments holds.
type segmentPosition struct{ Next int }

func (b *bucket) name(site string, n int) string { return fmt.Sprintf("%s/%08d.jsonl", site, n) }

func (b *bucket) Open(_ context.Context, o output.Options, f *Faults) (output.Sink, error) {
	s := &segments{Options: o, bucket: b, faults: f,
		next: map[string]int{}, saved: map[string]bool{}, lines: map[string][]byte{}}
	for _, p := range slices.Concat(o.Committed, o.Unfinished) {
		s.next[p.Key] = b.read(p).Next
	}
	for _, p := range o.Unfinished {
		if err := s.remove(p.Key); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (b *bucket) read(stored output.Position) (p segmentPosition) {
	if err := json.Unmarshal(stored.Data, &p); err != nil {
		b.t.Fatal(err)
	}
	return p
}

func (b *bucket) Crash(stored []output.Position) {
	for _, s := range stored {
		for n := range b.read(s).Next {
			if b.objects[b.name(s.Key, n)] == nil {
				b.t.Fatalf("object %s was committed and is not there", b.name(s.Key, n))
			}
		}
	}
}

func (b *bucket) Lines() []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(b.objects)) {
		list = append(list, strings.SplitAfter(strings.TrimSuffix(string(b.objects[name]), "\n"), "\n")...)
	}
	return list
}

func (s *segments) position(site string, next int) output.Position {
	data, err := json.Marshal(segmentPosition{next})
	if err != nil {
		s.t.Fatal(err)
	}
	return output.Position{Key: site, Data: data}
}

// Prepare stores positions of this run: without them, an object of an unfinished
// commit would stay.
func (s *segments) Prepare(ctx context.Context, keys []output.Key) error {
	var list []output.Position
	for _, k := range keys {
		if !s.saved[k.Site] {
			s.saved[k.Site] = true
			list = append(list, s.position(k.Site, s.next[k.Site]))
		}
	}
	if len(list) == 0 {
		return nil
	}
	return s.Save(ctx, list)
}

func (s *segments) Append(k output.Key, line []byte) error {
	s.lines[k.Site] = append(s.lines[k.Site], line...)
	return nil
}

func (s *segments) Flush(ctx context.Context) ([]output.Position, error) {
	var list []output.Position
	for _, site := range slices.Sorted(maps.Keys(s.lines)) {
		err := s.faults.Step(func() error {
			s.objects[s.name(site, s.next[site])] = bytes.Clone(s.lines[site])
			return nil
		})
		if err != nil {
			return nil, s.undo(ctx, err)
		}
		list = append(list, s.position(site, s.next[site]+1))
	}
	return list, nil
}

func (s *segments) undo(ctx context.Context, err error) error {
	if undone := s.Rewind(ctx); undone != nil {
		return fmt.Errorf("%w; %w", err, undone)
	}
	return err
}

func (s *segments) Committed(context.Context) error {
	for site := range s.lines {
		s.next[site]++
	}
	clear(s.lines)
	return nil
}

func (s *segments) Rewind(context.Context) error {
	defer clear(s.lines)
	for _, site := range slices.Sorted(maps.Keys(s.lines)) {
		if err := s.remove(site); err != nil {
			return err
		}
	}
	return nil
}

// remove removes the object of a site that was not committed.
func (s *segments) remove(site string) error {
	return s.faults.Step(func() error {
		delete(s.objects, s.name(site, s.next[site]))
		return nil
	})
}

func (s *segments) Close() error { return nil }

// TestSegments shows that the seam and the suite carry a sink that is not made of
// files.
func TestSegments(t *testing.T) {
	Run(t, func(t *testing.T) Place { return &bucket{t: t, objects: map[string][]byte{}} })
}
