package extract

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"

	"github.com/newsonce/newsonce/crawler/item"
)

// bylineWords begin a line that names the author.
var bylineWords = []string{"by ", "written by ", "author: ", "author : ", "authors: ", "words: ", "story by ", "reported by ", "text: ", "von ", "geschrieben von ", "erstellt von ", "ein artikel von ",
	"par ", "écrit par ", "publié par ", "por ", "escrito por ", "di ", "scritto da ", "a cura di ", "door ", "af ", "av ", "tekst: ", "text ", "oleh ", "penulis: ", "penulis : ", "reporter: ",
	"автор: ", "автор ", "текст: ", "автори: ", "yazar: ", "yazan: ", "müəllif: ", "muallif: ", "autor: ", "autorka: ", "autoři: ", "auteur: ", "auteur : ", "autore: ", "szerző: ", "ავტორი: ", "հեղինակ՝ ", "כתב: ", "بقلم ", "كتب: ", "نویسنده: ", "文/", "作者：", "记者 ", "記者 "}

// authorsIn are the names in a byline: "By Ann Lee and Bo Chen, Reuters".
func authorsIn(s string) []item.Author {
	s = withoutByline(clean(s))
	low := strings.ToLower(s)
	if s == "" || len(s) > 300 || strings.Contains(s, "://") || strings.Contains(low, "www.") {
		return nil
	}
	var out []item.Author
	for _, part := range strings.Split(betweenNames.Replace(s), ",") {
		for _, name := range splitPair(part) {
			if name = cleanName(name); name != "" && len(out) < maxValues {
				out = append(out, item.Author{Name: name})
			}
		}
	}
	return out
}

// withoutByline cuts the word that begins a byline.
func withoutByline(s string) string {
	low := strings.ToLower(s)
	for _, w := range bylineWords {
		if strings.HasPrefix(low, w) && len(low) == len(s) {
			return strings.TrimSpace(s[len(w):])
		}
	}
	return s
}

var betweenNames = strings.NewReplacer(" and ", ",", " & ", ",", " und ", ",", " et ", ",", ";", ",", " | ", ",", " и ", ",", " og ", ",", " och ", ",", " oraz ", ",", " dan ", ",", "、", ",", "，", ",", "،", ",", " • ", ",", " · ", ",")

// splitPair parts two names that a short word joins which also stands within
// names: Ann Lee y Bo Chen, but Santiago Ramón y Cajal.
func splitPair(s string) []string {
	for _, w := range []string{" y ", " e ", " i ", " ve ", " və ", " en ", " a ", " és ", " și ", " та ", " і "} {
		if left, right, ok := strings.Cut(s, w); ok && words(left) >= 2 && words(right) >= 2 {
			return []string{left, right}
		}
	}
	return []string{s}
}

// jobWords are parts of what stands beside a name and is none; titleWords
// follow a name without a comma; creditWords say whose a picture is.
var (
	jobWords = []string{"redakt", "editor", "reporter", "correspond", "journalist", "periodista", "giornalista", "columnist", "staff writer", "freelance", "head of", "chief", "contributor",
		"bureau", "producer", "photographer", "fotograf", "корреспондент", "редактор", "обозреватель", "muhabir", "müxbir"}
	titleWords  = []string{" 기자", " 특파원", " 선임기자", " 논설위원", "记者", "記者", "通讯员"}
	creditWords = []string{"foto", "photo", "image", "bild:", "фото", "picture", "video", "illustration", "grafik", "getty images", "scanpix", "shutterstock", "unsplash", "istock", "alamy", "pixabay", "imago"}
)

// cleanName is a name without what is written around it, "" for what is none:
// initials in brackets, a job, the credit of a picture.
func cleanName(s string) string {
	s = strings.Trim(clean(s), ".,-–|/ ")
	if i := strings.IndexAny(s, "(["); i >= 0 {
		s = strings.TrimRight(s[:i], " ")
	}
	s = strings.TrimPrefix(s, "@")
	low := strings.ToLower(s)
	if startsWithAny(low, creditWords) || containsAny(low, "/getty", "getty images", "scanpix", "shutterstock") || containsAny(low, jobWords...) && words(s) > 1 {
		return ""
	}
	for _, w := range titleWords {
		s = strings.TrimSuffix(s, w)
	}
	if len(s) > 100 || strings.IndexFunc(s, unicode.IsLetter) < 0 {
		return ""
	}
	return s
}

