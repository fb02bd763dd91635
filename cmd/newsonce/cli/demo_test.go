package cli_test

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/cmd/newsonce/cli"
)

// firstWrite calls seen before the first bytes are written to it.
type firstWrite struct {
	bytes.Buffer
	seen func()
}

func (w *firstWrite) Write(b []byte) (int, error) {
	if w.Len() == 0 {
		w.seen()
	}
	return w.Buffer.Write(b)
}

func TestDemoSpeaksBeforeItWorks(t *testing.T) {
	dir := t.TempDir()
	out := &firstWrite{seen: func() {
		if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
			t.Errorf("before the first words: files %v, error %v; want none", files, err)
		}
	}}
	args := []string{"demo", "--dir", dir, "--articles", "20"}
	if code := cli.Main(t.Context(), args, cli.Options{Out: out}); code != 0 {
		t.Errorf("exit %d", code)
	}
}

// TestDemoCommands runs the commands that demo --keep-serving prints as they are printed.
func TestDemoCommands(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a demo's folder")
	demo := exec.Command("newsonce", "demo", "--keep-serving", "--articles", "60", "--dir", dir)
	demo.Stderr = os.Stderr
	out, err := demo.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = demo.Process.Kill() // it serves until then
		_ = demo.Wait()
	}()
	commands := "set -e\n"
	lines := bufio.NewScanner(out)
	for invited := false; !strings.HasSuffix(commands, " crawl\n") && lines.Scan(); {
		invited = invited || strings.HasPrefix(lines.Text(), "The sites are served until Ctrl-C.")
		if line, ok := strings.CutPrefix(lines.Text(), "  "); ok && invited {
			commands += line + "\n"
		}
	}
	said, err := exec.Command("sh", "-c", commands).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, commands, said)
	}
	for _, want := range []string{"init", "check --online"} {
		if !strings.Contains(commands, "\nnewsonce "+want) {
			t.Errorf("no newsonce %s in\n%s", want, commands)
		}
	}
	items, err := os.ReadFile(filepath.Join(dir, "own", "items.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, site := range []string{"site1", "site2", "site3"} {
		if !bytes.Contains(items, []byte(`{"type":"article"`)) || !bytes.Contains(items, []byte(`"site":"`+site+`"`)) {
			t.Errorf("no items of %s\n%s", site, said)
		}
	}
}
