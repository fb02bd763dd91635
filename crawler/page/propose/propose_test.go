package propose

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

// samplesOf returns samples of URLs on one host: articles, then others.
func samplesOf(articles, others []string) []sample {
	var out []sample
	for _, u := range articles {
		out = append(out, newSample("https://a.example"+u, "a.example", 1))
	}
	for _, u := range others {
		out = append(out, newSample("https://a.example"+u, "a.example", -1))
	}
	return out
}

func TestArticlePattern(t *testing.T) {
	tests := []struct {
		name     string
		articles []string
		others   []string
		want     string
		yes      []string // on other pages, to be matched
		no       []string // and not
	}{
		{"small numbers in a folder", []string{"/en/article/7228/", "/en/article/7229/", "/en/article/12/"}, []string{"/en/about/"},
			`/article/\d+/?(?:[?#]|$)`, []string{"/en/article/8000"}, []string{"/en/", "/en/article/", "/en/list/2/"}},
		{"a day and a slug", []string{"/2023/07/13/port-reopens", "/2023/07/12/council-votes-on-bridge", "/2023/06/01/a-b-c"}, []string{"/2023/07/13/"},
			`/\d{4}/\d{1,2}/\d{1,2}/[^/?#]+[-_][^/?#]+/?(?:[?#]|$)`, []string{"/2024/1/2/ferry-sails/"}, []string{"/2023/07/13/"}},
		{"sections and ids", []string{"/world/port-12345.html", "/sport/cup-12346.html", "/world/europe/sea-12347.html"}, []string{"/world/", "/sport/cup.html"},
			`/[^/?#]*[^/?#\d]\d{4,}\.html(?:[?#]|$)`, []string{"/money/tax-22345.html?x=1"}, []string{"/world/index.html"}},
		{"a parameter", []string{"/news.php?id=101", "/news.php?id=102&lang=en", "/news.php?lang=en&id=103"}, []string{"/news.php?cat=5", "/list.php?page=2"},
			`[?&]id=\d{2,}`, []string{"/news.php?id=99"}, []string{"/news.php"}},
		{"short slugs in a folder", []string{"/blog/async-await", "/blog/favorite-function", "/blog/brexit"}, []string{"/about", "/contact"},
			`/blog/[^/?#]+/?(?:[?#]|$)`, []string{"/blog/new"}, []string{"/blog/"}},
		{"two shapes", []string{"/a/1000001", "/a/1000002", "/a/1000003", "/2023/07/x-y", "/2023/07/y-z", "/2023/08/z-a"}, []string{"/b/2", "/q-r"},
			`/\d{6,}/?(?:[?#]|$)|/\d{4}/\d{1,2}/[^/?#]+[-_][^/?#]+/?(?:[?#]|$)`, []string{"/a/1000004", "/2024/01/b-c"}, nil},
		{"an id before the slug", []string{"/news/ECE17854395/the-port-reopens", "/sport/ECE17861357/a-cup-is-won", "/sport/x/ECE17861359/a-cup-is-lost"}, []string{"/sport/a-list-of-cups"},
			`/[^/?#]*[^/?#\d]\d{7,}/[^/?#]+[-_][^/?#]+/?(?:[?#]|$)`, nil, []string{"/sport/the-list-of-all-cups"}},
		{"escaped", []string{"/%D0%B0/101/", "/%D0%B0/102/", "/%D0%B0/103/"}, nil, `/%D0%B0/\d+/?(?:[?#]|$)`, []string{"/%D0%B0/104"}, nil},
		{"slugs beside fixed pages", []string{"/all-black-outfit/", "/rainy-feels/", "/minimal-feels/"}, []string{"/about-me/", "/my-lookbook/", "/home-decor/"}, "", nil, nil},
		{"too few", []string{"/a/101", "/a/102"}, nil, "", nil, nil},
		{"none", nil, []string{"/about"}, "", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := articlePattern(samplesOf(tt.articles, tt.others), "https://a.example/")
			if got != tt.want {
				t.Fatalf("articlePattern = %q, want %q", got, tt.want)
			}
			re := regexp.MustCompile(got)
			for _, u := range tt.yes {
				if !re.MatchString("https://a.example" + u) {
					t.Errorf("%q does not match %s", got, u)
				}
			}
			for _, u := range append(tt.no, tt.others...) {
				if got != "" && re.MatchString("https://a.example"+u) {
					t.Errorf("%q matches %s", got, u)
				}
			}
		})
	}
}

