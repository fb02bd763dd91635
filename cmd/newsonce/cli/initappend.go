package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/newsonce/newsonce/crawler/config"
)

// newConfig is a configuration of one site.
func newConfig(block string) string {
	return `version: 1
# Replace the contact by a page or an address of yours.
user_agent: "newsonce/VERSION (+https://example.com/replace-me)"
sites:
` + block
}

// appendSite adds a site to the configuration file, or makes the file. What
// comes out is validated before anything is written.
func (a *app) appendSite(name, block string) error {
	old, err := os.ReadFile(a.config)
	var text string
	mode := fs.FileMode(0o644)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		text = newConfig(block)
	case err != nil:
		return fmt.Errorf("read configuration: %w", err)
	default:
		if info, err := os.Stat(a.config); err == nil {
			mode = info.Mode().Perm()
		}
		if text, err = withSite(string(old), block); err != nil {
			return usage(fmt.Errorf("%s: %w", a.config, err))
		}
	}
	if _, err := config.Parse(a.config, filepath.Dir(a.config), []byte(text)); err != nil {
		return usage(fmt.Errorf("with site %s added the configuration would not be valid, so it stays as it is (another name can be given with --name):\n%w", name, err))
	}
	if err := replaceFile(a.config, []byte(text), mode); err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	a.say("site %s added to %s; next: newsonce check --online %s", name, a.config, name)
	return nil
}

// replaceFile writes a file beside path and puts it in its place.
func replaceFile(path string, data []byte, mode fs.FileMode) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".newsonce-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone already when all went well
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

var (
	sitesKey  = regexp.MustCompile(`^sites:\s*(?:#.*)?$`)
	sitesFlow = regexp.MustCompile(`^sites:\s*\S`)
	entry     = regexp.MustCompile(`^(\s*)- `)
)

// withSite is text with block as the last entry of its sites. The rest stays
// byte for byte, but for a line end where the last line has none.
func withSite(text, block string) (string, error) {
	lines := strings.SplitAfter(text, "\n")
	at := -1
	for k, l := range lines {
		l = strings.TrimRight(l, "\r\n")
		if sitesKey.MatchString(l) {
			at = k
			break
		}
		if sitesFlow.MatchString(l) {
			return "", errors.New("sites is written on one line: write it as a list, one entry below another, then add the site")
		}
	}
	if at < 0 {
		return "", errors.New("there is no sites key at the beginning of a line")
	}
	indent, last := "  ", at
	seen := false
	for k := at + 1; k < len(lines); k++ {
		l := strings.TrimRight(lines[k], "\r\n")
		if strings.TrimSpace(l) == "" || strings.HasPrefix(strings.TrimSpace(l), "#") {
			continue
		}
		m := entry.FindStringSubmatch(l)
		if l[0] != ' ' && l[0] != '\t' && (m == nil || seen && indent != "") {
			break // the next key
		}
		if m != nil && !seen {
			indent, seen = m[1], true
		}
		last = k
	}
	before, after := strings.Join(lines[:last+1], ""), strings.Join(lines[last+1:], "")
	if !strings.HasSuffix(before, "\n") {
		before += "\n"
	}
	if strings.Contains(text, "\r\n") {
		block = strings.ReplaceAll(block, "\n", "\r\n")
	}
	return before + reindent(block, indent) + after, nil
}

// reindent moves a block from two spaces to another indentation.
func reindent(block, indent string) string {
	lines := strings.SplitAfter(block, "\n")
	for k, l := range lines {
		if rest, ok := strings.CutPrefix(l, "  "); ok {
			lines[k] = indent + rest
		}
	}
	return strings.Join(lines, "")
}
