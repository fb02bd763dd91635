package docs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/internal/demosite"
)

// TestFirstCrawlOfREADME runs the commands of "A first crawl" on a site of the demo.
func TestFirstCrawlOfREADME(t *testing.T) {
	var script string
	for _, b := range blocks(read(t, "../README.md"), "sh") {
		if strings.HasPrefix(b, "cd demo/own") {
			script = b
		}
	}
	if script == "" {
		t.Fatal("README.md has no block that begins with cd demo/own")
	}
	world := demosite.New(demosite.Options{Sites: 1, Articles: 100})
	stop, err := world.Serve()
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	dir := t.TempDir()
	own := filepath.Join(dir, "demo", "own")
	if err := os.MkdirAll(own, 0o755); err != nil {
		t.Fatal(err)
	}
	config := "user_agent: \"newsonce-demo/VERSION (+https://crawler.test/)\"\ndefaults: {allow_private: [127.0.0.0/8], delay: 0s}\n"
	if err := os.WriteFile(filepath.Join(own, "crawl.yaml"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	host := strings.TrimPrefix(world.URLs()[0], "http://")
	cmd := exec.CommandContext(t.Context(), "sh", "-euc", strings.ReplaceAll(script, "127.0.0.1:8100", host))
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"items.jsonl", "newsonce.db", "report.html"} {
		if info, err := os.Stat(filepath.Join(own, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
