package demosite_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/newsonce/newsonce/internal/demosite"
)

func ExampleWorld() {
	w := demosite.New(demosite.Options{Sites: 2, Articles: 100})
	stop, err := w.Serve()
	if err != nil {
		log.Fatal(err)
	}
	defer stop()
	crawlYAML := w.Config("/var/lib/newsonce", demosite.WithSelectors)
	fmt.Println(strings.Count(crawlYAML, "listing:"), "listings to crawl")

	// In place of a crawl of crawlYAML.
	var items strings.Builder
	if err := w.Truth().Example(&items); err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(w.Truth().Check(strings.NewReader(items.String()))), "differences")

	w.Publish(3)
	fmt.Println(w.Truth().Counts().Headlines, "headlines after publishing")
	// Output:
	// 2 listings to crawl
	// 0 differences
	// 103 headlines after publishing
}
