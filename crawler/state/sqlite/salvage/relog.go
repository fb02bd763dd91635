package salvage

import (
	"encoding/binary"
	"maps"
	"regexp"
	"slices"

	engine "zombiezen.com/go/sqlite"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

// Columns of the key log, in the order of Moved.keylog.
const (
	urlKeys = iota
	headlineKeys
	headlineTitles
	textKeys
)

const (
	keySize   = 8
	titleSize = 4
)

// relog gives the rows their keys and stores them as the new key log. URLs and long
// texts tell their own. Those of headlines and short texts are in the old log only.
func (r *repairer) relog() error {
	urls, err := r.urlKeys()
	if err != nil {
		return err
	}
	texts, err := r.textKeys()
	if err != nil {
		return err
	}
	headlines, titles, err := r.headlineKeys()
	if err != nil || len(urls)+len(texts)+len(headlines) == 0 {
		return err
	}
	return r.Log(urls, headlines, titles, texts)
}

// place is the key of an id, at its place in a column of the log.
func place(column []byte, id int64) []byte { return column[(id-1)*keySize : id*keySize] }

// column returns an empty column for the ids of a table.
func (r *repairer) column(table string, size int64) (b []byte, err error) {
	err = r.each("SELECT ifnull(max(id), 0) FROM "+table, func(row *engine.Stmt) error {
		b = make([]byte, row.ColumnInt64(0)*size)
		return nil
	})
	return b, err
}

// urlKeys returns the keys of the URLs.
func (r *repairer) urlKeys() ([]byte, error) {
	column, err := r.column("url", keySize)
	if err != nil {
		return nil, err
	}
	taken, twice := map[uint64]bool{}, []int64{}
	err = r.each("SELECT id, url, source FROM url WHERE state <> 6 ORDER BY id", func(row *engine.Stmt) error {
		id, key := row.ColumnInt64(0), keyOf(row.ColumnText(1), row.ColumnText(2))
		if taken[key] {
			twice = append(twice, id)
			return nil
		}
		taken[key] = true
		binary.LittleEndian.PutUint64(place(column, id), key)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, id := range twice { // leaves the place
		if err := r.exec("UPDATE url SET state = 6, url = '', text = 0, target = 0 WHERE id = ?", id); err != nil {
			return nil, err
		}
	}
	return column, nil
}

// keyOf returns the key of a URL. A capture is known by its own URL as it is.
func keyOf(url, source string) uint64 {
	if source == "wayback" && capture.MatchString(url) {
		return urlkey.URL{Key: url}.Hash()
	}
	u, err := urlkey.Parse(url)
	if err != nil { // plausible has parsed it
		return 0
	}
	return u.Hash()
}

// capture matches the URLs of captures: a timestamp in the path and a URL behind it.
var capture = regexp.MustCompile(`/web/\d{14}(?:[a-z]{2}_)?/https?:/`)

// longText is the number of words from which on a text is known by its hash alone
// (dedupe.ShortWords).
const longText = 50

// textKeys returns the keys of the texts, each with the first that has it.
func (r *repairer) textKeys() ([]byte, error) {
	column, err := r.column("text", keySize)
	if err != nil {
		return nil, err
	}
	logged := r.prefix(textKeys, keySize)
	taken := map[uint64]bool{}
	const query = "SELECT id, words, substr(hash, 1, 8) FROM text WHERE words > 0 ORDER BY id"
	err = r.each(query, func(row *engine.Stmt) error {
		id, key := row.ColumnInt64(0), uint64(0)
		if row.ColumnInt(1) >= longText {
			var hash [keySize]byte
			row.ColumnBytes(2, hash[:])
			key = max(1, binary.BigEndian.Uint64(hash[:]))
		} else if id*keySize <= int64(len(logged)) {
			key = binary.LittleEndian.Uint64(place(logged, id))
		}
		if !taken[key] {
			taken[key] = true
			binary.LittleEndian.PutUint64(place(column, id), key)
		}
		return nil
	})
	return column, err
}

// prefix returns a column of the old log up to the first row that is lost.
func (r *repairer) prefix(column, size int) (b []byte) {
	for seq := int64(1); ; seq++ {
		row, ok := r.keylog[seq]
		if !ok || len(row[column])%size != 0 {
			return b
		}
		b = append(b, row[column]...)
	}
}

// headlineKeys returns the keys of the headlines and the hashes of their titles. A key
// whose row is lost gets an empty row; rows whose key is lost go, since their lines in
// the output have it.
func (r *repairer) headlineKeys() (keys, titles []byte, err error) {
	known := map[int64]uint32{} // ids to hashes of titles
	newest := int64(0)
	if err := r.each("SELECT id, title FROM headline", func(row *engine.Stmt) error {
		title := uint64(row.ColumnInt64(1))
		known[row.ColumnInt64(0)] = uint32(title ^ title>>32)
		newest = max(newest, row.ColumnInt64(0))
		return nil
	}); err != nil {
		return nil, nil, err
	}
	byTitle := uniqueTitles(known)
	given := map[int64]uint64{} // ids to keys
	taken := map[uint64]bool{}
	next := int64(1) // the first id of the next row; 0 after one that is not known
	for _, seq := range slices.Sorted(maps.Keys(r.keylog)) {
		keys, titles := r.keylog[seq][headlineKeys], r.keylog[seq][headlineTitles]
		n := int64(min(len(keys)/keySize, len(titles)/titleSize))
		first := locate(titles[:n*titleSize], known, byTitle, next)
		for i := range n {
			key := binary.LittleEndian.Uint64(keys[i*keySize:])
			title := binary.LittleEndian.Uint32(titles[i*titleSize:])
			if key == 0 || taken[key] {
				continue
			}
			id := first + i
			if _, ok := given[id]; ok || first == 0 || known[id] != title && known[id] != 0 {
				newest++
				id = newest
			}
			taken[key], given[id], known[id] = true, key, title
			newest = max(newest, id)
		}
		if next = 0; first > 0 {
			next = first + n
		}
	}
	return r.storeHeadlines(known, given)
}

// storeHeadlines makes the rows of headlines agree with their keys.
func (r *repairer) storeHeadlines(titleOf map[int64]uint32, keyOf map[int64]uint64) (keys, titles []byte, err error) {
	for id := range titleOf {
		if _, ok := keyOf[id]; ok {
			continue
		}
		if err := r.exec("DELETE FROM headline WHERE id = ?", id); err != nil {
			return nil, nil, err
		}
		r.Lost.Rows++
	}
	for id := range keyOf {
		const empty = "INSERT OR IGNORE INTO headline(id, site, title, first_seen, last_seen) VALUES (?, 0, 0, 0, 0)"
		if err := r.exec(empty, id); err != nil {
			return nil, nil, err
		}
	}
	if keys, err = r.column("headline", keySize); err != nil {
		return nil, nil, err
	}
	titles = make([]byte, len(keys)/keySize*titleSize)
	for id, key := range keyOf {
		binary.LittleEndian.PutUint64(place(keys, id), key)
		binary.LittleEndian.PutUint32(titles[(id-1)*titleSize:], titleOf[id])
	}
	return keys, titles, nil
}

// uniqueTitles maps the hashes of titles that one headline has to its id.
func uniqueTitles(titles map[int64]uint32) map[uint32]int64 {
	ids := make(map[uint32]int64, len(titles))
	for id, title := range titles {
		if _, ok := ids[title]; ok {
			id = 0
		}
		ids[title] = id
	}
	return ids
}

// locate returns the id that the first title of a row of the log belongs to: next, if
// its titles are those of the headlines from there on, else where most of its titles
// say. 0: nothing tells.
func locate(titles []byte, known map[int64]uint32, byTitle map[uint32]int64, next int64) int64 {
	votes, same := map[int64]int{}, 0
	for i := int64(0); i < int64(len(titles))/titleSize; i++ {
		title := binary.LittleEndian.Uint32(titles[i*titleSize:])
		if known[next+i] == title {
			same++
		}
		if id := byTitle[title]; id > i {
			votes[id-i]++
		}
	}
	best := int64(0)
	for first, n := range votes {
		if n > votes[best] || n == votes[best] && first < best {
			best = first
		}
	}
	if next > 0 && same >= votes[best] {
		return next
	}
	return best
}
