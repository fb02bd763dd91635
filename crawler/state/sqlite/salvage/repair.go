package salvage

import (
	"fmt"

	engine "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Options tell Repair what rows cannot.
type Options struct {
	// Site returns the name of the site that a URL belongs to, "" for none. It is asked
	// where the name of a site is lost.
	Site func(url string) string
	// Log stores the key log that belongs to the rows.
	Log func(urls, headlines, titles, texts []byte) error
}

// Repair makes moved rows agree with each other: it drops those whose counterpart is
// lost, and gives every id its key again.
func (m *Moved) Repair(c *engine.Conn, o Options) error {
	r := repairer{m, c, o}
	for _, step := range []func() error{r.sites, r.origins, r.references, r.relog, r.count} {
		if err := step(); err != nil {
			return fmt.Errorf("repair the rows: %w", err)
		}
	}
	return nil
}

type repairer struct {
	*Moved
	conn *engine.Conn
	Options
}

func (r *repairer) exec(query string, args ...any) error {
	return sqlitex.Execute(r.conn, query, &sqlitex.ExecOptions{Args: args})
}

func (r *repairer) each(query string, use func(*engine.Stmt) error, args ...any) error {
	return sqlitex.Execute(r.conn, query, &sqlitex.ExecOptions{Args: args, ResultFunc: use})
}

// sites finds the names of sites whose rows are lost by their URLs. URLs without a site
// go, and so does what was kept for a site without a name.
func (r *repairer) sites() error {
	lost := map[int64]string{}
	const nameless = "SELECT site, url FROM url WHERE site NOT IN (SELECT id FROM site) AND state <> 6"
	err := r.each(nameless, func(row *engine.Stmt) error {
		if id := row.ColumnInt64(0); lost[id] == "" {
			lost[id] = r.Site(row.ColumnText(1))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for id, name := range lost {
		if name == "" {
			continue
		}
		if err := r.exec("INSERT OR IGNORE INTO site(id, name) VALUES (?, ?)", id, name); err != nil {
			return err
		}
		for _, table := range []string{"url", "headline"} { // the name may be that of another id
			move := "UPDATE " + table + " SET site = (SELECT id FROM site WHERE name = ?) WHERE site = ?"
			if err := r.exec(move, name, id); err != nil {
				return err
			}
		}
	}
	if err := r.drop("url", "site NOT IN (SELECT id FROM site) AND state <> 6"); err != nil {
		return err
	}
	for _, table := range []string{"source", "observed"} {
		if err := r.drop(table, "site NOT IN (SELECT id FROM site)"); err != nil {
			return err
		}
	}
	return nil
}

// drop deletes rows and counts them as lost.
func (r *repairer) drop(table, condition string) error {
	err := r.exec("DELETE FROM " + table + " WHERE " + condition)
	r.Lost.Rows += r.conn.Changes()
	return err
}

// origins sets the origin of each URL from the URL itself.
func (r *repairer) origins() error {
	names := map[int64]string{}
	if err := r.each("SELECT id, name FROM origin", func(row *engine.Stmt) error {
		names[row.ColumnInt64(0)] = row.ColumnText(1)
		return nil
	}); err != nil {
		return err
	}
	wrong := map[int64]string{}
	if err := r.each("SELECT id, origin, url FROM url WHERE state <> 6", func(row *engine.Stmt) error {
		if u, err := urlkey.Parse(row.ColumnText(2)); err == nil && names[row.ColumnInt64(1)] != u.Origin() {
			wrong[row.ColumnInt64(0)] = u.Origin()
		}
		return nil
	}); err != nil {
		return err
	}
	for id, origin := range wrong {
		if err := r.exec("INSERT OR IGNORE INTO origin(name) VALUES (?)", origin); err != nil {
			return err
		}
		const move = "UPDATE url SET origin = (SELECT id FROM origin WHERE name = ?) WHERE id = ?"
		if err := r.exec(move, origin, id); err != nil {
			return err
		}
	}
	return nil
}

// references drops what refers to rows that are lost. A URL whose text is lost is put
// back by one revision, so that its line in the output gives it a text again; Restore
// undoes that where there is none.
func (r *repairer) references() error {
	if err := r.drop("text", "url NOT IN (SELECT id FROM url)"); err != nil {
		return err
	}
	for _, query := range []string{
		"CREATE TABLE lost_text AS SELECT id, revision FROM url WHERE text > 0 AND text NOT IN (SELECT id FROM text)",
		"UPDATE url SET text = 0, revision = max(0, revision - 1) WHERE id IN (SELECT id FROM lost_text)",
		"DELETE FROM shown WHERE url NOT IN (SELECT id FROM url)",
		"DELETE FROM sketch WHERE text NOT IN (SELECT id FROM text) OR text NOT IN (SELECT text FROM near)",
		"DELETE FROM near WHERE text NOT IN (SELECT text FROM sketch)",
		"UPDATE near SET head = text WHERE head NOT IN (SELECT id FROM text)",
		"UPDATE headline SET of = 0 WHERE of NOT IN (SELECT id FROM headline)",
	} {
		if err := r.exec(query); err != nil {
			return err
		}
	}
	return nil
}

// count counts the URLs of each site.
func (r *repairer) count() error {
	return r.exec("UPDATE site SET urls = (SELECT count(*) FROM url WHERE url.site = site.id AND state <> 6)")
}

// Restore ends a repair, after the lines of the output were replayed: URLs whose text
// is still lost get a place for it, and aliases of URLs that are still lost are queued.
func Restore(c *engine.Conn) error {
	for _, query := range []string{
		`UPDATE url SET revision = max(revision, (SELECT revision FROM lost_text l WHERE l.id = url.id))
		    WHERE id IN (SELECT id FROM lost_text)`,
		"DROP TABLE lost_text",
		`UPDATE url SET state = 0, next_at = 1, attempts = 0, hops = 0, target = 0
		    WHERE state = 2 AND target NOT IN (SELECT id FROM url)`,
	} {
		if err := sqlitex.Execute(c, query, nil); err != nil {
			return fmt.Errorf("repair the rows: %w", err)
		}
	}
	return nil
}
