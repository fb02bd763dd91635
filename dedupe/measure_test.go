package dedupe

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// upwards returns n numbers from first on, step apart.
func upwards[T uint16 | uint32](first, step T, n int) (list []T) {
	for i := range n {
		list = append(list, first+T(i)*step)
	}
	return list
}

// TestContainment counts up to where both samples are complete.
func TestContainment(t *testing.T) {
	full := upwards[uint32](10, 10, maxSamples) // up to 1400
	for _, tt := range []struct {
		name        string
		short, long []uint32
		want        Part
	}{
		{"all of it", []uint32{1, 2, 3}, []uint32{1, 2, 3}, Part{3, 3}},
		{"a part, both have others", []uint32{1, 2, 5, 9}, []uint32{0, 2, 3, 9, 10}, Part{2, 4}},
		{"nothing", []uint32{1, 2}, []uint32{3, 4}, Part{0, 2}},
		{"an empty one", nil, []uint32{3}, Part{}},
		{"in an empty one", []uint32{3}, nil, Part{0, 1}},
		{"a sample that is full", []uint32{10, 1395, 1400, 1401, 2000}, full, Part{2, 3}},
		{
			"one more than the other sample has", append(slices.Clone(full[:maxSamples-1]), 3000),
			full[:maxSamples-1], Part{maxSamples - 1, maxSamples},
		},
		{"two full samples", upwards[uint32](10, 20, maxSamples), full, Part{70, 70}},
	} {
		if got := containment(tt.short, tt.long); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestSampleOverlap counts in the smaller set.
func TestSampleOverlap(t *testing.T) {
	for _, tt := range []struct {
		name string
		a, b []uint16
		want Part
	}{
		{"the smaller is the first", []uint16{1, 4}, []uint16{1, 2, 3}, Part{1, 2}},
		{"the smaller is the second", []uint16{1, 2, 3}, []uint16{1, 4}, Part{1, 2}},
		{"the first is full", []uint16{1, 2, 3, 4}, []uint16{1, 4, 5, 6, 7}, Part{2, 2}},
		{"both are full", []uint16{1, 2, 3, 9}, []uint16{1, 4, 5, 6}, Part{1, 3}},
		{"an empty one", nil, []uint16{1}, Part{}},
	} {
		if got := sampleOverlap(tt.a, tt.b, 4); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestStretches compares the places of shared shingles.
func TestStretches(t *testing.T) {
	places := func(list []uint32, place func(i int) uint8) (all []uint8) {
		for i := range list {
			all = append(all, place(i))
		}
		return all
	}
	text := upwards[uint32](100, 100, 40)
	in := func(i int) uint8 { return uint8(6 * i) }
	for _, tt := range []struct {
		name        string
		short, long Sketch
		coverage    float64
		begin       float64
		similarity  float64
	}{
		{
			"the same", Sketch{hashes: text, places: places(text, in)},
			Sketch{hashes: text, places: places(text, in)}, 1, 12. / 256, 1,
		},
		{
			"the second half",
			Sketch{hashes: text[20:], places: places(text[20:], func(i int) uint8 { return uint8(12 * i) })},
			Sketch{hashes: text, places: places(text, in)}, 1, 126. / 256, 1,
		},
		{
			"nothing", Sketch{hashes: []uint32{1, 2}, places: []uint8{0, 9}},
			Sketch{hashes: text, places: places(text, in)}, 0, 0, 0,
		},
		{"no text", Sketch{}, Sketch{hashes: text, places: places(text, in)}, 0, 0, 0},
		// 10 of 40 at one end: their reach adds stretches in part.
		{"a quotation", Sketch{hashes: text, places: places(text, in)}, Sketch{hashes: text[:10], places: places(text[:10], func(i int) uint8 { return uint8(200 + i) })},
			(12 + 2/2.25 + 1/2.25) / 40, 200. / 256, (0.25 + (12+2/2.25+1/2.25)/40) / 2},
	} {
		e := Explanation{Shingles: containment(tt.short.hashes, tt.long.hashes)}
		e.compareStretches(&tt.short, &tt.long)
		if math.Abs(e.Coverage-tt.coverage) > 1e-9 || e.Begin != tt.begin || math.Abs(e.Similarity-tt.similarity) > 1e-9 {
			t.Errorf("%s: coverage %v, begin %v, similarity %v, want %v, %v, %v", tt.name, e.Coverage, e.Begin, e.Similarity, tt.coverage, tt.begin, tt.similarity)
		}
	}
	// Every fourth shingle is enough for nearly all stretches.
	all, fourth := Sketch{hashes: text, places: places(text, in)}, Sketch{hashes: upwards[uint32](100, 400, 10), places: make([]uint8, 10)}
	rewritten := Explanation{Shingles: containment(all.hashes, fourth.hashes)}
	if rewritten.compareStretches(&all, &fourth); rewritten.Coverage < 0.9 || rewritten.Shingles.Share() != 0.25 {
		t.Errorf("every fourth: coverage %v of %v, want at least 0.9", rewritten.Coverage, rewritten.Shingles)
	}
	// Beyond the end of a full sample nothing is known.
	long := Sketch{hashes: upwards[uint32](100, 10, maxSamples), places: make([]uint8, maxSamples)} // up to 1490
	short := Sketch{hashes: []uint32{100, 1490, 1491, 1500}, places: []uint8{0, 1, 2, 3}}
	e := Explanation{Shingles: containment(short.hashes, long.hashes)}
	if e.compareStretches(&short, &long); e.Coverage != 1 || e.Similarity != 1 {
		t.Errorf("beyond the end of a sample: coverage %v, similarity %v, want 1", e.Coverage, e.Similarity)
	}
}

func TestCoverage(t *testing.T) {
	found := func(pattern string) (list []bool) {
		for _, c := range pattern {
			list = append(list, c == 'x')
		}
		return list
	}
	for pattern, want := range map[string]float64{
		"":                     0,
		".":                    0,
		"x":                    1,
		"x........":            (4*0 + 1/1.25 + 1/1.5 + 1/1.75 + 1/2. + 1/2.25) / 9, // of 5, 6, 7, 8 and 9
		"....x....":            (2*(1/1.25+1/1.5+1/1.75+1/2.) + 1/2.25) / 9,
		"xx.......":            (1 + 1 + 1 + 1 + 2/2.25 + 1/2.) / 9,
		"xxxxxxxxxxxxxxxxxxxx": 1,
	} {
		if got := coverage(found(pattern)); math.Abs(got-want) > 1e-9 {
			t.Errorf("%q: %v, want %v", pattern, got, want)
		}
	}
}

// TestTitles compares titles; odd hashes are numbers.
func TestTitles(t *testing.T) {
	for _, tt := range []struct {
		name        string
		a, b        []uint16
		same, other bool
		want        Part
	}{
		{"equal", []uint16{3, 2, 4}, []uint16{3, 2, 4}, true, false, Part{3, 3}},
		{"the first is shorter", []uint16{2, 8}, []uint16{2, 4, 6}, false, false, Part{1, 2}},
		{"the second is shorter", []uint16{2, 4, 6}, []uint16{2, 8}, false, false, Part{1, 2}},
		{"other numbers", []uint16{3, 2}, []uint16{5, 2}, false, true, Part{1, 2}},
		{"a number in the first", []uint16{3, 2, 4}, []uint16{2, 6, 8}, false, false, Part{1, 3}},
		{"a number in the second", []uint16{2, 6, 8}, []uint16{3, 2, 4}, false, false, Part{1, 3}},
		{"one number, one more", []uint16{3, 2}, []uint16{3, 5, 2}, false, false, Part{2, 2}},
		{"no title", nil, []uint16{2}, false, false, Part{}},
	} {
		a, b := Sketch{title: tt.a, Keys: Keys{Title: 7}}, Sketch{title: tt.b, Keys: Keys{Title: 7}}
		if !tt.same {
			b.Title = 8
		}
		var e Explanation
		if e.compareTitles(&a, &b); e.titleNumber != (strings.Contains(tt.name, "number")) {
			t.Errorf("%s: a number in one title: %v", tt.name, e.titleNumber)
		}
		if e.Title != tt.want || e.TitleSame != tt.same || e.TitleOther != tt.other {
			t.Errorf("%s: %v, same %v, other %v, want %v, %v, %v", tt.name, e.Title, e.TitleSame, e.TitleOther, tt.want, tt.same, tt.other)
		}
	}
	var e Explanation
	if e.compareTitles(&Sketch{}, &Sketch{}); e.TitleSame {
		t.Error("two articles without a title have the same")
	}
}

// TestTitleText looks words of both titles up in both texts.
func TestTitleText(t *testing.T) {
	full := upwards[uint16](0, 2, maxWords) // up to 94
	a := Sketch{title: []uint16{11, 20, 30, 40, 50}, numbers: []uint16{10}, names: []uint16{21}, words: []uint16{30, 51}}
	for _, tt := range []struct {
		name string
		b    Sketch
		want Part
	}{
		{
			"in both",
			Sketch{title: a.title, numbers: []uint16{11}, names: []uint16{20}, words: []uint16{31, 50}},
			Part{4, 5},
		},
		{"in one", Sketch{title: a.title, names: []uint16{20, 40}}, Part{1, 5}},
		{"a name in one, a word in the other", Sketch{title: a.title, words: []uint16{20}}, Part{1, 5}},
		{"a number is no word", Sketch{title: a.title, words: []uint16{10}}, Part{0, 5}},
		{
			"not in the other title",
			Sketch{title: []uint16{20, 60, 30}, names: []uint16{20}, words: []uint16{30, 60}}, Part{2, 2},
		},
		{"titles that are not alike", Sketch{title: []uint16{20, 60, 70}, names: []uint16{20}}, Part{}},
		{"beyond the end of a sample", Sketch{title: []uint16{20, 30, 40, 94, 96}, words: full}, Part{2, 3}},
	} {
		var e Explanation
		a := a
		if len(tt.b.words) == maxWords {
			a.title = tt.b.title
		}
		if e.compareTitles(&a, &tt.b); e.TitleText != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, e.TitleText, tt.want)
		}
	}
}

// TestTitleApart looks for the words that only one article has.
func TestTitleApart(t *testing.T) {
	names, words := upwards[uint16](100, 100, maxNames), upwards[uint16](100, 100, maxWords) // up to 4800
	for _, tt := range []struct {
		name       string
		a, b       Sketch
		vocabulary Part
		names      Part
		words      [2]int
		want       bool
	}{
		{
			"a name each", Sketch{title: []uint16{2, 50}, names: []uint16{50}},
			Sketch{title: []uint16{2, 60}, names: []uint16{60}}, Part{1, 10}, Part{1, 2}, [2]int{90, 90}, true,
		},
		{
			"a word each", Sketch{title: []uint16{2, 50}, words: []uint16{50}},
			Sketch{title: []uint16{2, 60}, words: []uint16{60}}, Part{9, 10}, Part{1, 2}, [2]int{90, 90}, true,
		},
		{
			"a word each, other words", Sketch{title: []uint16{2, 50}, words: []uint16{50}},
			Sketch{title: []uint16{2, 60}, words: []uint16{60}}, Part{89, 100}, Part{1, 2}, [2]int{90, 90},
			false,
		},
		{
			"a word each, no names", Sketch{title: []uint16{2, 50}, words: []uint16{50}},
			Sketch{title: []uint16{2, 60}, words: []uint16{60}}, Part{8, 10}, Part{}, [2]int{90, 90}, true,
		},
		{
			"a word each, no names, other words", Sketch{title: []uint16{2, 50}, words: []uint16{50}},
			Sketch{title: []uint16{2, 60}, words: []uint16{60}}, Part{79, 100}, Part{}, [2]int{90, 90}, false,
		},
		{
			"a word each, a short text", Sketch{title: []uint16{2, 50}, words: []uint16{50}},
			Sketch{title: []uint16{2, 60}, words: []uint16{60}}, Part{1, 10}, Part{1, 2}, [2]int{90, 49}, true,
		},
		{
			"one of them", Sketch{title: []uint16{2, 50}, names: []uint16{50}}, Sketch{title: []uint16{2, 60}},
			Part{1, 10}, Part{1, 2}, [2]int{90, 90}, false,
		},
		{
			"one title has no other word", Sketch{title: []uint16{2, 50}, names: []uint16{50}},
			Sketch{title: []uint16{2}}, Part{1, 10}, Part{1, 2}, [2]int{90, 90}, false,
		},
		{
			"a name that the other text has", Sketch{title: []uint16{2, 50}, names: []uint16{50}},
			Sketch{title: []uint16{2, 60}, names: []uint16{51, 60}}, Part{1, 10}, Part{1, 2}, [2]int{90, 90},
			false,
		},
		{
			"a name that is a word of the other text", Sketch{title: []uint16{2, 50}, names: []uint16{50}},
			Sketch{title: []uint16{2, 60}, names: []uint16{60}, words: []uint16{50}}, Part{1, 10}, Part{1, 2},
			[2]int{90, 90}, false,
		},
		{
			"a number each", Sketch{title: []uint16{2, 51}, numbers: []uint16{51}, names: []uint16{51}},
			Sketch{title: []uint16{2, 61}, names: []uint16{61}}, Part{1, 10}, Part{1, 2}, [2]int{90, 90}, false,
		},
		{
			"a number that may be in its text", Sketch{title: []uint16{2, 50}, names: []uint16{50}},
			Sketch{title: []uint16{2, 5001}, names: names}, Part{9, 10}, Part{1, 2}, [2]int{90, 90}, false,
		},
		{
			"names that the other sample may lack", Sketch{title: []uint16{2, 4850}, names: []uint16{4850}},
			Sketch{title: []uint16{2, 4900}, names: names}, Part{1, 10}, Part{1, 2}, [2]int{90, 90}, false,
		},
		{
			"a name, and one that its sample may lack", Sketch{title: []uint16{2, 50}, names: []uint16{50}},
			Sketch{title: []uint16{2, 4802}, names: names}, Part{1, 10}, Part{1, 2}, [2]int{90, 90}, true,
		},
		{
			"the same, the other way round", Sketch{title: []uint16{2, 4802}, names: names},
			Sketch{title: []uint16{2, 50}, names: []uint16{50}}, Part{1, 10}, Part{1, 2}, [2]int{90, 90}, true,
		},
		{
			"a name, and one that its sample would have", Sketch{title: []uint16{2, 50}, names: []uint16{50}},
			Sketch{title: []uint16{2, 4798}, names: names}, Part{1, 10}, Part{1, 2}, [2]int{90, 90}, false,
		},
		{
			"a name, and a word that its sample may lack", Sketch{title: []uint16{2, 50}, names: []uint16{50}},
			Sketch{title: []uint16{2, 4802}, words: words}, Part{1, 10}, Part{1, 2}, [2]int{90, 90}, true,
		},
		{
			"a name, and a word", Sketch{title: []uint16{2, 50}, names: []uint16{50}},
			Sketch{title: []uint16{2, 60}, words: []uint16{60}}, Part{1, 10}, Part{1, 2}, [2]int{90, 90}, false,
		},
		{
			"a name, and a word, same words", Sketch{title: []uint16{2, 50}, names: []uint16{50}},
			Sketch{title: []uint16{2, 60}, words: []uint16{60}}, Part{9, 10}, Part{1, 2}, [2]int{90, 90}, true,
		},
		{
			"words that the other sample may lack", Sketch{title: []uint16{2, 4850}, words: []uint16{4850}},
			Sketch{title: []uint16{2, 4900}, words: words}, Part{9, 10}, Part{1, 2}, [2]int{90, 90}, false,
		},
		{
			"a second word of the title", Sketch{title: []uint16{2, 70, 50, 80}, names: []uint16{50}},
			Sketch{title: []uint16{2, 60, 90}, names: []uint16{60}}, Part{1, 10}, Part{1, 2}, [2]int{90, 90},
			true,
		},
	} {
		e := Explanation{Vocabulary: tt.vocabulary, Names: tt.names, Words: tt.words}
		if e.compareSubjects(&tt.a, &tt.b); e.TitleApart != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, e.TitleApart, tt.want)
		}
	}
}

