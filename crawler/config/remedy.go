package config

import (
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// remedies are what to write instead of keys that other programs have, or that stand in
// the wrong place, by the mapping that they stand in.
var remedies = map[string]map[string]string{
	"crawl.yaml": {
		"name": underSites, "sources": underSites, "hosts": underSites, "article": underSites, "headlines": underSites,
		"feed": underSites, "listing": underSites, "rss": underSites, "sitemap": underSites,
		"url": underSites, "urls": underSites, "start_urls": underSites, "site": "write sites, with a - before each site",
		"robotstxt_obey": "write robots: obey or robots: ignore under defaults", "download_delay": "write delay: 2s under defaults",
		"concurrent_requests": "write workers here, and concurrency under defaults",
		"log_level":           onCommandLine, "debug": onCommandLine, "verbose": onCommandLine, "logging": onCommandLine,
		"database": "write state", "db": "write state", "schedule": scheduled, "cron": scheduled, "interval": scheduled,
		"path": "write output: {path: items.jsonl}", "output_path": "write output: {path: items.jsonl}",
	},
	"a site": {
		"url": underSources, "urls": underSources, "start_urls": underSources, "start_url": underSources, "seeds": underSources,
		"listing": underSources, "feed": underSources, "feeds": underSources, "rss": underSources, "sitemap": underSources,
		"sitemaps": underSources, "archive": underSources, "wayback": underSources, "warc": underSources,
		"allowed_domains": "write hosts", "domain": "write hosts", "domains": "write hosts", "host": "write hosts",
		"max_pages": "it belongs to a listing: - listing: {urls: https://news.example/, max_pages: 5}",
		"links":     "it belongs to a listing: - listing: {urls: https://news.example/, links: h2 a}",
		"next":      "it belongs to a listing: - listing: {urls: https://news.example/, next: auto}",
		"match":     underArticle, "title": underArticle, "body": underArticle, "selectors": underArticle, "authors": underArticle,
		"schedule": scheduled, "interval": scheduled, "cron": scheduled, "every": scheduled,
		"login": "write basic_auth: {user: me, password_file: FILE}, or headers: {Cookie: {file: FILE}}",
		"auth":  "write basic_auth: {user: me, password_file: FILE}",
		"obey":  "write robots: obey", "robots_txt": "write robots: obey or robots: ignore",
		"user_agent": "it belongs at the top of the file", "workers": "it belongs at the top of the file; here write concurrency",
		"output": "it belongs at the top of the file; output.path may contain {site}",
	},
	"a source": {
		"rss": "write feed", "atom": "write feed", "feeds": "write feed", "page": "write listing", "url": "write listing",
		"html": "write listing", "json": "write listing: {urls: …, json: {links: …}}", "robots": "write sitemap: auto",
	},
	"listing": {
		"pages": "write max_pages", "pagination": "write next: auto", "limit": "write max_pages", "selector": "write links",
		"link": "write links", "match": "it belongs under article: which URLs are articles",
	},
	"feed": {"limit": "write max_pages", "pages": "write max_pages"},
	"article": {
		"headline": "write title", "content": "write body", "text": "write body", "content_text": "write body",
		"author": "write authors", "byline": "write authors", "date": "write date_published", "published": "write date_published",
		"pubdate": "write date_published", "time": "write date_published", "updated": "write date_modified",
		"modified": "write date_modified", "description": "write summary", "lead": "write summary", "teaser": "write summary",
		"keywords": "write tags", "category": "write section", "image_url": "write image", "url": "write match: a pattern for the URLs of articles",
		"pattern": "write match", "remove": "it belongs to a field: body: {select: article, remove: [aside]}",
	},
	"output": {
		"file": "write path", "format": "remove it: newsonce writes JSON Lines", "type": "remove it: newsonce writes JSON Lines",
		"folder": "write path, with a file name", "dir": "write path, with a file name", "compress": "end path in .gz or .zst",
	},
	"basic_auth": {"username": "write user", "pass": "write password", "login": "write user"},
}

const (
	underSites    = "it belongs to a site: write sites:, and below it - name: NAME and the keys of the site"
	underSources  = "it belongs under sources, such as sources: [{listing: https://news.example/}, {feed: https://news.example/rss}]"
	underArticle  = "it belongs under article"
	onCommandLine = "it is set on the command line: -v or --log-level debug"
	scheduled     = "cron or a systemd timer starts newsonce; refresh: 15m is the least time between two requests for a source"
)

// remedy returns what to write instead of an unknown key of a mapping, "" when it is not
// known.
func remedy(what, key string) string {
	if what == "defaults" {
		what = "a site"
	}
	return remedies[what][snake(key)]
}

var camel = regexp.MustCompile(`([a-z])([A-Z])`)

// snake returns a key in the form of crawl.yaml: start_urls for startUrls, START-URLS.
func snake(key string) string {
	return strings.ReplaceAll(strings.ToLower(camel.ReplaceAllString(key, "${1}_${2}")), "-", "_")
}

// shapes are examples of values that are lists or mappings, by the name of the value.
var shapes = map[string]string{
	"crawl.yaml": "sites: and below it - name: NAME; newsonce init URL --append writes a site",
	"sites":      "- name: NAME and the keys of the site", "sources": "- listing: https://news.example/",
	"a source": "- listing: URL for a page with links to articles, - feed: URL for RSS or Atom, or - sitemap: URL",
	"a site":   "- name: NAME and below it sources:", "hosts": "[news.example]", "was": "[old-name]",
	"headlines": "- block: NAME and below it item: SELECTOR", "a headline block": "- block: NAME and below it item: SELECTOR",
	"allow_private": "[127.0.0.0/8], the networks that may be reached", "revisit": "[1h, 24h, 7d]",
	"variants": "- valid_until: 2019-05-31 and the fields of the variant",
	"output":   "{path: items.jsonl}", "rotate": "{size: 100MiB, age: 1d}", "defaults": "delay: 2s, without a - before it",
	"dedupe": "{near: {threshold: 0}} to switch near-duplicates off", "near": "{threshold: 0} to switch it off",
	"limits": "{body: 20MiB}", "headers": "{Accept-Language: de}", "article": "{title: h1, body: .text p}",
	"sitemap": "sitemap: auto, or a URL", "feed": "feed: URL", "wayback": "{url: news.example/politics/*}",
	"json": "{links: items[].url}", "archive": "{url: 'https://news.example/{id}', id: {from: 1, to: 500}}",
	"basic_auth": "{user: me, password_file: FILE}", "page": "{from: 1, to: 500}", "id": "{from: 1, to: 500}",
	"date": "{from: 2019-05-31}",
}

// shaped returns the end of a message about a value of another form: how to write it.
func (n *Node) shaped(what string, wanted form) string {
	if n.form == text && wanted == list && what != "sources" && what != "sites" && what != "headlines" && what != "variants" {
		return fmt.Sprintf(": write [%s]", clip(n.text))
	}
	if shape := shapes[what]; shape != "" {
		return ": write " + shape
	}
	return ""
}

// What people write who know other programs.
var (
	spelledDuration = regexp.MustCompile(`(?i)^(\d+)\s*(s|m|h|d|w|sec|second|min|minute|hr|hour|day|week|mo|month|y|year)s?$`)
	spelledUnits    = map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": day, "w": week,
		"mo": 30 * day, "y": 365 * day, "ye": 365 * day}
	clockTime     = regexp.MustCompile(`^(\d{1,2}):(\d\d)(?::(\d\d))?$`)
	cronTime      = regexp.MustCompile(`^(\S+\s+){4}\S+$`)
	often         = map[string]string{"hourly": "1h", "daily": "1d", "weekly": "1w", "@hourly": "1h", "@daily": "1d"}
	windowsPath   = regexp.MustCompile(`^[A-Za-z]:[\\/]`)
	variableName  = regexp.MustCompile(`\$\{[A-Z_][A-Z0-9_]*\}|^\$[A-Z_][A-Z0-9_]*([/\\]|$)|^%[A-Z_]+%([/\\]|$)`)
	xpathShape    = regexp.MustCompile(`^\(?\.?//?\w|/@|text\(\)|\[@|/\w+\[`)
	scrapyText    = regexp.MustCompile(`::text$`)
	scrapyAttr    = regexp.MustCompile(`::attr\(([\w-]+)\)$`)
	jqueryPlace   = regexp.MustCompile(`:(first|last|eq|gt|lt|even|odd|visible|hidden|parent)([^-\w]|$)`)
	tagShape      = regexp.MustCompile(`^<([a-zA-Z][\w-]*)[^>]*>?$`)
	attrShape     = regexp.MustCompile(`^([\w-]*)\s+class\s*=\s*["']?([\w-]+)`)
	bareAttrShape = regexp.MustCompile(`^[\w-]+\s*[~|^$*]?=`)
	jsPattern     = regexp.MustCompile(`^/(.*\\/.*)/([gimsuy]*)$`)
	rawPattern    = regexp.MustCompile(`^[rR]["'](.*)["']$`)
)

