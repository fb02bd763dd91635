package site

import (
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/config"
)

const matchNews = `    article: {match: '/news/\d+'}
`

// reads simulates one run per share, a step apart, and returns the runs that report it.
func reads(t *testing.T, cfg *config.Site, kept windows, step time.Duration, list []Share) (reported []int, text string) {
	t.Helper()
	now := time.Date(2026, 11, 1, 6, 0, 0, 0, time.UTC)
	for i := range list {
		a, err := NewAlarm(t.Context(), kept, cfg)
		if err != nil {
			t.Fatal(err)
		}
		share := &list[i]
		if *share == (Share{}) { // not modified
			share = nil
		}
		a.Listed("https://news.example/", share, now)
		kept.keep(t, a)
		if broken := a.Broken(); len(broken) > 0 {
			reported, text = append(reported, i), strings.Join(broken, "\n")
		}
		now = now.Add(step)
	}
	return reported, text
}

func repeat(s Share, n int) []Share {
	var list []Share
	for range n {
		list = append(list, s)
	}
	return list
}

func TestShare(t *testing.T) {
	for _, tt := range []struct {
		name string
		list []Share
		want int // index of the first read that is reported, -1 for none
	}{
		{"other URLs", append(repeat(Share{20, 60}, 5), Share{2, 60}), 5},
		{"no match at all", append(repeat(Share{20, 60}, 5), Share{0, 60}), 5},
		{"just under half", append(repeat(Share{20, 60}, 5), Share{9, 60}), 5},
		{"half", append(repeat(Share{20, 60}, 5), Share{10, 60}), -1},
		{"too short a past", []Share{{20, 60}, {20, 60}, {2, 60}}, -1},
		{"unchanged reads are a past", []Share{{20, 60}, {}, {}, {2, 60}}, 3},
		{"an unchanged page stays low", []Share{{20, 60}, {20, 60}, {20, 60}, {2, 60}, {}}, 3},
		{"a small listing", append(repeat(Share{6, 9}, 5), Share{0, 9}), -1},
		{"few matches", append(repeat(Share{4, 60}, 5), Share{0, 60}), -1},
		{"a small page of a large listing", append(repeat(Share{20, 60}, 5), Share{0, 9}), -1},
		{"ups and downs", []Share{{20, 60}, {30, 60}, {14, 60}, {25, 70}, {12, 50}, {40, 60}, {16, 60}}, -1},
		{"more matches", append(repeat(Share{5, 60}, 5), Share{55, 60}, Share{5, 60}), -1},
		{"one odd page does not change the past", []Share{{20, 60}, {20, 60}, {20, 60}, {60, 60}, {20, 60}}, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			reported, _ := reads(t, expectNew(t, ">=1/7d", matchNews), windows{}, time.Hour, tt.list)
			first := -1
			if len(reported) > 0 {
				first = reported[0]
			}
			if first != tt.want {
				t.Errorf("reported at %v, want first at %d", reported, tt.want)
			}
		})
	}
}

func TestShareText(t *testing.T) {
	_, text := reads(t, expectNew(t, ">=1/7d", matchNews), windows{}, time.Hour, append(repeat(Share{20, 60}, 5), Share{2, 60}))
	const want = "https://news.example/: 2 of its 60 links match article.match, usually 33 %: the site may have changed its URLs; " +
		"newsonce check --online lists the links that do not match"
	if text != want {
		t.Errorf("%q, want %q", text, want)
	}
}

// TestShareIsReportedForDays: reads every hour do not make a low share the usual one
// before a person sees the alarm; ten days later it is.
func TestShareIsReportedForDays(t *testing.T) {
	list := append(repeat(Share{20, 60}, 40), repeat(Share{2, 60}, 24*14)...)
	reported, _ := reads(t, expectNew(t, ">=1/7d", matchNews), windows{}, time.Hour, list)
	if days := len(reported) / 24; days < 7 || days > 12 || reported[0] != 40 {
		t.Errorf("reported for %d days from read %d", days, reported[0])
	}
}

// TestShareOfAnotherPattern: another article.match has another past.
func TestShareOfAnotherPattern(t *testing.T) {
	kept := windows{}
	reads(t, expectNew(t, ">=1/7d", matchNews), kept, time.Hour, repeat(Share{20, 60}, 5))
	other := expectNew(t, ">=1/7d", "    article: {match: '/other/'}\n")
	if reported, text := reads(t, other, kept, time.Hour, []Share{{2, 60}}); len(reported) > 0 {
		t.Errorf("reported with another article.match: %s", text)
	}
}
