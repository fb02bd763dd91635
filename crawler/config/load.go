package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Load reads and validates the configuration at path. Variables found by env
// (os.Getenv; nil for none) go before the file: NEWSONCE_STATE,
// NEWSONCE_OUTPUT_PATH, NEWSONCE_USER_AGENT and NEWSONCE_WORKERS. Relative
// paths in the file are relative to its folder, those in variables to the
// working directory. What is wrong with the content comes as Errors.
func Load(path string, env func(string) string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w (name another with -c FILE)", err)
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("read configuration %s: %w", path, err)
	}
	if env == nil {
		env = func(string) string { return "" }
	}
	return load(path, dir, data, env)
}

// Parse is Load from memory: name stands in messages, dir is what relative
// paths are relative to. No variables are looked at.
func Parse(name, dir string, data []byte) (*Config, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("read configuration %s: %w", name, err)
	}
	return load(name, abs, data, func(string) string { return "" })
}

func load(name, dir string, data []byte, env func(string) string) (*Config, error) {
	r := &reader{file: name, dir: dir}
	c := &Config{
		File: name, Dir: dir,
		UserAgent: "newsonce/VERSION",
		State:     filepath.Join(dir, "newsonce.db"),
		Output:    Output{Path: filepath.Join(dir, "items.jsonl")},
		MinFree:   64 << 20,
		Workers:   16,
	}
	if root := r.tree(data); root != nil {
		r.config(root, c, env)
	}
	if len(r.errs) > 0 {
		return nil, r.errs.sorted()
	}
	for _, w := range r.warnings.sorted() {
		c.Warnings = append(c.Warnings, w.Error())
	}
	return c, nil
}

// config reads the top of the file, then the variables over it.
func (r *reader) config(root *node, c *Config, env func(string) string) {
	defaults := newSite()
	places := map[string]*node{}
	note := func(key string, read func(*node)) func(*node) {
		return func(n *node) { places[key] = n; read(n) }
	}
	var sites *node
	ok := r.read(root, "crawl.yaml", keys{
		"version":    func(n *node) { r.version(n) },
		"user_agent": note("user_agent", func(n *node) { c.UserAgent = r.filled(n) }),
		"state":      note("state", func(n *node) { c.State = r.joined(r.stateText(n)) }),
		"output":     note("output", func(n *node) { r.output(n, &c.Output) }),
		"min_free":   func(n *node) { c.MinFree = r.size(n) },
		"workers":    func(n *node) { c.Workers = r.workers(n) },
		"defaults":   func(n *node) { r.read(n, "defaults", r.settings(defaults)) },
		"sites":      func(n *node) { sites = n },
	})
	if !ok {
		return
	}
	r.variables(c, env, places)
	r.top(root, c, places)
	r.needs(root, "sites", "no sites: name at least one under sites")
	if sites != nil {
		r.sites(sites, c, defaults)
	}
}

func (r *reader) version(n *node) {
	if v := r.count(n, 0); n.kind == number && v != 1 {
		r.fail(n, "version %d is not known to this newsonce: want 1", v)
	}
}

// maxWorkers bounds what a typing mistake may start.
const maxWorkers = 1024

func (r *reader) workers(n *node) int {
	v := r.count(n, 1)
	if v > maxWorkers {
		r.fail(n, "must be at most %d, got %d", maxWorkers, v)
	}
	return v
}

func (r *reader) output(n *node, o *Output) {
	r.read(n, "output", keys{
		"path": func(v *node) { o.Path = r.joined(r.outputText(v)) },
		"rotate": func(v *node) {
			r.read(v, "rotate", keys{
				"size": func(v *node) { o.Rotate.Size = r.size(v) },
				"age":  func(v *node) { o.Rotate.Age = r.duration(v) },
			})
		},
	})
}

// outputText reads output.path as written, before .. elements are cleaned away.
func (r *reader) outputText(n *node) string {
	path := r.pathText(n)
	if i := strings.IndexByte(path, '{'); i >= 0 && slices.Contains(strings.Split(path[i:], "/"), "..") {
		r.fail(n, "output.path must not climb with .. behind a placeholder")
	}
	if strings.HasSuffix(path, "/") {
		r.fail(n, "output.path %q names a folder: add a file name such as items.jsonl", clip(path))
	}
	return path
}

// variables lets the environment go before the file. A node of line 0 stands
// for a variable.
func (r *reader) variables(c *Config, env func(string) string, places map[string]*node) {
	given := func(key, variable string, k kind) *node {
		value := env(variable)
		if value == "" {
			return nil
		}
		places[key] = &node{kind: k, text: value, variable: variable}
		return places[key]
	}
	if n := given("user_agent", "NEWSONCE_USER_AGENT", text); n != nil {
		c.UserAgent = n.text
	}
	if n := given("state", "NEWSONCE_STATE", text); n != nil {
		r.stateText(n)
		c.State = r.fromWorkingDir(n)
	}
	if n := given("output", "NEWSONCE_OUTPUT_PATH", text); n != nil {
		r.outputText(n)
		c.Output.Path = r.fromWorkingDir(n)
	}
	if n := given("workers", "NEWSONCE_WORKERS", number); n != nil {
		c.Workers = r.workers(n)
	}
}

func (r *reader) fromWorkingDir(n *node) string {
	if n.text == "-" {
		return n.text
	}
	path, err := filepath.Abs(n.text)
	if err != nil {
		r.fail(n, "%v", err)
	}
	return path
}

