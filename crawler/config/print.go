package config

import (
	"fmt"
	"io"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/newsonce/newsonce/crawler/extract"
)

// masked stands for a secret.
const masked = "***"

// Print writes the effective configuration as YAML: every default applied a
// site, paths absolute, secrets masked as ***. A secret that came from a file
// is printed as that file. It parses again to the same Config, secrets aside.
func (c *Config) Print(w io.Writer) error {
	sites := make([]yaml.MapSlice, len(c.Sites))
	for i, s := range c.Sites {
		sites[i] = s.print()
	}
	top := yaml.MapSlice{
		{Key: "version", Value: 1},
		{Key: "user_agent", Value: c.UserAgent},
		{Key: "state", Value: c.State},
		{Key: "output", Value: yaml.MapSlice{
			{Key: "path", Value: c.Output.Path},
			{Key: "rotate", Value: yaml.MapSlice{
				{Key: "size", Value: printSize(c.Output.Rotate.Size)},
				{Key: "age", Value: FormatDuration(c.Output.Rotate.Age)},
			}},
		}},
		{Key: "min_free", Value: printSize(c.MinFree)},
		{Key: "workers", Value: c.Workers},
		{Key: "sites", Value: sites},
	}
	data, err := yaml.MarshalWithOptions(safe(top), yaml.Indent(2), yaml.IndentSequence(true))
	if err != nil {
		return fmt.Errorf("print configuration: %w", err)
	}
	_, err = w.Write(data)
	return err
}

// plain texts need no quotes anywhere in YAML, words that mean something else
// aside.
var plain = regexp.MustCompile(`^([A-Za-z/][A-Za-z0-9_./+@*=()-]*([ :][A-Za-z0-9_./+@*=()-]+)*|([0-9]+(ns|us|ms|s|m|h|d|kB|MB|[KMG]iB))+)$`)

var meaningful = []string{"null", "true", "false", "yes", "no", "on", "off", "y", "n"}

// quoted is a text that is always printed in quotes: the library leaves some
// that need them without (.inf).
type quoted string

// MarshalYAML gives a double-quoted scalar.
func (q quoted) MarshalYAML() ([]byte, error) { return []byte(strconv.Quote(string(q))), nil }

// safe replaces each text in a tree that could be misread by a quoted one.
func safe(v any) any {
	switch v := v.(type) {
	case string:
		if !plain.MatchString(v) || slices.Contains(meaningful, strings.ToLower(v)) {
			return quoted(v)
		}
	case []string:
		return printed(v, func(s string) any { return safe(s) })
	case []yaml.MapSlice:
		return printed(v, func(m yaml.MapSlice) any { return safe(m) })
	case yaml.MapSlice:
		for i := range v {
			v[i].Value = safe(v[i].Value)
		}
	}
	return v
}

func (s *Site) print() yaml.MapSlice {
	m := yaml.MapSlice{
		{Key: "name", Value: s.Name},
		{Key: "hosts", Value: s.Hosts},
		{Key: "timezone", Value: zoneName(s.Timezone)},
		{Key: "language", Value: s.Language},
		{Key: "headers", Value: s.printHeaders()},
		{Key: "cookies", Value: s.Cookies},
		{Key: "proxy", Value: s.printProxy()},
		{Key: "allow_private", Value: printed(s.Private, netip.Prefix.String)},
		{Key: "robots", Value: string(s.Robots)},
		{Key: "delay", Value: FormatDuration(s.Delay)},
		{Key: "concurrency", Value: s.Workers},
		{Key: "group_by", Value: string(s.GroupBy)},
		{Key: "timeout", Value: FormatDuration(s.Timeout)},
		{Key: "retries", Value: s.Retries},
		{Key: "limits", Value: yaml.MapSlice{
			{Key: "body", Value: printSize(s.Limits.Body)},
			{Key: "redirects", Value: s.Limits.Redirects},
			{Key: "url_length", Value: s.Limits.URLLength},
			{Key: "links", Value: s.Limits.Links},
			{Key: "depth", Value: s.Limits.Depth},
			{Key: "urls", Value: s.Limits.URLs},
		}},
		{Key: "refresh", Value: FormatDuration(s.Refresh)},
		{Key: "revisit", Value: printed(s.Revisit, FormatDuration)},
		{Key: "dedupe", Value: yaml.MapSlice{
			{Key: "on_duplicate", Value: yaml.MapSlice{
				{Key: "exact", Value: string(s.Duplicate.Exact)},
				{Key: "near", Value: string(s.Duplicate.Near)},
				{Key: "revision", Value: string(s.Duplicate.Revision)},
				{Key: "headline", Value: string(s.Duplicate.Headline)},
			}},
			{Key: "near", Value: yaml.MapSlice{
				{Key: "threshold", Value: s.Near.Threshold},
				{Key: "window", Value: FormatDuration(s.Near.Window)},
				{Key: "scope", Value: s.Near.Scope},
			}},
			{Key: "memory", Value: printSize(s.Memory)},
		}},
		{Key: "sources", Value: printed(s.Sources, Source.print)},
	}
	if article := s.printArticle(); len(article) > 0 {
		m = append(m, yaml.MapItem{Key: "article", Value: article})
	}
	if len(s.Rules.Blocks) > 0 {
		m = append(m, yaml.MapItem{Key: "headlines", Value: printed(s.Rules.Blocks, printBlock)})
	}
	if len(s.Expect) > 0 {
		m = append(m, yaml.MapItem{Key: "expect", Value: s.printExpect()})
	}
	return m
}

