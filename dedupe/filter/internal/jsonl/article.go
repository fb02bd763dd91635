package jsonl

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Fields names the keys of an article. Of each list the first key with a value
// counts. content.text is the key text of the object under content.
type Fields struct {
	Text, Title, URL, Date []string
}

// Usual holds the keys of newsonce itself, of JSON Feed, schema.org and of
// programs that extract news.
var Usual = Fields{
	Text: []string{
		"content_text", "text", "body", "maintext", "article_body", "articleBody", "plaintext", "plain_text", "content",
		"content.text", "content.plain_text", "content.body", "article.text", "article.body", "article.content", "body.text",
	},
	Title: []string{"title", "headline", "name", "article.title", "article.headline", "content.title"},
	URL:   []string{"url", "link", "requested_url", "canonical_url", "article.url"},
	Date: []string{
		"date_published", "published", "published_at", "publication_date", "publishing_date", "publish_date", "date_publish",
		"datePublished", "pub_date", "pubDate", "date", "article.date_published", "article.published_at", "article.date",
	},
}

// Names returns the keys of all fields.
func (f *Fields) Names() []string {
	return slices.Concat([]string{"id"}, f.Text, f.Title, f.URL, f.Date)
}

// nests reports whether a key of a field is in the object under the given key.
func (f *Fields) nests(key string) bool {
	for _, keys := range [...][]string{f.Text, f.Title, f.URL, f.Date} {
		for _, k := range keys {
			if len(k) > len(key) && k[len(key)] == '.' && k[:len(key)] == key {
				return true
			}
		}
	}
	return false
}

// seen holds the keys of the time at which an article was first fetched.
var seen = []string{"first_seen", "fetched_at", "date_download", "crawled_at", "crawl_date"}

// Article is the content of a line. A field is empty where the line has no such
// key or a value of another type.
type Article struct {
	ID    json.RawMessage // "id": a string or a number, as written
	Type  string          // "type"
	Text  string
	Title string
	URL   string
	When  time.Time // of publication, else of the first fetch

	line    []byte
	members []member
}

// Read parses a line, which must be a JSON object. The article keeps the line.
func (f *Fields) Read(line []byte) (Article, error) {
	a := Article{line: line}
	var err error
	if a.members, err = members(make([]member, 0, 32), line); err != nil {
		return Article{line: line}, err
	}
	v := values{best: [5]int{len(f.Text), len(f.Title), len(f.URL), len(f.Date), len(seen)}}
	for _, m := range a.members {
		value := line[m.value:m.end]
		switch key := string(line[m.key+1 : m.keyEnd-1]); key {
		case "id":
			a.ID = id(value)
		case "type":
			a.Type = text(value)
		default:
			f.read(&a, &v, key, value)
		}
	}
	if a.When = v.published; v.published.IsZero() {
		a.When = v.fetched
	}
	return a, nil
}

// values are the dates of an article, and the best key so far of each of its fields.
type values struct {
	published, fetched time.Time
	best               [5]int
}

// read takes the value of a key into its field. Of an object, it takes those within.
func (f *Fields) read(a *Article, v *values, key string, value []byte) {
	if value[0] == '{' && f.nests(key) {
		inner, err := members(nil, value)
		for _, m := range inner {
			if err == nil {
				f.read(a, v, key+"."+string(value[m.key+1:m.keyEnd-1]), value[m.value:m.end])
			}
		}
		return
	}
	fill(&a.Text, &v.best[0], f.Text, key, value, visibleText)
	fill(&a.Title, &v.best[1], f.Title, key, value, visibleText)
	fill(&a.URL, &v.best[2], f.URL, key, value, trimmedText)
	fill(&v.published, &v.best[3], f.Date, key, value, date)
	fill(&v.fetched, &v.best[4], seen, key, value, date)
}

// fill sets a field from a member unless an earlier key of its list, best, has
// set it. Of two equal keys the last one counts, as in encoding/json.
func fill[T comparable](field *T, best *int, keys []string, key string, value []byte, parse func([]byte) T) {
	i := slices.Index(keys, key)
	if i < 0 || i > *best {
		return
	}
	var zero T
	if v := parse(value); v != zero {
		*field, *best = v, i
	}
}

// id returns a value that is a number or a string with content, else nil.
func id(value []byte) json.RawMessage {
	if value[0] == '"' && len(value) > 2 || value[0] == '-' || '0' <= value[0] && value[0] <= '9' {
		return value
	}
	return nil
}

// visibleText is a text that is not all white space.
func visibleText(value []byte) string {
	s := text(value)
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return s
}

func trimmedText(value []byte) string { return strings.TrimSpace(text(value)) }

// Keys returns the keys of the line, for a person to choose from.
func (a Article) Keys() []string {
	var list []string
	for _, m := range a.members {
		list = append(list, string(a.line[m.key+1:m.keyEnd-1]))
	}
	return list
}

// Line returns the line that the article was read from.
func (a Article) Line() []byte { return a.line }
