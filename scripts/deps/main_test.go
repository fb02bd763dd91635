package main

import (
	"bytes"
	"os"
	"testing"
	"time"
)

func TestThirdPartyLicensesAreCurrent(t *testing.T) {
	var want bytes.Buffer
	if err := licenses(&want); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../THIRD_PARTY_LICENSES")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Error("THIRD_PARTY_LICENSES is not current; run: go run ./scripts/deps licenses > THIRD_PARTY_LICENSES")
	}
}

func TestNamesOfLicences(t *testing.T) {
	tests := []struct {
		name  string
		texts []string
		want  string
	}{
		{"line breaks and capitals", []string{"Permission is\n  hereby granted, FREE of charge"}, "MIT"},
		{"three clauses hold those of two", []string{
			"Redistributions in binary form must reproduce … may be used to\nendorse or promote products"}, "BSD-3-Clause"},
		{"two files", []string{"Apache License\n   Version 2.0, January 2004",
			"Redistributions in binary form must reproduce"}, "Apache-2.0 and BSD-2-Clause"},
		{"a licence that binds the program", []string{"GNU GENERAL PUBLIC LICENSE Version 3"}, "?"},
		{"no text", nil, "?"},
	}
	for _, tt := range tests {
		if got := name(tt.texts); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestListNamesDirectDependencies(t *testing.T) {
	var b bytes.Buffer
	if err := list(&b, time.Now()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"github.com/spf13/cobra", "github.com/rogpeppe/go-internal", "tests only"} {
		if !bytes.Contains(b.Bytes(), []byte(want)) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	if bytes.Contains(b.Bytes(), []byte("go-isatty")) {
		t.Errorf("an indirect dependency in\n%s", b.String())
	}
}
