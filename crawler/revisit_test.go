package crawler_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler"
)

// published puts a publication time, as the page declares it, before an article.
func published(at time.Time) string {
	return fmt.Sprintf(`<meta property="article:published_time" content="%s">`, at.UTC().Format(time.RFC3339))
}

// revisited is a crawl of one article that is fetched again after 1 h, 24 h and
// 7 days.
func revisited(t *testing.T, more ...string) *setup {
	s := newSetup(t, site("news", "news.example/", append(more, "revisit: [1h, 24h, 7d]", "refresh: 365d")...))
	s.web.put("news.example/", list("", "/1"))
	return s
}

func TestRevisits(t *testing.T) {
	t.Parallel()
	s := revisited(t)
	page := func(name string) http.HandlerFunc {
		inner := article(name, published(s.now().Add(-30*time.Minute)))
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"`+name+`"`)
			if r.Header.Get("If-None-Match") == `"`+name+`"` {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			inner(w, r)
		}
	}
	s.web.put("news.example/1", page("one"))
	exits(t, s.crawl(), 0)
	s.fetched("news.example/", "news.example/1")

	after := func(d time.Duration, want ...string) {
		t.Helper()
		s.pass(d)
		sum := s.crawl()
		exits(t, sum, 0)
		s.fetched(want...)
	}
	after(20 * time.Minute)
	after(11*time.Minute, "news.example/1") // an hour after publication
	after(0)
	counts(t, "lines after a revisit that brought nothing", len(s.items("items.jsonl")), 1)
	s.web.put("news.example/1", page("another"))
	after(22 * time.Hour)
	after(2*time.Hour, "news.example/1")
	if l := s.items("items.jsonl"); len(l) != 2 || l[1].Revision != 2 || l[1].Revises != 1 {
		t.Errorf("lines %+v, want a second revision", l)
	}
	after(5 * 24 * time.Hour)
	after(30*24*time.Hour, "news.example/1")
	after(365 * 24 * time.Hour / 2)
}

func TestRevisitsThatPassedWhileNobodyCrawled(t *testing.T) {
	t.Parallel()
	s := revisited(t)
	s.web.put("news.example/1", article("one", published(s.now().Add(-2*time.Hour)))) // its first moment has passed
	exits(t, s.crawl(), 0)
	s.web.fetched()
	s.pass(9 * 24 * time.Hour)
	exits(t, s.crawl(), 0)
	s.fetched("news.example/1") // once for two moments
	s.pass(99 * 24 * time.Hour)
	exits(t, s.crawl(), 0)
	s.fetched()
}

func TestRevisitsOfAnArticleWithoutADateCountFromItsDiscovery(t *testing.T) {
	t.Parallel()
	s := revisited(t)
	s.web.put("news.example/1", article("one", ""))
	exits(t, s.crawl(), 0)
	s.web.fetched()
	for _, c := range []struct {
		passes  time.Duration
		fetched int
	}{{59 * time.Minute, 0}, {2 * time.Minute, 1}, {22 * time.Hour, 0}, {2 * time.Hour, 1}, {24 * 7 * time.Hour, 1}, {24 * 7 * time.Hour, 0}} {
		s.pass(c.passes)
		exits(t, s.crawl(), 0)
		if got := s.web.fetched(); len(got) != c.fetched {
			t.Errorf("%v later %q were fetched, want %d", c.passes, got, c.fetched)
		}
	}
}

func TestRevisitGone(t *testing.T) {
	t.Parallel()
	s := revisited(t)
	s.web.put("news.example/1", article("one", ""))
	exits(t, s.crawl(), 0)
	s.web.put("news.example/1", status(410))
	s.pass(2 * time.Hour)
	exits(t, s.crawl(), 0)
	s.pass(48 * time.Hour)
	exits(t, s.crawl(), 0)
	if l := s.items("items.jsonl"); len(l) != 2 || l[1].Type != "gone" || l[1].ID != l[0].ID || l[1].Status != 410 {
		t.Errorf("lines %+v, want the article and one gone line", l)
	}
	s.fetched("news.example/", "news.example/1", "news.example/1")
}

// TestGoneAgain writes a gone line each time that the article had been there again, with
// a revision from the second on.
func TestGoneAgain(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.put("news.example/", list("", "/1"))
	there := article("one", "")
	for _, page := range []http.HandlerFunc{there, status(410), status(404), there, status(404), there, status(410)} {
		s.web.put("news.example/1", page)
		exits(t, s.crawl(func(o *crawler.Options) { o.Refetch = true }), 0)
		s.pass(25 * time.Hour)
	}
	var got []string
	for _, l := range s.items("items.jsonl") {
		got = append(got, fmt.Sprintf("%s %d", l.Type, l.Revision))
	}
	if want := []string{"article 0", "gone 0", "gone 2", "gone 3"}; !slices.Equal(got, want) {
		t.Errorf("lines %q, want %q", got, want)
	}
}

// TestRevisitThatFails: the article stays known, is tried again, and waits for
// its next moment once its tries are used up.
func TestRevisitThatFails(t *testing.T) {
	t.Parallel()
	s := revisited(t, "retries: 1")
	s.web.put("news.example/1", article("one", ""))
	exits(t, s.crawl(), 0)
	s.web.fetched()
	s.web.put("news.example/1", status(500))
	s.pass(2 * time.Hour)
	sum := s.crawl() // a try, a pause of two seconds, a second try
	exits(t, sum, 0)
	s.fetched("news.example/1", "news.example/1")
	counts(t, "not read again", sum.Totals.Missed, 1)
	counts(t, "failed", sum.Totals.Failed, 0)
	s.pass(time.Hour)
	exits(t, s.crawl(func(o *crawler.Options) { o.RetryFailed = true }), 0)
	s.fetched()

	s.web.put("news.example/1", article("something else", ""))
	s.pass(24 * time.Hour)
	sum = s.crawl()
	exits(t, sum, 0)
	counts(t, "revisions", sum.Totals.Revisions, 1)
}

func TestRevisitRefusedByRobots(t *testing.T) {
	t.Parallel()
	s := revisited(t)
	s.web.put("news.example/1", article("one", ""))
	exits(t, s.crawl(), 0)
	s.web.put("news.example/robots.txt", text("User-agent: *\nDisallow: /1\n"))
	s.pass(25 * time.Hour)
	sum := s.crawl()
	exits(t, sum, 0)
	counts(t, "not read again", sum.Totals.Missed, 1)
	s.web.put("news.example/robots.txt", text(""))
	s.web.fetched()
	s.pass(7 * 24 * time.Hour)
	exits(t, s.crawl(), 0)
	s.fetched("news.example/1")
}

// TestCounters: which paragraphs may change their number without a revision.
func TestCounters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		before, after string
		revisions     int
	}{
		{"12 comments", "1400 comments", 0},
		{"Updated 10:42 GMT", "Updated 11:05 GMT", 0},
		{"Просмотров: 1 234", "Просмотров: 1 250", 0},
		{"The toll rose to 14.", "The toll rose to 15.", 1},
		{"He said: “We are 14.”", "He said: “We are 15.”", 1},
		{"死者は14人。", "死者は15人。", 1},
		{"one two three four five six seven eight nine ten eleven twelve 1", "one two three four five six seven eight nine ten eleven twelve 2", 1},
	} {
		s := newSetup(t, site("news", "news.example/"))
		s.web.put("news.example/", list("", "/1"))
		s.web.put("news.example/1", paragraphs("The council", tt.before, "Nobody is against it."))
		exits(t, s.crawl(), 0)
		s.web.put("news.example/1", paragraphs("The council", tt.after, "Nobody is against it."))
		sum := s.crawl(func(o *crawler.Options) { o.Refetch = true })
		counts(t, "revisions from "+tt.before+" to "+tt.after, sum.Totals.Revisions, tt.revisions)
	}
}

func TestRevisitsEndWithTheirSetting(t *testing.T) {
	t.Parallel()
	s := revisited(t)
	s.web.put("news.example/1", article("one", ""))
	exits(t, s.crawl(), 0)
	s.web.fetched()
	s.configure(site("news", "news.example/", "refresh: 365d"))
	s.pass(48 * time.Hour)
	exits(t, s.crawl(), 0)
	s.fetched()
}

// TestRevisitOfACanonicalURL: it is the URL that the article is known by which
// is fetched again.
func TestRevisitOfACanonicalURL(t *testing.T) {
	t.Parallel()
	s := revisited(t)
	s.web.put("news.example/", list("", "/1?from=top"))
	s.web.put("news.example/1?from=top", article("one", canonical("/1")))
	s.web.put("news.example/1", article("one", canonical("/1")))
	exits(t, s.crawl(), 0)
	s.web.fetched()
	s.pass(2 * time.Hour)
	exits(t, s.crawl(), 0)
	s.fetched("news.example/1")
	counts(t, "lines", len(s.items("items.jsonl")), 1)
}

// paragraphs is an article page with these paragraphs after one that is long.
func paragraphs(title string, list ...string) http.HandlerFunc {
	body := "<p>" + strings.Repeat("The council has met again and everybody is content. ", 12) + "</p>"
	for _, p := range list {
		body += "<p>" + p + "</p>"
	}
	return html("<h1>" + title + `</h1><div class="text">` + body + "</div>")
}

func TestWhatARevisionChanged(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("news", "news.example/"))
	s.web.put("news.example/", list("", "/1"))
	for _, c := range []struct {
		name string
		page http.HandlerFunc
		want string // changes; "": no revision
	}{
		{"first", paragraphs("The council", "It will meet again in May.", "12 comments", "Nobody is against it."), "null"},
		{"a counter", paragraphs("The council", "It will meet again in May.", "140 comments", "Nobody is against it."), ""},
		{"white space", paragraphs("The  council", " It will  meet again in May.", "12 comments", "Nobody is against it."), ""},
		{"a number in a sentence", paragraphs("The council", "It will meet again on 4 May.", "12 comments", "Nobody is against it."), `{"changed":1}`},
		{"another number in it", paragraphs("The council", "It will meet again on 5 May.", "12 comments", "Nobody is against it."), `{"changed":1}`},
		{"title and end", paragraphs("The council meets", "It will meet again on 5 May.", "12 comments"), `{"title":true,"removed":1}`},
		{"more", paragraphs("The council meets", "It will meet again on 5 May.", "12 comments", "One is against it.", "She said why."), `{"added":2}`},
		{"the date", paragraphs(published(s.now().Add(-time.Hour))+"The council meets", "It will meet again on 5 May.", "12 comments", "One is against it.", "She said why."), `{"fields":true}`},
	} {
		s.web.put("news.example/1", c.page)
		before := len(s.items("items.jsonl"))
		exits(t, s.crawl(func(o *crawler.Options) { o.Refetch = true }), 0)
		lines := s.items("items.jsonl")[before:]
		if c.want == "" {
			if len(lines) > 0 {
				t.Errorf("%s: a revision with changes %s", c.name, lines[0].Changes)
			}
			continue
		}
		if len(lines) != 1 || string(lines[0].Changes) != c.want && c.want != "null" {
			t.Errorf("%s: lines %+v, want changes %s", c.name, lines, c.want)
		}
	}
}

func TestRevisionAsAReference(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]string{"full": "article", "reference": "reference", "drop": ""} {
		s := newSetup(t, site("news", "news.example/", "dedupe: {on_duplicate: {revision: "+policy+"}}"))
		s.web.newspaper("news.example", 1)
		exits(t, s.crawl(), 0)
		s.web.put("news.example/1", article("something else", ""))
		exits(t, s.crawl(func(o *crawler.Options) { o.Refetch = true }), 0)
		lines := s.items("items.jsonl")
		first := lines[0]
		switch lines = lines[1:]; {
		case want == "" && len(lines) == 0:
		case len(lines) != 1 || lines[0].Type != want || lines[0].Revision != 2 || want == "reference" && lines[0].DuplicateOf != first.ID:
			t.Errorf("%s: %+v, want a %s of revision 2", policy, lines, want)
		}
	}
}

// TestHeadlineRevisions: a title never seen for a headline is a line, once; a
// long and a short form on two pages do not take turns.
func TestHeadlineRevisions(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]string{"full": "headline", "reference": "reference", "drop": ""} {
		s := newSetup(t, `  - name: news
    sources: [{listing: {urls: ["http://news.example/", "http://news.example/short"], links: .none}}]
    headlines: [{block: all, on: [listing], item: li, title: a, url: "a@href"}]
    dedupe: {on_duplicate: {headline: `+policy+`}}
`)
		entry := func(title string) http.HandlerFunc { return html(`<ul><li><a href="/1">` + title + `</a></li></ul>`) }
		s.web.put("news.example/", entry("The council meets again"))
		s.web.put("news.example/short", entry("The council meets again"))
		s.crawl()
		s.web.put("news.example/short", entry("Council meets"))
		sum := s.crawl()
		counts(t, "headlines with another title", sum.Totals.Retitled, 1)
		lines := s.items("items.jsonl")
		if want == "" {
			if len(lines) != 1 {
				t.Errorf("%s: lines %+v", policy, lines)
			}
			continue
		}
		s.crawl()
		s.web.put("news.example/", entry("Council meets"))
		s.web.put("news.example/short", entry("The council meets again"))
		if sum := s.crawl(); sum.Totals.Lines != 0 {
			t.Errorf("%s: %d lines for titles that were seen", policy, sum.Totals.Lines)
		}
		s.web.put("news.example/", entry("The council has met"))
		s.crawl()
		lines = s.items("items.jsonl")
		if len(lines) != 3 {
			t.Fatalf("%s: lines %+v, want 3", policy, lines)
		}
		for i, title := range []string{"The council meets again", "Council meets", "The council has met"} {
			l, kind, id := lines[i], want, lines[i].ID
			if i == 0 {
				kind, l.Revision = "headline", l.Revision+1
			}
			if want == "reference" && i > 0 {
				id = l.DuplicateOf
			}
			if l.Type != kind || l.Title != title || l.Revision != i+1 || id != lines[0].ID {
				t.Errorf("%s: line %d is %+v, want a %s %q of revision %d", policy, i, l, kind, title, i+1)
			}
		}
	}
}

// A site that was renamed takes over what was queued under its old name; without
// was, the URLs are reported and the run ends with 3.
func TestRenamedSite(t *testing.T) {
	t.Parallel()
	s := newSetup(t, site("old", "news.example/"))
	s.web.put("news.example/", list("", "1", "2", "3", "4"))
	for _, n := range []string{"1", "2", "3", "4"} {
		s.web.put("news.example/"+n, article("Town"+n, ""))
	}
	sum := s.crawl(func(o *crawler.Options) { o.Limit = 2 })
	counts(t, "articles before", sum.Totals.Articles, 1)

	s.configure(site("new", "other.example/"))
	s.web.put("other.example/", list("", "9"))
	s.web.put("other.example/9", article("Nine", ""))
	sum = s.crawl()
	exits(t, sum, 3)
	counts(t, "orphaned", sum.Orphaned, 3)

	s.configure(site("new", "news.example/", "was: [old]"))
	sum = s.crawl()
	exits(t, sum, 0)
	counts(t, "articles afterwards", sum.Totals.Articles, 3)
	sum = s.crawl()
	counts(t, "lines of the run after that", sum.Totals.Lines, 0)
}
