package declared

import (
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/newsonce/newsonce/crawler/extract/byline"
	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// metaRules maps the name, property or itemprop of a meta element to the field that it fills.
var metaRules = map[string]struct {
	field Field
	rule  string
}{
	"og:title":                  {Title, "og"},
	"twitter:title":             {Title, "twitter"},
	"dc.title":                  {Title, "dublin core"},
	"parsely-title":             {Title, "meta parsely-title"},
	"og:description":            {Summary, "og"},
	"description":               {Summary, "meta description"},
	"twitter:description":       {Summary, "twitter"},
	"dc.description":            {Summary, "dublin core"},
	"article:published_time":    {Published, "og"},
	"article:published":         {Published, "og"},
	"og:article:published_time": {Published, "og"},
	"og:published_time":         {Published, "og"},
	"datepublished":             {Published, "microdata"},
	"parsely-pub-date":          {Published, "meta parsely-pub-date"},
	"sailthru.date":             {Published, "meta sailthru.date"},
	"publish-date":              {Published, "meta publish-date"},
	"publish_date":              {Published, "meta publish_date"},
	"published_time":            {Published, "meta published_time"},
	"pubdate":                   {Published, "meta pubdate"},
	"publishdate":               {Published, "meta publishdate"},
	"publicationdate":           {Published, "meta publicationdate"},
	"dc.date.issued":            {Published, "dublin core"},
	"dcterms.created":           {Published, "dublin core"},
	"dcterms.date":              {Published, "dublin core"},
	"dc.date":                   {Published, "dublin core"},
	"dc.date.created":           {Published, "dublin core"},
	"datecreated":               {Published, "microdata"},
	"date":                      {Published, "meta date"},
	"article.published":         {Published, "meta article.published"},
	"article:modified_time":     {Modified, "og"},
	"og:updated_time":           {Modified, "og"},
	"datemodified":              {Modified, "microdata"},
	"last-modified":             {Modified, "meta last-modified"},
	"dcterms.modified":          {Modified, "dublin core"},
	"og:site_name":              {Publisher, "og"},
	"dc.publisher":              {Publisher, "dublin core"},
	"application-name":          {Publisher, "meta application-name"},
	"article:section":           {Section, "og"},
	"articlesection":            {Section, "microdata"},
	"section":                   {Section, "meta section"},
	"parsely-section":           {Section, "meta parsely-section"},
	"og:locale":                 {Language, "og"},
	"content-language":          {Language, "meta content-language"},
	"dc.language":               {Language, "dublin core"},
	"og:image":                  {Image, "og"},
	"og:image:url":              {Image, "og"},
	"og:image:secure_url":       {Image, "og"},
	"twitter:image":             {Image, "twitter"},
	"twitter:image:src":         {Image, "twitter"},
}

// authorMeta lists the meta elements that name authors, the most trusted first.
var authorMeta = []string{
	"article:author", "author", "parsely-author", "sailthru.author", "dc.creator", "byl", "article:author_name",
	"twitter:creator",
}

// maxHandle is the longest name of a user that is kept, in bytes.
const maxHandle = 40

// metaReader gathers what meta elements declare.
type metaReader struct {
	data     *Data
	authors  [][]string // by element of authorMeta
	tags     []string   // of article:tag
	keywords []string
}

// read reads one meta element.
func (m *metaReader) read(n *html.Node) {
	d := m.data
	name, value := metaName(n), dom.Clean(dom.Attr(n, "content"))
	if name == "" || value == "" {
		return
	}
	if r, ok := metaRules[name]; ok {
		if len(d.Fields[r.field]) < maxValues {
			if r.field == Title || r.field == Summary {
				value = dom.Clean(html.UnescapeString(value)) // some are encoded twice
			}
			d.add(r.field, value, r.rule)
		}
	} else if datesPage(name) && len(d.Dates) < maxValues {
		d.Dates = append(d.Dates, Statement{value, "meta " + name})
	}
	switch name {
	case "og:type":
		m.pageType(strings.ToLower(value))
	case "og:site_name":
		d.SiteName = value
	case "article:tag":
		m.tags = append(m.tags, value)
	case "keywords", "news_keywords", "parsely-tags":
		if len(m.keywords) == 0 {
			m.keywords = SplitKeywords(value)
		}
	default:
		if k := slices.Index(authorMeta, name); k >= 0 {
			m.authors[k] = append(m.authors[k], value)
		}
	}
}

// pageType reads an og:type.
func (m *metaReader) pageType(kind string) {
	switch {
	case kind == "article" || kind == "news":
		m.data.IsArticle = true
	case strings.HasPrefix(kind, "video."):
		m.data.IsVideo = true
	case kind == "profile" || kind == "product":
		m.data.OtherType = kind
	}
}

// finish adds authors, and tags where JSON-LD has declared none. Those of article:tag
// override others.
func (m *metaReader) finish() {
	d := m.data
	for k, values := range m.authors {
		var names []item.Author
		for _, v := range values {
			if authorMeta[k] == "twitter:creator" && !strings.Contains(v, " ") {
				d.handle(v)
				continue
			}
			names = append(names, byline.Names(v)...)
		}
		if len(names) > 0 {
			d.Authors = append(d.Authors, Authors{Names: names, Rule: "meta " + authorMeta[k]})
		}
	}
	switch {
	case len(m.tags) > 0:
		d.Tags, d.TagRule = m.tags, "og"
	case len(d.Tags) == 0 && len(m.keywords) > 0:
		d.Tags, d.TagRule = m.keywords, "meta keywords"
	}
}

// handle keeps the name of a user, if it is not that of the site.
func (d *Data) handle(s string) {
	s = strings.TrimPrefix(s, "@")
	if d.Handle == "" && len(s) <= maxHandle && !strings.ContainsAny(s, "/:.") {
		d.Handle = s
	}
}

// datesPage reports whether a meta element of that name, which is none of
// metaRules, says when the page was published.
func datesPage(name string) bool {
	if date.ChangedNames.In(name) {
		return false
	}
	return date.PublishedNames.In(name) && dom.ContainsAny(name, "date", "time", "issued") ||
		strings.HasSuffix(name, ".date") ||
		strings.HasSuffix(name, "_date") && dom.ContainsAny(name, "article", "news", "display")
}

// metaName returns the name of a meta element in lower case.
func metaName(n *html.Node) string {
	for _, key := range [...]string{"property", "name", "itemprop", "http-equiv"} {
		if v := dom.Attr(n, key); v != "" {
			return strings.ToLower(strings.TrimSpace(v))
		}
	}
	return ""
}

// SplitKeywords returns the distinct keywords of a list that commas or, without
// any, semicolons separate.
func SplitKeywords(s string) []string {
	sep := ","
	if !strings.Contains(s, ",") && strings.Contains(s, ";") {
		sep = ";"
	}
	var out []string
	for _, k := range strings.Split(s, sep) {
		if k = dom.Clean(k); k != "" && len(k) <= 80 && len(out) < maxValues && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}
