package byline

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsonce/newsonce/crawler/extract/date"
)

// Parts splits a text at its separators, at a date, at the end of a sentence and before
// each labelled field.
func Parts(s string, dates date.Reader) (parts []string) {
	for part := range strings.FieldsFuncSeq(dots(bars.Replace(s)), isSeparator) {
		after := ""
		if f, ok := dates.Find(part); ok {
			part, after = untilDate(part, f), part[f.End:]
		}
		for _, field := range append(fields(part), fields(after)...) {
			for _, one := range sentences(field) {
				if one = strings.Trim(one, " /"); one != "" {
					parts = append(parts, one)
				}
			}
		}
	}
	return parts
}

// bars makes bars of what ends a field.
var bars = strings.NewReplacer("／", "|", "｜", "|", " ~ ", "|", " > ", "|", " - ", "|", " » ", "|", "\\", "|",
	"\u3000", "|")

// dots makes a bar of each middle dot, a comma between names in Korean. In Chinese the
// parts of a foreign name have one between them.
func dots(s string) string {
	parts := strings.Split(s, "·")
	var b strings.Builder
	for k, part := range parts {
		b.WriteString(part)
		switch r, _ := utf8.DecodeLastRuneInString(part); {
		case k == len(parts)-1:
		case unicode.Is(unicode.Han, r):
			b.WriteString("·")
		case unicode.Is(unicode.Hangul, r):
			b.WriteString(",")
		default:
			b.WriteString("|")
		}
	}
	return b.String()
}

func isSeparator(r rune) bool { return strings.ContainsRune("|•—–▪●◆■~", r) }

// untilDate returns what stands before a date, without the word that leads to it.
func untilDate(s string, f date.Found) string {
	s = strings.TrimSpace(s[:f.Pos])
	for _, w := range beforeDates {
		s = strings.TrimSuffix(s, w)
	}
	return s
}

// beforeDates are the words that lead to a date.
var beforeDates = []string{" am", " on", " vom", " le", " el", " at", " op", " den", " il", " στις", " em", " w dniu"}

// fields splits a text before each word that ends in a colon and does not continue
// a label: "Text: Ann Lee Foto: Bo Chen".
func fields(s string) (list []string) {
	begin := 0
	add := func(end int) {
		if field := strings.Trim(s[begin:end], " ,"); field != "" {
			list = append(list, field)
		}
		begin = end
	}
	pos, before := 0, ""
	for word := range strings.SplitSeq(s, " ") {
		r, _ := utf8.DecodeRuneInString(word)
		label := strings.HasSuffix(word, ":") || strings.Contains(word, "：")
		if label && !connectors[before] && unicode.IsLetter(r) && !unicode.IsLower(r) {
			add(pos)
		}
		pos, before = pos+len(word)+1, strings.ToLower(word)
	}
	add(len(s))
	return list
}

// sentences splits a text after each word of four letters or more with a full stop.
func sentences(s string) (list []string) {
	begin := 0
	for i := range s {
		if s[i] != '.' || i+1 < len(s) && s[i+1] != ' ' {
			continue
		}
		word := s[strings.LastIndexByte(s[:i], ' ')+1 : i]
		if utf8.RuneCountInString(word) >= 4 {
			list = append(list, s[begin:i])
			begin = i + 1
		}
	}
	return append(list, s[begin:])
}
