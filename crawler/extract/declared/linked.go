package declared

import (
	"html"
	"strings"

	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// linked is what JSON-LD declares of an article.
type linked struct {
	title, summary, body string
	published, modified  string
	authors              []item.Author
	organizations        []string // the authors that are no persons
	publisher, section   string
	language             string
	image                string
	tags                 []string
}

// article reads the object of an article.
func (b *block) article(o map[string]any) linked {
	l := linked{
		title: ldText(o["headline"]), summary: ldText(o["description"]),
		published: ldText(o["datePublished"]), modified: ldText(o["dateModified"]),
		section: ldText(o["articleSection"]), language: ldText(o["inLanguage"]),
		publisher: ldText(b.first(o["publisher"])["name"]), tags: ldList(o["keywords"]),
	}
	if l.title == "" {
		l.title = ldText(o["name"])
	}
	if s, ok := o["articleBody"].(string); ok {
		l.body = s
	}
	if m, ok := o["inLanguage"].(map[string]any); ok {
		l.language = ldText(m["alternateName"])
	}
	l.image = b.imageURL(o["image"])
	if l.image == "" {
		l.image = ldText(o["thumbnailUrl"])
	}
	authors := o["author"]
	if authors == nil {
		authors = o["creator"]
	}
	l.authors = b.people(authors, nil, &l.organizations)
	return l
}

// first returns the object of v, or that of the first of an array.
func (b *block) first(v any) map[string]any {
	if list, ok := v.([]any); ok {
		if len(list) == 0 {
			return nil
		}
		v = list[0]
	}
	return b.object(v)
}

// object returns the object that v is, that its @id names, or that has v as its name.
func (b *block) object(v any) map[string]any {
	switch v := v.(type) {
	case string:
		return map[string]any{"name": v}
	case map[string]any:
		if id, ok := v["@id"].(string); ok && v["name"] == nil && v["url"] == nil && b.ids[id] != nil {
			return b.ids[id]
		}
		return v
	}
	return nil
}

// people appends the people of v to out, and those that are organizations to the list of these.
func (b *block) people(v any, out []item.Author, organizations *[]string) []item.Author {
	if list, ok := v.([]any); ok {
		for _, x := range list {
			if len(out) < maxValues {
				out = b.people(x, out, organizations)
			}
		}
		return out
	}
	o := b.object(v)
	kind, _ := o["@type"].(string)
	names := ldList(o["name"])
	if given, family := ldText(o["givenName"]), ldText(o["familyName"]); len(names) == 0 && family != "" {
		names = []string{fullName(given, family)}
	}
	for _, name := range names {
		if strings.HasSuffix(kind, "Organization") {
			*organizations = append(*organizations, name)
		}
		out = append(out, item.Author{Name: name, URL: ldText(o["url"])})
	}
	return out
}

// fullName joins given and family name, which comes first in Chinese and Japanese.
func fullName(given, family string) string {
	if dom.HasWide(family) {
		given, family = family, given
	}
	return dom.Clean(given + " " + family)
}

// imageURL returns the URL of an image, or of the first of an array.
func (b *block) imageURL(v any) string {
	if list, ok := v.([]any); ok {
		if len(list) == 0 {
			return ""
		}
		v = list[0]
	}
	if s, ok := v.(string); ok {
		return strings.TrimSpace(s)
	}
	o := b.object(v)
	for _, key := range []string{"url", "contentUrl", "@id"} {
		if s := ldText(o[key]); s != "" {
			return s
		}
	}
	return ""
}

// ldText returns a string, the first one of an array or a @value, with entities resolved.
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

// ldList returns the strings of an array, or one string.
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
