package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// goPackage holds what "go list" tells about a package.
type goPackage struct {
	Dir, ImportPath string
	GoFiles         []string
	Module          struct{ Dir string }
}

// load finds the packages that the patterns name. They belong to the module of the
// first.
func load(ctx context.Context, patterns []string) ([]*goPackage, error) {
	dir, _ := strings.CutSuffix(patterns[0], "...")
	args := []string{"list", "-json=Dir,ImportPath,GoFiles,Module"}
	for _, p := range patterns {
		path, rest := strings.CutSuffix(p, "...")
		path, err := filepath.Rel(dir, path)
		if err != nil {
			return nil, err
		}
		if path = "./" + filepath.ToSlash(path); rest {
			path += "/..."
		}
		args = append(args, path)
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list in %s: %w", dir, err)
	}
	var all []*goPackage
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(goPackage)
		if err := d.Decode(p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		all = append(all, p)
	}
}

// outcome of the tests on a change.
type outcome string

const (
	failed  outcome = "noticed"
	endless outcome = "endless"
	passed  outcome = "MISSED"
	broken  outcome = "no build"
)

// runner runs tests on changes, in a copy of the module.
type runner struct {
	timeout  time.Duration
	memory   int    // MB of address space
	run      string // of the go command
	dir      string
	packages []*goPackage
}

// begin copies the module of the packages, and runs their tests without a change.
func (r *runner) begin(ctx context.Context, packages []*goPackage) (err error) {
	if r.dir, err = os.MkdirTemp("", "mutate-"); err != nil {
		return err
	}
	root := packages[0].Module.Dir
	if err := copyTree(r.dir, root); err != nil {
		return errors.Join(err, r.end())
	}
	for _, p := range packages {
		rel, err := filepath.Rel(root, p.Dir)
		if err != nil {
			return errors.Join(err, r.end())
		}
		p.Dir = filepath.Join(r.dir, rel)
		switch o, output, err := r.tests(ctx, p); {
		case err != nil:
			return errors.Join(err, r.end())
		case o != passed:
			return errors.Join(fmt.Errorf("%s without a change: %s\n%s", p.ImportPath, o, output), r.end())
		}
	}
	r.packages = packages
	return nil
}

func (r *runner) end() error { return os.RemoveAll(r.dir) }

// copyTree copies the files of a folder, without those whose names begin with a
// dot.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == from {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir() && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case d.IsDir():
			return os.Mkdir(filepath.Join(to, rel), 0o700)
		case !d.Type().IsRegular():
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), data, 0o600)
	})
}

// test runs the tests on a change: those of its package, then the others.
func (r *runner) test(ctx context.Context, c change) (o outcome, err error) {
	path := filepath.Join(c.pkg.Dir, c.file)
	source, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(path, bytes.Join([][]byte{source[:c.from], source[c.to:]}, []byte(c.new)), 0o600); err != nil {
		return "", err
	}
	o, _, err = r.tests(ctx, c.pkg)
	for _, p := range r.packages {
		if err == nil && o == passed && p != c.pkg {
			o, _, err = r.tests(ctx, p)
		}
	}
	return o, errors.Join(err, os.WriteFile(path, source, 0o600))
}

// tests runs the tests of a package.
func (r *runner) tests(ctx context.Context, p *goPackage) (outcome, []byte, error) {
	// The shell keeps a change that collects without end from taking all memory.
	limited := fmt.Sprintf(`sh -c 'ulimit -v %d; exec "$0" "$@"'`, r.memory<<10)
	cmd := exec.CommandContext(ctx, "go", "test", "-trimpath", "-failfast", "-vet=off",
		"-timeout", r.timeout.String(), "-run", r.run, "-exec", limited, ".")
	cmd.Dir = p.Dir
	output, err := cmd.CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return "", nil, ctx.Err()
	case err == nil:
		return passed, output, nil
	case bytes.Contains(output, []byte("[build failed]")), bytes.Contains(output, []byte("[setup failed]")):
		return broken, output, nil
	case bytes.Contains(output, []byte("panic: test timed out")), bytes.Contains(output, []byte("out of memory")):
		return endless, output, nil
	}
	return failed, output, nil
}
