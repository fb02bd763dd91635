package demosite

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// serveIndex lists captures. It supports the parameters url, matchType, from, to,
// filter, collapse, limit, resumeKey, showResumeKey, fl and output.
func (b *wayback) serveIndex(rw http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	wanted, err := newSelection(q)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	fields := strings.Split(cmp.Or(q.Get("fl"), "urlkey,timestamp,original,mimetype,statuscode,digest"), ",")
	rows, resume := [][]string{}, ""
	last := ""
	for _, c := range b.captures() {
		if !wanted.takes(c) {
			continue
		}
		if group := wanted.group(c); group != "" && group == last {
			continue
		} else {
			last = group
		}
		if wanted.limit > 0 && len(rows) == wanted.limit {
			break
		}
		row := make([]string, len(fields))
		for i, name := range fields {
			row[i] = c.field(name)
		}
		rows, resume = append(rows, row), url.QueryEscape(c.key+" "+c.at+"!")
	}
	if len(rows) < wanted.limit || wanted.limit == 0 || q.Get("showResumeKey") != "true" {
		resume = ""
	}
	writeIndex(rw, q.Get("output") == "json", fields, rows, resume)
}

// writeIndex writes rows as text, or as JSON after a row of field names.
func writeIndex(rw http.ResponseWriter, asJSON bool, fields []string, rows [][]string, resume string) {
	if !asJSON {
		rw.Header().Set("Content-Type", "text/plain")
		for _, row := range rows {
			fmt.Fprintln(rw, strings.Join(row, " "))
		}
		if resume != "" {
			fmt.Fprintf(rw, "\n%s\n", resume)
		}
		return
	}
	if len(rows) > 0 {
		rows = append([][]string{fields}, rows...)
	}
	if resume != "" {
		rows = append(rows, []string{}, []string{resume})
	}
	rw.Header().Set("Content-Type", "application/json")
	json.NewEncoder(rw).Encode(rows)
}

func (c capture) field(name string) string {
	switch name {
	case "urlkey":
		return c.key
	case "timestamp":
		return c.at
	case "original":
		return c.original
	case "mimetype":
		return c.mime
	case "statuscode":
		return c.status
	case "digest":
		return c.digest
	}
	return "-"
}

// selection holds the parameters of a query.
type selection struct {
	match    func(key string) bool
	from, to string // digits
	filters  []captureFilter
	collapse string // field, "" = none
	digits   int    // of that field; 0 = all
	limit    int    // 0 = none
	after    string // "key time" of the line listed last
}

type captureFilter struct {
	not     bool
	field   string
	pattern *regexp.Regexp
}

func newSelection(q url.Values) (selection, error) {
	s := selection{from: q.Get("from"), to: q.Get("to"), after: strings.TrimSuffix(q.Get("resumeKey"), "!")}
	rawURL, star := strings.CutSuffix(q.Get("url"), "*")
	how := q.Get("matchType")
	if star {
		how = "prefix"
	}
	if rawURL == "" {
		return s, errors.New("url is missing")
	}
	host, _, _ := strings.Cut(keyPrefix(rawURL), ")")
	switch how {
	case "", "exact":
		key := captureKey(rawURL)
		s.match = func(k string) bool { return k == key }
	case "prefix":
		prefix := keyPrefix(rawURL)
		s.match = func(k string) bool { return strings.HasPrefix(k, prefix) }
	case "host":
		s.match = func(k string) bool { return strings.HasPrefix(k, host+")") }
	case "domain":
		s.match = func(k string) bool { return strings.HasPrefix(k, host+")") || strings.HasPrefix(k, host+",") }
	default:
		return s, fmt.Errorf("matchType %q is not known", how)
	}
	for _, f := range q["filter"] {
		f, not := strings.CutPrefix(f, "!")
		field, pattern, _ := strings.Cut(f, ":")
		re, err := regexp.Compile("^(?:" + pattern + ")$")
		if err != nil {
			return s, fmt.Errorf("filter %q: %w", f, err)
		}
		s.filters = append(s.filters, captureFilter{not, field, re})
	}
	collapse, digits, _ := strings.Cut(q.Get("collapse"), ":")
	s.collapse = collapse
	s.digits, _ = strconv.Atoi(digits)
	s.limit, _ = strconv.Atoi(q.Get("limit"))
	return s, nil
}

func (s selection) takes(c capture) bool {
	if !s.match(c.key) || c.key+" "+c.at <= s.after || c.at < s.from || s.to != "" &&
		c.at[:min(len(s.to), len(c.at))] > s.to {
		return false
	}
	return !slices.ContainsFunc(s.filters,
		func(f captureFilter) bool { return f.pattern.MatchString(c.field(f.field)) == f.not })
}

// group returns the value by which neighbouring lines are collapsed.
func (s selection) group(c capture) string {
	if s.collapse == "" {
		return ""
	}
	value := c.field(s.collapse)
	if s.digits > 0 {
		value = value[:min(s.digits, len(value))]
	}
	return value
}
