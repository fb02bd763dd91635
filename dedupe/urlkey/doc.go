// Package urlkey resolves links and derives the key that identifies a page.
//
// Every URL has two strings. Href is fetched: it is the link resolved by the
// WHATWG URL standard, without its fragment. Key identifies the page; it is never
// fetched. A change of the rules for keys would give every known page a new
// identity, so a store of keys also keeps Version.
//
// A rule exists only if two URLs with one key are the same page on practically
// every site. A key that is too fine costs one fetch, since the hash of the text
// then finds the duplicate. A key that is too coarse loses an article.
//
// # The key, version 1
//
// Start from the serialised WHATWG URL, then:
//
//  1. Scheme: always "http://", for https too.
//  2. User name and password: dropped.
//  3. Host: lower case, punycode for international names, IP addresses in
//     their canonical form (all by the standard); one trailing dot dropped.
//     "www." stays.
//  4. Port: dropped when it is 80 or 443, whichever the scheme.
//  5. Path: dot segments are resolved by the standard. A Servlet session
//     (";jsessionid=" in any case, up to the next "/" or ";") is dropped, then
//     repeated slashes become one, as nginx and Apache take them by default.
//     A trailing slash, "index.html" and letter case stay.
//  6. Escapes: a "%" that does not start an escape becomes "%25"; escapes of
//     unreserved characters (RFC 3986 section 2.3: letters, digits, "-._~")
//     are undone; all others stay, with upper-case digits. In the path every
//     byte outside of unreserved, sub-delims, ":", "@" and "/" is escaped; in
//     the query "?" is let through as well and "'" is not.
//  7. Query: split at "&". Empty parts and tracking parameters (see
//     tracking.go; names are compared without regard to ASCII case) are
//     dropped, "%20" becomes "+", and the rest is sorted by name in byte
//     order, parts of one name in the order found. The name ends at the first
//     "=". "a" and "a=" differ, as do "?=1" and no query. Nothing left: no "?".
//  8. Fragment: dropped.
//
// Characters outside ASCII are escaped as UTF-8, whatever the page's encoding.
package urlkey

// Version counts changes of the key's rules.
const Version = 1
