package output

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
)

// Everything is for the tests of sinktest's suite.
var Everything = everything

// OpenFilesOn opens a sink of files whose durable steps go through step, or
// write where bytes may be written in part. Syncs are steps that do nothing:
// what a killed process has written stays.
func OpenFilesOn(ctx context.Context, o Options, step func(func() error) error, write func([]byte, func([]byte) error) error) (Sink, error) {
	s, err := openFiles(ctx, o, faulty(step, write))
	if err != nil {
		return nil, err
	}
	return s, nil
}

// OnFaultyDisk returns options with which a Spool does its durable steps as a sink of
// OpenFilesOn does.
func OnFaultyDisk(o Options, step func(func() error) error, write func([]byte, func([]byte) error) error) Options {
	d := faulty(step, write)
	o.disk = &d
	return o
}

func faulty(step func(func() error) error, write func([]byte, func([]byte) error) error) disk {
	nothing := func() error { return nil }
	return disk{
		write: func(f *os.File, b []byte, at int64) error {
			return write(b, func(part []byte) error { return system.write(f, part, at) })
		},
		truncate: func(f *os.File, size int64) error { return step(func() error { return system.truncate(f, size) }) },
		sync:     func(*os.File) error { return step(nothing) },
		rename:   func(from, to string) error { return step(func() error { return system.rename(from, to) }) },
		syncDir:  func(string) error { return step(nothing) },
		free:     system.free,
	}
}

// Kill closes the handles of a sink of files, as the end of its process does.
func Kill(s Sink) {
	for _, f := range s.(*fileSink).files {
		if f.handle != nil {
			f.handle.Close()
		}
	}
}

// Readable requires of the file of a position that it can be read that far.
func Readable(t *testing.T, base string, stored Position) {
	t.Helper()
	p, err := readPosition(base, stored)
	if err != nil {
		t.Fatal(err)
	}
	if p.Offset == 0 {
		return
	}
	path := p.Path
	if _, err := os.Stat(path); p.Sealed != "" && errors.Is(err, os.ErrNotExist) {
		path = p.target()
	}
	b, err := os.ReadFile(path)
	if err != nil || int64(len(b)) < p.Offset {
		t.Fatalf("%s has %d bytes, committed are %d: %v", path, len(b), p.Offset, err)
	}
	if text := unpackedPart(t, path, b[:p.Offset]); int64(strings.Count(text, "\n")) != p.Lines || text[len(text)-1] != '\n' {
		t.Fatalf("%s: %d lines can be read up to its position, want %d: %q", path, strings.Count(text, "\n"), p.Lines, text)
	}
}
