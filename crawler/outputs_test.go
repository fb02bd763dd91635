package crawler_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// outputTo makes the crawl write to another path of the folder.
func (s *setup) outputTo(path string) { s.config.Output.Path = filepath.Join(s.dir, path) }

// beginDay moves the clock to the first minute of a day.
func (s *setup) beginDay() {
	day := s.now().UTC().Truncate(24 * time.Hour)
	s.pass(day.Add(24*time.Hour + time.Minute).Sub(s.now()))
}

func TestOutputsByDate(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.outputTo("{type}-{date}.jsonl")
	s.beginDay()
	first := s.now().UTC().Format("2006-01-02")
	s.web.newspaper("news.example", 6)
	third := s.web.pages["news.example/3"]
	s.web.put("news.example/3", func(w http.ResponseWriter, r *http.Request) {
		s.pass(24 * time.Hour) // the day changes in the middle of a run
		third(w, r)
	})
	exits(t, s.crawl(), 0)
	second := s.now().UTC().Format("2006-01-02")
	early, late := s.items("article-"+first+".jsonl"), s.items("article-"+second+".jsonl")
	if len(early) > 2 || len(late) < 4 || len(early)+len(late) != 6 {
		t.Errorf("%d lines before midnight and %d after it, want at most 2 and 6 in all", len(early), len(late))
	}

	// The next run, on the second day, continues in the second file.
	s.web.newspaper("news.example", 7)
	exits(t, s.crawl(), 0)
	if got := s.items("article-" + second + ".jsonl"); len(got) != len(late)+1 {
		t.Errorf("%d lines in the file of the second day, want %d", len(got), len(late)+1)
	}
	lines := urls(s.items("article-*.jsonl"))
	if len(slices.Compact(slices.Clone(lines))) != 7 || len(lines) != 7 {
		t.Errorf("lines %q, want each article once", lines)
	}
}

func TestOutputMovedAwayDuringARun(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.newspaper("news.example", 1)
	exits(t, s.crawl(), 0)

	s.web.newspaper("news.example", 6)
	third := s.web.pages["news.example/3"]
	s.web.put("news.example/3", func(w http.ResponseWriter, r *http.Request) {
		if err := os.Rename(filepath.Join(s.dir, "items.jsonl"), filepath.Join(s.dir, "old.jsonl")); err != nil {
			t.Error(err)
		}
		third(w, r)
	})
	sum := s.crawl()
	exits(t, sum, 0)
	if got := strings.Join(sum.Warnings, "\n"); !strings.Contains(got, "items.jsonl was moved away; a new file is started") {
		t.Errorf("warnings %q", got)
	}
	lines := urls(append(s.items("old.jsonl"), s.items("items.jsonl")...))
	want := prefixed("article http://news.example/", numbered("", 6))
	if !slices.Equal(lines, want) {
		t.Errorf("lines %q, want each article once", lines)
	}

	s.web.newspaper("news.example", 7)
	sum = s.crawl()
	exits(t, sum, 0)
	counts(t, "warnings of the next run", len(sum.Warnings), 0)
}

func TestQuietRunWritesNoFile(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.outputTo("{site}-{type}.jsonl")
	s.web.newspaper("news.example", 2)
	exits(t, s.crawl(), 0)
	files, err := filepath.Glob(filepath.Join(s.dir, "*.jsonl"))
	if err != nil || len(files) != 1 || filepath.Base(files[0]) != "news-article.jsonl" {
		t.Errorf("files %q, %v, want that of the articles alone", files, err)
	}
}