// TestSurroundings sets what does not depend on the shingles' places.
func TestSurroundings(t *testing.T) {
	a := subject{&Sketch{Keys: Keys{Words: 70}, shingles: 60, numbers: []uint16{1}, names: []uint16{2}, words: []uint16{3, 4}}, &record{site: 5, url: 6, when: 1000}}
	for _, tt := range []struct {
		name     string
		shingles int
		b        record
		length   float64
		apart    time.Duration
		site     bool
		url      bool
	}{
		{"the same", 60, record{site: 5, url: 6, when: 1000}, 1, 0, true, true},
		{"longer, later", 120, record{site: 5, when: 1060}, 0.5, time.Minute, true, false},
		{"shorter, earlier", 15, record{url: 6, when: 940}, 0.25, time.Minute, false, true},
		{"no text, undated", 0, record{when: unknownTime}, 0, -1, false, false},
	} {
		b := subject{&Sketch{Keys: Keys{Words: 80}, shingles: tt.shingles, numbers: []uint16{1}, names: []uint16{3}, words: []uint16{4, 5}}, &tt.b}
		var e Explanation
		e.compareSurroundings(a, b)
		if e.Length != tt.length || e.Apart != tt.apart || e.SameSite != tt.site || e.SameURL != tt.url || e.Words != [2]int{70, 80} {
			t.Errorf("%s: %+v, want %+v", tt.name, e, tt)
		}
		if e.Numbers != (Part{1, 1}) || e.Names != (Part{0, 1}) || e.Vocabulary != (Part{1, 2}) {
			t.Errorf("%s: numbers %v, names %v, words %v", tt.name, e.Numbers, e.Names, e.Vocabulary)
		}
	}
	none := subject{&Sketch{}, &record{site: noSite, when: 5}}
	var e Explanation
	if e.compareSurroundings(none, none); e.SameSite || e.SameURL || e.Length != 0 {
		t.Errorf("without site and URL: %+v", e)
	}
	if got := secondsApart(&record{when: unknownTime}, &record{when: 5}); got != -1 {
		t.Errorf("one time unknown: %d, want -1", got)
	}
	if got := secondsApart(&record{when: 5}, &record{when: unknownTime}); got != -1 {
		t.Errorf("the other time unknown: %d, want -1", got)
	}
}

