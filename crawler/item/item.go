// Package item defines the lines that newsonce writes, and encodes them as JSON:
// articles, headlines, references and gone notices.
//
// The order of the fields is the order of the keys. Absent values are left out.
// docs/item.schema.json is the schema.
package item

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
)

// Type is the kind of a line.
type Type string

// Types of line.
const (
	TypeArticle   Type = "article"
	TypeHeadline  Type = "headline"
	TypeReference Type = "reference"
	TypeGone      Type = "gone"
	TypeWithdrawn Type = "withdrawn"
)

// Article is one news article. ContentText is its paragraphs joined by blank lines;
// TextPartial says that it lacks pages, or much of what its page shows.
// Revision counts from 1, and is absent for the first.
type Article struct {
	Type          Type     `json:"type"`
	ID            string   `json:"id"`
	Revision      int      `json:"revision,omitempty"`
	Site          string   `json:"site"`
	URL           string   `json:"url"`
	CanonicalURL  string   `json:"canonical_url,omitempty"`
	Title         string   `json:"title,omitempty"`
	Summary       string   `json:"summary,omitempty"`
	ContentText   string   `json:"content_text,omitempty"`
	DatePublished Date     `json:"date_published,omitzero"`
	PublishedUTC  Instant  `json:"published_utc,omitzero"` // of DatePublished, where its zone is known
	DateModified  Date     `json:"date_modified,omitzero"`
	DateRaw       string   `json:"date_raw,omitempty"`
	Authors       []Author `json:"authors,omitempty"`
	Publisher     string   `json:"publisher,omitempty"`
	Section       string   `json:"section,omitempty"`
	Tags          []string `json:"tags,omitempty"`
	Language      string   `json:"language,omitempty"`
	Image         string   `json:"image,omitempty"`
	ContentHash   string   `json:"content_hash,omitempty"`
	ClusterID     string   `json:"cluster_id,omitempty"`
	DuplicateOf   string   `json:"duplicate_of,omitempty"`
	Similarity    float64  `json:"similarity,omitempty"`
	Method        string   `json:"method,omitempty"`
	Revises       int      `json:"revises,omitempty"`
	Changes       *Changes `json:"changes,omitempty"`
	TextPartial   bool     `json:"text_partial,omitempty"`
	Suspect       bool     `json:"suspect,omitempty"`
	Provenance    Sources  `json:"provenance,omitempty"`
	Source        string   `json:"source,omitempty"`
	FoundOn       string   `json:"found_on,omitempty"`
	FetchedAt     Instant  `json:"fetched_at,omitzero"`
	RunID         string   `json:"run_id,omitempty"`
}

// Sources names the source of each field that is not the page's own, by the key of the
// field: feed, sitemap, or "sitemap lastmod".
type Sources map[string]string

// Changes compares a revision with the one before: whether its title differs, and
// how many paragraphs were added, removed and replaced. Fields is set if only the
// summary, the publication date or the authors differ.
type Changes struct {
	Title   bool `json:"title,omitempty"`
	Added   int  `json:"added,omitempty"`
	Removed int  `json:"removed,omitempty"`
	Changed int  `json:"changed,omitempty"`
	Fields  bool `json:"fields,omitempty"`
}

// Author is one author of an article.
type Author struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

// Headline is one entry of a headline list: a link with a title and often a date.
// Position counts from 1 within the list.
type Headline struct {
	Type          Type    `json:"type"`
	ID            string  `json:"id"`
	Revision      int     `json:"revision,omitempty"`
	Site          string  `json:"site"`
	URL           string  `json:"url,omitempty"`
	Title         string  `json:"title"`
	DatePublished Date    `json:"date_published,omitzero"`
	PublishedUTC  Instant `json:"published_utc,omitzero"`
	DateRaw       string  `json:"date_raw,omitempty"`
	Block         string  `json:"block,omitempty"`
	Position      int     `json:"position,omitempty"`
	FoundOn       string  `json:"found_on,omitempty"`
	FirstSeen     Instant `json:"first_seen,omitzero"`
	RunID         string  `json:"run_id,omitempty"`
}

// Reference stands for a new URL with a known text; DuplicateOf is the id of the
// article written first. With a Revision it stands for a revision of an article or
// headline: DuplicateOf is then its own id, or that of the article that already has
// the new text.
type Reference struct {
	Type          Type    `json:"type"`
	ID            string  `json:"id"`
	Revision      int     `json:"revision,omitempty"`
	DuplicateOf   string  `json:"duplicate_of"`
	Method        string  `json:"method,omitempty"`
	Similarity    float64 `json:"similarity,omitempty"`
	Site          string  `json:"site"`
	URL           string  `json:"url"`
	Title         string  `json:"title,omitempty"`
	DatePublished Date    `json:"date_published,omitzero"`
	PublishedUTC  Instant `json:"published_utc,omitzero"`
	FetchedAt     Instant `json:"fetched_at,omitzero"`
	RunID         string  `json:"run_id,omitempty"`
}

// Gone reports that a known article answered 404 or 410 when it was refetched.
type Gone struct {
	Type      Type    `json:"type"`
	ID        string  `json:"id"`
	Site      string  `json:"site"`
	URL       string  `json:"url"`
	Status    int     `json:"status"`
	FetchedAt Instant `json:"fetched_at,omitzero"`
	RunID     string  `json:"run_id,omitempty"`
}

// Withdrawn takes back a line that proved to be a wall or an error page. ID and
// Revision are those of that line, and Withdraws its type.
type Withdrawn struct {
	Type      Type    `json:"type"`
	ID        string  `json:"id"`
	Revision  int     `json:"revision,omitempty"`
	Withdraws Type    `json:"withdraws"`
	Site      string  `json:"site"`
	URL       string  `json:"url"`
	Reason    string  `json:"reason"`
	FetchedAt Instant `json:"fetched_at,omitzero"`
	RunID     string  `json:"run_id,omitempty"`
}

// ID returns the first 32 hexadecimal digits of SHA-256(type + "\n" + key).
func ID(t Type, key string) string {
	sum := sha256.Sum256([]byte(string(t) + "\n" + key))
	return hex.EncodeToString(sum[:16])
}

// HeadlineKey returns the key of a headline within a site: the URL key of its
// target, or without a link its normalised title and its day, if it has one.
func HeadlineKey(site, targetKey, normTitle string, date Date) string {
	if targetKey != "" {
		return site + "\n" + targetKey
	}
	return site + "\n" + normTitle + "\n" + date.Day()
}

// Encoder encodes items as JSON Lines in UTF-8 without HTML escapes. It reuses its
// buffer between calls.
type Encoder struct {
	buf bytes.Buffer
	enc *json.Encoder
}

// NewEncoder returns an Encoder with an empty buffer.
func NewEncoder() *Encoder {
	e := &Encoder{}
	e.enc = json.NewEncoder(&e.buf)
	e.enc.SetEscapeHTML(false)
	return e
}

// Line returns the line for v with its newline. It is valid until the next call.
func (e *Encoder) Line(v any) ([]byte, error) {
	e.buf.Reset()
	if err := e.enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	return e.buf.Bytes(), nil
}

// WriteLine writes v as one line to w.
func WriteLine(w io.Writer, v any) error {
	line, err := NewEncoder().Line(v)
	if err != nil {
		return err
	}
	_, err = w.Write(line)
	return err
}
