package view

import (
	"net/url"
	"strings"
)

// Display returns text as it may be shown beside other text: without the controls that
// change the direction of what follows (UAX #9), and without C0 controls but for line
// breaks and tabs.
func Display(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r < ' ' && r != '\n' && r != '\t', r == 0x7f:
			return -1
		}
		return r
	}, s)
}

// maxLink bounds the bytes of a link. Browsers and servers do not take longer ones.
const maxLink = 8 << 10

// WebLink returns a URL that may be followed, "" for one that is not of the web.
func WebLink(raw string) string {
	if len(raw) > maxLink {
		return ""
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}
