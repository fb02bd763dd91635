// Package byline reads the names of authors from bylines.
package byline

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsonce/newsonce/crawler/extract/date"
	"github.com/newsonce/newsonce/crawler/extract/dom"
	"github.com/newsonce/newsonce/crawler/item"
)

// labels begin a byline. The first common are the commonest.
var labels = []string{"by ", "written by ", "author: ", "author : ", "authors: ", "words: ", "story by ",
	"reported by ", "text: ", "von ", "posted by ", "published by ", "words by ", "geschrieben von ", "erstellt von ",
	"veröffentlicht von ", "ein artikel von ", "par ", "écrit par ", "publié par ", "por ", "escrito por ",
	"publicado por ", "di ", "scritto da ", "pubblicato da ", "a cura di ", "door ", "geplaatst door ", "af ",
	"av ", "tekst: ", "text ", "oleh ", "penulis: ", "penulis : ", "reporter: ",
	"автор: ", "автор ", "текст: ", "автори: ", "yazar: ", "yazan: ", "müəllif: ", "muallif: ", "autor: ", "autorka: ",
	"autoři: ", "auteur: ", "auteur : ", "autore: ", "szerző: ", "ავტორი: ", "հեղինակ՝ ", "כתב: ", "بقلم ", "كتب: ",
	"نویسنده: ", "文/", "作者: ", "撰文: ", "文: ",
	"记者: ", "記者: ", "记者 ", "記者 "}

// Names returns the names in a byline: "By Ann Lee and Bo Chen, Reuters".
func Names(s string) []item.Author {
	s = TrimLabel(dom.Clean(s))
	low := strings.ToLower(s)
	if s == "" || len(s) > 300 || strings.Contains(s, "://") || strings.Contains(low, "www.") {
		return nil
	}
	var out []item.Author
	for _, part := range strings.Split(betweenNames.Replace(s), ",") {
		for _, name := range splitPair(part) {
			if name = cleanName(name); name != "" && len(out) < maxNames {
				out = append(out, item.Author{Name: name})
			}
		}
	}
	return out
}

// TrimLabel cuts the label that begins a byline: "by ", with or without a colon.
func TrimLabel(s string) string {
	low := strings.ToLower(s)
	if len(low) != len(s) {
		return s
	}
	for _, w := range labels {
		word := strings.TrimRight(w, ": ")
		rest, ok := strings.CutPrefix(low, word)
		if !ok {
			continue
		}
		for _, end := range []string{":", "：", " :", w[len(word):]} {
			if strings.HasPrefix(rest, end) {
				return strings.TrimSpace(s[len(word)+len(end):])
			}
		}
	}
	return s
}

// betweenNames replaces what separates names by commas.
var betweenNames = strings.NewReplacer(" and ", ",", " & ", ",", " und ", ",", " et ", ",", ";", ",", " | ", ",",
	" и ", ",", " og ", ",", " och ", ",", " oraz ", ",", " dan ", ",", "、", ",", "，", ",", "،", ",", " • ", ",",
	" · ", ",")

// splitPair splits two names joined by a short word that may also stand within a
// name: Ann Lee y Bo Chen, but Santiago Ramón y Cajal.
func splitPair(s string) []string {
	for _, w := range []string{" y ", " e ", " i ", " ve ", " və ", " en ", " a ", " és ", " și ", " та ", " і "} {
		if left, right, ok := strings.Cut(s, w); ok && dom.Words(left) >= 2 && dom.Words(right) >= 2 {
			return []string{left, right}
		}
	}
	return []string{s}
}

// jobWords are parts of job titles beside a name, titleWords follow a name without
// a comma, creditWords begin the credit of a picture.
var (
	jobWords = []string{"redakt", "editor", "reporter", "correspond", "journalist", "periodista", "giornalista",
		"columnist", "staff writer", "freelance", "head of", "chief", "contributor",
		"bureau", "producer", "photographer", "fotograf", "корреспондент", "редактор", "обозреватель", "muhabir", "müxbir"}
	titleWords  = []string{" 기자", " 특파원", " 선임기자", " 논설위원", "记者", "記者", "通讯员"}
	creditWords = []string{"foto", "photo", "image", "bild:", "фото", "picture", "video", "illustration", "grafik",
		"getty images", "scanpix", "shutterstock", "unsplash", "istock", "alamy", "pixabay", "imago"}
)

// cleanName returns a name without what stands around it, such as initials in
// brackets. It is "" for a job title or the credit of a picture.
func cleanName(s string) string {
	s = strings.Trim(dom.Clean(s), ".,-–|/ ")
	if i := strings.IndexAny(s, "(["); i >= 0 {
		s = strings.TrimRight(s[:i], " ")
	}
	s = strings.TrimPrefix(s, "@")
	low := strings.ToLower(s)
	if dom.HasAnyPrefix(low, creditWords) || dom.ContainsAny(low, "/getty", "getty images", "scanpix",
		"shutterstock") || dom.ContainsAny(low, jobWords...) && dom.Words(s) > 1 {
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

// Distinct drops authors with a name that came before, and keeps their URL if the first has none.
func Distinct(in []item.Author) []item.Author {
	var out []item.Author
	at := map[string]int{}
	for _, a := range in {
		key := dom.Slug(a.Name)
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

// afterNames begin what follows the names in a byline.
var afterNames = []string{", in ", " in ", " for ", " — ", " - ", " Publi", " Published", " Posted", " Updated",
	" Veröffentlicht", " Aktualisiert", " Erstellt", " Mis à jour", " Actualiz", " Atualiz", " Pubblicat",
	" Gepubliceerd", " Yayın", " Опубликов", " Обновл", " Dodano"}

// nameLike reports whether s is one to five words that each begin as names do.
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
		case !slices.Contains(nameParticles, strings.ToLower(f)):
			return false
		}
	}
	return upper > 0
}

// nameParticles are the words of names without a capital.
var nameParticles = []string{"de", "del", "la", "las", "los", "da", "das", "do", "dos", "di", "du", "des", "le",
	"van", "von", "der", "den", "ter", "ten", "zu", "zur", "bin", "ibn", "al", "el", "af", "av", "y", "e", "d'", "st."}

// maxNames bounds the names of one byline.
const maxNames = 100

// HasLabel reports whether s begins with one of the commonest labels, in any case.
func HasLabel(s string) bool { return dom.HasAnyPrefix(s, labels[:common]) }

const common = 10 // of labels

// Read returns the names that a short text consists of, none if it is another
// text. It drops a date and what follows, and a section: "TPN, in News".
func Read(s string, dates date.Reader) []item.Author {
	if f, ok := dates.Find(s); ok {
		s = untilDate(s, f)
	}
	for _, w := range afterNames {
		s, _, _ = strings.Cut(s, w)
	}
	s = TrimLabel(strings.Trim(s, " ,|·-–—"))
	if s == "" || dom.EndsSentence(s) {
		return nil
	}
	found := Names(s)
	for k, a := range found {
		if !nameLike(a.Name) {
			return nil
		}
		if k > 0 && dom.Words(found[0].Name) > 1 && dom.Words(a.Name) == 1 && strings.ToUpper(a.Name) != a.Name {
			return found[:k] // a place: Ann Lee, Baku
		}
	}
	return found
}
