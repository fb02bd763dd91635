package remedy

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	dashWithoutSpace  = regexp.MustCompile(`^\s*-[A-Za-z_]`)
	colonWithoutSpace = regexp.MustCompile(`^\s*(?:- )?([a-z_]+):([^\s/].*)$`)
	twoColons         = regexp.MustCompile(`^(\s*(?:- )?[A-Za-z_]+: )([^'"\s{\[].*: .*)$`)
	doubleQuoted      = regexp.MustCompile(`"([^"]*)"`)
	valueOf           = regexp.MustCompile(`:\s+(\S.*)$`)
)

// Syntax returns how to write YAML that cannot be read: message is the one of the parser,
// line the line that it names, and before the one above.
func Syntax(message, line, before string) string {
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	switch {
	case strings.Contains(indent, "\t"):
		return "the line is indented with a tab: write spaces"
	case strings.Contains(message, "unknown escape"):
		if m := doubleQuoted.FindStringSubmatch(line); m != nil && !strings.Contains(m[1], "'") {
			return `in double quotes, \ begins an escape: use single quotes, ` + inQuotes(m[1])
		}
		return `in double quotes, \ begins an escape: use single quotes`
	case strings.Contains(message, "reserved character"):
		return "put the value in quotes" + quotedValue(line)
	case strings.Contains(message, "end character"):
		return "close the quote that begins here"
	case strings.Contains(message, "must be specified") || strings.Contains(message, "end token"):
		return "close the bracket that is open here or before"
	}
	return context(line, before)
}

// context looks for the reason why a line does not fit where it stands.
func context(line, before string) string {
	for _, l := range []string{line, before} {
		if dashWithoutSpace.MatchString(l) {
			return "write a space after the dash"
		}
		if m := colonWithoutSpace.FindStringSubmatch(l); m != nil {
			return fmt.Sprintf("write a space after the colon, %s: %s", m[1], Clip(m[2]))
		}
	}
	if m := twoColons.FindStringSubmatch(line); m != nil {
		return fmt.Sprintf("put a value with a colon in quotes, %s%s", strings.TrimLeft(m[1], " -"),
			inQuotes(Clip(m[2])))
	}
	if v := quotedValue(line); v != "" && strings.ContainsAny(v[3:4], "*&!|>%@`") {
		return "put the value in quotes" + v
	}
	return "check the indentation: keys of one block begin in one column"
}

// quotedValue returns the value on a line in quotes, after a comma.
func quotedValue(line string) string {
	m := valueOf.FindStringSubmatch(line)
	if m == nil || strings.Contains(m[1], "'") {
		return ""
	}
	return ", " + inQuotes(Clip(strings.TrimSpace(m[1])))
}

// Clip shortens a text to keep a message on one readable line.
func Clip(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
