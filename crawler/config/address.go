package config

import (
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// URLs reads one absolute URL or a list of them.
func (n *Node) URLs() []string {
	var urls []string
	for _, item := range n.Texts() {
		if found := placeholder.FindString(item.text); found != "" {
			item.Fail("URL %q has the placeholder %s, which only the url of an archive may have", clip(item.text), found)
			continue
		}
		u := item.URL()
		if u != "" && slices.Contains(urls, u) {
			item.Fail("URL %q is listed twice", clip(u))
		}
		urls = append(urls, u)
	}
	return urls
}

// URL reads an absolute http or https URL. It returns "" when the URL is wrong.
func (n *Node) URL() string {
	raw := n.Text()
	if raw == "" {
		return ""
	}
	u, err := url.Parse(raw)
	switch {
	case strings.TrimSpace(raw) != raw:
		n.Fail("URL %q has white space around it", clip(raw))
	case err != nil:
		n.Fail("URL %q: %s", clip(raw), unwrapped(err))
	case u.Scheme == "" && u.Host == "" && !strings.HasPrefix(raw, "/"):
		n.Fail("URL %q has no scheme: write https://%s", clip(raw), clip(raw))
	case u.Scheme != "http" && u.Scheme != "https":
		n.Fail("URL %q must begin with http:// or https://: write %s", clip(raw), clip(absolute(raw)))
	case u.Hostname() == "":
		n.Fail("URL %q has no host", clip(raw))
	case u.User != nil:
		n.Fail("URL %q must not contain a user or password: use basic_auth", clip(u.Redacted()))
	default:
		if _, err := urlkey.Parse(raw); err == nil {
			return raw
		}
		n.Fail("URL %q has an invalid host or port", clip(raw))
	}
	return ""
}

// absolute returns what raw might be as an https URL, for a message.
func absolute(raw string) string {
	_, rest, ok := strings.Cut(raw, "://")
	switch {
	case ok:
		return "https://" + rest
	case strings.HasPrefix(raw, "//"):
		return "https:" + raw
	}
	return "https://HOST/" + strings.TrimLeft(raw, "/")
}

// hasScheme reports whether s looks like a URL rather than a path.
func hasScheme(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://")
}

// unwrapped returns the cause of a url.Error, without the URL.
func unwrapped(err error) string {
	if ue, ok := err.(*url.Error); ok {
		return ue.Err.Error()
	}
	return err.Error()
}

// host reads an entry of hosts: a name with an optional port.
func (n *Node) host() string {
	s := n.text
	if u, err := url.Parse(s); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		n.Fail("host %q is a URL: write the name %s", clip(s), clip(u.Host))
		return ""
	}
	if strings.ContainsAny(s, "*/ \t") {
		name, _, _ := strings.Cut(strings.TrimLeft(s, "*./ "), "/")
		n.Fail("host %q must be one name, without a path or wildcard: write %s", clip(s), clip(name))
		return ""
	}
	u, err := urlkey.Parse("https://" + s + "/")
	if err != nil || strings.ContainsAny(s, "@?#") {
		n.Fail("host %q is not a valid name with an optional port", clip(s))
		return ""
	}
	return strings.TrimSuffix(u.Host, ":80") // the default of http; Parse drops that of https
}

// network reads an entry of allow_private: a CIDR network or one address.
func (n *Node) network() netip.Prefix {
	if ip, err := netip.ParseAddr(n.text); err == nil && ip.Zone() == "" {
		return netip.PrefixFrom(ip, ip.BitLen())
	}
	p, err := netip.ParsePrefix(n.text)
	switch {
	case n.text == "localhost":
		n.Fail("localhost is a name: write its networks 127.0.0.0/8 and ::1")
	case err != nil:
		n.Fail("%q is neither a network such as 10.0.0.0/8 nor an IP address", clip(n.text))
	case p != p.Masked():
		n.Fail("network %s has bits beyond its mask, did you mean %s?", p, p.Masked())
	case p.Bits() == 0:
		n.Warn("%s lets the crawler reach every address: name only the network you need", p)
	}
	return p
}

// checkProxy checks a proxy URL. Its error does not show the URL, which may hold a
// password.
func checkProxy(raw string) error {
	u, err := url.Parse(raw)
	if err != nil {
		return fmt.Errorf("proxy is not a valid URL: write it as http://127.0.0.1:8080")
	}
	if u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5" || u.Hostname() == "" {
		return fmt.Errorf("proxy must begin with http://, https:// or socks5://, followed by a host and an optional port, " +
			"as http://127.0.0.1:8080")
	}
	return nil
}

// Path reads a path and joins it to the configuration's folder; "-" stays.
func (n *Node) Path() string {
	return n.joined(n.pathText())
}

// pathText reads a path as written.
func (n *Node) pathText() string {
	path := n.Text()
	if strings.HasPrefix(path, "~/") {
		n.Fail("path %q: ~ works in a shell only, so write the whole path", clip(path))
	}
	n.foreignPath(path)
	return path
}

// joined joins a relative path to the configuration's folder. A URL stays as it is.
func (n *Node) joined(path string) string {
	if path == "" || path == "-" || isURL(path) || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(n.r.dir, path)
}

// maxSecret bounds a file with one header value or proxy, in bytes.
const maxSecret = 64 << 10

// secret reads a text, or {file: path}: the file's content without the line end,
// and the path.
func (n *Node) secret() (value, path string) {
	if n.form != mapping {
		return n.str(), ""
	}
	var at *Node
	n.Read("a value from a file", Keys{"file": func(v *Node) { at = v }})
	if at == nil {
		n.Fail("want {file: path}")
		return "", ""
	}
	return at.fromFile()
}

func (n *Node) fromFile() (value, path string) {
	path = n.Path()
	if path == "" {
		return "", ""
	}
	value, err := readSecret(path)
	if err != nil {
		n.Fail("read secret: %v: write a value, or the path of a file that exists, relative to this one", err)
	}
	return value, path
}

func readSecret(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return "", err
	}
	if len(data) > maxSecret {
		return "", fmt.Errorf("%s is longer than %d bytes", path, maxSecret)
	}
	return strings.TrimRight(string(data), "\r\n"), nil
}

// ownHeaders are set by newsonce itself, each with the reason that a message gives.
var ownHeaders = map[string]string{
	"User-Agent":        "set user_agent at the top",
	"Host":              "it is taken from the URL",
	"Accept-Encoding":   "it lists the encodings that newsonce decodes",
	"Content-Length":    "requests have no body",
	"Transfer-Encoding": "requests have no body",
	"Connection":        "newsonce manages its connections",
	"If-None-Match":     "validators are kept in the state",
	"If-Modified-Since": "validators are kept in the state",
	"Range":             "newsonce needs whole pages",
}

// headerName returns a header's name in canonical form, "" when it is wrong.
func (n *Node) headerName() string {
	if !httpguts.ValidHeaderFieldName(n.text) {
		n.Fail("%q is not a header name", clip(n.text))
		return ""
	}
	name := http.CanonicalHeaderKey(n.text)
	if why, ok := ownHeaders[name]; ok {
		n.Fail("header %s is set by newsonce: %s", name, why)
		return ""
	}
	return name
}

func validHeaderValue(v string) bool { return httpguts.ValidHeaderFieldValue(v) }
