// Package fetch makes one HTTP request and says what came of it.
//
// A Client belongs to one site. Get fetches one URL, follows no redirect and
// returns a Response whose Class tells what to do next: keep the page, fetch
// another URL, never retry, or retry later. Bodies arrive unpacked, within a
// limit on their unpacked size, whole, and in UTF-8.
//
//	fetch.go      Options, Client, Get
//	response.go   Request, Response, Class
//	call.go       one Get under way: time limits, pause, outcome
//	collector.go  Colly: the collectors of a client, and the hook for callbacks
//	transport.go  headers out, status, headers and body in; connections shared between sites
//	outcome.go    the meaning of status codes and errors, targets of redirects
//	errors.go     the errors
//	body.go       limits on a body: size, ratio, rate, completeness
//	unpack.go     Content-Encoding
//	guard.go      which IP addresses may be dialled
//	cookies.go    the jar of a site
//	charset.go    from bytes to UTF-8
//	prescan.go    the charset that a page names in its head
//	stored.go     answers from a file
//
// Requests run through Colly, synchronously: each request under way has a
// collector of its own, whose transport is that of the Client. Colly sees each
// answer as if it had fetched it alone; Options.Collector adds callbacks.
package fetch
