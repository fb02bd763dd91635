// Package crawl measures what a crawl costs: the processor time a page of
// newsonce, as the program runs it, beside crawlers of the same site that keep
// no state. It has tests and benchmarks only.
//
//	crawl_test.go     the benchmarks
//	process_test.go   one process for the site, one for each crawl
//	subject_test.go   what is compared
//	colly_test.go     plain Colly, and Colly tuned
//	loop_test.go      net/http and goquery without a crawler
//	record_test.go    what those write, and whether it is right
//	shares_test.go    where the processor time of newsonce goes
//
// docs/benchmarks.md holds figures and how they were made.
package crawl
