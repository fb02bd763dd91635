package config

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzParse checks that any bytes either load, with a print that loads again, or
// give errors with places inside the file.
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
			t.Skip("longer than any useful input")
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

// FuzzPrintText checks that the print of any text reads back as the same text.
func FuzzPrintText(f *testing.F) {
	for _, s := range []string{"", "-", "a: b", "# x", "@href", "'", "\"", "\\d+", "no", "null", "~", "1.10", "0x1F", ".inf", "<<", "*a", "&a", "!x", "|", ">",
		"{a}", "[a]", "a #b", " a", "a ", "a\tb", "2019-05-31", "12:30", "=", "%a", "`", "---", "...", "? a", "日本", "<=40", "true", "1e3", "a\\nb", "a,b", "-1", "- a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range s {
			if r == utf8.RuneError || !unicode.IsPrint(r) && r != '\t' || r == '\ufeff' {
				t.Skip("no value of a configuration holds this")
			}
		}
		c := &Config{State: s, Output: Output{Path: s}, Sites: []*Site{{Name: "a", Headers: map[string]string{"X-A": s}, Hosts: []string{s, s}}}}
		var b bytes.Buffer
		if err := c.Print(&b); err != nil {
			t.Fatal(err)
		}
		r := &reader{file: "printed"}
		root := r.tree(b.Bytes())
		if len(r.errs) > 0 {
			t.Fatalf("%v\n%s", r.errs, b.String())
		}
		site := root.Get("sites").items[0]
		for place, n := range map[string]*Node{
			"state": root.Get("state"), "output.path": root.Get("output").Get("path"),
			"header": site.Get("headers").Get("X-A"), "host": site.Get("hosts").items[1],
		} {
			if n.form != text || n.text != s {
				t.Errorf("%s: %q printed and read back is %s %q\n%s", place, s, n.form, n.text, b.String())
			}
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
		if e.Line < 1 || e.Line > count || e.Col < 1 || e.Col > len(data)+2 { // the place of an empty entry is after its "-"
			t.Fatalf("error outside of the %d lines: %v", count, e)
		}
		if e.Message == "" || strings.ContainsAny(e.Message, "\n\r") {
			t.Fatalf("message is not one line: %q", e.Message)
		}
	}
}
