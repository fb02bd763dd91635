// Package wall recognises pages that were served in place of an article with
// status 200: consent walls, bot challenges, login and paywall prompts,
// rate-limit and error pages.
//
// It consists of functions on plain data and keeps no state. [Look] judges one
// page: by headers and mark-up that vendors of bot protection document
// (header.go, vendor.go), by the form of the page (view.go), by what its words
// are about (topic.go, words.go), and by the link that led there (title.go).
// [Answers] judges one text that several URLs of a site answered with
// (copies.go). [Frame] leaves of a text what stays from fetch to fetch (frame.go).
// [Refresh] finds redirects in mark-up (refresh.go).
//
// Structure and context come before phrases. A page whose extracted text reads
// like an article is one, whatever surrounds it. Vocabulary decides only
// together with the form of the page or the link that led there. No rule knows
// the mark-up or the phrases of a single site.
package wall
