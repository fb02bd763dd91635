package dedupe

import (
	"math"
	"testing"
	"time"
)

// TestFactor has a row on each side of every bound.
func TestFactor(t *testing.T) {
	spread := func(e *Explanation) {
		e.Coverage, e.Shingles, e.Length, e.Vocabulary = 0.5, Part{2, 10}, 0.75, Part{55, 100}
	}
	for _, tt := range []struct {
		name   string
		change func(*Explanation)
		want   float64
	}{
		{"titles neither alike nor different", func(e *Explanation) {}, 1},
		{"same site, a day later", func(e *Explanation) { e.SameSite, e.Apart = true, 24*time.Hour }, 1.2},
		{"same site, less than a day later", func(e *Explanation) { e.SameSite, e.Apart = true, 24*time.Hour-1 }, 1},
		{"another site, a day later", func(e *Explanation) { e.Apart = 24 * time.Hour }, 1},
		{
			"same site, a day later, spread",
			func(e *Explanation) { spread(e); e.SameSite, e.Apart = true, 24*time.Hour }, 0.85,
		},
		{"spread", spread, 0.85},
		{"little coverage", func(e *Explanation) { spread(e); e.Coverage = 0.49 }, 1},
		{
			"coverage by whole shingles",
			func(e *Explanation) { spread(e); e.Coverage, e.Shingles = 0.85, Part{1, 2} }, 1,
		},
		{"much shorter", func(e *Explanation) { spread(e); e.Length = 0.74 }, 1},
		{"other words", func(e *Explanation) { spread(e); e.Vocabulary = Part{54, 100} }, 1},
		{"a short text", func(e *Explanation) { e.Words[0] = ShortWords - 1 }, 1.2},
		{"another short text", func(e *Explanation) { e.Words[1] = ShortWords - 1 }, 1.2},
		{"texts hardly short", func(e *Explanation) { e.Words = [2]int{ShortWords, ShortWords} }, 1},
		{"a short text, same title", func(e *Explanation) { e.Words[0], e.TitleSame = 1, true }, 0.9},
		{"same title", func(e *Explanation) { e.TitleSame = true }, 0.9},
		{"titles alike", func(e *Explanation) { e.Title = Part{4, 5} }, 0.9},
		{"titles hardly alike", func(e *Explanation) { e.Title = Part{79, 100} }, 1},
		{"titles hardly different", func(e *Explanation) { e.Title = Part{40, 100} }, 1},
		{"titles different", func(e *Explanation) { e.Title = Part{39, 100} }, 1.1},
		{"another word", func(e *Explanation) { e.Title = Part{0, 1} }, 1.1},
		{"no title", func(e *Explanation) { e.Title = Part{} }, 1},
	} {
		e := Explanation{Words: [2]int{100, 100}, Title: Part{6, 10}, Shingles: Part{5, 10}, Coverage: 0.5}
		if tt.change(&e); math.Abs(e.factor()-tt.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", tt.name, e.factor(), tt.want)
		}
	}
}

func TestMostSimilarity(t *testing.T) {
	for _, tt := range []struct {
		shingles Part
		want     float64
	}{
		{Part{0, 8}, 1}, {Part{0, 9}, 0}, {Part{1, 60}, 7. / 120}, {Part{1, 6 * 2}, (1./12 + 0.5) / 2},
		{Part{3, 18}, 7. / 12}, {Part{9, 18}, 0.75},
	} {
		e := Explanation{Shingles: tt.shingles}
		if got := e.mostSimilarity(); math.Abs(got-tt.want) > 1e-9 && tt.shingles.Of > 8 || got < 1 && tt.shingles.Of <= 8 {
			t.Errorf("%v: %v, want %v", tt.shingles, got, tt.want)
		}
	}
}

