package guard

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"os"
	"strings"
)

// users maps names to hashes of passwords; nil admits everybody.
type users map[string][sha256.Size]byte

// readCredentials reads a file with a NAME:PASSWORD per line. Empty lines and lines
// that begin with # are skipped.
func readCredentials(path string) (users, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read credentials: %w", err)
	}
	u := users{}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, password, ok := strings.Cut(line, ":")
		if !ok || name == "" || password == "" {
			return nil, fmt.Errorf("credentials %s:%d: write NAME:PASSWORD", path, n)
		}
		if _, twice := u[name]; twice {
			return nil, fmt.Errorf("credentials %s:%d: %s is there twice", path, n, name)
		}
		u[name] = sha256.Sum256([]byte(password))
	}
	if len(u) == 0 {
		return nil, fmt.Errorf("credentials %s: no line with NAME:PASSWORD", path)
	}
	return u, nil
}

// admit reports whether a name and a password are those of a user. It takes as long for
// a wrong password as for the right one.
func (u users) admit(name, password string, ok bool) bool {
	if u == nil {
		return true
	}
	want, known := u[name]
	got := sha256.Sum256([]byte(password))
	same := subtle.ConstantTimeCompare(got[:], want[:]) == 1
	return ok && known && same
}
