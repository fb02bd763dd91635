package dedupe

import (
	"fmt"
	"time"
)

// The defaults of a crawl and of the command line.
const (
	DefaultThreshold = 0.5
	DefaultWindow    = 30 * 24 * time.Hour
	DefaultMemory    = 64 << 20
)

// Scope says whose articles are compared for likeness. Equal texts and equal
// URLs are found everywhere.
type Scope uint8

const (
	All      Scope = iota
	SameSite       // only articles of one site
)

// Options are the settings of an Index. All but Memory, Dir and Load decide
// verdicts.
type Options struct {
	Threshold float64       // the similarity from which on articles are near duplicates, 0 to 1; 0 looks for exact ones only
	Window    time.Duration // how far apart their publications may be; 0 = any time
	Scope     Scope
	Memory    int64  // about the most bytes to take, garbage included; what goes beyond is in files. 0 = DefaultMemory
	Dir       string // an existing folder in which one for these files is made, removed by Close; empty = the temporary one of the system

	// Load returns the sketch of a document that was committed, from the
	// caller's own store. Without it the index keeps the sketches, which take
	// up to 1 KiB each, in memory and in its files.
	Load func(id uint64) (Sketch, error)
}

// Doc is an article to be judged.
type Doc struct {
	ID     uint64 // the caller's, unique
	Sketch Sketch
	When   time.Time // of publication, else when it was first seen; zero where nothing is known, which is near to everything
	URL    string    // its key, see urlkey; empty where there is none
	Site   string
}

// Match is the earlier article that a document is a duplicate of.
type Match struct {
	Of         uint64 // the document that it equals or, for Near, is like: then the head
	Head       uint64 // the first document of the cluster
	Similarity float64
	Method     Method
}

// Index finds for each document the earlier ones that it is a duplicate of.
// Verdicts depend on Options and on the documents before it in order, never on
// Memory, on where batches end, or on restarts after which all documents were
// restored in that order.
//
// Documents are compared with the heads of clusters only: a text that is like
// another member, but not like its head, begins a cluster of its own. So pages
// that change day by day do not chain.
//
// An Index is not for use by two goroutines at once.
type Index struct {
	opts Options

	records  shelf              // recordSize bytes a document, which is numbered from 0
	sketches shelf              // of heads; empty with Load
	pending  map[uint64]*Sketch // with Load: of heads that are not committed
	fresh    newPostings
	runs     []*run // the newest first; those in files come last

	committed struct { // the sizes at the last Commit
		records, sketches int64
		postings          int
	}

	dir       string // of the files; empty before the first
	files     int    // runs ever written, for their names
	mostFresh int    // postings that make a run: freshPostings

	found []uint32 // room for answers
	hits  tally
	list  []candidate
	block []byte
}

// NewIndex makes an empty index. It takes no memory to speak of and makes no
// file before it has to.
func NewIndex(o Options) *Index {
	if o.Memory <= 0 {
		o.Memory = DefaultMemory
	}
	return &Index{
		opts: o, mostFresh: freshPostings, pending: map[uint64]*Sketch{}, block: make([]byte, 8*blockPostings),
		records: shelf{name: "records"}, sketches: shelf{name: "sketches"},
	}
}

// Len is the number of documents.
func (x *Index) Len() int { return int(x.records.size() / recordSize) }

// Judge looks for the earlier document that d is a duplicate of, and adds d
// until the next Commit or Rollback.
//
// The first of these decides: a document with the same URL, one with the same
// text, the head of a cluster whose text is most like it. After an error the
// index is as it was.
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

// Restore adds a document whose verdict is known, until the next Commit or
// Rollback: head is that of its cluster, its own ID for the first. Documents
// are restored in the order in which they were judged. With Load only the keys
// of the sketch have to be filled in.
func (x *Index) Restore(d Doc, head uint64) error {
	r := newRecord(&d)
	r.head = head
	var known knownAs // of a head, nothing is known
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

// match finds the document that d is a duplicate of, and fills in r's head and
// the head's sketch.
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

// knownAs holds the documents that were filed first under a URL and a text;
// nil where there is none.
type knownAs struct{ url, exact *record }

func (x *Index) known(r *record) (k knownAs, err error) {
	if k.url, err = x.filed(urlKey, r.url, func(old *record) bool { return old.url == r.url }); err != nil {
		return k, err
	}
	k.exact, err = x.filed(exactKey, r.exact, func(old *record) bool { return old.exact == r.exact })
	return k, err
}

// filed finds the document that is filed under the start of a hash and is the
// same in the rest of it.
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

// find appends the documents that are filed under a key to x.found, at most
// longestList, the newest first.
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
	fewestShared = 2  // keys that a candidate has in common; an equal title counts for as many
	mostCompared = 16 // candidates, those with the most keys in common
	mostLookedAt = 128
)

// nearest finds the head that a document is most like, of equal ones the
// first; nil where it is a duplicate of none.
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
		similar, ok := alike(subject{head, &old}, subject{s, r}, &x.opts)
		if ok && (best == nil || similar > similarity || similar == similarity && c.document() < bestDocument) {
			best, similarity, bestDocument = &old, similar, c.document()
		}
		if compared++; compared == mostCompared {
			break
		}
	}
	return best, similarity, nil
}

// inReach reports whether two documents are within window and scope.
func (o *Options) inReach(a, b *record) bool {
	return (o.Scope == All || a.site == b.site) && o.inWindow(a, b)
}

// inWindow reports whether two documents were published near enough to each
// other; nothing speaks against it where that is not known.
func (o *Options) inWindow(a, b *record) bool {
	apart := secondsApart(a, b)
	return o.Window <= 0 || apart < 0 || time.Duration(apart) <= o.Window/time.Second
}

// A key that a few documents have says more than one that many have: it weighs
// keyWeight shared among them, an equal title titleWeight.
const (
	keyWeight   = 2 * longestList
	titleWeight = 4 * keyWeight
)

// candidates are the heads that share enough keys with a sketch, the weightiest
// first; of those that weigh the same the first.
func (x *Index) candidates(s *Sketch) ([]candidate, error) {
	x.hits.clear()
	look := func(key uint32, times, weight int) error {
		x.found = x.found[:0]
		if err := x.find(key); err != nil {
			return err
		}
		for _, document := range x.found {
			x.hits.add(document, times, weight/len(x.found))
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
	x.list = x.hits.candidates(x.list[:0], fewestShared)
	return x.list, nil
}
