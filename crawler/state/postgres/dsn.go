package postgres

import (
	"errors"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

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
		_, text, _ := strings.Cut(err.Error(), "`: ")
		return errors.New(text)
	}
	return err
}
