package source

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestWARCFilter(t *testing.T) {
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	at := time.Date(2024, 3, 5, 23, 59, 59, 0, time.UTC)
	for _, tt := range []struct {
		name string
		f    WARCFilter
		url  string
		want bool
	}{
		{"nothing", WARCFilter{}, "https://a.example/1", true},
		{"host", WARCFilter{Hosts: []string{"b.example", "a.example"}}, "https://A.example:443/1", true},
		{"host with a port", WARCFilter{Hosts: []string{"a.example:8080"}}, "http://a.example:8080/", true},
		{"another host", WARCFilter{Hosts: []string{"a.example"}}, "https://www.a.example/1", false},
		{"every host", WARCFilter{Hosts: []string{"*"}}, "https://www.a.example/1", true},
		{"pattern", WARCFilter{Match: regexp.MustCompile(`/\d+$`)}, "https://a.example/1", true},
		{"another pattern", WARCFilter{Match: regexp.MustCompile(`/\d+$`)}, "https://a.example/about", false},
		{"the last day", WARCFilter{To: day("2024-03-05")}, "https://a.example/", true},
		{"a day too late", WARCFilter{To: day("2024-03-04")}, "https://a.example/", false},
		{"the first day", WARCFilter{From: day("2024-03-05")}, "https://a.example/", true},
		{"a day too early", WARCFilter{From: day("2024-03-06")}, "https://a.example/", false},
	} {
		if got := tt.f.Takes(tt.url, at); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
	if !(WARCFilter{From: day("2024-03-06")}).Takes("https://a.example/", time.Time{}) {
		t.Error("a page without a time is not taken")
	}
}

func TestTakesLanguage(t *testing.T) {
	for _, tt := range []struct {
		wanted, page string
		want         bool
	}{
		{"", "fr", true}, {"en", "en", true}, {"en", "en-GB", true}, {"en", "en_US", true}, {"en-GB", "en", false}, {"pt-BR", "pt-br", true}, {"pt-BR", "pt-PT", false},
		{"en de", "de-AT", true}, {"en", "fr", false}, {"en", "", true}, {"en", "not a language", true}, {"sr-Latn", "sr", false}, {"sr", "sr-Latn-RS", true},
	} {
		if got := TakesLanguage(strings.Fields(tt.wanted), tt.page); got != tt.want {
			t.Errorf("%q takes %q: %v", tt.wanted, tt.page, got)
		}
	}
}
