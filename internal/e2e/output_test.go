package e2e

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/internal/demosite"
)

// An output that is not as it was left is refused before anything is asked;
// with --accept-output the crawl goes on from what is there.
func TestOutputTouched(t *testing.T) {
	plain(t)
	foreign := `{"type":"gone","id":"00000000000000000000000000000000","site":"courier","url":"https://example.org/","status":404,"fetched_at":"2026-01-02T03:04:05Z","run_id":"x"}` + "\n"
	for _, c := range []struct {
		name  string
		touch func(items string) string
		texts []string
	}{
		{"shortened", func(items string) string { return items[:strings.LastIndexByte(items[:len(items)/2], '\n')+1] }, []string{"it was shortened"}},
		{"emptied", func(string) string { return "" }, []string{"it was shortened"}},
		{"replaced by as many bytes", func(items string) string { return strings.Repeat("x", len(items)-1) + "\n" }, []string{"replaced or edited"}},
		{"edited near its end", func(items string) string { return items[:len(items)-30] + "?" + items[len(items)-29:] }, []string{"replaced or edited"}},
		{"appended to", func(items string) string { return items + foreign }, []string{"something else appended to it"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSetup(t, demosite.Options{Articles: 40}, demosite.WithSelectors)
			s.crawl().exits(t, 0)
			touched := c.touch(string(s.items()))
			s.write("items.jsonl", touched)
			s.world.Publish(5)
			s.world.ResetLog()
			s.crawl().exits(t, 1, append(c.texts, s.path("items.jsonl"), "nothing was written", "--accept-output")...)
			if n := len(s.world.Log()); n > 0 {
				t.Errorf("%d requests were sent", n)
			}
			if string(s.unchecked()) != touched {
				t.Error("the output was changed")
			}
			s.crawl("--accept-output").exits(t, 0, "continuing at byte")
			after := s.unchecked()
			if !bytes.HasPrefix(after, []byte(touched)) {
				t.Error("what was there was changed")
			}
			added := after[len(touched):]
			valid(t, added)
			if n := bytes.Count(added, []byte("\n")); n < 10 {
				t.Errorf("%d lines were added for 5 articles and 5 headlines", n)
			}
			s.world.Publish(1)
			s.crawl().exits(t, 0) // from here on all is as ever
		})
	}
}

// A last line without its end is not accepted: the next would be glued to it.
func TestOutputCutInALine(t *testing.T) {
	plain(t)
	s := newSetup(t, demosite.Options{Articles: 40}, demosite.WithSelectors)
	s.crawl().exits(t, 0)
	items := s.items()
	s.write("items.jsonl", string(items[:len(items)-10]))
	s.crawl("--accept-output").exits(t, 1, "in the middle of a line")
	s.write("items.jsonl", string(items))
	s.crawl().exits(t, 0)
	s.complete()
}

// A file that was moved away, as logrotate does, is started anew with a
// warning; the two together are the whole set.
func TestOutputMovedAway(t *testing.T) {
	plain(t)
	s := newSetup(t, demosite.Options{Articles: 40}, demosite.WithSelectors)
	s.crawl().exits(t, 0)
	if err := os.Rename(s.path("items.jsonl"), s.path("items.1.jsonl")); err != nil {
		t.Fatal(err)
	}
	s.world.Publish(5)
	s.crawl().exits(t, 0, "a new file is started")
	both := string(s.read("items.1.jsonl")) + string(s.items())
	report(t, s.world.Truth().Check(strings.NewReader(both)))
}

// The same in mid-crawl, with lines on both sides of the move.
func TestOutputMovedAwayInMidCrawl(t *testing.T) {
	s := newSetup(t, demosite.Options{Articles: 200, Latency: 5 * time.Millisecond}, demosite.WithSelectors)
	p := s.start()
	eventually(t, "some lines", func() bool { return len(s.unchecked()) > 0 })
	if err := os.Rename(s.path("items.jsonl"), s.path("items.1.jsonl")); err != nil {
		t.Fatal(err)
	}
	p.wait().exits(t, 0, "moved away")
	both := string(s.read("items.1.jsonl")) + string(s.items())
	report(t, s.world.Truth().Check(strings.NewReader(both)))
}

