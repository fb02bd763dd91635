package declared

import (
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/extract/dom"
)

// metaRules says which meta elements fill which list, by name, property or itemprop.
var metaRules = map[string]struct {
	fact Field
	rule string
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

// authorMeta are the meta elements that name authors, the most trusted first.
var authorMeta = []string{"article:author", "author", "parsely-author", "sailthru.author", "dc.creator", "byl", "article:author_name", "twitter:creator"}

// datesPage reports the name of a meta element that says when the page was
// published, among the many names that metaRules does not list.
func datesPage(name string) bool {
	return !date.ChangedNames.In(name) && (date.PublishedNames.In(name) && dom.ContainsAny(name, "date", "time", "issued") ||
		strings.HasSuffix(name, ".date") || strings.HasSuffix(name, "_date") && dom.ContainsAny(name, "article", "news", "display"))
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

// isJSONLD reports a script that holds JSON-LD; some sites leave the type out.
func isJSONLD(kind, text string) bool {
	if kind == "" {
		return strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), `{"@context"`)
	}
	return strings.Contains(strings.ToLower(kind), "ld+json")
}
