package polite_test

import (
	"fmt"
	"time"

	"github.com/newsonce/newsonce/crawler/polite"
)

func ExampleRobots_Decide() {
	robots := polite.ParseRobots([]byte(`User-agent: *
Disallow: /search
Disallow: /*?print=

User-agent: newsonce
Disallow: /private/
Allow: /private/press/
Crawl-delay: 2
`))
	agent := polite.ProductToken("newsonce/1.0 (+https://example.org/bot)")
	for _, url := range []string{
		"https://example.org/search",
		"https://example.org/private/7",
		"https://example.org/private/press/7",
	} {
		d := robots.Decide(agent, url)
		fmt.Printf("%v %d %q\n", d.Allow, d.Line, d.Rule)
	}
	fmt.Println(robots.CrawlDelay(agent))
	// Output:
	// true 0 ""
	// false 6 "Disallow: /private/"
	// true 7 "Allow: /private/press/"
	// 2s true
}

func ExampleHost() {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	pace := polite.Pace{Delay: time.Second, Concurrency: 1}
	var host polite.Host

	fmt.Println(host.Ready(now, pace))
	host.Begin(now, pace)
	wait, _ := polite.RetryAfter("120", "", now)
	host.Finish(now, pace, polite.Outcome{Kind: polite.Busy, RetryAfter: wait, Reason: "503"})

	at, _ := host.Next(pace)
	fmt.Println(host.State, host.Reason, at.Sub(now))
	// Output:
	// true
	// snoozed 503 2m0s
}

func ExampleRetryAfter() {
	now := time.Now()
	fmt.Println(polite.RetryAfter("120", "", now))
	fmt.Println(polite.RetryAfter("Tue, 24 Nov 2026 12:05:00 GMT", "Tue, 24 Nov 2026 12:00:00 GMT", now))
	// Output:
	// 2m0s true
	// 5m0s true
}

func ExampleURLBackoff() {
	for attempt := 1; attempt <= 5; attempt++ {
		fmt.Println(polite.URLBackoff(attempt, 0))
	}
	// Output:
	// 2s
	// 1m0s
	// 10m0s
	// 3h0m0s
	// 12h0m0s
}
