package export

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	engine "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/newsonce/newsonce/crawler/item"
)

// linesPerTransaction bounds what a transaction writes.
const linesPerTransaction = 5000

// sqliteWriter writes a table for each type of line, and an FTS5 index of the articles.
// The file gets its name when it is complete.
type sqliteWriter struct {
	path   string
	conn   *engine.Conn
	insert map[item.Type]string
	lines  int
}

func newSQLite(path string) (*sqliteWriter, error) {
	w := &sqliteWriter{path: path, insert: map[item.Type]string{}}
	if info, err := os.Stat(w.path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s exists and is no file", w.path)
	}
	if err := os.Remove(w.part()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var err error
	if w.conn, err = engine.OpenConn(w.part(), engine.OpenReadWrite|engine.OpenCreate); err != nil {
		return nil, fmt.Errorf("create %s: %w", w.part(), err)
	}
	if err := w.exec("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "BEGIN"); err != nil {
		w.close()
		return nil, err
	}
	for _, t := range tables {
		if err := w.exec(w.table(t)); err != nil {
			w.close()
			return nil, err
		}
	}
	return w, nil
}

var tables = []item.Type{item.TypeArticle, item.TypeHeadline, item.TypeReference, item.TypeGone}

func (w *sqliteWriter) part() string { return w.path + ".part" }

func (w *sqliteWriter) exec(statements ...string) error {
	for _, s := range statements {
		if err := sqlitex.Execute(w.conn, s, nil); err != nil {
			return fmt.Errorf("write %s: %w", w.part(), err)
		}
	}
	return nil
}

// table returns the CREATE TABLE of a type, and keeps its INSERT for later.
func (w *sqliteWriter) table(t item.Type) string {
	var defs, values []string
	for _, c := range columnsOf(t) {
		kind := "TEXT"
		switch c.of(&record{}).(type) {
		case int, bool:
			kind = "INTEGER"
		case float64:
			kind = "REAL"
		}
		defs = append(defs, c.name+" "+kind)
		values = append(values, "?")
	}
	w.insert[t] = fmt.Sprintf("INSERT INTO %s VALUES (NULL, %s) ON CONFLICT (id, revision) DO NOTHING", t,
		strings.Join(values, ", "))
	return fmt.Sprintf("CREATE TABLE %s (rowid INTEGER PRIMARY KEY, %s, UNIQUE (id, revision))", t, strings.Join(defs, ", "))
}

// columnsOf are the columns of a type's table.
func columnsOf(t item.Type) (list []column) {
	for _, c := range columns[1:] { // without the type
		switch {
		case c.articles && t != item.TypeArticle, c.headlines && t != item.TypeHeadline:
		case c.name == "status" && t != item.TypeGone:
		default:
			list = append(list, c)
		}
	}
	return list
}

func (w *sqliteWriter) write(r *record) error {
	query, ok := w.insert[r.Type]
	if !ok {
		return fmt.Errorf("lines of type %q have no table", r.Type)
	}
	var args []any
	for _, c := range columnsOf(r.Type) {
		args = append(args, sqlValue(c.of(r)))
	}
	if err := sqlitex.Execute(w.conn, query, &sqlitex.ExecOptions{Args: args}); err != nil {
		return fmt.Errorf("write %s: %w", w.part(), err)
	}
	if w.lines++; w.lines%linesPerTransaction == 0 {
		return w.exec("COMMIT", "BEGIN")
	}
	return nil
}

// sqlValue is nil where a line has no value.
func sqlValue(v any) any {
	switch v := v.(type) {
	case string, []string:
		if s := text(v); s != "" {
			return s
		}
		return nil
	case int:
		if v == 0 {
			return nil
		}
	case float64:
		if v == 0 {
			return nil
		}
	}
	return v
}

func (w *sqliteWriter) finish() error {
	err := w.exec("COMMIT",
		"CREATE INDEX article_published ON article(published_utc)",
		"CREATE INDEX article_site ON article(site, date_published)",
		"CREATE INDEX article_url ON article(url)",
		"CREATE INDEX article_cluster ON article(cluster_id)",
		"CREATE INDEX headline_url ON headline(url)",
		"CREATE INDEX reference_duplicate ON reference(duplicate_of)",
		"CREATE VIRTUAL TABLE article_text USING fts5(title, summary, content_text, content = 'article')",
		"INSERT INTO article_text(article_text) VALUES ('rebuild')")
	if err != nil {
		return err
	}
	err = w.conn.Close()
	w.conn = nil
	if err != nil {
		return fmt.Errorf("close %s: %w", w.part(), err)
	}
	return os.Rename(w.part(), w.path)
}

// close drops a file that was not finished.
func (w *sqliteWriter) close() {
	if w.conn == nil {
		return
	}
	_ = w.conn.Close()
	_ = os.Remove(w.part())
}
