package main

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const nfpm = "github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.48.0"

// packages makes the packages for one system, from the tree of the files that they
// install.
func (r *release) packages(t target) error {
	root := filepath.Join(r.work, t.String()+"-root")
	if err := r.tree(t, root); err != nil {
		return err
	}
	zsh := filepath.Join(r.shared(), "completions", "_newsonce")
	if err := errors.Join(r.settle(root), r.settle(zsh)); err != nil {
		return err
	}
	for _, kind := range []string{"deb", "rpm"} {
		c := exec.Command("go", "run", nfpm, "package", "-f", "scripts/release/files/nfpm.yaml", "-p", kind,
			"-t", r.path(t, "."+kind))
		c.Env = append(os.Environ(), "GOFLAGS=", "ROOT="+root, "ZSH="+zsh, "ARCH="+t.arch, "VERSION="+r.version,
			fmt.Sprintf("SOURCE_DATE_EPOCH=%d", r.date.Unix()))
		if text, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("nfpm for %s: %w\n%s", kind, err, text)
		}
	}
	return nil
}

// settle gives a file, or all files below a folder, the time of the commit.
func (r *release) settle(path string) error {
	return filepath.WalkDir(path, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chtimes(path, r.date, r.date)
	})
}

// tree lays out the files that a package installs, except for the configuration.
func (r *release) tree(t target, root string) error {
	shared := r.shared()
	for from, to := range map[string]string{
		r.program(t): "usr/bin/newsonce",
		filepath.Join(shared, "completions", "newsonce.bash"): "usr/share/bash-completion/completions/newsonce",
		filepath.Join(shared, "completions", "newsonce.fish"): "usr/share/fish/vendor_completions.d/newsonce.fish",
		filepath.Join(shared, "systemd", "newsonce.service"):  "usr/lib/systemd/system/newsonce.service",
		filepath.Join(shared, "systemd", "newsonce.timer"):    "usr/lib/systemd/system/newsonce.timer",
		"THIRD_PARTY_LICENSES":                                "usr/share/doc/newsonce/THIRD_PARTY_LICENSES",
		"README.md":                                           "usr/share/doc/newsonce/README.md",
		filepath.Join(shared, "docs"):                         "usr/share/doc/newsonce/docs",
		"crawl.yaml":                                          "usr/share/doc/newsonce/examples/crawl.yaml",
	} {
		if err := copyFile(from, filepath.Join(root, to)); err != nil {
			return err
		}
	}
	if err := os.Chmod(filepath.Join(root, "usr/bin/newsonce"), 0o755); err != nil {
		return err
	}
	pages, err := filesBelow(filepath.Join(shared, "man"))
	if err != nil {
		return err
	}
	for _, page := range pages {
		text, err := os.ReadFile(filepath.Join(shared, "man", page))
		if err != nil {
			return err
		}
		section := strings.TrimPrefix(filepath.Ext(page), ".")
		if err := compressed(filepath.Join(root, "usr/share/man/man"+section, page+".gz"), text); err != nil {
			return err
		}
	}
	return r.debian(filepath.Join(root, "usr/share/doc/newsonce"))
}

// debian writes the files that Debian's policy asks for.
func (r *release) debian(dir string) error {
	license, err := os.ReadFile("LICENSE")
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n" +
		"Upstream-Name: newsonce\nSource: https://github.com/newsonce/newsonce\n\n" +
		"Files: *\nCopyright: newsonce authors\nLicense: Expat\nComment: Linked modules: see THIRD_PARTY_LICENSES.\n\n" +
		"License: Expat\n")
	for line := range strings.Lines(string(license)) {
		if strings.TrimSpace(line) == "" {
			line = ".\n"
		}
		b.WriteString(" " + line)
	}
	if err := os.WriteFile(filepath.Join(dir, "copyright"), []byte(b.String()), 0o644); err != nil {
		return err
	}
	version := strings.Replace(r.version, "-", "~", 1)
	entry := fmt.Sprintf("newsonce (%s) unstable; urgency=medium\n\n  * See /usr/share/doc/newsonce/CHANGELOG.md.gz.\n\n"+
		" -- newsonce authors <newsonce@users.noreply.github.com>  %s\n", version, r.date.Format(time.RFC1123Z))
	if err := compressed(filepath.Join(dir, "changelog.gz"), []byte(entry)); err != nil {
		return err
	}
	changes, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		return err
	}
	return compressed(filepath.Join(dir, "CHANGELOG.md.gz"), changes)
}

// compressed writes a file with gzip, without a time in it.
func compressed(path string, text []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(text); err != nil {
		return err
	}
	return z.Close()
}
