package date

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
	"time"
)

// TestRelativeVectors reads the relative dates of testdata/dates.jsonl.
func TestRelativeVectors(t *testing.T) {
	f, err := os.Open("testdata/dates.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var v struct {
			ID, Lang, Text, Kind, Now string
			Ago                       struct{ Hours int }
		}
		if err := json.Unmarshal(s.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if v.Kind != "rel" {
			continue
		}
		now, err := time.Parse("2006-01-02T15:04:05", v.Now)
		if err != nil {
			t.Fatal(err)
		}
		r := New(Options{FetchedAt: now, Language: v.Lang})
		if d, _ := r.Relative(v.Text); !d.Time.Equal(now.Add(-time.Duration(v.Ago.Hours) * time.Hour)) {
			t.Errorf("%s: relative(%q) = %q, want %d hours before %s", v.ID, v.Text, d, v.Ago.Hours, v.Now)
		}
	}
}

func TestRelativeDate(t *testing.T) {
	zone := time.FixedZone("", 4*3600)
	fetched := time.Date(2024, 6, 13, 21, 19, 30, 0, time.UTC) // the 14th in the zone
	for _, c := range []struct {
		name, in string
		zone     *time.Location
		want     string
	}{
		{"minutes", "5 minutes ago", nil, "2024-06-13T21:14:00+00:00"},
		{"hours in the site's zone", "vor 2 Stunden", zone, "2024-06-13T23:19:00+04:00"},
		{"one hour without a number", "час назад", nil, "2024-06-13T20:19:00+00:00"},
		{"an hour", "an hour ago", nil, "2024-06-13T20:19:00+00:00"},
		{"days are days", "il y a 3 jours", nil, "2024-06-10"},
		{"weeks", "2 weeks ago", nil, "2024-05-30"},
		{"yesterday in the site's zone", "Yesterday, 13:31", zone, "2024-06-13T13:31:00+04:00"},
		{"today", "Сегодня 13:31", nil, "2024-06-13T13:31:00"},
		{"yesterday alone", "Gestern", nil, "2024-06-12"},
		{"the day before, in two words", "i går, 13:31", nil, "2024-06-12T13:31:00"},
		{"some hours before, by a preposition", "преди 2 часа", nil, "2024-06-13T19:19:00+00:00"},
		{"a word between", "vor etwa 2 Stunden", nil, "2024-06-13T19:19:00+00:00"},
		{"il y a", "il y a 2 heures", nil, "2024-06-13T19:19:00+00:00"},
		{"a unit that says ago", "2 órája", nil, "2024-06-13T19:19:00+00:00"},
		{"hebrew", "לפני 2 שעות", nil, "2024-06-13T19:19:00+00:00"},
		{"hours of a day", "Open 24 hours a day", nil, ""},
		{"a span that lasts", "Held for 2 hours", nil, ""},
		{"yesterday in a sentence", "Yesterday the port of the capital opened", nil, ""},
		{"an hour that is no span", "Open 24 hours", nil, ""},
		{"a span without its unit", "3 ago", nil, ""},
		{"empty", "", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := New(Options{FetchedAt: fetched, Zone: c.zone})
			if got, _ := r.Relative(c.in); got.String() != c.want {
				t.Errorf("relative(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
	if d, ok := New(Options{Language: "en"}).Relative("2 hours ago"); ok {
		t.Errorf("relative without a time of fetch = %v", d)
	}
}

func TestYearless(t *testing.T) {
	fetched := time.Date(2024, 6, 13, 9, 19, 0, 0, time.UTC)
	for in, want := range map[string]string{
		"13 July":             "2023-07-13",
		"12 June, 10:42":      "2024-06-12T10:42:00",
		"Jul. 13":             "2023-07-13",
		"Thursday, July 13":   "2023-07-13",
		"13 июля, 13:31":      "2023-07-13T13:31:00",
		"7月13日":               "2023-07-13",
		"7월 13일 13:31":        "2023-07-13T13:31:00",
		"31 June":             "",
		"July":                "",
		"May 5 ships sink":    "",
		"Champions of 5 June": "",
	} {
		if got, _ := New(Options{FetchedAt: fetched}).yearless(in); got.String() != want {
			t.Errorf("yearless(%q) = %q, want %q", in, got, want)
		}
	}
	if d, ok := New(Options{}).yearless("13 July"); ok {
		t.Errorf("without a time of fetch: %v", d)
	}
}
