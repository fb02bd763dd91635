package archive

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func dayOf(t testing.TB, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// first lists the first URLs of a series, without what they share.
func first(s Series, n int64) string {
	var list []string
	for i := range n {
		url, ok := s.At(i)
		if !ok {
			list = append(list, "end")
			break
		}
		list = append(list, strings.TrimPrefix(url, "https://a.example/"))
	}
	return strings.Join(list, " ")
}

func TestSeries(t *testing.T) {
	const a = "https://a.example/"
	for _, tt := range []struct {
		name string
		in   Template
		want string // the first five, or "end"
		n    int64  // -1: not known
	}{
		{"ids up", Template{a + "article/{id}/", "id", "9", "11", "1", "asc"}, "article/9/ article/10/ article/11/ end", 3},
		{"ids down", Template{a + "{id}", "id", "1", "7400", "1", "desc"}, "7400 7399 7398 7397 7396", 7400},
		{"a step that does not meet the end", Template{a + "{id}", "id", "1", "9", "3", "asc"}, "1 4 7 end", 3},
		{"the same, downwards", Template{a + "{id}", "id", "1", "9", "3", "desc"}, "9 6 3 end", 3},
		{"pages without an end", Template{a + "?page={page}", "page", "1", "", "1", "asc"}, "?page=1 ?page=2 ?page=3 ?page=4 ?page=5", -1},
		{"offsets", Template{a + "?offset={page}", "page", "0", "", "20", "asc"}, "?offset=0 ?offset=20 ?offset=40 ?offset=60 ?offset=80", -1},
		{"one of one", Template{a + "{page}", "page", "7", "7", "5", "desc"}, "7 end", 1},
		{"a number twice", Template{a + "{id}/{id}.html", "id", "7", "8", "1", "asc"}, "7/7.html 8/8.html end", 2},
		{"days up to today", Template{a + "{date:2006/01/02}/", "date", "2026-11-22", "", "day", "asc"}, "2026/11/22/ 2026/11/23/ 2026/11/24/ end", 3},
		{"days down from today", Template{a + "{date:2006/01/02}/", "date", "2003-05-01", "", "day", "desc"}, "2026/11/24/ 2026/11/23/ 2026/11/22/ 2026/11/21/ 2026/11/20/", 8609},
		{"a leap day", Template{a + "{date:0201}", "date", "2024-02-28", "2024-03-01", "day", "asc"}, "2802 2902 0103 end", 3},
		{"before 1970", Template{a + "{date:20060102}", "date", "1969-12-30", "1970-01-02", "day", "asc"}, "19691230 19691231 19700101 19700102 end", 4},
		{"months from the middle of one", Template{a + "{date:2006/01}", "date", "2025-11-15", "2026-01-01", "month", "asc"}, "2025/11 2025/12 2026/01 end", 3},
		{"months down over the end of the 31st", Template{a + "{date:January-2006}", "date", "2026-01-31", "2026-03-31", "month", "desc"}, "March-2026 February-2026 January-2026 end", 3},
		{"months where the URL holds a day", Template{a + "{date:2006-01-02}", "date", "2026-01-31", "2026-02-28", "month", "asc"}, "2026-01-01 2026-02-01 end", 2},
		{"years", Template{a + "{date:2006}", "date", "1998-07-01", "2000-01-01", "year", "asc"}, "1998 1999 2000 end", 3},
		{"year and day apart", Template{a + "{date:2006}/all?d={date:01-02}", "date", "2026-01-02", "2026-01-02", "day", "asc"}, "2026/all?d=01-02 end", 1},
		{"a series that begins tomorrow", Template{a + "{date:2006-01-02}", "date", "2026-11-25", "", "day", "desc"}, "end", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := New(tt.in, time.Date(2026, 11, 24, 1, 0, 0, 0, time.FixedZone("", 4*3600)))
			if err != nil {
				t.Fatal(err)
			}
			if got := first(s, 5); got != tt.want {
				t.Errorf("got %s\nwant %s", got, tt.want)
			}
			n, known := s.Len()
			if known != (tt.n >= 0) || known && n != tt.n {
				t.Errorf("%d URLs (known: %t), want %d", n, known, tt.n)
			}
			beyond := []int64{-1, math.MinInt64, math.MaxInt64}
			if known {
				beyond = append(beyond, n)
			}
			for _, i := range beyond {
				if url, ok := s.At(i); ok {
					t.Errorf("index %d gives %s", i, url)
				}
			}
			if _, ok := s.Day(0); ok != (tt.in.By == "date" && n > 0) {
				t.Errorf("a day is known: %t", ok)
			}
		})
	}
}

