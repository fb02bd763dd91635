package dedupe

import "time"

// Reason is what decided about two articles.
type Reason uint8

// The reasons; Reason.String puts them into words. The first three make
// duplicates.
const (
	Alike      Reason = iota + 1 // the texts are alike enough
	SameText                     // in the normal form
	SamePage                     // the URL keys are equal
	Unlike                       // the texts are not alike enough
	Short                        // a text is under ShortWords, and the titles are not the same
	OtherFrame                   // the same frame with other numbers
	Series                       // the same title on the same site half a day later or more, or nobody knows when, with a text that is not nearly the same
	OtherNames                   // what the texts share is not about the same people and places
	Embedded                     // one is a part of the other, under another title and not its start
	TooFar                       // published further apart than Options.Window
	OtherSite                    // and Options.Scope is SameSite
	Off                          // Options.Threshold is 0
)

var reasons = [...]string{
	Alike:      "the texts are alike",
	SameText:   "the same text",
	SamePage:   "the same URL",
	Unlike:     "the texts are not alike enough",
	Short:      "a text has under 50 words, and the titles are not the same",
	OtherFrame: "the same frame with other numbers",
	Series:     "the next part of a series: same site, same title, another day",
	OtherNames: "the shared part goes with other names",
	Embedded:   "a part of a longer text under another title",
	TooFar:     "published too far apart",
	OtherSite:  "another site",
	Off:        "near duplicates are not looked for",
}

func (r Reason) String() string { return reasons[r] }

// MarshalText gives the words of String.
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// method is how articles were found to be the same.
func (r Reason) method() Method {
	switch r {
	case Alike:
		return Near
	case SameText:
		return Exact
	case SamePage:
		return URL
	}
	return 0
}

// judge decides about what was measured, but for equal texts and URLs, window
// and scope.
func (e *Explanation) judge(o *Options) {
	e.Needed = min(o.Threshold*e.factor(), 1)
	e.because(e.reason())
}

func (e *Explanation) because(r Reason) {
	e.Reason, e.Method, e.Duplicate = r, r.method(), r.method() != 0
}

// factor moves the threshold: where the titles agree, a little less of the
// text has to, but more of what a site prints again on a later day, which may
// be the story's next part; and less where what agrees, and what does not, is
// spread over the whole text, as with errors and rewording, while the words are
// the same.
func (e *Explanation) factor() float64 {
	spread := e.Coverage >= 0.5 && e.Coverage > 1.7*e.Shingles.Share() && e.Length >= 0.75 && e.Vocabulary.Share() >= 0.55
	factor := 1.0
	switch share := e.Title.Share(); {
	case e.SameSite && e.Apart >= 24*time.Hour && !spread:
		factor = 1.2
	case e.TitleSame || share >= 0.8:
		factor = 0.9
	case share < 0.4 && e.Title.Of > 0:
		factor = 1.1
	}
	if spread {
		factor *= 0.85
	}
	return factor
}

// leastFactor is below every factor.
const leastFactor = 0.9*0.85 - 1e-9

// mostSimilarity is a bound on Similarity from Shingles alone: a shared shingle
// covers less than six (see coverage: 5.5, the fifth of nine), more only in texts
// with so few that the bound is 1.
func (e *Explanation) mostSimilarity() float64 {
	share := e.Shingles.Share()
	if e.Shingles.Of <= 2*coverageReach {
		return 1
	}
	return (share + min(6*share, 1)) / 2
}

func (e *Explanation) reason() Reason {
	if e.Similarity < e.Needed {
		return Unlike
	}
	if r := e.other(); r != 0 {
		return r
	}
	if e.Length < 0.6 && (e.Begin > 0.15 && !e.likeTitle() || e.Begin > 0.3 && e.Apart >= 72*time.Hour) {
		return Embedded
	}
	return Alike
}

func (e *Explanation) likeTitle() bool { return e.TitleSame || e.Title.Share() >= 0.5 }

// other is why two texts, alike as they may be, are not the same story; 0 if
// nothing says so. It does not depend on what compareStretches fills in.
func (e *Explanation) other() Reason {
	sameTitle := e.likeTitle()
	switch {
	case min(e.Words[0], e.Words[1]) < ShortWords && !e.TitleSame:
		return Short
	case e.otherNumbers(sameTitle):
		return OtherFrame
	case sameTitle && e.SameSite && (e.Apart < 0 || e.Apart >= 12*time.Hour) && e.Shingles.Share() < 0.8 && (e.TitleOther || !e.sameFacts()):
		return Series
	case e.otherNames(sameTitle):
		return OtherNames
	}
	return 0
}

// otherNumbers reports whether the numbers say that only the frame is the same:
// most are others, or some are and so are those in the titles.
func (e *Explanation) otherNumbers(sameTitle bool) bool {
	other, share := e.Numbers.Of-e.Numbers.Shared, e.Numbers.Share()
	switch {
	case other == 0 || e.putRight():
		return false
	case e.TitleOther && sameTitle:
		return share < 0.8
	case e.otherFacts():
		return true
	case other == 1:
		return false
	}
	if e.Vocabulary.Of > 0 { // in a text with errors numbers suffer as words do
		share /= max(e.Vocabulary.Share(), 0.5)
	}
	sameNames := e.Names.Of >= 4 && e.Names.Share() >= 0.8
	return share < 0.5 || share < 0.6 && e.Numbers.Of >= 8 && !sameNames
}

// otherFacts reports whether all words agree but half of the numbers and names
// do not.
func (e *Explanation) otherFacts() bool {
	of, shared := e.Numbers.Of+e.Names.Of, e.Numbers.Shared+e.Names.Shared
	return e.Vocabulary.Share() >= 0.9 && of-shared >= 3 && float64(shared) < 0.55*float64(of)
}

// otherNames reports whether what the texts share goes with other people and
// places: furniture, or a frame.
func (e *Explanation) otherNames(sameTitle bool) bool {
	most := 0.35
	if sameTitle {
		most = 0.2
	}
	return e.Names.Of >= 6 && e.Names.Share() < most
}

// putRight reports whether one of two is the other with a few numbers put
// right: a site prints its next forecast half a day later at the earliest.
func (e *Explanation) putRight() bool {
	return e.SameSite && e.Apart >= 0 && e.Apart < 12*time.Hour && !e.TitleOther && (e.TitleSame || e.Title.Share() == 1) &&
		e.Shingles.Share() >= 0.9 && e.Numbers.Of < 8 && e.Numbers.Shared > 0
}

// sameFacts reports whether numbers or names say that it is the same story.
func (e *Explanation) sameFacts() bool {
	return e.Numbers.Of >= 2 && e.Numbers.Share() >= 0.8 || e.Names.Of >= 4 && e.Names.Share() >= 0.8
}
