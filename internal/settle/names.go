package settle

import "slices"

// names are ids by the number of their document, in two allocations: about 16
// bytes beside each.
type names struct {
	documents []uint64 // ascending
	ends      []uint64 // in text
	text      []byte
}

// add adds the name of a document, whose number is the highest so far.
func (n *names) add(document uint64, name []byte) {
	n.text = append(n.text, name...)
	n.documents = append(n.documents, document)
	n.ends = append(n.ends, uint64(len(n.text)))
}

// get is the name of a document that was added; nil for another.
func (n *names) get(document uint64) []byte {
	i, found := slices.BinarySearch(n.documents, document)
	if !found {
		return nil
	}
	start := uint64(0)
	if i > 0 {
		start = n.ends[i-1]
	}
	return n.text[start:n.ends[i]]
}