func TestSeriesErrors(t *testing.T) {
	good := Template{"https://a.example/{id}", "id", "1", "9", "1", "asc"}
	dated := Template{"https://a.example/{date:2006}", "date", "2003-05-01", "", "year", "asc"}
	for _, tt := range []struct {
		name   string
		change func(*Template)
		dated  bool
		err    string
	}{
		{"no placeholder", func(t *Template) { t.URL = "https://a.example/" }, false, "does not contain {id}"},
		{"another placeholder", func(t *Template) { t.URL = "https://a.example/{page}" }, false, "contains {page}, but the archive goes by id"},
		{"order", func(t *Template) { t.Order = "down" }, false, `order "down"`},
		{"step of no number", func(t *Template) { t.Step = "day" }, false, `step "day" is not a positive whole number`},
		{"step 0", func(t *Template) { t.Step = "0" }, false, `step "0"`},
		{"step of no period", func(t *Template) { t.Step = "1" }, true, `step "1" is not day, month or year`},
		{"from of no number", func(t *Template) { t.From = "2003-05-01" }, false, "from: "},
		{"from below 0", func(t *Template) { t.From = "-1" }, false, "from: "},
		{"from of no day", func(t *Template) { t.From = "1" }, true, "from: "},
		{"to of no day", func(t *Template) { t.To = "2003-02-30" }, true, "to: "},
		{"the wrong way round", func(t *Template) { t.From = "10" }, false, "from 10 is beyond to 9"},
		{"down from nowhere", func(t *Template) { t.To, t.Order = "", "desc" }, false, "needs to"},
	} {
		in := good
		if tt.dated {
			in = dated
		}
		tt.change(&in)
		if s, err := New(in, time.Now()); err == nil || !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: error %v (%s), want %q", tt.name, err, first(s, 3), tt.err)
		}
	}
}

