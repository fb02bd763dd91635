package wall_test

import (
	"fmt"
	"strings"

	"golang.org/x/net/html"

	"github.com/newsonce/newsonce/crawler/wall"
)

func ExampleLook() {
	const page = `<html><head><title>Your choices</title><meta name="robots" content="noindex"></head>
		<body><h1>Before you read on</h1><p>We and our 214 partners use cookies to personalise ads, with your consent.</p>
		<button>Accept</button></body></html>`
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		fmt.Println(err)
		return
	}
	v := wall.Look(wall.Page{
		Doc:        func() *html.Node { return doc },
		LinkTitle:  "Timber quay to reopen",
		Title:      "Before you read on",
		Paragraphs: []string{"We and our 214 partners use cookies to personalise ads, with your consent."},
	})
	fmt.Println(v.Kind, v.Sure)
	// Output: consent true
}

func ExampleRefresh() {
	body := []byte(`<meta http-equiv="refresh" content="0; URL='/news/1'">`)
	target, after, ok := wall.Refresh("https://news.example/go?id=1", body, "")
	fmt.Println(target, after, ok)
	// Output: https://news.example/news/1 0s true
}

func ExampleAnswers() {
	copies := []wall.Copy{
		{LinkTitle: "Timber quay to reopen", Known: true},
		{LinkTitle: "Night heron stays for a third evening", Known: true},
	}
	fmt.Println(wall.Answers(wall.Compare(copies)) == wall.Wall)
	// Output: true
}
