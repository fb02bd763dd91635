package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// archive packs the program for one system with the files that all archives share.
func (r *release) archive(t target) (err error) {
	suffix := ".tar.gz"
	if t.os == "windows" {
		suffix = ".zip"
	}
	f, err := os.Create(r.path(t, suffix))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var to packer = newTarball(f, r.date)
	if t.os == "windows" {
		to = &zipFile{zip.NewWriter(f), r.date}
	}
	root := "newsonce_" + r.version + "_" + t.String() + "/"
	program := r.program(t)
	if err := to.add(root+filepath.Base(program), program, 0o755); err != nil {
		return err
	}
	files, err := filesBelow(r.shared())
	if err != nil {
		return err
	}
	for _, name := range files {
		if t.os != "linux" && strings.HasPrefix(name, "systemd/") {
			continue
		}
		if err := to.add(root+name, filepath.Join(r.shared(), name), 0o644); err != nil {
			return err
		}
	}
	return to.Close()
}

// packer is an archive that files are added to.
type packer interface {
	add(name, path string, mode int64) error
	io.Closer
}

// tarball is a .tar.gz whose files all have one owner and one time.
type tarball struct {
	zip  *gzip.Writer
	tar  *tar.Writer
	date time.Time
}

func newTarball(w io.Writer, date time.Time) *tarball {
	z := gzip.NewWriter(w)
	return &tarball{z, tar.NewWriter(z), date}
}

func (t *tarball) add(name, path string, mode int64) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return addBytes(t.tar, name, text, mode, 0, t.date)
}

func (t *tarball) Close() error { return errors.Join(t.tar.Close(), t.zip.Close()) }

// addBytes adds a file, or a folder where the name ends in a slash.
func addBytes(t *tar.Writer, name string, text []byte, mode int64, owner int, date time.Time) error {
	h := &tar.Header{Name: name, Mode: mode, Uid: owner, Gid: owner, Size: int64(len(text)), ModTime: date,
		Format: tar.FormatUSTAR, Typeflag: tar.TypeReg}
	if strings.HasSuffix(name, "/") {
		h.Typeflag = tar.TypeDir
	}
	if err := t.WriteHeader(h); err != nil {
		return err
	}
	_, err := t.Write(text)
	return err
}

// writeTar writes files by their names in the archive.
func writeTar(path string, files map[string][]byte, date time.Time) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	t := tar.NewWriter(f)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := addBytes(t, name, files[name], 0o644, 0, date); err != nil {
			return err
		}
	}
	return t.Close()
}

// zipFile is a .zip whose files all have one time.
type zipFile struct {
	*zip.Writer
	date time.Time
}

func (z *zipFile) add(name, path string, mode int64) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: z.date}
	h.SetMode(os.FileMode(mode))
	w, err := z.CreateHeader(h)
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}
