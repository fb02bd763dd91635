// Package polite decides whether and when a URL may be fetched: robots.txt
// (RFC 9309), pace, Retry-After and back-off. It is pure logic without I/O,
// goroutines or sleeps: the caller passes the time in, and waits.
//
//	robots.go      the rules of a robots.txt, and the decision for one URL
//	parse.go       its lines and groups
//	pattern.go     path patterns: percent-encoding, * and $
//	token.go       the product token of a User-Agent
//	host.go        the schedule of one host: ready, backed off, quarantined
//	retryafter.go  the Retry-After header
//	urlbackoff.go  the pause between two attempts at one URL
package polite
