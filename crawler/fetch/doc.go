// Package fetch makes one HTTP request and says what came of it.
//
// A Client belongs to one site. Get asks for one URL, follows no redirect and
// returns a Response whose Class tells what to do next: keep the page, go on to
// another URL, never ask again, or ask later. Bodies arrive unpacked, within a
// limit on their unpacked size, whole, and in UTF-8.
//
//	fetch.go      Options, Client, Get
//	response.go   Request, Response, Class
//	errors.go     what can go wrong
//	transport.go  headers out, status and headers in; connections shared between sites
//	outcome.go    the meaning of status codes, targets of redirects
//	body.go       limits on a body: size, ratio, pace, completeness
//	unpack.go     Content-Encoding
//	guard.go      which addresses may be asked
//	cookies.go    the jar of a site
//	charset.go    from bytes to UTF-8
//	stored.go     answers that somebody else got and kept
//	prescan.go    the charset that a page names in its head
//
// Requests run through Colly. It keeps a context, a cookie jar and limits a
// collector and reads COLLY_* variables, so a Client holds one collector with
// all of that switched off and makes a cheap clone a call: the clone shares the
// connections and carries the context and the callback of that call alone.
package fetch
