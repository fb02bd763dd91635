package crawler_test

import (
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
	"github.com/newsonce/newsonce/crawler/config"
	"github.com/newsonce/newsonce/crawler/report"
	"github.com/newsonce/newsonce/crawler/state"
	"github.com/newsonce/newsonce/crawler/state/sqlite"
	"github.com/newsonce/newsonce/output"
)

// files are the names in the folder of the outputs, sorted, without the times
// of sealed ones.
func (s *setup) files() []string {
	s.t.Helper()
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "newsonce.db") {
			names = append(names, sealedAt.ReplaceAllString(e.Name(), "-TIME-"))
		}
	}
	return names
}

var sealedAt = regexp.MustCompile(`-\d{8}T\d{6}Z-`)

func (s *setup) hasFiles(want ...string) {
	s.t.Helper()
	if got := s.files(); !slices.Equal(got, want) {
		s.t.Errorf("files %q, want %q", got, want)
	}
}

// unzip unpacks the .gz files, open ones too, beside them.
func (s *setup) unzip() {
	s.t.Helper()
	packed, err := filepath.Glob(filepath.Join(s.dir, "*.gz*"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, path := range packed {
		f, err := os.Open(path)
		if err != nil {
			s.t.Fatal(err)
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			s.t.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if err != nil {
			s.t.Errorf("%s is not whole: %v", path, err)
		}
		if err := os.WriteFile(path+".txt", text, 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
}

// newspaperURLs are what the lines of a newspaper are about.
func newspaperURLs(n int) []string {
	return slices.Sorted(slices.Values(prefixed("article http://news.example/", numbered("", n))))
}

func TestCompressedOutput(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.outputTo("items.jsonl.gz")
	for n := 2; n <= 5; n++ { // a run that adds one or two articles each
		s.web.newspaper("news.example", n)
		exits(t, s.crawl(), 0)
	}
	s.unzip()
	if got := urls(s.items("*.txt")); !slices.Equal(got, newspaperURLs(5)) {
		t.Errorf("lines %q", got)
	}
}

func TestRotationBySize(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.outputTo("items.jsonl.gz")
	s.config.Output.Rotate = config.Rotate{Size: 1}
	s.web.newspaper("news.example", 3)
	exits(t, s.crawl(func(o *crawler.Options) { o.Workers = 1 }), 0)
	if got := s.files(); len(got) < 2 || got[len(got)-1] != "items.manifest.jsonl" || got[0] != "items-TIME-0001.jsonl.gz" {
		t.Errorf("files %q, want sealed ones and the manifest", got)
	}
	s.unzip()
	if got := urls(s.items("*.txt")); !slices.Equal(got, newspaperURLs(3)) {
		t.Errorf("lines %q", got)
	}
}

// A file whose age is reached is sealed by a run that finds nothing new.
func TestRotationByAge(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.config.Output.Rotate = config.Rotate{Age: 2 * time.Hour}
	s.web.newspaper("news.example", 3)
	exits(t, s.crawl(), 0)
	s.hasFiles("items.jsonl.open")
	s.pass(time.Hour)
	exits(t, s.crawl(), 0)
	s.hasFiles("items.jsonl.open")
	s.pass(time.Hour)
	exits(t, s.crawl(), 0)
	s.hasFiles("items-TIME-0001.jsonl", "items.manifest.jsonl")
	s.web.newspaper("news.example", 5)
	exits(t, s.crawl(), 0)
	s.hasFiles("items-TIME-0001.jsonl", "items.jsonl.open", "items.manifest.jsonl")
	if got := urls(append(s.items("items-*.jsonl"), s.items("items.jsonl.open")...)); !slices.Equal(got, newspaperURLs(5)) {
		t.Errorf("lines %q", got)
	}
}

// Files of a past day are sealed, and those of a site that this run leaves
// alone are not.
func TestRotationByDate(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/")+site("other", "other.example/"))
	s.outputTo("{site}-{date}.jsonl")
	s.config.Output.Rotate = config.Rotate{Size: 1 << 30}
	s.beginDay()
	first := s.now().UTC().Format(time.DateOnly)
	s.web.newspaper("news.example", 1)
	s.web.newspaper("other.example", 1)
	exits(t, s.crawl(), 0)
	s.hasFiles("news-"+first+".jsonl.open", "other-"+first+".jsonl.open")
	only := func(o *crawler.Options) { o.Sites = s.config.Sites[:1] }
	exits(t, s.crawl(only), 0)
	s.hasFiles("news-"+first+".jsonl.open", "other-"+first+".jsonl.open")
	s.beginDay()
	exits(t, s.crawl(only), 0)
	s.hasFiles("manifest.jsonl", "news-"+first+"-TIME-0001.jsonl", "other-"+first+"-TIME-0001.jsonl")
}

// Without rotate in the configuration, what is open is sealed, and lines go to
// the plain path from then on.
func TestRotationSwitchedOff(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.config.Output.Rotate = config.Rotate{Size: 1 << 30}
	s.web.newspaper("news.example", 1)
	exits(t, s.crawl(), 0)
	s.config.Output.Rotate = config.Rotate{}
	s.web.newspaper("news.example", 2)
	exits(t, s.crawl(), 0)
	s.hasFiles("items-TIME-0001.jsonl", "items.jsonl", "items.manifest.jsonl")
	if got := urls(s.items("items*.jsonl")[:2]); !slices.Equal(got, newspaperURLs(2)) {
		t.Errorf("lines %q", got)
	}
}

// lowDisk is a sink whose disk is low once it has lines.
type lowDisk struct {
	output.Sink
	lines int
}

func (l *lowDisk) Append(k output.Key, line []byte) error {
	l.lines++
	return l.Sink.Append(k, line)
}

func (l *lowDisk) Committed(ctx context.Context) error {
	if err := l.Sink.Committed(ctx); err != nil || l.lines == 0 {
		return err
	}
	return output.ErrLowDisk
}

func TestLowDisk(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.newspaper("news.example", 3)
	s.config.MinFree = 1 << 60
	store, err := sqlite.Open(t.Context(), s.config.State, state.OpenOptions{Versions: crawler.Versions})
	if err != nil {
		t.Fatal(err)
	}
	_, err = crawler.Run(t.Context(), crawler.Options{Config: s.config, Sites: s.config.Sites, Store: store, Command: "crawl"})
	if err == nil || !strings.Contains(err.Error(), "low disk: "+s.dir+" has ") || !strings.Contains(err.Error(), "less than min_free (1.0 EiB)") {
		t.Errorf("got %v", err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	s.fetched()

	// It gets low in mid-crawl: what was fetched is committed, and the run ends
	// with a record of why.
	const articles = 300
	s.config.MinFree = 1
	s.web.newspaper("news.example", articles)
	sum := s.crawl(func(o *crawler.Options) {
		o.Workers = 1
		o.Sinks = output.Sinks{{Open: func(ctx context.Context, o output.Options) (output.Sink, error) {
			sink, err := output.OpenFiles(ctx, o)
			return &lowDisk{Sink: sink}, err
		}}}
	})
	exits(t, sum, report.ExitFailed)
	if !strings.Contains(sum.Reason, "low disk") {
		t.Errorf("reason %q", sum.Reason)
	}
	if written := len(s.items("items.jsonl")); written == 0 || written == articles || sum.Totals.Articles != written {
		t.Errorf("%d lines were written, %d counted, want some and not all", written, sum.Totals.Articles)
	}
	sum = s.crawl()
	exits(t, sum, 0)
	if len(sum.Warnings) > 0 {
		t.Errorf("warnings %q, want none: the run before ended", sum.Warnings)
	}
	if got, want := urls(s.items("items.jsonl")), newspaperURLs(articles); !slices.Equal(got, want) {
		t.Errorf("lines %q", got)
	}
}
