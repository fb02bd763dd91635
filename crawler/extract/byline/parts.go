package byline

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsonce/newsonce/crawler/extract/date"
)

// Parts splits a line at its separators, at a date and before each labelled field.
// It leaves out what cannot name an author: dates, numbers such as the reading
// time, e-mail addresses and social networks.
func Parts(s string, dates date.Reader) (parts []string) {
	for part := range strings.FieldsFuncSeq(strings.ReplaceAll(s, " / ", "|"), isSeparator) {
		after := ""
		if f, ok := dates.Find(part); ok {
			part, after = untilDate(part, f), part[f.End:]
		}
		for _, field := range append(fields(part), fields(after)...) {
			if !beside(field) {
				parts = append(parts, field)
			}
		}
	}
	return parts
}

func isSeparator(r rune) bool { return strings.ContainsRune("|·•—–", r) }

// untilDate returns what stands before a date, without the word that leads to it.
func untilDate(s string, f date.Found) string {
	s = strings.TrimSpace(s[:f.Pos])
	for _, w := range []string{" am", " on", " vom", " le", " el", " at"} {
		s = strings.TrimSuffix(s, w)
	}
	return s
}

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
	pos := 0
	for word := range strings.SplitSeq(s, " ") {
		r, _ := utf8.DecodeRuneInString(word)
		if unicode.IsLetter(r) && !unicode.IsLower(r) && (strings.HasSuffix(word, ":") || strings.Contains(word, "：")) {
			add(pos)
		}
		pos += len(word) + 1
	}
	add(len(s))
	return list
}

// networks are the names of links to an author's accounts.
var networks = []string{"twitter", "x", "facebook", "linkedin", "instagram", "mastodon", "bluesky", "threads",
	"telegram", "youtube", "tiktok", "whatsapp", "xing", "vk", "email", "e-mail", "mail", "rss", "follow"}

// beside reports whether a part of a line cannot name an author.
func beside(part string) bool {
	_, address, mail := strings.Cut(part, "@")
	return mail && strings.Contains(address, ".") || strings.ContainsFunc(part, unicode.IsDigit) ||
		slices.Contains(networks, strings.ToLower(part))
}
