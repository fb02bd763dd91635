// Package polite decides whether and when a site may be asked: robots.txt as
// in RFC 9309, the pace of a host, Retry-After and back-off. It is pure logic:
// no I/O, no goroutine, no sleep; the time is passed in and the caller waits.
//
//	robots.go      the rules of a robots.txt and the decision for one URL
//	parse.go       its lines and groups
//	pattern.go     path patterns: percent-encoding, * and $
//	token.go       the product token of a User-Agent
//	host.go        the pace of one host: ready, snoozed, quarantined
//	retryafter.go  the Retry-After header
//	urlbackoff.go  the pause between two tries of one URL
package polite
