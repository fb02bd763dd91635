package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var begun = time.Date(2026, 11, 20, 7, 0, 0, 123_456_789, time.FixedZone("", 60*60))

func TestVerdict(t *testing.T) {
	full := errors.New("write items.jsonl: no space left")
	less := Site{Sources: 2, Less: 1}
	part := Site{Sources: 2, Unreadable: 1, Less: 1}
	given := Site{Sources: 2, Failed: 1, Less: 1}
	none := Site{Sources: 2, Unreadable: 2, Failed: 1, Less: 1}
	for _, tt := range []struct {
		name    string
		sites   []Site
		failure error
		signal  int
		exit    int
		reason  string
	}{
		{"nothing due", []Site{{}}, nil, 0, ExitOK, "ok"},
		{"new articles", []Site{{Sources: 1, Articles: 9}}, nil, 0, ExitOK, "ok"},
		{"nothing that is a fault", []Site{{Sources: 1, Gone: 1, Refused: 2, Retry: 3, NoArticle: 4, Postponed: 1, OverLimit: 5, Disputed: 6}}, nil, 0, ExitOK, "ok"},
		{"less than expected", []Site{less}, nil, 0, ExitLess, "a site gave less than expected"},
		{"a page given up, and less than expected", []Site{given}, nil, 0, ExitIncomplete, "1 page failed permanently"},
		{"a page given up earlier, and less than expected", []Site{{Sources: 1, StillFailed: 2, Less: 1}}, nil, 0, ExitIncomplete, "2 listed pages failed permanently in an earlier run"},
		{"a gap", []Site{{Sources: 1, Gaps: 1}}, nil, 0, ExitOK, "ok"},
		{"a source unreadable, and less than expected", []Site{part}, nil, 0, ExitIncomplete, "1 of 2 sources could not be read"},
		{"every source of every site unreadable", []Site{none, none}, nil, 0, ExitFailed, "no source could be read"},
		{"every source of one site unreadable", []Site{none, {Sources: 1}}, nil, 0, ExitIncomplete, "2 of 3 sources could not be read"},
		{"every source of one site unreadable, none of the other due", []Site{none, {}}, nil, 0, ExitFailed, "no source could be read"},
		{"interrupted, and no source read", []Site{none}, nil, ExitInterrupt, ExitInterrupt, "interrupted; the next run continues"},
		{"terminated, and less than expected", []Site{less}, nil, ExitTerminate, ExitTerminate, "interrupted; the next run continues"},
		{"disk full", []Site{less}, full, 0, ExitFailed, full.Error()},
		{"disk full after a signal: the commit was not clean", []Site{less}, full, ExitInterrupt, ExitFailed, full.Error()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := New("r", "crawl", begun, nil)
			for i := range tt.sites {
				s.Sites[fmt.Sprint(i)] = &tt.sites[i]
			}
			s.Finish(begun, tt.failure, tt.signal)
			if s.Exit != tt.exit || s.Reason != tt.reason {
				t.Errorf("exit %d (%s), want %d (%s)", s.Exit, s.Reason, tt.exit, tt.reason)
			}
		})
	}
}

