// Package hint knows what people type who are new to newsonce or know other programs,
// and what to type instead.
package hint

import "strings"

var commands = map[string]string{
	"run": crawl, "start": crawl, "fetch": crawl, "update": crawl, "scrape": crawl, "spider": crawl, "watch": crawl,
	"daemon": crawl, "sync": crawl,
	"list": status, "ls": status, "stats": status, "info": status, "show": status, "report": status, "sites": status,
	"validate": check, "test": check, "lint": check, "config": check, "verify": check,
	"add": initial, "new": initial, "create": initial, "setup": initial, "install": initial,
	"get": extract, "read": extract, "parse": extract, "article": extract,
	"remove": forget, "delete": forget, "rm": forget, "purge": forget,
	"archive": backfill, "history": backfill, "import": backfill, "resume": backfill,
	"duplicates": dedupe, "dedup": dedupe, "deduplicate": dedupe,
	"save": output, "download": output, "serve": output,
}

const (
	crawl    = "newsonce crawl fetches what is new; cron or a systemd timer starts it"
	status   = "newsonce status shows what is known, queued and failed"
	check    = "newsonce check validates crawl.yaml"
	initial  = "newsonce init URL --append adds a site"
	extract  = "newsonce extract URL prints the items of a page"
	forget   = "newsonce forget URL removes an article from the state"
	backfill = "newsonce backfill reads archives"
	dedupe   = "newsonce dedupe FILE finds duplicates"
	output   = "newsonce crawl writes the items to output.path of crawl.yaml, as JSON Lines"
)

// Command returns what to type instead of an unknown command, "" when it is not known.
func Command(name string) string {
	if IsURL(name) {
		return "newsonce init " + name + " --append adds a site, newsonce extract " + name + " prints the items of a page"
	}
	if name == "crawl.yaml" || strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml") {
		return "newsonce crawl -c " + name
	}
	return commands[strings.ToLower(name)]
}

var flags = map[string]string{
	"site":        "type the names of sites after the command",
	"name":        "type the names of sites after the command",
	"sites":       "type the names of sites after the command",
	"output":      inFile("output: {path: items.jsonl}"),
	"out":         inFile("output: {path: items.jsonl}"),
	"o":           inFile("output: {path: items.jsonl}"),
	"state":       inFile("state: newsonce.db"),
	"db":          inFile("state: newsonce.db"),
	"database":    inFile("state: newsonce.db"),
	"user-agent":  inFile("user_agent"),
	"agent":       inFile("user_agent"),
	"proxy":       inFile("defaults: {proxy: URL}"),
	"delay":       inFile("defaults: {delay: 2s}"),
	"timeout":     inFile("defaults: {timeout: 30s}"),
	"header":      inFile("defaults: {headers: {NAME: VALUE}}"),
	"H":           inFile("defaults: {headers: {NAME: VALUE}}"),
	"concurrency": "type --workers 8",
	"threads":     "type --workers 8",
	"j":           "type --workers 8",
	"depth":       inFile("limits: {depth: 2}"),
	"n":           "type --limit 5",
	"max-pages":   "type --limit 5",
	"max":         "type --limit 5",
	"m":           "type --limit 5",
	"debug":       "type --log-level debug",
	"d":           "type --log-level debug",
	"silent":      "type -q",
	"s":           "type -q",
	"V":           "type --version",
	"force":       "type --refetch",
	"f":           "type -c FILE for another configuration, --refetch for known articles",
	"days":        "type --since DATE with --refetch, or backfill --from DATE",
	"format":      "items are JSON Lines",
	"all":         "without names, all sites are taken",
	"i":           "type --append",
	"url":         "type URLs after the command",
}

func inFile(what string) string { return "write " + what + " in crawl.yaml" }

// Flag returns what to type instead of an unknown flag, given without its dashes, ""
// when it is not known.
func Flag(name string) string { return flags[name] }

// Value returns how to write the value of a flag of the given type, "" when the reason
// says it.
func Value(kind, value string) string {
	switch kind {
	case "int", "int64", "uint":
		return "type a whole number such as 100"
	case "float64":
		if strings.HasSuffix(value, "%") {
			return "type a number such as 0.5"
		}
		return "type a number"
	case "bool":
		return "type the flag without a value"
	}
	return ""
}

// IsURL reports whether s looks like a URL, with or without its scheme.
func IsURL(s string) bool {
	if strings.Contains(s, "://") {
		return true
	}
	host, _, _ := strings.Cut(s, "/")
	dot := strings.LastIndexByte(host, '.')
	if dot <= 0 || len(host)-dot < 3 || strings.ContainsAny(s, " \\") {
		return false
	}
	switch host[dot+1:] {
	case "html", "htm", "json", "jsonl", "yaml", "yml", "txt", "csv", "gz", "zst", "xml", "db":
		return false
	}
	return true
}

// URL returns the end of a message about text that is no absolute URL: how to type it,
// "" when it does not look like one.
func URL(s string) string {
	switch _, rest, ok := strings.Cut(s, "://"); {
	case ok:
		return ": type https://" + rest
	case IsURL(s):
		return ": type https://" + strings.TrimLeft(s, "/")
	}
	return ""
}
