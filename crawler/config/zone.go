package config

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // time zones where the system has none
)

// zone reads an IANA time zone name; "" is no zone.
func (n *Node) zone() *time.Location {
	name := n.str()
	if name == "" {
		return nil
	}
	if name == "Local" {
		n.Fail("time zone Local is that of this machine: use an IANA name such as Europe/Berlin")
		return nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		hint := ": use an IANA name such as Europe/Berlin"
		switch near := nearZone(name); {
		case near != "":
			hint = fmt.Sprintf(", did you mean %q?", near)
		case offsetShape.MatchString(name):
			hint = ": write the place whose clocks the site follows, such as Europe/Berlin; an offset does not know summer time"
		}
		n.Fail("unknown time zone %q%s", clip(name), hint)
		return nil
	}
	return zone
}

var offsetShape = regexp.MustCompile(`^(UTC|GMT)?[+-]\d`)

// regions are the first parts of the names of time zones.
var regions = []string{"Europe", "America", "Asia", "Africa", "Australia", "Pacific", "Atlantic", "Indian"}

var zoneShape = regexp.MustCompile(`^[A-Za-z_/+-]{2,40}$`)

// nearZone returns a time zone one edit away from name, "" when there is none. The
// names cannot be listed, so it tries every edit, which takes some 20 ms.
func nearZone(name string) string {
	if !zoneShape.MatchString(name) {
		return ""
	}
	for _, region := range regions {
		if try := region + "/" + titled(name); !strings.Contains(name, "/") {
			if _, err := time.LoadLocation(try); err == nil {
				return try
			}
		}
	}
	for _, try := range append([]string{strings.ToUpper(name), titled(name)}, edits(titled(name))...) {
		if _, err := time.LoadLocation(try); err == nil && try != "" && try != "Local" {
			return try
		}
	}
	return ""
}

// titled capitalizes each word of a zone: asia/tbilisi becomes Asia/Tbilisi.
func titled(name string) string {
	b := []byte(strings.ToLower(name))
	for i := range b {
		if b[i] >= 'a' && b[i] <= 'z' && (i == 0 || b[i-1] == '/' || b[i-1] == '_' || b[i-1] == '-') {
			b[i] -= 'a' - 'A'
		}
	}
	return string(b)
}

// edits returns the words one insertion, deletion, replacement or swap away.
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
