package config

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/jsonlist"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with the file at path, or rewrites it.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs\n--- got\n%s--- want\n%s", path, got, want)
	}
}

func cases(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files match %s: %v", pattern, err)
	}
	return files
}

func name(file string) string { return strings.TrimSuffix(filepath.Base(file), ".yaml") }

// TestBroken checks that each file in testdata/broken gives all the messages
// beside it at once.
func TestBroken(t *testing.T) {
	files := cases(t, "testdata/broken/*.yaml")
	if len(files) < 60 {
		t.Errorf("%d broken files, want at least 60", len(files))
	}
	for _, file := range files {
		t.Run(name(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			c, err := Parse("crawl.yaml", filepath.Dir(file), data)
			if err == nil {
				t.Fatalf("no error; loaded %d sites", len(c.Sites))
			}
			if _, ok := err.(Errors); !ok {
				t.Fatalf("error is a %T, want Errors: %v", err, err)
			}
			golden(t, strings.TrimSuffix(file, ".yaml")+".txt", relative(t, err.Error())+"\n")
		})
	}
}

// relative removes the folder of the checkout from messages and prints.
func relative(t *testing.T, s string) string {
	t.Helper()
	dir, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(s, dir, "/DIR")
}

// TestGood checks the print and the warnings of each file in testdata/good.
func TestGood(t *testing.T) {
	for _, file := range cases(t, "testdata/good/*.yaml") {
		t.Run(name(file), func(t *testing.T) {
			c, err := Load(file, nil)
			if err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := c.Print(&b); err != nil {
				t.Fatal(err)
			}
			for _, w := range c.Warnings {
				b.WriteString("# " + filepath.ToSlash(w) + "\n")
			}
			golden(t, strings.TrimSuffix(file, ".yaml")+".txt", relative(t, b.String()))
		})
	}
}

// same compares configurations by meaning. Lines and the files of secrets may
// differ.
var same = cmp.Options{
	cmpopts.IgnoreFields(Config{}, "File", "Dir", "Warnings", "Defaults"),
	cmpopts.IgnoreFields(Source{}, "Line"),
	cmpopts.EquateEmpty(),
	cmpopts.EquateComparable(netip.Prefix{}),
	cmp.Comparer(func(a, b extract.Selector) bool { return a.Source == b.Source && a.Attr == b.Attr }),
	cmp.Comparer(func(a, b jsonlist.Path) bool { return a.Source == b.Source }),
	cmp.Comparer(func(a, b *regexp.Regexp) bool { return fmt.Sprint(a) == fmt.Sprint(b) }),
	cmp.Comparer(func(a, b *time.Location) bool { return fmt.Sprint(a) == fmt.Sprint(b) }),
}

// unmasked masks the secrets of a configuration as a print does.
func unmasked(c *Config) *Config {
	for _, s := range c.Sites {
		s.Proxy = maskPassword(s.Proxy)
		for name := range s.Headers {
			if name == "Authorization" || name == "X-Api-Key" {
				s.Headers[name] = masked
			}
		}
	}
	for i := range c.Notify {
		n := &c.Notify[i]
		if n.Headers["Authorization"] != "" {
			n.Headers["Authorization"] = masked
		}
		if n.Webhook != "" && n.Files["url"] == "" {
			n.Webhook = maskURL(n.Webhook)
		}
	}
	return c
}

