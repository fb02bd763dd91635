package output

import (
	"strings"
	"testing"
	"time"
)

func TestPattern(t *testing.T) {
	// In Auckland it is the next day already: the date is that of UTC.
	commit := time.Date(2026, 3, 2, 3, 0, 0, 0, time.FixedZone("NZDT", 13*3600))
	for _, c := range []struct{ pattern, want, err string }{
		{pattern: "items.jsonl", want: "items.jsonl"},
		{pattern: "-", want: Stdout},
		{pattern: "out/{site}/{type}-{date}.jsonl", want: "out/ccbs/article-2026-03-01.jsonl"},
		{pattern: "{site}{site}", want: "ccbsccbs"},
		{pattern: "odd}name{", want: "odd}name{"},
		{pattern: "", err: "output path is empty"},
		{pattern: "{host}.jsonl", err: "unknown placeholder {host} (known: {site}, {type}, {date})"},
		{pattern: "{Site}.jsonl", err: "unknown placeholder {Site}"},
		{pattern: "{}.jsonl", err: "unknown placeholder {}"},
	} {
		t.Run(c.pattern, func(t *testing.T) {
			p, err := ParsePattern(c.pattern)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("got %v, want %q", err, c.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Path("ccbs", "article", commit); got != c.want {
				t.Errorf("path %q, want %q", got, c.want)
			}
		})
	}
}

func TestManifest(t *testing.T) {
	for pattern, want := range map[string]string{
		"/out/items.jsonl":                    "/out/items.manifest.jsonl",
		"/out/items.jsonl.gz":                 "/out/items.manifest.jsonl",
		"/out/items":                          "/out/items.manifest.jsonl",
		"/out/items-{date}.jsonl.zst":         "/out/items.manifest.jsonl",
		"/out/{site}-{type}.jsonl":            "/out/manifest.jsonl",
		"/out/{site}/{type}.jsonl":            "/out/manifest.jsonl",
		"/out/{site}/items.jsonl":             "/out/items.manifest.jsonl",
		"/out/news-{site}/{date}/items.jsonl": "/out/items.manifest.jsonl",
		"{site}.jsonl":                        "manifest.jsonl",
	} {
		if got := Pattern(pattern).Manifest(); got != want {
			t.Errorf("%s: manifest %s, want %s", pattern, got, want)
		}
	}
}
