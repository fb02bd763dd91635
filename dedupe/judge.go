package dedupe

import "time"

// Reason is the reason for a verdict about two articles.
type Reason uint8

// The reasons. The first three make duplicates.
const (
	Similar      Reason = iota + 1 // the similarity is sufficient
	SameText                       // the normal forms are equal
	SamePage                       // the URL keys are equal
	TooDifferent                   // the similarity is not sufficient
	Short                          // a text is under ShortWords, and the titles differ in more than form
	OtherNumbers                   // one template with other numbers or names
	Series                         // same title and site, half a day apart or undated, and not nearly the same text
	OtherNames                     // the shared part is about other people and places
	Embedded                       // one is a part of the other, under another title, and not its beginning
	TooFar                         // published further apart than Options.Window
	OtherSite                      // and Options.Scope is SameSite
	Off                            // Options.Threshold is 0
)

var reasons = [...]string{
	Similar:      "the texts are alike",
	SameText:     "the same text",
	SamePage:     "the same URL",
	TooDifferent: "the texts are not alike enough",
	Short:        "a text has under 50 words, and the titles are not alike enough",
	OtherNumbers: "the same frame with other numbers",
	Series:       "the next part of a series: same site, same title, another day",
	OtherNames:   "the shared part goes with other names",
	Embedded:     "a part of a longer text under another title",
	TooFar:       "published too far apart",
	OtherSite:    "another site",
	Off:          "near duplicates are not looked for",
}

// String returns the reason in words.
func (r Reason) String() string { return reasons[r] }

// MarshalText returns the words of String.
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// method returns the method of a reason that makes duplicates, else 0.
func (r Reason) method() Method {
	switch r {
	case Similar:
		return Near
	case SameText:
		return Exact
	case SamePage:
		return URL
	}
	return 0
}

// judge decides from the measures. It ignores equal texts and URLs, the window
// and the scope.
func (e *Explanation) judge(o *Options) {
	e.Needed = min(o.Threshold*e.factor(), 1)
	e.because(e.reason())
}

func (e *Explanation) because(r Reason) {
	e.Reason, e.Method, e.Duplicate = r, r.method(), r.method() != 0
}

