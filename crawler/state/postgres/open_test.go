package postgres

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/internal/testpg"
)

// as is the URL of a database for another role.
func as(url, role string) string { return strings.Replace(url, "newsonce@", role+"@", 1) }

// TestRefusals: each message is one line that says what is wrong, where, and what to do. None
// holds the password.
func TestRefusals(t *testing.T) {
	server := testpg.Shared(t)
	exec := func(url, statement string) {
		t.Helper()
		if err := server.ExecIn(t.Context(), url, statement); err != nil {
			t.Fatal(err)
		}
	}
	admin := server.URL("postgres")
	exec(admin, "CREATE ROLE weak LOGIN; CREATE ROLE locked LOGIN PASSWORD 'right'")
	exec(admin, "CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0")
	fresh := func(statements ...string) string {
		url := testpg.Database(t)
		for _, s := range statements {
			exec(url, s)
		}
		return url
	}
	made := func(statements ...string) string {
		url := testpg.Database(t)
		open(t, url).Close()
		for _, s := range statements {
			exec(url, s)
		}
		return url
	}
	readOnly := fresh()
	exec(readOnly, "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET default_transaction_read_only = on'; END $$")
	for _, tt := range []struct {
		name, url string
		is        error
		texts     []string
	}{
		{"no URL", "postgres://u:hush@h:port/db", nil, []string{"not the URL of a database", "port"}},
		{"unknown parameter value", "postgres://u:hush@h/db?sslmode=perhaps", nil, []string{"not the URL", "sslmode"}},
		{"no server", "postgres://u:hush@127.0.0.1:1/db", nil, []string{"connection refused", "check host and port"}},
		{"no database", server.URL("missing"), nil, []string{`"missing" does not exist`, "CREATE DATABASE"}},
		{"wrong password", strings.Replace(as(server.URL("postgres"), "locked:hush"), "host=", "application_name=x&host=", 1), nil,
			[]string{"password authentication failed", "PGPASSWORD", "~/.pgpass"}},
		{"missing rights", as(fresh(), "weak"), nil, []string{"permission denied", "must own the database"}},
		{"missing rights on a state", as(made(), "weak"), nil, []string{"permission denied", "must own the database"}},
		{"other encoding", server.URL("ascii"), nil, []string{"SQL_ASCII", "ENCODING 'UTF8'"}},
		{"read-only", readOnly, nil, []string{"read-only"}},
		{"another program's schema", fresh("CREATE SCHEMA newsonce", "CREATE TABLE newsonce.url(id int)"), state.ErrForeign,
			[]string{"name another database"}},
		{"newer schema", made("UPDATE newsonce.meta SET value = '99' WHERE name = 'schema'"), state.ErrNewer,
			[]string{"schema 99", "upgrade newsonce"}},
		{"newer keys", made("UPDATE newsonce.meta SET value = '99' WHERE name = 'urlkey'"), state.ErrNewer,
			[]string{"version 99 of URL keys"}},
		{"older keys", made("UPDATE newsonce.meta SET value = '1' WHERE name = 'urlkey'"), nil, []string{"older newsonce"}},
		{"damaged", made("DELETE FROM newsonce.meta WHERE name = 'urlkey'"), state.ErrDamaged, []string{"backup"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Open(t.Context(), tt.url, state.OpenOptions{Versions: versions})
			if err == nil {
				s.Close()
				t.Fatal("it was opened")
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%v is not %v", err, tt.is)
			}
			text := err.Error()
			for _, want := range append(tt.texts, "state ") {
				if !strings.Contains(text, want) {
					t.Errorf("%q lacks %q", text, want)
				}
			}
			if strings.Contains(text, "hush") || strings.Contains(text, "\n") || strings.Count(text, "postgres://") > 1 {
				t.Errorf("it holds a password, two lines, or the URL twice: %q", text)
			}
		})
	}
	if _, err := OpenReader(t.Context(), fresh()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("read a state that does not exist: %v", err)
	}
}

// TestServers: what is asked of a server that tests cannot have.
func TestServers(t *testing.T) {
	d := &db{name: "postgres://h/db"}
	for _, tt := range []struct {
		version  int
		encoding string
		replica  bool
		skew     time.Duration
		want     string
	}{
		{15_00_00, "UTF8", false, time.Minute, ""},
		{14_00_13, "UTF8", false, 0, "the server is PostgreSQL 14.13; newsonce needs 15 or later"},
		{17_00_02, "UTF8", true, 0, "the server is a replica"},
		{17_00_02, "UTF8", false, 3 * time.Minute, "differs from the server's by 3m0s"},
	} {
		err := d.refuses(tt.version, tt.encoding, tt.replica, false, tt.skew)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("version %d, replica %v, skew %v: %v, want %q", tt.version, tt.replica, tt.skew, err, tt.want)
		}
	}
	for code, want := range map[string]string{
		"53100": "commit in state postgres://h/db: no; the disk of the server is full; make room and run again, nothing is lost",
		"25006": "read-only",
		"XX000": "SQLSTATE XX000",
	} {
		if err := d.wrap("commit", &pgconn.PgError{Code: code, Message: "no"}); !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", code, err, want)
		}
	}
}
