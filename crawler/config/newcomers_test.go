package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestNewcomers checks what the configurations of newcomers give.
func TestNewcomers(t *testing.T) {
	const path = "testdata/newcomers.txtar"
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(a.Files); i += 2 {
		file, messages := a.Files[i], &a.Files[i+1]
		t.Run(strings.TrimSuffix(file.Name, ".yaml"), func(t *testing.T) {
			_, err := Parse("crawl.yaml", filepath.Dir(path), file.Data)
			if err == nil {
				t.Fatal("no message")
			}
			got := relative(t, err.Error()) + "\n"
			if *update {
				messages.Data = []byte(got)
			} else if got != string(messages.Data) {
				t.Errorf("got\n%swant\n%s", got, messages.Data)
			}
			for line := range strings.Lines(got) {
				if !strings.HasPrefix(line, "crawl.yaml:") {
					t.Errorf("no place in %s", line)
				}
			}
		})
	}
	if *update {
		if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
