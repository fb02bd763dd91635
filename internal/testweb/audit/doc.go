// Package audit holds a crawl of many hosts against what it owed each of them,
// as the hosts themselves saw it.
//
//	web.go    Web: a host on each of many loopback addresses, and its demands
//	log.go    Visit: one request as its host saw it
//	check.go  Check: what was owed and not kept
//
// Times are those of the servers. A request begins when its headers have come
// and ends when its answer has been handed to the kernel, so that a pause seen
// here is never longer than the one that the crawler made, but for the time that
// the request spent on its way.
package audit
