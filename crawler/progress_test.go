package crawler_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state/sqlite"
)

// events collects what a run tells.
func events(list *[]crawler.Committed) func(*crawler.Options) {
	return func(o *crawler.Options) {
		o.Command, o.Backfill, o.Workers = "backfill", true, 1
		o.Events.Committed = func(e crawler.Committed) { *list = append(*list, e) }
	}
}

// archives are sites whose articles are counted through, 1 to n each; every
// tenth is missing, the first two are similar.
func archives(t *testing.T, n int, sources string) *setup {
	t.Helper()
	s := newSetup(t, fmt.Sprintf(`  - name: news
    hosts: [news.example]
    sources: [%s]
    article: {title: h1, body: ".text p", match: 'example/\d+$'}
`, sources))
	for i := 1; i <= n; i++ {
		if i%10 != 0 {
			s.web.put(fmt.Sprintf("news.example/%d", i), article(fmt.Sprintf("News %d", max(2, i)), ""))
		}
	}
	return s
}

func TestProgressOfAKnownTotal(t *testing.T) {
	t.Parallel()
	const n = 200
	s := archives(t, n, `{archive: {url: "http://news.example/{id}", id: {from: 1, to: 200}}}`)
	var got []crawler.Committed
	sum := s.crawl(events(&got))
	exits(t, sum, 0)
	done := int64(0)
	for _, e := range got {
		p := e.Progress[0]
		if p.Open {
			t.Fatalf("open, although the series ends: %+v", p)
		}
		if p.Done < done || p.Done+p.Left != n {
			t.Fatalf("%d done (%d before) and %d left, want %d together", p.Done, done, p.Left, n)
		}
		done = p.Done
	}
	last := got[len(got)-1].Progress[0]
	if !last.Over() || last.Queued != 0 || last.Articles != n-n/10-1 || last.Duplicates != 1 || last.Failed != 0 {
		t.Errorf("at the end %+v", last)
	}
	if last.SecondsLeft == nil || *last.SecondsLeft != 0 {
		t.Errorf("time left at the end: %v, want 0", last.SecondsLeft)
	}
}

// A run that resumes begins with what is left, and counts what it did itself.
func TestProgressGoesOn(t *testing.T) {
	t.Parallel()
	const n = 200
	s := archives(t, n, `{archive: {url: "http://news.example/{id}", id: {from: 1, to: 200}}}`)
	s.crawl(events(new([]crawler.Committed)), func(o *crawler.Options) { o.Limit = 80 })
	var got []crawler.Committed
	exits(t, s.crawl(events(&got)), 0)
	first, last := got[0].Progress[0], got[len(got)-1].Progress[0]
	if sum := first.Done + first.Left; sum < n-80 || sum > n-80+64 { // those queued before may be counted by the series again
		t.Errorf("begins with %d done and %d left, want about %d together", first.Done, first.Left, n-80)
	}
	if !last.Over() || last.Done != n-80 {
		t.Errorf("at the end %+v", last)
	}
}

// Without a known end what is queued is the least.
func TestProgressOfAnOpenEnd(t *testing.T) {
	t.Parallel()
	s := archives(t, 60, `{archive: {url: "http://news.example/{id}", id: {from: 1, stop_after_missing: 5}}}`)
	var got []crawler.Committed
	exits(t, s.crawl(events(&got)), 0)
	if p := got[0].Progress[0]; !p.Open {
		t.Errorf("begins as %+v, want it open", p)
	}
	if last := got[len(got)-1].Progress[0]; last.Open || last.Articles != 53 {
		t.Errorf("at the end %+v", last)
	}
}

