package index

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	engine "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/view"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// maxBatch bounds the bytes of a batch's words. FTS5 writes a segment at each commit, and
// merges few large ones faster than many small ones.
const maxBatch = 16 << 20

// batch is what one transaction stores.
type batch struct {
	path    string
	at      position // after it
	entries []*entry
	bytes   int
}

func (b *batch) add(e *entry) {
	b.entries = append(b.entries, e)
	b.bytes += len(e.doc.text) + len(e.raw) + 200
}

// doc is what is searched of an item.
type doc struct{ text, author, tag string }

// entry is a line, ready to be stored.
type entry struct {
	site     string
	id       int64
	line     int64 // hash of type, id and revision
	revision int
	subject  int64
	cluster  int64
	when     time.Time
	seen     int64 // when newsonce wrote it, in Unix seconds
	raw      []byte
	doc      doc

	withdraws int64 // id of the item of which it withdraws the revision, 0: none
}

func lineHash(t item.Type, id string, revision int) int64 {
	return hash(string(t), id, fmt.Sprint(max(1, revision)))
}

// subjectOf identifies a URL.
func subjectOf(url string) int64 {
	u, err := urlkey.Parse(url)
	if err != nil {
		return 0
	}
	return subject(u.Hash())
}

// subject is the hash of a URL key as it is stored.
func subject(key uint64) int64 { return max(1, int64(key>>1)) }

func (x *Index) entry(l *view.Line) (*entry, error) {
	if l.Type == item.TypeWithdrawn {
		var w item.Withdrawn
		if err := l.Decode(&w); err != nil {
			return nil, err
		}
		return &entry{withdraws: itemHash(w.Withdraws, w.ID), revision: max(1, w.Revision),
			line: lineHash(w.Withdraws, w.ID, w.Revision)}, nil
	}
	var r view.Record
	if err := l.Decode(&r); err != nil {
		return nil, err
	}
	e := &entry{
		site: r.Site, id: itemHash(r.Type, r.ID), line: lineHash(r.Type, r.ID, r.Revision), revision: max(1, r.Revision),
		subject: subjectOf(r.URL), when: when(&r), seen: seen(&r).Unix(), raw: x.pack.EncodeAll(l.Raw, nil), doc: docOf(&r),
	}
	if first := cmp.Or(r.ClusterID, r.DuplicateOf); first != "" && first != r.ID {
		e.cluster = itemHash(item.TypeArticle, first)
	}
	return e, nil
}

func docOf(r *view.Record) doc {
	d := doc{tag: tag("site", r.Site) + " " + tag("type", string(r.Type))}
	if r.Title+r.Summary+r.ContentText == "" {
		d.text = words(r.URL)
	} else {
		d.text = words(r.Title, r.Summary, r.ContentText)
	}
	for _, a := range r.Authors {
		d.author += words(a.Name)
	}
	return d
}

func seen(r *view.Record) time.Time {
	if r.FetchedAt.IsZero() {
		return r.FirstSeen.Time
	}
	return r.FetchedAt.Time
}

// early is how much a page may be dated before it was fetched: a day of zones, and some.
const early = 48 * time.Hour

// when is the date by which an item is sorted. A date in the future would keep it on top.
func when(r *view.Record) time.Time {
	t, at := r.When(), seen(r)
	if !at.IsZero() && t.Sub(at) > early {
		return at
	}
	return t
}

// slotBits are the bits of item.at below the minute. Minutes that are full take those of
// the minutes after them.
const slotBits = 10

// latest is the value of item.at before which everything is later than t: values fall
// with time, since FTS5 is faster upwards and most people look for what is new.
func latest(t time.Time) int64 { return -(t.Unix() / 60 << slotBits) }

// slot returns a free value of item.at for a time. Those in use for it are larger.
func (x *Index) slot(t time.Time) (int64, error) {
	minute := t.Unix() / 60
	for {
		for next, full := x.full[minute]; full; next, full = x.full[minute] {
			minute = next
		}
		first := -(minute << slotBits)
		end := first - 1<<slotBits // of the next minute
		smallest := x.conn.Prep("SELECT ifnull(min(at), ?1 + 1) FROM item WHERE at <= ?1 AND at > ?2")
		used, err := sqlitex.ResultInt64(bind(smallest, first, end))
		if err != nil {
			return 0, err
		}
		if used-1 > end {
			return used - 1, nil
		}
		x.full[t.Unix()/60], x.full[minute] = minute+1, minute+1
	}
}

// bind sets the parameters of a statement.
func bind(s *engine.Stmt, values ...int64) *engine.Stmt {
	for i, v := range values {
		s.BindInt64(i+1, v)
	}
	return s
}

// store stores a batch.
func (x *Index) store(ctx context.Context, b *batch) error {
	return x.transaction(ctx, func() error {
		p := pending{}
		for _, e := range b.entries {
			var err error
			if e.withdraws != 0 {
				err = x.withdraw(p, e)
			} else {
				err = x.insert(p, e)
			}
			if err != nil {
				return err
			}
		}
		if err := x.write(p); err != nil {
			return err
		}
		return x.setPosition(b.path, b.at)
	})
}

// pending are the documents that a transaction adds, by item.at. FTS5 takes them in
// this order: another one makes it write a segment before each that is out of order.
type pending map[int64]doc

// write adds the documents.
func (x *Index) write(p pending) error {
	insert := x.conn.Prep("INSERT INTO words(rowid, text, author, tag) VALUES (?, ?, ?, ?)")
	for _, at := range slices.Sorted(maps.Keys(p)) {
		if err := run(insert, at, p[at]); err != nil {
			return err
		}
	}
	return nil
}

