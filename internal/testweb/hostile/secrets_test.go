package hostile

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// secrets are those of the configuration and the server in the test below.
var secrets = []string{"topsecret-header", "topsecret-file", "topsecret-basic", "topsecret-cookie", "topsecret-proxy",
	"topsecret-url", "topsecret-link", "topsecret-location"}

// leaky is a site whose configuration, links and redirects hold secrets.
type leaky struct {
	name    string
	proxy   string
	answers map[string]Answer // in place of the usual ones
	start   string            // URL of the listing; default http://{host}/
}

// A run does not print, log, write or remember any secret, plain or in base64.
func TestSecretsStayWhereTheyAre(t *testing.T) {
	if racing() {
		t.Skip("does not depend on concurrency; run without -race")
	}
	for _, l := range []leaky{
		{name: "a site that works", proxy: "http://agent:topsecret-proxy@{friend}"},
		{name: "without a proxy"},
		{name: "a proxy that refuses", proxy: "http://agent:topsecret-proxy@{friend}",
			answers: map[string]Answer{"*": status(407), "/": status(407), "/robots.txt": status(407)}},
		{name: "a proxy that is dead", proxy: "http://agent:topsecret-proxy@127.0.3.1:1"},
		{name: "a proxy that is none", proxy: "socks5://agent:topsecret-proxy@{friend}"},
		{name: "a site that fails", answers: map[string]Answer{"/": reset("")}},
		{name: "pages that fail", answers: map[string]Answer{"/news/1": reset(""), "/news/2": status(500)}},
		{name: "TLS where there is none", start: "https://{host}/"},
		{name: "a password in a URL", start: "http://reader:topsecret-url@{host}/"},
	} {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			s, err := Serve(l.site())
			if err != nil {
				t.Fatal(err)
			}
			defer s.Stop()
			dir := t.TempDir()
			for name, text := range map[string]string{"crawl.yaml": s.Config(), "secret.txt": "topsecret-file\n"} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			printsNone(t, s, dir)
			holdsNone(t, dir)
			if l.name == "without a proxy" {
				basic := base64.StdEncoding.EncodeToString([]byte("reader:topsecret-basic"))
				wasSent(t, s, http.Header{"X-Api-Key": {"topsecret-header"}, "X-Token": {"topsecret-file"},
					"Authorization": {"Basic " + basic}, "Cookie": {"session=topsecret-cookie"}})
			}
		})
	}
}

// site returns the case of a leaky site.
func (l leaky) site() Case {
	links := []string{"http://u:topsecret-link@{host}/news/3", "/news/moved", "/news/away"}
	c := Case{Name: l.name, Quick: true, Links: links, Answers: map[string]Answer{
		"/":           page(listing("/news/1", links, "/news/2"), "Set-Cookie: session=topsecret-cookie; Path=/"),
		"/news/3":     page(article("Third article of the day")),
		"/news/moved": to("http://u:topsecret-location@{host}/news/3"),
		"/news/away":  to("http://u:topsecret-location@{friend}/news/x"),
	}}
	maps.Copy(c.Answers, l.answers)
	c.Sites = fmt.Sprintf(`  - name: site
    sources: [{listing: {urls: [%q]}}]
    article: {match: '/news/'}
    hosts: ["{host}"]
    cookies: true
    proxy: %q
    headers: {X-Api-Key: "topsecret-header", X-Token: {file: secret.txt}}
    basic_auth: {user: reader, password: topsecret-basic}
`, cmp.Or(l.start, "http://{host}/"), l.proxy)
	return c
}

// printsNone runs commands and checks that none of them prints a secret.
func printsNone(t *testing.T, s *Server, dir string) {
	t.Helper()
	for _, args := range [][]string{
		{"check", "--print"}, {"check", "--online"},
		{"crawl", "--dry-run"},
		{"crawl", "--json", "--log-level", "debug"},
		{"crawl", "--log-level", "debug", "--log-format", "json", "--retry-failed"},
		{"status", "--json"}, {"status", "--failed", "--runs", "9"},
		{"extract", "--site", "site", "--explain", s.fill("http://reader:topsecret-url@{host}/news/1")},
	} {
		cmd := exec.Command(program, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), times)
		out, err := cmd.CombinedOutput()
		if err != nil && !errors.As(err, new(*exec.ExitError)) {
			t.Fatal(err)
		}
		if found := revealed(out); found != "" {
			t.Errorf("newsonce %s prints %s: %s", strings.Join(args, " "), found, short(string(out)))
		}
	}
}

// holdsNone checks that no file but the configuration holds a secret.
func holdsNone(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "crawl.yaml" || d.Name() == "secret.txt" {
			return err
		}
		data, err := os.ReadFile(path)
		if found := revealed(data); found != "" {
			t.Errorf("%s holds %s", d.Name(), found)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// revealed returns the first secret found in data.
func revealed(data []byte) string {
	for _, s := range secrets {
		for _, form := range []string{s, base64.StdEncoding.EncodeToString([]byte("reader:" + s)),
			base64.StdEncoding.EncodeToString([]byte("agent:" + s))} {
			if bytes.Contains(data, []byte(form)) {
				return form
			}
		}
	}
	return ""
}

// wasSent checks that each header was sent with some request. Otherwise it would
// mean little that no secret was found.
func wasSent(t *testing.T, s *Server, want http.Header) {
	t.Helper()
	for name, values := range want {
		sent := false
		for _, r := range s.Log() {
			sent = sent || r.Header.Get(name) == values[0]
		}
		if !sent {
			t.Errorf("%s: %s was never sent", name, values[0])
		}
	}
}
