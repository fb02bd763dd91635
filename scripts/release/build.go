package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// program is the path of the program for a system.
func (r *release) program(t target) string {
	name := "newsonce"
	if t.os == "windows" {
		name += ".exe"
	}
	return filepath.Join(r.work, t.String(), name)
}

// build builds the program for one system: static, without paths of this machine.
func (r *release) build(t target) error {
	path := r.program(t)
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	args := []string{"build", "-trimpath", "-buildvcs=false", "-ldflags",
		"-s -w -buildid= -X github.com/newsonce/newsonce/cmd/newsonce/cli.revision=" + r.commit, "-o", path}
	if r.anew {
		args = append(args, "-a")
	}
	c := exec.Command("go", append(args, "./cmd/newsonce")...)
	// The defaults of the environment must not show in the program.
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOAMD64=v1", "GOARM64=v8.0", "GOEXPERIMENT=",
		"GOFIPS140=off", "GOOS="+t.os, "GOARCH="+t.arch)
	c.Stderr = os.Stderr
	return c.Run()
}

// shared is the folder of the files that all archives hold.
func (r *release) shared() string { return filepath.Join(r.work, "shared") }

// share collects these files: documents, and what the program itself writes.
func (r *release) share() error {
	here := target{runtime.GOOS, runtime.GOARCH}
	if err := r.build(here); err != nil {
		return err
	}
	program, dir := r.program(here), r.shared()
	c := exec.Command(program, "man", "-q", filepath.Join(dir, "man"))
	c.Env = append(os.Environ(), fmt.Sprintf("SOURCE_DATE_EPOCH=%d", r.date.Unix()))
	c.Stderr = os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("manual pages: %w", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "completions"), 0o755); err != nil {
		return err
	}
	for shell, name := range map[string]string{
		"bash": "newsonce.bash", "zsh": "_newsonce", "fish": "newsonce.fish", "powershell": "newsonce.ps1",
	} {
		text, err := output(program, "completion", shell)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, "completions", name), []byte(text+"\n"), 0o644); err != nil {
			return err
		}
	}
	for from, to := range map[string]string{
		"LICENSE": "LICENSE", "README.md": "README.md", "CHANGELOG.md": "CHANGELOG.md",
		"THIRD_PARTY_LICENSES": "THIRD_PARTY_LICENSES",
		"crawl.yaml":           "examples/crawl.yaml", "scripts/release/files/crawl.yaml": "examples/etc-crawl.yaml",
		"scripts/release/files/newsonce.service": "systemd/newsonce.service",
		"scripts/release/files/newsonce.timer":   "systemd/newsonce.timer",
	} {
		if err := copyFile(from, filepath.Join(dir, to)); err != nil {
			return err
		}
	}
	pages, err := filepath.Glob("docs/*")
	if err != nil {
		return err
	}
	for _, page := range pages {
		if !strings.HasSuffix(page, ".go") {
			if err := copyFile(page, filepath.Join(dir, page)); err != nil {
				return err
			}
		}
	}
	return nil
}

// copyFile copies a file, or a folder with all below it.
func copyFile(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return os.CopyFS(to, os.DirFS(from))
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o644)
}

// filesBelow lists the files below a folder by their paths in it, in order.
func filesBelow(dir string) (list []string, err error) {
	err = fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			list = append(list, path)
		}
		return err
	})
	return list, err
}
