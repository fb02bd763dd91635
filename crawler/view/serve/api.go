package serve

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/newsonce/newsonce/crawler/view"
)

// json registers a function whose result or failure is sent as JSON.
func (s *Server) json(pattern string, f func(*http.Request) (any, error)) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		v, err := f(r)
		status := http.StatusOK
		if err != nil {
			why := s.explain(r, err)
			status, v = why.status, map[string]string{"error": why.message}
			retryLater(w, status)
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v) // fails when the reader is gone
	})
}

func (s *Server) apiSearch(r *http.Request) (any, error) {
	q, err := readSearch(r)
	if err != nil {
		return nil, err
	}
	found, _, err := s.find(r.Context(), q)
	if err != nil {
		return nil, err
	}
	items := make([]*view.Record, len(found.Hits))
	for i, h := range found.Hits {
		items[i] = h.Record
	}
	return struct {
		Items []*view.Record `json:"items"`
		Count int            `json:"count"` // of this page and those after it
		More  bool           `json:"more"`  // than count
		Next  string         `json:"next,omitempty"`
	}{items, found.Count, found.Over, q.next("/api/search", found.Next())}, nil
}

func (s *Server) apiItem(r *http.Request) (any, error) {
	p, err := s.item(r)
	if err != nil {
		return nil, err
	}
	return struct {
		Revisions []*view.Record `json:"revisions"` // oldest first
		About     []*view.Record `json:"about"`     // items of other types with its URL
		Cluster   string         `json:"cluster,omitempty"`
	}{p.Revisions, list(p.About), p.Cluster}, nil
}

func (s *Server) apiCluster(r *http.Request) (any, error) {
	p, err := s.cluster(r)
	if err != nil {
		return nil, err
	}
	return struct {
		Members []*view.Record `json:"members"` // oldest first
	}{p.Members}, nil
}

func (s *Server) apiSites(r *http.Request) (any, error) {
	var names []string
	err := s.turn(r.Context(), func(ctx context.Context) (err error) {
		names, err = s.Index.Sites(ctx)
		return err
	})
	return struct {
		Sites []string `json:"sites"`
	}{list(names)}, err
}

// list is a list that is [] in JSON where there is nothing.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}