// factor adjusts the threshold. It is lower where the titles agree, and higher
// where they do not, or only in their words over a short text, or where a site
// prints the text on a later day, which may be the next part of the story. It is
// lower where the differences are spread over the whole text while the words are
// the same, as with errors and rewording.
func (e *Explanation) factor() float64 {
	spread := e.Coverage >= 0.5 && e.Coverage > 1.7*e.Shingles.Share() &&
		e.Length >= 0.75 && e.Vocabulary.Share() >= 0.55
	factor := 1.0
	switch share := e.Title.Share(); {
	case e.SameSite && e.Apart >= 24*time.Hour && !spread:
		factor = 1.2
	case e.short() && !e.TitleSame:
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

// leastFactor is a lower bound of factor.
const leastFactor = 0.9*0.85 - 1e-9

// mostSimilarity returns an upper bound of Similarity that depends on Shingles
// alone. A shared shingle covers less than six (see coverage: 5.5, the fifth of
// nine), and more only in texts with so few shingles that the bound is 1.
func (e *Explanation) mostSimilarity() float64 {
	share := e.Shingles.Share()
	if e.Shingles.Of <= 2*coverageReach {
		return 1
	}
	return (share + min(6*share, 1)) / 2
}

// reason returns the reason for the verdict once Needed is known.
func (e *Explanation) reason() Reason {
	if e.Similarity < e.Needed {
		return TooDifferent
	}
	if r := e.other(); r != 0 {
		return r
	}
	if e.Length < 0.6 && (e.Begin > 0.15 && !e.similarTitle() || e.Begin > 0.3 && e.Apart >= 72*time.Hour) {
		return Embedded
	}
	return Similar
}

func (e *Explanation) similarTitle() bool { return e.TitleSame || e.Title.Share() >= 0.5 }

// other returns the reason why two similar texts are different stories, 0 if
// there is none. It does not depend on what compareStretches sets.
func (e *Explanation) other() Reason {
	sameTitle := e.similarTitle()
	switch {
	case e.short() && !e.TitleSame && !e.sameBrief():
		return Short
	case e.otherNumbers(sameTitle):
		return OtherNumbers
	case sameTitle && e.SameSite && (e.Apart < 0 || e.Apart >= 12*time.Hour) &&
		e.Shingles.Share() < 0.8 && (e.TitleOther || !e.sameFacts()):
		return Series
	case e.otherNames(sameTitle):
		return OtherNames
	}
	return 0
}

func (e *Explanation) short() bool { return min(e.Words[0], e.Words[1]) < ShortWords }

// The words from which on a short text can be told from others by more than its
// title, and from which on a title belongs to one story if the other one has all of
// its words.
const (
	leastBrief = 20
	leastTitle = 4
)

// sameBrief reports whether two articles, one of which has a short text, carry one
// story although their titles are not equal: the titles differ in form, the texts
// in little, and if each title has a word of its own, both belong to the texts, as
// those over the text of a paywall do not.
func (e *Explanation) sameBrief() bool {
	facts := Part{e.Numbers.Shared + e.Names.Shared, e.Numbers.Of + e.Names.Of}
	switch {
	case e.Title.Share() < 0.75 || e.TitleOther || e.TitleApart:
		return false
	case min(e.Words[0], e.Words[1]) < leastBrief && (e.Words[0] != e.Words[1] || e.Shingles.Share() < 1):
		return false
	case facts.Of-facts.Shared > 1 && facts.Share() < 0.7 || e.Numbers.Of-e.Numbers.Shared > 1:
		return false
	case e.Title.Shared < e.Title.Of: // each has a word of its own
		return e.TitleText.Shared >= 3 && 2*e.TitleText.Shared >= e.TitleText.Of
	}
	return e.TitleText.Shared >= 2 || e.Title.Of >= leastTitle && !e.titleNumber
}

// otherNumbers reports whether the numbers show that only the template is the
// same: most of them differ, or some do and so do those in the titles.
func (e *Explanation) otherNumbers(sameTitle bool) bool {
	other, share := e.Numbers.Of-e.Numbers.Shared, e.Numbers.Share()
	switch {
	case other == 0 || e.corrected():
		return false
	case e.TitleOther && sameTitle:
		return share < 0.8
	case e.otherFacts():
		return true
	case other == 1:
		return false
	}
	if e.Vocabulary.Of > 0 { // errors of a scanner change numbers as often as words
		share /= max(e.Vocabulary.Share(), 0.5)
	}
	sameNames := e.Names.Of >= 4 && e.Names.Share() >= 0.8
	return share < 0.5 || share < 0.6 && e.Numbers.Of >= 8 && !sameNames
}

// otherFacts reports whether the words agree while about half of the numbers and
// names do not, or some do not and neither do the titles.
func (e *Explanation) otherFacts() bool {
	of, shared := e.Numbers.Of+e.Names.Of, e.Numbers.Shared+e.Names.Shared
	most := 0.55
	if e.Title.Shared < e.Title.Of && e.Length >= 0.95 && e.Vocabulary.Share() >= 0.97 {
		most = 0.75
	}
	return e.Vocabulary.Share() >= 0.9 && of-shared >= 2 && float64(shared) < most*float64(of)
}

// otherNames reports whether the shared part goes with other people and places,
// as boilerplate and templates do, or that the titles, which are alike otherwise,
// tell them apart.
func (e *Explanation) otherNames(sameTitle bool) bool {
	most := 0.35
	if sameTitle {
		most = 0.2
	}
	return e.Names.Of >= 6 && e.Names.Share() < most || e.Numbers.Of == 0 && e.otherFacts() || e.TitleApart && sameTitle
}

// corrected reports whether one text is the other with a few numbers corrected.
// The next forecast of a site comes half a day later at the earliest.
func (e *Explanation) corrected() bool {
	return e.SameSite && e.Apart >= 0 && e.Apart < 12*time.Hour &&
		(e.TitleSame || e.Title.Share() == 1) && e.Shingles.Share() >= 0.9 &&
		e.Numbers.Of < 8 && e.Numbers.Shared > 0
}

// sameFacts reports whether numbers or names show that it is the same story.
func (e *Explanation) sameFacts() bool {
	return e.Numbers.Of >= 2 && e.Numbers.Share() >= 0.8 || e.Names.Of >= 4 && e.Names.Share() >= 0.8
}