// Two states must not share a file.
func TestOutputSharedByTwoStates(t *testing.T) {
	s := newSetup(t, demosite.Options{Articles: 100, Latency: 10 * time.Millisecond}, demosite.WithSelectors)
	other := strings.ReplaceAll(string(s.read("crawl.yaml")), s.path("newsonce.db"), s.path("other.db"))
	s.write("other.yaml", other)
	p := s.start()
	eventually(t, "some lines", func() bool { return len(s.unchecked()) > 0 })
	run(t, "crawl", "-c", s.path("other.yaml")).exits(t, 1, s.path("items.jsonl"))
	p.wait().exits(t, 0)
	s.complete()
}

// {site}, {type} and {date} make a file each; together they are the whole set.
func TestOutputPattern(t *testing.T) {
	s := newSetup(t, demosite.Options{Sites: 3, Articles: 120}, demosite.WithSelectors)
	s.edit(s.path("items.jsonl"), s.path("out/{site}/{date}-{type}.jsonl"))
	begun := time.Now().UTC()
	s.crawl().exits(t, 0)
	s.world.Publish(9)
	// A kill leaves no tail in any of them.
	s.killAfter(4)
	s.crawl().exits(t, 0)
	names, err := filepath.Glob(s.path("out/*/*"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	files := map[string]bool{}
	for _, name := range names {
		rel, err := filepath.Rel(s.dir, name)
		if err != nil {
			t.Fatal(err)
		}
		files[rel] = true
		items := s.read(rel)
		valid(t, items)
		all.Write(items)
		site, typ, _ := strings.Cut(strings.TrimPrefix(rel, "out/"), "/")
		typ = strings.TrimSuffix(typ[len("2006-01-02-"):], ".jsonl")
		for line := range bytes.Lines(items) {
			if !bytes.Contains(line, fmt.Appendf(nil, `"type":%q`, typ)) || !bytes.Contains(line, fmt.Appendf(nil, `"site":%q`, site)) {
				t.Errorf("%s holds the line %s", rel, line)
			}
		}
	}
	report(t, s.world.Truth().Check(strings.NewReader(all.String())))
	if time.Now().UTC().Day() == begun.Day() {
		for _, site := range []string{"courier", "gazette", "cards"} {
			for _, typ := range []string{"article", "headline"} {
				if name := "out/" + site + "/" + begun.Format("2006-01-02") + "-" + typ + ".jsonl"; !files[name] {
					t.Errorf("%s is missing; there are %v", name, files)
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

// Relative paths are relative to crawl.yaml, wherever the program is called.
func TestRelativePaths(t *testing.T) {
	plain(t)
	s := newSetup(t, demosite.Options{Articles: 20}, demosite.WithSelectors)
	s.edit(s.dir+"/", "")
	p := start(t, "/bin/sh", "-c", fmt.Sprintf("cd / && exec %s crawl -c %s", program, s.config))
	p.wait().exits(t, 0)
	s.complete()
}

// "-" writes the items to standard output, each at least once after a kill,
// and exactly once without.
func TestOutputToStandardOutput(t *testing.T) {
	s := newSetup(t, demosite.Options{Articles: 120, Latency: 2 * time.Millisecond}, demosite.WithSelectors)
	s.edit(s.path("items.jsonl"), "-")
	s.crawl("--json").exits(t, 2, "--json", "standard output")
	if n := len(s.world.Log()); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
	p := s.start()
	eventually(t, "60 articles", func() bool { return len(s.asked(isArticle)) >= 60 })
	p.kill()
	killed := p.out.String()
	killed = killed[:strings.LastIndexByte(killed, '\n')+1]
	valid(t, []byte(killed))
	rest := s.crawl().exits(t, 0).out
	valid(t, []byte(rest))
	report(t, s.world.Truth().Check(strings.NewReader(unique(killed+rest))))
	s.world.Publish(5)
	more := s.crawl().exits(t, 0).out
	report(t, s.world.Truth().Check(strings.NewReader(unique(killed+rest)+more)))
}

// unique drops lines that stand a second time.
func unique(items string) string {
	seen := map[string]bool{}
	var kept strings.Builder
	for line := range strings.Lines(items) {
		if !seen[line] {
			seen[line] = true
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// A reader that goes away ends the crawl; what it missed comes again.
func TestStandardOutputClosed(t *testing.T) {
	s := newSetup(t, demosite.Options{Articles: 60}, demosite.WithSelectors)
	s.edit(s.path("items.jsonl"), "-")
	r := start(t, "/bin/sh", "-c", fmt.Sprintf("%s crawl -c %s >/dev/full", program, s.config)).wait()
	r.exits(t, 1, "standard output", "no space left on device")
}
