package source

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.warc.gz", "a.warc.gz", "c.warc", "x[1].warc", "old/a.warc.gz"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ patterns, want, err string }{
		{"a.warc.gz", "a.warc.gz", ""},
		{"*.gz", "a.warc.gz b.warc.gz", ""},
		{"- *.gz a.warc.gz", "a.warc.gz b.warc.gz -", ""},
		{"*/*.gz", "old/a.warc.gz", ""},
		{"x[1].warc", "x[1].warc", ""},
		{`x\[1].warc`, "x[1].warc", ""},
		{"ol*", "", "no file matches DIR/ol*"},
		{"c.warc d.warc e*", "c.warc", "no file matches DIR/d.warc\nno file matches DIR/e*"},
		{"[", "", `file pattern "DIR/[": syntax error in pattern`},
		{"-", "-", ""},
	} {
		var patterns []string
		for _, p := range strings.Fields(tt.patterns) {
			if p != "-" {
				p = filepath.Join(dir, p)
			}
			patterns = append(patterns, p)
		}
		files, err := Files(patterns)
		if got := strings.ReplaceAll(strings.Join(files, " "), dir+"/", ""); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.patterns, got, tt.want)
		}
		if got := ""; err != nil {
			got = strings.ReplaceAll(err.Error(), dir, "DIR")
			if got != tt.err {
				t.Errorf("%s: error %s, want %s", tt.patterns, got, tt.err)
			}
		} else if tt.err != "" {
			t.Errorf("%s: no error, want %s", tt.patterns, tt.err)
		}
	}
}
