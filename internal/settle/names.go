package settle

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
)

// names keeps the ids of documents. The number of a document is where its name
// stands, so that nothing else has to be kept for it; what is beyond namesTail
// bytes is in a temporary file.
type names struct {
	tail    []byte // the newest, each behind its length as a varint
	written uint64 // bytes in the file, before tail
	file    *os.File
	room    []byte
}

// namesTail is how many bytes are kept in memory.
const namesTail = 4 << 20

// next is the number that add will give.
func (n *names) next() uint64 { return n.written + uint64(len(n.tail)) + 1 }

// add keeps the name of a document.
func (n *names) add(name []byte) error {
	n.tail = append(binary.AppendUvarint(n.tail, uint64(len(name))), name...)
	if len(n.tail) < namesTail {
		return nil
	}
	if n.file == nil {
		f, err := os.CreateTemp("", "newsonce-names-")
		if err != nil {
			return fmt.Errorf("keep ids: %w", err)
		}
		n.file = f
	}
	if _, err := n.file.Write(n.tail); err != nil {
		return fmt.Errorf("keep ids: %w", err)
	}
	n.written += uint64(len(n.tail))
	n.tail = n.tail[:0]
	return nil
}

// get is the name of a document that was added, until the next call.
func (n *names) get(document uint64) ([]byte, error) {
	at := document - 1
	if at >= n.written {
		size, used := binary.Uvarint(n.tail[at-n.written:])
		start := int(at-n.written) + used
		return n.tail[start : start+int(size)], nil
	}
	var head [binary.MaxVarintLen64]byte
	// A name is followed by another, or by the end: a short read is no error.
	read, err := n.file.ReadAt(head[:], int64(at))
	size, used := binary.Uvarint(head[:read])
	if used <= 0 {
		return nil, fmt.Errorf("read an id: %w", err)
	}
	if uint64(cap(n.room)) < size {
		n.room = make([]byte, size)
	}
	n.room = n.room[:size]
	if _, err := n.file.ReadAt(n.room, int64(at)+int64(used)); err != nil {
		return nil, fmt.Errorf("read an id: %w", err)
	}
	return n.room, nil
}

// close removes the file.
func (n *names) close() error {
	if n.file == nil {
		return nil
	}
	return errors.Join(n.file.Close(), os.Remove(n.file.Name()))
}
