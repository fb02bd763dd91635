package wall

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxRefresh is the longest delay that is believed.
const maxRefresh = 24 * time.Hour

// Refresh finds a redirect that is no HTTP redirect: a <meta http-equiv=refresh>
// anywhere on the page, within noscript only where none stands outside, or else
// the value of the Refresh header. The target is absolute; a plain reload leads to
// pageURL itself. Many front pages and articles reload themselves every few
// minutes, and send readers without JavaScript to a page that asks for it, so a
// caller follows a target only from a page without an article.
func Refresh(pageURL string, body []byte, header string) (target string, after time.Duration, ok bool) {
	content, base := metaRefresh(body)
	if content == "" {
		content = header
	}
	ref, after, ok := parseRefresh(content)
	if !ok {
		return "", 0, false
	}
	target, ok = resolve(pageURL, base, ref)
	return target, after, ok
}

// metaRefresh returns the content of the first refresh of a page, and the href of
// its base element.
func metaRefresh(body []byte) (content, base string) {
	if !bytes.Contains(body, []byte("efresh")) && !bytes.Contains(body, []byte("EFRESH")) {
		return "", ""
	}
	z := html.NewTokenizer(bytes.NewReader(body))
	within := false // noscript
	fallback := ""
	for {
		switch z.Next() {
		case html.ErrorToken:
			if content == "" {
				content = fallback
			}
			return content, base
		case html.EndTagToken:
			if name, _ := z.TagName(); atom.Lookup(name) == atom.Noscript {
				within = false
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			switch {
			case t.DataAtom == atom.Noscript:
				within = true
				z.NextIsNotRawText()
			case t.DataAtom == atom.Base && base == "":
				base = attrOf(t.Attr, "href")
			case t.DataAtom != atom.Meta || !strings.EqualFold(strings.TrimSpace(attrOf(t.Attr, "http-equiv")), "refresh"):
			case within && fallback == "":
				fallback = attrOf(t.Attr, "content")
			case !within && content == "":
				content = attrOf(t.Attr, "content")
			}
		}
	}
}

// parseRefresh reads "5", "0;url=/a", "0, URL='/a'" and the like, as the HTML
// standard does in "shared declarative refresh steps". The target is "" for a plain
// reload.
func parseRefresh(s string) (target string, after time.Duration, ok bool) {
	s = strings.TrimSpace(s)
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	if digits == 0 && !strings.HasPrefix(s, ".") {
		return "", 0, false
	}
	after = maxRefresh
	if n, err := strconv.Atoi("0" + s[:digits]); err == nil && n < int(maxRefresh/time.Second) {
		after = time.Duration(n) * time.Second
	}
	rest := strings.TrimLeft(s[digits:], "0123456789.") // a fraction is ignored
	if rest == "" {
		return "", after, true
	}
	if !strings.ContainsRune(";, \t\n\f\r", rune(rest[0])) {
		return "", 0, false
	}
	rest = strings.TrimLeft(rest, " \t\n\f\r")
	if rest != "" && (rest[0] == ';' || rest[0] == ',') {
		rest = strings.TrimLeft(rest[1:], " \t\n\f\r")
	}
	if len(rest) >= 3 && strings.EqualFold(rest[:3], "url") {
		if value, found := strings.CutPrefix(strings.TrimLeft(rest[3:], " \t\n\f\r"), "="); found {
			rest = strings.TrimLeft(value, " \t\n\f\r")
		}
	}
	if rest != "" && (rest[0] == '\'' || rest[0] == '"') {
		quote := rest[:1]
		rest, _, _ = strings.Cut(rest[1:], quote)
	}
	return strings.TrimSpace(rest), after, true
}

// resolve makes a reference absolute. Only http and https lead anywhere.
func resolve(pageURL, base, ref string) (string, bool) {
	u, err := url.Parse(pageURL)
	if err != nil {
		return "", false
	}
	if b, err := u.Parse(strings.TrimSpace(base)); ref != "" && base != "" && err == nil {
		u = b
	}
	if ref != "" {
		if u, err = u.Parse(ref); err != nil {
			return "", false
		}
	}
	u.Fragment, u.RawFragment = "", ""
	return u.String(), u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// attrOf returns the value of an attribute, "" when there is none.
func attrOf(attrs []html.Attribute, key string) string {
	for i := range attrs {
		if attrs[i].Key == key {
			return attrs[i].Val
		}
	}
	return ""
}
