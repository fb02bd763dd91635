package dedupe

import (
	"slices"
	"time"
)

// Method is how two articles were found to be duplicates.
type Method uint8

const (
	Near  Method = iota + 1 // the texts are similar
	Exact                   // the normal forms of the texts are equal
	URL                     // the URL keys are equal
)

// String returns near, exact or url.
func (m Method) String() string { return [...]string{"", "near", "exact", "url"}[m] }

// MarshalText returns the word of String.
func (m Method) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// Part counts the elements in a sample of the smaller of two sets, and those of
// them that are in the other set.
type Part struct{ Shared, Of int }

// Share returns Shared / Of, 0 for an empty sample.
func (p Part) Share() float64 {
	if p.Of == 0 {
		return 0
	}
	return float64(p.Shared) / float64(p.Of)
}

// Explanation holds the measures of two articles and the verdict that follows.
// Shares are 0 to 1.
type Explanation struct {
	Duplicate  bool
	Method     Method  // of a duplicate, else 0
	Similarity float64 // of the texts: the mean of Shingles and Coverage
	Needed     float64 // similarity: the threshold, adjusted to titles, dates and differences
	Reason     Reason

	Words      [2]int        // of the normal forms
	Length     float64       // shorter / longer text, in shingles
	Shingles   Part          // of the shorter text that are in the longer one: containment
	Coverage   float64       // share of the shorter text's stretches that are in the longer one
	Begin      float64       // where in the longer text the shared part begins, 0 at its start
	Title      Part          // words of the shorter title that are in the longer one
	TitleSame  bool          // the folded titles are equal
	TitleOther bool          // each title has a number that is not in the other
	TitleApart bool          // each of two similar titles has a word that is only in its own text
	TitleText  Part          // words of two similar titles: those that are in both texts, too
	Numbers    Part          // in both texts
	Names      Part          // words with capitals within sentences
	Vocabulary Part          // other words
	Apart      time.Duration // between the publications; -1 where one is unknown
	SameSite   bool          // false where one is unknown
	SameURL    bool

	titleNumber bool // one title has a number that is not in the other
}

// subject is one of two articles that are compared.
type subject struct {
	*Sketch
	record *record
}

// compare measures two articles and judges whether they are near-duplicates.
func compare(a, b subject, o *Options) Explanation {
	short, long := inLength(a.Sketch, b.Sketch)
	e := Explanation{Shingles: containment(short.hashes, long.hashes)}
	e.compareSurroundings(a, b)
	e.compareStretches(short, long)
	e.judge(o)
	return e
}

// nearDuplicate reports whether compare finds a duplicate, and its similarity. It
// takes less time, since it stops at the first measure that rules one out.
func nearDuplicate(a, b subject, o *Options) (similarity float64, ok bool) {
	short, long := inLength(a.Sketch, b.Sketch)
	e := Explanation{Shingles: containment(short.hashes, long.hashes)}
	if e.mostSimilarity() < o.Threshold*leastFactor {
		return 0, false
	}
	e.compareSurroundings(a, b)
	if e.other() != 0 {
		return 0, false
	}
	e.compareStretches(short, long)
	if e.judge(o); !e.Duplicate {
		return 0, false
	}
	return e.Similarity, true
}

func inLength(a, b *Sketch) (short, long *Sketch) {
	if b.shingles < a.shingles {
		return b, a
	}
	return a, b
}

// compareSurroundings sets all measures but Shingles and those of
// compareStretches.
func (e *Explanation) compareSurroundings(a, b subject) {
	e.Words, e.Apart = [2]int{a.Words, b.Words}, -1
	e.SameSite = a.record.site == b.record.site && a.record.site != noSite
	e.SameURL = a.record.url == b.record.url && a.record.url != 0
	if apart := secondsApart(a.record, b.record); apart >= 0 {
		e.Apart = time.Duration(apart) * time.Second
	}
	if short, long := inLength(a.Sketch, b.Sketch); long.shingles > 0 {
		e.Length = float64(short.shingles) / float64(long.shingles)
	}
	e.compareTitles(a.Sketch, b.Sketch)
	e.Numbers = sampleOverlap(a.numbers, b.numbers, maxNumbers)
	e.Names = sampleOverlap(a.names, b.names, maxNames)
	e.Vocabulary = sampleOverlap(a.words, b.words, maxWords)
	if e.similarTitle() {
		e.compareSubjects(a.Sketch, b.Sketch)
	}
}

