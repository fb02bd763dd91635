package extract_test

import (
	"fmt"
	"log"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/newsonce/newsonce/crawler/extract"
)

// Without rules, title, text, date and headline lists are found by themselves.
// The clock above the heading is not the article's date.
func ExampleExtract() {
	page := extract.Page{
		URL:       "https://news.example/en/article/7228/",
		FetchedAt: time.Date(2024, 6, 13, 9, 19, 0, 0, time.UTC),
		Body: []byte(`<html lang="en"><body><div class="top">13 June 2024 / 13:19</div>
<div class="main"><h1>Port reopens after the storm</h1>
<p>The port of the capital reopened on Monday, two days after the storm had passed over the bay.</p>
<p>Ships may enter again, the harbour master said, and thanked the crews who had cleared the channel.</p>
<p>Source - Coast News</p><div>13 July 2023 / 13:31</div></div>
<div class="sidebar"><ul>
<li><a href="/en/article/7301/">Ferry to the islands sails again</a> <i>30 November 2023 / 10:42</i></li>
<li><a href="/en/article/7300/?utm_source=side">Council votes on the new bridge</a> <i>30 November 2023 / 10:30</i></li>
<li><a href="/en/article/7298/">School meals will be free from May</a> <i>29 November 2023 / 13:54</i></li>
</ul></div></body></html>`),
	}
	r, err := extract.Extract(page, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Article.Title)
	fmt.Println(r.Article.DatePublished, "by", r.Rules["date_published"])
	fmt.Println(len(r.Article.Paragraphs), "paragraphs")
	for _, h := range r.Headlines {
		fmt.Println(h.Block, h.Position, h.Title, h.Date)
	}
	// Output:
	// Port reopens after the storm
	// 2023-07-13T13:31:00 by text below body
	// 2 paragraphs
	// sidebar 1 Ferry to the islands sails again 2023-11-30T10:42:00
	// sidebar 2 Council votes on the new bridge 2023-11-30T10:30:00
	// sidebar 3 School meals will be free from May 2023-11-29T13:54:00
}

// A selector may name an attribute after @.
func ExampleParseSelector() {
	s, err := extract.ParseSelector(".sidebar a@href")
	fmt.Println(s.Source, s.Attr, err)
	_, err = extract.ParseSelector("div[")
	fmt.Println(err != nil)
	// Output:
	// .sidebar a@href href <nil>
	// true
}

// A program's own extractor is given the parsed page and the result so far.
func ExampleRules_own() {
	rules := &extract.Rules{Own: func(doc *goquery.Document, _ extract.Page, r *extract.Result) error {
		if r.Article != nil {
			doc.Find(".ticker").Each(func(_ int, s *goquery.Selection) { r.Article.Tags = append(r.Article.Tags, s.Text()) })
		}
		return nil
	}}
	r, err := extract.Extract(extract.Page{
		URL: "https://news.example/markets/1",
		Body: []byte(`<h1>Mill orders rise for a third month</h1><p>Orders at the mills of the valley rose in May,
for the third month in a row, the chamber of commerce said, and the mills hire again.</p><p>Shares of the largest
of them, <b class="ticker">MILL</b>, gained a tenth; those of <b class="ticker">LOOM</b> hardly moved.</p>`),
	}, rules)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Article.Title, r.Article.Tags)
	// Output: Mill orders rise for a third month [MILL LOOM]
}
