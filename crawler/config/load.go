package config

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Load reads and validates the configuration at path. Sources may be of the
// built-in kinds or of the given ones; a given kind replaces a built-in one of the
// same name.
//
// env looks up environment variables (os.Getenv; nil for none). NEWSONCE_STATE,
// NEWSONCE_OUTPUT_PATH, NEWSONCE_USER_AGENT and NEWSONCE_WORKERS override the
// file. Relative paths in the file start at its folder, those in variables at the
// working directory. Mistakes in the content are returned as Errors.
func Load(path string, env func(string) string, kinds ...Kind) (*Config, error) {
	return loadFile(path, env, kinds, false)
}

// LoadDefaults is Load for a file that need not have sites yet.
func LoadDefaults(path string, env func(string) string, kinds ...Kind) (*Config, error) {
	return loadFile(path, env, kinds, true)
}

// Empty returns the configuration of a file with nothing in it.
func Empty() (*Config, error) { return load("crawl.yaml", ".", []byte("{}"), nil, nil, true) }

func loadFile(path string, env func(string) string, kinds []Kind, siteless bool) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w (name another with -c FILE)", err)
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("read configuration %s: %w", path, err)
	}
	return load(path, dir, data, env, kinds, siteless)
}

// Parse is Load for data in memory, without variables. Messages call the file
// name; relative paths start at dir.
func Parse(name, dir string, data []byte, kinds ...Kind) (*Config, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("read configuration %s: %w", name, err)
	}
	return load(name, abs, data, nil, kinds, false)
}

func load(name, dir string, data []byte, env func(string) string, more []Kind, siteless bool) (*Config, error) {
	kinds := slices.DeleteFunc(Kinds(), func(k Kind) bool {
		return slices.ContainsFunc(more, func(m Kind) bool { return m.Name == k.Name })
	})
	if env == nil {
		env = func(string) string { return "" }
	}
	r := &reader{file: name, dir: dir, kinds: append(kinds, more...), siteless: siteless}
	c := &Config{
		File: name, Dir: dir,
		UserAgent: "newsonce/VERSION",
		State:     filepath.Join(dir, "newsonce.db"),
		Output:    Output{Path: filepath.Join(dir, "items.jsonl")},
		S3:        defaultS3,
		MinFree:   64 << 20,
		Workers:   16,
	}
	if root := r.tree(data); root != nil {
		root.config(c, env)
	}
	if len(r.errs) > 0 {
		return nil, r.errs.sorted()
	}
	for _, w := range r.warnings.sorted() {
		c.Warnings = append(c.Warnings, w.Error())
	}
	return c, nil
}

// config reads the top level of the file, then the variables, which override it.
func (n *Node) config(c *Config, env func(string) string) {
	defaults := newSite()
	places := map[string]*Node{}
	place := func(key string, read func(*Node)) func(*Node) {
		return func(v *Node) { places[key] = v; read(v) }
	}
	var sites, alerts, defaultsAt *Node
	ok := n.Read("crawl.yaml", Keys{
		"version":      func(v *Node) { v.version() },
		"user_agent":   place("user_agent", func(v *Node) { c.UserAgent = v.Text() }),
		"state":        place("state", func(v *Node) { c.State = v.joined(v.stateText()) }),
		"output":       place("output", func(v *Node) { v.Read("output", keysOf(c.Output.settings())) }),
		"s3":           place("s3", c.S3.read),
		"metrics_file": func(v *Node) { c.Metrics = v.metricsFile() },
		"min_free":     func(v *Node) { c.MinFree = v.Size() },
		"workers":      func(v *Node) { c.Workers = v.workers() },
		"watch":        func(v *Node) { v.watch(defaults) },
		"notify":       func(v *Node) { c.Notify = v.notify() },
		"alerts":       func(v *Node) { alerts = v },
		"defaults":     func(v *Node) { defaultsAt = v },
		"sites":        func(v *Node) { sites = v },
	})
	if !ok {
		return
	}
	if defaultsAt != nil { // overrides watch, wherever it stands
		defaultsAt.Read("defaults", keysOf(settings(defaults)))
	}
	n.r.variables(c, env, places)
	n.top(c, places)
	c.Defaults = defaults
	if sites == nil && n.r.siteless {
		return
	}
	n.Require("sites", "no sites: add at least one under sites; newsonce init URL --append writes it")
	if sites != nil {
		sites.sites(c, defaults)
	}
	if alerts != nil {
		alerts.alerts(c)
	}
}