func TestClip(t *testing.T) {
	for _, tt := range []struct {
		name, step, order, from, to, want string
	}{
		{"days", "day", "asc", "2026-02-27", "2026-03-01", "2026-02-27 2026-02-28 2026-03-01 end"},
		{"days down", "day", "desc", "2026-02-27", "2026-03-01", "2026-03-01 2026-02-28 2026-02-27 end"},
		{"beyond both ends", "day", "asc", "1990-01-01", "2030-01-01", "2026-01-10 2026-01-11 2026-01-12 2026-01-13 2026-01-14"},
		{"from alone", "day", "asc", "2026-04-09", "", "2026-04-09 2026-04-10 end"},
		{"to alone", "day", "desc", "", "2026-01-11", "2026-01-11 2026-01-10 end"},
		{"outside", "day", "asc", "2027-01-01", "", "end"},
		{"a month is taken whole", "month", "asc", "2026-02-27", "2026-03-01", "2026-02-01 2026-03-01 end"},
		{"a year is taken whole", "year", "desc", "2026-02-27", "2026-03-01", "2026-01-01 end"},
	} {
		s, err := New(Template{"https://a.example/{date:2006-01-02}", "date", "2026-01-10", "2026-04-10", tt.step, tt.order}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		var from, to time.Time
		if tt.from != "" {
			from = dayOf(t, tt.from).Add(23 * time.Hour)
		}
		if tt.to != "" {
			to = dayOf(t, tt.to)
		}
		if got := first(s.Clip(from, to), 5); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	s, _ := New(Template{"https://a.example/{id}", "id", "1", "2", "1", "asc"}, time.Now())
	if got := first(s.Clip(dayOf(t, "2026-01-01"), time.Time{}), 5); got != "1 2 end" {
		t.Errorf("ids are clipped to %s", got)
	}
}

// A stored position means the same URLs on the next day; the configuration's
// changes that would shift it are noticed.
func TestPositionHolds(t *testing.T) {
	base := Template{"https://a.example/{date:2006/01/02}", "date", "2026-01-01", "", "day", "desc"}
	today := dayOf(t, "2026-11-24")
	s, err := New(base, today)
	if err != nil {
		t.Fatal(err)
	}
	p := s.Begin()
	p.Advance(0, Exists, Missing)
	stored, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := s.At(p.Next)

	var back Position
	if err := json.Unmarshal(stored, &back); err != nil {
		t.Fatal(err)
	}
	later := today.Add(50 * time.Hour)
	s, err = New(base, back.Today(later))
	if url, _ := s.At(back.Next); err != nil || !s.Holds(back) || url != want || back.Missing != 1 {
		t.Errorf("two days later %s resumes at %s (holds: %t), want %s; error %v", stored, url, s.Holds(back), want, err)
	}
	if s, _ = New(base, later); s.Holds(back) {
		t.Error("a position holds in a series that begins on another day")
	}
	if got := (Position{}).Today(later); !got.Equal(later) {
		t.Errorf("without a position today is %s", got)
	}

	ids := Template{"https://a.example/{id}", "id", "1", "9", "1", "asc"}
	s, _ = New(ids, today)
	p = s.Begin()
	for _, tt := range []struct {
		name   string
		change func(*Template)
		want   bool
	}{
		{"nothing", func(*Template) {}, true},
		{"the end of an ascending series", func(t *Template) { t.To = "20" }, true},
		{"its beginning", func(t *Template) { t.From = "2" }, false},
		{"its URL", func(t *Template) { t.URL += "/" }, false},
		{"its step", func(t *Template) { t.Step = "2" }, false},
		{"its order", func(t *Template) { t.Order = "desc" }, false},
	} {
		in := ids
		tt.change(&in)
		if s, err := New(in, today); err != nil || s.Holds(p) != tt.want {
			t.Errorf("%s was changed: holds %t, want %t; error %v", tt.name, s.Holds(p), tt.want, err)
		}
	}
}

func TestPositionAdvances(t *testing.T) {
	const e, m = Exists, Missing
	for _, tt := range []struct {
		name          string
		stop          int
		in            [][]Outcome // one list a commit
		next, missing int
		over          bool
	}{
		{"all exist", 2, [][]Outcome{{e, e, e}}, 3, 0, false},
		{"no bound", 0, [][]Outcome{{m, m, m, m}}, 4, 4, false},
		{"interrupted by one that exists", 3, [][]Outcome{{m, m, e, m, m}}, 5, 2, false},
		{"the bound ends the walk", 3, [][]Outcome{{e, m, m, m, e, e}}, 4, 3, true},
		{"the count continues from commit to commit", 3, [][]Outcome{{e, m}, {m}, {m}}, 4, 3, true},
	} {
		p, over := Position{}, false
		for _, batch := range tt.in {
			stored, _ := json.Marshal(p)
			p = Position{}
			json.Unmarshal(stored, &p)
			over = p.Advance(tt.stop, batch...)
		}
		if p.Next != int64(tt.next) || p.Missing != tt.missing || over != tt.over {
			t.Errorf("%s: next %d, %d missing, over %t; want %d, %d, %t", tt.name, p.Next, p.Missing, over, tt.next, tt.missing, tt.over)
		}
	}
}

// The end of numbered pages, as sites have it.
func TestListedPages(t *testing.T) {
	for _, tt := range []struct {
		name  string
		pages [][]int64 // the last is shown for ever
		want  int64     // pages fetched with stop_after_missing 1
	}{
		{"an empty page", [][]int64{{1, 2}, {3, 4}, {}}, 3},
		{"the last page is shown again and again", [][]int64{{1, 2}, {3, 4}, {5}}, 5},
		{"the first page is shown past the end", [][]int64{{1, 2}, {3, 4}, {1, 2}}, 4},
		{"pages go round", [][]int64{{1, 2}, {3, 4}, {1, 2}, {3, 4}, {1, 2}, {3, 4}, {}}, 5},
		{"a page of new articles came on top", [][]int64{{1, 2}, {3, 4}, {3, 4}, {5, 6}, {}}, 5},
	} {
		p := Position{}
		for i, over := 0, false; !over; i++ {
			page := tt.pages[min(i, len(tt.pages)-1)]
			stored, _ := json.Marshal(p)
			p = Position{}
			json.Unmarshal(stored, &p)
			if over = p.Advance(1, p.Listed(page)); i > 20 {
				t.Fatalf("%s: no end", tt.name)
			}
		}
		if p.Next != tt.want {
			t.Errorf("%s: %d pages fetched, want %d", tt.name, p.Next, tt.want)
		}
	}
}

func TestAgain(t *testing.T) {
	today := dayOf(t, "2026-11-24")
	for _, tt := range []struct {
		name  string
		in    Template
		p     Position
		later string // day of the later walk
		want  string // its first URL
	}{
		{"ids: behind the last that existed", Template{"{id}", "id", "1", "", "1", "asc"}, Position{Next: 120, Missing: 20}, "2026-12-01", "100"},
		{"days: at the last that existed", Template{"{date:0102}", "date", "2026-01-01", "", "day", "asc"}, Position{Next: 328}, "2026-12-01", "1124"},
		{"days down: from the new day", Template{"{date:0102}", "date", "2026-01-01", "", "day", "desc"}, Position{Next: 328}, "2026-12-01", "1201"},
		{"pages: the first", Template{"{page}", "page", "1", "", "1", "asc"}, Position{Next: 50, Missing: 1}, "2026-12-01", "1"},
		{"all missing", Template{"{id}", "id", "1", "", "1", "asc"}, Position{Next: 20, Missing: 20}, "2026-12-01", "1"},
	} {
		s, err := New(tt.in, today)
		if err != nil {
			t.Fatal(err)
		}
		p := s.Begin()
		p.Next, p.Missing = tt.p.Next, tt.p.Missing
		s, _ = New(tt.in, dayOf(t, tt.later))
		p = s.Again(p)
		if got, ok := s.At(p.Next); got != tt.want || !ok || p.Missing != 0 || p.Begun != tt.later || !s.Holds(p) {
			t.Errorf("%s: %s, %+v, want %s", tt.name, got, p, tt.want)
		}
	}
}

// A walk that is interrupted anywhere, with URLs answered in any order, gives
// each URL of the series once before its end and in order to the position.
func TestWalkProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := Template{URL: "https://a.example/{id}", By: "id", From: fmt.Sprint(rapid.IntRange(0, 50).Draw(t, "from")), To: fmt.Sprint(rapid.IntRange(50, 120).Draw(t, "to")),
			Step: fmt.Sprint(rapid.IntRange(1, 7).Draw(t, "step")), Order: rapid.SampledFrom([]string{"asc", "desc"}).Draw(t, "order")}
		if rapid.Bool().Draw(t, "dated") {
			in.URL, in.By, in.From, in.To, in.Step = "https://a.example/{date:2006-01-02}", "date", "2026-01-15", "", rapid.SampledFrom([]string{"day", "month"}).Draw(t, "unit")
		}
		stop := rapid.IntRange(0, 4).Draw(t, "stop_after_missing")
		now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		s, err := New(in, now)
		if err != nil {
			t.Fatal(err)
		}
		n, _ := s.Len()
		missing := make([]bool, n)
		for i := range missing {
			missing[i] = rapid.Bool().Draw(t, "missing")
		}
		outcome := func(i int64) Outcome {
			if missing[i] {
				return Missing
			}
			return Exists
		}

		var whole Position // walked in one go
		for i := range n {
			if whole.Advance(stop, outcome(i)) {
				break
			}
		}
		stored, _ := json.Marshal(s.Begin())
		var passed []string // what the stored position has passed
		for runs := 0; ; runs++ {
			if runs > 1000 {
				t.Fatal("the walk has no end")
			}
			now = now.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "hours")) * time.Hour)
			var w Window
			if err := json.Unmarshal(stored, &w.Position); err != nil {
				t.Fatal(err)
			}
			s, err := New(in, w.Today(now))
			if err != nil || !s.Holds(w.Position) {
				t.Fatalf("position %s does not hold, error %v", stored, err)
			}
			if s.Over(w.Position, stop) {
				break
			}
			var fetched []int64
			for i := w.Next; i < w.Next+int64(rapid.IntRange(1, 9).Draw(t, "at a time")); i++ {
				if _, ok := s.At(i); ok {
					fetched = append(fetched, i)
				}
			}
			fetched = rapid.Permutation(fetched).Draw(t, "answers")
			for _, i := range fetched[:rapid.IntRange(0, len(fetched)).Draw(t, "before the kill")] {
				before := w.Next
				over := w.Done(i, outcome(i), stop)
				for ; before < w.Next; before++ {
					url, _ := s.At(before)
					passed = append(passed, url)
				}
				if over != s.Over(w.Position, stop) && w.Next < n {
					t.Fatalf("Done says over %t at %+v", over, w.Position)
				}
				if over {
					break
				}
			}
			stored, _ = json.Marshal(w.Position)
		}
		var want []string
		for i := range whole.Next {
			url, _ := s.At(i)
			want = append(want, url)
		}
		if !slices.Equal(passed, want) {
			t.Fatalf("passed %q\nwant %q", passed, want)
		}
	})
}

