package config

import (
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseDuration(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "1s": time.Second, "1m30s": 90 * time.Second, "24h": day, "30d": 30 * day,
		"1w": week, "1w2d": 9 * day, "1.5h": 90 * time.Minute, "0.5d": 12 * time.Hour, "250ms": 250 * time.Millisecond,
	} {
		if got, err := ParseDuration(in); err != nil || got != want {
			t.Errorf("ParseDuration(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "1", "1.5", "s", "1 s", "-1s", "1y", "1s2", "1e3s", "99999999999999999999s", "300000w"} {
		if got, err := ParseDuration(in); err == nil {
			t.Errorf("ParseDuration(%q) = %v, want an error", in, got)
		}
	}
}

// TestUnitsRoundTrip checks that printed durations and sizes read back the same.
func TestUnitsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(0, int64(1000*week)).Draw(t, "duration"))
		if got, err := ParseDuration(FormatDuration(d)); err != nil || got != d {
			t.Fatalf("duration %d printed %q read back as %d, %v", d, FormatDuration(d), got, err)
		}
		size := rapid.OneOf(rapid.Int64Range(0, 1<<50), rapid.Map(rapid.Int64Range(0, 4096), func(v int64) int64 { return v << 20 })).Draw(t, "size")
		r := &reader{}
		n := &Node{r: r, form: number}
		switch p := printSize(size).(type) {
		case string:
			n = &Node{r: r, form: text, text: p}
		case int64:
			n.text = strconv.FormatInt(p, 10)
		}
		if got := n.Size(); got != size || len(r.errs) > 0 {
			t.Fatalf("size %d printed %q read back as %d, %v", size, n.text, got, r.errs)
		}
	})
}

func TestDistance(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "abc", 3}, {"timezone", "timezone", 0}, {"timezome", "timezone", 1},
		{"outptu", "output", 1}, {"artcle", "article", 1}, {"kitten", "sitting", 3},
	} {
		if got := distance(tc.a, tc.b); got != tc.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tc.a, tc.b, got, tc.want)
		}
		if got := distance(tc.b, tc.a); got != tc.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tc.b, tc.a, got, tc.want)
		}
	}
}

func TestNearZone(t *testing.T) {
	for in, want := range map[string]string{
		"Asia/Tblisi": "Asia/Tbilisi", "asia/baku": "Asia/Baku", "Europe/Berln": "Europe/Berlin",
		"America/New-York": "America/New_York", "utc": "UTC", "Mars/Olympus": "", "+04:00": "", "": "",
	} {
		if got := nearZone(in); got != want {
			t.Errorf("nearZone(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCheckLayout(t *testing.T) {
	for _, layout := range []string{
		"2 January 2006 / 15:04", "02.01.2006", "2006-01-02T15:04:05Z07:00", "Jan 2, 2006 3:04 PM", "2/1/06", "Monday, 2 January 2006",
		"January 2, 2006, 15:04 MST", "2006年1月2日 15:04", "02 Jan 2006 03:04:05 pm", "2006-002",
	} {
		if err := checkLayout(layout); err != nil {
			t.Errorf("checkLayout(%q) = %v, want none", layout, err)
		}
	}
	for _, layout := range []string{
		"", "date", "%Y-%m-%d", "yyyy-MM-dd", "15:04", "January 2006", "2 January", "2006-01-02 3:04", "2006-01-02 03:04", "2006-01-02 :04",
		"13 July 2023", "Monday 2006 January", "200612",
	} {
		if checkLayout(layout) == nil {
			t.Errorf("checkLayout(%q) gives no error", layout)
		}
	}
}
