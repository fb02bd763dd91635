package config

import (
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// address reads an absolute http or https URL and its host. The host is "" when
// the URL is wrong.
func (r *reader) address(n *node) (raw, host string) {
	raw = n.text
	u, err := url.Parse(raw)
	switch {
	case strings.TrimSpace(raw) != raw:
		r.fail(n, "URL %q has white space around it", clip(raw))
	case err != nil:
		r.fail(n, "URL %q: %s", clip(raw), unwrapped(err))
	case u.Scheme == "" && u.Host == "" && !strings.HasPrefix(raw, "/"):
		r.fail(n, "URL %q has no scheme: write https://%s", clip(raw), clip(raw))
	case u.Scheme != "http" && u.Scheme != "https":
		r.fail(n, "URL %q must begin with http:// or https://", clip(raw))
	case u.Hostname() == "":
		r.fail(n, "URL %q has no host", clip(raw))
	case u.User != nil:
		r.fail(n, "a URL must not carry a user or password: use basic_auth")
	default:
		parsed, err := urlkey.Parse(raw)
		if err != nil {
			r.fail(n, "URL %q is not valid: its host or port is wrong", clip(raw))
		}
		host = parsed.Host
	}
	return raw, host
}

// unwrapped is a url.Error's cause, without the URL again.
func unwrapped(err error) string {
	if ue, ok := err.(*url.Error); ok {
		return ue.Err.Error()
	}
	return err.Error()
}

// host reads an entry of hosts: a name with an optional port.
func (r *reader) host(n *node) string {
	s := n.text
	if u, err := url.Parse(s); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		r.fail(n, "a host is a name, not a URL: write %s", clip(u.Host))
		return ""
	}
	if strings.ContainsAny(s, "*/ \t") {
		r.fail(n, "host %q: write one plain name a line, such as www.example.com, without path or wildcard", clip(s))
		return ""
	}
	u, err := urlkey.Parse("https://" + s + "/")
	if err != nil || strings.ContainsAny(s, "@?#") {
		r.fail(n, "host %q is not a name with an optional port", clip(s))
		return ""
	}
	return strings.TrimSuffix(u.Host, ":80") // http's own; https's is dropped already
}

// network reads an entry of allow_private: a CIDR network or one address.
func (r *reader) network(n *node) netip.Prefix {
	if ip, err := netip.ParseAddr(n.text); err == nil && ip.Zone() == "" {
		return netip.PrefixFrom(ip, ip.BitLen())
	}
	p, err := netip.ParsePrefix(n.text)
	switch {
	case n.text == "localhost":
		r.fail(n, "localhost is a name: write the networks 127.0.0.0/8 and ::1")
	case err != nil:
		r.fail(n, "%q is neither a network such as 10.0.0.0/8 nor an address", clip(n.text))
	case p != p.Masked():
		r.fail(n, "network %s has bits beyond its mask, did you mean %s?", p, p.Masked())
	case p.Bits() == 0:
		r.warn(n, "%s opens every address to this crawler; name the network that is needed", p)
	}
	return p
}

// checkProxy says what is wrong with a proxy URL, without showing it.
func checkProxy(raw string) error {
	u, err := url.Parse(raw)
	if err != nil {
		return fmt.Errorf("proxy is not a valid URL")
	}
	if u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5" || u.Hostname() == "" {
		return fmt.Errorf("proxy must be http://, https:// or socks5:// with a host and an optional port")
	}
	return nil
}

// path reads a path, relative to the configuration's folder; "-" stays.
func (r *reader) path(n *node) string {
	return r.joined(r.pathText(n))
}

// pathText reads a path as written.
func (r *reader) pathText(n *node) string {
	path := r.filled(n)
	if strings.HasPrefix(path, "~/") {
		r.fail(n, "path %q: ~ is a shell's; write the folder itself", clip(path))
	}
	return path
}

func (r *reader) joined(path string) string {
	if path == "" || path == "-" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(r.dir, path)
}

// maxSecret bounds a file that holds one header value or proxy.
const maxSecret = 64 << 10

// secret reads a text, or {file: path}: the file's content without its last
// line end. It gives the path too when there was one.
func (r *reader) secret(n *node) (value, path string) {
	if n.kind != mapping {
		return r.str(n), ""
	}
	var at *node
	r.read(n, "a value from a file", keys{"file": func(v *node) { at = v }})
	if at == nil {
		r.fail(n, "want {file: path}")
		return "", ""
	}
	return r.fromFile(at)
}

func (r *reader) fromFile(n *node) (value, path string) {
	path = r.path(n)
	if path == "" {
		return "", ""
	}
	value, err := readSecret(path)
	if err != nil {
		r.fail(n, "read secret: %v", err)
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

// ownHeaders are set by newsonce itself; a fixed value would break what it does
// with them.
var ownHeaders = map[string]string{
	"User-Agent":        "set user_agent at the top",
	"Host":              "it follows from the URL",
	"Accept-Encoding":   "it says what newsonce can decode",
	"Content-Length":    "requests carry no body",
	"Transfer-Encoding": "requests carry no body",
	"Connection":        "connections are kept by newsonce",
	"If-None-Match":     "validators are kept in the state",
	"If-Modified-Since": "validators are kept in the state",
	"Range":             "a part of a page is no page",
}

// headerName reads a header's name in its canonical form, "" when it is wrong.
func (r *reader) headerName(n *node) string {
	if !httpguts.ValidHeaderFieldName(n.text) {
		r.fail(n, "%q is not a header name", clip(n.text))
		return ""
	}
	name := http.CanonicalHeaderKey(n.text)
	if why, ok := ownHeaders[name]; ok {
		r.fail(n, "header %s is newsonce's own: %s", name, why)
		return ""
	}
	return name
}

func validHeaderValue(v string) bool { return httpguts.ValidHeaderFieldValue(v) }
