package extract

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/item"
)

// A fact is a single value that pages state of themselves, in several places.
type fact int

const (
	titleFact fact = iota
	summaryFact
	publishedFact
	modifiedFact
	publisherFact
	sectionFact
	languageFact
	imageFact
	numFacts
)

// statement is a value that a page states of itself, and the rule that read it.
type statement struct{ value, rule string }

// declared is what a page says of itself in JSON-LD, OpenGraph, meta elements
// and microdata.
type declared struct {
	isArticle  bool                  // a type that says so
	isFilm     bool                  // a type that says that it is one film, with a text or none
	collection bool                  // a type that says that the page leads to others
	otherKind  string                // a type that says that it is something else: a product, a profile
	facts      [numFacts][]statement // in order of trust
	authors    []item.Author
	authorRule string

	dates         []statement // of publication, less trusted than what the page shows
	organisations []string    // authors that JSON-LD says are none but an organisation
	tags          []string
	tagRule       string
	body          string // of JSON-LD
	siteName      string
	pageTitle     string // the <title>
	others        int    // articles that JSON-LD names, when none of them is the page's
}

// metaRules says which meta elements fill which list, by name, property or itemprop.
var metaRules = map[string]struct {
	fact fact
	rule string
}{
	"og:title":                  {titleFact, "og"},
	"twitter:title":             {titleFact, "twitter"},
	"dc.title":                  {titleFact, "dublin core"},
	"parsely-title":             {titleFact, "meta parsely-title"},
	"og:description":            {summaryFact, "og"},
	"description":               {summaryFact, "meta description"},
	"twitter:description":       {summaryFact, "twitter"},
	"dc.description":            {summaryFact, "dublin core"},
	"article:published_time":    {publishedFact, "og"},
	"article:published":         {publishedFact, "og"},
	"og:article:published_time": {publishedFact, "og"},
	"og:published_time":         {publishedFact, "og"},
	"datepublished":             {publishedFact, "microdata"},
	"parsely-pub-date":          {publishedFact, "meta parsely-pub-date"},
	"sailthru.date":             {publishedFact, "meta sailthru.date"},
	"publish-date":              {publishedFact, "meta publish-date"},
	"publish_date":              {publishedFact, "meta publish_date"},
	"published_time":            {publishedFact, "meta published_time"},
	"pubdate":                   {publishedFact, "meta pubdate"},
	"publishdate":               {publishedFact, "meta publishdate"},
	"publicationdate":           {publishedFact, "meta publicationdate"},
	"dc.date.issued":            {publishedFact, "dublin core"},
	"dcterms.created":           {publishedFact, "dublin core"},
	"dcterms.date":              {publishedFact, "dublin core"},
	"dc.date":                   {publishedFact, "dublin core"},
	"dc.date.created":           {publishedFact, "dublin core"},
	"datecreated":               {publishedFact, "microdata"},
	"date":                      {publishedFact, "meta date"},
	"article.published":         {publishedFact, "meta article.published"},
	"article:modified_time":     {modifiedFact, "og"},
	"og:updated_time":           {modifiedFact, "og"},
	"datemodified":              {modifiedFact, "microdata"},
	"last-modified":             {modifiedFact, "meta last-modified"},
	"dcterms.modified":          {modifiedFact, "dublin core"},
	"og:site_name":              {publisherFact, "og"},
	"dc.publisher":              {publisherFact, "dublin core"},
	"application-name":          {publisherFact, "meta application-name"},
	"article:section":           {sectionFact, "og"},
	"articlesection":            {sectionFact, "microdata"},
	"section":                   {sectionFact, "meta section"},
	"parsely-section":           {sectionFact, "meta parsely-section"},
	"og:locale":                 {languageFact, "og"},
	"content-language":          {languageFact, "meta content-language"},
	"dc.language":               {languageFact, "dublin core"},
	"og:image":                  {imageFact, "og"},
	"og:image:url":              {imageFact, "og"},
	"og:image:secure_url":       {imageFact, "og"},
	"twitter:image":             {imageFact, "twitter"},
	"twitter:image:src":         {imageFact, "twitter"},
}

// authorMeta are the meta elements that name authors, the most trusted first.
var authorMeta = []string{"article:author", "author", "parsely-author", "sailthru.author", "dc.creator", "byl", "article:author_name", "twitter:creator"}

