package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/newsonce/newsonce/internal/demosite"
)

// check --online reads the beginning of a source of any kind, and an article that it
// names.
func TestCheckOnlineByEachWay(t *testing.T) {
	t.Parallel()
	plain(t)
	shows := func(t *testing.T, s *setup) {
		t.Helper()
		r := run(t, s.args([]string{"check", "--online"})...).exits(t, 0)
		for _, site := range strings.Split(r.out, "\n\n") {
			if strings.TrimSpace(site) != "" && !strings.Contains(site, "\narticle http") {
				t.Errorf("no article in\n%s", site)
			}
		}
	}
	for _, way := range demosite.Ways {
		t.Run(string(way), func(t *testing.T) {
			t.Parallel()
			shows(t, backfills(t, demosite.WithSelectors, way))
		})
	}
	t.Run("warc", func(t *testing.T) {
		t.Parallel()
		s := serve(t, demosite.Options{Sites: 1, Articles: 10})
		f, err := os.Create(s.path("world.warc.gz"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := s.world.WriteWARC(f, true); err != nil {
			t.Fatal(err)
		}
		s.onlySources(fmt.Sprintf("warc: {files: [%q]}", f.Name()))
		shows(t, s)
	})
	t.Run("wayback", func(t *testing.T) {
		t.Parallel()
		s := serve(t, demosite.Options{Sites: 1, Articles: 10})
		base, stop, err := s.world.ServeWayback()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(stop)
		pages := strings.TrimPrefix(s.world.Site(0).URL, "http://") + "/en/*"
		s.onlySources(fmt.Sprintf("wayback: {url: %q, base: %q}", pages, base))
		shows(t, s)
	})
}
