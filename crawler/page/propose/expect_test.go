package propose

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestFrequency: the list begins on a Friday at 10:00; gaps are hours between two
// entries, repeated n times.
func TestFrequency(t *testing.T) {
	for _, tt := range []struct {
		name string
		gaps []int
		n    int
		days int
	}{
		{"every hour", []int{1}, 40, 2},
		{"every two hours", []int{2}, 10, 2},
		{"four times a day, on weekdays so far", []int{3, 3, 3, 15}, 2, 4},
		{"four times a day, also at weekends", []int{3, 3, 3, 15}, 6, 2},
		{"four times a day, closed at weekends", []int{3, 3, 3, 15, 3, 3, 3, 63}, 2, 7},
		{"once a day", []int{24}, 20, 14},
		{"once a week", []int{168}, 8, 0},
		{"twice a week", []int{72, 96}, 8, 30},
		{"all at once", []int{0}, 20, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
			dates := []time.Time{at}
			for range tt.n {
				for _, hours := range tt.gaps {
					at = at.Add(time.Duration(-hours) * time.Hour)
					dates = append(dates, at)
				}
			}
			if days, perDay := frequency(dates, dates[0]); days != tt.days || perDay <= 0 {
				t.Errorf("%d days at %.1f a day, want %d", days, perDay, tt.days)
			}
		})
	}
}

func TestMaxPages(t *testing.T) {
	for _, tt := range []struct {
		perDay float64
		links  int
		want   int
	}{{0, 20, 5}, {2, 20, 5}, {30, 20, 11}, {30, 0, 5}, {1000, 10, 50}} {
		if got := maxPages(tt.perDay, tt.links); got != tt.want {
			t.Errorf("%.0f a day, %d links a page: %d pages, want %d", tt.perDay, tt.links, got, tt.want)
		}
	}
}

// TestExpectations: what the pages hold is expected.
func TestExpectations(t *testing.T) {
	const url = "https://news.example/news/"
	at := time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC)
	var entries strings.Builder
	for i := range 30 {
		fmt.Fprintf(&entries, `<li><a href="/news/%d">The council of Anham decided on matter %d of its list</a>
<time datetime="%s"></time></li>`, 7000-i, i, at.Add(-time.Duration(i)*3*time.Hour).Format(time.RFC3339))
	}
	listing := Page{URL: url, FetchedAt: at.Add(time.Hour), Body: []byte(`<html lang="en"><body><ul>` + entries.String() +
		`</ul><a rel="next" href="/news/?page=2">Older</a></body></html>`)}
	text := strings.Repeat("<p>"+strings.Repeat("The council met on Monday and decided on the harbour wall. ", 6)+"</p>", 4)
	article := func(head string) Page {
		return Page{URL: "https://news.example/news/7000", FetchedAt: at.Add(time.Hour),
			Body: []byte(`<html lang="en"><head>` + head + `</head><body><article><h1>The council of Anham decided</h1>` + text + `</article></body></html>`)}
	}
	for _, tt := range []struct {
		name  string
		pages []Page
		want  []string
	}{
		{"a listing alone", nil, []string{`new: ">=1/4d"   # about 8 articles a day up to 2026-11-20`, `article.content_text: 0.8`}},
		{"with an article", []Page{article(`<meta property="article:published_time" content="2026-11-20T18:00:00Z">`)},
			[]string{`new: ">=1/4d"`, `article.title: 0.8`, `article.date_published: 0.8`, `article.content_text: 0.8`}},
		{"a listing without dates", []Page{article("")}, []string{`# new: ">=1/7d"   # no dates tell`, `article.title: 0.8`, `article.content_text: 0.8`}},
		{"a listing at rest for a month", nil, []string{`# new: ">=1/90d"   # about 8 articles a day up to 2026-11-20`, `article.content_text: 0.8`}},
		{"with an undated article", []Page{article("")}, []string{`new: ">=1/4d"`, `article.title: 0.8`, `article.content_text: 0.8`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			first := listing
			if strings.Contains(tt.name, "at rest") {
				first.FetchedAt = at.Add(30 * day)
			}
			if strings.Contains(tt.name, "without dates") {
				first.Body = regexp.MustCompile("<time[^>]*></time>").ReplaceAll(first.Body, nil)
			}
			p, err := From(first, tt.pages...)
			if err != nil {
				t.Fatal(err)
			}
			_, got, _ := strings.Cut(p.YAML(), "    expect:")
			lines := strings.Split(strings.TrimSpace(got), "\n")[1:]
			if len(lines) != len(tt.want) {
				t.Fatalf("expectations %q, want %q", lines, tt.want)
			}
			for i, want := range tt.want {
				if !strings.HasPrefix(strings.TrimSpace(lines[i]), want) {
					t.Errorf("line %q, want %q", lines[i], want)
				}
			}
			if !strings.Contains(p.YAML(), "max_pages: 5\n") {
				t.Errorf("no max_pages: 5 in\n%s", p.YAML())
			}
		})
	}
}
