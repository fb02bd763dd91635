package dedupe

import (
	"math"
	"slices"
	"time"
)

// sampleOverlap compares two samples of at most size where both are complete: it
// is the share of the one with fewer there that is in the other, -1 where one
// has none.
func sampleOverlap(a, b []uint16, size int) float64 {
	limit := uint16(math.MaxUint16)
	for _, s := range [...][]uint16{a, b} {
		if len(s) == size {
			limit = min(limit, s[size-1])
		}
	}
	i, j, inA, inB, shared := 0, 0, 0, 0, 0
	for i < len(a) && a[i] <= limit || j < len(b) && b[j] <= limit {
		switch {
		case j >= len(b) || i < len(a) && a[i] < b[j]:
			i++
			inA++
		case i >= len(a) || b[j] < a[i]:
			j++
			inB++
		default:
			i, j, inA, inB = i+1, j+1, inA+1, inB+1
			shared++
		}
	}
	if inA == 0 || inB == 0 {
		return -1
	}
	return float64(shared) / float64(min(inA, inB))
}

// matches tells of each sampled shingle of the shorter text that can be looked
// up in the longer one's sample whether it is there, in the order of the text.
func matches(short, long *Sketch) []bool {
	limit := uint32(math.MaxUint32)
	for _, s := range [...]*Sketch{short, long} {
		if len(s.hashes) == maxSamples {
			limit = min(limit, s.hashes[maxSamples-1])
		}
	}
	var buckets [256][2]uint8 // by place: looked up, found
	n := 0
	for i, j := 0, 0; i < len(short.hashes) && short.hashes[i] <= limit; i++ {
		h := short.hashes[i]
		for j < len(long.hashes) && long.hashes[j] < h {
			j++
		}
		bucket := &buckets[short.places[i]]
		bucket[0]++
		if j < len(long.hashes) && long.hashes[j] == h {
			bucket[1]++
		}
		n++
	}
	found := make([]bool, 0, n)
	for _, bucket := range buckets {
		for k := range bucket[0] {
			found = append(found, k < bucket[1])
		}
	}
	return found
}

// Method says how two articles were found to be the same.
type Method uint8

const (
	Near  Method = iota + 1 // the texts are alike
	Exact                   // the normal forms of the texts are equal
	URL                     // the URL keys are equal
)

func (m Method) String() string { return [...]string{"", "near", "exact", "url"}[m] }

// Explanation is what was measured between two articles and what follows from
// it. Shares are 0 to 1.
type Explanation struct {
	Duplicate  bool
	Method     Method  // of a duplicate
	Similarity float64 // what is compared with the threshold
	Reason     string  // what decided, in a few words

	Words       [2]int        // of the normal forms
	Shared      int           // sampled shingles of the shorter text that are in the longer one
	Sampled     int           // of so many
	Containment float64       // Shared / Sampled
	Coverage    float64       // share of the shorter text's stretches that are in the longer one
	Length      float64       // shorter / longer text, in shingles
	Title       float64       // share of the words of the shorter title that are in the longer one
	TitleSame   bool          // also in the normal form
	Numbers     float64       // share of the numbers that are in the other; -1 where one has none
	Names       float64       // of the words with capitals within sentences; likewise
	Vocabulary  float64       // of the other words
	Apart       time.Duration // between the publications; -1 where one is unknown
}

// subject is one of two articles that are compared.
type subject struct {
	*Sketch
	record *record
}

// compare measures two articles and judges whether they are near duplicates.
func compare(a, b subject, o *Options) Explanation {
	e := Explanation{Words: [2]int{a.Words, b.Words}, Apart: -1, TitleSame: a.Title == b.Title && a.Title != 0}
	if apart := secondsApart(a.record, b.record); apart >= 0 {
		e.Apart = time.Duration(apart) * time.Second
	}
	short, long := a.Sketch, b.Sketch
	if long.shingles < short.shingles {
		short, long = long, short
	}
	if long.shingles > 0 {
		e.Length = float64(short.shingles) / float64(long.shingles)
	}
	found := matches(short, long)
	e.Sampled = len(found)
	for _, f := range found {
		if f {
			e.Shared++
		}
	}
	if e.Sampled > 0 {
		e.Containment = float64(e.Shared) / float64(e.Sampled)
	}
	e.Coverage = coverage(found)
	e.Title = titleShare(a.title, b.title)
	e.Numbers = sampleOverlap(a.numbers, b.numbers, maxNumbers)
	e.Names = sampleOverlap(a.names, b.names, maxNames)
	e.Vocabulary = sampleOverlap(a.words, b.words, maxWords)
	e.judge(o)
	return e
}

// judge decides.
func (e *Explanation) judge(o *Options) {
	e.Similarity = e.Containment
	if min(e.Words[0], e.Words[1]) < ShortWords && !e.TitleSame {
		e.Reason = "short texts under different titles"
		return
	}
	if e.Numbers >= 0 && e.Numbers < 0.5 && e.Containment < 0.9 {
		e.Reason = "the same frame with other numbers"
		return
	}
	if e.Similarity >= o.Threshold {
		e.Duplicate, e.Method = true, Near
	}
}

// coverageReach is how many samples to each side tell whether a stretch of
// text is in the other one, and coverageFull the share of them that is enough.
const (
	coverageReach = 4
	coverageFull  = 0.4
)

// coverage is the share of a text that is in the other one, at least in part:
// of a text with errors all over, where few shingles are left whole, nearly
// everything; of one that quotes the other, the quotation.
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

// titleShare is the share of the words of the shorter title that are in the
// longer one.
func titleShare(a, b []uint16) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) == 0 {
		return 0
	}
	n := 0
	for _, h := range a {
		if slices.Contains(b, h) {
			n++
		}
	}
	return float64(n) / float64(len(a))
}

// Explain tells why two articles are near duplicates, or not, of which a came
// first.
func Explain(a, b Doc, o Options) Explanation {
	ra, rb := newRecord(&a), newRecord(&b)
	return compare(subject{&a.Sketch, &ra}, subject{&b.Sketch, &rb}, &o)
}