// FuzzSeries: no template makes the series panic, and of those that are taken
// every index below the length gives a URL, each another where they are told
// apart, and none from there on.
func FuzzSeries(f *testing.F) {
	f.Add("https://a.example/{id}", "id", "1", "9", "1", "asc")
	f.Add("https://a.example/{page}", "page", "0", "", "20", "asc")
	f.Add("https://a.example/{date:2006/01/02}", "date", "2003-05-01", "", "day", "desc")
	f.Add("{date:}", "date", "0000-01-01", "9999-12-31", "year", "desc")
	f.Add("{id}", "id", "0", "9223372036854775807", "9223372036854775807", "desc")
	f.Fuzz(func(t *testing.T, url, by, from, to, step, order string) {
		s, err := New(Template{url, by, from, to, step, order}, time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC))
		if err != nil {
			return
		}
		n, known := s.Len()
		if n < 0 {
			t.Fatalf("length %d", n)
		}
		if _, ok := s.At(n); known && ok {
			t.Fatalf("a URL at index %d of %d", n, n)
		}
		for _, i := range []int64{0, 1, n / 2, n - 1} {
			a, ok := s.At(i)
			if known && ok != (i >= 0 && i < n) {
				t.Fatalf("index %d of %d: %t", i, n, ok)
			}
			if b, more := s.At(i + 1); ok && more && by != "date" && a == b {
				t.Fatalf("index %d and the next give %s", i, a)
			}
		}
	})
}

func ExampleSeries() {
	today := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	s, err := New(Template{URL: "https://a.example/{date:2006/01/02}/", By: "date", From: "2003-05-01", Step: "day", Order: "desc"}, today)
	if err != nil {
		fmt.Println(err)
		return
	}
	p := s.Begin()
	for range 3 {
		url, _ := s.At(p.Next)
		fmt.Println(url)
		p.Advance(0, Exists)
	}
	fmt.Println(s.Len())
	// Output:
	// https://a.example/2026/11/24/
	// https://a.example/2026/11/23/
	// https://a.example/2026/11/22/
	// 8609 true
}
