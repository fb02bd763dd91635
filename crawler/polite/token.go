package polite

import "strings"

// ProductToken returns the name that robots.txt is matched on, such as "newsonce"
// for "newsonce/1.2 (+https://example.org/bot)", or "name" for
// "Mozilla/5.0 (compatible; name/1.0; …)". It is empty when userAgent does not
// begin with a name; then only groups of "*" apply.
func ProductToken(userAgent string) string {
	token := leadingToken(strings.TrimSpace(userAgent))
	if !strings.EqualFold(token, "Mozilla") {
		return token
	}
	_, comment, _ := strings.Cut(userAgent, "(compatible;")
	if name := leadingToken(strings.TrimSpace(comment)); name != "" {
		return name
	}
	return token
}

// leadingToken returns the letters, digits, "_" and "-" at the start of s. RFC 9309
// section 2.2.1 does not allow digits, but names in use have them, such as MJ12bot.
func leadingToken(s string) string {
	for i := range len(s) {
		if c := s[i]; !isLetter(c) && !isDigit(c) && c != '_' && c != '-' {
			return s[:i]
		}
	}
	return s
}
