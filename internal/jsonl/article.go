package jsonl

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Fields are the keys under which articles have what is looked for: the first
// with a value counts.
type Fields struct {
	Text, Title, URL, Date []string
}

// Usual are the keys of newsonce itself, of JSON Feed, schema.org and of
// programs that extract news.
var Usual = Fields{
	Text:  []string{"content_text", "text", "body", "maintext", "article_body", "articleBody", "content"},
	Title: []string{"title", "headline", "name"},
	URL:   []string{"url", "link", "requested_url", "canonical_url"},
	Date: []string{
		"date_published", "published", "published_at", "publication_date", "publishing_date", "publish_date", "date_publish",
		"datePublished", "pub_date", "pubDate", "date",
	},
}

// seen are the keys that say when an article was first seen.
var seen = []string{"first_seen", "fetched_at", "date_download", "crawled_at", "crawl_date"}

// Article is what a line says. Where a line has no such key, or another kind of
// value, the field is empty.
type Article struct {
	ID    json.RawMessage // "id": a string or a number, as it stands in the line
	Type  string          // "type"
	Text  string
	Title string
	URL   string
	When  time.Time // of publication, else when it was first seen

	line    []byte
	members []member
}

// Read reads the object that a line is. The article keeps the line.
func (f *Fields) Read(line []byte) (Article, error) {
	a := Article{line: line}
	var err error
	if a.members, err = members(make([]member, 0, 32), line); err != nil {
		return Article{line: line}, err
	}
	best := [5]int{len(f.Text), len(f.Title), len(f.URL), len(f.Date), len(seen)}
	var published, fetched time.Time
	for _, m := range a.members {
		value := line[m.value:m.end]
		switch key := string(line[m.key+1 : m.keyEnd-1]); key {
		case "id":
			if a.ID = nil; value[0] == '"' && len(value) > 2 || value[0] == '-' || '0' <= value[0] && value[0] <= '9' {
				a.ID = value
			}
		case "type":
			a.Type = text(value)
		default:
			if i, ok := better(f.Text, key, best[0]); ok {
				if s := text(value); visible(s) {
					a.Text, best[0] = s, i
				}
			}
			if i, ok := better(f.Title, key, best[1]); ok {
				if s := text(value); visible(s) {
					a.Title, best[1] = s, i
				}
			}
			if i, ok := better(f.URL, key, best[2]); ok {
				if s := strings.TrimSpace(text(value)); s != "" {
					a.URL, best[2] = s, i
				}
			}
			if i, ok := better(f.Date, key, best[3]); ok {
				if t := date(value); !t.IsZero() {
					published, best[3] = t, i
				}
			}
			if i, ok := better(seen, key, best[4]); ok {
				if t := date(value); !t.IsZero() {
					fetched, best[4] = t, i
				}
			}
		}
	}
	if a.When = published; published.IsZero() {
		a.When = fetched
	}
	return a, nil
}

// better reports whether a key stands before the best of a list so far, or is
// the best again: the last of two equal keys counts, as in encoding/json.
func better(keys []string, key string, best int) (int, bool) {
	i := slices.Index(keys, key)
	return i, i >= 0 && i <= best
}

func visible(s string) bool { return strings.TrimSpace(s) != "" }

// Keys are the keys of the line, for a person to choose from.
func (a Article) Keys() []string {
	var list []string
	for _, m := range a.members {
		list = append(list, string(a.line[m.key+1:m.keyEnd-1]))
	}
	return list
}

// Line is the line that the article was read from.
func (a Article) Line() []byte { return a.line }
