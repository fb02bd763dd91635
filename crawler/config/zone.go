package config

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // time zones where the system has none
)

// zone reads an IANA time zone name; "" is no zone.
func (r *reader) zone(n *node) *time.Location {
	name := r.str(n)
	if name == "" {
		return nil
	}
	if name == "Local" {
		r.fail(n, "time zone Local is the machine's, not the site's: use an IANA name such as Europe/Berlin")
		return nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		hint := ": use an IANA name such as Europe/Berlin"
		if near := nearZone(name); near != "" {
			hint = fmt.Sprintf(", did you mean %q?", near)
		}
		r.fail(n, "unknown time zone %q%s", clip(name), hint)
		return nil
	}
	return zone
}

var zoneShape = regexp.MustCompile(`^[A-Za-z_/+-]{2,40}$`)

// nearZone is a time zone that one letter more, less, another or two swapped
// would make of name, "" when there is none. The names cannot be listed, so
// each change is tried: some 20 ms, on a mistake only.
func nearZone(name string) string {
	if !zoneShape.MatchString(name) {
		return ""
	}
	for _, try := range append([]string{strings.ToUpper(name), titled(name)}, edits(titled(name))...) {
		if _, err := time.LoadLocation(try); err == nil && try != "" && try != "Local" {
			return try
		}
	}
	return ""
}

// titled writes a zone's words with a capital each: asia/tbilisi, EUROPE/rome.
func titled(name string) string {
	b := []byte(strings.ToLower(name))
	for i := range b {
		if b[i] >= 'a' && b[i] <= 'z' && (i == 0 || b[i-1] == '/' || b[i-1] == '_' || b[i-1] == '-') {
			b[i] -= 'a' - 'A'
		}
	}
	return string(b)
}

// edits are the words one insertion, deletion, change or swap away.
func edits(s string) []string {
	var out []string
	for i := 0; i <= len(s); i++ {
		for _, c := range "aeioutnrslcdmphgkbvyzfwjxq_/" {
			out = append(out, s[:i]+string(c)+s[i:])
			if i < len(s) {
				out = append(out, s[:i]+string(c)+s[i+1:])
			}
		}
		if i < len(s) {
			out = append(out, s[:i]+s[i+1:])
		}
		if i+1 < len(s) {
			out = append(out, s[:i]+s[i+1:i+2]+s[i:i+1]+s[i+2:])
		}
	}
	return out
}
