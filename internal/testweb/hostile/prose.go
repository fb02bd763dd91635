package hostile

import (
	"fmt"
	"hash/fnv"
	"html"
	"math/rand/v2"
	"strings"
)

var (
	who   = []string{"The mayor", "A spokeswoman for the port", "The head of the school", "A farmer from the valley", "The fire service", "The regional court", "The transport office", "A team of doctors", "The museum", "The union of fishermen"}
	did   = []string{"announced", "confirmed", "denied", "described", "questioned", "presented", "postponed", "defended", "explained", "published"}
	what  = []string{"a plan for the eastern quay", "the figures of the past season", "repairs to the old bridge", "a timetable for the ferry", "the budget of the coming year", "a study of the river", "the results of the survey", "new rules for the market", "the opening of the clinic", "a collection of letters"}
	where = []string{"at a meeting in the town hall", "in a letter to residents", "before some forty guests", "after weeks of talks", "in an interview on Monday", "during a visit to the mill", "at the end of the session", "in front of the station", "on the first day of spring", "while rain fell outside"}
	then  = []string{"Work is to begin in autumn", "Neighbours had asked for it for years", "The cost was not disclosed", "Critics spoke of a missed chance", "Nobody was hurt", "Tickets go on sale next week", "A decision is expected in June", "The road stays closed until then", "Further tests are under way", "Many expressed relief"}
)

// paragraphs draws the text of the article with that title; other titles have
// other texts.
func paragraphs(title string) []string {
	h := fnv.New64a()
	h.Write([]byte(title))
	r := rand.New(rand.NewPCG(h.Sum64(), 1))
	pick := func(words []string) string { return words[r.IntN(len(words))] }
	list := make([]string, 5)
	for i := range list {
		var b strings.Builder
		for range 4 {
			fmt.Fprintf(&b, "%s %s %s %s, %d days after the first report. %s. ", pick(who), pick(did), pick(what), pick(where), 2+r.IntN(400), pick(then))
		}
		list[i] = strings.TrimSpace(b.String())
	}
	return list
}

// article is a page with one article. In its head stands what extra gives.
func article(title string, extra ...string) string {
	return articleOf(title, paragraphs(title), extra...)
}

func articleOf(title string, text []string, head ...string) string {
	var b strings.Builder
	t := html.EscapeString(title)
	fmt.Fprintf(&b, "<!doctype html><html lang=en><head><title>%s</title>%s</head><body>\n<article><h1>%s</h1>\n", t, strings.Join(head, ""), t)
	for _, p := range text {
		fmt.Fprintf(&b, "<p>%s</p>\n", html.EscapeString(p))
	}
	b.WriteString("</article></body></html>\n")
	return b.String()
}
