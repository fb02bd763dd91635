package urlkey

import (
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"
)

// standard resolves a trimmed link by the whole WHATWG URL standard and
// returns it serialised, without a fragment. The base may be nil.
func standard(b *Base, ref string) (string, error) {
	if ref = withoutBreaks(ref); ref == "" && b == nil {
		return "", ErrSyntax
	}
	scheme := schemeOf(ref)
	if scheme == "" && b == nil {
		return "", ErrSyntax
	}
	if scheme != "" && !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return "", ErrScheme
	}
	var base string
	if b != nil {
		base = b.url.Href
	}
	u, err := parser.ParseRef(base, ref)
	if err != nil && containsFold(base+ref, "xn--") {
		u, err = asciiParser.ParseRef(base, ref)
	}
	// With an http or https scheme only the host and the port can be wrong.
	if err != nil || u.Hostname() == "" {
		return "", ErrHost
	}
	return u.Href(true), nil
}

var parser = whatwg.NewParser()

// asciiParser takes names such as "xn--a" that are no valid punycode: by the
// standard's "domain to ASCII" a domain of ASCII characters is only put into
// lower case, as such names do resolve. The parser checks them all the same,
// so they pass it in disguise.
var asciiParser = whatwg.NewParser(
	whatwg.WithPreParseHostFunc(func(_ *whatwg.Url, host string) string {
		for i := range len(host) {
			if host[i] >= 0x80 || host[i] == '%' {
				return host
			}
		}
		host = strings.ToLower(host)
		if strings.Contains(host, disguise) {
			return "" // refused as an empty host
		}
		return strings.ReplaceAll(host, "xn--", disguise)
	}),
	whatwg.WithPostParseHostFunc(func(_ *whatwg.Url, host string) string {
		return strings.ReplaceAll(host, disguise, "xn--")
	}),
)

const disguise = "xn__0__"

// schemeOf is what stands before the colon when it has a scheme's form (a
// letter, then letters, digits, "+", "-", "."), else "".
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

// withoutBreaks removes tabs and line breaks, as the standard does anywhere in
// a link.
func withoutBreaks(s string) string {
	if !strings.ContainsAny(s, "\t\n\r") {
		return s
	}
	return strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(s)
}

func containsFold(s, lower string) bool {
	return strings.Contains(strings.ToLower(s), lower)
}
