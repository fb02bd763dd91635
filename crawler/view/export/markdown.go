package export

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"
)

// maxSlug bounds the title's part of a file name, in runes: names have at most 255
// bytes on common file systems.
const maxSlug = 50

// markdown writes SITE/DATE-TITLE-ID.md for each article, with its fields as YAML front
// matter. A revision replaces the file of the revision before.
type markdown struct {
	dir   string
	names map[string]string // id -> file, where a file was written
}

func (m *markdown) write(r *record) error {
	if m.names == nil {
		m.names = map[string]string{}
	}
	name := filepath.Join(safeName(r.Site, "site"), markdownName(r))
	if before, ok := m.names[r.ID]; ok && before != name {
		if err := os.Remove(filepath.Join(m.dir, before)); err != nil {
			return err
		}
	}
	m.names[r.ID] = name
	body, err := markdownText(r)
	if err != nil {
		return err
	}
	path := filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, body, 0o644)
}

func (m *markdown) finish() error { return nil }

func markdownName(r *record) string {
	day := r.DatePublished.Day()
	if day == "" {
		day = "undated"
	}
	id := safeName(r.ID, "id")
	return fmt.Sprintf("%s-%s-%s.md", day, safeName(r.Title, "untitled"), id[:min(len(id), 12)])
}

// safeName is s as part of a file name: letters and digits in lower case, joined by
// hyphens.
func safeName(s, empty string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '_'
	})
	runes := []rune(strings.Join(words, "-"))
	if len(runes) == 0 {
		return empty
	}
	return strings.Trim(string(runes[:min(len(runes), maxSlug)]), "-")
}

// markdownText is the file of an article.
func markdownText(r *record) ([]byte, error) {
	front := yaml.MapSlice{}
	for _, c := range columns {
		switch c.name {
		case "type", "content_text", "summary", "block", "position", "status", "first_seen":
			continue
		}
		switch v := c.of(r).(type) {
		case []string:
			if len(v) > 0 {
				front = append(front, yaml.MapItem{Key: c.name, Value: v})
			}
		default:
			if text(v) != "" {
				front = append(front, yaml.MapItem{Key: c.name, Value: v})
			}
		}
	}
	head, err := yaml.Marshal(front)
	if err != nil {
		return nil, fmt.Errorf("front matter of article %s: %w", r.ID, err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "---\n%s---\n\n", head)
	if r.Title != "" {
		fmt.Fprintf(&b, "# %s\n\n", escapeMarkdown(r.Title))
	}
	if r.Summary != "" {
		fmt.Fprintf(&b, "*%s*\n\n", escapeMarkdown(r.Summary))
	}
	for p := range strings.SplitSeq(r.ContentText, "\n\n") {
		if p != "" {
			fmt.Fprintf(&b, "%s\n\n", escapeMarkdown(p))
		}
	}
	return []byte(b.String()), nil
}

// markdownEscapes are the characters that mean something within a line of CommonMark,
// HTML included.
var markdownEscapes = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`,
	"<", `\<`, ">", `\>`, "&", `\&`, "|", `\|`, "~", `\~`)

// escapeMarkdown makes text plain in CommonMark.
func escapeMarkdown(s string) string {
	lines := strings.Split(markdownEscapes.Replace(s), "\n")
	for i, l := range lines {
		l = strings.TrimLeft(l, " \t") // an indent would make it code
		if l != "" && strings.ContainsRune("#+-=", rune(l[0])) {
			l = `\` + l
		}
		if n := strings.IndexFunc(l, func(r rune) bool { return r < '0' || r > '9' }); n > 0 && (l[n] == '.' || l[n] == ')') {
			l = l[:n] + `\` + l[n:] // not a numbered list
		}
		lines[i] = l
	}
	return strings.Join(lines, "\n")
}
