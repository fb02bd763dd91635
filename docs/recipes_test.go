package docs_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/cmd/newsonce/cli"
	"github.com/newsonce/newsonce/internal/demosite"
	"github.com/newsonce/newsonce/internal/testpg"
)

// recipe is a shell block whose fence names the tool that it needs, if any.
var recipe = regexp.MustCompile("(?s)```sh ?([a-z0-9]*)\n(.*?)```")

// TestRecipes runs the commands of recipes.md on items of the demo's sites. Those whose
// tool is not installed are skipped.
func TestRecipes(t *testing.T) {
	world := demosite.New(demosite.Options{Sites: 3, Articles: 90})
	stop, err := world.Serve()
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	dir := t.TempDir()
	config := filepath.Join(dir, "crawl.yaml")
	if err := os.WriteFile(config, []byte(world.Config(dir, demosite.WithSelectors)), 0o644); err != nil {
		t.Fatal(err)
	}
	var messages bytes.Buffer
	if code := cli.Main(t.Context(), []string{"crawl", "-c", config}, cli.Options{Out: &messages, Err: &messages}); code != 0 {
		t.Fatalf("crawl: exit %d\n%s", code, &messages)
	}
	tried := 0
	for _, m := range recipe.FindAllStringSubmatch(read(t, "recipes.md"), -1) {
		tool, text := m[1], m[2]
		name, _, _ := strings.Cut(text, "\n")
		t.Run(name, func(t *testing.T) {
			env := os.Environ()
			switch tool {
			case "":
			case "pandas":
				if exec.CommandContext(t.Context(), "python3", "-c", "import pandas").Run() != nil {
					t.Skip("pandas is not installed; the recipe is not tried")
				}
			case "psql":
				env = append(env, "NEWS="+testpg.Database(t))
				fallthrough
			default:
				if _, err := exec.LookPath(tool); err != nil {
					t.Skipf("%s is not installed; the recipe is not tried", tool)
				}
			}
			cmd := exec.CommandContext(t.Context(), "sh", "-euc", text)
			cmd.Dir, cmd.Env = dir, env
			out, err := cmd.CombinedOutput()
			if err != nil || len(bytes.TrimSpace(out)) == 0 && !strings.Contains(text, "> ") {
				t.Errorf("%v, printed %q", err, out)
			}
		})
		tried++
	}
	if tried < 5 {
		t.Errorf("%d recipes, want more", tried)
	}
}
