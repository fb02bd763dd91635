package config

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with the file at path, or rewrites it.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs\n--- got\n%s--- want\n%s", path, got, want)
	}
}

func cases(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files match %s: %v", pattern, err)
	}
	return files
}

func name(file string) string { return strings.TrimSuffix(filepath.Base(file), ".yaml") }

// Each file in testdata/broken gives the messages beside it, every one at once.
func TestBroken(t *testing.T) {
	files := cases(t, "testdata/broken/*.yaml")
	if len(files) < 60 {
		t.Errorf("%d broken files, want at least 60", len(files))
	}
	for _, file := range files {
		t.Run(name(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c, err := Parse("crawl.yaml", filepath.Dir(file), data)
			if err == nil {
				t.Fatalf("no error; loaded %d sites", len(c.Sites))
			}
			if _, ok := err.(Errors); !ok {
				t.Fatalf("error is a %T, want Errors: %v", err, err)
			}
			golden(t, strings.TrimSuffix(file, ".yaml")+".txt", relative(t, err.Error())+"\n")
		})
	}
}

// relative takes the folder of the checkout out of messages and prints.
func relative(t *testing.T, s string) string {
	t.Helper()
	dir, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(s, dir, "/DIR")
}

// Each file in testdata/good has the effective print and the warnings beside it.
func TestGood(t *testing.T) {
	for _, file := range cases(t, "testdata/good/*.yaml") {
		t.Run(name(file), func(t *testing.T) {
			c, err := Load(file, nil)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := c.Print(&b); err != nil {
				t.Fatal(err)
			}
			for _, w := range c.Warnings {
				b.WriteString("# " + filepath.ToSlash(w) + "\n")
			}
			golden(t, strings.TrimSuffix(file, ".yaml")+".txt", relative(t, b.String()))
		})
	}
}
