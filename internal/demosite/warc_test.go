package demosite

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/warc"
)

// Every page of the world is in the file as it is served, except for its clock.
func TestWriteWARC(t *testing.T) {
	w, client := serve(t, Options{Sites: 3, Articles: 90, PerPage: 10})
	for _, compressed := range []bool{false, true} {
		t.Run(fmt.Sprintf("compressed %t", compressed), func(t *testing.T) {
			var file bytes.Buffer
			if err := w.WriteWARC(&file, compressed); err != nil {
				t.Fatal(err)
			}
			want := archived(w)
			records, counts := readWARC(t, &file)
			listings := 0
			for _, rec := range records {
				resp := fetch.FromStored(fetch.Stored{URL: rec.URI, Status: rec.Status, Header: rec.Header, Body: rec.Body,
					Truncated: rec.Truncated})
				if resp.Class == fetch.OK {
					asServed(t, client, rec.URI, resp.Body)
				}
				if !strings.Contains(rec.URI, "/article/") {
					listings++
					continue
				}
				page, known := want[rec.URI]
				if known && resp.Class.String() != page.class {
					t.Errorf("%s is %s, want %s", rec.URI, resp.Class, page.class)
				}
				if !rec.Date.After(page.published) {
					t.Errorf("%s was stored at %v, before it was published", rec.URI, rec.Date)
				}
				delete(want, rec.URI)
			}
			if len(want) > 0 || listings < 9 {
				t.Errorf("%d listing pages; missing: %v", listings, want)
			}
			if counts.Revisits != 3 || counts.NotHTML != 3 || counts.Broken != 0 {
				t.Errorf("%+v", counts)
			}
		})
	}
}

func readWARC(t *testing.T, file io.Reader) ([]*warc.Record, warc.Counts) {
	t.Helper()
	r := warc.NewReader(file, warc.Options{})
	var records []*warc.Record
	for {
		rec, err := r.Next()
		if err == io.EOF {
			return records, r.Counts()
		}
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, rec)
	}
}

// archivedPage is what a WARC file holds for a URL.
type archivedPage struct {
	class     string // of the response
	published time.Time
}

// archived returns the pages of all articles by URL.
func archived(w *World) map[string]archivedPage {
	pages := map[string]archivedPage{}
	for _, a := range w.Articles() {
		for path, class := range map[string]string{a.Path: "ok", a.View: "ok", a.Redirect: "redirect"} {
			if path != "" {
				pages[w.Site(a.Site).URL+path] = archivedPage{class, instant(a.Date.Time)}
			}
		}
	}
	return pages
}

// asServed requires that a stored page equals the served one, except for its clock.
func asServed(t *testing.T, client *http.Client, url string, stored []byte) {
	t.Helper()
	_, served := get(t, client, url)
	if withoutClock(string(stored)) != withoutClock(served) {
		t.Fatalf("%s is stored as\n%s\nserved as\n%s", url, stored, served)
	}
}

// withoutClock removes the line of the page header with the clock.
func withoutClock(page string) string {
	before, rest, ok := strings.Cut(page, "clock")
	if !ok {
		return page
	}
	_, after, _ := strings.Cut(rest, "\n")
	return before + after
}

func TestWriteWARCWithoutAddress(t *testing.T) {
	if err := New(Options{Articles: 3}).WriteWARC(io.Discard, true); err == nil ||
		!strings.Contains(err.Error(), "serve or place the world first") {
		t.Errorf("error %v", err)
	}
}

// fullDisk fails after n bytes.
type fullDisk struct{ n int }

var errFull = errors.New("no space left")

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.n -= len(p); d.n < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWriteWARCFails(t *testing.T) {
	w := New(Options{Articles: 30})
	if err := w.Place([]string{"http://courier.example"}); err != nil {
		t.Fatal(err)
	}
	for _, packed := range []bool{false, true} {
		if err := w.WriteWARC(&fullDisk{10_000}, packed); !errors.Is(err, errFull) {
			t.Errorf("error %v, want that of the disk", err)
		}
	}
}
