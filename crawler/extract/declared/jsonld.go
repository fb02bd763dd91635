package declared

import (
	"encoding/json"
	"fmt"
	"html"
	"slices"
	"strings"

	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// Bounds of the JSON-LD that is decoded.
const (
	maxJSONLD      = 1 << 20 // bytes of one block
	maxJSONLDDepth = 12      // of objects within objects
	maxJSONLDNodes = 20000
)

// articleTypes are schema.org/Article and its subtypes, and others that sites use for articles.
var articleTypes = map[string]bool{
	"Article": true, "NewsArticle": true, "AnalysisNewsArticle": true, "AskPublicNewsArticle": true, "BackgroundNewsArticle": true,
	"OpinionNewsArticle": true, "ReportageNewsArticle": true, "ReviewNewsArticle": true, "Report": true, "BlogPosting": true,
	"LiveBlogPosting": true, "SocialMediaPosting": true, "TechArticle": true, "ScholarlyArticle": true, "SatiricalArticle": true,
	"AdvertiserContentArticle": true, "MedicalScholarlyArticle": true,
}

// otherTypes are the schema.org types of objects that tell that their page is no article.
var otherTypes = []string{"Product", "JobPosting", "ProfilePage", "ContactPage", "AboutPage", "SearchResultsPage"}

// collectionTypes are the schema.org types of pages that lead to others.
var collectionTypes = []string{"CollectionPage", "SearchResultsPage", "ItemList"}

// datedTypes maps schema.org types, beside articles, that a page about one thing
// has one object of, to the property that holds the day of publication.
var datedTypes = map[string]string{
	"WebPage": "datePublished", "ItemPage": "datePublished", "QAPage": "datePublished", "Recipe": "datePublished",
	"PodcastEpisode": "datePublished", "CreativeWork": "datePublished", "VideoObject": "uploadDate",
	"Question": "dateCreated", "DiscussionForumPosting": "datePublished",
}

// isJSONLD reports whether a script holds JSON-LD; some sites leave the type out.
func isJSONLD(s *dom.Script) bool {
	if kind := dom.Attr(s.Node, "type"); kind != "" {
		return isLinkedType(kind)
	}
	return s.Begins(`{"@context"`)
}

// isLinkedType reports whether the type of a script is that of JSON-LD.
func isLinkedType(kind string) bool { return strings.Contains(strings.ToLower(kind), "ld+json") }

// jsonLD adds what a block declares of the page and returns the articles in it.
func (d *Data) jsonLD(raw string) []linked {
	if len(raw) > maxJSONLD {
		d.Notes = append(d.Notes, fmt.Sprintf("json-ld: a block of %d bytes is not read", len(raw)))
		return nil
	}
	b := readJSONLD(raw)
	d.IsCollection = d.IsCollection || b.collection
	d.IsVideo = d.IsVideo || b.videos == 1
	if d.OtherType == "" {
		d.OtherType = b.other
	}
	if b.dated != "" {
		d.Dates = append(d.Dates, Statement{b.dated, "json-ld of another type"})
	}
	articles := make([]linked, len(b.articles))
	for i, o := range b.articles {
		articles[i] = b.article(o)
	}
	return articles
}

// block is what one block of JSON-LD declares.
type block struct {
	ids      map[string]map[string]any // @id -> the object with the most properties
	articles []map[string]any
	nodes    int

	collection bool   // the page leads to others
	dated      string // when an object of datedTypes was published
	videos     int
	other      string // the first of otherTypes
}

// readJSONLD reads a block, which is empty when it cannot be decoded.
func readJSONLD(raw string) *block {
	b := &block{ids: map[string]map[string]any{}}
	if v, ok := decodeJSONLD(raw); ok {
		b.index(v, 0)
	}
	return b
}

// index gathers the objects with an @id and the articles, wherever they stand.
func (b *block) index(v any, depth int) {
	b.nodes++
	if depth > maxJSONLDDepth || b.nodes > maxJSONLDNodes {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			b.index(x, depth+1)
		}
	case map[string]any:
		if id, ok := v["@id"].(string); ok && len(v) > len(b.ids[id]) {
			b.ids[id] = v
		}
		if isArticle(v["@type"]) && saysSomething(v) {
			b.articles = append(b.articles, v)
		}
		if kind, ok := v["@type"].(string); ok && depth <= 2 {
			b.note(kind, v)
		}
		for _, key := range []string{"@graph", "mainEntity", "mainEntityOfPage", "author", "publisher", "itemListElement",
			"item"} {
			if x, ok := v[key]; ok {
				b.index(x, depth+1)
			}
		}
	}
}

// saysSomething reports whether the object of an article is more than a reference.
func saysSomething(o map[string]any) bool {
	return o["headline"] != nil || o["articleBody"] != nil || o["datePublished"] != nil || o["author"] != nil
}

// note records what an object near the top tells of the page by its type.
func (b *block) note(kind string, o map[string]any) {
	b.collection = b.collection || slices.Contains(collectionTypes, kind)
	if slices.Contains(otherTypes, kind) && b.other == "" {
		b.other = kind
	}
	if kind == "VideoObject" {
		b.videos++
	}
	if key := datedTypes[kind]; key != "" && b.dated == "" {
		b.dated = ldText(o[key])
	}
}

// isArticle reports whether a type, or one of several, is that of an article.
func isArticle(v any) bool {
	switch v := v.(type) {
	case string:
		v = v[strings.LastIndexAny(v, "/:#")+1:]
		return articleTypes[v]
	case []any:
		return slices.ContainsFunc(v, isArticle)
	}
	return false
}

// decodeJSONLD decodes a block and repairs common mistakes: comment and CDATA
// marks, raw line breaks in strings, trailing commas, HTML-escaped quotes, a
// semicolon at the end.
func decodeJSONLD(raw string) (any, bool) {
	var v any
	s := strings.TrimSpace(raw)
	if json.Unmarshal([]byte(s), &v) == nil {
		return v, true
	}
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
	// a decoder ignores what follows the first value
	if err := json.NewDecoder(strings.NewReader(repairJSON(s))).Decode(&v); err != nil {
		return nil, false
	}
	return v, true
}

// repairJSON replaces control characters in strings by spaces, escapes backslashes
// that begin no escape of JSON, and drops commas before a closing bracket.
func repairJSON(s string) string {
	b := make([]byte, 0, len(s)+16)
	in := false // within a string
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case in && c == '\\' && i+1 < len(s) && strings.IndexByte(`"\/bfnrtu`, s[i+1]) >= 0:
			b = append(b, c, s[i+1])
			i++
		case in && c == '\\' && i+1 < len(s):
			b = append(b, `\\`...)
		case in && c < ' ':
			b = append(b, ' ')
		default:
			if !in && (c == '}' || c == ']') {
				b = withoutCommas(b)
			}
			in = in != (c == '"')
			b = append(b, c)
		}
	}
	return string(b)
}

// withoutCommas drops the commas at the end of b, and white space after the first.
func withoutCommas(b []byte) []byte {
	for k := len(b) - 1; k >= 0 && (b[k] <= ' ' || b[k] == ','); k-- {
		if b[k] == ',' {
			b = b[:k]
		}
	}
	return b
}
