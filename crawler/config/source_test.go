package config

import (
	"regexp"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/extract"
	"github.com/newsonce/newsonce/crawler/jsonlist"
)

func TestIsListing(t *testing.T) {
	links := []extract.Selector{{Source: "h2 a"}}
	match := regexp.MustCompile(`/article/\d+`)
	for _, tt := range []struct {
		name  string
		in    Archive
		match *regexp.Regexp
		want  bool
	}{
		{"links", Archive{URL: "https://a.test/article/{id}/", By: "id", Links: links}, match, true},
		{"json", Archive{URL: "https://a.test/api?page={page}", By: "page", JSON: &jsonlist.Rules{}}, nil, true},
		{"ids", Archive{URL: "https://a.test/{id}/", By: "id"}, nil, false},
		{"ids beside article.match", Archive{URL: "https://a.test/{id}/", By: "id"}, match, false},
		{"pages that are articles", Archive{URL: "https://a.test/article/{page}/", By: "page"}, match, false},
		{"pages", Archive{URL: "https://a.test/all?page={page}", By: "page"}, match, true},
		{"pages, no article.match", Archive{URL: "https://a.test/article/{page}/", By: "page"}, nil, true},
		{"days", Archive{URL: "https://a.test/{date:2006/01/02}/", By: "date"}, match, true},
		{"one article a day", Archive{URL: "https://a.test/article/{date:20060102}", By: "date"}, match, false},
	} {
		a := tt.in
		a.From, a.Step, a.Order = "1", "1", "asc"
		if a.By == "date" {
			a.From, a.To, a.Step, a.Order = "2003-05-01", "2003-05-02", "day", "desc"
		}
		if got := a.IsListing(tt.match); got != tt.want {
			t.Errorf("%s: %t, want %t", tt.name, got, tt.want)
		}
	}
}

func TestSince(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		in   Since
		want time.Time
	}{{Since{}, time.Time{}}, {Since{Day: day}, day}, {Since{Age: 36 * time.Hour}, now.Add(-36 * time.Hour)}} {
		if got := tt.in.First(now); !got.Equal(tt.want) {
			t.Errorf("%+v begins %s, want %s", tt.in, got, tt.want)
		}
	}
}
