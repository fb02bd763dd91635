package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/newsonce/newsonce/crawler/state"
)

// hints tell what to do about an error of the server, by its code or class. The codes
// are those of appendix A of PostgreSQL's manual.
var hints = map[string]string{
	"28P01": "check the user and the password: in the URL, in PGPASSWORD, or in the file that PGPASSFILE names (~/.pgpass)",
	"28000": "check the user, and pg_hba.conf of the server",
	"3D000": "create the database: CREATE DATABASE newsonce ENCODING 'UTF8' TEMPLATE template0",
	"42501": "the user must own the database, or at least its schema newsonce: see docs/fleet.md",
	"53100": "the disk of the server is full; make room and run again, nothing is lost",
	"53200": "the server has no memory left",
	"53300": "the server has no connection left; raise max_connections or use a pooler",
	"25006": "the server is a replica, or read-only; name the primary server, " +
		"or all of them with target_session_attrs=read-write",
	"42P01": "a table is missing; restore the state from a backup",
	"42703": "a column is missing; restore the state from a backup",
}

// wrap says what was done to the state, and what a person can do about it.
func (d *db) wrap(doing string, err error) error {
	var told refusal
	switch {
	case err == nil:
		return nil
	case errors.As(err, &told):
		return told
	case errors.Is(err, state.ErrFenced), errors.Is(err, context.Canceled) && !isConnect(err):
		return fmt.Errorf("%s in state %s: %w", doing, d.name, err)
	}
	where := doing + " in state " + d.name
	if doing == opening {
		where = "open state " + d.name
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		hint := hints[pg.Code]
		if hint == "" {
			hint = "SQLSTATE " + pg.Code
		}
		return fmt.Errorf("%s: %s; %s%w", where, pg.Message, hint, silent{err})
	}
	if isConnect(err) {
		return fmt.Errorf("%s: %s%w; check host and port, the server and the network between", where, cause(err), silent{err})
	}
	return fmt.Errorf("%s: %w", where, err)
}

// opening is what is done until the state is open.
const opening = "open"

// silent is an error whose text was printed already, or repeats a long URL.
type silent struct{ error }

func (silent) Error() string { return "" }

func (s silent) Unwrap() error { return s.error }

// refusal is an error that names the state itself.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

// refuse says why the state is not used.
func (d *db) refuse(format string, args ...any) error {
	return refusal{fmt.Errorf("state "+d.name+": "+format, args...)}
}

func isConnect(err error) bool {
	var connect *pgconn.ConnectError
	return errors.As(err, &connect)
}

// cause is the first line of why no connection could be made.
func cause(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return "no connection: " + op.Error()
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return "no connection: " + dns.Error()
	}
	var connect *pgconn.ConnectError
	text := err.Error()
	if errors.As(err, &connect) {
		text = connect.Unwrap().Error()
	}
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return "no connection: " + first
}

// errPending says that the outcome of a transaction is not known yet.
var errPending = errors.New("its outcome is not known yet")

// transient reports whether another attempt may help: the connection was lost, the
// server is starting or ending, or it gave way to another transaction.
func transient(err error) bool {
	var own decided
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, state.ErrFenced), errors.As(err, &own):
		return false
	case errors.Is(err, errPending):
		return true
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case "40001", "40P01", // another transaction was in the way
			"55P03",                                              // the lock was not to be had in time
			"57P01", "57P02", "57P03", "57P05", "25P03", "53300": // the server ends, starts, or closed the session
			return true
		case "25006": // after a failover, until the pooler knows the new primary
			return false
		}
		return strings.HasPrefix(pg.Code, "08")
	}
	var network net.Error
	return isConnect(err) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "conn closed")
}
