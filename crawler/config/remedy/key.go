package remedy

import (
	"regexp"
	"strings"
)

// keys are what to write instead of keys that other programs have, or that stand in
// the wrong place, by the mapping that they stand in.
var keys = map[string]map[string]string{
	"crawl.yaml": {
		"name":                underSites,
		"sources":             underSites,
		"hosts":               underSites,
		"article":             underSites,
		"headlines":           underSites,
		"feed":                underSites,
		"listing":             underSites,
		"rss":                 underSites,
		"sitemap":             underSites,
		"url":                 underSites,
		"urls":                underSites,
		"start_urls":          underSites,
		"site":                "write sites, with a - before each site",
		"robotstxt_obey":      "write robots: obey or robots: ignore under defaults",
		"download_delay":      "write delay: 2s under defaults",
		"concurrent_requests": "write workers here, and concurrency under defaults",
		"log_level":           onCommandLine,
		"debug":               onCommandLine,
		"verbose":             onCommandLine,
		"logging":             onCommandLine,
		"database":            "write state",
		"db":                  "write state",
		"schedule":            scheduled,
		"cron":                scheduled,
		"interval":            scheduled,
		"path":                "write output: {path: items.jsonl}",
		"output_path":         "write output: {path: items.jsonl}",
	},
	"a site": {
		"url":             underSources,
		"urls":            underSources,
		"start_urls":      underSources,
		"start_url":       underSources,
		"seeds":           underSources,
		"listing":         underSources,
		"feed":            underSources,
		"feeds":           underSources,
		"rss":             underSources,
		"sitemap":         underSources,
		"sitemaps":        underSources,
		"archive":         underSources,
		"wayback":         underSources,
		"warc":            underSources,
		"allowed_domains": "write hosts",
		"domain":          "write hosts",
		"domains":         "write hosts",
		"host":            "write hosts",
		"max_pages":       "it belongs to a listing: - listing: {urls: https://news.example/, max_pages: 5}",
		"links":           "it belongs to a listing: - listing: {urls: https://news.example/, links: h2 a}",
		"next":            "it belongs to a listing: - listing: {urls: https://news.example/, next: auto}",
		"match":           underArticle,
		"title":           underArticle,
		"body":            underArticle,
		"selectors":       underArticle,
		"authors":         underArticle,
		"schedule":        scheduled,
		"interval":        scheduled,
		"cron":            scheduled,
		"every":           scheduled,
		"login":           "write basic_auth: {user: me, password_file: FILE}, or headers: {Cookie: {file: FILE}}",
		"auth":            "write basic_auth: {user: me, password_file: FILE}",
		"obey":            "write robots: obey",
		"robots_txt":      "write robots: obey or robots: ignore",
		"user_agent":      "it belongs at the top of the file",
		"workers":         "it belongs at the top of the file; here write concurrency",
		"output":          "it belongs at the top of the file; output.path may contain {site}",
	},
	"a source": {
		"rss":    "write feed",
		"atom":   "write feed",
		"feeds":  "write feed",
		"page":   "write listing",
		"url":    "write listing",
		"html":   "write listing",
		"json":   "write listing: {urls: …, json: {links: …}}",
		"robots": "write sitemap: auto",
	},
	"listing": {
		"pages":      "write max_pages",
		"pagination": "write next: auto",
		"limit":      "write max_pages",
		"selector":   "write links",
		"link":       "write links",
		"match":      "it belongs under article: which URLs are articles",
	},
	"feed": {"limit": "write max_pages",
		"pages": "write max_pages"},
	"article": {
		"headline":     "write title",
		"content":      "write body",
		"text":         "write body",
		"content_text": "write body",
		"author":       "write authors",
		"byline":       "write authors",
		"date":         "write date_published",
		"published":    "write date_published",
		"pubdate":      "write date_published",
		"time":         "write date_published",
		"updated":      "write date_modified",
		"modified":     "write date_modified",
		"description":  "write summary",
		"lead":         "write summary",
		"teaser":       "write summary",
		"keywords":     "write tags",
		"category":     "write section",
		"image_url":    "write image",
		"url":          "write match: a pattern for the URLs of articles",
		"pattern":      "write match",
		"remove":       "it belongs to a field: body: {select: article, remove: [aside]}",
	},
	"output": {
		"file":     "write path",
		"format":   "remove it: newsonce writes JSON Lines",
		"type":     "remove it: newsonce writes JSON Lines",
		"folder":   "write path, with a file name",
		"dir":      "write path, with a file name",
		"compress": "end path in .gz or .zst",
	},
	"s3": {
		"access_key":            credentials,
		"access_key_id":         credentials,
		"secret_key":            credentials,
		"secret_access_key":     credentials,
		"aws_access_key_id":     credentials,
		"aws_secret_access_key": credentials,
		"session_token":         credentials,
		"key":                   credentials,
		"secret":                credentials,
		"profile":               credentials,
		"bucket":                objects,
		"prefix":                objects,
		"path":                  objects,
		"url":                   "write endpoint",
		"endpoint_url":          "write endpoint",
		"host":                  "write endpoint: https://HOST",
		"force_path_style":      "write path_style",
		"use_path_style":        "write path_style",
	},
	"basic_auth": {"username": "write user",
		"pass":  "write password",
		"login": "write user"},
}

