package index

import (
	"context"
	"fmt"
	"math"
	"strings"

	engine "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/view"
)

// maxCount is up to where hits are counted: what is rare among many takes long to count.
const maxCount = MaxPage

// Hit is an item that was found.
type Hit struct {
	At int64 // for Query.After
	*view.Record
}

// Results are a page of hits, newest first unless the query says otherwise.
type Results struct {
	Hits  []Hit
	Count int  // of this page and those after it, at most maxCount
	Over  bool // there are more than Count
}

// Next is the Query.After of the next page, 0 if there is none.
func (r *Results) Next() int64 {
	if len(r.Hits) == 0 || r.Count <= len(r.Hits) {
		return 0
	}
	return r.Hits[len(r.Hits)-1].At
}

// Search finds the newest revisions of items. An error about the query's text wraps
// ErrQuery.
func (x *Index) Search(ctx context.Context, q Query) (*Results, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = 20
	}
	statement, args, err := q.statement()
	if err != nil {
		return nil, err
	}
	found := &Results{}
	var at []any
	err = x.query(ctx, statement, args, func(s *engine.Stmt) error {
		if found.Count == maxCount {
			found.Over = true
			return nil
		}
		found.Count++
		if len(at) < min(limit, MaxPage) {
			at = append(at, s.ColumnInt64(0))
		}
		return nil
	})
	if err != nil || len(at) == 0 {
		return found, err
	}
	statement = "SELECT at, raw FROM item JOIN line USING (n) WHERE at IN (?" + strings.Repeat(", ?", len(at)-1) +
		") ORDER BY at " + q.order()
	err = x.query(ctx, statement, at, func(s *engine.Stmt) error {
		r, err := x.record(s, 1)
		found.Hits = append(found.Hits, Hit{s.ColumnInt64(0), r})
		return err
	})
	return found, err
}

func (q *Query) order() string {
	if q.Oldest {
		return "DESC"
	}
	return "ASC"
}

// statement finds the values of item.at of all hits from q.After on.
func (q *Query) statement() (string, []any, error) {
	match, err := q.match()
	if err != nil {
		return "", nil, err
	}
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	if !q.From.IsZero() {
		high = latest(q.From)
	}
	if !q.To.IsZero() {
		low = latest(q.To) + 1
	}
	switch {
	case q.After != 0 && q.Oldest:
		high = min(high, q.After-1)
	case q.After != 0:
		low = max(low, q.After+1)
	}
	end := fmt.Sprintf(" ORDER BY 1 %s LIMIT %d", q.order(), maxCount+1)
	switch {
	case q.Cluster != "": // few items: look into each
		first := itemHash(item.TypeArticle, q.Cluster)
		statement := "SELECT at FROM item WHERE newest = 1 AND (cluster = ? OR id = ?) AND at BETWEEN ? AND ?"
		args := []any{first, first, low, high}
		if match != "" {
			statement += " AND EXISTS (SELECT 1 FROM words WHERE words MATCH ? AND rowid = at)"
			args = append(args, match)
		}
		return statement + end, args, nil
	case match != "":
		return "SELECT rowid FROM words WHERE words MATCH ? AND rowid BETWEEN ? AND ?" + end, []any{match, low, high}, nil
	}
	return "SELECT at FROM item WHERE newest = 1 AND at BETWEEN ? AND ?" + end, []any{low, high}, nil
}

// query runs a statement on one of the reading connections.
func (x *Index) query(ctx context.Context, statement string, args []any, row func(*engine.Stmt) error) error {
	conn, err := x.pool.Take(ctx)
	if err != nil {
		return x.wrap(err)
	}
	defer x.pool.Put(conn)
	return x.wrap(sqlitex.Execute(conn, statement, &sqlitex.ExecOptions{Args: args, ResultFunc: row}))
}
