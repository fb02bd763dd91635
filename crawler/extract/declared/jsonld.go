package declared

import (
	"encoding/json"
	"html"
	"slices"
	"strings"
)

// Bounds of JSON-LD: what a page may make us decode.
const (
	maxJSONLD      = 1 << 20 // bytes of one block
	maxJSONLDDepth = 12      // of objects within objects
	maxJSONLDNodes = 20000
)

// decodeJSONLD decodes a block, mending what is commonly broken in one:
// comment and CDATA marks, raw line breaks in strings, trailing commas,
// HTML-escaped quotes, a semicolon at the end.
func decodeJSONLD(raw string) (any, bool) {
	var v any
	raw = strings.TrimSpace(raw)
	if json.Unmarshal([]byte(raw), &v) == nil {
		return v, true
	}
	s := raw
	for before := ""; s != before; {
		before = s
		for _, mark := range []string{"<!--", "-->", "//<![CDATA[", "//]]>", "<![CDATA[", "]]>", "/*", "*/", "//"} {
			s = strings.TrimSpace(strings.TrimPrefix(strings.TrimSuffix(s, mark), mark))
		}
		s = strings.TrimRight(s, "; \t\r\n")
	}
	if !strings.Contains(s, `"`) && strings.Contains(s, "&quot;") {
		s = html.UnescapeString(s)
	}
	s = mendJSON(s)
	// a decoder stops after the first value: what follows is ignored
	d := json.NewDecoder(strings.NewReader(s))
	if err := d.Decode(&v); err != nil {
		return nil, false
	}
	return v, true
}

// mendJSON escapes control characters within strings and drops commas before a
// closing bracket.
func mendJSON(s string) string {
	b := make([]byte, 0, len(s)+16)
	in := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case in && c == '\\' && i+1 < len(s):
			if strings.IndexByte(`"\/bfnrtu`, s[i+1]) < 0 {
				b = append(b, '\\') // an escape that JSON does not know
				b = append(b, c)
				continue
			}
			b = append(b, c, s[i+1])
			i++
			continue
		case c == '"':
			in = !in
		case in && c < ' ':
			b = append(b, ' ')
			continue
		case !in && (c == '}' || c == ']'):
			for k := len(b) - 1; k >= 0 && (b[k] <= ' ' || b[k] == ','); k-- {
				if b[k] == ',' {
					b = b[:k]
				}
			}
		}
		b = append(b, c)
	}
	return string(b)
}

type jsonldReader struct {
	ids      map[string]map[string]any // @id -> the object that says most of it
	articles []map[string]any
	nodes    int

	collection bool   // an object of a type that lists others
	dated      string // of an object of datedTypes
	films      int
	other      string // of otherTypes
}

// otherTypes are the schema.org types of pages that are no articles, of an object
// of its own.
var otherTypes = []string{"Product", "JobPosting", "ProfilePage", "ContactPage", "AboutPage", "SearchResultsPage"}

// datedTypes are the schema.org types, beside articles, that a page about one
// thing has one object of, and what they call the day of publication.
var datedTypes = map[string]string{
	"WebPage": "datePublished", "ItemPage": "datePublished", "QAPage": "datePublished", "Recipe": "datePublished", "PodcastEpisode": "datePublished", "CreativeWork": "datePublished",
	"VideoObject": "uploadDate", "Question": "dateCreated", "DiscussionForumPosting": "datePublished",
}

// collectionTypes are the schema.org types of pages that lead to others.
var collectionTypes = []string{"CollectionPage", "SearchResultsPage", "ItemList"}

// index gathers the objects with an @id and the articles, wherever they stand.
func (r *jsonldReader) index(v any, depth int) {
	r.nodes++
	if depth > maxJSONLDDepth || r.nodes > maxJSONLDNodes {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			r.index(x, depth+1)
		}
	case map[string]any:
		if id, ok := v["@id"].(string); ok && len(v) > len(r.ids[id]) {
			r.ids[id] = v
		}
		if isArticle(v["@type"]) && (v["headline"] != nil || v["articleBody"] != nil || v["datePublished"] != nil) {
			r.articles = append(r.articles, v)
		}
		if kind, ok := v["@type"].(string); ok && depth <= 2 {
			r.collection = r.collection || slices.Contains(collectionTypes, kind)
			if slices.Contains(otherTypes, kind) && r.other == "" {
				r.other = kind
			}
			if kind == "VideoObject" {
				r.films++
			}
			if key := datedTypes[kind]; key != "" && r.dated == "" {
				r.dated = ldText(v[key])
			}
		}
		for _, key := range []string{"@graph", "mainEntity", "mainEntityOfPage", "author", "publisher", "itemListElement", "item"} {
			if x, ok := v[key]; ok {
				r.index(x, depth+1)
			}
		}
	}
}

func isArticle(v any) bool {
	switch v := v.(type) {
	case string:
		v = v[strings.LastIndexAny(v, "/:#")+1:]
		return articleTypes[v]
	case []any:
		for _, x := range v {
			if isArticle(x) {
				return true
			}
		}
	}
	return false
}

// articleTypes are the schema.org types that say a page is a piece of writing.
// From schema.org/Article and its subtypes, and what sites use beside.
var articleTypes = map[string]bool{
	"Article": true, "NewsArticle": true, "AnalysisNewsArticle": true, "AskPublicNewsArticle": true, "BackgroundNewsArticle": true,
	"OpinionNewsArticle": true, "ReportageNewsArticle": true, "ReviewNewsArticle": true, "Report": true, "BlogPosting": true,
	"LiveBlogPosting": true, "SocialMediaPosting": true, "TechArticle": true, "ScholarlyArticle": true, "SatiricalArticle": true,
	"AdvertiserContentArticle": true, "MedicalScholarlyArticle": true,
}

// linkedBlock is what one block of JSON-LD says.
type linkedBlock struct {
	articles   []linked // the first goes before those that follow
	collection bool     // the page leads to others
	film       bool     // the page has one film
	other      string   // the page is of this type, and no article: a product, a profile
	dated      string   // when an object around the article was published: the page, a film
}

func readJSONLD(raw string) (b linkedBlock) {
	if len(raw) > maxJSONLD {
		return b
	}
	v, ok := decodeJSONLD(raw)
	if !ok {
		return b
	}
	r := jsonldReader{ids: map[string]map[string]any{}}
	r.index(v, 0)
	for _, o := range r.articles {
		b.articles = append(b.articles, r.article(o))
	}
	b.collection, b.dated, b.film, b.other = r.collection, r.dated, r.films == 1, r.other
	return b
}
