package source

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/newsonce/newsonce/dedupe/urlkey"
)

const (
	// maxListLine bounds a line of a list of URLs, in bytes: items of newsonce,
	// with their text, are among what is read.
	maxListLine = 8 << 20
	listBuffer  = 32 << 10
)

// URLList reads a list of URLs, one a line: as it is, or as a JSON object that
// has it under "url", "link", "loc" or "canonical_url", the first of these that
// is given; the items that newsonce writes are such. A line may be a JSON text,
// too. Empty lines and those that begin with # are passed over. The list may be
// packed with gzip or zstd. It holds one line at a time, and is not for two
// goroutines at once.
type URLList struct {
	in     *bufio.Reader
	src    io.Reader
	packed *zstd.Decoder // to be closed, or nil
	offset int64         // bytes of the unpacked list that were read
	line   int64
	failed error
}

// LineError is what Next gives for a line that names no URL. The next call goes
// on behind it.
type LineError struct {
	Line int64 // from 1
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }
func (e *LineError) Unwrap() error { return e.Err }

// NewURLList begins to read a list. Close it in the end.
func NewURLList(r io.Reader) (*URLList, error) {
	l := &URLList{src: r, in: bufio.NewReaderSize(r, listBuffer)}
	head, err := l.in.Peek(4)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(l.in)
		if err != nil {
			return nil, fmt.Errorf("unpack gzip: %w", err)
		}
		l.in, l.src = bufio.NewReaderSize(z, listBuffer), nil
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(l.in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
		if err != nil {
			return nil, fmt.Errorf("unpack zstd: %w", err)
		}
		l.in, l.src, l.packed = bufio.NewReaderSize(z, listBuffer), nil, z
	}
	return l, nil
}

// Close frees what unpacking took. It does not close the list's reader.
func (l *URLList) Close() {
	if l.packed != nil {
		l.packed.Close()
	}
}

// Offset is where the line after the last one that Next gave begins, in bytes
// of the unpacked list: what SkipTo takes in order to go on there.
func (l *URLList) Offset() int64 { return l.offset }

// Line is the number of the last line that Next gave, from 1.
func (l *URLList) Line() int64 { return l.line }

// SkipTo goes on where another reader of the same list was, by its Offset and
// Line. It is called before the first Next. A file that is not packed is read
// from there on, another one is read up to there. A list that has become
// shorter is an error.
func (l *URLList) SkipTo(offset, line int64) error {
	if seeker, ok := l.src.(io.Seeker); ok && offset > 0 {
		end, err := seeker.Seek(0, io.SeekEnd)
		if err == nil && end >= offset {
			_, err = seeker.Seek(offset, io.SeekStart)
		}
		switch {
		case err == nil && end < offset:
			return errShorter
		case err == nil:
			l.in.Reset(l.src)
			l.offset, l.line = offset, line
			return nil
		} // a pipe is a seeker that cannot seek
	}
	n, err := io.CopyN(io.Discard, l.in, offset)
	l.offset, l.line = n, line
	switch {
	case err == io.EOF:
		return errShorter
	case err != nil:
		return fmt.Errorf("skip %d bytes: %w", offset, err)
	}
	return nil
}

var errShorter = errors.New("the list is shorter than what was read of it before: restart it if it is another one")

// Next gives the next URL, as written. It returns io.EOF at the end, a
// *LineError for a line that names none, and another error, again and again,
// when the list cannot be read on.
func (l *URLList) Next() (string, error) {
	for {
		line, err := l.next()
		if err != nil {
			return "", err
		}
		if line == nil { // too long
			return "", &LineError{l.line, fmt.Errorf("it is longer than %d MiB", maxListLine>>20)}
		}
		if l.line == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		url, err := urlOf(line)
		if err != nil {
			return "", &LineError{l.line, err}
		}
		return url, nil
	}
}

// next reads a line; nil for one that is too long.
func (l *URLList) next() (line []byte, err error) {
	if l.failed != nil {
		return nil, l.failed
	}
	var long []byte // of the line, where it does not fit into the buffer
	size := 0
	for {
		part, err := l.in.ReadSlice('\n')
		size += len(part)
		l.offset += int64(len(part))
		switch {
		case err == bufio.ErrBufferFull:
			if size <= maxListLine {
				long = append(long, part...)
			}
			continue
		case err != nil && err != io.EOF:
			l.failed = fmt.Errorf("after line %d: %w", l.line, err)
			return nil, l.failed
		case err == io.EOF && size == 0:
			l.failed = io.EOF
			return nil, io.EOF
		}
		l.line++
		switch {
		case size > maxListLine:
			return nil, nil
		case long == nil:
			return part, nil
		}
		return append(long, part...), nil
	}
}

// urlOf reads a line that is neither empty nor a comment.
func urlOf(line []byte) (string, error) {
	url := string(line[:min(len(line), urlkey.MaxLength+1)])
	switch line[0] {
	case '{':
		var object struct {
			URL       string `json:"url"`
			Link      string `json:"link"`
			Loc       string `json:"loc"`
			Canonical string `json:"canonical_url"`
		}
		if err := json.Unmarshal(line, &object); err != nil {
			return "", fmt.Errorf("it is no JSON object with a URL: %w", err)
		}
		url = ""
		for _, s := range []string{object.URL, object.Link, object.Loc, object.Canonical} {
			if url == "" {
				url = strings.TrimSpace(s)
			}
		}
		if url == "" {
			return "", errors.New(`it holds none of "url", "link", "loc", "canonical_url"`)
		}
	case '"':
		if err := json.Unmarshal(line, &url); err != nil {
			return "", fmt.Errorf("it is no JSON text: %w", err)
		}
		url = strings.TrimSpace(url)
	}
	if strings.ContainsAny(url, " \t") {
		return "", fmt.Errorf("%.40q holds white space: one URL a line", url)
	}
	if !isHTTP(url) {
		return "", fmt.Errorf("%.40q does not begin with http:// or https://", url)
	}
	if _, err := urlkey.Parse(url); err != nil {
		return "", fmt.Errorf("%.40q is no URL", url)
	}
	return url, nil
}

// isHTTP reports whether a URL begins with http:// or https://.
func isHTTP(url string) bool {
	scheme, _, ok := strings.Cut(url, "://")
	return ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}
