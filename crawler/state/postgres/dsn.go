package postgres

import (
	"errors"
	"net/url"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// passwords finds the password in the authority of a URL, and in its parameters.
var passwords = regexp.MustCompile(`(?i)(^[a-z]+://[^/?#]*?:)[^/?#]*(@)|([?&](?:ssl)?password=)[^&#]*`)

// Redact returns the URL of a database without passwords, for messages. It also works
// on a URL that cannot be parsed.
func Redact(raw string) string {
	return passwords.ReplaceAllStringFunc(raw, func(m string) string {
		if strings.HasPrefix(m, "?") || strings.HasPrefix(m, "&") {
			name, _, _ := strings.Cut(m, "=")
			return name + "=xxxxx"
		}
		scheme, rest, _ := strings.Cut(m, "://")
		user, _, _ := strings.Cut(rest, ":")
		return scheme + "://" + user + ":xxxxx@"
	})
}

// hasParameter reports whether a URL sets a parameter.
func hasParameter(raw, name string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Query().Has(name)
}

// withoutURL is an error of parsing without the URL, which may hold a password.
func withoutURL(err error) error {
	var parse *url.Error
	if errors.As(err, &parse) {
		return parse.Err
	}
	var config *pgconn.ParseConfigError
	if errors.As(err, &config) {
		if inner := config.Unwrap(); inner != nil {
			return withoutURL(inner)
		}
		return errors.New("a part of it cannot be read")
	}
	return err
}
