package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/internal/demosite"
)

// A crawl refuses an output that was changed before it sends a request. With
// --accept-output it appends to the file as it is.
func TestOutputTouched(t *testing.T) {
	t.Parallel()
	plain(t)
	foreign := `{"type":"gone","id":"00000000000000000000000000000000","site":"courier","url":"https://example.org/",` +
		`"status":404,"fetched_at":"2026-01-02T03:04:05Z","run_id":"x"}` + "\n"
	half := func(items string) string { return items[:strings.LastIndexByte(items[:len(items)/2], '\n')+1] }
	other := func(items string) string { return strings.Repeat("x", len(items)-1) + "\n" }
	edited := func(items string) string { return items[:len(items)-30] + "?" + items[len(items)-29:] }
	longer := func(items string) string { return items + foreign }
	for _, c := range []struct {
		name  string
		touch func(items string) string
		text  string
	}{
		{"shortened", half, "it was shortened"},
		{"emptied", func(string) string { return "" }, "it was shortened"},
		{"replaced by as many bytes", other, "replaced or edited"},
		{"edited near its end", edited, "replaced or edited"},
		{"appended to", longer, "something else appended to it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, demosite.Options{Articles: 40})
			s.crawl().exits(t, 0)
			touched := c.touch(string(s.items()))
			s.write("items.jsonl", touched)
			s.world.Publish(5)
			s.world.ResetLog()
			s.crawl().exits(t, 1, c.text, s.path("items.jsonl"), "nothing was written", "--accept-output")
			s.silent()
			if string(s.unchecked()) != touched {
				t.Error("the output was changed")
			}
			s.crawl("--accept-output").exits(t, 0, "continuing at byte")
			after := s.unchecked()
			if !bytes.HasPrefix(after, []byte(touched)) {
				t.Error("earlier lines were changed")
			}
			added := after[len(touched):]
			valid(t, added)
			if n := bytes.Count(added, []byte("\n")); n < 10 {
				t.Errorf("%d lines were added for 5 articles and 5 headlines", n)
			}
			s.world.Publish(1)
			s.crawl().exits(t, 0) // and the next crawl accepts it
		})
	}
}

// --accept-output refuses a file that ends within a line.
func TestOutputCutInALine(t *testing.T) {
	t.Parallel()
	plain(t)
	s := serve(t, demosite.Options{Articles: 40})
	s.crawl().exits(t, 0)
	items := s.items()
	s.write("items.jsonl", string(items[:len(items)-10]))
	s.crawl("--accept-output").exits(t, 1, "in the middle of a line")
	s.write("items.jsonl", string(items))
	s.crawl().exits(t, 0)
	s.complete()
}

// When the file was moved away, as by logrotate, a crawl warns and starts a new
// one. Both files together hold everything.
func TestOutputMovedAway(t *testing.T) {
	t.Parallel()
	plain(t)
	s := serve(t, demosite.Options{Articles: 40})
	s.crawl().exits(t, 0)
	if err := os.Rename(s.path("items.jsonl"), s.path("items.1.jsonl")); err != nil {
		t.Fatal(err)
	}
	s.world.Publish(5)
	s.crawl().exits(t, 0, "a new file is started")
	both := string(s.read("items.1.jsonl")) + string(s.items())
	report(t, s.world.Truth().Check(strings.NewReader(both)))
}

// The same during a crawl.
func TestOutputMovedAwayInMidCrawl(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 200, Latency: 5 * time.Millisecond})
	p := s.start()
	eventually(t, "some lines", func() bool { return len(s.unchecked()) > 0 })
	if err := os.Rename(s.path("items.jsonl"), s.path("items.1.jsonl")); err != nil {
		t.Fatal(err)
	}
	p.wait().exits(t, 0, "moved away")
	both := string(s.read("items.1.jsonl")) + string(s.items())
	report(t, s.world.Truth().Check(strings.NewReader(both)))
}

// Two states cannot write to one file.
func TestOutputSharedByTwoStates(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 100, Latency: 10 * time.Millisecond})
	other := strings.ReplaceAll(string(s.read("crawl.yaml")), s.path("newsonce.db"), s.path("other.db"))
	s.write("other.yaml", other)
	p := s.start()
	eventually(t, "some lines", func() bool { return len(s.unchecked()) > 0 })
	run(t, "crawl", "-c", s.path("other.yaml")).exits(t, 1, s.path("items.jsonl"))
	p.wait().exits(t, 0)
	s.complete()
}

