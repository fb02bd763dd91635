package urlkey

import (
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"
)

// standard resolves a trimmed link by the complete WHATWG URL standard and returns
// it serialised, without its fragment. The base may be nil.
func standard(b *Base, ref string) (string, error) {
	ref = withoutBreaks(ref)
	scheme := schemeOf(ref)
	if scheme == "" && b == nil {
		return "", ErrSyntax
	}
	if scheme != "" && !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return "", ErrScheme
	}
	// The parser takes quadratic time for "@" before the path and for "\\": 25 s
	// and 3 s were measured for 60 KB.
	ref = withSlashes(ref)
	if strings.Count(authority(ref, scheme), "@") > maxAts {
		return "", ErrHost
	}
	var base string
	if b != nil {
		base = b.url.Href
	}
	u, err := parser.ParseRef(base, ref)
	if err != nil && containsFold(base+ref, "xn--") {
		u, err = asciiParser.ParseRef(base, ref)
	}
	// In http and https URLs only the host and the port can be invalid.
	if err != nil || u.Hostname() == "" {
		return "", ErrHost
	}
	return u.Href(true), nil
}

// maxAts is more than any user name and password need.
const maxAts = 100

var parser = whatwg.NewParser()

// asciiParser accepts names such as "xn--a" that are not valid punycode but do
// resolve. By the standard's "domain to ASCII", a domain of ASCII characters is only
// converted to lower case. The parser validates it nevertheless, so asciiParser
// disguises such names.
var asciiParser = whatwg.NewParser(
	whatwg.WithPreParseHostFunc(func(_ *whatwg.Url, host string) string {
		for i := range len(host) {
			if host[i] >= 0x80 || host[i] == '%' {
				return host
			}
		}
		host = strings.ToLower(host)
		if strings.Contains(host, disguise) {
			return "" // rejected as an empty host
		}
		return strings.ReplaceAll(host, "xn--", disguise)
	}),
	whatwg.WithPostParseHostFunc(func(_ *whatwg.Url, host string) string {
		return strings.ReplaceAll(host, disguise, "xn--")
	}),
)

const disguise = "xn__0__"

// schemeOf returns the text before the first colon if it has the form of a scheme
// (a letter, then letters, digits, "+", "-", "."), else "".
func schemeOf(ref string) string {
	for i := range len(ref) {
		c := ref[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		switch {
		case letter:
		case i > 0 && c == ':':
			return ref[:i]
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return ""
		}
	}
	return ""
}

// authority returns the part before the path of a link with a host, else "".
func authority(ref, scheme string) string {
	rest := ref
	if scheme != "" {
		rest = ref[len(scheme)+len(":"):]
	} else if !strings.HasPrefix(ref, "//") {
		return ""
	}
	rest = strings.TrimLeft(rest, "/")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// withoutBreaks removes tabs and line breaks, as the standard does anywhere in
// a link.
func withoutBreaks(s string) string {
	if !strings.ContainsAny(s, "\t\n\r") {
		return s
	}
	return strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(s)
}

// withSlashes replaces backslashes before a query or a fragment by slashes, as the
// standard reads them in http and https URLs.
func withSlashes(s string) string {
	end := strings.IndexAny(s, "?#")
	if end < 0 {
		end = len(s)
	}
	if strings.IndexByte(s[:end], '\\') < 0 {
		return s
	}
	return strings.ReplaceAll(s[:end], `\`, "/") + s[end:]
}

func containsFold(s, lower string) bool {
	return strings.Contains(strings.ToLower(s), lower)
}