func (n *Node) version() {
	if v := n.Count(0); n.form == number && v != 1 {
		n.Fail("this newsonce reads version 1, not %d", v)
	}
}

// maxWorkers limits the damage of a typing mistake.
const maxWorkers = 1024

func (n *Node) workers() int {
	v := n.Count(1)
	if v > maxWorkers {
		n.Fail("must be at most %d, got %d", maxWorkers, v)
	}
	return v
}

func (o *Output) settings() []setting {
	return []setting{
		{"path", func(n *Node) { o.Path = n.joined(n.outputText()) }, func() any { return o.Path }},
		group("rotate", sizeSetting("size", &o.Rotate.Size), durationSetting("age", &o.Rotate.Age)),
	}
}

// metricsFile reads the path of a file for node_exporter's textfile collector, which
// reads only files whose name ends in .prom.
func (n *Node) metricsFile() string {
	path := n.pathText()
	switch {
	case path == "":
		return ""
	case path == "-" || strings.Contains(path, "://"):
		n.Fail("metrics_file must be a file: write a path such as /var/lib/node_exporter/newsonce.prom")
	case strings.HasSuffix(path, "/"):
		n.Fail("metrics_file %q is a folder: add a file name such as newsonce.prom", clip(path))
	case !strings.HasSuffix(path, ".prom"):
		n.Warn("metrics_file %q: node_exporter reads only files whose names end in .prom", clip(path))
	}
	return n.joined(path)
}

// outputText reads output.path as written, before .. elements are cleaned away.
func (n *Node) outputText() string {
	path := n.pathText()
	if i := strings.IndexByte(path, '{'); i >= 0 && slices.Contains(strings.Split(path[i:], "/"), "..") {
		n.Fail("output.path %q must not have .. after a placeholder", clip(path))
	}
	if strings.HasSuffix(path, "/") {
		n.Fail("output.path %q is a folder: add a file name such as items.jsonl", clip(path))
	}
	return path
}

// variables applies the environment. It notes their nodes, which have no line, as
// the places of these values.
func (r *reader) variables(c *Config, env func(string) string, places map[string]*Node) {
	set := func(key, variable string, f form) *Node {
		value := env(variable)
		if value == "" {
			return nil
		}
		places[key] = &Node{r: r, form: f, text: value, variable: variable}
		return places[key]
	}
	if n := set("user_agent", "NEWSONCE_USER_AGENT", text); n != nil {
		c.UserAgent = n.text
	}
	if n := set("state", "NEWSONCE_STATE", text); n != nil {
		n.stateText()
		c.State = n.fromWorkingDir()
	}
	if n := set("output", "NEWSONCE_OUTPUT_PATH", text); n != nil {
		n.outputText()
		c.Output.Path = n.fromWorkingDir()
	}
	if n := set("workers", "NEWSONCE_WORKERS", number); n != nil {
		c.Workers = n.workers()
	}
}

func (n *Node) fromWorkingDir() string {
	if n.text == "-" || isURL(n.text) {
		return n.text
	}
	path, err := filepath.Abs(n.text)
	if err != nil {
		n.Fail("%v", err)
	}
	return path
}

// top checks the keys of the top level against each other, after the variables.
func (n *Node) top(c *Config, places map[string]*Node) {
	at := func(key string) *Node {
		if v := places[key]; v != nil {
			return v
		}
		return n
	}
	at("user_agent").userAgent(c, places["user_agent"] != nil)
	at("output").outputPath(c)
	if v := places["s3"]; v != nil && !strings.HasPrefix(c.Output.Path, "s3://") {
		v.Warn("s3 has no effect: output.path does not begin with s3://")
	}
}

// product matches the name that a user agent begins with. RFC 9309 section
// 2.2.1 does not allow digits, but names in use have them.
var product = regexp.MustCompile(`^([A-Za-z0-9_-]+)(/[!-~]*)?( |$)`)

// compatible matches the name of a crawler that presents itself as
// "Mozilla/5.0 (compatible; name/1.0; …)".
var compatible = regexp.MustCompile(`^Mozilla/[0-9.]+ \(compatible; ?([A-Za-z0-9_-]+)`)

