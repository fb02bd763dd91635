package main

import (
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestBody(t *testing.T) {
	text := "The port reopened on Monday after the storm."
	tests := []struct {
		name, want, got   string
		precision, recall float64
	}{
		{"the same", text, text, 1, 1},
		{"twice as much", "one two three four", "one two three four five", .5, 1},
		{"half", "one two three four five", "one two three four", 1, .5},
		{"short", "one two", "One two", 0, 0},
		{"ideographs", "港口重新开放", "港口重新开放", 1, 1},
	}
	for _, tt := range tests {
		c := compare(sequences(tt.want), sequences(tt.got))
		if c.precision() != tt.precision || c.recall() != tt.recall {
			t.Errorf("%s: precision %v, recall %v, want %v, %v", tt.name, c.precision(), c.recall(), tt.precision, tt.recall)
		}
	}
}

func TestSameDay(t *testing.T) {
	tests := []struct {
		want, got string
		same      bool
	}{
		{"2023-07-13", "2023-07-13T13:31:00", true},
		{"2023-07-13T23:30:00+04:00", "2023-07-13T19:30:00Z", true},
		{"2023-07-13T01:30:00+04:00", "2023-07-12T21:30:00Z", true},
		{"2023-07-13", "2023-07-12T21:30:00Z", false},
		{"2023-07-13", "", false},
		{"20230713", "2023-07-13", true},
	}
	for _, tt := range tests {
		if got := sameDay(tt.want, tt.got); got != tt.same {
			t.Errorf("sameDay(%s, %s) = %v", tt.want, tt.got, got)
		}
	}
}

func TestPeople(t *testing.T) {
	if got, want := people([]string{"By Ann Lee and Bo Day", "ANN LEE"}), []string{"ann lee",
		"bo day"}; !slices.Equal(got, want) {
		t.Errorf("people = %q, want %q", got, want)
	}
}

func TestHeadlinesWithoutDateAreNotJudged(t *testing.T) {
	base, err := url.Parse("https://a.example/")
	if err != nil {
		t.Fatal(err)
	}
	p := &page{url: base, gold: gold{Headlines: []headline{{"Port reopens", "/a/1", "2023-07-13"},
		{"Ferry sails", "/a/2", "2023-07-12"}}}}
	var s score
	s.page(p, &answer{headlines: []headline{
		{"Port reopens", "https://www.a.example/a/1/?utm_source=x", "2023-07-13T10:00:00"},
		{"Ferry sails", "https://a.example/a/2", "2023-07-13"},
		{"Most read: something", "https://a.example/a/9", ""},
	}})
	if mean(s.lists) != 1 || s.targets.f1() != 1 || s.dated != (share{1, 2}) {
		t.Errorf("%+v", s)
	}
}

func TestPutInto(t *testing.T) {
	file := filepath.Join(t.TempDir(), "b.md")
	if err := os.WriteFile(file, []byte("# Benchmarks\n\ncrawl\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"old\n", "new\n"} {
		if err := putInto(file, table); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if want := "# Benchmarks\n\ncrawl\n\n" + beginMark + "\nnew\n" + endMark + "\n"; string(got) != want {
		t.Errorf("%q, want %q", got, want)
	}
	if !strings.HasPrefix(string(got), "# Benchmarks\n\ncrawl\n") {
		t.Error("what stood before has changed")
	}
}