func print(t testing.TB, c *Config) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Print(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestPrintRoundTrip checks that a print parses to the same configuration.
func TestPrintRoundTrip(t *testing.T) {
	for _, file := range append(cases(t, "testdata/good/*.yaml"), "../../crawl.yaml") {
		t.Run(name(file), func(t *testing.T) {
			first, err := Load(file, nil)
			if err != nil {
				t.Fatal(err)
			}
			printed := print(t, first)
			second, err := Parse("printed", "/elsewhere", []byte(printed))
			if err != nil {
				t.Fatalf("%v\n%s", err, printed)
			}
			if diff := cmp.Diff(unmasked(first), unmasked(second), same); diff != "" {
				t.Errorf("read again, the print differs (-file +print):\n%s", diff)
			}
			if again := print(t, second); again != printed {
				t.Errorf("second print differs:\n%s", cmp.Diff(printed, again))
			}
		})
	}
}

func TestSecretsAreNotPrinted(t *testing.T) {
	c, err := Load("testdata/good/everything.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	one := c.Site("one")
	if got := one.Headers["Cookie"]; got != "session=abc; path=x" {
		t.Errorf("cookie from its file = %q, want it without the line end", got)
	}
	if got, want := one.Headers["Authorization"], "Basic cmVhZGVyOmh1bnRlcjI="; got != want {
		t.Errorf("Authorization = %q, want %q", got, want)
	}
	printed := print(t, c)
	for _, secret := range []string{"hunter2", "session=abc", "cmVhZGVy", "T0/secret", "T1/secret"} {
		if strings.Contains(printed, secret) {
			t.Errorf("the print shows %q", secret)
		}
	}
}

func TestMaskPassword(t *testing.T) {
	for in, want := range map[string]string{
		"":                               "",
		"http://proxy.test:3128":         "http://proxy.test:3128",
		"http://me@proxy.test":           "http://me@proxy.test",
		"socks5://me:pa@ss@proxy.test/":  "socks5://me:***@proxy.test/",
		"http://me:secret@proxy.test/a@": "http://me:***@proxy.test/a@",
	} {
		if got := maskPassword(in); got != want {
			t.Errorf("maskPassword(%q) = %q, want %q", in, got, want)
		}
	}
}

const smallest = "sites: [{name: a, sources: [{listing: \"https://a.test/\"}]}]\n"

func TestDefaults(t *testing.T) {
	dir := t.TempDir()
	c, err := Parse("crawl.yaml", dir, []byte(smallest))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "crawl.yaml:1:1: user_agent is not set") {
		t.Errorf("warnings = %q", c.Warnings)
	}
	listing := &Listing{URLs: []string{"https://a.test/"}, MaxPages: 1}
	want := &Config{
		UserAgent: "newsonce/VERSION", Product: "newsonce",
		State:   filepath.Join(dir, "newsonce.db"),
		Output:  Output{Path: filepath.Join(dir, "items.jsonl")},
		MinFree: 64 << 20,
		S3:      S3{PutIfAbsent: true},
		Workers: 16,
		Sites: []*Site{{
			Name: "a", Hosts: []string{"a.test"},
			Sources: []Source{{Name: "listing", Kind: "listing", Spec: listing}},
			Robots:  Obey, Delay: time.Second, Workers: 1, GroupBy: ByHost, Timeout: 30 * time.Second, Retries: 4,
			Limits:    Limits{Body: 10 << 20, Redirects: 5, URLLength: 2000, Links: 2000},
			Watch:     Watch{Min: 5 * time.Minute, Max: 24 * time.Hour},
			Duplicate: OnDuplicate{WriteReference, WriteReference, Full, Full},
			Near:      Near{0.5, 30 * 24 * time.Hour, "all"},
			Memory:    64 << 20,
		}},
	}
	if diff := cmp.Diff(want, c, same); diff != "" {
		t.Errorf("defaults differ (-want +got):\n%s", diff)
	}
}

func TestProduct(t *testing.T) {
	for agent, want := range map[string]string{
		"newsonce": "newsonce", "newsonce/VERSION (+https://a.test/)": "newsonce", "MJ12bot/v1 (a@b.test)": "MJ12bot",
		"Mozilla/5.0 (compatible; lens-bot/1.0; +https://a.test/)": "lens-bot", "Mozilla/5.0 (X11; Linux) https://": "Mozilla",
	} {
		c, err := Parse("crawl.yaml", ".", []byte("user_agent: "+strconv.Quote(agent)+"\n"+smallest))
		if err != nil || c.Product != want {
			t.Errorf("user agent %q: %v; want product %s", agent, err, want)
		}
	}
}

func TestVariables(t *testing.T) {
	t.Chdir(t.TempDir())
	working, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll("etc", 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("etc", "crawl.yaml")
	if err := os.WriteFile(file, []byte("state: file.db\nworkers: 3\n"+smallest), 0o644); err != nil {
		t.Fatal(err)
	}
	load := func(vars map[string]string) (*Config, error) {
		return Load(file, func(name string) string { return vars[name] })
	}

	c, err := load(map[string]string{
		"NEWSONCE_STATE": "run/env.db", "NEWSONCE_OUTPUT_PATH": "{site}.jsonl",
		"NEWSONCE_USER_AGENT": "lens (a@b.test)", "NEWSONCE_WORKERS": "5",
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.State != filepath.Join(working, "run/env.db") || c.Output.Path != filepath.Join(working, "{site}.jsonl") {
		t.Errorf("state %s, output %s: want both under the working directory %s", c.State, c.Output.Path, working)
	}
	if c.UserAgent != "lens (a@b.test)" || c.Product != "lens" || c.Workers != 5 || len(c.Warnings) != 0 {
		t.Errorf("user agent %q, product %q, workers %d, warnings %q", c.UserAgent, c.Product, c.Workers, c.Warnings)
	}

	c, err = load(nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.State != filepath.Join(working, "etc/file.db") || c.Workers != 3 {
		t.Errorf("without variables: state %s, workers %d", c.State, c.Workers)
	}

	_, err = load(map[string]string{
		"NEWSONCE_STATE": "mysql://db.test/x", "NEWSONCE_OUTPUT_PATH": "{sit}.jsonl", "NEWSONCE_WORKERS": "many",
	})
	want := `NEWSONCE_OUTPUT_PATH: unknown placeholder {sit} in output.path: write {site}, {type} or {date}
NEWSONCE_STATE: the state must be a SQLite file or a PostgreSQL database: write a path such as newsonce.db, or postgres://user@host/database
NEWSONCE_WORKERS: want a whole number in plain digits up to 2147483647, got many`
	if err == nil || err.Error() != want {
		t.Errorf("wrong variables give\n%v\nwant\n%s", err, want)
	}
}

func TestLoadMissingFile(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "crawl.yaml"), nil)
	if err == nil || !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "-c FILE") {
		t.Errorf("error = %v, want one that wraps not-exist and names the flag", err)
	}
}

func TestSelect(t *testing.T) {
	c, err := Load("testdata/good/anchors.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	names := func(sites []*Site) (out []string) {
		for _, s := range sites {
			out = append(out, s.Name)
		}
		return out
	}
	for _, tc := range []struct{ ask, want []string }{
		{nil, []string{"world", "local"}},
		{[]string{"local"}, []string{"local"}},
		{[]string{"local", "world", "local"}, []string{"world", "local"}},
	} {
		got, err := c.Select(tc.ask)
		if err != nil || !cmp.Equal(names(got), tc.want) {
			t.Errorf("Select(%q) = %q, %v; want %q", tc.ask, names(got), err, tc.want)
		}
	}
	_, err = c.Select([]string{"wolrd", "local", "mars"})
	want := `no site "wolrd" in testdata/good/anchors.yaml, did you mean "world"?
no site "mars" in testdata/good/anchors.yaml; known here: world, local`
	if err == nil || err.Error() != want {
		t.Errorf("error =\n%v\nwant\n%s", err, want)
	}
	if c.Site("mars") != nil {
		t.Error("Site returns a site that is not configured")
	}
}

// TestRootExample checks that the commented example at the root loads with only
// the warning about its placeholder contact.
func TestRootExample(t *testing.T) {
	c, err := Load("../../crawl.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "placeholder contact") {
		t.Errorf("warnings = %q", c.Warnings)
	}
	if c.Site("ccbs") == nil {
		t.Error("no site ccbs")
	}
}

// TestReferenceNamesEveryKey checks that docs/configuration.md describes every key.
func TestReferenceNamesEveryKey(t *testing.T) {
	doc, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	all = append(all, settingNames()...)
	for _, k := range Kinds() {
		all = append(all, k.Name)
	}
	all = append(all, expectable...)
	all = append(all, "version", "user_agent", "state", "output", "rotate", "size", "age", "workers", "defaults", "sites",
		"name", "hosts", "sources", "article", "headlines", "expect", NewKey, "match", "variants", "valid_until",
		"select", "remove", "layouts", "block", "on", "item", "follow", "body",
		"links", "next", "max_pages", "stop_after_known", "from", "to", "step", "order", "stop_after_missing",
		"base", "captures", "match_type", "files", "redirects", "url_length", "depth", "on_duplicate", "threshold", "window", "scope", "memory",
		"user", "password", "password_file", "file",
		"NEWSONCE_CONFIG", "NEWSONCE_STATE", "NEWSONCE_OUTPUT_PATH", "NEWSONCE_USER_AGENT", "NEWSONCE_WORKERS")
	for _, key := range all {
		if !regexp.MustCompile("`[^`\n]*\\b" + regexp.QuoteMeta(key) + "\\b[^`\n]*`").Match(doc) {
			t.Errorf("docs/configuration.md does not describe %s", key)
		}
	}
}
