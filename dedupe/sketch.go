package dedupe

import (
	"math"
	"slices"
)

// The sizes of a sketch, which bound it to 1 KiB.
const (
	maxSamples    = 140 // shingles kept to compare two texts
	maxNumbers    = 28
	maxNames      = 48
	maxWords      = 48
	maxTitleWords = 16
)

// The sizes of Keys.
const (
	fewNearKeys  = 24 // of a text of up to 480 words
	manyNearKeys = 48 // of one of 960 words and more
	leadKeys     = 4  // from the lead, beside those
	leadTokens   = 64 // what is taken for the lead
)

// Keys is what an Index files a text under: at most 232 bytes.
type Keys struct {
	Exact uint64   // Fingerprint.Key
	Title uint64   // Fingerprint.Title
	Words int      // Fingerprint.Words
	Near  []uint32 // hashes of shingles, 28 bits, ascending: the smallest 24 to 48 of the text, and the smallest 4 of its first 64 tokens
}

// Sketch is what is kept of an article to compare it with others: samples of
// its shingles, numbers, names and words. It depends on title and text alone.
//
// A sample holds the smallest hashes of a set. Two samples can be compared
// below the smaller of their largest hashes, where both are complete.
type Sketch struct {
	Keys
	tokens   int
	shingles int      // different ones
	hashes   []uint32 // of shingles, ascending, at most maxSamples
	places   []uint8  // where each stands first, in 256ths of the text
	numbers  []uint16 // hashes, ascending, at most maxNumbers
	names    []uint16 // hashes, ascending, at most maxNames
	words    []uint16 // of the other words, ascending, at most maxWords
	title    []uint16 // of the title's words, at most maxTitleWords; odd for numbers, which come first
}

// Read makes the fingerprint and the sketch of an article in one pass.
func Read(title, text string) (Fingerprint, Sketch) {
	capitals := make([]int32, 0, 64)
	folded, ends := foldLines(text, &capitals)
	from, to := normalSpan(folded, ends)
	normal := folded[from:to]
	if from > 0 {
		kept := capitals[:0]
		for _, at := range capitals {
			if int(at) >= from {
				kept = append(kept, at-int32(from))
			}
		}
		capitals = kept
	}
	key := TitleKey(title)
	f := fingerprint(key, normal)
	tokens := tokenize(make([]token, 0, len(normal)/5+8), normal, capitals)
	s := Sketch{Keys: Keys{Exact: f.Key(), Title: f.Title, Words: f.Words}, tokens: len(tokens)}
	s.sampleShingles(tokens)
	s.sampleTokens(tokens)
	s.title = titleWords(key)
	return f, s
}

// sampleShingles fills in the shingles of a text, and its near keys.
func (s *Sketch) sampleShingles(tokens []token) {
	all := make([]uint64, 0, len(tokens)) // hash and index of the first token
	for i := range tokens {
		hash, n := shingle(tokens[i:])
		if n == 0 {
			break
		}
		all = append(all, uint64(hash)<<32|uint64(i))
	}
	if len(all) == 0 {
		return
	}
	lead := smallest(slices.Clone(all[:min(len(all), leadTokens)]), leadKeys)
	total := len(all)
	sample := smallest(all, maxSamples)
	s.shingles = total
	if len(sample) < maxSamples {
		s.shingles = len(sample)
	}
	near := min(max(total/20, fewNearKeys), manyNearKeys, len(sample))
	s.hashes = make([]uint32, len(sample))
	s.places = make([]uint8, len(sample))
	for i, x := range sample {
		s.hashes[i] = uint32(x >> 32)
		s.places[i] = uint8(x & math.MaxUint32 * 256 / uint64(len(tokens)))
	}
	s.Near = make([]uint32, near, near+len(lead))
	copy(s.Near, s.hashes)
	for _, x := range lead {
		if hash := uint32(x >> 32); hash > s.Near[near-1] {
			s.Near = append(s.Near, hash)
		}
	}
}

// smallest gives the n entries with the smallest hashes (the upper half),
// ascending; of those with one hash the first. It changes all.
func smallest(all []uint64, n int) []uint64 {
	if len(all) > 3*n { // the rest is not worth sorting
		limit := uint64(float64(n) * 1.5 / float64(len(all)) * (1 << (32 + shingleBits)))
		kept := make([]uint64, 0, 2*n)
		for _, x := range all {
			if x < limit {
				kept = append(kept, x)
			}
		}
		if kept = sortedOnce(kept); len(kept) >= n {
			return kept[:n]
		}
	}
	all = sortedOnce(all)
	return all[:min(n, len(all))]
}

func sortedOnce(all []uint64) []uint64 {
	slices.Sort(all)
	return slices.CompactFunc(all, func(x, y uint64) bool { return x>>32 == y>>32 })
}

// shouted is the share of names from which on capitals say nothing: a text in
// capitals.
const shouted = 0.6

// sampleTokens fills in numbers, names and words.
func (s *Sketch) sampleTokens(tokens []token) {
	words, names := 0, 0
	for _, t := range tokens {
		switch t.kind {
		case plainWord:
			words++
		case name:
			names++
		}
	}
	anyName := float64(names) < shouted*float64(words+names)
	var sets [3][]uint16
	wordFeatures(tokens, func(kind tokenKind, hash uint64) {
		h := uint16(hash >> 48)
		switch {
		case kind == number:
			sets[0] = append(sets[0], h)
		case kind == name && anyName:
			sets[1] = append(sets[1], h)
		default:
			sets[2] = append(sets[2], h)
		}
	})
	s.numbers = smallestWords(sets[0], maxNumbers)
	s.names = smallestWords(sets[1], maxNames)
	s.words = smallestWords(sets[2], maxWords)
}

func smallestWords(set []uint16, n int) []uint16 {
	slices.Sort(set)
	set = slices.Compact(set)
	return slices.Clone(set[:min(n, len(set))])
}

// wordFeatures yields what stands for the words of a text: its words, pairs
// of ideographs, runs of four letters.
func wordFeatures(tokens []token, yield func(tokenKind, uint64)) {
	for i, t := range tokens {
		switch t.kind {
		case ideograph:
			if i+1 < len(tokens) && tokens[i+1].kind == ideograph {
				yield(plainWord, mix(t.hash, tokens[i+1].hash))
			}
		case letter:
			if i+3 < len(tokens) {
				yield(plainWord, mix(mix(t.hash, tokens[i+1].hash), mix(tokens[i+2].hash, tokens[i+3].hash)))
			}
		default:
			yield(t.kind, t.hash)
		}
	}
}

func mix(a, b uint64) uint64 {
	h := (a ^ b>>29) * 0x9fb21c651e98df25
	h ^= b * 0x9e3779b97f4a7c15
	return (h ^ h>>32) * 0x9fb21c651e98df25
}

// titleWords hashes the words of a title, odd for those with a digit, which
// come first.
func titleWords(key string) []uint16 {
	var numbers, words []uint16
	add := func(list *[]uint16, h uint16, most int) {
		if len(*list) < most && !slices.Contains(*list, h) {
			*list = append(*list, h)
		}
	}
	wordFeatures(tokenize(nil, key, nil), func(kind tokenKind, hash uint64) {
		h := uint16(hash>>48) &^ 1
		if kind == number {
			add(&numbers, h|1, maxTitleWords/4)
		} else {
			add(&words, h, maxTitleWords)
		}
	})
	return append(numbers, words[:min(len(words), maxTitleWords-len(numbers))]...)
}
