package main

import (
	"debug/buildinfo"
	"encoding/json"
	"os"
	"path/filepath"
	"time"
)

// bom is a CycloneDX 1.6 document, as far as it is used here.
type bom struct {
	Format     string      `json:"bomFormat"`
	Spec       string      `json:"specVersion"`
	Version    int         `json:"version"`
	Metadata   metadata    `json:"metadata"`
	Components []component `json:"components"`
}

type metadata struct {
	Timestamp string    `json:"timestamp"`
	Component component `json:"component"`
}

type component struct {
	Type       string     `json:"type"`
	Name       string     `json:"name"`
	Version    string     `json:"version"`
	PURL       string     `json:"purl"`
	Hashes     []hash     `json:"hashes,omitempty"`
	Properties []property `json:"properties,omitempty"`
}

type hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// sbom lists the modules that are linked into the program for one system, as the program
// itself names them.
func (r *release) sbom(t target) error {
	program := r.program(t)
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return err
	}
	sum, err := checksum(program)
	if err != nil {
		return err
	}
	b := bom{Format: "CycloneDX", Spec: "1.6", Version: 1, Metadata: metadata{
		Timestamp: r.date.Format(time.RFC3339),
		Component: component{Type: "application", Name: filepath.Base(program), Version: r.version,
			PURL: "pkg:golang/" + info.Main.Path + "@v" + r.version, Hashes: []hash{{"SHA-256", sum}}},
	}}
	b.Components = append(b.Components, component{Type: "library", Name: "std", Version: info.GoVersion,
		PURL: "pkg:golang/std@" + info.GoVersion[len("go"):]})
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		b.Components = append(b.Components, component{Type: "library", Name: m.Path, Version: m.Version,
			PURL: "pkg:golang/" + m.Path + "@" + m.Version, Properties: []property{{"go.sum", m.Sum}}})
	}
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(r.path(t, ".cdx.json"), append(text, '\n'), 0o644)
}
