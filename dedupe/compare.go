package dedupe

import (
	"slices"
	"time"
)

// Method says how two articles were found to be the same.
type Method uint8

const (
	Near  Method = iota + 1 // the texts are alike
	Exact                   // the normal forms of the texts are equal
	URL                     // the URL keys are equal
)

func (m Method) String() string { return [...]string{"", "near", "exact", "url"}[m] }

// MarshalText gives the word of String.
func (m Method) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// Part is how many of a sample of the smaller of two sets are in the other.
type Part struct{ Shared, Of int }

// Share is 0 to 1; 0 of nothing.
func (p Part) Share() float64 {
	if p.Of == 0 {
		return 0
	}
	return float64(p.Shared) / float64(p.Of)
}

// Explanation is what was measured between two articles and what follows from
// it. Shares are 0 to 1.
type Explanation struct {
	Duplicate  bool
	Method     Method  // of a duplicate, else 0
	Similarity float64 // of the texts: the mean of Shingles and Coverage
	Needed     float64 // of it: the threshold, moved by the titles
	Reason     Reason

	Words      [2]int        // of the normal forms
	Length     float64       // of the shorter text in the longer one, in shingles
	Shingles   Part          // of the shorter text that are in the longer one: containment
	Coverage   float64       // share of the shorter text's stretches that are in the longer one
	Begin      float64       // where in the longer text that begins, 0 at its start
	Title      Part          // words of the shorter title that are in the longer one
	TitleSame  bool          // in the normal form
	TitleOther bool          // both have numbers, and not the same ones
	Numbers    Part          // in both texts
	Names      Part          // words with capitals within sentences
	Vocabulary Part          // other words
	Apart      time.Duration // between the publications; -1 where one is unknown
	SameSite   bool          // both have one, the same
	SameURL    bool
}

// subject is one of two articles that are compared.
type subject struct {
	*Sketch
	record *record
}

// compare measures two articles and judges whether they are near duplicates.
func compare(a, b subject, o *Options) Explanation {
	short, long := inLength(a.Sketch, b.Sketch)
	e := Explanation{Shingles: containment(short.hashes, long.hashes)}
	e.compareSurroundings(a, b)
	e.compareStretches(short, long)
	e.judge(o)
	return e
}

// alike is what compare says of a duplicate, 0 and false of all others: most of
// these are known before everything is measured.
func alike(a, b subject, o *Options) (similarity float64, ok bool) {
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

// compareSurroundings fills in all but Shingles and what compareStretches and
// judge do.
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
}

// compareStretches fills in Coverage, Begin and Similarity. It looks up each
// sampled shingle of the shorter text that is below the end of both samples.
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

// coverageReach is how many samples to each side tell whether a stretch of
// text is in the other one, and coverageFull the share of them that is enough.
const (
	coverageReach = 4
	coverageFull  = 0.25
)

// coverage is the share of a text that is in the other one, at least in part:
// nearly all of a text with errors or rewording all over, where few shingles
// are left whole; of one that quotes the other, the quotation.
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

// compareTitles counts the words of the shorter title that are in the longer.
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
}

// containment is how many of the shorter text's shingles are in the longer one.
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

// shared counts what is in both of two ascending lists. It has no branch that
// depends on what is found, which no processor predicts.
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

// sampleLimit is the largest hash up to which both samples are complete.
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

// Explain tells why two articles are duplicates, or not, if the first is the
// head of a cluster: what Judge would say of b with a alone before it.
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
