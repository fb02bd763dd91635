package remedy

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const day = 24 * time.Hour

// What people write who know other programs.
var (
	spelledDuration = regexp.MustCompile(`(?i)^(\d+)\s*(s|m|h|d|w|sec|second|min|minute|hr|hour|day|week|` +
		`mo|month|y|year)s?$`)
	spelledUnits = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": day, "w": 7 * day,
		"mo": 30 * day, "y": 365 * day, "ye": 365 * day}
	clockTime     = regexp.MustCompile(`^(\d{1,2}):(\d\d)(?::(\d\d))?$`)
	cronTime      = regexp.MustCompile(`^(\S+\s+){4}\S+$`)
	often         = map[string]time.Duration{"hourly": time.Hour, "daily": day, "weekly": 7 * day}
	windowsPath   = regexp.MustCompile(`^[A-Za-z]:[\\/]`)
	escapedPath   = regexp.MustCompile(`"([A-Za-z]:\\[^"]*)"`)
	variableName  = regexp.MustCompile(`\$\{[A-Z_][A-Z0-9_]*\}|^\$[A-Z_][A-Z0-9_]*([/\\]|$)|^%[A-Z_]+%([/\\]|$)`)
	xpathShape    = regexp.MustCompile(`^\(?\.?//?\w|/@|text\(\)|\[@|/\w+\[`)
	scrapyText    = regexp.MustCompile(`::text$`)
	scrapyAttr    = regexp.MustCompile(`::attr\(([\w-]+)\)$`)
	jqueryPlace   = regexp.MustCompile(`:(first|last|eq|gt|lt|even|odd|visible|hidden|parent)([^-\w]|$)`)
	tagShape      = regexp.MustCompile(`^<([a-zA-Z][\w-]*)[^>]*>?$`)
	attrShape     = regexp.MustCompile(`^([\w-]*)\s+class\s*=\s*["']?([\w-]+)`)
	bareAttrShape = regexp.MustCompile(`^[\w-]+\s*[~|^$*]?=`)
	jsPattern     = regexp.MustCompile(`^/(.*\\/.*)/([gimsuy]*)$`)
	backreference = regexp.MustCompile(`\\[1-9]`)
	rawPattern    = regexp.MustCompile(`^[rR]["'](.*)["']$`)
)

// Duration returns the duration that people write in other words; ok is false when it is
// not known.
func Duration(s string) (d time.Duration, ok bool) {
	s = strings.TrimSpace(s)
	if m := spelledDuration.FindStringSubmatch(s); m != nil {
		unit := strings.ToLower(m[2])
		d := spelledUnits[unit[:1]]
		if m[2] == "M" || strings.HasPrefix(unit, "mo") || strings.HasPrefix(unit, "y") {
			d = spelledUnits[(unit + "o")[:2]]
		}
		if v, err := strconv.Atoi(m[1]); err == nil && v < 10_000 {
			return time.Duration(v) * d, true
		}
	}
	if m := clockTime.FindStringSubmatch(s); m != nil {
		d, err := time.ParseDuration(m[1] + "h" + m[2] + "m" + "0" + m[3] + "s")
		return d, err == nil
	}
	d, ok = often[strings.TrimPrefix(strings.ToLower(s), "@")]
	return d, ok
}

// IsCron reports whether s is the time of a cron table.
func IsCron(s string) bool { return cronTime.MatchString(s) }

// Selector returns how to write a selector that is no CSS.
func Selector(s string) string {
	switch s = strings.TrimSpace(s); {
	case scrapyText.MatchString(s):
		return fmt.Sprintf("write %s, the text is what is read", scrapyText.ReplaceAllString(s, ""))
	case scrapyAttr.MatchString(s):
		return "write " + scrapyAttr.ReplaceAllString(s, "@$1")
	case xpathShape.MatchString(s):
		return "this looks like XPath, but selectors are CSS: " +
			"div.text > p stands for //div[@class='text']/p, a@href for //a/@href"
	case jqueryPlace.MatchString(s):
		return fmt.Sprintf("jQuery has :%s; write :first-of-type, :last-of-type, :nth-of-type(n) or :contains(text)",
			jqueryPlace.FindStringSubmatch(s)[1])
	case attrShape.MatchString(s):
		m := attrShape.FindStringSubmatch(s)
		return fmt.Sprintf("write %s.%s", m[1], m[2])
	case tagShape.MatchString(s):
		return fmt.Sprintf("write %s", tagShape.FindStringSubmatch(s)[1])
	case strings.Contains(s, "{page}") || strings.Contains(s, "{id}"):
		return "selectors have no placeholders; archive: {url: …, page: {from: 1}} counts pages"
	case bareAttrShape.MatchString(s):
		return fmt.Sprintf("write '[%s]', in quotes", s)
	case strings.Contains(s, "::"):
		return fmt.Sprintf("write %s, pseudo-elements are not on the page", s[:strings.Index(s, "::")])
	case strings.Count(s, "[") != strings.Count(s, "]"):
		return "close each [ by a ]"
	case strings.HasSuffix(s, ","):
		return "remove the comma at its end"
	case strings.HasSuffix(s, "@"):
		return "write it after the @, as in time@datetime"
	}
	return "write a CSS selector such as h1, .text p or time@datetime"
}

