package crawler_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/state"
)

func archiveSite(source string) string {
	return fmt.Sprintf(`  - name: news
    hosts: [news.example]
    sources: [%s]
    article: {title: h1, body: ".text p"}
`, source)
}

// A capture that shows a wall gives way to other captures of its page, and is closed as
// blocked when all of them do.
func TestWallInAWebArchive(t *testing.T) {
	t.Parallel()
	s := newSetup(t, archiveSite(`{wayback: {url: "news.example/", base: "http://archive.example", match_type: prefix}}`))
	index := `[["urlkey","timestamp","original","mimetype","statuscode","digest"]`
	capture := func(path, at, digest string, page string) {
		index += fmt.Sprintf(`,["example,news)/%s","%s","http://news.example/%s","text/html","200","%s"]`, path, at, path, digest)
		switch page {
		case "wall":
			s.web.put("archive.example/web/"+at+"id_/http://news.example/"+path, html(consent))
		default:
			s.web.put("archive.example/web/"+at+"id_/http://news.example/"+path, realPage(page))
		}
	}
	capture("1", "20180101000000", "A", stories[0])
	capture("1", "20190101000000", "B", "wall")
	capture("1", "20200101000000", "C", "wall")
	capture("2", "20180101000000", "D", "wall")
	capture("2", "20190101000000", "D", "wall")
	capture("2", "20200101000000", "E", "wall")
	capture("3", "20200101000000", "F", stories[2])
	s.web.put("archive.example/cdx/search/cdx?"+query(t, s), text(index+"]"))
	sum := s.crawl(backfill)
	s.stands(map[string]string{"1": stories[0], "3": stories[2]})
	counts(t, "blocked", sum.Totals.Blocked, 1)
	got := s.doubts()
	if x, ok := got["http://archive.example/web/20190101000000id_/http://news.example/2"]; len(got) != 1 || !ok ||
		x.State != state.Refused || x.Doubt != state.Blocked {
		t.Errorf("listed as walls: %+v", got)
	}
	if n := len(s.web.fetched()); n != 7 { // the index, three captures of 1, two of 2, one of 3
		t.Errorf("%d requests, want 7", n)
	}
}

// query is that of the request for the index.
func query(t *testing.T, s *setup) string {
	t.Helper()
	s.web.put("archive.example/robots.txt", text(""))
	s.crawl(backfill, func(o *crawler.Options) { o.Restart = true })
	for _, u := range s.web.fetched() {
		if _, q, ok := strings.Cut(u, "/cdx/search/cdx?"); ok {
			return q
		}
	}
	t.Fatal("the index was not requested")
	return ""
}

// A wall in a WARC file is closed as blocked, and listed. Another record of its URL may
// hold the article.
func TestWallInAWARCFile(t *testing.T) {
	t.Parallel()
	s := newSetup(t, archiveSite(`{warc: {files: [news.warc]}}`))
	var file bytes.Buffer
	for _, r := range []struct {
		path, at string
		page     func() []byte
	}{
		{"1", "2026-01-01T00:00:00Z", func() []byte { return bodyOf(html(consent)) }},
		{"2", "2026-01-01T00:00:00Z", func() []byte { return bodyOf(html(consent)) }},
		{"3", "2026-01-01T00:00:00Z", func() []byte { return bodyOf(realPage(stories[2])) }},
		{"2", "2026-02-01T00:00:00Z", func() []byte { return bodyOf(realPage(stories[1])) }},
		{"3", "2026-02-01T00:00:00Z", func() []byte { return bodyOf(html(consent)) }},
	} {
		body := fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n%s", r.page())
		fmt.Fprintf(&file, "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://news.example/%s\r\nWARC-Date: %s\r\n"+
			"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", r.path, r.at, len(body), body)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "news.warc"), file.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	sum := s.crawl(backfill)
	exits(t, sum, 0)
	counts(t, "blocked", sum.Totals.Blocked, 3)
	s.stands(map[string]string{"2": stories[1], "3": stories[2]})
	got := s.doubts()
	if x := got["1"]; len(got) != 1 || x.State != state.Refused || !strings.Contains(x.Reason, "consent") {
		t.Errorf("listed as walls: %+v", got)
	}
	if got := s.web.fetched(); slices.ContainsFunc(got, func(u string) bool { return strings.HasPrefix(u, "news.example/") }) {
		t.Errorf("fetched %q", got)
	}
}

func bodyOf(h http.Handler) []byte {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	return w.Body.Bytes()
}
