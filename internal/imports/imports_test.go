// Package imports keeps the import rules of docs/design.md: dependencies point
// one way, from the command line down to the items.
package imports

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/newsonce/newsonce/"

// layers lists the parts of the program from top to bottom. A part is a package
// with everything below its folder, unless that is listed as a part of its own.
// A part imports itself and the parts of lower layers. Parts of one layer do not
// know each other, except as beside allows.
var layers = [][]string{
	{"cmd"},
	{"crawler/watch", "crawler/view"},
	{"crawler/report/metrics"},
	{"crawler", "crawler/page", "crawler/rebuild"},
	{"crawler/frontier"},
	{"crawler/source"},
	{"crawler/site", "crawler/notify"},
	{"crawler/state", "crawler/report", "output"},
	{"crawler/cdx", "crawler/config", "crawler/extract", "crawler/feed", "crawler/fetch", "crawler/polite",
		"crawler/schedule", "crawler/wall",
		"dedupe", "internal/demosite"},
	{"crawler/archive", "crawler/item", "crawler/jsonlist", "crawler/warc", "docs"},
}

// beside names what a part may import of its own layer, with the reason.
var beside = map[string][]string{
	"crawler/config":    {"crawler/extract", "dedupe"}, // selectors become rules; URLs are parsed by dedupe/urlkey
	"crawler/cdx":       {"dedupe"},                    // dedupe/urlkey, as in the next three
	"crawler/extract":   {"dedupe"},
	"crawler/feed":      {"dedupe"},
	"internal/demosite": {"dedupe"},
	"crawler/state":     {"output"}, // positions of the outputs
}

// alone lists the parts that are useful without the crawler. They import
// nothing of this module.
var alone = []string{"dedupe", "output"}

// testOnly lists the parts that only tests import. They may import anything.
var testOnly = []string{
	"crawler/state/statetest", "output/sinktest",
	"internal/e2e", "internal/imports", "internal/schema", "internal/testbucket", "internal/testnear", "internal/testpg",
	"internal/testweb",
}

func TestDependenciesPointOneWay(t *testing.T) {
	for from, imports := range packages(t) {
		if part(from, testOnly) != "" {
			continue
		}
		for _, path := range imports {
			to, ours := strings.CutPrefix(path, module)
			if !ours {
				continue
			}
			if err := allowed(from, to); err != nil {
				t.Errorf("%s imports %s: %v", from, to, err)
			}
		}
	}
}

// allowed returns why package from must not import package to, nil if it may.
func allowed(from, to string) error {
	if part(to, testOnly) != "" {
		return errors.New("only tests may")
	}
	fromLayer, fromPart := layerOf(from)
	toLayer, toPart := layerOf(to)
	switch {
	case fromPart == "" || toPart == "":
		return errors.New("one of them has no layer; add it to layers")
	case fromPart == toPart:
		return nil
	case slices.Contains(alone, fromPart):
		return fmt.Errorf("%s must not depend on the rest of the module", fromPart)
	case fromLayer < toLayer || slices.Contains(beside[fromPart], toPart):
		return nil
	case fromLayer == toLayer:
		return fmt.Errorf("%s and %s are in one layer", fromPart, toPart)
	}
	return fmt.Errorf("%s is in a higher layer than %s", toPart, fromPart)
}

// layerOf returns the layer and the part of a package, "" for none.
func layerOf(pkg string) (layer int, name string) {
	for i, parts := range layers {
		if p := part(pkg, parts); len(p) > len(name) {
			layer, name = i, p
		}
	}
	return layer, name
}

// part returns which of the parts a package belongs to, "" for none. The
// packages below crawler are parts of their own.
func part(pkg string, parts []string) string {
	found := ""
	for _, p := range parts {
		below := p != "" && p != "crawler" && strings.HasPrefix(pkg, p+"/")
		if (pkg == p || below) && len(p) > len(found) {
			found = p
		}
	}
	return found
}

// packages maps each package of the module to what it imports, whatever the
// platform. Reading the files in this process, rather than by the go command,
// makes a cached test result depend on them.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	root := filepath.Join("..", "..")
	list := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return enter(root, path)
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(dir)
		for _, spec := range file.Imports {
			list[pkg] = append(list[pkg], strings.Trim(spec.Path.Value, `"`))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(list["cmd/newsonce"]) == 0 {
		t.Fatalf("no packages found in %s", root)
	}
	return list
}

// enter returns fs.SkipDir for folders that hold no packages of the module.
func enter(root, dir string) error {
	name := filepath.Base(dir)
	if dir == root {
		return nil
	}
	if name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return fs.SkipDir
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
		return fs.SkipDir
	}
	return nil
}

// Every kind of forbidden import is noticed.
func TestAllowed(t *testing.T) {
	for _, c := range []struct {
		from, to string
		want     string // part of the error; "" = allowed
	}{
		{"cmd/newsonce/cli", "crawler", ""},
		{"cmd/newsonce/cli", "crawler/state/sqlite", ""},
		{"crawler", "crawler/frontier", ""},
		{"crawler/state/sqlite", "crawler/state", ""},
		{"crawler/state", "output", ""},
		{"crawler/config", "dedupe/urlkey", ""},
		{"dedupe/filter", "dedupe/urlkey", ""},
		{"crawler", "cmd/newsonce/cli", "higher layer"},
		{"crawler/fetch", "crawler/site", "higher layer"},
		{"crawler/item", "crawler", "higher layer"},
		{"crawler/source", "crawler/frontier", "higher layer"},
		{"crawler/page", "crawler", "one layer"},
		{"output", "crawler/item", "must not depend"},
		{"dedupe/filter", "crawler/item", "must not depend"},
		{"crawler", "crawler/state/statetest", "only tests"},
		{"cmd/newsonce/cli", "internal/testweb/hostile", "only tests"},
		{"crawler/new", "crawler/item", "has no layer"},
		{"crawler", "crawler/new", "has no layer"},
	} {
		err := allowed(c.from, c.to)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s imports %s: got %v, want %q", c.from, c.to, err, c.want)
		}
	}
}