// writtenDuration returns the duration that a misspelt one stands for, "" when that is
// not known.
func writtenDuration(s string) string {
	s = strings.TrimSpace(s)
	if m := spelledDuration.FindStringSubmatch(s); m != nil {
		unit := strings.ToLower(m[2])
		d := spelledUnits[unit[:1]]
		if m[2] == "M" || strings.HasPrefix(unit, "mo") || strings.HasPrefix(unit, "y") {
			d = spelledUnits[(unit + "o")[:2]]
		}
		if v, err := strconv.Atoi(m[1]); err == nil && v < 10_000 {
			return FormatDuration(time.Duration(v) * d)
		}
	}
	if m := clockTime.FindStringSubmatch(s); m != nil {
		d, err := time.ParseDuration(m[1] + "h" + m[2] + "m" + "0" + m[3] + "s")
		if err == nil {
			return FormatDuration(d)
		}
	}
	return often[strings.ToLower(s)]
}

// durationRemedy returns the end of a message about a duration: how to write it.
func durationRemedy(s string) string {
	switch d := writtenDuration(s); {
	case d != "":
		return "write " + d
	case cronTime.MatchString(s):
		return "write the least time between two requests, such as 15m; " + scheduled[:len("cron or a systemd timer starts newsonce")]
	}
	return "write 30s, 1m30s, 24h, 7d or 1w"
}