// TestExplainReasons tells what rules a pair out before its texts are compared.
func TestExplainReasons(t *testing.T) {
	_, s := Read(ferryTitle, ferry)
	_, like := Read(ferryTitle, ferry+" It is so.")
	day := time.Unix(1e9, 0)
	a := Doc{Sketch: s, When: day, URL: "http://a/1", Site: "a"}
	empty := Sketch{}
	for _, tt := range []struct {
		name string
		a, b Doc
		o    Options
		want Reason
	}{
		{"the same text", a, Doc{Sketch: s}, Options{}, SameText},
		{"no text", Doc{Sketch: empty}, Doc{Sketch: empty}, Options{Threshold: 0.5}, TooDifferent},
		{"the same page", a, Doc{Sketch: like, URL: "http://a/1"}, Options{}, SamePage},
		{"not looked for", a, Doc{Sketch: like}, Options{}, Off},
		{"looked for", a, Doc{Sketch: like}, Options{Threshold: 0.01}, Similar},
		{"another site", a, Doc{Sketch: like, Site: "b"}, Options{Threshold: 0.5, Scope: SameSite}, OtherSite},
		{"the same site", a, Doc{Sketch: like, Site: "a"}, Options{Threshold: 0.5, Scope: SameSite}, Similar},
		{"another site, any", a, Doc{Sketch: like, Site: "b"}, Options{Threshold: 0.5}, Similar},
		{
			"within the window", a, Doc{Sketch: like, When: day.Add(time.Hour)},
			Options{Threshold: 0.5, Window: time.Hour}, Similar,
		},
		{
			"a second later", a, Doc{Sketch: like, When: day.Add(time.Hour + time.Second)},
			Options{Threshold: 0.5, Window: time.Hour}, TooFar,
		},
		{"any time", a, Doc{Sketch: like, When: day.Add(9000 * time.Hour)}, Options{Threshold: 0.5}, Similar},
		{"undated", a, Doc{Sketch: like}, Options{Threshold: 0.5, Window: time.Second}, Similar},
	} {
		if e := Explain(tt.a, tt.b, tt.o); e.Reason != tt.want || e.Duplicate != (tt.want <= SamePage) {
			t.Errorf("%s: %v, duplicate %v, want %v", tt.name, e.Reason, e.Duplicate, tt.want)
		}
	}
}