// TestReasons changes the measures of two similar articles. It has a row on each
// side of every bound.
func TestReasons(t *testing.T) {
	type change = func(*Explanation)
	both := func(changes ...change) change {
		return func(e *Explanation) {
			for _, c := range changes {
				c(e)
			}
		}
	}
	numbers := func(shared, of int) change { return func(e *Explanation) { e.Numbers = Part{shared, of} } }
	names := func(shared, of int) change { return func(e *Explanation) { e.Names = Part{shared, of} } }
	words := func(shared, of int) change { return func(e *Explanation) { e.Vocabulary = Part{shared, of} } }
	title := func(shared, of int) change { return func(e *Explanation) { e.Title = Part{shared, of} } }
	titleText := func(shared, of int) change { return func(e *Explanation) { e.TitleText = Part{shared, of} } }
	shingles := func(shared, of int) change { return func(e *Explanation) { e.Shingles = Part{shared, of} } }
	apart := func(d time.Duration) change { return func(e *Explanation) { e.Apart = d } }
	length := func(x float64) change { return func(e *Explanation) { e.Length = x } }
	begin := func(x float64) change { return func(e *Explanation) { e.Begin = x } }
	half := words(1, 2)
	sameSite := func(e *Explanation) { e.SameSite = true }
	sameTitle := func(e *Explanation) { e.TitleSame = true }
	titleOther := func(e *Explanation) { e.TitleOther = true }
	titleNumber := func(e *Explanation) { e.titleNumber = true }
	titleApart := func(e *Explanation) { e.TitleApart = true }
	short := func(n, m int) change { return func(e *Explanation) { e.Words = [2]int{n, m} } }

	part := both(length(0.59), begin(0.16), title(49, 100))
	lastPart := both(length(0.59), begin(0.31), sameTitle, apart(72*time.Hour))
	series := both(sameSite, title(5, 10), apart(12*time.Hour), shingles(79, 100))
	brief := both(short(20, 49), title(6, 6), titleText(2, 6), numbers(2, 2), names(2, 2))
	reworded := both(brief, title(75, 100), titleText(3, 6))
	fewWords := both(brief, short(19, 19), shingles(12, 12))
	correction := both(sameSite, sameTitle, apart(12*time.Hour-1), shingles(9, 10), numbers(1, 7), names(0, 0), words(20, 20))
	frame := both(words(9, 10), numbers(2, 4), names(3, 6))                                     // 5 of 10 facts
	otherTitles := both(title(9, 10), length(0.95), words(97, 100), numbers(5, 6), names(2, 4)) // 7 of 10

	for _, tt := range []struct {
		name   string
		change change
		want   Reason
	}{
		{"similar", both(), Similar},
		{"as similar as needed", func(e *Explanation) { e.Similarity = e.Needed }, Similar},
		{"less similar", func(e *Explanation) { e.Similarity = e.Needed - 0.01 }, TooDifferent},

		{"a part", part, Embedded},
		{"a part, hardly shorter", both(part, length(0.6)), Similar},
		{"a part, from the beginning", both(part, begin(0.15)), Similar},
		{"a part under a similar title", both(part, title(50, 100)), Similar},
		{"a part under a title without words", both(part, title(0, 0), sameTitle), Similar},
		{"a part without a title", both(part, title(0, 0)), Embedded},
		{"last part", lastPart, Embedded},
		{"last part, on the third day", both(lastPart, apart(72*time.Hour-1)), Similar},
		{"last part, from the first third", both(lastPart, begin(0.3)), Similar},

		{"series", series, Series},
		{"series, undated", both(series, apart(-1)), Series},
		{"series, at once", both(series, apart(0)), Similar},
		{"series, within half a day", both(series, apart(12*time.Hour-1)), Similar},
		{"series, another site", both(series, func(e *Explanation) { e.SameSite = false }), Similar},
		{"series, other titles", both(series, title(49, 100)), Similar},
		{"series, nearly the same", both(series, shingles(80, 100)), Similar},
		{"series, same numbers", both(series, numbers(2, 2)), Similar},
		{"series, one number", both(series, numbers(1, 1)), Series},
		{"series, four fifths of the numbers", both(series, numbers(8, 10)), Similar},
		{"series, fewer of the numbers", both(series, numbers(7, 9)), Series},
		{"series, same names", both(series, names(4, 4)), Similar},
		{"series, three names", both(series, names(3, 3)), Series},
		{"series, four fifths of the names", both(series, names(8, 10)), Similar},
		{"series, fewer of the names", both(series, names(7, 9)), Series},
		{"series, same numbers, numbered", both(series, numbers(9, 10), titleOther), Series},

		{"a brief", brief, Similar},
		{"a brief, the other way round", both(brief, short(49, 20)), Similar},
		{"a brief, same title", both(brief, title(0, 6), titleText(0, 0), sameTitle), Similar},
		{"a brief, no word of the titles in the texts", both(brief, titleText(0, 6)), Similar},
		{"the same, a number in one title", both(brief, titleText(0, 6), titleNumber), Short},
		{"the same, two words in the texts", both(brief, titleText(2, 6), titleNumber), Similar},
		{"the same, one word in the texts", both(brief, titleText(1, 6), titleNumber), Short},
		{"a brief, four words in a title", both(brief, title(4, 4), titleText(0, 4)), Similar},
		{"a brief, three words in a title", both(brief, title(3, 3), titleText(0, 3)), Short},
		{"a brief, titles with other numbers", both(brief, titleOther), Short},
		{"a brief, titles that tell it apart", both(brief, titleApart), Short},
		{"a brief, reworded title", reworded, Similar},
		{"a brief, title too much reworded", both(reworded, title(74, 100)), Short},
		{"a brief, reworded title, two words in the texts", both(reworded, titleText(2, 4)), Short},
		{"a brief, reworded title, less than half in the texts", both(reworded, titleText(3, 7)), Short},
		{"few words", fewWords, Similar},
		{"few words, not the same number", both(fewWords, short(19, 20)), Short},
		{"few words, not the same ones", both(fewWords, shingles(11, 12)), Short},
		{"a brief, one other number", both(brief, numbers(4, 5)), Similar},
		{"a brief, two other numbers", both(brief, numbers(8, 10)), Short},
		{"a brief, one other name, no other fact", both(brief, numbers(0, 0), names(0, 1)), Similar},
		{"a brief, 70 % of the facts", both(brief, numbers(3, 4), names(4, 6)), Similar},
		{"a brief, fewer of the facts", both(brief, numbers(3, 4), names(3, 5)), Short},
		{"a brief, half of two facts", both(brief, numbers(1, 1), names(0, 1)), Similar},
		{"a brief, half of four facts", both(brief, numbers(1, 2), names(1, 2)), Short},
		{"50 words", both(brief, short(50, 50), titleText(0, 6)), Similar},

		{"most numbers", numbers(1, 2), Similar},
		{"numbers of numbered titles", both(titleOther, title(5, 10), numbers(79, 100)), OtherNumbers},
		{"four fifths of them", both(titleOther, title(5, 10), numbers(8, 10)), Similar},
		{
			"numbers of numbered titles that are not alike", both(titleOther, title(49, 100), numbers(79, 100)),
			Similar,
		},
		{"no number of one", numbers(0, 1), Similar},
		{"no number of two", numbers(0, 2), OtherNumbers},
		{"half as many numbers as words", both(half, numbers(1, 4)), Similar},
		{"fewer", both(half, numbers(1, 5)), OtherNumbers},
		{"seven numbers", both(half, numbers(2, 7)), Similar},
		{"eight numbers", both(half, numbers(2, 8)), OtherNumbers},
		{"six tenths as many numbers as words", both(half, numbers(24, 80)), Similar},
		{"hardly fewer", both(half, numbers(23, 80)), OtherNumbers},
		{"eight numbers, eight names of ten", both(half, numbers(2, 8), names(8, 10)), Similar},
		{"eight numbers, seven names of ten", both(half, numbers(2, 8), names(7, 10)), OtherNumbers},
		{"eight numbers, three names", both(half, numbers(2, 8), names(3, 3)), OtherNumbers},
		{"eight numbers, four names", both(half, numbers(2, 8), names(4, 4)), Similar},
		{"numbers misread as often as words", both(numbers(4, 10), words(8, 10)), OtherNumbers},
		{"numbers misread, words too", both(numbers(4, 10), words(6, 10)), Similar},
		{"few of the numbers, few of the words", both(numbers(2, 10), words(1, 10)), OtherNumbers},
		{"numbers beside one word", both(words(0, 1), numbers(2, 7)), Similar},
		{"numbers without words", both(numbers(4, 10), words(0, 0)), OtherNumbers},

		{"a correction", correction, Similar},
		{"a correction on another site", both(correction, func(e *Explanation) { e.SameSite = false }), OtherNumbers},
		{"a correction at once", both(correction, apart(0)), Similar},
		{"a correction, undated", both(correction, apart(-1)), OtherNumbers},
		{"a correction half a day later", both(correction, apart(12*time.Hour)), OtherNumbers},
		{
			"a correction under a longer title",
			both(correction, func(e *Explanation) { e.TitleSame = false }, title(6, 6)), Similar,
		},
		{
			"a correction under another title",
			both(correction, func(e *Explanation) { e.TitleSame = false }, title(5, 6)), OtherNumbers,
		},
		{"a correction in more than numbers", both(correction, shingles(89, 100)), OtherNumbers},
		{"a correction of a table", both(correction, numbers(1, 8)), OtherNumbers},
		{"a correction of all numbers", both(correction, numbers(0, 7)), OtherNumbers},

		{"a frame", frame, OtherNumbers},
		{"a frame, words not the same", both(frame, words(89, 100)), Similar},
		{"a frame, more facts", both(frame, numbers(2, 4), names(4, 6)), Similar},
		{"a frame, one other fact", both(frame, numbers(0, 1), names(1, 1)), Similar},
		{"a frame, two other facts", both(frame, numbers(0, 1), names(0, 1)), OtherNumbers},
		{"a frame without numbers", both(frame, numbers(0, 0), names(1, 3)), OtherNames},
		{"a frame with all numbers", both(frame, numbers(1, 1), names(0, 3)), Similar},
		{"a frame under other titles", otherTitles, OtherNumbers},
		{
			"a frame under other titles, three quarters of the facts",
			both(otherTitles, numbers(7, 8), names(2, 4)), Similar,
		},
		{"a frame under titles of the same words", both(otherTitles, title(10, 10)), Similar},
		{"a frame under other titles, shorter", both(otherTitles, length(0.94)), Similar},
		{"a frame under other titles, words not the same", both(otherTitles, words(96, 100)), Similar},

		{"other names", both(names(34, 100), title(0, 0)), OtherNames},
		{"a third of the names", both(names(35, 100), title(0, 0)), Similar},
		{"five names", both(names(0, 5), title(0, 0), words(0, 0), numbers(1, 1)), Similar},
		{"six names", both(names(0, 6), title(0, 0), words(0, 0), numbers(1, 1)), OtherNames},
		{"names under a similar title", both(names(20, 100), sameTitle, words(0, 0)), Similar},
		{"other names under a similar title", both(names(19, 100), sameTitle, words(0, 0)), OtherNames},
		{"titles with names of their own", both(title(5, 10), titleApart), OtherNames},
		{"other titles with names of their own", both(title(49, 100), titleApart), Similar},
	} {
		e := Explanation{
			Similarity: 0.9, Needed: 0.5, Words: [2]int{100, 100}, Length: 1, Shingles: Part{85, 100}, Coverage: 1,
			Title: Part{0, 4}, Vocabulary: Part{80, 100}, Apart: time.Hour,
		}
		if tt.change(&e); e.reason() != tt.want {
			t.Errorf("%s: %v, want %v: %+v", tt.name, e.reason(), tt.want, e)
		}
	}
}
