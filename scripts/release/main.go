// Command release makes the files of a release from the source in the working directory:
//
//	newsonce_VERSION_OS_ARCH.tar.gz, .zip   program, manual pages, completions, examples
//	newsonce_VERSION_linux_ARCH.deb, .rpm   packages with a systemd service and timer
//	newsonce_VERSION_linux_oci.tar          a container image, as an OCI layout
//	newsonce_VERSION_OS_ARCH.cdx.json       what the program is made of, as CycloneDX
//	SHA256SUMS
//
// Two runs on one commit make the same bytes, wherever they run. The clock of all files
// is the time of the commit.
//
//	go run ./scripts/release              # into dist
//	go run ./scripts/release -o DIR -targets linux/amd64,linux/arm64
//
// main.go     the order of work
// build.go    programs
// archive.go  archives
// package.go  packages, by nfpm
// image.go    the container image
// sbom.go     the list of components
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const defaultTargets = "linux/amd64,linux/arm64,darwin/amd64,darwin/arm64,windows/amd64"

// release is one run.
type release struct {
	out     string // finished files
	work    string // programs, and what goes into the archives
	version string
	commit  string
	date    time.Time // of the commit
	targets []target
	anew    bool // without the cache of the go command
}

// target is a system to build for.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "_" + t.arch }

func main() {
	log.SetFlags(0)
	log.SetPrefix("release: ")
	out := flag.String("o", "dist", "`DIR` for the files; it must be empty or not exist")
	targets := flag.String("targets", defaultTargets, "`LIST` of systems to build for")
	anew := flag.Bool("a", false, "compile everything anew, without the go command's cache")
	dirty := flag.Bool("dirty", false, "build although the source differs from the commit")
	flag.Parse()
	if err := run(*out, *targets, *anew, *dirty); err != nil {
		log.Fatal(err)
	}
}

func run(out, targets string, anew, dirty bool) (err error) {
	r, err := newRelease(out, targets, dirty)
	if err != nil {
		return err
	}
	defer os.RemoveAll(r.work)
	r.anew = anew
	if err := r.share(); err != nil {
		return err
	}
	for _, t := range r.targets {
		log.Printf("%s %s", r.version, t)
		if err := r.target(t); err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
	}
	if err := r.image(); err != nil {
		return fmt.Errorf("container image: %w", err)
	}
	return r.sums()
}

// target makes all files for one system.
func (r *release) target(t target) error {
	if err := r.build(t); err != nil {
		return err
	}
	if err := r.archive(t); err != nil {
		return err
	}
	if err := r.sbom(t); err != nil {
		return err
	}
	if t.os != "linux" {
		return nil
	}
	return r.packages(t)
}

var (
	newest  = regexp.MustCompile(`(?m)^## \[([0-9]+\.[0-9]+\.[0-9]+)\]`)
	unclean = "the source differs from the commit; commit first, or give -dirty"
)

func newRelease(out, targets string, dirty bool) (*release, error) {
	log, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		return nil, fmt.Errorf("run it at the root of the source: %w", err)
	}
	m := newest.FindSubmatch(log)
	if m == nil {
		return nil, fmt.Errorf("CHANGELOG.md names no version")
	}
	r := &release{version: string(m[1])}
	if r.out, err = filepath.Abs(out); err != nil {
		return nil, err
	}
	if files, err := os.ReadDir(r.out); err == nil && len(files) > 0 {
		return nil, fmt.Errorf("%s is not empty", r.out)
	}
	for t := range strings.SplitSeq(targets, ",") {
		system, arch, ok := strings.Cut(t, "/")
		if !ok {
			return nil, fmt.Errorf("target %q is not of the form OS/ARCH", t)
		}
		r.targets = append(r.targets, target{system, arch})
	}
	if err := r.fromGit(dirty); err != nil {
		return nil, err
	}
	if r.work, err = os.MkdirTemp("", "newsonce-release-"); err != nil {
		return nil, err
	}
	return r, os.MkdirAll(r.out, 0o755)
}

// fromGit asks git for the commit. Only the commit with the tag of the version has the
// version alone as its name.
func (r *release) fromGit(dirty bool) error {
	state, err := output("git", "status", "--porcelain")
	if err != nil {
		return err
	}
	if state != "" && !dirty {
		return fmt.Errorf("%s:\n%s", unclean, state)
	}
	line, err := output("git", "show", "-s", "--format=%H %ct", "HEAD")
	if err != nil {
		return err
	}
	hash, clock, _ := strings.Cut(line, " ")
	seconds, err := strconv.ParseInt(clock, 10, 64)
	if err != nil {
		return fmt.Errorf("time of the commit: %w", err)
	}
	r.commit, r.date = hash, time.Unix(seconds, 0).UTC()
	tags, err := output("git", "tag", "--points-at", "HEAD")
	if err != nil {
		return err
	}
	if state != "" || !strings.Contains("\n"+tags+"\n", "\nv"+r.version+"\n") {
		r.version += "-dev." + hash[:12]
	}
	return nil
}

// path is the path of a finished file.
func (r *release) path(t target, suffix string) string {
	return filepath.Join(r.out, "newsonce_"+r.version+"_"+t.String()+suffix)
}

// sums writes the checksums of all files.
func (r *release) sums() error {
	files, err := os.ReadDir(r.out)
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, f := range files {
		sum, err := checksum(filepath.Join(r.out, f.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s  %s\n", sum, f.Name())
	}
	return os.WriteFile(filepath.Join(r.out, "SHA256SUMS"), []byte(b.String()), 0o644)
}

// checksum is the SHA-256 of a file.
func checksum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// output runs a command and returns what it prints.
func output(name string, args ...string) (string, error) {
	c := exec.Command(name, args...)
	c.Stderr = os.Stderr
	b, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", strings.Join(c.Args, " "), err)
	}
	return strings.TrimRight(string(b), "\n"), nil
}
