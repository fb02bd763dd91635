package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
}

func load(ctx context.Context, patterns []string) ([]*goPackage, error) {
	// A directory of another module is listed from there.
	dir := "."
	if d := strings.TrimSuffix(patterns[0], "/..."); isDir(d) {
		dir = d
		for i, p := range patterns {
			rel, err := filepath.Rel(d, strings.TrimSuffix(p, "/..."))
			if err != nil {
				return nil, err
			}
			patterns[i] = "./" + filepath.ToSlash(rel)
			if strings.HasSuffix(p, "/...") {
				patterns[i] += "/..."
			}
		}
	}
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-json=Dir,ImportPath,GoFiles"}, patterns...)...)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
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

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// outcome of the tests on a change.
type outcome string

const (
	failed  outcome = "noticed"
	endless outcome = "endless"
	passed  outcome = "MISSED"
	broken  outcome = "no build"
)

// runner runs tests on changes.
type runner struct {
	timeout  time.Duration
	memory   int    // MB of address space
	run      string // of the go command
	dir      string
	packages []*goPackage
}

// begin makes the folder for changed files, and runs the tests without a change.
func (r *runner) begin(ctx context.Context, packages []*goPackage) (err error) {
	r.packages = packages
	if r.dir, err = os.MkdirTemp("", "mutate-"); err != nil {
		return err
	}
	for _, p := range packages {
		switch o, output, err := r.tests(ctx, p); {
		case err != nil:
			return errors.Join(err, r.end())
		case o != passed:
			return errors.Join(fmt.Errorf("%s without a change: %s\n%s", p.ImportPath, o, output), r.end())
		}
	}
	return nil
}

func (r *runner) end() error { return os.RemoveAll(r.dir) }

// test runs the tests on a change: those of its package, then the others.
func (r *runner) test(ctx context.Context, c change) (outcome, error) {
	source, err := os.ReadFile(c.file)
	if err != nil {
		return "", err
	}
	changed := filepath.Join(r.dir, "changed.go")
	if err := os.WriteFile(changed, bytes.Join([][]byte{source[:c.from], source[c.to:]}, []byte(c.new)), 0o600); err != nil {
		return "", err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{c.file: changed}})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(r.overlay(), overlay, 0o600); err != nil {
		return "", err
	}
	o, _, err := r.tests(ctx, c.pkg, "-overlay", r.overlay())
	for _, p := range r.packages {
		if err == nil && o == passed && p != c.pkg {
			o, _, err = r.tests(ctx, p, "-overlay", r.overlay())
		}
	}
	return o, err
}

func (r *runner) overlay() string { return filepath.Join(r.dir, "overlay.json") }

// tests runs the tests of a package.
func (r *runner) tests(ctx context.Context, p *goPackage, flags ...string) (outcome, []byte, error) {
	args := append([]string{"test", "-failfast", "-vet=off", "-timeout", r.timeout.String(), "-run", r.run}, flags...)
	// The shell keeps a change that collects without end from taking all memory.
	args = append(args, "-exec", fmt.Sprintf(`sh -c 'ulimit -v %d; exec "$0" "$@"'`, r.memory<<10), ".")
	cmd := exec.CommandContext(ctx, "go", args...)
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
