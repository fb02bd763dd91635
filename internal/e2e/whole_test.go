package e2e

import (
	"bytes"
	"flag"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
	"github.com/newsonce/newsonce/internal/demosite"
)

var articles = flag.Int("articles", 900, "articles of the world in TestWholeSetThenNothingThenTheNew")

// modes are the two ways of configuring a world.
var modes = []struct {
	name string
	mode demosite.Mode
}{{"selectors", demosite.WithSelectors}, {"automatic", demosite.Automatic}}

// The first crawl writes everything. The second sends one conditional request per
// listing and writes nothing. The third writes what was published since.
func TestWholeSetThenNothingThenTheNew(t *testing.T) {
	t.Parallel()
	for _, m := range modes {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, demosite.Options{Sites: 3, Articles: scale(*articles)}, m.mode)
			first := s.crawl().exits(t, 0)
			s.complete()
			t.Logf("first: %d lines, %d requests, %s of CPU, %s", s.lines(), len(s.world.Log()), first.cpu, first.elapsed)

			before := s.items()
			s.world.ResetLog()
			second := s.crawl().exits(t, 0)
			if after := s.items(); !bytes.Equal(before, after) {
				t.Errorf("a second crawl of an unchanged world wrote %d bytes", len(after)-len(before))
			}
			log := s.world.Log()
			for _, r := range log {
				if !isListing(r.Path) || !r.Conditional || r.Status != 304 {
					t.Errorf("the second crawl requested %s (conditional: %t, status %d)", r.Path, r.Conditional, r.Status)
				}
			}
			if len(log) != 3 {
				t.Errorf("the second crawl sent %d requests, want one for each of 3 listings", len(log))
			}
			if !racing() && second.cpu > time.Second {
				t.Errorf("the second crawl used %s of CPU, want less than a second", second.cpu)
			}
			t.Logf("second: 0 lines, %d requests, %s of CPU, %s", len(log), second.cpu, second.elapsed)

			s.world.ResetLog()
			published := map[string]bool{}
			for _, a := range s.world.Publish(40) {
				published[a.Path] = true
			}
			third := s.crawl().exits(t, 0)
			s.complete()
			added := s.items()[len(before):]
			if !bytes.HasPrefix(s.items(), before) {
				t.Error("the third crawl changed earlier lines")
			}
			n := len(decode[item.Article](t, added, "article")) + len(decode[item.Reference](t, added, "reference"))
			if n != 40 {
				t.Errorf("40 articles were published, %d were written", n)
			}
			for _, r := range s.requested(isArticle) {
				path := strings.TrimSuffix(strings.Split(r.Path, "?")[0], "/") + "/"
				if !published[path] {
					t.Errorf("the third crawl fetched %s, which was known", r.Path)
				}
			}
			t.Logf("third: %d lines, %d requests, %s of CPU", bytes.Count(added, []byte("\n")), len(s.world.Log()), third.cpu)
		})
	}
}

// Many crawls of a growing world write the same items as one.
func TestManySmallSteps(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Sites: 3, Articles: 60, PerPage: 10})
	for range 8 {
		s.crawl().exits(t, 0)
		s.complete()
		s.world.Publish(7)
	}
}
