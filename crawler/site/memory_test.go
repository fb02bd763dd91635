package site

import (
	"bytes"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/state"
)

// TestRecall stores what alarms saw and reads it as status does.
func TestRecall(t *testing.T) {
	cfg := expectNew(t, ">=1/2d", `    article: {match: '/news/\d+'}
`)
	kept := windows{}
	a, err := NewAlarm(t.Context(), kept, cfg)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 1, 6, 0, 0, 0, time.UTC)
	a.Read(at)
	a.Find(1, 0, at)
	a.Gap("https://news.example/", at)
	for range 4 {
		a.Listed("https://news.example/", &Share{20, 60}, at)
	}
	for range 9 {
		a.Record(Observation{BlockedKey, true})
	}
	check := func(key, expected, text string, alarm, routine bool) {
		t.Helper()
		kept.keep(t, a)
		m, ok := Recall(state.Window{Site: "news", Key: key, Seen: kept[key]}, cfg)
		if !ok || m.Expected != expected || m.Text != text || m.Alarm != alarm || m.Routine != routine {
			t.Errorf("%s: %+v, %v; want %q: %q, alarm %v, routine %v", key, m, ok, expected, text, alarm, routine)
		}
	}
	const match, gap = "match https://news.example/", "gap https://news.example/"
	check("new", "new >=1/2d", "last at 2026-11-01T06:00:00Z", false, false)
	check(match, "article.match on https://news.example/", "20 of 60 links match, usually 33 %", false, true)
	check(gap, "no gap in https://news.example/",
		"all links were new at 2026-11-01T06:00:00Z, so there may be one before", false, false)
	check(BlockedKey, "less than half walls", "held on 9 of the last 9 pages", false, true)

	a.Read(at.Add(24 * time.Hour))
	a.Read(at.Add(48 * time.Hour))
	a.Listed("https://news.example/", &Share{1, 60}, at)
	for range 9 {
		a.Record(Observation{BlockedKey, false})
	}
	check("new", "new >=1/2d", "silent since 2026-11-01T06:00:00Z", true, false)
	check(match, "article.match on https://news.example/", "1 of 60 links match, usually 33 %", true, false)
	check(BlockedKey, "less than half walls", "held on 9 of the last 18 pages", true, false)

	for _, key := range []string{"article.title", "headlines.none"} { // of an earlier configuration
		if m, ok := Recall(state.Window{Site: "news", Key: key, Seen: bytes.Repeat([]byte{1}, 9)}, cfg); ok {
			t.Errorf("%s, which nobody expects any more: %+v", key, m)
		}
	}
}
