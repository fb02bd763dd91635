package cdx

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/newsonce/newsonce/crawler/warc"
	"github.com/newsonce/newsonce/dedupe/urlkey"
)

const (
	// MaxBytes bounds a response of the index, in bytes.
	MaxBytes = 64 << 20
	// maxCaptureLine bounds a line, in bytes. URLs of scripts reach several thousand.
	maxCaptureLine = 64 << 10
)

// Read reads the response to PageURL(c) and calls yield with each wanted capture, in
// the order of the index: by URL, then by time. It returns the cursor after the
// response, and whether this was the last one. After an error, including one of yield,
// the cursor is still c, so that the same captures are listed again.
func (w Index) Read(body io.Reader, c Cursor, yield func(Capture) error) (next Cursor, done bool, err error) {
	r := &captureReader{w: w, next: c, yield: yield}
	r.next.Resume = ""
	if err := r.read(bufio.NewReaderSize(&capped{r: body, left: MaxBytes, limit: MaxBytes}, maxCaptureLine)); err != nil {
		return c, false, err
	}
	if r.next.Resume != "" {
		if r.next.Resume == c.Resume {
			return c, false, errors.New("list captures: the service returned the same resumption key twice")
		}
		return r.next, false, nil
	}
	if !w.All && r.next.Held != nil {
		if err := r.give(*r.next.Held); err != nil {
			return c, false, err
		}
		r.next.Held = nil
	}
	return r.next, true, nil
}

// captureReader reads one response.
type captureReader struct {
	w      Index
	next   Cursor
	yield  func(Capture) error
	fields []int // position in a line of each of captureFields
	line   int   // from 1
}

func (r *captureReader) read(b *bufio.Reader) error {
	r.fields = []int{0, 1, 2, 3, 4, 5}
	if err := skipSpace(b); err != nil {
		return fmt.Errorf("list captures: %w", err)
	}
	head, err := b.Peek(1)
	switch {
	case len(head) == 0 && err == io.EOF:
		return nil
	case len(head) == 0:
		return fmt.Errorf("list captures: %w", err)
	case head[0] == '<':
		return errors.New("list captures: the service returned an HTML page instead of a list")
	case head[0] == '{':
		return errors.New("list captures: the service returned an object instead of a list; " +
			"it is not a CDX server of the Wayback Machine")
	case head[0] == '[':
		return r.readJSON(b)
	}
	return r.readPlain(b)
}

// readJSON reads an array of arrays: the names of the fields, the lines, and after an
// empty array the resumption key.
func (r *captureReader) readJSON(b *bufio.Reader) error {
	d := json.NewDecoder(b)
	if _, err := d.Token(); err != nil {
		return r.broken(err)
	}
	for d.More() {
		r.line++
		var row []string
		if err := d.Decode(&row); err != nil {
			return r.broken(err)
		}
		var err error
		switch {
		case len(row) == 0:
		case len(row) == 1:
			r.next.Resume = row[0]
		case r.line == 1 && slices.Contains(row, "timestamp"):
			err = r.header(row)
		default:
			err = r.take(row)
		}
		if err != nil {
			return err
		}
	}
	_, err := d.Token()
	return r.broken(err)
}

// readPlain reads lines of fields separated by spaces, and after an empty line the
// resumption key.
func (r *captureReader) readPlain(b *bufio.Reader) error {
	empty := false
	for {
		r.line++
		line, err := b.ReadSlice('\n')
		switch {
		case err == bufio.ErrBufferFull:
			return r.broken(fmt.Errorf("longer than %d KiB", maxCaptureLine>>10))
		case err != nil && err != io.EOF:
			return r.broken(err)
		}
		row := strings.Fields(string(line))
		switch {
		case len(row) == 0:
			empty = true
		case empty:
			r.next.Resume = strings.TrimSpace(string(line))
		default:
			if err := r.take(row); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// broken adds the line to an error; nil stays nil.
func (r *captureReader) broken(err error) error {
	if err == nil {
		return nil
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("list captures: line %d: %w", r.line, err)
}

// header records the order of the fields.
func (r *captureReader) header(row []string) error {
	for i, name := range captureFields {
		at := slices.Index(row, name)
		if at < 0 {
			return fmt.Errorf("list captures: the response has no field %s", name)
		}
		r.fields[i] = at
	}
	return nil
}

// take reads a line and passes on the captures that it settles.
func (r *captureReader) take(row []string) error {
	if len(row) < len(captureFields) {
		return fmt.Errorf("list captures: line %d has %d fields, not %d: %.80q",
			r.line, len(row), len(captureFields), strings.Join(row, " "))
	}
	field := func(i int) string { return row[r.fields[i]] }
	r.next.Lines++
	c := Capture{Key: field(0), URL: field(2), Digest: field(5)}
	var ok bool
	if c.At, ok = captureTime(field(1)); !ok || field(4) != "200" || !warc.IsPage(field(3)) || !canBeAsked(c.URL) {
		r.next.Skipped++
		return nil
	}
	held := r.next.Held
	r.next.Held = &c
	switch {
	case r.w.All && held != nil && held.Key == c.Key && held.Digest == c.Digest && c.Digest != "":
		return nil
	case r.w.All:
		return r.give(c)
	case held == nil:
		return nil
	case held.Key != c.Key:
		return r.give(*held)
	case c.At.Before(held.At):
		held.add(c)
		r.next.Held = held
	default:
		c.Others, held.Others = held.Others, nil
		c.add(*held)
	}
	return nil
}

// add adds another capture of the page unless it has the bytes of one that is there.
func (c *Capture) add(o Capture) {
	same := func(x Capture) bool { return x.Digest == o.Digest && o.Digest != "" }
	c.Others = slices.DeleteFunc(c.Others, func(x Capture) bool { return x.Digest == c.Digest && c.Digest != "" })
	if same(*c) || slices.ContainsFunc(c.Others, same) {
		return
	}
	c.Others = append(c.Others, o)
	slices.SortStableFunc(c.Others, func(a, b Capture) int { return b.At.Compare(a.At) })
	if len(c.Others) > maxOthers {
		c.Others = slices.Delete(c.Others, maxOthers-1, maxOthers)
	}
}

// canBeAsked reports whether a URL is valid and begins with http or https.
func canBeAsked(raw string) bool {
	_, err := urlkey.Parse(raw)
	return err == nil && isHTTP(raw)
}

func (r *captureReader) give(c Capture) error {
	r.next.Given++
	return r.yield(c)
}

// capped reads at most limit bytes and returns an error if there are more.
type capped struct {
	r           io.Reader
	left, limit int64
}

func (c *capped) Read(p []byte) (int, error) {
	n, err := c.r.Read(p[:min(int64(len(p)), c.left+1)])
	if c.left -= int64(n); c.left < 0 {
		return n + int(c.left), fmt.Errorf("larger than %d MiB", c.limit>>20)
	}
	return n, err
}

// skipSpace skips white space and byte order marks.
func skipSpace(b *bufio.Reader) error {
	for {
		r, _, err := b.ReadRune()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case !unicode.IsSpace(r) && r != '\ufeff':
			return b.UnreadRune()
		}
	}
}