// An archive of lists is open, however many lists it has, until the last one
// was read. Redirects, and a page that a canonical link stands for, keep the
// count of the queue right.
func TestProgressOfLists(t *testing.T) {
	t.Parallel()
	s := archives(t, 9, `{archive: {url: "http://news.example/list/{page}", page: {from: 1, to: 3}}}`)
	s.web.put("news.example/list/1", list("", "/1", "/2", "/3"))
	s.web.put("news.example/list/2", list("", "/4", "/5", "/11"))
	s.web.put("news.example/list/3", list("", "/7", "/8", "/12"))
	s.web.put("news.example/11", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/6", http.StatusMovedPermanently) })
	s.web.put("news.example/12", status(http.StatusGone))
	var got []crawler.Committed
	exits(t, s.crawl(events(&got)), 0)
	if p := got[1].Progress[0]; !p.Open || p.Left < 2 { // robots.txt came first
		t.Errorf("after the first list %+v", p)
	}
	if last := got[len(got)-1].Progress[0]; !last.Over() || last.Done != 3+3+4+3 {
		t.Errorf("at the end %+v, want 13 done and nothing left", last)
	}
}

// What has come so far is stored with the pages, so that status can tell it.
func TestSummaryOfARunUnderWay(t *testing.T) {
	t.Parallel()
	s := archives(t, 200, `{archive: {url: "http://news.example/{id}", id: {from: 1, to: 200}}}`)
	reader := func() *sqlite.Reader {
		r, err := sqlite.OpenReader(s.config.State)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	var seen *report.Summary
	sum := s.crawl(func(o *crawler.Options) {
		o.Command, o.Backfill, o.Workers = "backfill", true, 1
		o.Events.Committed = func(e crawler.Committed) {
			s.pass(time.Second) // on the run's clock
			r := reader()
			defer r.Close()
			runs, err := r.Runs(t.Context(), 1)
			if err != nil || len(runs) != 1 || !runs[0].Ended.IsZero() {
				t.Errorf("runs %+v, %v", runs, err)
				return
			}
			if runs[0].Summary == nil {
				return
			}
			seen = new(report.Summary)
			if err := json.Unmarshal(runs[0].Summary, seen); err != nil {
				t.Error(err)
			}
		}
	})
	exits(t, sum, 0)
	switch {
	case seen == nil:
		t.Fatal("none was stored before the end")
	case len(seen.Progress) != 1 || seen.Progress[0].Site != "news" || seen.Progress[0].Done == 0 || seen.Reason != "under way" || !seen.Ended.IsZero():
		t.Errorf("the last one is %+v", seen)
	case seen.Totals.Articles == 0 || seen.Totals.Articles != seen.Progress[0].Articles || seen.Totals.Articles > sum.Totals.Articles:
		t.Errorf("the last one counts %d articles in all, %d in its progress; the run %d", seen.Totals.Articles, seen.Progress[0].Articles, sum.Totals.Articles)
	}
	r := reader()
	defer r.Close()
	runs, err := r.Runs(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	var end report.Summary
	if err := json.Unmarshal(runs[0].Summary, &end); err != nil || end.Progress != nil || end.Totals.Articles != sum.Totals.Articles {
		t.Errorf("stored at the end: %+v, %v", end, err)
	}
}

// Of WARC files the bytes are known, also when a run resumes in one.
func TestProgressOfWARC(t *testing.T) {
	t.Parallel()
	s := archives(t, 0, `{warc: {files: [news.warc]}}`)
	var file bytes.Buffer
	for i := range 60 {
		page := fmt.Sprintf("<h1>News %d</h1><div class=\"text\"><p>%s</p></div>", i, strings.Repeat(fmt.Sprintf("The council of number %d has met again. ", i), 12))
		answer := "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page
		fmt.Fprintf(&file, "WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2024-05-01T10:00:00Z\r\nWARC-Record-ID: <urn:uuid:%d>\r\nWARC-Target-URI: http://news.example/%d\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", i, i, len(answer), answer)
	}
	size := int64(file.Len())
	if err := os.WriteFile(filepath.Join(s.dir, "news.warc"), file.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	s.crawl(events(new([]crawler.Committed)), func(o *crawler.Options) { o.Limit = 20 })
	var got []crawler.Committed
	exits(t, s.crawl(events(&got)), 0)
	read := size / 4
	for _, e := range got {
		p := e.Progress[0]
		if p.Size != size || p.Read < read || p.Open {
			t.Fatalf("%d of %d bytes (%d before), open %v; want %d", p.Read, p.Size, read, p.Open, size)
		}
		read = p.Read
	}
	if last := got[len(got)-1].Progress[0]; !last.Over() || last.Done != 40 || last.Articles != 40 {
		t.Errorf("at the end %+v", last)
	}
}
