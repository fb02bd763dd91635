package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"
)

// nobody is the user that the container runs as.
const nobody = 65532

// descriptor refers to a blob of an OCI image.
type descriptor struct {
	MediaType string    `json:"mediaType"`
	Digest    string    `json:"digest"`
	Size      int       `json:"size"`
	Platform  *platform `json:"platform,omitempty"`
}

type platform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
}

// image writes an OCI layout with an image for each Linux system, and beside it the root
// file systems from which the Dockerfile makes the same images.
func (r *release) image() (err error) {
	var manifests []descriptor
	blobs := map[string][]byte{}
	for _, t := range r.targets {
		if t.os != "linux" {
			continue
		}
		m, err := r.manifest(t, blobs)
		if err != nil {
			return err
		}
		manifests = append(manifests, m)
	}
	if len(manifests) == 0 {
		return nil
	}
	systems, err := index(manifests) // of which a reader chooses its own
	if err != nil {
		return err
	}
	if blobs["index.json"], err = index([]descriptor{blob(blobs, indexType, systems)}); err != nil {
		return err
	}
	blobs["oci-layout"] = []byte(`{"imageLayoutVersion":"1.0.0"}`)
	return writeTar(filepath.Join(r.out, "newsonce_"+r.version+"_linux_oci.tar"), blobs, r.date)
}

const indexType = "application/vnd.oci.image.index.v1+json"

func index(of []descriptor) ([]byte, error) {
	return json.Marshal(map[string]any{"schemaVersion": 2, "mediaType": indexType, "manifests": of})
}

// manifest adds the blobs of the image for one system.
func (r *release) manifest(t target, blobs map[string][]byte) (descriptor, error) {
	files, layer, err := r.rootfs(t)
	if err != nil {
		return descriptor{}, err
	}
	date := r.date.Format(time.RFC3339)
	config := map[string]any{
		"created": date, "architecture": t.arch, "os": "linux",
		"config": map[string]any{
			"User": "65532:65532", "WorkingDir": "/data", "Entrypoint": []string{"/usr/bin/newsonce"},
			"Env": []string{"HOME=/data"}, "Volumes": map[string]any{"/data": struct{}{}},
			"Labels": map[string]string{"org.opencontainers.image.title": "newsonce",
				"org.opencontainers.image.version": r.version, "org.opencontainers.image.revision": r.commit,
				"org.opencontainers.image.licenses": "MIT",
				"org.opencontainers.image.source":   "https://github.com/newsonce/newsonce"},
		},
		"rootfs":  map[string]any{"type": "layers", "diff_ids": []string{digest(files)}},
		"history": []map[string]string{{"created": date, "created_by": "newsonce release"}},
	}
	text, err := json.Marshal(config)
	if err != nil {
		return descriptor{}, err
	}
	manifest, err := json.Marshal(map[string]any{
		"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
		"config": blob(blobs, "application/vnd.oci.image.config.v1+json", text),
		"layers": []descriptor{blob(blobs, "application/vnd.oci.image.layer.v1.tar+gzip", layer)},
	})
	if err != nil {
		return descriptor{}, err
	}
	d := blob(blobs, "application/vnd.oci.image.manifest.v1+json", manifest)
	d.Platform = &platform{t.arch, "linux"}
	return d, nil
}

// rootfs writes the file system of a container, and returns it as a tar file, plain and
// compressed.
func (r *release) rootfs(t target) (plain, zipped []byte, err error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	var errs []error
	for _, f := range []struct {
		name, path string
		mode       int64
		owner      int
	}{
		{"tmp/", "", 0o1777, 0},
		{"data/", "", 0o755, nobody},
		{"usr/", "", 0o755, 0},
		{"usr/bin/", "", 0o755, 0},
		{"usr/bin/newsonce", r.program(t), 0o755, 0},
		{"usr/share/", "", 0o755, 0},
		{"usr/share/doc/", "", 0o755, 0},
		{"usr/share/doc/newsonce/", "", 0o755, 0},
		{"usr/share/doc/newsonce/LICENSE", "LICENSE", 0o644, 0},
		{"usr/share/doc/newsonce/THIRD_PARTY_LICENSES", "THIRD_PARTY_LICENSES", 0o644, 0},
	} {
		var text []byte
		if f.path != "" {
			if text, err = os.ReadFile(f.path); err != nil {
				return nil, nil, err
			}
		}
		errs = append(errs, addBytes(w, f.name, text, f.mode, f.owner, r.date))
	}
	if err := errors.Join(append(errs, w.Close())...); err != nil {
		return nil, nil, err
	}
	path := r.path(t, "_rootfs.tar.gz")
	if err := compressed(path, b.Bytes()); err != nil {
		return nil, nil, err
	}
	zipped, err = os.ReadFile(path)
	return b.Bytes(), zipped, err
}

// blob adds a blob to a layout and returns what refers to it.
func blob(blobs map[string][]byte, mediaType string, text []byte) descriptor {
	d := descriptor{MediaType: mediaType, Digest: digest(text), Size: len(text)}
	blobs["blobs/sha256/"+d.Digest[len("sha256:"):]] = text
	return d
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}
