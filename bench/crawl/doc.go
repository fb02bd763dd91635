// Package crawl measures the cost of a crawl: the CPU time per page of newsonce beside
// crawlers of the same site that keep no state. It holds tests and benchmarks only.
//
//	crawl_test.go     the benchmarks
//	growth_test.go    memory, CPU and state over a large archive, with kills
//	process_test.go   one process for the site, one for each crawl
//	subject_test.go   the crawlers
//	colly_test.go     plain Colly, Colly with one callback, and Colly tuned
//	loop_test.go      net/http and goquery without a crawler
//	real_test.go      stored pages of news sites, beside raw Colly and a bare loop
//	record_test.go    the output of those, and whether it is right
//	shares_test.go    where newsonce spends its CPU time
//	warc_test.go      reading a WARC file
//
// docs/benchmarks.md has figures and the commands that produced them.
package crawl
