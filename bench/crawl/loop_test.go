//go:build unix

package crawl

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// loop is a minimal crawl: one page at a time, each parsed once, with a map of the
// requested URLs.
func loop(listing, dir string) error {
	return record(dir, true, func(out *recorder) error {
		queue, seen := []string{listing}, map[string]bool{listing: true}
		for len(queue) > 0 {
			at := queue[0]
			queue = queue[1:]
			found, err := visit(at, out)
			if err != nil {
				return err
			}
			for _, u := range found {
				if !seen[u] {
					seen[u] = true
					queue = append(queue, u)
				}
			}
		}
		return nil
	})
}

// visit reads one page and returns the links to follow.
func visit(at string, out *recorder) ([]string, error) {
	res, err := http.Get(at)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		_, err := io.Copy(io.Discard, res.Body)
		return nil, err
	}
	doc, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		return nil, err
	}
	absolute := func(href string) string {
		u, err := res.Request.URL.Parse(href)
		if err != nil {
			return ""
		}
		return u.String()
	}
	out.write(read(res.Request.URL.String(), doc.Selection, absolute))
	var found []string
	doc.Find(linkSelector + ", .sidebar li a, " + nextSelector).Each(func(_ int, s *goquery.Selection) {
		href, _ := s.Attr("href")
		if !wanted(href) {
			return
		}
		if u, err := url.Parse(absolute(href)); err == nil {
			u.Fragment = ""
			found = append(found, u.String())
		}
	})
	return found, nil
}
