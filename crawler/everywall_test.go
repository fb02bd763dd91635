package crawler_test

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// servedWall is a wall of wall/testdata.
type servedWall struct {
	name, link string
	header     http.Header
	body       string
	weak       bool // in a language without vocabulary
}

func (x servedWall) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	for key, values := range x.header {
		w.Header()[key] = values
	}
	io.WriteString(w, x.body)
}

func servedWalls(t *testing.T) (list []servedWall) {
	files, err := filepath.Glob(filepath.Join("wall", "testdata", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			head, body, _ := strings.Cut(string(f.Data), "\n\n")
			x := servedWall{name: f.Name, body: body, header: http.Header{}}
			for line := range strings.Lines(head) {
				key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
				switch key {
				case "link":
					x.link = value
				case "header":
					name, value, _ := strings.Cut(value, ": ")
					x.header.Set(name, value)
				case "weak":
					x.weak = true
				}
			}
			list = append(list, x)
		}
	}
	return list
}

// Each wall, challenge and error page answers for an article. Nothing of them is
// written, each URL is listed, and each article is written once they are gone.
func TestEveryWallThenTheArticles(t *testing.T) {
	t.Parallel()
	walls := servedWalls(t)
	for name, c := range map[string]struct {
		titles bool
		most   int // walls that may be written before their articles
	}{"titles": {true, 0}, "nothing known": {false, 2}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSetup(t, site("news", "news.example/"))
			var links []string
			for i, x := range walls {
				title := ""
				if c.titles {
					title = fmt.Sprintf("%s, part %d", x.link, i)
				}
				path := fmt.Sprintf("article/%d", i)
				links = append(links, path+"="+title)
				s.web.put("news.example/"+path, x.ServeHTTP)
			}
			s.web.put("news.example/", titled(links...))
			sum := s.crawl()
			exits(t, sum, 4)
			written := s.standing()
			if len(written) > c.most {
				t.Errorf("walls were written: %q", written)
			}
			doubts := s.doubts()
			for i, x := range walls {
				path := fmt.Sprintf("article/%d", i)
				if _, ok := doubts[path]; !ok && written[path] == "" {
					t.Errorf("%s is not listed", x.name)
				}
				s.web.put("news.example/"+path, realPage(fmt.Sprintf("Story %d of the harbour", i)))
			}
			s.pass(100 * time.Minute)
			s.crawl()
			got := s.standing()
			for i, x := range walls {
				want := fmt.Sprintf("Story %d of the harbour", i)
				if path := fmt.Sprintf("article/%d", i); got[path] != want && written[path] == "" {
					t.Errorf("%s: afterwards its URL has %q, want %q", x.name, got[path], want)
				}
			}
			t.Logf("%d walls: %d written", len(walls), len(written))
		})
	}
}
