package config

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Any bytes either load, and then print to what loads again, or give errors
// with places inside the file.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/good/*.yaml", "testdata/broken/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 8<<10 {
			t.Skip("longer than any grammar needs")
		}
		c, err := Parse("crawl.yaml", dir, data)
		if err != nil {
			checkPlaces(t, err, data)
			return
		}
		var b bytes.Buffer
		if err := c.Print(&b); err != nil {
			t.Fatalf("print: %v", err)
		}
		again, err := Parse("printed", dir, b.Bytes())
		if err != nil {
			t.Fatalf("the print does not load: %v\n%s", err, b.String())
		}
		var b2 bytes.Buffer
		if err := again.Print(&b2); err != nil || b2.String() != b.String() {
			t.Fatalf("second print differs (%v)\n%s\n%s", err, b.String(), b2.String())
		}
	})
}

func checkPlaces(t *testing.T, err error, data []byte) {
	t.Helper()
	var all Errors
	if !errors.As(err, &all) || len(all) == 0 {
		t.Fatalf("error is a %T without entries: %v", err, err)
	}
	count := 1 + strings.Count(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(data)), "\n")
	for _, e := range all {
		if e.Line < 1 || e.Line > count || e.Col < 1 || e.Col > len(data)+1 {
			t.Fatalf("error outside of the %d lines: %v", count, e)
		}
		if e.Message == "" || strings.ContainsAny(e.Message, "\n\r") {
			t.Fatalf("message is not one line: %q", e.Message)
		}
	}
}
