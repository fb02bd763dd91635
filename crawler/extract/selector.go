package extract

import (
	"fmt"
	"strings"

	"github.com/andybalholm/cascadia"
)

// Selector is a compiled CSS selector with an optional attribute: "a@href"
// reads the attribute, "a" the text.
type Selector struct {
	Source string
	Attr   string
	css    cascadia.Matcher // nil: the element itself ("@href")
}

// ParseSelector compiles "css", "css@attr" or "@attr".
func ParseSelector(s string) (Selector, error) {
	css, attr := s, ""
	if i := strings.LastIndexByte(s, '@'); i >= 0 && !strings.ContainsAny(s[i:], `]"')`) {
		css, attr = strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+1:])
		if attr == "" {
			return Selector{}, fmt.Errorf("selector %q: no attribute name after @", s)
		}
	}
	sel := Selector{Source: s, Attr: strings.ToLower(attr)}
	if css == "" {
		if attr == "" {
			return Selector{}, fmt.Errorf("selector is empty")
		}
		return sel, nil
	}
	m, err := cascadia.ParseGroup(css)
	if err != nil {
		return Selector{}, fmt.Errorf("selector %q: %w", s, err)
	}
	sel.css = m
	return sel, nil
}
