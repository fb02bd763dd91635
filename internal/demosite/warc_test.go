package demosite

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/fetch"
	"github.com/newsonce/newsonce/crawler/warc"
)

// Every page of the world is in the file as it is served, except for its clock.
func TestWriteWARC(t *testing.T) {
	w, client := serve(t, Options{Sites: 3, Articles: 90, PerPage: 10})
	var plain, packed bytes.Buffer
	for out, pack := range map[*bytes.Buffer]bool{&plain: false, &packed: true} {
		if err := w.WriteWARC(out, pack); err != nil {
			t.Fatal(err)
		}
	}
	for name, file := range map[string]io.Reader{"plain": &plain, "packed": &packed} {
		t.Run(name, func(t *testing.T) {
			want := map[string]string{} // status by URL
			published := map[string]time.Time{}
			for _, a := range w.Articles() {
				s := w.Site(a.Site)
				for path, status := range map[string]string{a.Path: "ok", a.View: "ok", a.Redirect: "redirect"} {
					if path != "" {
						want[s.URL+path], published[s.URL+path] = status, instant(a.Date.Time)
					}
				}
			}
			r := warc.NewReader(file, warc.Options{})
			listings := 0
			for {
				rec, err := r.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				resp := fetch.FromStored(fetch.Stored{URL: rec.URI, Status: rec.Status, Header: rec.Header, Body: rec.Body,
					Truncated: rec.Truncated})
				if resp.Class == fetch.OK {
					_, served := get(t, client, rec.URI)
					if withoutClock(string(resp.Body)) != withoutClock(served) {
						t.Fatalf("%s is stored as\n%s\nserved as\n%s", rec.URI, resp.Body, served)
					}
				}
				if !strings.Contains(rec.URI, "/article/") {
					listings++
					continue
				}
				if status, ok := want[rec.URI]; ok && resp.Class.String() != status {
					t.Errorf("%s is %s, want %s", rec.URI, resp.Class, status)
				}
				if !rec.Date.After(published[rec.URI]) {
					t.Errorf("%s was stored at %v, before it was published", rec.URI, rec.Date)
				}
				delete(want, rec.URI)
			}
			if len(want) > 0 || listings < 9 {
				t.Errorf("%d listing pages; not there: %v", listings, want)
			}
			if c := r.Counts(); c.Revisits != 3 || c.NotHTML != 3 || c.Broken != 0 {
				t.Errorf("%+v", c)
			}
		})
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
