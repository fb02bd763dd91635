package parts

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

func sameHost(a, b *url.URL) bool {
	return strings.TrimPrefix(a.Host, "www.") == strings.TrimPrefix(b.Host, "www.")
}

// lastName returns the last name in a path, without its extension.
func lastName(path string) string {
	stem, _ := cutExtension(path)
	return stem[strings.LastIndexByte(stem, '/')+1:]
}

// cutExtension parts a path from the extension of a page. A slash at the end is
// dropped.
func cutExtension(path string) (stem, extension string) {
	path = strings.TrimRight(path, "/")
	dot := strings.LastIndexByte(path, '.')
	if dot > strings.LastIndexByte(path, '/') && !isDigits(path[dot+1:]) && len(path)-dot <= 6 {
		return path[:dot], path[dot:]
	}
	return path, ""
}

// added returns the page number that u adds to the URL of an article, 0 if u differs
// from it in anything else.
func added(article, u *url.URL) int {
	if u.Path == article.Path {
		return addedToQuery(article.Query(), u.Query())
	}
	k, _ := addedToPath(article, u)
	return k
}

// addsSurely reports whether u is the URL of an article with a page number that can
// hardly be part of its name: a parameter, or a number beside a word for a page.
func addsSurely(article, u *url.URL) bool {
	if u.Path == article.Path {
		return addedToQuery(article.Query(), u.Query()) > 1
	}
	k, worded := addedToPath(article, u)
	return k > 1 && worded
}

// addedToPath returns the page number that the path of u adds, and whether a word for
// a page stands beside it.
func addedToPath(article, u *url.URL) (n int, worded bool) {
	if u.RawQuery != article.RawQuery {
		return 0, false
	}
	stem, extension := cutExtension(article.Path)
	longer, same := cutExtension(u.Path)
	rest, ok := strings.CutPrefix(longer, stem)
	if !ok || same != extension || stem == "" {
		return 0, false
	}
	m := pageInPath.FindStringSubmatch(strings.ToLower(rest))
	if m == nil {
		return 0, false
	}
	n, _ = strconv.Atoi(m[1] + m[2])
	return n, len(strings.Trim(rest, "0123456789")) > 1
}

// pageInPath is what a page number adds to a path. The second form names its
// parameters in the path, as in "story,id,4711,pack,2".
var pageInPath = regexp.MustCompile(`^[/_,.-](?:(?:page|pages|p|pg|seite|s|pagina|página|pag|sida|side|sivu` +
	`|strona|strana|str|oldal|sayfa|part|teil|parte)[/_=,-]?)?(\d{1,2})$|^,[a-z]+,(\d{1,2})$`)

// pageParameters are names of query parameters that hold a page number.
var pageParameters = strings.Fields(`page p pg pag pagina página pagenum pagenumber page_no pageno
	pageid pn paged currentpage seite sida side sivu strona str oldal sayfa part teil`)

// addedToQuery returns the page number in which a query differs from another one, 0 if
// it differs in anything else.
func addedToQuery(from, to url.Values) int {
	n := 0
	for name, values := range to {
		old := from[name]
		if slices.Equal(old, values) {
			continue
		}
		if n > 0 || !slices.Contains(pageParameters, strings.ToLower(name)) || len(values) != 1 ||
			len(old) > 0 && !slices.Equal(old, []string{"1"}) {
			return 0
		}
		if k, err := strconv.Atoi(values[0]); err == nil && k > 0 && strconv.Itoa(k) == values[0] {
			n = k
		} else {
			return 0
		}
	}
	for name := range from {
		if _, ok := to[name]; !ok {
			return 0
		}
	}
	return n
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
