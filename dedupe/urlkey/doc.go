// Package urlkey resolves links and derives the key that identifies a page.
//
// Every URL has two forms. Href is fetched: the link resolved by the WHATWG URL
// standard, without its fragment and otherwise unchanged. Key identifies the page
// and is never fetched. Its rules are final, because changing one would give known
// pages a new identity. A store of keys therefore records Version.
//
// A rule may only merge URLs that are the same page on practically every site. A
// key that is too fine costs one fetch, whose text is then recognised. A key that
// is too coarse loses an article.
//
// # The key, version 1
//
// The key is the serialised WHATWG URL with these changes:
//
//  1. Scheme: always "http://", also for https.
//  2. User name and password: dropped.
//  3. Host: lower case, punycode for international names, IP addresses in
//     their canonical form (all by the standard); one trailing dot dropped.
//     "www." stays.
//  4. Port: dropped if it is 80 or 443, for both schemes.
//  5. Path: dot segments are resolved by the standard. A Servlet session
//     (";jsessionid=" in any case, up to the next "/" or ";") is dropped. Then
//     repeated slashes become one, as nginx and Apache read them by default.
//     A trailing slash, "index.html" and letter case stay.
//  6. Escapes: a "%" that does not start an escape becomes "%25"; escapes of
//     unreserved characters (RFC 3986 section 2.3: letters, digits, "-._~")
//     are decoded; all others stay, with upper-case digits. In the path every
//     byte except unreserved, sub-delims, ":", "@" and "/" is escaped. In the
//     query "?" stays as well, and "'" is escaped.
//  7. Query: split at "&". Empty parts and tracking parameters (see
//     tracking.go; names are compared without regard to ASCII case) are
//     dropped, "%20" becomes "+", and the rest is sorted by name in byte
//     order, parts of one name in the order found. The name ends at the first
//     "=". "a" and "a=" differ, as do "?=1" and no query. An empty query loses
//     its "?".
//  8. Fragment: dropped.
//
// Characters outside ASCII are escaped as UTF-8, in any encoding of the page.
package urlkey

// Version is the version of the key's rules.
const Version = 1
