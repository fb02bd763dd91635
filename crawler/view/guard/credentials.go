package guard

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"sync"

	"golang.org/x/crypto/bcrypt"
)

// users are those who may read; nil admits everybody.
type users struct {
	secrets map[string]secret // by name

	slow sync.Mutex // lets bcrypt run once at a time
	seen sync.Map   // name -> digest of the password that bcrypt found right
}

type digest = [sha256.Size]byte

// secret is what a password is compared with.
type secret struct {
	sum    digest
	bcrypt []byte // nil: sum is that of the password
}

const (
	sumPrefix    = "{SHA256}"
	bcryptPrefix = "$2"
)

// readCredentials reads a file with a line per user: NAME:PASSWORD, NAME:$2y$… with a
// bcrypt hash as htpasswd -B writes it, or NAME:{SHA256} with the hexadecimal hash of
// the password. Empty lines and lines that begin with # are skipped.
func readCredentials(path string) (*users, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read credentials: %w", err)
	}
	u := &users{secrets: map[string]secret{}}
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
		if _, twice := u.secrets[name]; twice {
			return nil, fmt.Errorf("credentials %s:%d: %s is there twice", path, n, name)
		}
		if u.secrets[name], err = parseSecret(password); err != nil {
			return nil, fmt.Errorf("credentials %s:%d: %w", path, n, err)
		}
	}
	if len(u.secrets) == 0 {
		return nil, fmt.Errorf("credentials %s: no line with NAME:PASSWORD", path)
	}
	return u, nil
}

func parseSecret(s string) (x secret, err error) {
	switch {
	case strings.HasPrefix(s, bcryptPrefix):
		x.bcrypt = []byte(s)
		_, err = bcrypt.Cost(x.bcrypt)
	case strings.HasPrefix(s, sumPrefix):
		sum, bad := hex.DecodeString(strings.TrimPrefix(s, sumPrefix))
		if bad != nil || len(sum) != len(x.sum) {
			return x, fmt.Errorf("%s must be followed by %d hexadecimal digits", sumPrefix, 2*len(x.sum))
		}
		x.sum = digest(sum)
	default:
		x.sum = sha256.Sum256([]byte(s))
	}
	return x, err
}

// admit reports whether a name and a password are those of a user. It takes as long for
// a wrong password as for the right one.
func (u *users) admit(name, password string, ok bool) bool {
	if u == nil {
		return true
	}
	want, known := u.secrets[name]
	got := sha256.Sum256([]byte(password))
	if want.bcrypt != nil {
		return ok && u.admitSlowly(name, password, got, want)
	}
	same := subtle.ConstantTimeCompare(got[:], want.sum[:]) == 1
	return ok && known && same
}

// admitSlowly compares by bcrypt, which takes a tenth of a second, when the password is
// not the one that was right before.
func (u *users) admitSlowly(name, password string, got digest, want secret) bool {
	if before, ok := u.seen.Load(name); ok && before == got {
		return true
	}
	u.slow.Lock()
	defer u.slow.Unlock()
	if bcrypt.CompareHashAndPassword(want.bcrypt, []byte(password)) != nil {
		return false
	}
	u.seen.Store(name, got)
	return true
}
