package config

import (
	"fmt"
	"io"
	"maps"
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

// Mapping is a YAML mapping to print, in order.
type Mapping []Entry

// Entry is one key of a Mapping. Its value is a text, number, boolean, duration or
// Mapping, or a list of texts or Mappings.
type Entry struct {
	Key   string
	Value any
}

// Print writes the effective configuration as YAML: defaults applied to each site,
// paths absolute, secrets masked as ***. A secret read from a file is printed as
// that file. The output parses to the same Config, except for masked secrets.
func (c *Config) Print(w io.Writer) error {
	sites := make([]Mapping, len(c.Sites))
	for i, s := range c.Sites {
		sites[i] = s.print()
	}
	top := Mapping{
		{"version", 1},
		{"user_agent", c.UserAgent},
		{"state", c.StateName()},
		{"output", printSettings(c.Output.settings())},
		{"min_free", printSize(c.MinFree)},
		{"workers", c.Workers},
	}
	if c.S3 != defaultS3 {
		top = slices.Insert(top, 4, Entry{"s3", c.S3.print()})
	}
	if c.Metrics != "" {
		top = append(top, Entry{"metrics_file", c.Metrics})
	}
	if len(c.Notify) > 0 {
		top = append(top, Entry{"notify", printed(c.Notify, Notify.print)})
	}
	if len(c.Alerts) > 0 {
		top = append(top, Entry{"alerts", printed(c.Alerts, Alert.print)})
	}
	top = append(top, Entry{"sites", sites})
	data, err := yaml.MarshalWithOptions(encoded(top), yaml.Indent(2), yaml.IndentSequence(true))
	if err != nil {
		return fmt.Errorf("print configuration: %w", err)
	}
	_, err = w.Write(data)
	return err
}

// plain matches texts that need no quotes anywhere in YAML, except for the words
// in meaningful.
var plain = regexp.MustCompile(`^([A-Za-z/][A-Za-z0-9_./+@*=()-]*([ :][A-Za-z0-9_./+@*=()-]+)*|([0-9]+(ns|us|ms|s|m|h|d|kB|MB|[KMG]iB))+)$`)

var meaningful = []string{"null", "true", "false", "yes", "no", "on", "off", "y", "n"}

// quoted is a text that is printed in quotes. The library omits some that are
// needed (.inf).
type quoted string

// MarshalYAML returns a double-quoted scalar.
func (q quoted) MarshalYAML() ([]byte, error) { return []byte(strconv.Quote(string(q))), nil }

// encoded turns a value of an Entry into what the library prints, with quotes
// around each text that could be misread.
func encoded(v any) any {
	switch v := v.(type) {
	case string:
		if !plain.MatchString(v) || slices.Contains(meaningful, strings.ToLower(v)) {
			return quoted(v)
		}
	case time.Duration:
		return FormatDuration(v)
	case []string:
		return printed(v, func(s string) any { return encoded(s) })
	case []Mapping:
		return printed(v, func(m Mapping) any { return encoded(m) })
	case Mapping:
		return yaml.MapSlice(printed(v, func(e Entry) yaml.MapItem {
			return yaml.MapItem{Key: e.Key, Value: encoded(e.Value)}
		}))
	}
	return v
}

func (s *Site) print() Mapping {
	m := Mapping{{"name", s.Name}}
	if len(s.Was) > 0 {
		m = append(m, Entry{"was", s.Was})
	}
	m = append(append(m, Entry{"hosts", s.Hosts}), printSettings(settings(s))...)
	m = append(m, Entry{"sources", printed(s.Sources, Source.print)})
	if article := s.printArticle(); len(article) > 0 {
		m = append(m, Entry{"article", article})
	}
	if s.NoHeadlines {
		m = append(m, Entry{"headlines", "none"})
	} else if len(s.Rules.Blocks) > 0 {
		m = append(m, Entry{"headlines", printed(s.Rules.Blocks, printBlock)})
	}
	if len(s.Expect) > 0 {
		m = append(m, Entry{"expect", s.printExpect()})
	}
	return m
}

// printed maps each value of a list; the result is never nil.
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

// secretHeaders are parts of the names of headers whose values are masked.
var secretHeaders = []string{"auth", "cookie", "token", "key", "secret", "session", "password", "signature"}

func (s *Site) printHeaders() Mapping {
	m := Mapping{}
	for _, name := range slices.Sorted(maps.Keys(s.Headers)) {
		var value any = s.Headers[name]
		secret := func(part string) bool { return strings.Contains(strings.ToLower(name), part) }
		if file := s.Files[name]; file != "" {
			value = Mapping{{"file", file}}
		} else if slices.ContainsFunc(secretHeaders, secret) {
			value = masked
		}
		m = append(m, Entry{name, value})
	}
	return m
}

// printProxy masks the password of a proxy.
func (s *Site) printProxy() any {
	if file := s.Files["proxy"]; file != "" {
		return Mapping{{"file", file}}
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

func (s Source) print() Mapping { return Mapping{{"name", s.Name}, {s.Kind, s.Spec.Print()}} }

func sourceOf(s extract.Selector) string { return s.Source }

func appendSelectors(m Mapping, key string, s []extract.Selector) Mapping {
	if len(s) == 0 {
		return m
	}
	return append(m, Entry{key, printed(s, sourceOf)})
}

// appendField appends a field, in the short form if it only has selectors.
func appendField(m Mapping, key string, f extract.Field) Mapping {
	if len(f.Remove) == 0 && len(f.Layouts) == 0 {
		return appendSelectors(m, key, f.Select)
	}
	long := appendSelectors(nil, "select", f.Select)
	long = appendSelectors(long, "remove", f.Remove)
	if len(f.Layouts) > 0 {
		long = append(long, Entry{"layouts", f.Layouts})
	}
	return append(m, Entry{key, long})
}

func (s *Site) printArticle() Mapping {
	var m Mapping
	if s.Match != nil {
		m = append(m, Entry{"match", s.Match.String()})
	}
	m = append(m, printFields(s.Rules.Article)...)
	if len(s.Rules.Variants) > 0 {
		m = append(m, Entry{"variants", printed(s.Rules.Variants, func(v extract.Variant) Mapping {
			until := Entry{"valid_until", v.ValidUntil.Format(time.DateOnly)}
			return append(Mapping{until}, printFields(v.Article)...)
		})})
	}
	return m
}

func printFields(a extract.ArticleRules) (m Mapping) {
	for _, f := range articleFields(&a) {
		m = appendField(m, f.key, *f.rule)
	}
	return m
}

func printBlock(b extract.Block) Mapping {
	var on []string
	if b.OnArticle {
		on = append(on, "article")
	}
	if b.OnListing {
		on = append(on, "listing")
	}
	m := Mapping{{"block", b.Name}, {"on", on}}
	m = appendSelectors(m, "item", b.Item)
	m = appendField(m, "title", b.Title)
	m = appendField(m, "url", b.URL)
	m = appendField(m, "date", b.Date)
	return append(m, Entry{"follow", b.Follow})
}

func (s *Site) printExpect() (m Mapping) {
	for i := range s.Expect {
		m = append(m, Entry{s.Expect[i].Key, s.Expect[i].Bound()})
	}
	return m
}
