package wall

import "net/url"

// Gate reports whether a redirect leads to a page that leads back afterwards, as those
// that ask for consent or an account do: a parameter of its target names the URL of the
// page, and its path says nothing of an article.
func Gate(pageURL, target string) bool {
	page, err := url.Parse(pageURL)
	to, terr := url.Parse(target)
	if err != nil || terr != nil || len(page.Path) < 2 || Slug(target) != "" {
		return false
	}
	for _, values := range to.Query() {
		for _, v := range values {
			back, err := page.Parse(v)
			if err == nil && v != "" && back.Host == page.Host && back.Path == page.Path && back.RawQuery == page.RawQuery {
				return true
			}
		}
	}
	return false
}
