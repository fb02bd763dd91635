package demosite

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"time"
)

// dayPath is the layout of the path of the list of a day.
const dayPath = "/archive/2006/01/02/"

// newest returns up to n articles of the site, newest first, after skipping some.
func (s *Site) newest(before, n int) []*Article {
	end := len(s.articles) - before
	if before < 0 || end <= 0 {
		return nil
	}
	list := slices.Clone(s.articles[max(0, end-n):end])
	slices.Reverse(list)
	return list
}

// ofDay returns the articles of a day, newest first.
func (s *Site) ofDay(day time.Time) []*Article {
	first := sort.Search(len(s.articles), func(i int) bool { return !civil(s.articles[i].Date.Time).Before(day) })
	last := sort.Search(len(s.articles), func(i int) bool { return civil(s.articles[i].Date.Time).After(day) })
	list := slices.Clone(s.articles[first:last])
	slices.Reverse(list)
	return list
}

// civil returns the calendar day of t at midnight UTC.
func civil(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// serveDay answers /archive/2025/12/01/ with the articles of that day, or with 404
// if there are none.
func (w *World) serveDay(s *Site, rw http.ResponseWriter, r *http.Request) {
	day, err := time.Parse(dayPath, r.URL.Path)
	w.mu.RLock()
	list := s.ofDay(day)
	v := w.validator(s, r.URL.Path)
	var p page
	if len(list) > 0 {
		view := s.view(list)
		view.Also = nil // which on some days would outnumber the entries
		p = cut(s.execute("listing", view))
	}
	w.mu.RUnlock()
	if err != nil || len(list) == 0 {
		notice(rw, http.StatusNotFound, "There is no such page")
		return
	}
	w.servePage(rw, r, p, nil, v)
}

// serveOffset answers /latest?offset=20 with the articles from that offset. The
// list is empty beyond the last article.
func (w *World) serveOffset(s *Site, rw http.ResponseWriter, r *http.Request) {
	offset := offsetOf(r)
	w.mu.RLock()
	p := cut(s.execute("listing", s.view(s.newest(offset, w.options.PerPage))))
	v := w.validator(s, fmt.Sprintf("o%d", offset))
	w.mu.RUnlock()
	w.servePage(rw, r, p, nil, v)
}

func offsetOf(r *http.Request) int {
	offset, err := strconv.Atoi(r.URL.Query().Get("offset"))
	if err != nil || offset < 0 {
		return 0
	}
	return offset
}

// moreAnswer is the response of the "load more" endpoint.
type moreAnswer struct {
	Data struct {
		Items []moreItem `json:"items"`
		HTML  string     `json:"html"` // the entries as in a listing
	} `json:"data"`
	Next  *string `json:"next"`  // path of the next response, null at the end
	After *int    `json:"after"` // its offset, null at the end
}

type moreItem struct {
	ID    int    `json:"id"`
	Title string `json:"title"`
	URL   string `json:"url"`
	Date  string `json:"date"`
}

// serveMore answers /api/more?offset=20 with the articles from that offset in JSON:
// as the array data.items and as the HTML data.html.
func (w *World) serveMore(s *Site, rw http.ResponseWriter, r *http.Request) {
	offset := offsetOf(r)
	var answer moreAnswer
	w.mu.RLock()
	list := s.newest(offset, w.options.PerPage)
	answer.Data.Items = []moreItem{}
	for _, a := range list {
		answer.Data.Items = append(answer.Data.Items, moreItem{ID: a.Number, Title: a.Title, URL: a.Path,
			Date: a.Date.String()})
	}
	if len(list) > 0 {
		answer.Data.HTML = string(s.execute("entries", s.view(list)))
	}
	if after := offset + w.options.PerPage; after < len(s.articles) {
		next := fmt.Sprintf("/api/more?offset=%d", after)
		answer.Next, answer.After = &next, &after
	}
	v := w.validator(s, fmt.Sprintf("m%d", offset))
	w.mu.RUnlock()
	rw.Header().Set("ETag", v.etag)
	if v.holds(r) {
		rw.WriteHeader(http.StatusNotModified)
		return
	}
	serveJSON(rw, "application/json", answer)
}

func serveJSON(rw http.ResponseWriter, contentType string, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("demosite: encode %T: %v", v, err))
	}
	serveFile(rw, contentType, append(body, '\n'))
}
