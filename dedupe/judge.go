package dedupe

import "time"

// Reason is what decided about two articles.
type Reason uint8

const (
	Alike      Reason = iota + 1 // the texts are alike enough
	Unlike                       // they are not
	Short                        // a text under ShortWords, and the titles are not the same
	OtherFrame                   // the same frame with other numbers or names
	Series                       // the same title on the same site again, the next day or later, with a text that is not nearly the same
	OtherNames                   // what the texts share is not about the same
	Embedded                     // one is a part of the other, under another title and not its start
)

var reasons = [...]string{
	Alike:      "the texts are alike",
	Unlike:     "the texts are not alike enough",
	Short:      "under 50 words, and the titles are not the same",
	OtherFrame: "the same frame with other numbers",
	Series:     "the next part of a series: same site, same title, another day",
	OtherNames: "other names",
	Embedded:   "a part of a longer text under another title",
}

func (r Reason) String() string { return reasons[r] }

// judge decides about what was measured.
func (e *Explanation) judge(o *Options) {
	e.Needed = o.Threshold * e.titleFactor()
	e.Reason = e.reason()
	e.Duplicate = e.Reason == Alike
}

// titleFactor moves the threshold: where the titles agree, a little less of the
// text has to.
func (e *Explanation) titleFactor() float64 {
	switch share := e.Title.Share(); {
	case e.TitleSame || share >= 0.8:
		return 0.9
	case share < 0.4 && e.Title.Of > 0:
		return 1.1
	}
	return 1
}

func (e *Explanation) reason() Reason {
	sameTitle := e.TitleSame || e.Title.Share() >= 0.5
	switch {
	case e.Similarity < e.Needed:
		return Unlike
	case min(e.Words[0], e.Words[1]) < ShortWords && !e.TitleSame:
		return Short
	case e.SameURL:
		return Alike
	case e.otherNumbers(sameTitle):
		return OtherFrame
	case sameTitle && e.SameSite && e.Apart >= 12*time.Hour && e.Shingles.Share() < 0.8 && !e.sameFacts():
		return Series
	case !sameTitle && e.Names.Of >= 6 && e.Names.Share() < 0.35:
		return OtherNames
	case !sameTitle && e.Length < 0.6 && e.Begin > 0.15:
		return Embedded
	}
	return Alike
}

// otherNumbers reports whether the numbers say that only the frame is the same:
// most are others, or some are and so are those in the titles.
func (e *Explanation) otherNumbers(sameTitle bool) bool {
	other, share := e.Numbers.Of-e.Numbers.Shared, e.Numbers.Share()
	switch {
	case other == 0:
		return false
	case e.TitleOther && sameTitle:
		return share < 0.8
	case other == 1:
		return false
	}
	return share < 0.5 || share < 0.6 && e.Numbers.Of >= 8
}

// sameFacts reports whether numbers or names say that it is the same story.
func (e *Explanation) sameFacts() bool {
	return e.Numbers.Of >= 2 && e.Numbers.Share() >= 0.8 || e.Names.Of >= 4 && e.Names.Share() >= 0.8
}
