package extract

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Golden is the .json of a golden pair: a page and what the automatic rules read from
// it. Result.Rules are left out, since they may change when the rest does not. The
// first four fields are the input.
type Golden struct {
	Kind      string           `json:"kind,omitempty"` // "listing"; else an article page
	URL       string           `json:"url"`
	FetchedAt string           `json:"fetched_at,omitempty"` // RFC 3339
	Zone      string           `json:"zone,omitempty"`       // IANA name
	Article   *GoldenArticle   `json:"article"`
	Headlines []GoldenHeadline `json:"headlines,omitempty"`
	Next      string           `json:"next,omitempty"`
	Links     []string         `json:"links,omitempty"` // of listings only
}

// GoldenListing is the Kind of listing pages.
const GoldenListing = "listing"

// GoldenArticle is the article of a Golden.
type GoldenArticle struct {
	Title      string   `json:"title"`
	Date       string   `json:"date,omitempty"`
	Modified   string   `json:"modified,omitempty"`
	Raw        string   `json:"date_raw,omitempty"`
	Authors    []string `json:"authors,omitempty"`
	Summary    string   `json:"summary,omitempty"`
	Publisher  string   `json:"publisher,omitempty"`
	Section    string   `json:"section,omitempty"`
	Tags       []string `json:"tags,omitempty"`
	Language   string   `json:"language,omitempty"`
	Image      string   `json:"image,omitempty"`
	Paragraphs []string `json:"paragraphs"`
}

// GoldenHeadline is one headline of a Golden.
type GoldenHeadline struct {
	Block string `json:"block"`
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
	Date  string `json:"date,omitempty"`
}

// With returns the pair of the same input with r as its result.
func (g Golden) With(r *Result) Golden {
	out := Golden{Kind: g.Kind, URL: g.URL, FetchedAt: g.FetchedAt, Zone: g.Zone, Next: r.Next}
	if a := r.Article; a != nil {
		out.Article = &GoldenArticle{
			Title: a.Title, Date: a.DatePublished.String(), Modified: a.DateModified.String(), Raw: a.DatePublished.Raw,
			Summary:   a.Summary,
			Publisher: a.Publisher, Section: a.Section, Tags: a.Tags, Language: a.Language,
			Image: a.Image, Paragraphs: a.Paragraphs,
		}
		for _, one := range a.Authors {
			out.Article.Authors = append(out.Article.Authors, one.Name)
		}
	}
	for _, h := range r.Headlines {
		out.Headlines = append(out.Headlines, GoldenHeadline{h.Block, h.Title, h.URL, h.Date.String()})
	}
	if g.Kind == GoldenListing {
		for _, l := range r.Links {
			out.Links = append(out.Links, l.URL)
		}
	}
	return out
}

// Encode returns the content of the .json.
func (g Golden) Encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(g); err != nil {
		return nil, fmt.Errorf("golden pair of %s: %w", g.URL, err)
	}
	return b.Bytes(), nil
}