func readDeclared(p *page) *declared {
	d := &declared{}
	t := p.tree
	var linkedArticles []linked
	metaAuthors := make([][]string, len(authorMeta))
	var metaTags, keywords []string
	for i := int32(0); i < t.len(); i++ {
		a := t.atoms[i]
		if a != atom.Script && a != atom.Title && a != atom.Meta {
			continue
		}
		n := t.nodes[i]
		switch a {
		case atom.Script:
			if n.FirstChild != nil && isJSONLD(attr(n, "type"), n.FirstChild.Data) {
				if len(n.FirstChild.Data) > maxJSONLD {
					p.note("json-ld: a block of %d bytes is not read", len(n.FirstChild.Data))
				}
				l := readJSONLD(n.FirstChild.Data)
				linkedArticles = append(linkedArticles, l.articles...)
				d.collection = d.collection || l.collection
				d.isFilm = d.isFilm || l.film
				if d.otherKind == "" {
					d.otherKind = l.other
				}
				if l.dated != "" {
					d.dates = append(d.dates, statement{l.dated, "json-ld of another type"})
				}
			}
		case atom.Title:
			if d.pageTitle == "" && n.FirstChild != nil && t.parent[i] >= 0 && t.nodes[t.parent[i]].DataAtom == atom.Head {
				d.pageTitle = clean(n.FirstChild.Data)
			}
		case atom.Meta:
			name := metaName(n)
			value := clean(attr(n, "content"))
			if name == "" || value == "" {
				continue
			}
			if r, ok := metaRules[name]; ok {
				if len(d.facts[r.fact]) < maxValues {
					d.facts[r.fact] = append(d.facts[r.fact], statement{value, r.rule})
				}
			} else if datesPage(name) && len(d.dates) < maxValues {
				d.dates = append(d.dates, statement{value, "meta " + name})
			}
			switch name {
			case "og:type":
				switch kind := strings.ToLower(value); {
				case kind == "article" || kind == "news":
					d.isArticle = true
				case strings.HasPrefix(kind, "video."):
					d.isFilm = true
				case kind == "profile" || kind == "product":
					d.otherKind = kind
				}
			case "og:site_name":
				d.siteName = value
			case "article:tag":
				metaTags = append(metaTags, value)
			case "keywords", "news_keywords", "parsely-tags":
				if len(keywords) == 0 {
					keywords = splitKeywords(value)
				}
			default:
				if k := slices.Index(authorMeta, name); k >= 0 {
					metaAuthors[k] = append(metaAuthors[k], value)
				}
			}
		}
	}
	d.microdata(p)
	d.takeLinked(linkedArticles)
	if len(d.authors) == 0 {
		for k, values := range metaAuthors {
			for _, v := range values {
				d.authors = append(d.authors, authorsIn(v)...)
			}
			if len(d.authors) > 0 {
				d.authorRule = "meta " + authorMeta[k]
				break
			}
		}
	}
	switch {
	case len(metaTags) > 0:
		d.tags, d.tagRule = metaTags, "og"
	case len(d.tags) > 0:
	case len(keywords) > 0:
		d.tags, d.tagRule = keywords, "meta keywords"
	}
	return d
}

// datesPage reports the name of a meta element that says when the page was
// published, among the many names that metaRules does not list.
func datesPage(name string) bool {
	return !changedNames.in(name) && (publishedNames.in(name) && containsAny(name, "date", "time", "issued") ||
		strings.HasSuffix(name, ".date") || strings.HasSuffix(name, "_date") && containsAny(name, "article", "news", "display"))
}

// takeLinked puts what JSON-LD says of the first article before the rest. A page
// that names several is a listing or carries teasers: then only what agrees with
// the page's other statements is taken.
func (d *declared) takeLinked(all []linked) {
	if len(all) == 0 {
		return
	}
	l := all[0]
	if len(all) > 1 {
		best := -1
		for i := range all {
			if d.agrees(all[i].title) {
				best = i
				break
			}
		}
		distinct := map[string]bool{}
		for i := range all {
			distinct[all[i].title] = true
		}
		if best < 0 && len(distinct) > 1 {
			d.others = len(distinct)
			return
		}
		l = all[max(best, 0)]
	}
	d.isArticle = true
	first := func(f fact, v string) {
		if v != "" {
			d.facts[f] = append([]statement{{v, "json-ld"}}, d.facts[f]...)
		}
	}
	first(titleFact, l.title)
	first(summaryFact, l.summary)
	first(publishedFact, l.published)
	first(modifiedFact, l.modified)
	first(publisherFact, l.publisher)
	first(sectionFact, l.section)
	first(languageFact, l.lang)
	if l.image != "" {
		d.facts[imageFact] = append(d.facts[imageFact], statement{l.image, "json-ld"})
	}
	d.body = l.body
	d.organisations = l.organisations
	for _, a := range l.authors {
		for _, one := range authorsIn(a.Name) {
			one.URL = a.URL
			d.authors = append(d.authors, one)
		}
	}
	if len(d.authors) > 0 {
		d.authorRule = "json-ld"
	}
	if len(l.tags) == 1 {
		l.tags = splitKeywords(l.tags[0])
	}
	if len(l.tags) > 0 {
		d.tags, d.tagRule = l.tags, "json-ld"
	}
}

