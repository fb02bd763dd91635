package item

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDate(t *testing.T) {
	kathmandu := time.FixedZone("", 5*60*60+45*60)
	for _, tt := range []struct {
		name string
		date Date
		want string
		day  string
	}{
		{"none", Date{Raw: "soon"}, "", ""},
		{"a day is not midnight", Date{Time: time.Date(2023, 7, 13, 0, 0, 0, 0, time.UTC)}, "2023-07-13", "2023-07-13"},
		{"a day has no zone", Date{Time: time.Date(2023, 7, 13, 0, 0, 0, 0, tbilisi), Zoned: true}, "2023-07-13", "2023-07-13"},
		{"midnight is a time", Date{Time: time.Date(2023, 7, 13, 0, 0, 0, 0, time.UTC), Precision: Second}, "2023-07-13T00:00:00", "2023-07-13"},
		{"no zone known", local, "2023-11-30T10:42:00", "2023-11-30"},
		{"stated zone", stated, "2023-07-13T13:31:00+04:00", "2023-07-13"},
		{"UTC is an offset as any", Date{Time: time.Date(2023, 7, 13, 13, 31, 5, 0, time.UTC), Precision: Second, Zoned: true}, "2023-07-13T13:31:05+00:00", "2023-07-13"},
		{"west of Greenwich, half hours", Date{Time: time.Date(2023, 7, 13, 23, 59, 59, 0, time.FixedZone("", -3*60*60-30*60)), Precision: Second, Zoned: true}, "2023-07-13T23:59:59-03:30", "2023-07-13"},
		{"quarters of an hour", Date{Time: time.Date(2023, 1, 1, 1, 2, 3, 0, kathmandu), Precision: Second, Zoned: true}, "2023-01-01T01:02:03+05:45", "2023-01-01"},
		{"fractions are cut", Date{Time: time.Date(2023, 7, 13, 13, 31, 5, 999e6, time.UTC), Precision: Second}, "2023-07-13T13:31:05", "2023-07-13"},
		{"long ago", Date{Time: time.Date(987, 1, 2, 0, 0, 0, 0, time.UTC)}, "0987-01-02", "0987-01-02"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.date.String(); got != tt.want {
				t.Errorf("String() = %q, want %q", got, tt.want)
			}
			if got := tt.date.Day(); got != tt.day {
				t.Errorf("Day() = %q, want %q", got, tt.day)
			}
			var back Date
			if err := back.UnmarshalText([]byte(tt.want)); err != nil {
				t.Fatal(err)
			}
			if got := back.String(); got != tt.want || back.Raw != "" {
				t.Errorf("read back as %q with raw text %q, want %q without", got, back.Raw, tt.want)
			}
		})
	}
}

func TestDateReads(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"Z is UTC", "2023-07-13T13:31:00Z", "2023-07-13T13:31:00+00:00"},
		{"fraction with a zone", "2023-07-13T13:31:00.25Z", "2023-07-13T13:31:00+00:00"},
		{"fraction without", "2023-07-13T13:31:00.25", "2023-07-13T13:31:00"},
		{"minutes only", "2023-07-13T13:31", "error"},
		{"basic form", "20230713", "error"},
		{"no such day", "2023-02-30", "error"},
		{"trailing text", "2023-07-13 or so", "error"},
		{"words", "yesterday", "error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := Date{Raw: "before"}
			err := d.UnmarshalText([]byte(tt.text))
			got := d.String()
			if err != nil {
				got = "error"
				if !strings.Contains(err.Error(), tt.text) {
					t.Errorf("error %q does not name the text", err)
				}
			}
			if got != tt.want {
				t.Errorf("%q is read as %s, want %s", tt.text, got, tt.want)
			}
		})
	}
}

func TestDateRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// From year 1, since the zero time is no date. Offsets are whole minutes.
		zone := time.FixedZone("", 60*rapid.IntRange(-14*60, 14*60).Draw(t, "offset in minutes"))
		d := Date{Time: time.Unix(rapid.Int64Range(-62_000_000_000, 253_000_000_000).Draw(t, "time"), 0).In(zone), Precision: Second, Zoned: true}
		switch rapid.IntRange(0, 2).Draw(t, "form") {
		case 0:
			y, m, day := d.Time.Date()
			d = Date{Time: time.Date(y, m, day, 0, 0, 0, 0, time.UTC)}
		case 1:
			d.Time, d.Zoned = d.Time.UTC(), false
		}
		b, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var back Date
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		if !back.Time.Equal(d.Time) || back.Precision != d.Precision || back.Zoned != d.Zoned || back.String() != d.String() {
			t.Fatalf("%+v was written as %s and read as %+v", d, b, back)
		}
	})
}

func TestInstant(t *testing.T) {
	east := time.Date(2026, 11, 20, 10, 0, 1, 999_999_999, tbilisi)
	for _, tt := range []struct {
		name string
		in   Instant
		want string
	}{
		{"in UTC, whole seconds", At(east), "2026-11-20T06:00:01Z"},
		{"made without At", Instant{east}, "2026-11-20T06:00:01Z"},
		{"before 1970", At(time.Unix(-1, 5)), "1969-12-31T23:59:59Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, err := tt.in.MarshalText()
			if err != nil || string(text) != tt.want {
				t.Errorf("MarshalText() = %s, %v, want %s", text, err, tt.want)
			}
			b, err := json.Marshal(tt.in)
			if err != nil || string(b) != `"`+tt.want+`"` {
				t.Errorf("MarshalJSON() = %s, %v, want %q", b, err, tt.want)
			}
			var back Instant
			if err := json.Unmarshal(b, &back); err != nil || !back.Equal(At(tt.in.Time).Time) {
				t.Errorf("%s read back as %v, %v", b, back, err)
			}
		})
	}
}

// TestDateUTC gives a moment only where time and zone are known.
func TestDateUTC(t *testing.T) {
	for in, want := range map[string]string{
		"2023-07-13T13:31:00+04:00": "2023-07-13T09:31:00Z",
		"2023-07-13T13:31:00":       "", // no zone
		"2023-07-13":                "",
		"":                          "",
	} {
		var d Date
		if err := d.UnmarshalText([]byte(in)); err != nil {
			t.Fatal(err)
		}
		got := ""
		if at := d.UTC(); !at.IsZero() {
			got = at.Format(time.RFC3339)
		}
		if got != want {
			t.Errorf("%s in UTC is %q, want %q", in, got, want)
		}
	}
}
