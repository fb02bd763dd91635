package date

import (
	"strings"
	"testing"
	"time"

	"github.com/newsonce/newsonce/crawler/item"
)

// FuzzTraces reads dates out of scripts and attributes: none is after the fetch,
// and the raw text is part of what was read.
func FuzzTraces(f *testing.F) {
	for _, s := range []string{`show("2023/07/13 13:31")`, `{"publishDate":"20230713"}`, `x={\"created_at\":\"2023-07-13T13:31:00+04:00\"}`, `published_time:1689255060,`, `"tz":"America\/New_York"`, `'"publishedAt','`} {
		f.Add(s)
	}
	latest := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		r := New(Options{FetchedAt: latest, Language: "en"})
		check := func(d item.Date) {
			if !d.IsZero() && (d.Time.After(latest.Add(24*time.Hour)) || !strings.Contains(s, d.Raw)) {
				t.Fatalf("%q gives %v from %q", s, d, d.Raw)
			}
		}
		if d, ok := r.Quoted(s); ok {
			check(d)
		}
		for _, part := range stateKeys {
			var found keyed
			r.keyedIn(s, part, &found)
			check(found.date)
		}
		if name := zoneName(s); name != "" && !strings.Contains(name, "/") {
			t.Fatalf("zone %q", name)
		}
		if d, ok := r.Since(s); ok {
			check(d)
		}
	})
}
