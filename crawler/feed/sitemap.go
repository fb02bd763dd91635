package feed

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	// maxNesting is how many elements may be open at once; sitemaps with all
	// extensions have 6.
	maxNesting = 64
	// maxText is how much of one text is kept: more than any URL, see urlkey.
	maxText = 32 << 10
	// maxLine bounds a line of a plain list.
	maxLine = 64 << 10
)

// ReadSitemap reads one file that https://www.sitemaps.org/protocol.html defines
// (a sitemap, an index, a plain list of URLs, a feed), plain or gzipped, and
// calls yield with each of its entries, in order. The caller fetches the sitemaps
// that an index names.
//
// It accepts what careless sites write: any namespace and charset, unescaped
// "&", control characters, missing end tags. Entities are not expanded. On broken
// or cut XML, more than MaxSitemap bytes or more than MaxEntries entries it
// returns an error after it has yielded the entries before. An error of yield
// stops ReadSitemap and is returned as it is.
func ReadSitemap(r io.Reader, yield func(Entry) error) (Kind, error) {
	b, err := open(r, MaxSitemap)
	if err != nil {
		return Unknown, err
	}
	yield = counted(yield)
	head, err := b.Peek(peekBytes)
	switch {
	case len(head) == 0 && err != io.EOF:
		return Unknown, err
	case len(head) > 0 && head[0] == '{' || isFeed(rootOf(head)):
		_, err := readFeed(b, yield)
		return Feed, err
	case len(head) > 0 && head[0] == '<':
		s := sitemap{decoder: newDecoder(b), yield: yield}
		return s.read()
	}
	return List, readList(b, yield)
}

// counted returns a yield that accepts MaxEntries entries.
func counted(yield func(Entry) error) func(Entry) error {
	n := 0
	return func(e Entry) error {
		if n++; n > MaxEntries {
			return errManyEntries
		}
		return yield(e)
	}
}

// newDecoder returns a decoder as lenient as encoding/xml has it. Its callers read
// raw tokens: for others it would keep a stack of open elements, which grows to 50
// times the size of a file of start tags.
func newDecoder(r io.Reader) *xml.Decoder {
	d := xml.NewDecoder(r)
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	return d
}

// rootOf returns the local name of the first element, in lower case, or "" if
// head holds none.
func rootOf(head []byte) string {
	d := newDecoder(bytes.NewReader(head))
	for {
		t, err := d.RawToken()
		if err != nil {
			return ""
		}
		if start, ok := t.(xml.StartElement); ok {
			return strings.ToLower(start.Name.Local)
		}
	}
}

func isFeed(root string) bool { return root == "rss" || root == "feed" || root == "rdf" }

// sitemap is the state of reading one file of XML.
type sitemap struct {
	decoder *xml.Decoder
	yield   func(Entry) error
	kind    Kind
	open    []xml.Name // elements, the root first; Space is the prefix as written
	root    xml.Name

	entry   Entry
	inEntry bool
	text    []byte // of the innermost element
	loose   []byte // directly in the entry's element: some write no <loc>
}

