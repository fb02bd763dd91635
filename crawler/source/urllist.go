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
	// maxListLine bounds a line of a list of URLs, in bytes. A line may be an item of
	// newsonce with its whole text.
	maxListLine = 8 << 20
	listBuffer  = 32 << 10
)

// URLList reads a list of URLs, one per line. A line is a URL, a JSON string, or a
// JSON object with the URL under the first present of "url", "link", "loc" and
// "canonical_url", such as an item of newsonce. Empty lines and lines that begin with
// # are skipped. The list may be compressed with gzip or zstd. URLList holds one line
// in memory; it must not be used by two goroutines at once.
type URLList struct {
	in     *bufio.Reader
	src    io.Reader
	packed *zstd.Decoder // closed by Close; nil without zstd
	offset int64         // bytes read of the unpacked list
	line   int64
	failed error
}

// LineError is returned by URLList.Next for a line without a URL. The next call
// continues after it.
type LineError struct {
	Line int64 // from 1
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }
func (e *LineError) Unwrap() error { return e.Err }

// NewURLList returns a reader of the list r. The caller must close it.
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

// Close frees the decompressor. It does not close the underlying reader.
func (l *URLList) Close() {
	if l.packed != nil {
		l.packed.Close()
	}
}

// Offset returns the offset after the last line that Next returned, in bytes of the
// unpacked list. SkipTo takes it to continue there.
func (l *URLList) Offset() int64 { return l.offset }

// Line returns the number of the last line that Next returned, from 1.
func (l *URLList) Line() int64 { return l.line }

// SkipTo continues at the Offset and Line of an earlier reader of the same list. It
// must be called before the first Next. It seeks if it can, and reads up to the offset
// in a compressed list or a pipe. It returns an error if the list has become shorter.
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

var errShorter = errors.New("the list is shorter than the part read before; " +
	"if it was replaced, read it again with --restart")

// Next returns the next URL, as written. It returns io.EOF at the end and a *LineError
// for a line without a URL. Any other error is permanent: the list cannot be read
// further.
func (l *URLList) Next() (string, error) {
	for {
		line, err := l.next()
		if err != nil {
			return "", err
		}
		if line == nil { // too long
			return "", &LineError{l.line, fmt.Errorf("longer than %d MiB", maxListLine>>20)}
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

// next reads a line. It returns nil for one that is too long.
func (l *URLList) next() (line []byte, err error) {
	if l.failed != nil {
		return nil, l.failed
	}
	var long []byte // the line so far, when it exceeds the buffer
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

// urlOf returns the URL in a line that is neither empty nor a comment.
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
			return "", fmt.Errorf("not a JSON object with a URL: %w", err)
		}
		url = ""
		for _, s := range []string{object.URL, object.Link, object.Loc, object.Canonical} {
			if url == "" {
				url = strings.TrimSpace(s)
			}
		}
		if url == "" {
			return "", errors.New(`a JSON object without "url", "link", "loc" or "canonical_url"`)
		}
	case '"':
		if err := json.Unmarshal(line, &url); err != nil {
			return "", fmt.Errorf("not a JSON string: %w", err)
		}
		url = strings.TrimSpace(url)
	}
	if strings.ContainsAny(url, " \t") {
		return "", fmt.Errorf("%.40q contains white space; write one URL per line", url)
	}
	if !isHTTP(url) {
		return "", fmt.Errorf("%.40q does not begin with http:// or https://", url)
	}
	if _, err := urlkey.Parse(url); err != nil {
		return "", fmt.Errorf("%.40q is not a URL", url)
	}
	return url, nil
}

// isHTTP reports whether a URL begins with http:// or https://.
func isHTTP(url string) bool {
	scheme, _, ok := strings.Cut(url, "://")
	return ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}