func TestArticlePatternNamesNoSection(t *testing.T) {
	samples := samplesOf([]string{"/sport/cup-1234567.html", "/sport/game-1234568.html", "/sport/goal-1234569.html"}, []string{"/sport/"})
	if got := articlePattern(samples, "https://a.example/sport/"); strings.Contains(got, "sport") {
		t.Errorf("the pattern %q is that of the section of the page given", got)
	}
}

func TestMatchedHosts(t *testing.T) {
	samples := append(samplesOf([]string{"/a/1"}, nil),
		newSample("https://sports.a.example/a/2", "sports.a.example", 1), newSample("https://shop.a.example/a/3", "shop.a.example", -1),
		newSample("https://video.a.example/v/4", "video.a.example", 1))
	if got := matchedHosts(samples, "a.example", regexp.MustCompile(`/a/\d`)); len(got) != 1 || got[0] != "sports.a.example" {
		t.Errorf("hosts %q", got)
	}
}

func TestArchive(t *testing.T) {
	tests := []struct {
		name    string
		matched []string
		want    Archive
	}{
		{"numbers", []string{"https://a.example/a/7/", "https://a.example/a/12/"}, Archive{"https://a.example/a/{id}/", 12}},
		{"a parameter", []string{"https://a.example/?p=7", "https://a.example/?p=5"}, Archive{"https://a.example/?p={id}", 7}},
		{"two folders", []string{"https://a.example/a/7/", "https://a.example/b/12/"}, Archive{}},
		{"slugs", []string{"https://a.example/a/port-7"}, Archive{}},
		{"none", nil, Archive{}},
	}
	for _, tt := range tests {
		if got := archive(tt.matched); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestLanguageOf(t *testing.T) {
	tests := []struct{ name, declared, text, want string }{
		{"declared", "de-AT", "Der Hafen öffnet wieder", "de"},
		{"Greek page that says English", "en-US", "Το λιμάνι άνοιξε ξανά USA", "el"},
		{"Russian", "ru", "Порт снова открыт", "ru"},
		{"Cyrillic page that says English", "en", "Порт снова открыт", "und"},
		{"Japanese", "", "港が再び開いた", "ja"},
		{"Chinese", "zh-CN", "港口重新开放", "zh"},
		{"a foreign name", "en", "Port of Θεσσαλονίκη reopens after the storm of the week", "en"},
		{"nothing", "", "Port", ""},
		{"no text", "fr", "", "fr"},
	}
	for _, tt := range tests {
		if got := languageOf(tt.declared, tt.text); got != tt.want {
			t.Errorf("%s: languageOf(%q) = %q, want %q", tt.name, tt.declared, got, tt.want)
		}
	}
}

func TestDayFirst(t *testing.T) {
	tests := []struct {
		raw  []string
		want bool
	}{
		{[]string{"05/07/2023", "25/07/2023"}, true},
		{[]string{"05/07/2023", "07/25/2023"}, false},
		{[]string{"25/07/2023", "07/25/2023"}, false},
		{[]string{"05/07/2023", "13 July 2023"}, false},
		{nil, false},
	}
	for _, tt := range tests {
		if got := dayFirst(tt.raw); got != tt.want {
			t.Errorf("dayFirst(%q) = %v", tt.raw, got)
		}
	}
}

// teasers is a list of stories, each with a paragraph that an article could have.
func teasers(dates ...string) string {
	var b strings.Builder
	for k, title := range []string{"Port reopens after the storm", "Ferry to the islands sails again", "Council votes on the new bridge",
		"School meals will be free from May", "Old harbour gets a new plan", "Farmers ask for help with the drought"} {
		day := ""
		if len(dates) > 0 {
			day = "<i>" + dates[k%len(dates)] + "</i>"
		}
		fmt.Fprintf(&b, `<div class="story"><h2><a href="/2023/07/%s/">%s</a></h2>%s<p>%s</p></div>`,
			strings.ReplaceAll(strings.ToLower(title), " ", "-"), title, day, strings.Repeat("The people of the coast were told of it on Monday morning. ", 5))
	}
	return b.String()
}

func from(t *testing.T, url, body string) *Proposal {
	t.Helper()
	p, err := From(Page{URL: url, Body: []byte(body), FetchedAt: time.Date(2023, 12, 1, 6, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPageGivenIsAListing(t *testing.T) {
	body := `<html><head><meta property="og:type" content="article"></head><body><h1>News</h1>` + teasers() + `<a href="/news/page/3/" rel="next">Older</a></body></html>`
	for _, url := range []string{"https://a.example/news/", "https://a.example/news/page/2/"} {
		p := from(t, url, body)
		if p.Listing.URL != url || p.Listing.Guess || p.Article != nil || p.FirstArticle != "https://a.example/2023/07/port-reopens-after-the-storm/" {
			t.Errorf("%s: listing %+v, article %+v, first article %q", url, p.Listing, p.Article, p.FirstArticle)
		}
		if regexp.MustCompile(p.Match).MatchString(url) || p.Match == "" {
			t.Errorf("%s: match %q", url, p.Match)
		}
	}
}

func TestPageGivenIsAnArticle(t *testing.T) {
	body := `<body><article><h1>Bridge opens</h1>` + strings.Repeat("<p>The bridge over the river was opened on Monday by the mayor, who spoke of a new time.</p>", 6) +
		`</article><aside>` + teasers() + `</aside></body>`
	if p := from(t, "https://a.example/2023/07/bridge-opens/", body); p.Article == nil || p.Article.Title != "Bridge opens" || !p.Listing.Guess {
		t.Errorf("article %+v, listing %+v", p.Article, p.Listing)
	}
}

func TestGreekPageThatSaysEnglish(t *testing.T) {
	body := `<html lang="en-US"><body>` + strings.NewReplacer("Port reopens after the storm", "Το λιμάνι άνοιξε ξανά μετά την καταιγίδα", "Ferry to the islands sails again", "Το πλοίο για τα νησιά σαλπάρει ξανά",
		"Council votes on the new bridge", "Το συμβούλιο ψηφίζει για τη νέα γέφυρα", "School meals will be free from May", "Δωρεάν σχολικά γεύματα από τον Μάιο").Replace(
		teasers("05/07/2023", "04/07/2023")) + `</body></html>`
	p := from(t, "https://a.example/", body)
	if p.Language != "el" || len(p.Blocks) == 0 || p.Blocks[0].Date.Layout != "2/1/2006" {
		t.Errorf("language %q, blocks %+v", p.Language, p.Blocks)
	}
}

func TestNotMatchedIsPrinted(t *testing.T) {
	p := from(t, "https://a.example/", `<body>`+teasers()+`<a href="/about/">About</a> <a href="/contact/">Contact</a></body>`)
	if len(p.NotMatched) != 2 || !strings.Contains(p.YAML(), "# not matched: 2 links such as https://a.example/contact/ https://a.example/about/") {
		t.Errorf("not matched %q\n%s", p.NotMatched, p.YAML())
	}
}

func TestHostsAndNextArePrinted(t *testing.T) {
	more := strings.NewReplacer(`href="/`, `href="https://sports.a.example/`, "storm", "cup", "bridge", "stadium").Replace(teasers())
	text := from(t, "https://www.a.example/", `<body>`+teasers()+more+`<div><span>1</span> <a href="/page/2/">2</a></div></body>`).YAML()
	for _, want := range []string{"hosts: [www.a.example, sports.a.example]", "next: auto   # by page number: https://www.a.example/page/2/"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

func TestLayoutOf(t *testing.T) {
	day := func(raw, iso string) item.Date {
		at, err := time.Parse("2006-01-02T15:04:05", iso)
		if err != nil {
			t.Fatal(err)
		}
		return item.Date{Raw: raw, Time: at}
	}
	tests := []struct {
		name string
		date item.Date
		want string
	}{
		{"month's name and time", day("13 July 2023 / 13:31", "2023-07-13T13:31:00"), "2 January 2006 / 15:04"},
		{"day first", day("05.07.2023 9:05", "2023-07-05T09:05:00"), "2.1.2006 15:04"},
		{"month first", day("07/05/2023", "2023-07-05T00:00:00"), "1/2/2006"},
		{"year first", day("2023-07-07 13:31:05", "2023-07-07T13:31:05"), "2006-1-2 15:04:05"},
		{"weekday", day("Thursday, July 13, 2023 1:31 PM", "2023-07-13T13:31:00"), "Monday, January 2, 2006 3:04 PM"},
		{"day or month", day("07.07.2023", "2023-07-07T00:00:00"), ""},
		{"another language", day("13 июля 2023", "2023-07-13T00:00:00"), ""},
		{"none", item.Date{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := layoutOf(tt.date); got != tt.want {
				t.Errorf("layoutOf(%q) = %q, want %q", tt.date.Raw, got, tt.want)
			}
		})
	}
}

func TestGuessZone(t *testing.T) {
	at := func(offset int) item.Date {
		return item.Date{Time: time.Date(2023, 7, 13, 13, 31, 0, 0, time.FixedZone("", offset*3600)), Zoned: true, Precision: item.Second}
	}
	tests := []struct {
		name, host   string
		date         item.Date
		zone, reason string
	}{
		{"domain", "news.example.ge", item.Date{}, "Asia/Tbilisi", "a guess from the domain .ge"},
		{"domain and offset", "a.de", at(2), "Europe/Berlin", "+02:00"},
		{"domain against offset", "a.de", at(4), "", "Europe/Berlin"},
		{"offset alone", "ccbs.news", at(4), "", "+04:00"},
		{"only UTC declared", "a.pl", at(0), "Europe/Warsaw", ".pl"},
		{"nothing", "a.com", item.Date{}, "", ""},
		{"a country with several zones", "a.com.au", item.Date{}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			zone, reason := guessZone(tt.host, tt.date)
			if zone != tt.zone || !strings.Contains(reason, tt.reason) {
				t.Errorf("guessZone = %q, %q, want %q, …%q…", zone, reason, tt.zone, tt.reason)
			}
		})
	}
}

const block = "  - name: new\n    sources:\n      - listing: {urls: [\"https://new.example/\"]}\n"

func TestAppendKeepsTheRest(t *testing.T) {
	tests := []struct{ name, text, before, after string }{
		{"sites last", "version: 1\nsites:\n  - name: a # first\n    sources: []\n", "version: 1\nsites:\n  - name: a # first\n    sources: []\n", ""},
		{"a key below", "sites:\n  - name: a\n\n# how many\nworkers: 4\n", "sites:\n  - name: a\n", "\n# how many\nworkers: 4\n"},
		{"no line end", "sites:\n  - name: a", "sites:\n  - name: a\n", ""},
		{"comment at the end", "sites:\n  - name: a\n    # later: more\n", "sites:\n  - name: a\n", "    # later: more\n"},
		{"empty", "sites:\n", "sites:\n", ""},
		{"an empty list", "sites: []  # none yet\nworkers: 2\n", "sites:\n", "workers: 2\n"},
		{"no key", "defaults: {delay: 2s}\n", "defaults: {delay: 2s}\nsites:\n", ""},
		{"no key, no line end", "version: 1", "version: 1\nsites:\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Append(tt.text, block)
			if want := tt.before + block + tt.after; err != nil || got != want {
				t.Errorf("Append: %v\n%s\nwant\n%s", err, got, want)
			}
		})
	}
	t.Run("indented by four", func(t *testing.T) {
		got, err := Append("sites:\n    - name: a\n", block)
		if err != nil || !strings.Contains(got, "\n    - name: new\n      sources:") {
			t.Errorf("%v\n%s", err, got)
		}
	})
	t.Run("not indented", func(t *testing.T) {
		got, err := Append("sites:\n- name: a\n  sources: []\nworkers: 2\n", block)
		if err != nil || !strings.HasSuffix(got, "\n- name: new\n  sources:\n    - listing: {urls: [\"https://new.example/\"]}\nworkers: 2\n") {
			t.Errorf("%v\n%s", err, got)
		}
	})
	if got, err := Append("sites: [{name: a}]\n", block); err == nil {
		t.Errorf("sites on one line gave %q", got)
	}
}
