package polite

import "strings"

// ProductToken returns the name that robots.txt is matched on:
// "newsonce/1.2 (+https://example.org/bot)" gives "newsonce". A crawler that
// presents itself as "Mozilla/5.0 (compatible; name/1.0; …)" goes by name. It
// is empty when userAgent begins with none; then only groups of "*" apply.
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

// leadingToken returns the letters, digits, "_" and "-" that s begins with. RFC
// 9309 section 2.2.1 has no digits; names in use do, such as MJ12bot.
func leadingToken(s string) string {
	for i := range len(s) {
		if c := s[i]; !isLetter(c) && !isDigit(c) && c != '_' && c != '-' {
			return s[:i]
		}
	}
	return s
}
