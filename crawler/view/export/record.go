package export

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/view"
)

// record is a line of any type.
type record struct{ view.Record }

func (r *record) revision() int { return max(1, r.Revision) }

// column is one value of a line: a string, an int, a float64, a bool or a []string. The
// zero value means that the line has none.
type column struct {
	name string
	of   func(*record) any
	// articles says that only articles have it, headlines that only headlines have it.
	articles, headlines bool
}

// columns are those of CSV and SQLite, in order.
var columns = []column{
	{name: "type", of: func(r *record) any { return string(r.Type) }},
	{name: "id", of: func(r *record) any { return r.ID }},
	{name: "revision", of: func(r *record) any { return r.revision() }},
	{name: "site", of: func(r *record) any { return r.Site }},
	{name: "url", of: func(r *record) any { return r.URL }},
	{name: "canonical_url", of: func(r *record) any { return r.CanonicalURL }, articles: true},
	{name: "title", of: func(r *record) any { return r.Title }},
	{name: "summary", of: func(r *record) any { return r.Summary }, articles: true},
	{name: "content_text", of: func(r *record) any { return r.ContentText }, articles: true},
	{name: "date_published", of: func(r *record) any { return r.DatePublished.String() }},
	{name: "published_utc", of: func(r *record) any { return instant(r.DatePublished.UTC()) }},
	{name: "date_modified", of: func(r *record) any { return r.DateModified.String() }, articles: true},
	{name: "modified_utc", of: func(r *record) any { return instant(r.DateModified.UTC()) }, articles: true},
	{name: "date_raw", of: func(r *record) any { return r.DateRaw }},
	{name: "authors", of: func(r *record) any { return r.names() }, articles: true},
	{name: "publisher", of: func(r *record) any { return r.Publisher }, articles: true},
	{name: "section", of: func(r *record) any { return r.Section }, articles: true},
	{name: "tags", of: func(r *record) any { return r.Tags }, articles: true},
	{name: "language", of: func(r *record) any { return r.Language }, articles: true},
	{name: "image", of: func(r *record) any { return r.Image }, articles: true},
	{name: "content_hash", of: func(r *record) any { return r.ContentHash }, articles: true},
	{name: "cluster_id", of: func(r *record) any { return r.ClusterID }, articles: true},
	{name: "duplicate_of", of: func(r *record) any { return r.DuplicateOf }},
	{name: "similarity", of: func(r *record) any { return r.Similarity }},
	{name: "method", of: func(r *record) any { return r.Method }},
	{name: "revises", of: func(r *record) any { return r.Revises }, articles: true},
	{name: "suspect", of: func(r *record) any { return r.Suspect }, articles: true},
	{name: "source", of: func(r *record) any { return r.Source }, articles: true},
	{name: "block", of: func(r *record) any { return r.Block }, headlines: true},
	{name: "position", of: func(r *record) any { return r.Position }, headlines: true},
	{name: "found_on", of: func(r *record) any { return r.FoundOn }},
	{name: "status", of: func(r *record) any { return r.Status }},
	{name: "first_seen", of: func(r *record) any { return instant(r.FirstSeen) }, headlines: true},
	{name: "fetched_at", of: func(r *record) any { return instant(r.FetchedAt) }},
	{name: "run_id", of: func(r *record) any { return r.RunID }},
}

// Columns returns the names of the columns, in order.
func Columns() []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return names
}

func instant(i item.Instant) any {
	if i.IsZero() {
		return ""
	}
	return i.UTC().Format(time.RFC3339)
}

func (r *record) names() []string {
	var list []string
	for _, a := range r.Authors {
		list = append(list, a.Name)
	}
	return list
}

// has reports whether the line has the value of a condition.
func (r *record) has(want Condition) bool {
	for _, c := range columns {
		if c.name != want.Column {
			continue
		}
		if list, ok := c.of(r).([]string); ok {
			return slices.Contains(list, want.Value) || len(list) == 0 && want.Value == ""
		}
		return text(c.of(r)) == want.Value
	}
	return false
}

// text is the value of a column as text, "" for none. Entries of a list are joined by
// "; ".
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []string:
		return strings.Join(v, "; ")
	case int:
		if v == 0 {
			return ""
		}
		return strconv.Itoa(v)
	case float64:
		if v == 0 {
			return ""
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	case bool:
		if !v {
			return ""
		}
		return "true"
	}
	panic(fmt.Sprintf("column of type %T", v))
}
