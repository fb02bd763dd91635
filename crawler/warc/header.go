package warc

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxRecordHeader bounds the header of a record, in bytes.
const maxRecordHeader = 64 << 10

// recordHeader holds the fields of a record that the reader uses (ISO 28500
// section 5).
type recordHeader struct {
	kind, uri, date, contentType, length, truncated, segment string
}

// field returns where the value of a named field belongs, nil for any other.
func (h *recordHeader) field(name []byte) *string {
	switch strings.ToLower(string(name)) {
	case "warc-type":
		return &h.kind
	case "warc-target-uri":
		return &h.uri
	case "warc-date":
		return &h.date
	case "content-type":
		return &h.contentType
	case "content-length":
		return &h.length
	case "warc-truncated":
		return &h.truncated
	case "warc-segment-number":
		return &h.segment
	}
	return nil
}

// maxBlock is the largest plausible length of a block, in bytes.
const maxBlock = 1 << 40

// size returns the length of the block, -1 if none that is plausible is given.
func (h *recordHeader) size() int64 {
	n, err := strconv.ParseInt(h.length, 10, 64)
	if err != nil || n < 0 || n > maxBlock {
		return -1
	}
	return n
}

// target returns the URL of the capture. WARC 1.0 files may have it between < and
// >.
func (h *recordHeader) target() string {
	uri := strings.TrimSpace(h.uri)
	if strings.HasPrefix(uri, "<") && strings.HasSuffix(uri, ">") {
		uri = strings.TrimSpace(uri[1 : len(uri)-1])
	}
	return uri
}

// isHTTP reports whether a URL begins with http:// or https://.
func isHTTP(uri string) bool {
	scheme, _, ok := strings.Cut(uri, "://")
	return ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// warcDates are the forms of WARC-Date: that of WARC 1.0, those of less
// precision of WARC 1.1, and the one of CDX files, which some tools write.
var warcDates = []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateOnly, "2006-01", "2006", "20060102150405"}

// captured returns the time of capture in UTC, zero if it cannot be parsed.
func (h *recordHeader) captured() time.Time {
	for _, layout := range warcDates {
		if t, err := time.Parse(layout, h.date); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// versionLength is the length of the longest version line.
const versionLength = len("WARC/1.99\r\n")

// isVersion reports whether line, with its end, begins a record: WARC/0.17,
// 0.18, 1.0, 1.1.
func isVersion(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, warcMagic)
	if !ok || len(rest) < 4 || rest[1] != '.' || !isDigit(rest[0]) || !isDigit(rest[2]) {
		return false
	}
	rest = rest[3:]
	if isDigit(rest[0]) {
		rest = rest[1:]
	}
	rest = bytes.TrimPrefix(rest, []byte("\r"))
	return len(rest) > 0 && rest[0] == '\n'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// indexVersion returns the index of the first line in b that begins a record, -1
// if there is none. atLine says that b begins a line.
func indexVersion(b []byte, atLine bool) int {
	for from := 0; ; {
		i := bytes.Index(b[from:], warcMagic)
		if i < 0 {
			return -1
		}
		i += from
		if (i == 0 && atLine || i > 0 && b[i-1] == '\n') && isVersion(b[i:]) {
			return i
		}
		from = i + 1
	}
}

var errLongHeader = fmt.Errorf("its header has more than %d KiB", maxRecordHeader>>10)

// readHeader reads the header of a record, from its version line to the empty
// line. Lines may end with a line feed alone, and are continued by lines that
// begin with a space.
func (r *Reader) readHeader() (recordHeader, error) {
	var h recordHeader
	line, err := r.line()
	if err != nil {
		return h, err
	}
	if !isVersion(line) {
		return h, notRecord(line)
	}
	var last *string
	for left := maxRecordHeader; ; {
		line, err := r.line()
		if err != nil {
			return h, noEOF(err)
		}
		if left -= len(line); left < 0 {
			return h, errLongHeader
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			return h, nil
		}
		if line[0] == ' ' || line[0] == '\t' {
			if last != nil {
				*last = strings.TrimSpace(*last + " " + string(bytes.TrimSpace(line)))
			}
			continue
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		if last = h.field(bytes.TrimSpace(name)); last != nil {
			*last = string(bytes.TrimSpace(value))
		}
	}
}

// notRecord returns the error for a line that begins no record.
func notRecord(line []byte) error {
	if bytes.HasPrefix(line, []byte("filedesc://")) {
		return errors.New("it is an ARC file, which is older than WARC and not read: convert it first")
	}
	return fmt.Errorf("no record begins with %.40q", line)
}