func (s *sitemap) read() (Kind, error) {
	for {
		t, err := s.decoder.RawToken()
		if err != nil {
			return s.kind, s.broken(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			err = s.start(t.Name)
		case xml.EndElement:
			err = s.end(t.Name)
		case xml.CharData:
			s.chars(t)
		}
		if err != nil {
			return s.kind, err
		}
		if s.kind != Unknown && len(s.open) == 0 { // the root is closed
			return s.kind, nil
		}
	}
}

// broken yields the entry that is complete, and says where the file ends or breaks.
func (s *sitemap) broken(err error) error {
	line, _ := s.decoder.InputPos()
	s.text, s.loose = nil, nil // perhaps half a URL
	if flushed := s.flush(); flushed != nil {
		return flushed
	}
	var syntax *xml.SyntaxError
	switch {
	case s.kind == Unknown && err == io.EOF:
		return errors.New("it holds no element, and is no sitemap")
	case err == io.EOF:
		err = fmt.Errorf("it ends before </%.40s>", s.root.Local)
	case errors.As(err, &syntax):
		err = errors.New(syntax.Msg)
	}
	return fmt.Errorf("line %d: %w", line, err)
}

func (s *sitemap) start(name xml.Name) error {
	if len(s.open) == 0 {
		return s.begin(name)
	}
	s.finish()
	local := strings.ToLower(name.Local)
	if (local == "url" || local == "sitemap") && (name.Space == s.root.Space || len(s.open) == 1) {
		if err := s.flush(); err != nil { // of an entry without its end tag
			return err
		}
		s.open = append(s.open[:1], name)
		s.entry, s.inEntry, s.loose = Entry{Sitemap: local == "sitemap"}, true, s.loose[:0]
		return nil
	}
	if n := len(s.open); n == 3 && isLeaf(s.open[2].Local) {
		s.open = s.open[:2]
	}
	if len(s.open) == maxNesting {
		line, _ := s.decoder.InputPos()
		return fmt.Errorf("line %d: elements are nested more than %d deep", line, maxNesting)
	}
	s.open = append(s.open, name)
	return nil
}

// isLeaf reports whether an element holds no others. One that begins within it
// shows that its end tag is missing.
func isLeaf(local string) bool {
	return strings.EqualFold(local, "loc") || strings.EqualFold(local, "lastmod")
}

// begin takes the root element.
func (s *sitemap) begin(name xml.Name) error {
	switch strings.ToLower(name.Local) {
	case "urlset":
		s.kind = Sitemap
	case "sitemapindex":
		s.kind = Index
	case "html":
		return errors.New("it is an HTML page, not a sitemap")
	default:
		return fmt.Errorf("its root element is <%s>, and neither <urlset> nor <sitemapindex>", name.Local)
	}
	s.root = name
	s.open = append(s.open, name)
	return nil
}

// end closes the innermost element of that name, and those within it that were
// never closed. It ignores the end tag of an element that is not open.
func (s *sitemap) end(name xml.Name) error {
	s.finish()
	for i := len(s.open) - 1; i >= 0; i-- {
		if s.open[i] == name {
			s.open = s.open[:i]
			break
		}
	}
	if s.inEntry && len(s.open) < 2 {
		return s.flush()
	}
	return nil
}

// chars keeps the text of the innermost element, where it may be of use.
func (s *sitemap) chars(t []byte) {
	if !s.inEntry {
		return
	}
	if len(s.open) == 2 {
		s.loose = append(s.loose, t[:min(len(t), maxText-min(maxText, len(s.loose)))]...)
		return
	}
	s.text = append(s.text, t[:min(len(t), maxText-min(maxText, len(s.text)))]...)
}

// finish takes the text of the innermost element into the entry.
func (s *sitemap) finish() {
	if len(s.text) == 0 {
		return
	}
	text := bytes.TrimSpace(s.text)
	n := len(s.open)
	local := s.open[n-1].Local
	switch {
	case len(text) == 0 || len(text) == maxText:
	case n == 3 && strings.EqualFold(local, "loc") && s.entry.URL == "":
		s.entry.URL = string(text)
	case n == 3 && strings.EqualFold(local, "lastmod"):
		s.entry.LastMod = parseDate(string(text))
	case n == 4 && s.open[2].Local == "news" && local == "title":
		s.entry.Title = string(text)
	case n == 4 && s.open[2].Local == "news" && local == "publication_date":
		s.entry.Published = parseDate(string(text))
	}
	s.text = s.text[:0]
}

// flush yields the entry, if it has a URL.
func (s *sitemap) flush() error {
	if !s.inEntry {
		return nil
	}
	s.finish()
	s.inEntry = false
	if loose := bytes.TrimSpace(s.loose); s.entry.URL == "" && len(loose) < maxText {
		s.entry.URL = string(loose)
	}
	if s.entry.URL == "" {
		return nil
	}
	s.entry.URL = plainURL(s.entry.URL)
	return s.yield(s.entry)
}

// readList reads a plain list with a URL per line. It ignores other lines, unless
// the file holds nothing else.
func readList(b *bufio.Reader, yield func(Entry) error) error {
	lines := bufio.NewScanner(b)
	lines.Buffer(make([]byte, 0, 4<<10), maxLine)
	found, other := 0, 0
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "":
		case isHTTP(line):
			found++
			if err := yield(Entry{URL: line}); err != nil {
				return err
			}
		default:
			if other++; found == 0 && other > 100 {
				return errNoList
			}
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("after %d URLs, a line is longer than %d KiB", found, maxLine>>10)
	case err != nil:
		return err
	case found == 0 && other > 0:
		return errNoList
	}
	return nil
}

var errNoList = errors.New("it is neither XML nor a list of URLs")

func isHTTP(line string) bool {
	scheme, _, ok := strings.Cut(line, "://")
	return ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}
