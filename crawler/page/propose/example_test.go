package propose_test

import (
	"fmt"
	"time"

	"github.com/newsonce/newsonce/crawler/page/propose"
)

func ExampleFrom() {
	p, err := propose.From(propose.Page{
		URL: "https://news.example.ge/en/",
		Body: []byte(`<html lang="en"><body><h1>News</h1><ul class="latest">
<li><a href="/en/a/104/">Port reopens after the storm</a> <i>30 November 2023</i></li>
<li><a href="/en/a/103/">Ferry to the islands sails again</a> <i>29 November 2023</i></li>
<li><a href="/en/a/102/">Council votes on the new bridge</a> <i>28 November 2023</i></li>
<li><a href="/en/a/101/">School meals will be free from May</a> <i>27 November 2023</i></li>
</ul><a href="/en/about/">About us</a></body></html>`),
		FetchedAt: time.Date(2023, 12, 1, 6, 0, 0, 0, time.UTC),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("match:", p.Match)
	fmt.Println("not matched:", p.NotMatched)
	fmt.Println("timezone:", p.Timezone)
	fmt.Println("archive:", p.Archive.URL, "up to", p.Archive.Last)
	fmt.Println("block:", p.Blocks[0].Item, p.Blocks[0].Date.Layout)
	fmt.Println("fetch next:", p.FirstArticle)
	// Output:
	// match: /a/\d+/?(?:[?#]|$)
	// not matched: [https://news.example.ge/en/about/]
	// timezone: Asia/Tbilisi
	// archive: https://news.example.ge/en/a/{id}/ up to 104
	// block: .latest > li 2 January 2006
	// fetch next: https://news.example.ge/en/a/104/
}
