package serve

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/view/index"
)

// allTypes is the value of the parameter type that stands for all of them. Without the
// parameter, articles are searched.
const allTypes = "all"

// types are the values of the parameter type.
var types = []string{
	string(item.TypeArticle), string(item.TypeHeadline), string(item.TypeReference), string(item.TypeGone), allTypes,
}

// search is a search as URL parameters say it.
type search struct {
	Text, Site, Type, Author, Cluster, From, To string
	Oldest                                      bool
	After                                       int64
	Limit                                       int
}

// maxFilter bounds the bytes of the other parameters.
const maxFilter = 300

// readSearch reads the parameters of a request.
func readSearch(r *http.Request) (search, error) {
	v := r.URL.Query()
	s := search{Text: v.Get("q"), Site: v.Get("site"), Type: v.Get("type"), Author: v.Get("author"),
		Cluster: v.Get("cluster"), From: v.Get("from"), To: v.Get("to"), Oldest: v.Get("order") == "oldest"}
	for _, name := range []string{"site", "type", "author", "cluster", "from", "to"} {
		if len(v.Get(name)) > maxFilter {
			return s, &failure{http.StatusBadRequest, name + " is too long."}
		}
	}
	var err error
	if after := v.Get("after"); after != "" {
		if s.After, err = strconv.ParseInt(after, 10, 64); err != nil {
			return s, &failure{http.StatusBadRequest, "after is not the number of an item."}
		}
	}
	if limit := v.Get("limit"); limit != "" {
		if s.Limit, err = strconv.Atoi(limit); err != nil || s.Limit < 1 || s.Limit > index.MaxPage {
			return s, &failure{http.StatusBadRequest, fmt.Sprintf("limit is not a number from 1 to %d.", index.MaxPage)}
		}
	}
	return s, nil
}

// query is the search for the index.
func (s *search) query() (index.Query, error) {
	q := index.Query{Text: s.Text, Site: s.Site, Author: s.Author, Cluster: s.Cluster, Oldest: s.Oldest,
		After: s.After, Limit: s.Limit}
	switch s.Type {
	case "":
		q.Type = item.TypeArticle
	case allTypes:
	default:
		q.Type = item.Type(s.Type)
	}
	var err error
	if q.From, err = day("from", s.From); err != nil {
		return q, err
	}
	if q.To, err = day("to", s.To); err == nil && !q.To.IsZero() {
		q.To = q.To.AddDate(0, 0, 1) // the whole day
	}
	return q, err
}

func day(name, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return t, &failure{http.StatusBadRequest, name + " is not a date such as 2026-11-30."}
	}
	return t, nil
}

// values are the parameters again, without the page.
func (s *search) values() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{
		"q": s.Text, "site": s.Site, "type": s.Type, "author": s.Author, "cluster": s.Cluster, "from": s.From, "to": s.To,
	} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if s.Oldest {
		v.Set("order", "oldest")
	}
	if s.Limit > 0 {
		v.Set("limit", strconv.Itoa(s.Limit))
	}
	return v
}

// link is the path of the search under another path, such as /feed.atom.
func (s *search) link(path string) string {
	if q := s.values().Encode(); q != "" {
		return path + "?" + q
	}
	return path
}

// next is the path of the page after a hit, "" if there is none.
func (s *search) next(path string, after int64) string {
	if after == 0 {
		return ""
	}
	v := s.values()
	v.Set("after", strconv.FormatInt(after, 10))
	return path + "?" + v.Encode()
}

// title names the search for people.
func (s *search) title() string {
	t := "newsonce"
	for _, part := range []string{s.Text, s.Site, s.Author} {
		if part != "" {
			t += ": " + part
		}
	}
	return t
}
