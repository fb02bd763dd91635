package hostile

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// secrets are what a configuration holds, and a server sets, in the test below.
var secrets = []string{"topsecret-header", "topsecret-file", "topsecret-basic", "topsecret-cookie", "topsecret-proxy", "topsecret-url", "topsecret-link", "topsecret-location"}

// TestSecretsStayWhereTheyAre: whatever a run prints, logs, writes and
// remembers, no secret is in it, plain or in base64.
func TestSecretsStayWhereTheyAre(t *testing.T) {
	basic := base64.StdEncoding.EncodeToString([]byte("reader:topsecret-basic"))
	for _, tt := range []struct {
		name, proxy string
		answers     map[string]Answer
		start       string // an address that the configuration names instead
	}{
		{name: "a site that works", proxy: "http://agent:topsecret-proxy@{friend}"},
		{name: "without a proxy"},
		{name: "a proxy that refuses", proxy: "http://agent:topsecret-proxy@{friend}", answers: map[string]Answer{"*": status(407), "/": status(407), "/robots.txt": status(407)}},
		{name: "a proxy that is dead", proxy: "http://agent:topsecret-proxy@127.0.3.1:1"},
		{name: "a proxy that is none", proxy: "socks5://agent:topsecret-proxy@{friend}"},
		{name: "a site that fails", answers: map[string]Answer{"/": reset("")}},
		{name: "pages that fail", answers: map[string]Answer{"/news/1": reset(""), "/news/2": status(500)}},
		{name: "TLS where there is none", start: "https://{host}/"},
		{name: "a password in an address", start: "http://reader:topsecret-url@{host}/"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := Case{Name: tt.name, Links: []string{"http://u:topsecret-link@{host}/news/3", "/news/moved", "/news/away"}, Answers: map[string]Answer{
				"/": page(listing("/news/1", []string{"http://u:topsecret-link@{host}/news/3", "/news/moved", "/news/away"}, "/news/2"),
					"Set-Cookie: session=topsecret-cookie; Path=/"),
				"/news/3":     page(article("Third article of the day")),
				"/news/moved": to("http://u:topsecret-location@{host}/news/3"),
				"/news/away":  to("http://u:topsecret-location@{friend}/news/x"),
			}}
			for path, a := range tt.answers {
				c.Answers[path] = a
			}
			s, err := Serve(c)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Stop()
			s.c.Quick = true
			dir := t.TempDir()
			start := tt.start
			if start == "" {
				start = "http://{host}/"
			}
			c.Sites = fmt.Sprintf(`  - name: site
    sources: [{listing: {urls: [%q]}}]
    article: {match: '/news/'}
    hosts: ["{host}"]
    cookies: true
    proxy: %q
    headers: {X-Api-Key: "topsecret-header", X-Token: {file: secret.txt}}
    basic_auth: {user: reader, password: topsecret-basic}
`, start, tt.proxy)
			s.c.Sites = c.Sites
			write := func(name, text string) {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			write("crawl.yaml", s.Config())
			write("secret.txt", "topsecret-file\n")

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
				out, err := cmd.CombinedOutput()
				if _, exit := err.(*exec.ExitError); err != nil && !exit {
					t.Fatal(err)
				}
				if found := revealed(out); found != "" {
					t.Errorf("newsonce %s prints %s: %s", strings.Join(args, " "), found, short(string(out)))
				}
			}
			err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
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
			if tt.name == "without a proxy" {
				wasSent(t, s, http.Header{"X-Api-Key": {"topsecret-header"}, "X-Token": {"topsecret-file"}, "Authorization": {"Basic " + basic}, "Cookie": {"session=topsecret-cookie"}})
			}
		})
	}
}

// revealed returns the first secret that is in data.
func revealed(data []byte) string {
	for _, s := range secrets {
		for _, form := range []string{s, base64.StdEncoding.EncodeToString([]byte("reader:" + s)), base64.StdEncoding.EncodeToString([]byte("agent:" + s))} {
			if bytes.Contains(data, []byte(form)) {
				return form
			}
		}
	}
	return ""
}

// wasSent checks that each header was sent with some request: that nothing of
// it was found would mean little otherwise.
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
