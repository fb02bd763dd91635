package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestChanges lists the changes of a file.
func TestChanges(t *testing.T) {
	source := `package p

func f(a, b int, s string) bool {
	a++
	b -= 2
	if !(a < b) && s+"x" != "y" {
		return a+1 == b
	}
	return f(3, a, s)
}
`
	want := []string{"4 ++ --", "5 -= +=", "6 && ||", "6 ! ", "6 < >=", "6 < <=", "7 == !=", "7 + -", "7 1 2"}
	found, err := changesOf("p.go", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range found {
		got = append(got, strings.Join([]string{string(rune('0' + c.line)), c.old, c.new}, " "))
		if source[c.from:c.to] != c.old {
			t.Errorf("%s: the change is that of %q", c, source[c.from:c.to])
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// TestOutcomes tests the changes of a module: its test notices those of max, but not
// the idle comparison, and one change of loop never ends.
func TestOutcomes(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example\n\ngo 1.24\n",
		"p.go": `package p

func larger(a, b int) int {
	if a > b {
		return a
	}
	return b
}

func loop(n int) {
	for i := 0; i < n; i++ {
	}
}
`,
		"p_test.go": `package p

import "testing"

func TestLarger(t *testing.T) {
	if larger(2, 1) != 2 || larger(1, 2) != 2 {
		t.Fail()
	}
	loop(3)
}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	packages, err := load(t.Context(), []string{dir})
	if err != nil {
		t.Fatal(err)
	}
	changes, err := packages[0].changes(regexp.MustCompile(`^p\.go$`))
	if err != nil {
		t.Fatal(err)
	}
	r := runner{timeout: 5 * time.Second, memory: 4096}
	if err := r.begin(t.Context(), packages); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes {
		o, err := r.test(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, c.old+" "+c.new+" "+string(o))
	}
	want := []string{"> <= noticed", "> >= MISSED", "< >= MISSED", "< <= MISSED", "++ -- endless"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := r.end(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(r.dir); !os.IsNotExist(err) {
		t.Errorf("the copy is left: %v", err)
	}
	if source, _ := os.ReadFile(filepath.Join(dir, "p.go")); !strings.Contains(string(source), "a > b") {
		t.Error("the source was changed")
	}
}
