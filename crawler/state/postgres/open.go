// Package postgres keeps the state of a crawl in a PostgreSQL database, which several
// processes on several machines write at once.
//
//	open.go     opening, what a server must offer, URLs of databases
//	errors.go   errors in words, and those that are worth another attempt
//	query.go    transactions, reads, times and texts
//	migrate.go  numbered schema changes
//	lease.go    leases of host groups, and the tokens that fence commits
//	commit.go   one batch, one transaction
//	load.go     what is known of a batch, read at once
//	url.go      claims of URLs, and what became of them
//	article.go  claims of texts: new, known, revised, identities and aliases
//	headline.go claims of headlines
//	shown.go    texts that several URLs were answered with
//	write.go    what a commit changes, written at once
//	withdraw.go items taken back, articles forgotten
//	outbox.go   committed lines on their way to the output; alerts
//	copy.go     a state row by row, for copies to and from other stores
//	read.go     what the scheduler reads
//	change.go   changes outside of commits
//	clock.go    stored times that a wrong clock wrote
//	reader.go   what status prints
//
// Commits take turns: each holds one lock of the database from its first statement to
// its last. So a commit sees all that others have committed, ids and lines have one
// order, and no two commits can wait for each other. All statements work behind a
// connection pooler in transaction mode: nothing is kept between transactions.
package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/state"
)

const (
	// leastVersion is the oldest server that is supported.
	leastVersion = 15_00_00
	// maxConns is how many connections a process opens: one commits, one renews
	// leases, one drains the outbox, the others read.
	maxConns = 5
	// connectTimeout bounds one attempt to connect.
	connectTimeout = 10 * time.Second
)

// Driver opens states of the scheme "postgres", whose URL is that of a database, as
// libpq reads it.
type Driver struct{}

var _ state.Driver = Driver{}

// Scheme implements state.Driver.
func (Driver) Scheme() string { return "postgres" }

// Open implements state.Driver.
func (Driver) Open(ctx context.Context, url string, o state.OpenOptions) (state.Store, error) {
	s, err := Open(ctx, url, o)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Read implements state.Driver.
func (Driver) Read(ctx context.Context, url string) (state.Reader, error) {
	r, err := OpenReader(ctx, url)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Store is the PostgreSQL store. See state.Store for its promises.
type Store struct {
	db
	skew time.Duration // by which the clock of this machine is ahead of the server's
}

var _ state.Shared = (*Store)(nil)

// Open opens the state in the database at url for writing, and makes it if there is
// none. Errors wrap state.ErrNewer or state.ErrForeign.
func Open(ctx context.Context, url string, o state.OpenOptions) (*Store, error) {
	d, err := connect(ctx, url)
	if err != nil {
		return nil, err
	}
	s := &Store{db: *d}
	if err := s.open(ctx, o); err != nil {
		s.pool.Close()
		return nil, err
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, o state.OpenOptions) error {
	if err := s.suits(ctx); err != nil {
		return err
	}
	if err := s.migrate(ctx, o); err != nil {
		return err
	}
	if origin, err := (&rows{s}).Origin(ctx); origin != "" || err != nil {
		return cmp.Or(err, s.refuse("it is an unfinished copy of %s; run newsonce state copy again", origin))
	}
	return nil
}

// Close implements state.Store.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}

// connect opens a pool of connections to the database at url.
func connect(ctx context.Context, url string) (*db, error) {
	name := config.Redact(url)
	c, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("state %s: not the URL of a database: %w", name, withoutURL(err))
	}
	if !hasParameter(url, "default_query_exec_mode") {
		// Statements are prepared without a name, so that a pooler may give each
		// transaction another connection.
		c.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	if !hasParameter(url, "pool_max_conns") {
		c.MaxConns = maxConns
	}
	if c.ConnConfig.ConnectTimeout == 0 || !hasParameter(url, "connect_timeout") {
		c.ConnConfig.ConnectTimeout = connectTimeout
	}
	if c.ConnConfig.RuntimeParams["application_name"] == "" {
		c.ConnConfig.RuntimeParams["application_name"] = "newsonce"
	}
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("state %s: %w", name, err)
	}
	return &db{name: name, pool: pool, idle: idleTimeout}, nil
}

// suits returns an error unless the server can hold a state. It measures how far the
// clocks are apart.
func (s *Store) suits(ctx context.Context) error {
	var version int
	var encoding, readOnly string
	var replica bool
	var clock time.Time
	begun := time.Now()
	err := s.pool.QueryRow(ctx, `SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),
	    pg_is_in_recovery(), current_setting('transaction_read_only'), clock_timestamp()`).
		Scan(&version, &encoding, &replica, &readOnly, &clock)
	if err != nil {
		return s.wrap(opening, err)
	}
	took := time.Since(begun)
	s.skew = begun.Add(took / 2).Sub(clock)
	if err := s.refuses(version, encoding, replica, readOnly == "on", s.skew.Abs()-took); err != nil {
		return err
	}
	if s.skew.Abs() < clockNoise+took {
		s.skew = 0
	}
	return nil
}

// refuses returns why a server cannot hold a state.
func (d *db) refuses(version int, encoding string, replica, readOnly bool, skew time.Duration) error {
	switch {
	case version < leastVersion:
		return d.refuse("the server is PostgreSQL %d.%d; newsonce needs %d or later", version/10000, version%10000,
			leastVersion/10000)
	case encoding != "UTF8":
		return d.refuse("the encoding of the database is %s; make one with: "+
			"CREATE DATABASE newsonce ENCODING 'UTF8' TEMPLATE template0", encoding)
	case replica:
		return d.refuse("the server is a replica; name the primary server, or all of them with " +
			"target_session_attrs=read-write")
	case readOnly:
		return d.refuse("the database is read-only, by default_transaction_read_only")
	case skew > state.ClockSlack:
		return d.refuse("the clock of this machine differs from the server's by %s; set it right (NTP), "+
			"since hosts pass from one machine to another by the clock", skew.Round(time.Second))
	}
	return nil
}

// clockNoise is what two clocks may differ by without a correction.
const clockNoise = 20 * time.Millisecond

// exists reports whether the database holds a state.
func (d *db) exists(ctx context.Context) (bool, error) {
	var found bool
	err := d.pool.QueryRow(ctx, "SELECT to_regclass('newsonce.meta') IS NOT NULL").Scan(&found)
	return found, d.wrap(opening, err)
}

// OpenReader opens the state in the database at url for reading. The error wraps
// fs.ErrNotExist when there is none.
func OpenReader(ctx context.Context, url string) (*Reader, error) {
	d, err := connect(ctx, url)
	if err != nil {
		return nil, err
	}
	r := &Reader{db: *d}
	found, err := r.exists(ctx)
	if err == nil && !found {
		err = fmt.Errorf("state %s does not exist yet: %w", r.name, fs.ErrNotExist)
	}
	if err == nil {
		_, err = r.schema(ctx, r.pool)
	}
	if err != nil {
		r.pool.Close()
		return nil, err
	}
	return r, nil
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
		_, text, _ := strings.Cut(err.Error(), "`: ")
		return errors.New(text)
	}
	return err
}
