package serve

import (
	"context"
	"net/http"
	"strconv"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/view"
)

// itemPage is what the page of an item shows.
type itemPage struct {
	*view.Record                // the revision that is shown
	Revisions    []*view.Record // oldest first
	About        []*view.Record // of its URL
	Cluster      string         // id of the article written first, "": it is alone
	Comparison   *comparison
}

// comparison shows two texts side by side.
type comparison struct {
	Left, Right *view.Record
	Title       []Pair
	Text        []Pair
	Cut         bool
}

func newComparison(left, right *view.Record) *comparison {
	return &comparison{
		Left: left, Right: right, Title: compare(shorten(left.Title), shorten(right.Title)),
		Text: compare(left.ContentText, right.ContentText),
		Cut:  max(len(left.ContentText), len(right.ContentText)) > maxCompared,
	}
}

func (s *Server) showItem(w http.ResponseWriter, r *http.Request) error {
	p, err := s.item(r)
	if err != nil {
		return err
	}
	if n := len(p.Revisions); n > 1 {
		left, right := revision(r, "left", p.Revisions, n-2), revision(r, "right", p.Revisions, n-1)
		p.Comparison = newComparison(left, right)
	}
	return s.write(w, http.StatusOK, "item", frame{Title: titleOf(p.Record), Notice: s.notice(), Page: p})
}

// item reads the item that the path of a request names.
func (s *Server) item(r *http.Request) (*itemPage, error) {
	p := &itemPage{}
	err := s.turn(r.Context(), func(ctx context.Context) (err error) {
		if p.Revisions, err = s.Index.Revisions(ctx, item.Type(r.PathValue("type")), r.PathValue("id")); err != nil {
			return err
		}
		if len(p.Revisions) == 0 {
			return notFound("There is no such item in the index. It may have been withdrawn or forgotten.")
		}
		p.Record = p.Revisions[len(p.Revisions)-1]
		if p.About, err = s.Index.About(ctx, p.URL); err != nil {
			return err
		}
		p.About = others(p.About, p.Record)
		p.Cluster, err = s.clusterOf(ctx, p.Record)
		return err
	})
	return p, err
}

// others are the items without one of them.
func others(list []*view.Record, without *view.Record) (rest []*view.Record) {
	for _, r := range list {
		if r.Type != without.Type || r.ID != without.ID {
			rest = append(rest, r)
		}
	}
	return rest
}

// clusterOf returns the id of the article that was written first, "" if an item is alone.
func (s *Server) clusterOf(ctx context.Context, r *view.Record) (string, error) {
	if first := firstOf(r); first != r.ID {
		return first, nil
	}
	n, err := s.Index.Copies(ctx, r.ID)
	if n == 0 {
		return "", err
	}
	return r.ID, err
}

func firstOf(r *view.Record) string {
	switch {
	case r.ClusterID != "":
		return r.ClusterID
	case r.DuplicateOf != "":
		return r.DuplicateOf
	}
	return r.ID
}

// revision returns the one that a parameter names, else the i-th.
func revision(r *http.Request, name string, list []*view.Record, i int) *view.Record {
	if n, err := strconv.Atoi(r.URL.Query().Get(name)); err == nil {
		for _, one := range list {
			if one.Revision == n {
				return one
			}
		}
	}
	return list[i]
}

// clusterPage is what the page of a cluster shows.
type clusterPage struct {
	ID         string
	Members    []*view.Record // oldest first
	Texts      []*view.Record // those with a text
	Comparison *comparison
}

func (s *Server) showCluster(w http.ResponseWriter, r *http.Request) error {
	p, err := s.cluster(r)
	if err != nil {
		return err
	}
	for _, m := range p.Members {
		if m.ContentText != "" {
			p.Texts = append(p.Texts, m)
		}
	}
	if len(p.Texts) > 1 {
		p.Comparison = newComparison(member(r, "left", p.Texts, 0), member(r, "right", p.Texts, 1))
	}
	f := frame{Title: titleOf(p.Members[0]) + " – cluster", Notice: s.notice(), Page: p}
	return s.write(w, http.StatusOK, "cluster", f)
}

func (s *Server) cluster(r *http.Request) (*clusterPage, error) {
	p := &clusterPage{ID: r.PathValue("id")}
	err := s.turn(r.Context(), func(ctx context.Context) (err error) {
		p.Members, err = s.Index.Cluster(ctx, p.ID)
		if err == nil && len(p.Members) == 0 {
			err = notFound("There is no such cluster in the index.")
		}
		return err
	})
	return p, err
}

func member(r *http.Request, name string, list []*view.Record, i int) *view.Record {
	id := r.URL.Query().Get(name)
	for _, m := range list {
		if m.ID == id {
			return m
		}
	}
	return list[i]
}
