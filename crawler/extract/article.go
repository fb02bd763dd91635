package extract

import (
	"strings"
	"time"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/extract/declared"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// article fills the fields of the article, or notes why the page is none.
func (p *page) article() {
	r := p.chooseRules()
	a := &Article{}
	at := spot{-1, -1, -1}

	a.Title, at.heading = p.fillTitle(r)
	if a.Title == "" {
		a.Title = p.statedTitle(a)
	}
	p.heading = at.heading
	body := p.fillBody(r, a.Title, &at)
	a.Paragraphs = dom.Texts(body)
	p.bodyFound = body
	if why := p.refusal(a); why != "" && p.in.Continues == "" {
		p.note("no article: %s", why)
		delete(p.result.Rules, "title")
		delete(p.result.Rules, "content_text")
		return
	}
	if a.Partial = p.partial(body); a.Partial {
		p.note("content_text: much less than the text on the page")
	}
	p.fillDates(a, r, at)
	p.fillAuthors(a, &r.Authors, at)
	p.fillSummary(a, &r.Summary)
	a.Publisher = p.fill("publisher", &r.Publisher, declared.Publisher)
	a.Section = p.fill("section", &r.Section, declared.Section)
	if strings.Contains(a.Section, "://") {
		a.Section = ""
	}
	p.fillTags(a, &r.Tags)
	p.fillLanguage(a, &r.Language)
	if image := p.fill("image", &r.Image, declared.Image); image != "" {
		a.Image = p.urls.Resolve(image).Href
	}
	p.result.Article = a
}

// chooseRules returns the rules of the variant that is valid on the page's date, with
// the site's rules for the fields that the variant leaves out.
func (p *page) chooseRules() *ArticleRules {
	base := &p.rules.Article
	if len(p.rules.Variants) == 0 {
		return base
	}
	day, ok := p.ownDay()
	if !ok {
		p.note("variants: no date found, the site's rules are used")
		return base
	}
	var chosen *Variant
	for i := range p.rules.Variants {
		v := &p.rules.Variants[i]
		if !v.ValidUntil.Before(day) && (chosen == nil || v.ValidUntil.Before(chosen.ValidUntil)) {
			chosen = v
		}
	}
	if chosen == nil {
		return base
	}
	p.result.Rules["variant"] = "valid until " + chosen.ValidUntil.Format("2006-01-02")
	m := chosen.Article
	site := base.fields()
	for k, f := range m.fields() {
		f.rules.inherit(site[k].rules)
	}
	return &m
}

// inherit takes over the rules of base where f selects nothing.
func (f *Field) inherit(base *Field) {
	if len(f.Select) > 0 {
		return
	}
	f.Select = base.Select
	if len(f.Layouts) == 0 {
		f.Layouts = base.Layouts
	}
	if len(f.Remove) == 0 {
		f.Remove = base.Remove
	}
}

// ownDay returns the day of the page by the date rules of the variants or the site,
// else the declared day, else that in the URL.
func (p *page) ownDay() (time.Time, bool) {
	fields := make([]*Field, 0, len(p.rules.Variants)+1)
	for i := range p.rules.Variants {
		fields = append(fields, &p.rules.Variants[i].Article.DatePublished)
	}
	for _, f := range append(fields, &p.rules.Article.DatePublished) {
		if d, _, ok := p.date(f, p.document()); ok {
			return date.Midnight(d), true
		}
	}
	if d, _ := p.firstDate(p.declarations().Fields[declared.Published]); !d.IsZero() {
		return date.Midnight(d), true
	}
	d, ok := p.dates.InPath(p.path())
	return date.Midnight(d), ok
}

// fillTitle reads the title and finds the element that carries it, -1 for none.
func (p *page) fillTitle(r *ArticleRules) (string, int32) {
	if len(r.Title.Select) > 0 {
		if v, s := p.one(&r.Title); v != "" {
			p.result.Rules["title"] = "selector " + s.Source
			for _, i := range p.find(p.document(), s) {
				if dom.IsBlock(p.tree.Atoms[i]) {
					return v, i
				}
			}
			return v, -1
		}
		p.note("title: no selector matched")
	}
	p.setAside()
	v, at, rule := p.title()
	if v != "" {
		p.result.Rules["title"] = rule
	}
	return v, at
}

// fillBody reads the paragraphs and their place.
func (p *page) fillBody(r *ArticleRules, title string, at *spot) []dom.Paragraph {
	var out []dom.Paragraph
	if len(r.Body.Select) > 0 {
		ps, s := p.paragraphsOf(&r.Body)
		if out = ps; len(out) > 0 {
			p.result.Rules["content_text"] = "selector " + s.Source
		} else {
			p.note("content_text: no selector matched")
		}
	}
	if len(out) == 0 {
		p.setAside()
		var rule string
		if out, rule = p.body(title, at.heading); len(out) > 0 {
			p.result.Rules["content_text"] = rule
		}
	}
	if text := out[min(p.leads, max(len(out)-1, 0)):]; len(text) > 0 && text[0].First >= 0 {
		at.bodyFirst, at.bodyLast = text[0].First, text[len(text)-1].Last
	}
	return out
}

// fillDates reads the dates of publication and of the last change.
func (p *page) fillDates(a *Article, r *ArticleRules, at spot) {
	if d, s, ok := p.date(&r.DatePublished, p.document()); ok {
		a.DatePublished = d
		p.result.Rules["date_published"] = "selector " + s.Source
	} else {
		if len(r.DatePublished.Select) > 0 {
			p.note("date_published: no selector gave a date")
		}
		p.setAside()
		var rule string
		if a.DatePublished, rule = p.published(at); rule != "" {
			p.result.Rules["date_published"] = rule
		}
	}
	if a.DatePublished.IsZero() {
		a.DatePublished = p.statedDate(a)
	}
	if d, s, ok := p.date(&r.DateModified, p.document()); ok {
		a.DateModified = d
		p.result.Rules["date_modified"] = "selector " + s.Source
	} else if d, rule := p.firstDate(p.declarations().Fields[declared.Modified]); rule != "" {
		a.DateModified = d
		p.result.Rules["date_modified"] = rule
	} else if p.changedLater(a.DatePublished) {
		a.DateModified = p.lastChange
		p.result.Rules["date_modified"] = changeRule
	}
}

// changedLater reports whether the page shows the date of a change that is another
// than that of publication, and not before it.
func (p *page) changedLater(published item.Date) bool {
	return !p.lastChange.IsZero() && p.result.Rules["date_published"] != changeRule &&
		!date.Midnight(p.lastChange).Before(date.Midnight(published))
}

// fill reads a single value by the field's selectors, else the declared one.
func (p *page) fill(name string, f *Field, declared declared.Field) string {
	if v, s := p.one(f); v != "" {
		p.result.Rules[name] = "selector " + s.Source
		return v
	}
	if len(f.Select) > 0 {
		p.note("%s: no selector matched", name)
	}
	for _, s := range p.declarations().Fields[declared] {
		p.result.Rules[name] = s.Rule
		return s.Value
	}
	return ""
}

// fillTags reads the tags.
func (p *page) fillTags(a *Article, f *Field) {
	if values, _, s := p.many(f); len(values) > 0 {
		if len(values) == 1 && s.Attr != "" {
			values = declared.SplitKeywords(values[0])
		}
		a.Tags = values
		p.result.Rules["tags"] = "selector " + s.Source
		return
	}
	if len(f.Select) > 0 {
		p.note("tags: no selector matched")
	}
	if d := p.declarations(); len(d.Tags) > 0 {
		a.Tags = d.Tags
		p.result.Rules["tags"] = d.TagRule
	}
}

// fillLanguage reads the language: selectors, the configuration, the html element, declarations.
func (p *page) fillLanguage(a *Article, f *Field) {
	if v, s := p.one(f); v != "" {
		a.Language = languageTag(v)
		p.result.Rules["language"] = "selector " + s.Source
		return
	}
	if p.in.Language != "" {
		a.Language = p.in.Language
		p.result.Rules["language"] = "configuration"
		return
	}
	if v := p.htmlLanguage(); v != "" {
		a.Language = v
		p.result.Rules["language"] = "html lang"
		return
	}
	for _, s := range p.declarations().Fields[declared.Language] {
		if v := languageTag(s.Value); v != "" {
			a.Language = v
			p.result.Rules["language"] = s.Rule
			return
		}
	}
}

// pageLanguage returns the language that dates are read in: the configured one, else the page's.
func (p *page) pageLanguage() string {
	if p.in.Language != "" {
		return p.in.Language
	}
	return p.htmlLanguage()
}

// htmlLanguage returns the language of the html element.
func (p *page) htmlLanguage() string {
	for i, n := range p.tree.Nodes {
		if n.DataAtom == atom.Html {
			v := dom.Attr(n, "lang")
			if v == "" {
				v = dom.Attr(n, "xml:lang")
			}
			return languageTag(v)
		}
		if i > 8 {
			break
		}
	}
	return ""
}

// languageTag returns s as a BCP 47 tag, "" when it is none: en-US for en_US.
func languageTag(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), ",")
	s = strings.ReplaceAll(s, "_", "-")
	s, _, _ = strings.Cut(s, ".")
	primary, _, _ := strings.Cut(s, "-")
	if len(primary) < 2 || len(primary) > 3 || len(s) > 20 {
		return ""
	}
	for i := 0; i < len(s); i++ {
		if c := s[i] | 0x20; (c < 'a' || c > 'z') && s[i] != '-' && (s[i] < '0' || s[i] > '9') {
			return ""
		}
	}
	return s
}
