package dedupe

import (
	"fmt"
	"time"
)

// The defaults of a crawl and of the command newsonce dedupe.
const (
	DefaultThreshold = 0.5
	DefaultWindow    = 30 * 24 * time.Hour
	DefaultMemory    = 64 << 20
)

// Scope selects the articles that are compared for similarity. The same text
// and the same URL are found everywhere.
type Scope uint8

const (
	All      Scope = iota
	SameSite       // only articles of one site
)

// Options are the settings of an Index. Verdicts depend on all but Memory, Dir
// and Load.
type Options struct {
	Threshold float64       // least similarity of near-duplicates, 0 to 1; 0 = no near-duplicates
	Window    time.Duration // most time between their publications; 0 = any
	Scope     Scope
	Memory    int64  // approximate limit in bytes, garbage included; the rest goes to files. 0 = DefaultMemory
	Dir       string // existing directory in which one for these files is made, which Close removes; empty = os.TempDir

	// Load returns the sketch of a committed document from the caller's own
	// store. When nil, the index itself keeps the sketches, of up to 1 KiB each,
	// in memory and in its files.
	Load func(id uint64) (Sketch, error)
}

// Doc is an article to judge.
type Doc struct {
	ID     uint64 // the caller's, unique
	Sketch Sketch
	When   time.Time // of publication, else of the first fetch; zero = unknown, which is within every window
	URL    string    // its key, see urlkey; may be empty
	Site   string
}

// Match is the earlier article that a document is a duplicate of.
type Match struct {
	Of         uint64 // the document with the same text or URL; for Near, the head
	Head       uint64 // the first document of the cluster
	Similarity float64
	Method     Method
}

// Index finds for each document the earlier one that it is a duplicate of.
// Verdicts depend on Options and on the earlier documents in their order. They
// do not depend on Memory, on where batches end, or on restarts after which all
// documents are restored in that order.
//
// Documents are compared with the heads of clusters only. A text that is similar
// to another member but not to the head begins a new cluster, so that pages that
// change day by day do not form a chain.
//
// An Index must not be used by two goroutines at once.
type Index struct {
	opts Options

	records  shelf              // recordSize bytes per document, which is numbered from 0
	sketches shelf              // of heads; empty with Load
	pending  map[uint64]*Sketch // with Load: of uncommitted heads
	fresh    newPostings
	runs     []*run // the newest first; those in files come last

	committed struct { // the sizes at the last Commit
		records, sketches int64
		postings          int
	}

	dir       string // of the files; empty before the first
	files     int    // number of runs ever written, for their names
	mostFresh int    // postings that make a run: freshPostings

	found  []uint32 // buffer for documents
	common []listed
	hits   tally
	list   []candidate
	block  []byte
}

// NewIndex returns an empty index. It takes little memory, and makes no file
// until it must.
func NewIndex(o Options) *Index {
	if o.Memory <= 0 {
		o.Memory = DefaultMemory
	}
	return &Index{
		opts: o, mostFresh: freshPostings, pending: map[uint64]*Sketch{}, block: make([]byte, 8*blockPostings),
		records: shelf{name: "records"}, sketches: shelf{name: "sketches"},
	}
}

// Len returns the number of documents.
func (x *Index) Len() int { return int(x.records.size() / recordSize) }

// Judge finds the earlier document that d is a duplicate of, if any, and adds d
// until the next Commit or Rollback.
//
// A document with the same URL takes precedence over one with the same text, and
// that over the head with the most similar text. An error leaves the index
// unchanged.
func (x *Index) Judge(d Doc) (Match, bool, error) {
	r := newRecord(&d)
	m, dup, known, err := x.match(&d, &r)
	if err != nil {
		return Match{}, false, fmt.Errorf("judge document %d: %w", d.ID, err)
	}
	if !dup {
		r.head = r.id
	}
	x.add(&d.Sketch, r, known, false)
	return m, dup, nil
}

// Restore adds a document with a known verdict, until the next Commit or
// Rollback. The head is that of its cluster, which may be its own ID. Documents
// must be restored in the order in which they were judged. With Options.Load, only
// the Keys of the sketch are needed.
func (x *Index) Restore(d Doc, head uint64) error {
	r := newRecord(&d)
	r.head = head
	var known knownAs // empty for a head
	if head != d.ID {
		var err error
		if known, err = x.known(&r); err != nil {
			return fmt.Errorf("restore document %d: %w", d.ID, err)
		}
	}
	if head != d.ID && x.opts.Load == nil {
		old, err := x.filed(headKey, hashID(head), func(old *record) bool { return old.id == head })
		if err != nil {
			return fmt.Errorf("restore document %d: %w", d.ID, err)
		}
		if old != nil {
			r.sketch = old.sketch
		}
	}
	x.add(&d.Sketch, r, known, true)
	return nil
}

// match finds the document that d is a duplicate of, and sets the head of r and
// the place of the head's sketch.
func (x *Index) match(d *Doc, r *record) (m Match, dup bool, known knownAs, err error) {
	if known, err = x.known(r); err != nil {
		return m, false, known, err
	}
	old := known.url
	switch {
	case old != nil && old.exact == r.exact && r.exact != 0:
		m = Match{Method: Exact, Similarity: 1}
	case old != nil:
		m.Method = URL
		if s, err := x.sketch(old.head, old.sketch); err != nil {
			return m, false, known, err
		} else if s != nil {
			m.Similarity = compare(subject{s, old}, subject{&d.Sketch, r}, &x.opts).Similarity
		}
	case known.exact != nil:
		old = known.exact
		m = Match{Method: Exact, Similarity: 1}
	case x.opts.Threshold > 0:
		old, m.Similarity, err = x.nearest(&d.Sketch, r)
		m.Method = Near
	}
	if old == nil || err != nil {
		return Match{}, false, known, err
	}
	m.Of, m.Head = old.id, old.head
	r.head, r.sketch = old.head, old.sketch
	return m, true, known, nil
}