// remove removes a document, which must be given as it was added.
func (x *Index) remove(p pending, at int64, d doc) error {
	if _, ok := p[at]; ok {
		delete(p, at)
		return nil
	}
	return run(x.conn.Prep("INSERT INTO words(words, rowid, text, author, tag) VALUES ('delete', ?, ?, ?, ?)"), at, d)
}

func run(s *engine.Stmt, at int64, d doc) error {
	s.BindInt64(1, at)
	s.BindText(2, d.text)
	s.BindText(3, d.author)
	s.BindText(4, d.tag)
	_, err := s.Step()
	return cmp.Or(err, s.Reset())
}

// row is an item as stored.
type row struct {
	at, n    int64
	revision int
	newest   bool
}

// rows returns the revisions of an item, oldest first.
func (x *Index) rows(id int64) ([]row, error) {
	return x.rowsOf("SELECT at, n, revision, newest FROM item WHERE id = ? ORDER BY revision", id)
}

// rowsOf returns what a query finds, whose columns are those of row.
func (x *Index) rowsOf(query string, arg int64) (list []row, err error) {
	err = sqlitex.Execute(x.conn, query, &sqlitex.ExecOptions{
		Args: []any{arg}, ResultFunc: func(s *engine.Stmt) error {
			list = append(list, row{s.ColumnInt64(0), s.ColumnInt64(1), s.ColumnInt(2), s.ColumnInt(3) == 1})
			return nil
		}})
	return list, err
}

// exec runs a statement without a result.
func (x *Index) exec(statement string, args ...any) error {
	return sqlitex.Execute(x.conn, statement, &sqlitex.ExecOptions{Args: args})
}

// insert stores an item, unless it is known, withdrawn or forgotten.
func (x *Index) insert(p pending, e *entry) error {
	out, err := sqlitex.ResultBool(bind(x.conn.Prep("SELECT EXISTS (SELECT 1 FROM withdrawn WHERE line = ?) "+
		"OR EXISTS (SELECT 1 FROM forgotten WHERE subject = ? AND until >= ?)"), e.line, e.subject, e.seen))
	if err != nil || out {
		return err
	}
	known, err := x.rows(e.id)
	if err != nil {
		return err
	}
	newest := true
	for _, r := range known {
		switch {
		case r.revision == e.revision:
			return nil
		case r.revision > e.revision:
			newest = false
		case r.newest:
			if err := x.setNewest(p, r, false); err != nil {
				return err
			}
		}
	}
	at, err := x.slot(e.when)
	if err != nil {
		return err
	}
	line := x.conn.Prep("INSERT INTO line(raw) VALUES (?)")
	line.BindBytes(1, e.raw)
	if _, err := line.Step(); err != nil {
		return err
	}
	n := x.conn.LastInsertRowID()
	set := int64(0)
	if newest {
		set = 1
		p[at] = e.doc
	}
	item := x.conn.Prep("INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?)")
	if _, err := bind(item, at, n, e.id, int64(e.revision), set, e.subject, e.cluster).Step(); err != nil {
		return err
	}
	return cmp.Or(line.Reset(), item.Reset(), x.site(e.site))
}

// site keeps the name of a site.
func (x *Index) site(name string) error {
	if x.sites[name] {
		return nil
	}
	x.sites[name] = true
	return x.exec("INSERT OR IGNORE INTO site VALUES (?)", name)
}

// setNewest makes a revision the one that is found, or not.
func (x *Index) setNewest(p pending, r row, newest bool) error {
	d, err := x.stored(r.n)
	if err != nil {
		return err
	}
	set := 0
	if newest {
		set = 1
		p[r.at] = d
	} else if err := x.remove(p, r.at, d); err != nil {
		return err
	}
	return x.exec("UPDATE item SET newest = ? WHERE at = ?", set, r.at)
}

// stored returns the document of a stored line.
func (x *Index) stored(n int64) (d doc, err error) {
	err = sqlitex.Execute(x.conn, "SELECT raw FROM line WHERE n = ?", &sqlitex.ExecOptions{
		Args: []any{n}, ResultFunc: func(s *engine.Stmt) error {
			r, err := x.record(s, 0)
			if err == nil {
				d = docOf(r)
			}
			return err
		}})
	return d, err
}

// raw returns the JSON in a column.
func (x *Index) raw(s *engine.Stmt, column int) ([]byte, error) {
	packed := make([]byte, s.ColumnLen(column))
	s.ColumnBytes(column, packed)
	return x.open.DecodeAll(packed, nil)
}

// record reads the line in a column.
func (x *Index) record(s *engine.Stmt, column int) (*view.Record, error) {
	raw, err := x.raw(s, column)
	if err != nil {
		return nil, err
	}
	var r view.Record
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, err
	}
	r.Revision = max(1, r.Revision)
	return &r, nil
}

// withdraw removes a revision, and the revision before is the newest one again.
func (x *Index) withdraw(p pending, e *entry) error {
	if err := x.exec("INSERT OR IGNORE INTO withdrawn VALUES (?)", e.line); err != nil {
		return err
	}
	known, err := x.rows(e.withdraws)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(known, func(r row) bool { return r.revision == e.revision })
	if i < 0 {
		return nil
	}
	gone := known[i]
	if err := x.drop(p, gone); err != nil {
		return err
	}
	if rest := slices.Delete(known, i, i+1); gone.newest && len(rest) > 0 {
		return x.setNewest(p, rest[len(rest)-1], true)
	}
	return nil
}

// drop removes a revision.
func (x *Index) drop(p pending, r row) error {
	if r.newest {
		d, err := x.stored(r.n)
		if err != nil {
			return err
		}
		if err := x.remove(p, r.at, d); err != nil {
			return err
		}
	}
	return cmp.Or(x.exec("DELETE FROM line WHERE n = ?", r.n), x.exec("DELETE FROM item WHERE at = ?", r.at))
}
