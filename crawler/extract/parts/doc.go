// Package parts joins an article that a site serves in several pages.
//
// [Find] reads from one page which page continues the article (find.go), and
// whether the page itself continues another one; url.go compares their URLs. [Join]
// collects the text page by page, within bounds (join.go). Nothing here makes a
// request: callers fetch the pages.
package parts
