package output

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Pattern is an output path with the placeholders {site}, {type} and {date}.
type Pattern string

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

// ParsePattern checks the placeholders of path.
func ParsePattern(path string) (Pattern, error) {
	if path == "" {
		return "", fmt.Errorf("output path is empty")
	}
	for _, p := range placeholder.FindAllString(path, -1) {
		switch p {
		case "{site}", "{type}", "{date}":
		default:
			return "", fmt.Errorf("output path %s: unknown placeholder %s (known: {site}, {type}, {date})", path, p)
		}
	}
	return Pattern(path), nil
}

// Path fills in the placeholders. The date is the UTC day of the commit.
func (p Pattern) Path(site, typ string, commit time.Time) string {
	if !strings.Contains(string(p), "{") {
		return string(p)
	}
	return strings.NewReplacer(
		"{site}", site, "{type}", typ, "{date}", commit.UTC().Format("2006-01-02"),
	).Replace(string(p))
}

// root is the folder that all files of the pattern share, as it is written.
func (p Pattern) root() string {
	before, _, _ := strings.Cut(string(p), "{")
	dir, _ := filepath.Split(before)
	return dir
}

// Manifest returns the path of the manifest of all files of the pattern: in the
// folder that they share, and named after what their names share.
func (p Pattern) Manifest() string {
	base := filepath.Base(string(p))
	base = placeholder.ReplaceAllString(strings.TrimSuffix(base, compression(base)), "")
	name := strings.Trim(strings.TrimSuffix(base, filepath.Ext(base)), "-_. ")
	if name != "" {
		name += "."
	}
	return filepath.Join(p.root(), name+"manifest.jsonl")
}