// compareStretches sets Coverage, Begin and Similarity. It looks up each sampled
// shingle of the shorter text below the end of both samples.
func (e *Explanation) compareStretches(short, long *Sketch) {
	limit := sampleLimit(short.hashes, long.hashes, maxSamples)
	var of, in [256]uint8 // by place in the shorter text
	var places [maxSamples]uint8
	n, j := 0, 0
	for i := 0; i < len(short.hashes) && short.hashes[i] <= limit; i++ {
		h := short.hashes[i]
		for j < len(long.hashes) && long.hashes[j] < h {
			j++
		}
		here := short.places[i]
		of[here]++
		if j < len(long.hashes) && long.hashes[j] == h {
			in[here]++
			places[n] = long.places[j]
			n++
		}
	}
	found := make([]bool, 0, maxSamples) // in the order of the shorter text
	for here, times := range of {
		for k := range times {
			found = append(found, k < in[here])
		}
	}
	e.Coverage = coverage(found)
	if n > 0 {
		slices.Sort(places[:n])
		e.Begin = float64(places[n/20]) / 256
	}
	e.Similarity = (e.Shingles.Share() + e.Coverage) / 2
}

// coverageReach is the number of samples to each side that tell whether a stretch
// of text is in the other one; coverageFull is the share of them that suffices.
const (
	coverageReach = 4
	coverageFull  = 0.25
)

// coverage returns the share of a text's stretches of which at least a part is in
// the other text. It is near 1 for a text with errors or rewording all over, where
// few shingles remain whole. For a text that quotes the other, it is the share of
// the quotation.
func coverage(found []bool) float64 {
	if len(found) == 0 {
		return 0
	}
	sum := 0.0
	for i := range found {
		from, to := max(i-coverageReach, 0), min(i+coverageReach+1, len(found))
		n := 0
		for _, f := range found[from:to] {
			if f {
				n++
			}
		}
		sum += min(float64(n)/float64(to-from)/coverageFull, 1)
	}
	return sum / float64(len(found))
}

// compareTitles sets the measures of the titles.
func (e *Explanation) compareTitles(s, t *Sketch) {
	e.TitleSame = s.Title == t.Title && s.Title != 0
	a, b := s.title, t.title
	if len(a) > len(b) {
		a, b = b, a
	}
	var numbers [2]int // only in a, only in b
	for _, h := range a {
		e.Title.Of++
		if slices.Contains(b, h) {
			e.Title.Shared++
		} else if h&1 == 1 {
			numbers[0]++
		}
	}
	for _, h := range b {
		if h&1 == 1 && !slices.Contains(a, h) {
			numbers[1]++
		}
	}
	e.TitleOther = numbers[0] > 0 && numbers[1] > 0
	e.titleNumber = numbers[0] > 0 || numbers[1] > 0
	if !e.similarTitle() {
		return
	}
	for _, h := range a {
		if !slices.Contains(b, h) {
			continue
		}
		if s.holds(h) && t.holds(h) {
			e.TitleText.Shared++
			e.TitleText.Of++
		} else if h < s.end() && h < t.end() {
			e.TitleText.Of++
		}
	}
}

// compareSubjects sets TitleApart. A name is what its article is about if title
// and text have it and those of the other article do not. So is any word of a short
// text, or of one that is made of the same words as the other, which is less sure
// where names are told from words. Of one of the two texts, the samples may leave
// it open whether it has the word.
func (e *Explanation) compareSubjects(s, t *Sketch) {
	alike := 0.9
	if e.Names.Of == 0 {
		alike = 0.8
	}
	words := e.short() || e.Vocabulary.Share() >= alike
	a, maybeA := subjectOf(s, t, words)
	b, maybeB := subjectOf(t, s, words)
	e.TitleApart = a && maybeB || maybeA && b
}

