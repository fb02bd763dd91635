package sqlite

import (
	"context"
	"fmt"
	"strconv"

	"github.com/newsonce/newsonce/output"
	engine "zombiezen.com/go/sqlite"
)

// The identity of a state as a writer of objects is two rows of meta, made when it is
// first needed.
const (
	identify     = "INSERT OR IGNORE INTO meta(name, value) VALUES ('writer', lower(hex(randomblob(4)))), ('writer_epoch', '1')"
	raiseWriter  = "UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE name = 'writer_epoch'"
	identityRows = "SELECT (SELECT value FROM meta WHERE name = 'writer'), (SELECT value FROM meta WHERE name = 'writer_epoch')"
)

// Writer implements state.Store.
func (s *Store) Writer(ctx context.Context) (output.Writer, error) { return s.writer(ctx, identify) }

// RaiseEpoch implements state.Store.
func (s *Store) RaiseEpoch(ctx context.Context) (output.Writer, error) {
	return s.writer(ctx, identify, raiseWriter)
}

// writer reads the identity after some statements.
func (s *Store) writer(ctx context.Context, statements ...string) (w output.Writer, err error) {
	err = within(ctx, s.conn, s.path, func() error {
		for _, statement := range statements {
			if err := exec(s.conn, statement); err != nil {
				return wrap(s.path, "name the writer", err)
			}
		}
		w, err = readWriter(s.conn, s.path)
		return err
	})
	return w, err
}

// Writer implements state.Reader.
func (r *Reader) Writer(context.Context) (output.Writer, error) { return readWriter(r.conn, r.path) }

// readWriter returns the identity, the zero value when there is none yet.
func readWriter(c *engine.Conn, path string) (w output.Writer, err error) {
	var epoch string
	if err := each(c, identityRows, nil, func(row *engine.Stmt) error {
		w.State, epoch = row.ColumnText(0), row.ColumnText(1)
		return nil
	}); err != nil || w.State == "" {
		return w, wrap(path, "read the writer", err)
	}
	if w.Epoch, err = strconv.ParseInt(epoch, 10, 64); err != nil {
		return w, damaged(path, fmt.Sprintf("the epoch of its objects is %q", epoch))
	}
	return w, nil
}