func distinctAuthors(in []item.Author) []item.Author {
	var out []item.Author
	at := map[string]int{}
	for _, a := range in {
		key := slug(a.Name)
		if k, ok := at[key]; ok {
			if out[k].URL == "" {
				out[k].URL = a.URL
			}
			continue
		}
		at[key] = len(out)
		out = append(out, a)
	}
	return out
}

// fillAuthors reads the authors: selectors, declarations, a byline near the
// heading. Where a page declares its site as the author, a byline goes before.
func (p *page) fillAuthors(a *Article, f *Field, near spot) {
	if len(f.Select) > 0 {
		if names, at, s := p.many(f); len(names) > 0 {
			for k, name := range names {
				for _, one := range authorsIn(name) {
					if s.Attr == "" && p.tree.nodes[at[k]].Data == "a" {
						one.URL = p.urls.resolve(attr(p.tree.nodes[at[k]], "href")).Href
					}
					a.Authors = append(a.Authors, one)
				}
			}
			a.Authors = distinctAuthors(a.Authors)
			p.result.Rules["authors"] = "selector " + s.Source
			return
		}
		p.note("authors: no selector matched")
	}
	d := p.declarations()
	var people, all []item.Author
	for _, one := range d.authors {
		if one.URL != "" {
			one.URL = p.urls.resolve(one.URL).Href
		}
		all = append(all, one)
		if !p.isSite(one.Name) && !among(one.Name, d.organisations) {
			people = append(people, one)
		}
	}
	named := false // one that is more than an agency
	for _, one := range people {
		named = named || words(one.Name) > 1
	}
	if named {
		for _, one := range all {
			if !slices.Contains(people, one) {
				p.note("authors: %s names %q, which is the site or an organisation", d.authorRule, one.Name)
			}
		}
		a.Authors = distinctAuthors(people)
		p.result.Rules["authors"] = d.authorRule
		return
	}
	found, rule := p.bylines(near)
	if len(found) > 0 && (len(people) == 0 || len(people) < len(all)) {
		if len(all) > 0 {
			p.note("authors: %s names the site (%s), the byline goes before", d.authorRule, all[0].Name)
		}
		a.Authors = distinctAuthors(found)
		p.result.Rules["authors"] = rule
		return
	}
	if len(all) > 0 {
		a.Authors = distinctAuthors(all)
		p.result.Rules["authors"] = d.authorRule
	}
}

// isSite reports that a name is the site's own, its publisher's, or its domain.
func (p *page) isSite(name string) bool {
	key := strings.ReplaceAll(slug(name), "-", "")
	if key == "" {
		return false
	}
	d := p.declarations()
	for _, other := range []string{d.siteName, d.publisher()} {
		if key == strings.ReplaceAll(slug(other), "-", "") {
			return true
		}
	}
	host := strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(hostOf(p.in.URL)), "-", ""), ".", "")
	return utf8.RuneCountInString(key) >= 4 && strings.Contains(host, key) || among(key, []string{"admin", "administrator", "redaktion", "editor", "redacción", "redacao", "redazione", "rédaction", "редакция", "staff", "webmaster"})
}

// How far from the heading and the ends of the text a byline may stand, in lines.
const (
	bylineBefore = 4
	bylineAfter  = 14
	maxByline    = 140 // bytes
)

// bylines looks for the author around the heading and the ends of the text: a
// line that begins as bylines do, a rel=author link, an element named for it.
func (p *page) bylines(near spot) ([]item.Author, string) {
	lines := p.lines()
	index := func(i int32) int { return sort.Search(len(lines), func(k int) bool { return lines[k].last >= i }) }
	type span struct{ from, to int }
	var spans []span
	if near.heading >= 0 {
		first, after := index(near.heading), index(p.tree.end[near.heading])
		spans = append(spans, span{after, after + bylineAfter}, span{first - bylineBefore, first})
	}
	if near.bodyFirst >= 0 {
		k := index(near.bodyFirst)
		spans = append(spans, span{k - bylineBefore, k + 1})
		k = index(near.bodyLast)
		spans = append(spans, span{k, k + bylineBefore})
	}
	var byClass []item.Author
	for _, s := range spans {
		for k := max(s.from, 0); k < min(s.to, len(lines)); k++ {
			l := &lines[k]
			if p.isAside(l.first) || len(l.text) > maxByline {
				continue
			}
			if found := p.bylineIn(l); len(found) > 0 {
				return p.linkedNames(found, l), "byline"
			}
			if len(byClass) == 0 && p.authorElement(l) {
				if found := p.namesIn(l.text); len(found) > 0 && words(found[0].Name) > 1 {
					byClass = p.linkedNames(found, l)
				}
			}
		}
	}
	return byClass, "author element"
}

