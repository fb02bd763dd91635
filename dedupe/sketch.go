package dedupe

import (
	"math"
	"math/bits"
	"regexp"
	"slices"
	"sync"
)

// The limits of a sketch, which keep it within 1 KiB.
const (
	maxSamples    = 140 // shingles
	maxNumbers    = 28
	maxNames      = 48
	maxWords      = 48
	maxTitleWords = 16
)

// The limits of Keys.
const (
	fewNearKeys  = 24 // of a text of up to 480 words
	manyNearKeys = 48 // of a text of 960 words and more
	leadKeys     = 4  // from the lead, in addition
	leadTokens   = 64 // length of the lead
)

// Keys are the keys under which an Index files a text: at most 232 bytes.
type Keys struct {
	Exact uint64 // Fingerprint.Key
	Title uint64 // Fingerprint.Title
	Words int    // Fingerprint.Words

	// Near holds 28-bit hashes of shingles, ascending: the smallest 24 to 48 of
	// the text, and the smallest 4 of its first 64 tokens.
	Near []uint32
}

// Sketch holds samples of an article's shingles, numbers, names and words, which
// suffice to compare it with others. It depends on title and text alone.
//
// A sample holds the smallest hashes of a set. Two samples can be compared up to
// the smaller of their largest hashes, where both are complete.
type Sketch struct {
	Keys
	tokens   int
	shingles int      // distinct ones
	hashes   []uint32 // of shingles, ascending, at most maxSamples
	places   []uint8  // where each occurs first, in 256ths of the text
	numbers  []uint16 // hashes, ascending, at most maxNumbers
	names    []uint16 // hashes, ascending, at most maxNames
	words    []uint16 // of the other words, ascending, at most maxWords
	title    []uint16 // of the title's words, at most maxTitleWords; odd for numbers, which come first
}

// Read returns the fingerprint and the sketch of an article.
func Read(title, text string) (Fingerprint, Sketch) {
	key := TitleKey(title)
	r := takeRoom()
	defer r.giveBack()
	folded := r.foldLines(text, true)
	from, to := normalSpan(folded, r.ends)
	normal, capitals := folded[from:to], r.capitals
	if from > 0 {
		kept := capitals[:0]
		for _, at := range capitals {
			if int(at) >= from {
				kept = append(kept, at-int32(from))
			}
		}
		capitals = kept
	}
	f := r.fingerprint(key, folded, from, to)
	r.tokens = tokenize(r.tokens[:0], normal, capitals)
	s := Sketch{Keys: Keys{Exact: f.Key(), Title: f.Title, Words: f.Words}, tokens: len(r.tokens)}
	s.sampleShingles(r)
	s.sampleTokens(r)
	s.title = titleWords(key)
	return f, s
}

// room holds the buffers of Read, for one text after another.
type room struct {
	folded   []byte
	ends     []int
	capitals []int32
	tokens   []token
	shingles []uint64
	least    []uint64
	sets     [3][]uint16
}

var rooms = sync.Pool{New: func() any { return new(room) }}

// mostRoom bounds the size of a folded text whose room is reused, in bytes.
const mostRoom = 64 << 10

func takeRoom() *room { return rooms.Get().(*room) }

func (r *room) giveBack() {
	if r.usual() {
		rooms.Put(r)
	}
}

func (r *room) usual() bool { return cap(r.folded) <= mostRoom }

// sampleShingles sets the samples of shingles, and the near keys.
func (s *Sketch) sampleShingles(r *room) {
	tokens, all := r.tokens, r.shingles[:0] // hash and index of the first token
	for i := range tokens {
		hash, n := shingle(tokens[i:])
		if n == 0 {
			break
		}
		all = append(all, uint64(hash)<<32|uint64(i))
	}
	r.shingles = all
	if len(all) == 0 {
		return
	}
	var lead [leadTokens]uint64
	first := smallest(lead[:copy(lead[:], all)], leadKeys, &r.least)
	total := len(all)
	var leadHashes [leadKeys]uint32
	for i, x := range first {
		leadHashes[i] = uint32(x >> 32)
	}
	sample := smallest(all, maxSamples, &r.least)
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
	s.Near = make([]uint32, near, near+len(first))
	copy(s.Near, s.hashes)
	for _, hash := range leadHashes[:len(first)] {
		if hash > s.Near[near-1] {
			s.Near = append(s.Near, hash)
		}
	}
}

// smallest returns the n entries with the smallest distinct hashes (the upper
// half), ascending, and of equal hashes the first. It reorders all or uses room.
func smallest(all []uint64, n int, room *[]uint64) []uint64 {
	if len(all) > 3*n { // sort only those that are probably small enough
		limit := uint64(float64(n) * 1.5 / float64(len(all)) * (1 << (32 + shingleBits)))
		kept := (*room)[:0]
		for _, x := range all {
			if x < limit {
				kept = append(kept, x)
			}
		}
		*room = kept
		if kept = sortedOnce(kept, bits.Len64(limit)); len(kept) >= n {
			return kept[:n]
		}
	}
	all = sortedOnce(all, 32+shingleBits)
	return all[:min(n, len(all))]
}

// sortedOnce sorts entries below 1<<width, and keeps the first of equal hashes.
func sortedOnce(all []uint64, width int) []uint64 {
	sortEven(all, width)
	return slices.CompactFunc(all, func(x, y uint64) bool { return x>>32 == y>>32 })
}

// shouted is the share of names from which on a text is in capitals, and has no
// names.
const shouted = 0.6

// sampleTokens sets the samples of numbers, names and words.
func (s *Sketch) sampleTokens(r *room) {
	tokens := r.tokens
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
	sets := r.sets
	for i := range sets {
		sets[i] = sets[i][:0]
	}
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
	r.sets = sets
	s.numbers = smallestWords(sets[0], maxNumbers)
	s.names = smallestWords(sets[1], maxNames)
	s.words = smallestWords(sets[2], maxWords)
}

func smallestWords(set []uint16, n int) []uint16 {
	sortEven(set, 16)
	set = slices.Compact(set)
	return slices.Clone(set[:min(n, len(set))])
}

// wordFeatures yields the words of a text, and for scripts without spaces pairs
// of ideographs or runs of four letters.
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
		case scaleWord:
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

// versionPrefix matches what agencies put before the title of a new version:
// "update 1-", "wrapup 2-".
var versionPrefix = regexp.MustCompile(`^(?:update|wrapup|refile|lead) ?[0-9]{1,2} ?- ?`)

// titleWords returns the hashes of a title's words: first those of words with a
// digit, which are odd, then the others, which are even.
func titleWords(key string) []uint16 {
	if loc := versionPrefix.FindStringIndex(key); loc != nil {
		key = key[loc[1]:]
	}
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
