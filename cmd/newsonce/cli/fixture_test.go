package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/crawler/extract"
)

// TestFixtureIsAGoldenPair saves pages of the golden test of crawler/extract
// and wants the files that are there.
func TestFixtureIsAGoldenPair(t *testing.T) {
	for _, name := range []string{"seed/layout", "own/listing-cards", "own/listing-days"} {
		t.Run(name, func(t *testing.T) {
			page := seedPage(t, name)
			want, err := os.ReadFile(strings.TrimSuffix(page, ".html") + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var gold extract.Golden
			if err := json.Unmarshal(want, &gold); err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			args := []string{"extract", "--fixture", dir, "--url", gold.URL, page}
			if gold.FetchedAt != "" {
				args = append(args, "--fetched-at", gold.FetchedAt)
			} else {
				args = append(args, "--fetched-at", "2024-06-13T09:19:30Z")
			}
			if gold.Kind == "listing" {
				args = append(args, "--listing")
			}
			if code, _, talk := run(t, args...); code != 0 {
				t.Fatalf("exit %d: %s", code, talk)
			}
			files, err := filepath.Glob(filepath.Join(dir, "*", "*.json"))
			if err != nil || len(files) != 1 {
				t.Fatalf("%v, %v", files, err)
			}
			got, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			if gold.FetchedAt == "" {
				got = []byte(strings.Replace(string(got), "  \"fetched_at\": \"2024-06-13T09:19:30Z\",\n", "", 1))
			}
			if string(got) != string(want) {
				t.Errorf("%s:\n%s\nwant\n%s", files[0], got, want)
			}
			if code, _, talk := run(t, args...); code != 1 || !strings.Contains(talk, "exists") {
				t.Errorf("a second time: exit %d: %s", code, talk)
			}
		})
	}
}

func TestFixtureName(t *testing.T) {
	tests := []struct{ url, want string }{
		{"https://www.a.example/en/article/7228/?x=1", "d/a.example/en-article-7228-x-1"},
		{"http://a.example:8080/", "d/a.example-8080/front"},
		{"https://a.example/../../etc/passwd", "d/a.example/etc-passwd"},
		{"https://xn--80ak6aa92e.example/новости", "d/xn-80ak6aa92e.example/d0-bd-d0-be-d0-b2-d0-be-d1-81-d1-82-d0-b8"},
	}
	for _, tt := range tests {
		if got, err := fixtureName("d", tt.url); err != nil || got != filepath.FromSlash(tt.want) {
			t.Errorf("fixtureName(%s) = %s, %v, want %s", tt.url, got, err, tt.want)
		}
	}
}

func TestExplainNamesRulesValuesAndGaps(t *testing.T) {
	code, out, talk := run(t, "extract", "--explain", "--url", "https://coast.example/a/7228/", seedPage(t, "own/sidebar-labels"))
	if code != 0 || !strings.HasPrefix(out, `{"type":"article"`) {
		t.Fatalf("exit %d: %s\n%s", code, out, talk)
	}
	for _, want := range []string{"  title           h1: Port reopens after the storm\n", "content_text", "3 paragraphs",
		"2023-07-13, read from \"13 July 2023\"", "headlines.latest: list by structure: 3, 3 of them dated", "empty"} {
		if !strings.Contains(talk, want) {
			t.Errorf("no %q in\n%s", want, talk)
		}
	}
}

func TestBatchReadsPagesWithoutAUsableURL(t *testing.T) {
	list := filepath.Join(t.TempDir(), "pages.jsonl")
	lines := ""
	for _, u := range []string{"", "kept::page.html", "https://coast.example/a/7228/"} {
		lines += `{"id": 1, "url": "` + u + `", "html": "` + seedPage(t, "own/sidebar-labels") + "\"}\n"
	}
	if err := os.WriteFile(list, []byte(lines), 0o644); err != nil {
		t.Fatal(err)
	}
	code, out, talk := run(t, "extract", "--batch", list)
	answers := strings.Split(strings.TrimSpace(out), "\n")
	if code != 0 || len(answers) != 3 {
		t.Fatalf("exit %d: %s%s", code, out, talk)
	}
	for i, line := range answers {
		var a struct {
			Article *struct{ Title, URL string }
			Error   string
		}
		if err := json.Unmarshal([]byte(line), &a); err != nil || a.Article == nil || a.Article.Title != "Port reopens after the storm" {
			t.Fatalf("line %d: %v: %s", i, err, line)
		}
		if local := strings.HasPrefix(a.Article.URL, "http://localhost/"); local != (i < 2) || (a.Error != "") != (i == 1) {
			t.Errorf("line %d: %s", i, line)
		}
	}
}
