package polite

import (
	"testing"
	"time"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	const sent = "Tue, 24 Nov 2026 11:00:00 GMT" // an hour before our clock
	tests := []struct {
		name, value, date string
		want              time.Duration
		ok                bool
	}{
		{"seconds", "120", "", 2 * time.Minute, true},
		{"seconds, with space", " 120\t", sent, 2 * time.Minute, true},
		{"zero", "0", "", 0, true},
		{"fraction, rounded up", "1.2", "", 2 * time.Second, true},
		{"two days", "172800", "", MaxRetryAfter, true},
		{"more digits than any number has", "99999999999999999999999999", "", MaxRetryAfter, true},
		{"negative", "-1", "", 0, false},
		{"with a unit", "10s", "", 0, false},
		{"point only", ".", "", 0, false},
		{"empty", "", "", 0, false},
		{"word", "later", "", 0, false},
		{"date, against the answer's own", "Tue, 24 Nov 2026 11:10:00 GMT", sent, 10 * time.Minute, true},
		{"date, against our clock", "Tue, 24 Nov 2026 12:10:00 GMT", "", 10 * time.Minute, true},
		{"date, against a broken one", "Tue, 24 Nov 2026 12:10:00 GMT", "yesterday", 10 * time.Minute, true},
		{"date as in RFC 850", "Tuesday, 24-Nov-26 12:10:00 GMT", "", 10 * time.Minute, true},
		{"date as asctime", "Tue Nov 24 12:10:00 2026", "", 10 * time.Minute, true},
		{"date gone by", "Tue, 24 Nov 2026 10:00:00 GMT", sent, 0, true},
		{"date in a year", "Wed, 24 Nov 2027 12:00:00 GMT", "", MaxRetryAfter, true},
		{"date in 8,000 years", "Fri, 31 Dec 9999 23:59:59 GMT", "", MaxRetryAfter, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := RetryAfter(tt.value, tt.date, now)
			if got != tt.want || ok != tt.ok {
				t.Errorf("RetryAfter(%q, %q) = %v, %v, want %v, %v", tt.value, tt.date, got, ok, tt.want, tt.ok)
			}
		})
	}
}

// FuzzRetryAfter checks that the wait is 0 to a day, and 0 for an invalid value.
func FuzzRetryAfter(f *testing.F) {
	f.Add("120", "")
	f.Add("1.5", "Tue, 24 Nov 2026 11:00:00 GMT")
	f.Add("Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT")
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, value, date string) {
		wait, ok := RetryAfter(value, date, now)
		if wait < 0 || wait > MaxRetryAfter || !ok && wait != 0 {
			t.Fatalf("RetryAfter(%q, %q) = %v, %v", value, date, wait, ok)
		}
	})
}
