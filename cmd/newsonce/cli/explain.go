package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/crawler/page"
)

// explain prints which rule filled each field of a page and with what, which
// fields stayed empty, and what was refused.
func explain(w io.Writer, name string, items *page.Items) {
	fmt.Fprintln(w, name)
	if items.Article != nil {
		explainArticle(w, items)
	} else if items.Links == nil {
		fmt.Fprintln(w, "  no article")
	}
	explainBlocks(w, items)
	for _, field := range []string{"links", "next", "variant"} {
		if rule := items.Rules[field]; rule != "" {
			fmt.Fprintf(w, "  %-15s %s\n", field, rule)
		}
	}
	if items.Links != nil {
		explainLinks(w, "article links", items.Links)
	}
	if items.NotMatched != nil {
		explainLinks(w, "other links", items.NotMatched)
	}
	if items.Next != "" {
		fmt.Fprintf(w, "  %-15s %s\n", "next page", items.Next)
	}
	for _, n := range items.Notes {
		fmt.Fprintf(w, "  note: %s\n", n)
	}
}

// shownLinks is how many links of a kind are listed.
const shownLinks = 3

func explainLinks(w io.Writer, name string, links []string) {
	fmt.Fprintf(w, "  %-15s %d\n", name, len(links))
	for _, link := range links[:min(len(links), shownLinks)] {
		fmt.Fprintf(w, "  %-15s   %s\n", "", link)
	}
}

// field is one field of an article in a readable form.
type field struct{ name, value string }

func articleFields(a *item.Article) []field {
	text := ""
	if a.ContentText != "" {
		text = fmt.Sprintf("%s, %d characters: %q", plural(strings.Count(a.ContentText, "\n\n")+1, "paragraph"),
			utf8.RuneCountInString(a.ContentText), short(a.ContentText, 40))
	}
	var authors []string
	for _, one := range a.Authors {
		authors = append(authors, one.Name)
	}
	published := a.DatePublished.String()
	if a.DateRaw != "" && a.DateRaw != published {
		published += fmt.Sprintf(", read from %q", a.DateRaw)
	}
	return []field{
		{"title", a.Title}, {"summary", a.Summary}, {"content_text", text},
		{"date_published", published}, {"date_modified", a.DateModified.String()},
		{"authors", strings.Join(authors, ", ")}, {"publisher", a.Publisher}, {"section", a.Section},
		{"tags", strings.Join(a.Tags, ", ")}, {"language", a.Language}, {"image", a.Image},
	}
}

func explainArticle(w io.Writer, items *page.Items) {
	var empty []string
	for _, f := range articleFields(items.Article) {
		if f.value == "" {
			empty = append(empty, f.name)
			continue
		}
		fmt.Fprintf(w, "  %-15s %s: %s\n", f.name, items.Rules[f.name], short(f.value, 100))
	}
	if empty != nil {
		fmt.Fprintf(w, "  %-15s %s\n", "empty", strings.Join(empty, ", "))
	}
}

// explainBlocks lists the headline blocks in page order.
func explainBlocks(w io.Writer, items *page.Items) {
	count, dated, first := map[string]int{}, map[string]int{}, map[string]string{}
	var names []string
	for i := range items.Headlines {
		h := &items.Headlines[i]
		if count[h.Block]++; count[h.Block] == 1 {
			names = append(names, h.Block)
			first[h.Block] = h.Title
		}
		if !h.DatePublished.IsZero() {
			dated[h.Block]++
		}
	}
	for _, field := range slices.Sorted(maps.Keys(items.Rules)) {
		name, ok := strings.CutPrefix(field, "headlines.")
		if ok && count[name] == 0 {
			names = append(names, name)
		}
	}
	for _, name := range names {
		fmt.Fprintf(w, "  headlines.%s: %s: %d, %d of them dated, first %q\n", name, items.Rules["headlines."+name],
			count[name], dated[name], short(first[name], 60))
	}
}

// short returns s on one line, cut to n characters.
func short(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}
