package item_test

import (
	"fmt"
	"os"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

func ExampleWriteLine() {
	err := item.WriteLine(os.Stdout, item.Article{
		Type:          item.TypeArticle,
		ID:            item.ID(item.TypeArticle, "https://news.example/1"),
		Site:          "news",
		URL:           "https://news.example/1",
		Title:         "Bridge opens <early>",
		ContentText:   "First paragraph.\n\nSecond paragraph.",
		DatePublished: item.Date{Time: time.Date(2023, 7, 13, 0, 0, 0, 0, time.UTC)},
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"type":"article","id":"55fe4927feaef858dc29c27c521dd618","site":"news","url":"https://news.example/1","title":"Bridge opens <early>","content_text":"First paragraph.\n\nSecond paragraph.","date_published":"2023-07-13"}
}

func ExampleDate_String() {
	t := time.Date(2023, 7, 13, 13, 31, 0, 0, time.FixedZone("", 4*60*60))
	fmt.Println(item.Date{Time: t, Precision: item.Second, Zoned: true})
	fmt.Println(item.Date{Time: t, Precision: item.Second})
	fmt.Println(item.Date{Time: t, Precision: item.Day})
	// Output:
	// 2023-07-13T13:31:00+04:00
	// 2023-07-13T13:31:00
	// 2023-07-13
}

func ExampleHeadlineKey() {
	day := item.Date{Time: time.Date(2023, 11, 30, 0, 0, 0, 0, time.UTC)}
	fmt.Printf("%q\n", item.HeadlineKey("ccbs", "https://ccbs.news/en/article/7301/", "floods in the north", day))
	fmt.Printf("%q\n", item.HeadlineKey("ccbs", "", "floods in the north", day))
	// Output:
	// "ccbs\nhttps://ccbs.news/en/article/7301/"
	// "ccbs\nfloods in the north\n2023-11-30"
}

func ExampleAt() {
	fmt.Println(item.At(time.Date(2026, 11, 20, 10, 0, 1, 5, time.FixedZone("", 4*60*60))).Format(time.RFC3339))
	// Output: 2026-11-20T06:00:01Z
}
