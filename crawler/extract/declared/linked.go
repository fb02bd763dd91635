package declared

import (
	"html"
	"strings"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// linked is what JSON-LD says of the article.
type linked struct {
	title, summary, body     string
	published, modified      string
	authors                  []item.Author
	organisations            []string // those of the authors that are no persons
	publisher, section, lang string
	image                    string
	tags                     []string
}

func (r *jsonldReader) article(o map[string]any) linked {
	l := linked{
		title: ldText(o["headline"]), summary: ldText(o["description"]),
		published: ldText(o["datePublished"]), modified: ldText(o["dateModified"]),
		section: ldText(o["articleSection"]), lang: ldText(o["inLanguage"]),
		publisher: ldText(r.follow(o["publisher"])["name"]), tags: ldList(o["keywords"]),
	}
	if l.title == "" {
		l.title = ldText(o["name"])
	}
	if s, ok := o["articleBody"].(string); ok {
		l.body = s
	}
	if m, ok := o["inLanguage"].(map[string]any); ok {
		l.lang = ldText(m["alternateName"])
	}
	l.image = r.imageURL(o["image"])
	if l.image == "" {
		l.image = ldText(o["thumbnailUrl"])
	}
	authors := o["author"]
	if authors == nil {
		authors = o["creator"]
	}
	l.authors = r.people(authors, nil, &l.organisations)
	return l
}

// follow returns the object itself, the first of an array, or the one that its @id names.
func (r *jsonldReader) follow(v any) map[string]any {
	switch v := v.(type) {
	case []any:
		if len(v) > 0 {
			return r.follow1(v[0])
		}
	default:
		return r.follow1(v)
	}
	return nil
}

func (r *jsonldReader) follow1(v any) map[string]any {
	switch v := v.(type) {
	case string:
		return map[string]any{"name": v}
	case map[string]any:
		if id, ok := v["@id"].(string); ok && v["name"] == nil && v["url"] == nil && r.ids[id] != nil {
			return r.ids[id]
		}
		return v
	}
	return nil
}

func (r *jsonldReader) people(v any, out []item.Author, organisations *[]string) []item.Author {
	if list, ok := v.([]any); ok {
		for _, x := range list {
			if len(out) < maxValues {
				out = r.people(x, out, organisations)
			}
		}
		return out
	}
	o := r.follow1(v)
	kind, _ := o["@type"].(string)
	for _, name := range ldList(o["name"]) {
		if strings.HasSuffix(kind, "Organization") {
			*organisations = append(*organisations, name)
		}
		out = append(out, item.Author{Name: name, URL: ldText(o["url"])})
	}
	return out
}

func (r *jsonldReader) imageURL(v any) string {
	if list, ok := v.([]any); ok {
		if len(list) == 0 {
			return ""
		}
		v = list[0]
	}
	if s, ok := v.(string); ok {
		return strings.TrimSpace(s)
	}
	o := r.follow1(v)
	for _, key := range []string{"url", "contentUrl", "@id"} {
		if s := ldText(o[key]); s != "" {
			return s
		}
	}
	return ""
}

// ldText returns a string, or the first one of an array, with entities resolved.
func ldText(v any) string {
	switch v := v.(type) {
	case string:
		if strings.IndexByte(v, '&') >= 0 {
			v = html.UnescapeString(v)
		}
		return dom.Clean(v)
	case []any:
		if len(v) > 0 {
			if s, ok := v[0].(string); ok {
				return ldText(s)
			}
		}
	case map[string]any:
		return ldText(v["@value"])
	}
	return ""
}

// ldList returns an array of strings, or one string.
func ldList(v any) []string {
	list, ok := v.([]any)
	if !ok {
		if s := ldText(v); s != "" {
			return []string{s}
		}
		return nil
	}
	var out []string
	for _, x := range list {
		if s := ldText(x); s != "" && len(out) < maxValues {
			out = append(out, s)
		}
	}
	return out
}