// printed maps a list to what is printed of it, never nil.
func printed[T, P any](list []T, print func(T) P) []P {
	out := make([]P, len(list))
	for i, v := range list {
		out[i] = print(v)
	}
	return out
}

func zoneName(l *time.Location) string {
	if l == nil {
		return ""
	}
	return l.String()
}

// secretHeaders are parts of header names whose values are not shown.
var secretHeaders = []string{"auth", "cookie", "token", "key", "secret", "session", "password", "signature"}

func (s *Site) printHeaders() yaml.MapSlice {
	m := yaml.MapSlice{}
	for _, name := range slices.Sorted(maps.Keys(s.Headers)) {
		var value any = s.Headers[name]
		secret := func(part string) bool { return strings.Contains(strings.ToLower(name), part) }
		if file := s.Files[name]; file != "" {
			value = yaml.MapSlice{{Key: "file", Value: file}}
		} else if slices.ContainsFunc(secretHeaders, secret) {
			value = masked
		}
		m = append(m, yaml.MapItem{Key: name, Value: value})
	}
	return m
}

// printProxy masks the password of a proxy.
func (s *Site) printProxy() any {
	if file := s.Files["proxy"]; file != "" {
		return yaml.MapSlice{{Key: "file", Value: file}}
	}
	return maskPassword(s.Proxy)
}

// maskPassword replaces the password of a URL.
func maskPassword(raw string) string {
	scheme, rest, ok := strings.Cut(raw, "://")
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	at := strings.LastIndexByte(rest[:end], '@')
	if !ok || at < 0 {
		return raw
	}
	user, _, hasPassword := strings.Cut(rest[:at], ":")
	if !hasPassword {
		return raw
	}
	return scheme + "://" + user + ":" + masked + rest[at:]
}

func (s Source) print() yaml.MapSlice {
	var block yaml.MapSlice
	switch {
	case s.Listing != nil:
		block = append(block, yaml.MapItem{Key: "urls", Value: s.Listing.URLs})
		block = appendSelectors(block, "links", s.Listing.Links)
		block = appendSelectors(block, "next", s.Listing.Next)
		block = appendJSON(block, s.Listing.JSON)
		block = append(block,
			yaml.MapItem{Key: "max_pages", Value: s.Listing.MaxPages},
			yaml.MapItem{Key: "stop_after_known", Value: s.Listing.StopAfterKnown})
	case s.Archive != nil:
		block = s.Archive.print()
	case s.Sitemap != nil:
		block = s.Sitemap.print()
	case s.Feed != nil:
		block = yaml.MapSlice{
			{Key: "urls", Value: s.Feed.URLs},
			{Key: "max_pages", Value: s.Feed.MaxPages},
			{Key: "stop_after_known", Value: s.Feed.StopAfterKnown},
		}
	case s.URLs != nil:
		block = yaml.MapSlice{{Key: "files", Value: s.URLs.Files}}
	case s.Wayback != nil:
		block = s.Wayback.print()
	case s.WARC != nil:
		block = s.WARC.print()
	}
	return yaml.MapSlice{{Key: "name", Value: s.Name}, {Key: s.Kind(), Value: block}}
}