// TestTotals sets every counter and checks that add adds it.
func TestTotals(t *testing.T) {
	s := New("r", "crawl", begun, []string{"a", "b"})
	counts := map[string]int{}
	var site Site
	b, err := json.Marshal(site)
	if err == nil {
		err = json.Unmarshal(b, &counts)
	}
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{}
	for i, name := range slices.Sorted(maps.Keys(counts)) {
		counts[name], want[name] = i+1, 2*(i+1)
	}
	for _, name := range []string{"a", "b"} {
		b, err := json.Marshal(counts)
		if err == nil {
			err = json.Unmarshal(b, s.Site(name))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // twice: the totals are made anew
		s.Finish(begun, nil, 0)
	}
	got := map[string]int{}
	if b, err = json.Marshal(s.Totals); err == nil {
		err = json.Unmarshal(b, &got)
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("totals of two sites (-want +got):\n%s", diff)
	}
}

func TestLine(t *testing.T) {
	for _, tt := range []struct {
		name    string
		site    Site
		stopped string
		failure error
		want    string
	}{
		{"nothing new", Site{Requests: 2, NotModified: 2, Sources: 2}, "", nil,
			"crawl: 0 new articles; 2 requests, 2 not modified, 1.5 s"},
		{"everything", Site{Articles: 1, Headlines: 2, Duplicates: 3, Revisions: 4, GoneLines: 5, Retry: 6, NoArticle: 13, Refused: 7, Failed: 8, StillFailed: 14, Unreadable: 1, Partial: 9, Postponed: 10, Requests: 11, Sources: 12}, "limit", nil,
			"crawl: 1 new article, 2 headlines, 3 duplicates, 4 revisions, 5 gone, 6 to retry, 13 pages without an article, 7 refused, 8 failed, 14 failed earlier, 1 source unreadable, 9 sources read in part, 10 sources postponed; 11 requests, 0 not modified, 1.5 s; stopped by limit; exit 3: 1 of 12 sources could not be read"},
		{"failure", Site{}, "", errors.New("disk full"),
			"crawl: 0 new articles; 0 requests, 0 not modified, 1.5 s; exit 1: disk full"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := New("r", "crawl", begun, nil)
			s.Sites["a"], s.Stopped = &tt.site, tt.stopped
			s.Finish(begun.Add(1500*time.Millisecond), tt.failure, 0)
			if got := s.Line(); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestProblems(t *testing.T) {
	s := New("r", "crawl", begun, []string{"b", "a"})
	s.Warnings = []string{"the last run did not end"}
	for i := range maxProblems + 3 {
		s.Site("b").Problem("page %d", i)
		s.Site("b").Problem("page %d", 0) // the same again is one problem
	}
	s.Site("a").Problem("100 %% of %s", "pages")
	s.Finish(begun, nil, 0)
	s.Finish(begun, nil, 0) // says "more like these" once
	got := s.Details()
	want := []string{"the last run did not end", "a: 100 % of pages"}
	for i := range maxProblems {
		want = append(want, fmt.Sprintf("b: page %d", i))
	}
	want = append(want, "b: and 3 more like these")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("details (-want +got):\n%s", diff)
	}
	if got := s.SiteNames(); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("SiteNames() = %v, want them sorted", got)
	}
}

// TestJSON checks the JSON that scripts read from "crawl --json".
func TestJSON(t *testing.T) {
	s := New("20261120T060000.123Z", "crawl", begun, []string{"a"})
	s.Site("a").Articles, s.Site("a").Lines = 3, 3
	s.Site("a").Problem("odd")
	s.Stopped, s.Warnings = "max-time", []string{"careful"}
	s.Finish(begun.Add(2*time.Second+400*time.Microsecond), nil, 0)
	b, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	counters := func(problems string) string {
		names := "requests bytes listings not_modified new_urls articles duplicates near_duplicates revisions unchanged missed headlines retitled gone_articles aliases no_article gone refused dead_ends retry failed still_failed disputed over_limit endless passed_over sources unreadable partial postponed lines dropped less silent gaps queued blocked held suspect text_partial withdrawn unreachable cut_links cut_url_length cut_depth cut_urls cut_trap"
		var lines []string
		for name := range strings.FieldsSeq(names) {
			n := 0
			if name == "articles" || name == "lines" {
				n = 3
			}
			lines = append(lines, fmt.Sprintf("%q: %d", name, n))
		}
		return strings.Join(lines, ",\n") + problems
	}
	want := `{
"run_id": "20261120T060000.123Z",
"command": "crawl",
"begun": "2026-11-20T06:00:00.123Z",
"ended": "2026-11-20T06:00:02.123Z",
"seconds": 2,
"exit": 0,
"reason": "ok",
"stopped": "max-time",
"work_left": false,
"orphaned": 0,
"totals": {
` + counters("") + `
},
"sites": {
"a": {
` + counters(",\n\"problems\": [\n\"odd\"\n]") + `
}
},
"warnings": [
"careful"
]
}`
	var got []string
	for line := range strings.Lines(string(b)) {
		got = append(got, strings.TrimSpace(line))
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), got); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	var back Summary
	if err := json.Unmarshal(b, &back); err != nil || back.Totals.Articles != 3 || back.Sites["a"].Problems[0] != "odd" {
		t.Errorf("read back as %+v, %v", back, err)
	}
}

func ExampleSummary() {
	s := New("20261120T060000.000Z", "crawl", time.Date(2026, 11, 20, 6, 0, 0, 0, time.UTC), []string{"ccbs"})
	site := s.Site("ccbs")
	site.Sources, site.Requests, site.Articles = 1, 4, 3
	site.Problem("%s: given up: HTTP 500", "https://ccbs.news/en/article/7228/")
	site.Failed++
	s.Finish(s.Begun.Add(4200*time.Millisecond), nil, 0)
	fmt.Println(s.Line())
	for _, d := range s.Details() {
		fmt.Println(d)
	}
	// Output:
	// crawl: 3 new articles, 1 failed; 4 requests, 0 not modified, 4.2 s; exit 3: 1 page failed permanently
	// ccbs: https://ccbs.news/en/article/7228/: given up: HTTP 500
}