// top checks what holds between the keys at the top, after the variables.
func (r *reader) top(root *node, c *Config, places map[string]*node) {
	at := func(key string) *node {
		if n := places[key]; n != nil {
			return n
		}
		return root
	}
	r.userAgent(at("user_agent"), c, places["user_agent"] != nil)
	r.outputPath(at("output"), c)
}

// product matches the name that a user agent begins with. RFC 9309 section
// 2.2.1 has no digits; names in use do.
var product = regexp.MustCompile(`^([A-Za-z0-9_-]+)(/[!-~]*)?( |$)`)

// compatible matches the name of a crawler that presents itself as
// "Mozilla/5.0 (compatible; name/1.0; …)".
var compatible = regexp.MustCompile(`^Mozilla/[0-9.]+ \(compatible; ?([A-Za-z0-9_-]+)`)

// placeholderHost is a host that RFC 2606 reserves for examples.
var placeholderHost = regexp.MustCompile(`\bexample\.(com|net|org)\b`)

// userAgent checks who asks, and sets the product token.
func (r *reader) userAgent(n *node, c *Config, given bool) {
	m := compatible.FindStringSubmatch(c.UserAgent)
	if m == nil {
		m = product.FindStringSubmatch(c.UserAgent)
	}
	switch {
	case m == nil:
		if c.UserAgent != "" { // else reported as empty
			r.fail(n, "user_agent %q must begin with a name of letters, digits, _ and -, then /VERSION if wanted, as \"newsonce/VERSION (+https://your.site/contact)\"", clip(c.UserAgent))
		}
		return
	case !validHeaderValue(c.UserAgent):
		r.fail(n, "user_agent holds a line end or another character that no header may hold")
		return
	case !given:
		r.warn(n, "user_agent is not given: say who asks, as \"newsonce/VERSION (+https://your.site/contact)\"")
	case m[1] == "Mozilla":
		r.warn(n, "user_agent names a browser, and robots.txt would be read for Mozilla: begin with a name of your own")
	case !strings.Contains(c.UserAgent, "@") && !strings.Contains(c.UserAgent, "://"):
		r.warn(n, "user_agent carries no contact: add a URL or an address, as \"%s (+https://your.site/contact)\"", m[1])
	case placeholderHost.MatchString(c.UserAgent):
		r.warn(n, "user_agent still carries the placeholder contact: put a URL or an address of yours in its place")
	}
	c.Product = m[1]
}

func (r *reader) stateText(n *node) string {
	path := r.pathText(n)
	switch {
	case path == "-":
		r.fail(n, "the state must be a file")
	case strings.Contains(path, "://"):
		r.fail(n, "the state is a SQLite file; a database behind a URL is not supported")
	case strings.HasSuffix(path, "/"):
		r.fail(n, "state %q names a folder: add a file name such as newsonce.db", clip(path))
	}
	return path
}

// placeholders are what output.path may hold between braces.
var placeholders = []string{"site", "type", "date"}

var braces = regexp.MustCompile(`\{([^{}]*)\}`)

func (r *reader) outputPath(n *node, c *Config) {
	if v := n.get("path"); v != nil {
		n = v
	}
	path := c.Output.Path
	for _, m := range braces.FindAllStringSubmatch(path, -1) {
		if !slices.Contains(placeholders, m[1]) {
			r.fail(n, "unknown placeholder {%s} in output.path%s", clip(m[1]), didYouMean(m[1], placeholders))
			return
		}
	}
	rotates := c.Output.Rotate != Rotate{}
	switch {
	case strings.ContainsAny(braces.ReplaceAllString(path, ""), "{}"):
		r.fail(n, "output.path has a brace without its other half")
	case path == "-" && rotates:
		r.fail(n, "standard output cannot be rotated: remove rotate or name a file")
	case path == c.State && path != "":
		r.fail(n, "output.path is the state's own file")
	}
}

// sites reads the sites over the defaults.
func (r *reader) sites(n *node, c *Config, defaults *Site) {
	items := r.entries(n, "sites")
	if len(items) == 0 && (n.kind == list || n.kind == null) {
		r.fail(n, "sites is empty: name at least one")
	}
	lines := map[string]int{}
	for _, item := range items {
		s := r.site(item, defaults)
		if first, ok := lines[s.Name]; ok && s.Name != "" {
			r.fail(item, "site name %q is already used on line %d", s.Name, first)
		}
		lines[s.Name] = item.line
		c.Sites = append(c.Sites, s)
	}
}

// Site is the site of that name, nil when there is none.
func (c *Config) Site(name string) *Site {
	for _, s := range c.Sites {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// SiteOf returns the first site with pages on host, nil when none has.
func (c *Config) SiteOf(host string) *Site {
	for _, s := range c.Sites {
		if slices.Contains(s.Hosts, host) {
			return s
		}
	}
	return nil
}

// Select gives the named sites in the order of the file, all of them for no
// names. It reports every name that is not known.
func (c *Config) Select(names []string) ([]*Site, error) {
	if len(names) == 0 {
		return c.Sites, nil
	}
	var known, wrong []string
	for _, s := range c.Sites {
		known = append(known, s.Name)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			wrong = append(wrong, fmt.Sprintf("no site %q in %s%s", name, c.File, didYouMean(name, known)))
		}
	}
	if wrong != nil {
		return nil, errors.New(strings.Join(wrong, "\n"))
	}
	var chosen []*Site
	for _, s := range c.Sites {
		if slices.Contains(names, s.Name) {
			chosen = append(chosen, s)
		}
	}
	return chosen, nil
}
