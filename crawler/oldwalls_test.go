package crawler_test

import (
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/state/sqlite"
)

// testdata/0.1.0-walls was written by that release to /srv/news: a wall under four URLs,
// written once with three references, and one article under three URLs.
func unpackWalls(t *testing.T, s *setup) {
	t.Helper()
	from := filepath.Join("testdata", "0.1.0-walls")
	packed, err := os.Open(filepath.Join(from, "newsonce.db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	z, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	db, err := io.ReadAll(z)
	lines, rerr := os.ReadFile(filepath.Join(from, "items.jsonl"))
	if err := errors.Join(err, rerr, os.WriteFile(s.config.State, db, 0o644),
		os.WriteFile(filepath.Join(s.dir, "items.jsonl"), lines, 0o644)); err != nil {
		t.Fatal(err)
	}
}

func slugOf(title string) string { return strings.ReplaceAll(strings.ToLower(title), " ", "-") }

// After an upgrade the first run reports the walls that an earlier release wrote, once.
// status --suspects lists them, before the upgrade, too. --refetch-suspects withdraws
// them, and each article is written, those that are still behind the wall later.
func TestWallsOfAnEarlierRelease(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	unpackWalls(t, s)
	s.web.put("news.example/", titled())
	want := map[string]string{}
	for path, title := range s.standing() {
		if !strings.HasPrefix(title, "Ostrel") {
			want[path] = title
		}
	}
	for i, title := range stories[:4] {
		s.web.put("news.example/"+slugOf(title), realPage(title))
		if i == 3 {
			s.web.put("news.example/"+slugOf(title), strange(9))
			continue
		}
		want[slugOf(title)] = title
	}
	listed := func() (list []string) {
		r, err := sqlite.OpenReader(s.config.State)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		walls, err := crawler.OldWalls(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		for _, group := range walls {
			for _, x := range group {
				list = append(list, x.URL)
			}
		}
		return list
	}
	if got := listed(); len(got) != 4 {
		t.Errorf("before the upgrade these are listed: %q", got)
	}
	links := func(o *crawler.Options) { o.Workers = 1 }
	sum := s.crawl(links)
	s.web.put("news.example/", titled("museum-shows-copper-coins="))
	if text := strings.Join(sum.Details(), "\n"); sum.Exit != 4 || !strings.Contains(text, "4 articles") || !strings.Contains(text, "--refetch-suspects") {
		t.Errorf("the first run: exit %d, %s", sum.Exit, text)
	}
	exits(t, s.crawl(links), 0)
	if got := listed(); len(got) != 4 {
		t.Errorf("after the upgrade these are listed: %q", got)
	}
	sum = s.crawl(func(o *crawler.Options) { o.RefetchSuspects = true })
	counts(t, "withdrawn", sum.Totals.Withdrawn, 4)
	counts(t, "blocked", sum.Totals.Blocked, 1)
	s.stands(want)
	if got := listed(); len(got) != 0 {
		t.Errorf("after --refetch-suspects these are listed: %q", got)
	}
	s.web.put("news.example/"+slugOf(stories[3]), realPage(stories[3]))
	want[slugOf(stories[3])] = stories[3]
	s.pass(25 * time.Hour)
	s.crawl()
	s.stands(want)
}

// A state without texts of an earlier release is not checked.
func TestNothingToCheck(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.newspaper("news.example", 2)
	exits(t, s.crawl(), 0)
	store, err := sqlite.Open(t.Context(), s.config.State, state.OpenOptions{Versions: crawler.Versions})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if due, err := store.FirstCheck(t.Context()); due || err != nil {
		t.Errorf("FirstCheck = %v, %v", due, err)
	}
}
