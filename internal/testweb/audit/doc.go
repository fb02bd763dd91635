// Package audit checks that a crawl of many hosts was polite, as the hosts saw it.
//
//	web.go    Web: a host on each of many loopback addresses, with its rules
//	log.go    Visit: a request as its host saw it
//	check.go  Check: compares the visits with the rules
//
// Times are those of the servers. A request begins when its headers have arrived and
// ends when the response has been handed to the kernel. So a pause seen here exceeds
// that of the crawler by no more than the time that the request took to arrive.
package audit