// placeholderHost matches a host that RFC 2606 reserves for examples.
var placeholderHost = regexp.MustCompile(`\bexample\.(com|net|org)\b`)

// userAgent checks the user agent and sets the product token.
func (n *Node) userAgent(c *Config, given bool) {
	const example = `"newsonce/VERSION (+https://your.site/contact)"`
	m := compatible.FindStringSubmatch(c.UserAgent)
	if m == nil {
		m = product.FindStringSubmatch(c.UserAgent)
	}
	switch {
	case m == nil:
		if c.UserAgent != "" { // otherwise reported as empty
			n.Fail("user_agent %q must begin with a name of letters, digits, _ and -, such as %s", clip(c.UserAgent), example)
		}
		return
	case !validHeaderValue(c.UserAgent):
		n.Fail("user_agent contains a line end or another character that is not allowed in a header")
		return
	case !given:
		n.Warn("user_agent is not set: tell sites who you are, such as %s", example)
	case m[1] == "Mozilla":
		n.Warn("user_agent names a browser, so robots.txt would be matched on Mozilla: begin with a name of your own")
	case !strings.Contains(c.UserAgent, "@") && !strings.Contains(c.UserAgent, "://"):
		n.Warn("user_agent has no contact: add a URL or an email address, such as \"%s (+https://your.site/contact)\"", m[1])
	case placeholderHost.MatchString(c.UserAgent):
		n.Warn("user_agent still has the placeholder contact: replace it with a URL or an email address of yours")
	}
	c.Product = m[1]
}

func (n *Node) stateText() string {
	path := n.pathText()
	switch {
	case path == "-":
		n.Fail("the state must be a file: write a path such as newsonce.db")
	case strings.HasPrefix(path, "postgresql://"):
		n.Fail("state: write postgres:// instead of postgresql://")
	case strings.Contains(path, "://") && !strings.HasPrefix(path, "postgres://"):
		n.Fail("the state must be a SQLite file or a PostgreSQL database: write a path such as newsonce.db, " +
			"or postgres://user@host/database")
	case strings.HasPrefix(path, "postgres://"):
	case strings.HasSuffix(path, "/"):
		n.Fail("state %q is a folder: add a file name such as newsonce.db", clip(path))
	}
	return path
}

// placeholders are the words that output.path may contain in braces.
var placeholders = []string{"site", "type", "date"}

var braces = regexp.MustCompile(`\{([^{}]*)\}`)

func (n *Node) outputPath(c *Config) {
	if v := n.Get("path"); v != nil {
		n = v
	}
	path := c.Output.Path
	for _, m := range braces.FindAllStringSubmatch(path, -1) {
		if !slices.Contains(placeholders, m[1]) {
			n.Fail("unknown placeholder {%s} in output.path: write {site}, {type} or {date}", clip(m[1]))
			return
		}
	}
	if strings.Contains(path, "%Y") || strings.Contains(path, "%m") || strings.Contains(path, "%d") {
		n.Fail("output.path %q uses %% codes: write {date}, the day of the commit", clip(path))
	}
	rotates := c.Output.Rotate != Rotate{}
	switch {
	case strings.ContainsAny(braces.ReplaceAllString(path, ""), "{}"):
		n.Fail("output.path has an unmatched brace")
	case path == "-" && rotates:
		n.Fail("standard output cannot be rotated: remove rotate or name a file")
	case path == c.State && path != "":
		n.Fail("output.path is the file of the state: name another file")
	case strings.HasPrefix(path, "s3://") && !strings.HasSuffix(path, "/"): // else reported as a folder
		n.objectPath(c)
	}
}

// sites reads the sites, each over a copy of the defaults.
func (n *Node) sites(c *Config, defaults *Site) {
	items := n.entries("sites")
	if len(items) == 0 && !n.r.siteless && (n.form == list || n.form == null) {
		n.Fail("sites is empty: add at least one; newsonce init URL --append writes it")
	}
	lines := map[string]int{}
	for _, item := range items {
		s := item.site(defaults)
		if first, ok := lines[s.Name]; ok && s.Name != "" {
			item.Fail("site name %q is already used on line %d: move the sources there, or choose another name", s.Name, first)
		}
		lines[s.Name] = item.line
		c.Sites = append(c.Sites, s)
	}
}