// misquoted reports a text in typographic quotes, or with a variable of a shell.
func (n *Node) misquoted() bool {
	switch s := strings.TrimSpace(n.text); {
	case strings.HasPrefix(s, "“") || strings.HasPrefix(s, "„") || strings.HasPrefix(s, "‘") || strings.HasPrefix(s, "«"):
		n.Fail("%s begins with a typographic quote: write ' or \"", clip(s))
	case n.variable == "" && variableName.MatchString(s):
		n.Fail("%s: variables are not replaced in crawl.yaml: write the value, {file: path} for a header or proxy, "+
			"or set NEWSONCE_STATE, NEWSONCE_OUTPUT_PATH, NEWSONCE_USER_AGENT or NEWSONCE_WORKERS", strings.TrimRight(variableName.FindString(s), `/\`))
	default:
		return false
	}
	return true
}

// escapedPath finds a path of Windows in double quotes.
var escapedPath = regexp.MustCompile(`"([A-Za-z]:\\[^"]*)"`)

// foreignPath reports a path of Windows on another system, and one whose \ YAML reads as
// an escape.
func (n *Node) foreignPath(path string) {
	if m := escapedPath.FindStringSubmatch(n.r.lineAt(n.line)); m != nil && strings.Contains(strings.ReplaceAll(m[1], `\\`, ""), `\`) {
		n.Fail(`in double quotes, \ begins an escape: use single quotes, %s`, inQuotes(m[1]))
		return
	}
	if runtime.GOOS != "windows" && windowsPath.MatchString(path) {
		n.Fail("path %q is one of Windows: write it as /folder/file", clip(path))
	}
}

// selectorRemedy returns the end of a message about a selector that is no CSS: how to
// write it.
func selectorRemedy(s string) string {
	switch s = strings.TrimSpace(s); {
	case scrapyText.MatchString(s):
		return fmt.Sprintf(": write %s, the text is what is read", scrapyText.ReplaceAllString(s, ""))
	case scrapyAttr.MatchString(s):
		return ": write " + scrapyAttr.ReplaceAllString(s, "@$1")
	case xpathShape.MatchString(s):
		return ": this looks like XPath, but selectors are CSS: div.text > p stands for //div[@class='text']/p, a@href for //a/@href"
	case jqueryPlace.MatchString(s):
		return fmt.Sprintf(": jQuery has :%s; write :first-of-type, :last-of-type, :nth-of-type(n) or :contains(text)",
			jqueryPlace.FindStringSubmatch(s)[1])
	case attrShape.MatchString(s):
		m := attrShape.FindStringSubmatch(s)
		return fmt.Sprintf(": write %s.%s", m[1], m[2])
	case tagShape.MatchString(s):
		return fmt.Sprintf(": write %s", tagShape.FindStringSubmatch(s)[1])
	case strings.Contains(s, "{page}") || strings.Contains(s, "{id}"):
		return ": selectors have no placeholders; archive: {url: …, page: {from: 1}} counts pages"
	case bareAttrShape.MatchString(s):
		return fmt.Sprintf(": write '[%s]', in quotes", s)
	case strings.Contains(s, "::"):
		return fmt.Sprintf(": write %s, pseudo-elements are not on the page", s[:strings.Index(s, "::")])
	case strings.Count(s, "[") != strings.Count(s, "]"):
		return ": close each [ by a ]"
	case strings.HasSuffix(s, ","):
		return ": remove the comma at its end"
	case strings.HasSuffix(s, "@"):
		return ": write it after the @, as in time@datetime"
	}
	return ": write a CSS selector such as h1, .text p or time@datetime"
}

// patternRemedy returns the end of a message about a pattern that Go cannot read: how
// to write it.
func patternRemedy(s string) string {
	switch {
	case strings.Contains(s, "(?!") || strings.Contains(s, "(?<!"):
		return ": patterns have no lookahead or lookbehind: write what the URLs of articles do have, such as /news/[0-9]+"
	case strings.Contains(s, "(?=") || strings.Contains(s, "(?<="):
		return ": patterns have no lookahead or lookbehind, and need none: write the part as it is, such as /news/[0-9]+"
	case strings.Contains(s, "(?>") || strings.Contains(s, "++") || strings.Contains(s, "*+"):
		return ": patterns have no atomic groups and possessive repetitions, and need none: write (…) and +"
	case regexp.MustCompile(`\\[1-9]`).MatchString(s):
		return `: patterns have no backreferences: write the part again, or [^/]+ for any text`
	case strings.HasPrefix(s, "*") || strings.HasPrefix(s, "?"):
		return ": * repeats what stands before it, any text is .*: write " + inQuotes(globPattern(s))
	case strings.Count(s, "(") != strings.Count(s, ")"):
		return `: close each ( by a ), or write \( for the character itself`
	case strings.Count(s, "[") != strings.Count(s, "]"):
		return `: close each [ by a ], or write \[ for the character itself`
	}
	return `: write a regular expression of Go, such as '/news/\d+'`
}

// globPattern returns a pattern of file names as a regular expression.
func globPattern(glob string) string {
	parts := strings.Split(strings.Trim(glob, "*"), "*")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return strings.Join(parts, ".*")
}

func inQuotes(s string) string { return "'" + s + "'" }

// otherPattern reports a pattern that Go reads, but that was written for another
// language, or as for file names.
func (n *Node) otherPattern(s string) bool {
	if m := rawPattern.FindStringSubmatch(s); m != nil {
		n.Fail("pattern %s is a string of Python: write %s", clip(s), inQuotes(m[1]))
		return true
	}
	if m := jsPattern.FindStringSubmatch(s); m != nil {
		plain := strings.ReplaceAll(m[1], `\/`, "/")
		if strings.Contains(m[2], "i") {
			plain = "(?i)" + plain
		}
		n.Fail("pattern %s is one of JavaScript: write %s", clip(s), inQuotes(plain))
		return true
	}
	if strings.Contains(s, "/*.") || strings.HasSuffix(s, "/*/") {
		n.Warn("pattern %q: * repeats the / before it, any text is .*: write %s", clip(s), inQuotes(globPattern(s)))
	}
	return false
}

// nothing says what may be the reason for a key without a value, "" when nothing is
// seen.
func (n *Node) nothing() string {
	if _, comment, ok := strings.Cut(n.r.lineAt(n.line), ": #"); ok && n.form == null {
		return fmt.Sprintf(": # begins a comment: put the value in quotes, '#%s'", clip(strings.TrimSpace(comment)))
	}
	if n.form == null {
		return ": set a value or remove the key"
	}
	return ""
}

// lineAt returns a line of the file, "" for one that it does not have.
func (r *reader) lineAt(n int) string {
	if n < 1 || n > len(r.lines) {
		return ""
	}
	return r.lines[n-1]
}

var (
	dashWithoutSpace  = regexp.MustCompile(`^\s*-[A-Za-z_]`)
	colonWithoutSpace = regexp.MustCompile(`^\s*(?:- )?([a-z_]+):([^\s/].*)$`)
	twoColons         = regexp.MustCompile(`^(\s*(?:- )?[A-Za-z_]+: )([^'"\s{\[].*: .*)$`)
	doubleQuoted      = regexp.MustCompile(`"([^"]*)"`)
	valueOf           = regexp.MustCompile(`:\s+(\S.*)$`)
)

// syntaxRemedy returns the end of a message about YAML that cannot be read: how to write
// it. n is at the place that the parser reports.
func (n *Node) syntaxRemedy(message string) string {
	line := n.r.lineAt(n.line)
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	switch {
	case strings.Contains(indent, "\t"):
		return ": the line is indented with a tab: write spaces"
	case strings.Contains(message, "unknown escape"):
		if m := doubleQuoted.FindStringSubmatch(line); m != nil && !strings.Contains(m[1], "'") {
			return `: in double quotes, \ begins an escape: use single quotes, ` + inQuotes(m[1])
		}
		return `: in double quotes, \ begins an escape: use single quotes`
	case strings.Contains(message, "reserved character"):
		return ": put the value in quotes" + n.quotedValue(line)
	case strings.Contains(message, "end character"):
		return ": close the quote that begins here"
	case strings.Contains(message, "must be specified") || strings.Contains(message, "end token"):
		return ": close the bracket that is open here or before"
	}
	return n.contextRemedy(line)
}

// contextRemedy looks for the reason why a line does not fit where it stands.
func (n *Node) contextRemedy(line string) string {
	for _, l := range []string{line, n.r.lineAt(n.line - 1)} {
		if dashWithoutSpace.MatchString(l) {
			return ": write a space after the dash"
		}
		if m := colonWithoutSpace.FindStringSubmatch(l); m != nil {
			return fmt.Sprintf(": write a space after the colon, %s: %s", m[1], clip(m[2]))
		}
	}
	if m := twoColons.FindStringSubmatch(line); m != nil {
		return fmt.Sprintf(": put a value with a colon in quotes, %s%s", strings.TrimLeft(m[1], " -"), inQuotes(clip(m[2])))
	}
	if v := n.quotedValue(line); v != "" && strings.ContainsAny(v[3:4], "*&!|>%@`") {
		return ": put the value in quotes" + v
	}
	return ": check the indentation: keys of one block begin in one column"
}

// quotedValue returns the value on a line in quotes, after a comma.
func (n *Node) quotedValue(line string) string {
	m := valueOf.FindStringSubmatch(line)
	if m == nil || strings.Contains(m[1], "'") {
		return ""
	}
	return ", " + inQuotes(clip(strings.TrimSpace(m[1])))
}

// numberRemedy returns the end of a message about a text where a number is wanted.
func (n *Node) numberRemedy() string {
	words := []string{"unlimited", "none", "all", "infinite", "never", "no"}
	switch _, err := strconv.Atoi(n.text); {
	case n.form == text && err == nil:
		return ": remove the quotes"
	case n.form == text && slices.Contains(words, strings.ToLower(n.text)):
		return ": 0 means no limit"
	}
	return ": write plain digits"
}

// isASCII reports whether s has ASCII characters only.
func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}