// files returns the files that match a pattern by their names below the folder.
func (s *setup) files(pattern string) map[string][]byte {
	s.t.Helper()
	names, err := filepath.Glob(s.path(pattern))
	if err != nil {
		s.t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, name := range names {
		rel, err := filepath.Rel(s.dir, name)
		if err != nil {
			s.t.Fatal(err)
		}
		files[rel] = s.read(rel)
	}
	return files
}

// {site}, {type} and {date} in the path give a file each. All files together hold
// everything.
func TestOutputPattern(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Sites: 3, Articles: 120})
	s.edit(s.path("items.jsonl"), s.path("out/{site}/{date}-{type}.jsonl"))
	begun := time.Now().UTC()
	s.crawl().exits(t, 0)
	s.world.Publish(9)
	// The next crawl cuts the uncommitted end of each file.
	s.killAfter(4)
	s.crawl().exits(t, 0)
	var all strings.Builder
	files := s.files("out/*/*")
	for rel, items := range files {
		valid(t, items)
		all.Write(items)
		site, typ, _ := strings.Cut(strings.TrimPrefix(rel, "out/"), "/")
		typ = strings.TrimSuffix(typ[len("2006-01-02-"):], ".jsonl")
		for line := range bytes.Lines(items) {
			var it struct{ Type, Site string }
			if err := json.Unmarshal(line, &it); err != nil || it.Type != typ || it.Site != site {
				t.Errorf("%s holds the line %s", rel, line)
			}
		}
	}
	report(t, s.world.Truth().Check(strings.NewReader(all.String())))
	if time.Now().UTC().Day() == begun.Day() {
		for _, site := range []string{"courier", "gazette", "cards"} {
			for _, typ := range []string{"article", "headline"} {
				if name := "out/" + site + "/" + begun.Format("2006-01-02") + "-" + typ + ".jsonl"; files[name] == nil {
					t.Errorf("%s is missing; there are %v", name, slices.Collect(maps.Keys(files)))
				}
			}
		}
	}
	for _, o := range s.status().Outputs {
		if info, err := os.Stat(o.Path); o.Offset > 0 && (err != nil || info.Size() != o.Offset) {
			t.Errorf("status has %s at %d bytes; the file: %v, %v", o.Path, o.Offset, info, err)
		}
	}
}

// Relative paths are relative to crawl.yaml, not to the working directory.
func TestRelativePaths(t *testing.T) {
	t.Parallel()
	plain(t)
	s := serve(t, demosite.Options{Articles: 20})
	s.edit(s.dir+"/", "")
	p := start(t, "/bin/sh", "-c", fmt.Sprintf("cd / && exec %s crawl -c %s", program, s.config))
	p.wait().exits(t, 0)
	s.complete()
}

// "-" writes the items to standard output: exactly once, or at least once when a
// crawl was killed.
func TestOutputToStandardOutput(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 120, Latency: 2 * time.Millisecond})
	s.edit(s.path("items.jsonl"), "-")
	s.crawl("--json").exits(t, 2, "--json", "standard output")
	s.silent()
	p := s.start()
	eventually(t, "60 articles", func() bool { return len(s.requested(isArticle)) >= 60 })
	p.kill()
	killed := p.out.String()
	killed = killed[:strings.LastIndexByte(killed, '\n')+1]
	valid(t, []byte(killed))
	rest := s.crawl().exits(t, 0).out
	valid(t, []byte(rest))
	report(t, s.world.Truth().Check(strings.NewReader(unique(t, killed+rest))))
	s.world.Publish(5)
	more := s.crawl().exits(t, 0).out
	report(t, s.world.Truth().Check(strings.NewReader(unique(t, killed+rest)+more)))
}

// unique removes items that are written again. Those differ in run_id at least.
func unique(t *testing.T, items string) string {
	t.Helper()
	type identity struct {
		Type, ID string
		Revision int
	}
	seen := map[identity]bool{}
	var kept strings.Builder
	for line := range strings.Lines(items) {
		var id identity
		if err := json.Unmarshal([]byte(line), &id); err != nil {
			t.Fatalf("line %s: %v", line, err)
		}
		if !seen[id] {
			seen[id] = true
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// A crawl ends when standard output cannot be written.
func TestStandardOutputClosed(t *testing.T) {
	t.Parallel()
	s := serve(t, demosite.Options{Articles: 60})
	s.edit(s.path("items.jsonl"), "-")
	r := start(t, "/bin/sh", "-c", fmt.Sprintf("%s crawl -c %s >/dev/full", program, s.config)).wait()
	r.exits(t, 1, "standard output", "no space left on device")
}