// bylineIn are the names of a line, or of a part of it, that begins with a
// byline word.
func (p *page) bylineIn(l *line) []item.Author {
	for _, part := range strings.FieldsFunc(l.text, func(r rune) bool { return r == '|' || r == '·' || r == '•' || r == '—' || r == '–' }) {
		part = strings.TrimSpace(part)
		rest := withoutByline(part)
		if rest == part {
			continue
		}
		if found := p.namesIn(rest); len(found) > 0 {
			return found
		}
		if l.link >= len(rest) && words(rest) == 1 { // a user's name: By <a>annlee</a>
			return authorsIn(rest)
		}
	}
	return nil
}

// namesIn are the names that a short text consists of, none if it is no such
// text. A date and what follows are cut off, and a section: "TPN, in News".
func (p *page) namesIn(s string) []item.Author {
	if f, ok := p.dates.find(s); ok {
		s = strings.TrimSpace(s[:f.pos])
		for _, w := range []string{" am", " on", " vom", " le", " el", " at"} {
			s = strings.TrimSuffix(s, w)
		}
	}
	for _, w := range afterNames {
		s, _, _ = strings.Cut(s, w)
	}
	s = withoutByline(strings.Trim(s, " ,|·-–—"))
	if s == "" || sentence(s) {
		return nil
	}
	found := authorsIn(s)
	for k, a := range found {
		if !nameLike(a.Name) {
			return nil
		}
		if k > 0 && words(found[0].Name) > 1 && words(a.Name) == 1 && strings.ToUpper(a.Name) != a.Name {
			return found[:k] // a place: Ann Lee, Baku
		}
	}
	return found
}

// afterNames stand behind the names of a byline.
var afterNames = []string{", in ", " in ", " for ", " — ", " - ", " Publi", " Published", " Posted", " Updated", " Veröffentlicht", " Aktualisiert", " Erstellt", " Mis à jour", " Actualiz", " Atualiz", " Pubblicat",
	" Gepubliceerd", " Yayın", " Опубликов", " Обновл", " Dodano"}

// nameLike reports one to five words that each begin as names do.
func nameLike(s string) bool {
	fields := strings.Fields(s)
	if len(fields) == 0 || len(fields) > 5 || utf8.RuneCountInString(s) > 50 {
		return false
	}
	upper := 0
	for _, f := range fields {
		r, _ := utf8.DecodeRuneInString(f)
		switch {
		case unicode.IsUpper(r) || unicode.IsLetter(r) && !unicode.IsLower(r): // capitals, and scripts without them
			upper++
		case !among(strings.ToLower(f), nameParticles):
			return false
		}
	}
	return upper > 0
}

var nameParticles = []string{"de", "del", "la", "las", "los", "da", "das", "do", "dos", "di", "du", "des", "le", "van", "von", "der", "den", "ter", "ten", "zu", "zur", "bin", "ibn", "al", "el", "af", "av", "y", "e", "d'", "st."}

// authorElement reports that a line stands in an element named for the author.
func (p *page) authorElement(l *line) bool {
	t := p.tree
	i := t.parent[l.first]
	if t.closest(i, atom.Nav) >= 0 {
		return false
	}
	for up := 0; up < 4 && i >= 0; up++ {
		n := t.nodes[i]
		if hasToken(attr(n, "rel"), "author") || hasToken(attr(n, "itemprop"), "author") {
			return true
		}
		if class := strings.ToLower(attr(n, "class")); containsAny(class, "author", "byline", "by-line", "autor", "auteur", "yazar", "writer", "penulis", "reporter") {
			return true
		}
		i = t.parent[i]
	}
	return false
}

// linkedNames adds to each name the link that carries it on its line.
func (p *page) linkedNames(names []item.Author, l *line) []item.Author {
	t := p.tree
	for i := l.first; i <= l.last; i++ {
		if !t.isText(i) {
			continue
		}
		a := t.parent[i]
		for up := 0; up < 2 && a >= 0 && t.nodes[a].Data != "a"; up++ {
			a = t.parent[a]
		}
		if a < 0 || t.nodes[a].Data != "a" {
			continue
		}
		text := t.text(a, nil)
		for k := range names {
			if names[k].URL == "" && strings.Contains(text, names[k].Name) {
				names[k].URL = p.urls.resolve(attr(t.nodes[a], "href")).Href
			}
		}
	}
	return names
}
