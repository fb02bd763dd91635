package propose

import (
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

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
	for _, text := range []string{"sites: [{name: a}]\n", "version: 1\n"} {
		if got, err := Append(text, block); err == nil {
			t.Errorf("%q gave %q", text, got)
		}
	}
}
