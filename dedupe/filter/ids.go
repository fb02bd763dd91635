package filter

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/newsonce/newsonce/dedupe"
)

// ids is the history of a run without an index. The number of a document is
// the offset of its id, plus one, so that nothing else has to be kept. The
// newest ids are in memory, the others in a temporary file.
type ids struct {
	tail    []byte // the newest, each after its length as a varint
	written uint64 // bytes in file, before tail
	file    *os.File
	buf     []byte
}

// maxTail is the number of bytes kept in memory.
const maxTail = 4 << 20

func (n *ids) next() uint64 { return n.written + uint64(len(n.tail)) + 1 }

func (n *ids) add(_ dedupe.Doc, _ uint64, id json.RawMessage) error {
	n.tail = append(binary.AppendUvarint(n.tail, uint64(len(id))), id...)
	if len(n.tail) < maxTail {
		return nil
	}
	if n.file == nil {
		f, err := os.CreateTemp("", "newsonce-ids-")
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

func (n *ids) id(document uint64) (json.RawMessage, error) {
	at := document - 1
	if at >= n.written {
		size, used := binary.Uvarint(n.tail[at-n.written:])
		start := int(at-n.written) + used
		return n.tail[start : start+int(size)], nil
	}
	var head [binary.MaxVarintLen64]byte
	// The file may end within head, after a short id: the error shows below.
	read, err := n.file.ReadAt(head[:], int64(at))
	size, used := binary.Uvarint(head[:read])
	if used <= 0 {
		return nil, fmt.Errorf("read an id: %w", err)
	}
	if uint64(cap(n.buf)) < size {
		n.buf = make([]byte, size)
	}
	n.buf = n.buf[:size]
	if _, err := n.file.ReadAt(n.buf, int64(at)+int64(used)); err != nil {
		return nil, fmt.Errorf("read an id: %w", err)
	}
	return n.buf, nil
}

func (n *ids) commit() error { return nil }

// close removes the file.
func (n *ids) close() error {
	if n.file == nil {
		return nil
	}
	return errors.Join(n.file.Close(), os.Remove(n.file.Name()))
}