// subjectOf reports whether a word that is in a's title, and neither in the title
// nor in the text of b, is in a's text, and whether it may be. Numbers do not count.
func subjectOf(a, b *Sketch, words bool) (is, maybe bool) {
	for _, h := range a.title {
		if h&1 == 1 || slices.Contains(b.title, h) || b.holds(h) {
			continue
		}
		switch isName, isWord := sampled(a.names, h), sampled(a.words, h); {
		case isName:
			is = is || h < sampleEnd(b.names, maxNames)
			maybe = true
		case isWord:
			is = is || words && h < sampleEnd(b.words, maxWords)
			maybe = maybe || words
		default:
			maybe = maybe || h >= sampleEnd(a.names, maxNames) || h >= sampleEnd(a.words, maxWords)
		}
	}
	return is, is || maybe
}

// holds reports whether a word of a title is in one of the samples of a text.
func (s *Sketch) holds(h uint16) bool {
	if h&1 == 1 {
		return sampled(s.numbers, h)
	}
	return sampled(s.names, h) || sampled(s.words, h)
}

// end returns the hash below which the samples of names and words are complete.
func (s *Sketch) end() uint16 {
	return min(sampleEnd(s.names, maxNames), sampleEnd(s.words, maxWords))
}

// sampled reports whether a sample of a text holds a word of a title, whose lowest
// bit tells numbers from words.
func sampled(sample []uint16, h uint16) bool {
	i, _ := slices.BinarySearch(sample, h&^1)
	return i < len(sample) && sample[i]|1 == h|1
}

// sampleEnd returns the hash below which a sample of at most size is complete.
func sampleEnd(sample []uint16, size int) uint16 { return sampleLimit(sample, nil, size) }

// containment counts the shingles of the shorter text that are in the longer one.
func containment(short, long []uint32) Part {
	limit := sampleLimit(short, long, maxSamples)
	short = upTo(short, limit)
	return Part{shared(short, upTo(long, limit)), len(short)}
}

// sampleOverlap compares two samples of at most size where both are complete,
// counting in the one that has fewer there.
func sampleOverlap(a, b []uint16, size int) Part {
	limit := sampleLimit(a, b, size)
	a, b = upTo(a, limit), upTo(b, limit)
	return Part{shared(a, b), min(len(a), len(b))}
}

// shared counts the elements that two ascending lists have in common. It has no
// branch that depends on the comparison: no processor could predict it.
func shared[T uint16 | uint32](a, b []T) (n int) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		x, y := a[i], b[j]
		i += count1(x <= y)
		j += count1(y <= x)
		n += count1(x == y)
	}
	return n
}

func count1(is bool) int {
	if is {
		return 1
	}
	return 0
}

// sampleLimit returns the largest hash up to which both samples are complete.
func sampleLimit[T uint16 | uint32](a, b []T, size int) T {
	limit := ^T(0)
	for _, s := range [...][]T{a, b} {
		if len(s) == size {
			limit = min(limit, s[size-1])
		}
	}
	return limit
}

func upTo[T uint16 | uint32](sample []T, limit T) []T {
	n := len(sample)
	for n > 0 && sample[n-1] > limit {
		n--
	}
	return sample[:n]
}

// Explain tells why two articles are duplicates, or why not. It gives the verdict
// of Judge about b when a is the only earlier document.
func Explain(a, b Doc, o Options) Explanation {
	ra, rb := newRecord(&a), newRecord(&b)
	e := compare(subject{&a.Sketch, &ra}, subject{&b.Sketch, &rb}, &o)
	switch {
	case ra.exact == rb.exact && ra.exact != 0:
		e.because(SameText)
	case e.SameURL:
		e.because(SamePage)
	case o.Threshold <= 0:
		e.because(Off)
	case o.Scope == SameSite && ra.site != rb.site:
		e.because(OtherSite)
	case !o.inWindow(&ra, &rb):
		e.because(TooFar)
	}
	return e
}