const (
	underSites   = "it belongs to a site: write sites:, and below it - name: NAME and the keys of the site"
	underSources = "it belongs under sources, such as sources: [{listing: https://news.example/}, " +
		"{feed: https://news.example/rss}]"
	underArticle  = "it belongs under article"
	credentials   = "credentials do not belong into crawl.yaml: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
	objects       = "write output: {path: s3://BUCKET/PREFIX/items.jsonl.gz}"
	onCommandLine = "it is set on the command line: -v or --log-level debug"
	scheduled     = "cron or a systemd timer starts newsonce; " +
		"refresh: 15m is the least time between two requests for a source"
)

// Key returns what to write instead of an unknown key of a mapping, "" when it is not
// known.
func Key(what, key string) string {
	if what == "defaults" {
		what = "a site"
	}
	return keys[what][Snake(key)]
}

var camel = regexp.MustCompile(`([a-z])([A-Z])`)

// Snake returns a key in the form of crawl.yaml: start_urls for startUrls, START-URLS.
func Snake(key string) string {
	return strings.ReplaceAll(strings.ToLower(camel.ReplaceAllString(key, "${1}_${2}")), "-", "_")
}

// shapes are examples of values that are lists or mappings, by the name of the value.
var shapes = map[string]string{
	"crawl.yaml": "sites: and below it - name: NAME; newsonce init URL --append writes a site",
	"sites":      "- name: NAME and the keys of the site",
	"sources":    "- listing: https://news.example/",
	"a source":   "- listing: URL for a page with links to articles, - feed: URL for RSS or Atom, or - sitemap: URL",
	"a site":     "- name: NAME and below it sources:", "hosts": "[news.example]", "was": "[old-name]",
	"headlines":        "- block: NAME and below it item: SELECTOR; or none",
	"a headline block": "- block: NAME and below it item: SELECTOR",
	"allow_private":    "[127.0.0.0/8], the networks that may be reached",
	"revisit":          "[1h, 24h, 7d]",
	"variants":         "- valid_until: 2019-05-31 and the fields of the variant",
	"output":           "{path: items.jsonl}",
	"rotate":           "{size: 100MiB, age: 1d}",
	"defaults":         "delay: 2s, without a - before it",
	"dedupe":           "{near: {threshold: 0}} to switch near-duplicates off",
	"near":             "{threshold: 0} to switch it off",
	"limits":           "{body: 20MiB}",
	"headers":          "{Accept-Language: de}",
	"article":          "{title: h1, body: .text p}",
	"sitemap":          "sitemap: auto, or a URL",
	"feed":             "feed: URL",
	"wayback":          "{url: news.example/politics/*}",
	"json":             "{links: items[].url}",
	"archive":          "{url: 'https://news.example/{id}', id: {from: 1, to: 500}}",
	"basic_auth":       "{user: me, password_file: FILE}",
	"page":             "{from: 1, to: 500}",
	"id":               "{from: 1, to: 500}",
	"date":             "{from: 2019-05-31}",
}

// Shape returns an example of a value that is a list or a mapping, "" when none is
// needed.
func Shape(what string) string { return shapes[what] }
