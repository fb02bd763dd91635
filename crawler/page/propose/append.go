package propose

import (
	"errors"
	"regexp"
	"strings"
)

// Config returns a configuration whose only site is block, as YAML gives it.
func Config(block string) string {
	return `version: 1
# Replace the contact by a page or an email address of yours.
user_agent: "newsonce/VERSION (+https://example.com/replace-me)"
sites:
` + block
}

var (
	sitesKey  = regexp.MustCompile(`^sites:\s*(?:#.*)?$`)
	sitesNone = regexp.MustCompile(`^sites:\s*(?:\[\s*\]|null|~)\s*(?:#.*)?$`)
	sitesFlow = regexp.MustCompile(`^sites:\s*\S`)
	entry     = regexp.MustCompile(`^(\s*)- `)
)

// Append returns the configuration with block, as YAML gives it, as the last
// entry of its sites. All other bytes stay, except for a line end that is added
// where the last line has none, and the key sites where the file has none or an
// empty list. The result may still be invalid, as when two sites have one name.
func Append(config, block string) (string, error) {
	lines := strings.SplitAfter(config, "\n")
	at, err := sitesLine(lines)
	if err != nil {
		return "", err
	}
	if at < 0 {
		lines = append(lines, "sites:\n")
		if last := &lines[len(lines)-2]; *last != "" && !strings.HasSuffix(*last, "\n") {
			*last += "\n"
		}
		at = len(lines) - 1
	}
	last, indent := sitesEnd(lines, at)
	before, after := strings.Join(lines[:last+1], ""), strings.Join(lines[last+1:], "")
	if !strings.HasSuffix(before, "\n") {
		before += "\n"
	}
	if strings.Contains(config, "\r\n") {
		block = strings.ReplaceAll(block, "\n", "\r\n")
	}
	return before + reindent(block, indent) + after, nil
}

// sitesLine returns the index of the line with the key sites, -1 without one. An empty
// list in that line is removed.
func sitesLine(lines []string) (int, error) {
	for k, l := range lines {
		l = strings.TrimRight(l, "\r\n")
		if sitesNone.MatchString(l) {
			lines[k] = "sites:\n"
			return k, nil
		}
		if sitesKey.MatchString(l) {
			return k, nil
		}
		if sitesFlow.MatchString(l) {
			return 0, errors.New("sites is written on one line; " +
				"write it as a list with one entry below another, then add the site")
		}
	}
	return -1, nil
}

// sitesEnd returns the index of the last line of the sites that begin at line
// at, and the indentation of their entries.
func sitesEnd(lines []string, at int) (last int, indent string) {
	indent, last = "  ", at
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
	return last, indent
}

// reindent changes the indentation of a block from two spaces to indent.
func reindent(block, indent string) string {
	lines := strings.SplitAfter(block, "\n")
	for k, l := range lines {
		if rest, ok := strings.CutPrefix(l, "  "); ok {
			lines[k] = indent + rest
		}
	}
	return strings.Join(lines, "")
}