// Pattern returns how to write a pattern that Go cannot read.
func Pattern(s string) string {
	switch {
	case strings.Contains(s, "(?!") || strings.Contains(s, "(?<!"):
		return "patterns have no lookahead or lookbehind: write what the URLs of articles do have, such as /news/[0-9]+"
	case strings.Contains(s, "(?=") || strings.Contains(s, "(?<="):
		return "patterns have no lookahead or lookbehind, and need none: write the part as it is, such as /news/[0-9]+"
	case strings.Contains(s, "(?>") || strings.Contains(s, "++") || strings.Contains(s, "*+"):
		return "patterns have no atomic groups and possessive repetitions, and need none: write (…) and +"
	case backreference.MatchString(s):
		return `patterns have no backreferences: write the part again, or [^/]+ for any text`
	case strings.HasPrefix(s, "*") || strings.HasPrefix(s, "?"):
		return "* repeats what stands before it, any text is .*: write " + inQuotes(globPattern(s))
	case strings.Count(s, "(") != strings.Count(s, ")"):
		return `close each ( by a ), or write \( for the character itself`
	case strings.Count(s, "[") != strings.Count(s, "]"):
		return `close each [ by a ], or write \[ for the character itself`
	}
	return `write a regular expression of Go, such as '/news/\d+'`
}

// globPattern returns a pattern of file names as a regular expression.
func globPattern(glob string) string {
	parts := strings.Split(strings.Trim(glob, "*"), "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return strings.Join(parts, ".*")
}

// Foreign returns what to write instead of a pattern that Go reads but that was written
// in another language, and the name of that; "" when it is not one.
func Foreign(s string) (language, write string) {
	if m := rawPattern.FindStringSubmatch(s); m != nil {
		return "a string of Python", inQuotes(m[1])
	}
	m := jsPattern.FindStringSubmatch(s)
	if m == nil {
		return "", ""
	}
	plain := strings.ReplaceAll(m[1], `\/`, "/")
	if strings.Contains(m[2], "i") {
		plain = "(?i)" + plain
	}
	return "one of JavaScript", inQuotes(plain)
}

// Glob returns what to write instead of a pattern that may be one of file names, "" for
// others.
func Glob(s string) string {
	if strings.Contains(s, "/*.") || strings.HasSuffix(s, "/*/") {
		return inQuotes(globPattern(s))
	}
	return ""
}

// Variable returns the variable of a shell in a text, "" when there is none.
func Variable(s string) string { return strings.TrimRight(variableName.FindString(s), `/\`) }

// WindowsPath reports whether a path is one of Windows. line is the line of the file that
// holds it: if it has the path in double quotes, whose \ YAML reads as an escape,
// written is how to write it.
func WindowsPath(path, line string) (written string, ok bool) {
	m := escapedPath.FindStringSubmatch(line)
	if m != nil && strings.Contains(strings.ReplaceAll(m[1], `\\`, ""), `\`) {
		return inQuotes(m[1]), true
	}
	return "", windowsPath.MatchString(path)
}

// IsTypographic reports whether a text begins with a typographic quote.
func IsTypographic(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimSpace(s))
	return strings.ContainsRune("“„‘«", r)
}

func inQuotes(s string) string { return "'" + s + "'" }

// Count returns how to write a text where a whole number is wanted.
func Count(s string) string {
	switch _, err := strconv.Atoi(s); {
	case err == nil:
		return "remove the quotes"
	case slices.Contains([]string{"unlimited", "none", "all", "infinite", "never", "no"}, strings.ToLower(s)):
		return "0 means no limit"
	}
	return "write plain digits"
}