// publisher is the first publisher that the page names, "" when it names none.
func (d *declared) publisher() string {
	if f := d.facts[publisherFact]; len(f) > 0 {
		return f[0].value
	}
	return ""
}

// agrees reports that a title is one that the page gives itself.
func (d *declared) agrees(title string) bool {
	if title == "" {
		return false
	}
	key := slug(title)
	if strings.Contains(slug(d.pageTitle), key) {
		return true
	}
	for _, s := range d.facts[titleFact] {
		if strings.Contains(slug(s.value), key) {
			return true
		}
	}
	return false
}

// microdata reads the itemprop attributes of the body's elements.
func (d *declared) microdata(p *page) {
	t := p.tree
	for _, i := range t.props {
		n := t.nodes[i]
		if kind := attr(n, "itemtype"); kind != "" && isArticle(kind) {
			d.isArticle = true
		}
		prop := attr(n, "itemprop")
		if prop == "" {
			continue
		}
		switch {
		case hasToken(prop, "datePublished"):
			d.facts[publishedFact] = append(d.facts[publishedFact], statement{p.machineValue(i), "microdata"})
		case hasToken(prop, "dateModified"):
			d.facts[modifiedFact] = append(d.facts[modifiedFact], statement{p.machineValue(i), "microdata"})
		case hasToken(prop, "headline"):
			if v := p.shortText(i); v != "" {
				d.facts[titleFact] = append(d.facts[titleFact], statement{v, "microdata"})
			}
		case hasToken(prop, "articleSection"):
			if v := p.shortText(i); v != "" {
				d.facts[sectionFact] = append(d.facts[sectionFact], statement{v, "microdata"})
			}
		case hasToken(prop, "author") && len(d.authors) < maxValues:
			v := p.shortText(i)
			for k := i + 1; k < min(t.end[i], i+maxAuthorNodes); k++ {
				if hasToken(attr(t.nodes[k], "itemprop"), "name") {
					if v = p.shortText(k); v == "" {
						v = clean(attr(t.nodes[k], "content"))
					}
					break
				}
			}
			if v != "" && len(v) < 100 {
				d.authors = append(d.authors, authorsIn(v)...)
				d.authorRule = "microdata"
			}
		}
	}
	d.authors = distinctAuthors(d.authors)
}

// machineValue is an element's datetime or content attribute, else its text.
func (p *page) machineValue(i int32) string {
	n := p.tree.nodes[i]
	for _, name := range []string{"datetime", "content"} {
		if v := clean(attr(n, name)); v != "" {
			return v
		}
	}
	return p.shortText(i)
}

// maxAuthorNodes is how many nodes of an author's element are searched for the
// name.
const maxAuthorNodes = 200

// shortText is the text of an element that holds a single value, "" when it
// holds more than a title's.
func (p *page) shortText(i int32) string {
	if p.textSize(i, p.tree.end[i]) > maxTitle {
		return ""
	}
	return p.tree.text(i, nil)
}

func splitKeywords(s string) []string {
	sep := ","
	if !strings.Contains(s, ",") && strings.Contains(s, ";") {
		sep = ";"
	}
	var out []string
	for _, k := range strings.Split(s, sep) {
		if k = clean(k); k != "" && len(k) <= 80 && len(out) < maxValues && !among(k, out) {
			out = append(out, k)
		}
	}
	return out
}

// metaName is the name of a meta element in lower case.
func metaName(n *html.Node) string {
	for _, key := range [...]string{"property", "name", "itemprop", "http-equiv"} {
		if v := attr(n, key); v != "" {
			return strings.ToLower(strings.TrimSpace(v))
		}
	}
	return ""
}

// isJSONLD reports a script that holds JSON-LD; some sites leave the type out.
func isJSONLD(kind, text string) bool {
	if kind == "" {
		return strings.HasPrefix(strings.TrimLeft(text, " \t\r\n"), `{"@context"`)
	}
	return strings.Contains(strings.ToLower(kind), "ld+json")
}
