// Package docs_test checks the documents against the program.
package docs_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/cmd/newsonce/cli"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/internal/schema"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var block = regexp.MustCompile("(?s)```([a-z]*)(?: [a-z0-9]+)?\n(.*?)```")

// blocks returns the code blocks of a document in one language.
func blocks(text, language string) []string {
	var found []string
	for _, m := range block.FindAllStringSubmatch(text, -1) {
		if m[1] == language {
			found = append(found, m[2])
		}
	}
	return found
}

func TestConfigurationOfREADME(t *testing.T) {
	found := blocks(read(t, "../README.md"), "yaml")
	if len(found) == 0 {
		t.Fatal("README.md has no yaml block")
	}
	for _, text := range found {
		c, err := config.Parse("README.md", t.TempDir(), []byte(text))
		if err != nil {
			t.Errorf("%v\nin\n%s", err, text)
			continue
		}
		if len(c.Warnings) > 0 {
			t.Errorf("warnings %q\nin\n%s", c.Warnings, text)
		}
	}
}

// TestConfigurationOfReference loads each whole file in the reference.
func TestConfigurationOfReference(t *testing.T) {
	n := 0
	for _, text := range blocks(read(t, "configuration.md"), "yaml") {
		if !regexp.MustCompile(`(?m)^sites:`).MatchString(text) {
			continue
		}
		n++
		if _, err := config.Parse("configuration.md", t.TempDir(), []byte(text)); err != nil {
			t.Errorf("%v\nin\n%s", err, text)
		}
	}
	if n == 0 {
		t.Error("configuration.md has no whole file")
	}
}

func TestItemsOfREADME(t *testing.T) {
	found := blocks(read(t, "../README.md"), "json")
	if len(found) == 0 {
		t.Fatal("README.md has no json block")
	}
	for _, text := range found {
		for line := range strings.Lines(text) {
			if err := schema.Validate([]byte(line)); err != nil {
				t.Error(err)
			}
		}
	}
}

var version = regexp.MustCompile(`(?m)^## \[([0-9].*?)\]`)

func TestVersionOfCHANGELOG(t *testing.T) {
	newest := version.FindStringSubmatch(read(t, "../CHANGELOG.md"))
	if newest == nil || newest[1] != cli.Version() {
		t.Errorf("the newest version in CHANGELOG.md is %q, the program calls itself %s", newest, cli.Version())
	}
}

var (
	link    = regexp.MustCompile(`\]\(([^)#:]*)(#[^)]*)?\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	unused  = regexp.MustCompile(`[^\pL\pN _-]`)
)

// anchors returns the links to the headings of a page, as GitHub builds them.
func anchors(text string) (list []string) {
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		words := unused.ReplaceAllString(strings.ToLower(m[1]), "")
		list = append(list, "#"+strings.ReplaceAll(words, " ", "-"))
	}
	return list
}

func TestLinks(t *testing.T) {
	pages, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range append(pages, "../README.md", "../CONTRIBUTING.md", "../CHANGELOG.md", "../SECURITY.md") {
		for _, m := range link.FindAllStringSubmatch(read(t, page), -1) {
			target := filepath.Join(filepath.Dir(page), m[1])
			if m[1] == "" {
				target = page
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s: %v", page, m[1], err)
			} else if m[2] != "" && strings.HasSuffix(target, ".md") && !slices.Contains(anchors(read(t, target)), m[2]) {
				t.Errorf("%s links to %s, which has no heading %s", page, target, m[2])
			}
		}
	}
}

// TestSchemaHoldsEveryKey checks that the schema, which forbids unknown keys, has
// exactly the keys that items have.
func TestSchemaHoldsEveryKey(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(read(t, "item.schema.json")))
	if err != nil {
		t.Fatal(err)
	}
	defs := doc.(map[string]any)["$defs"].(map[string]any)
	for name, shape := range map[string]reflect.Type{
		"article":   reflect.TypeFor[item.Article](),
		"headline":  reflect.TypeFor[item.Headline](),
		"reference": reflect.TypeFor[item.Reference](),
		"gone":      reflect.TypeFor[item.Gone](),
	} {
		var got, want []string
		for key := range defs[name].(map[string]any)["properties"].(map[string]any) {
			got = append(got, key)
		}
		for f := range shape.Fields() {
			key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			want = append(want, key)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: keys in item.schema.json %v, in package item %v", name, got, want)
		}
	}
}
