package filter_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/newsonce/newsonce/dedupe/filter"
)

const plan = "The town council adopted a plan for the harbour on Monday evening after six hours of debate. " +
	"Twelve members voted for it and three against, among them the former mayor. " +
	"Work on the quay begins in April and costs 4.5 million crowns over three years, half of which the region pays."

// news holds three articles: a story, a copy of it on another site, and a
// different one. Keys that are not known, such as "desk", stay as they are.
const news = `{"id": 1, "title": "Council adopts harbour plan", "published": "2025-03-03", "text": "` + plan + `"}
{"id": 2, "title": "Harbour plan is through", "desk": ["local"], "text": "HAVN (AFP) - ` + plan + ` Fishermen get 28 berths."}
{"url": "https://news.example/7", "text": "Rain fell on the islands for the third day, and ferries stayed in port."}
`

// shorten keeps the examples narrow.
func shorten(s string) string {
	return strings.NewReplacer(plan, "…").Replace(s)
}

func ExampleRun() {
	var out strings.Builder
	sum, err := filter.Run(context.Background(), &out, []filter.Input{filter.Reader("news.jsonl", strings.NewReader(news))}, filter.Options{})
	fmt.Print(shorten(out.String()))
	fmt.Println(sum.Articles, "articles,", sum.Duplicates(), "duplicate,", err)
	// Output:
	// {"id": 1, "title": "Council adopts harbour plan", "published": "2025-03-03", "text": "…","cluster_id":1}
	// {"id": 2, "title": "Harbour plan is through", "desk": ["local"], "text": "HAVN (AFP) - … Fishermen get 28 berths.","cluster_id":1,"duplicate_of":1,"similarity":1,"method":"near"}
	// {"url": "https://news.example/7", "text": "Rain fell on the islands for the third day, and ferries stayed in port.","cluster_id":"https://news.example/7"}
	// 3 articles, 1 duplicate, <nil>
}

func ExampleRun_report() {
	inputs := []filter.Input{filter.Reader("news.jsonl", strings.NewReader(news))}
	if _, err := filter.Run(context.Background(), os.Stdout, inputs, filter.Options{Mode: filter.Report}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"cluster_id":1,"size":2,"members":[{"id":1,"title":"Council adopts harbour plan","published":"2025-03-03T00:00:00Z"},{"id":2,"title":"Harbour plan is through","similarity":1,"method":"near"}]}
}

// With an index, a run compares its articles with those of all earlier runs.
func ExampleRun_index() {
	dir, err := os.MkdirTemp("", "example-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	o := filter.Options{Mode: filter.Unique, Index: filepath.Join(dir, "seen.db")}
	for _, day := range []string{"monday.jsonl", "tuesday.jsonl"} {
		var out strings.Builder
		if _, err := filter.Run(context.Background(), &out, []filter.Input{filter.Reader(day, strings.NewReader(news))}, o); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(day, strings.Count(out.String(), "\n"), "new articles")
	}
	// Output:
	// monday.jsonl 2 new articles
	// tuesday.jsonl 0 new articles
}

// A function decides what happens after a line that cannot be read.
func ExampleOptions_broken() {
	o := filter.Options{Broken: func(e *filter.LineError) error {
		fmt.Println("skipped", e)
		return nil
	}}
	inputs := []filter.Input{filter.Reader("a.jsonl", strings.NewReader("{\"id\":1,\"text\":\"Rain.\"}\n[1,2]\n"))}
	sum, err := filter.Run(context.Background(), os.Stdout, inputs, o)
	fmt.Println(sum.Broken, err)
	// Output:
	// skipped a.jsonl:2: not a JSON object
	// {"id":1,"text":"Rain.","cluster_id":1}
	// 1 <nil>
}

func ExampleExplain() {
	inputs := []filter.Input{filter.Reader("news.jsonl", strings.NewReader(news))}
	e, _, err := filter.Explain(context.Background(), "1", "2", inputs, filter.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: %v, similarity %.2f, needed %.2f\n", e.B.Title, e.Reason, e.Similarity, e.Needed)
	fmt.Println("one cluster:", e.SameCluster, "with head", e.B.Head)
	// Output:
	// Harbour plan is through: the texts are alike, similarity 1.00, needed 0.50
	// one cluster: true with head 1
}
