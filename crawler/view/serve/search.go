package serve

import (
	"bytes"
	"context"
	"net/http"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/view/export"
	"github.com/newsonce/newsonce/crawler/view/index"
)

// snippetBytes is about how much of a text a hit shows.
const snippetBytes = 260

// hit is a found item on the page.
type hit struct {
	index.Hit
	Title   []index.Piece
	Snippet []index.Piece
}

// searchPage is what the page of a search shows.
type searchPage struct {
	Search           search
	Sites            []string
	Types            []string
	Found            *index.Results // nil: the search cannot be made
	Hits             []hit
	Next, Atom, JSON string
	Problem          string
	Filtered         bool // by more than words, a site or a type
}

// find makes a search when it may.
func (s *Server) find(ctx context.Context, q search) (found *index.Results, sites []string, err error) {
	query, err := q.query()
	if err != nil {
		return nil, nil, err
	}
	err = s.turn(ctx, func(ctx context.Context) error {
		if sites, err = s.Index.Sites(ctx); err != nil {
			return err
		}
		found, err = s.Index.Search(ctx, query)
		return err
	})
	return found, sites, err
}

func (s *Server) showSearch(w http.ResponseWriter, r *http.Request) error {
	q, err := readSearch(r)
	p := &searchPage{Search: q, Types: types, Atom: q.link("/feed.atom"), JSON: q.link("/feed.json"),
		Filtered: q.Author+q.Cluster+q.From+q.To != "" || q.Oldest}
	if err == nil {
		p.Found, p.Sites, err = s.find(r.Context(), q)
	}
	status := http.StatusOK
	if err != nil {
		f := s.explain(r, err)
		p.Problem, status, p.Found = f.message, f.status, nil
		retryLater(w, status)
	} else {
		mark, err := index.NewMarker(q.Text)
		if err != nil {
			return err
		}
		for _, h := range p.Found.Hits {
			title := h.Title
			if title == "" {
				title = h.URL
			}
			snippet := mark.Snippet(cut(h.ContentText, maxCompared), snippetBytes)
			p.Hits = append(p.Hits, hit{h, mark.Mark(shorten(title)), snippet})
		}
		p.Next = q.next("/search", p.Found.Next())
	}
	title := "Search"
	if q.Text != "" {
		title = q.Text + " – search"
	}
	return s.write(w, status, "search", frame{Title: title, Feed: p.Atom, Notice: s.notice(), Page: p})
}

// retryLater tells programs when to try again.
func retryLater(w http.ResponseWriter, status int) {
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "2")
	}
}

// feedLimit is the number of articles of a feed, unless the request says otherwise.
const feedLimit = 50

// feed answers with the newest articles of a search.
func (s *Server) feed(w http.ResponseWriter, r *http.Request) {
	q, err := readSearch(r)
	var found *index.Results
	if err == nil {
		q.Type, q.Oldest = string(item.TypeArticle), false
		if q.Limit == 0 {
			q.Limit = feedLimit
		}
		found, _, err = s.find(r.Context(), q)
	}
	if err != nil {
		f := s.explain(r, err)
		retryLater(w, f.status)
		http.Error(w, f.message, f.status)
		return
	}
	home := "http://" + r.Host
	if r.TLS != nil {
		home = "https://" + r.Host
	}
	feed := &export.Feed{ID: "urn:newsonce:search:" + q.values().Encode(), Title: q.title(),
		Link: home + q.link("/search"), Self: home + r.URL.RequestURI()}
	for _, h := range found.Hits {
		feed.Articles = append(feed.Articles, &h.Article)
	}
	var b bytes.Buffer
	if r.URL.Path == "/feed.json" {
		w.Header().Set("Content-Type", "application/feed+json; charset=utf-8")
		err = feed.WriteJSON(&b)
	} else {
		w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
		err = feed.WriteAtom(&b)
	}
	if err != nil {
		http.Error(w, s.explain(r, err).message, http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(b.Bytes())
}
