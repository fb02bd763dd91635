package config_test

import (
	"fmt"

	"github.com/newsonce/newsonce/crawler/config"
)

func ExampleParse() {
	c, err := config.Parse("crawl.yaml", "/srv/news", []byte(`
user_agent: "newsonce/VERSION (+https://crawler.test/)"
sites:
  - name: world
    delay: 2s
    sources: [{listing: "https://news.test/world/"}]
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Output.Path)
	fmt.Println(c.Sites[0].Hosts, c.Sites[0].Delay)
	// Output:
	// /srv/news/items.jsonl
	// [news.test] 2s
}

// Every mistake comes at once, each with its place.
func ExampleErrors() {
	_, err := config.Parse("crawl.yaml", ".", []byte(`
worker: 8
sites:
  - name: world
    delay: 2
    sources: [{listing: {urls: [news.test/world/]}}]
`))
	fmt.Println(err)
	// Output:
	// crawl.yaml:2:1: unknown key "worker" in crawl.yaml, did you mean "workers"?
	// crawl.yaml:5:12: duration 2 has no unit: write 2s, 2m, 2h, 2d or 2w
	// crawl.yaml:6:33: URL "news.test/world/" has no scheme: write https://news.test/world/
}