// knownAs holds the first documents with a URL and with a text, nil if there are
// none.
type knownAs struct{ url, exact *record }

func (x *Index) known(r *record) (k knownAs, err error) {
	if k.url, err = x.filed(urlKey, r.url, func(old *record) bool { return old.url == r.url }); err != nil {
		return k, err
	}
	k.exact, err = x.filed(exactKey, r.exact, func(old *record) bool { return old.exact == r.exact })
	return k, err
}

// filed finds the document under the start of a hash for which same is true.
func (x *Index) filed(kind int, hash uint64, same func(*record) bool) (*record, error) {
	if hash == 0 {
		return nil, nil
	}
	x.found = x.found[:0]
	if err := x.find(keyOf(kind, hashStart(hash))); err != nil {
		return nil, err
	}
	for _, document := range x.found {
		if r, err := x.record(document); err != nil {
			return nil, err
		} else if same(&r) {
			return &r, nil
		}
	}
	return nil, nil
}

// find appends to x.found the newest documents under a key, at most longestList,
// newest first.
func (x *Index) find(key uint32) (err error) {
	start := len(x.found)
	x.found = x.fresh.find(x.found, key, longestList)
	for _, r := range x.runs {
		left := longestList - (len(x.found) - start)
		if left == 0 {
			break
		}
		if x.found, err = r.find(x.found, key, left, x.block); err != nil {
			return err
		}
	}
	return nil
}

const (
	fewestShared = 2  // keys that a candidate must share; the same title counts for as many
	mostCompared = 16 // candidates within reach
	mostLookedAt = 128
)

// nearest finds the head with the greatest similarity to a document, the first
// of several; nil if the document is a duplicate of none.
func (x *Index) nearest(s *Sketch, r *record) (best *record, similarity float64, err error) {
	candidates, err := x.candidates(s)
	if err != nil {
		return nil, 0, err
	}
	bestDocument := uint32(0)
	compared := 0
	for _, c := range candidates[:min(len(candidates), mostLookedAt)] {
		old, err := x.record(c.document())
		if err != nil {
			return nil, 0, err
		}
		if !x.opts.inReach(&old, r) {
			continue
		}
		head, err := x.sketch(old.id, old.sketch)
		if err != nil {
			return nil, 0, err
		}
		similar, ok := nearDuplicate(subject{head, &old}, subject{s, r}, &x.opts)
		if ok && (best == nil || similar > similarity || similar == similarity && c.document() < bestDocument) {
			best, similarity, bestDocument = &old, similar, c.document()
		}
		if compared++; compared == mostCompared {
			break
		}
	}
	return best, similarity, nil
}

// inReach reports whether two documents are within the window and the scope.
func (o *Options) inReach(a, b *record) bool {
	return (o.Scope == All || a.site == b.site) && o.inWindow(a, b)
}

// inWindow reports whether two documents are within the window, which they are
// if a time is unknown.
func (o *Options) inWindow(a, b *record) bool {
	apart := secondsApart(a, b)
	return o.Window <= 0 || apart < 0 || time.Duration(apart) <= o.Window/time.Second
}

// A key of few documents says more than one of many. Its weight, which is
// titleWeight for the title and else keyWeight, is divided among the documents.
const (
	keyWeight   = 2 * longestList
	titleWeight = 4 * keyWeight
)

// candidates returns the heads that share enough keys with a sketch, by weight
// and then by age, the oldest first. At least one of these keys must be that of
// fewer than longestList documents: longer lists, which are those of a site's common
// phrases, are not walked unless other keys have found something.
func (x *Index) candidates(s *Sketch) ([]candidate, error) {
	x.hits.clear()
	x.found, x.common = x.found[:0], x.common[:0]
	look := func(key uint32, times, weight int) error {
		start := len(x.found)
		if err := x.find(key); err != nil {
			return err
		}
		found := x.found[start:]
		if len(found) == longestList {
			x.common = append(x.common, listed{start, times, weight})
			return nil
		}
		x.found = x.found[:start]
		for _, document := range found {
			x.hits.add(document, times, weight/len(found))
		}
		return nil
	}
	if s.Title != 0 {
		if err := look(keyOf(titleKey, hashStart(s.Title)), fewestShared, titleWeight); err != nil {
			return nil, err
		}
	}
	for _, hash := range s.Near {
		if err := look(keyOf(shingleKey, hash), 1, keyWeight); err != nil {
			return nil, err
		}
	}
	if len(x.hits.used) > 0 {
		for _, l := range x.common {
			for _, document := range x.found[l.start : l.start+longestList] {
				x.hits.raise(document, l.times, l.weight/longestList)
			}
		}
	}
	x.list = x.hits.candidates(x.list[:0], fewestShared)
	return x.list, nil
}

// listed is a list of longestList documents in Index.found, and what each of them
// counts for.
type listed struct{ start, times, weight int }
