package date

import (
	"testing"
	"time"
)

// TestInPath: days in the path of a URL.
func TestInPath(t *testing.T) {
	r := New(Options{FetchedAt: time.Date(2024, 6, 13, 9, 19, 30, 0, time.UTC)})
	for path, want := range map[string]string{
		"/2024/03/14/quay": "2024-03-14", "/2024/3/4/quay": "2024-03-04", "/20240314/quay": "2024-03-14", "/news-2024-03-14": "2024-03-14",
		"/14/03/2024/quay": "2024-03-14", "/4/3/2024/quay": "2024-03-04", "/14-03-2024-quay": "2024-03-14", "/quay-14.03.2024.html": "2024-03-14",
		"/14032024/quay": "2024-03-14", "/14-0320240/quay": "", "/14-032024/quay": "", "/41032024/quay": "", "/31/02/2024/quay": "",
		"/2024/mar/14/quay": "2024-03-14", "/14-marzo-2024/quay": "2024-03-14", "/2024/mai/14": "2024-05-14", "/2024/quay/14/": "", "/14-quay-2024/": "",
		"/14/03/2025/quay": "", "/2025/03/14/": "", "/quay": "", "/2024/quay": "", "/1/2/quay-2024": "",
	} {
		d, ok := r.InPath(path)
		if got := d.String(); got != want || ok != (want != "") {
			t.Errorf("InPath(%q) = %q, %v, want %q", path, got, ok, want)
		}
	}
}

// TestFigures: dates in figures alone, and months in Roman ones.
func TestFigures(t *testing.T) {
	r := New(Options{FetchedAt: time.Date(2024, 6, 13, 9, 19, 30, 0, time.UTC)})
	for s, want := range map[string]string{
		"20240314180506": "2024-03-14T18:05:06", "202403141805": "2024-03-14T18:05:00", "20240314235959": "2024-03-14T23:59:59",
		"20240314240000": "", "20240314186000": "", "20240314180560": "", "20241314180506": "", "2024031418050": "", "٢٠٢٤٠٣١٤١٨٠٥٠٦": "",
		"14.III.2024": "2024-03-14", "14 XII 2023": "2023-12-14", "14/I/2024": "2024-01-14", "2024. III. 14.": "2024-03-14", "14 III 24": "",
		"Henry VIII 2024": "", "14 III": "", "14 Q 2024": "",
	} {
		d, _ := r.Read(s)
		if got := d.String(); got != want {
			t.Errorf("Read(%q) = %q, want %q", s, got, want)
		}
	}
}

// TestMonthOrder: 04/03 where a page declares English.
func TestMonthOrder(t *testing.T) {
	english := true
	for _, c := range []struct {
		lang, text, want string
		english          func() bool
	}{
		{"en-US", "04/03/2024", "2024-04-03", nil},
		{"en-US", "04/03/2024", "2024-04-03", func() bool { return english }},
		{"en-US", "04/03/2024", "2024-03-04", func() bool { return !english }},
		{"en-US", "14/03/2024", "2024-03-14", func() bool { return english }},
		{"en-US", "04/13/2024", "2024-04-13", func() bool { return !english }},
		{"en-US", "04.03.2024", "2024-03-04", nil},
		{"en-US", "12/12/2023", "2023-12-12", nil},
		{"de", "04/03/2024", "2024-03-04", func() bool { return english }},
	} {
		d, _ := New(Options{Language: c.lang, English: c.english}).Read(c.text)
		if got := d.String(); got != c.want {
			t.Errorf("%s in %s: %q, want %q", c.text, c.lang, got, c.want)
		}
	}
}

// TestEpoch: moments at which a clock of 1970 begins, and those beside them.
func TestEpoch(t *testing.T) {
	r := New(Options{})
	for s, want := range map[string]bool{
		"1970-01-01T00:00:00Z": false, "1969-12-31T23:59:59Z": false, "1970-01-01T14:00:00Z": false, "1970-01-01T14:15:00Z": true,
		"1969-12-31T10:00:00Z": false, "1969-12-31T09:45:00Z": true, "1970-01-01T00:07:00Z": true, "1970-01-01T00:00:01Z": true, "1970-01-02T00:00:00Z": true,
		"1969-12-31T09:59:59Z": false, "1900-01-01T00:00:00Z": false, "1900-01-02T00:00:00Z": true,
	} {
		if _, ok := r.Read(s); ok != want {
			t.Errorf("%s is read: %v", s, ok)
		}
	}
}

// TestMarksOther: labels of dates of other things.
func TestMarksOther(t *testing.T) {
	for label, want := range map[string]bool{
		"Broadcast on": true, "Sendung vom": true, "Эфир": true, "Published on": false, "": false,
		"aired by a station of four towns on": false, "The sender": false,
	} {
		if MarksOther(label) != want {
			t.Errorf("MarksOther(%q) = %v", label, !want)
		}
	}
}