func (a *Archive) print() yaml.MapSlice {
	value := func(s string) any { // numbers as numbers, days and steps as text
		if v, err := strconv.Atoi(s); err == nil {
			return v
		}
		return s
	}
	span := yaml.MapSlice{{Key: "from", Value: value(a.From)}}
	if a.To != "" {
		span = append(span, yaml.MapItem{Key: "to", Value: value(a.To)})
	}
	span = append(span,
		yaml.MapItem{Key: "step", Value: value(a.Step)},
		yaml.MapItem{Key: "order", Value: a.Order},
		yaml.MapItem{Key: "stop_after_missing", Value: a.StopAfterMissing})
	block := yaml.MapSlice{{Key: "url", Value: a.URL}, {Key: a.By, Value: span}}
	return appendJSON(appendSelectors(block, "links", a.Links), a.JSON)
}

func sourceOf(s extract.Selector) string { return s.Source }

func appendSelectors(m yaml.MapSlice, key string, s []extract.Selector) yaml.MapSlice {
	if len(s) == 0 {
		return m
	}
	return append(m, yaml.MapItem{Key: key, Value: printed(s, sourceOf)})
}

// appendField appends a field, in short where it is selectors alone.
func appendField(m yaml.MapSlice, key string, f extract.Field) yaml.MapSlice {
	if len(f.Remove) == 0 && len(f.Layouts) == 0 {
		return appendSelectors(m, key, f.Select)
	}
	long := appendSelectors(nil, "select", f.Select)
	long = appendSelectors(long, "remove", f.Remove)
	if len(f.Layouts) > 0 {
		long = append(long, yaml.MapItem{Key: "layouts", Value: f.Layouts})
	}
	return append(m, yaml.MapItem{Key: key, Value: long})
}

func (s *Site) printArticle() yaml.MapSlice {
	var m yaml.MapSlice
	if s.Match != nil {
		m = append(m, yaml.MapItem{Key: "match", Value: s.Match.String()})
	}
	m = append(m, printFields(s.Rules.Article)...)
	if len(s.Rules.Variants) > 0 {
		m = append(m, yaml.MapItem{Key: "variants", Value: printed(s.Rules.Variants, func(v extract.Variant) yaml.MapSlice {
			until := yaml.MapItem{Key: "valid_until", Value: v.ValidUntil.Format(time.DateOnly)}
			return append(yaml.MapSlice{until}, printFields(v.Article)...)
		})})
	}
	return m
}

func printFields(a extract.ArticleRules) (m yaml.MapSlice) {
	m = appendField(m, "title", a.Title)
	m = appendField(m, "summary", a.Summary)
	m = appendField(m, "body", a.Body)
	m = appendField(m, "date_published", a.DatePublished)
	m = appendField(m, "date_modified", a.DateModified)
	m = appendField(m, "authors", a.Authors)
	m = appendField(m, "publisher", a.Publisher)
	m = appendField(m, "section", a.Section)
	m = appendField(m, "tags", a.Tags)
	m = appendField(m, "language", a.Language)
	return appendField(m, "image", a.Image)
}

func printBlock(b extract.Block) yaml.MapSlice {
	var on []string
	if b.OnArticle {
		on = append(on, "article")
	}
	if b.OnListing {
		on = append(on, "listing")
	}
	m := yaml.MapSlice{{Key: "block", Value: b.Name}, {Key: "on", Value: on}}
	m = appendSelectors(m, "item", b.Item)
	m = appendField(m, "title", b.Title)
	m = appendField(m, "url", b.URL)
	m = appendField(m, "date", b.Date)
	return append(m, yaml.MapItem{Key: "follow", Value: b.Follow})
}

func (s *Site) printExpect() (m yaml.MapSlice) {
	for _, e := range s.Expect {
		var value any = e.Share
		switch {
		case e.Block != "" && e.Max < 0:
			value = fmt.Sprintf(">=%d", e.Min)
		case e.Block != "" && e.Min == 0:
			value = fmt.Sprintf("<=%d", e.Max)
		case e.Block != "":
			value = fmt.Sprintf("%d..%d", e.Min, e.Max)
		}
		m = append(m, yaml.MapItem{Key: e.Key, Value: value})
	}
	return m
}
