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
	// maxNesting is how many elements may be open at once; sitemaps with every
	// extension come to 6.
	maxNesting = 64
	// maxText is how much of one text is kept: more than any URL, see urlkey.
	maxText = 32 << 10
	// maxLine bounds a line of a plain list.
	maxLine = 64 << 10
)

// ReadSitemap reads one file as https://www.sitemaps.org/protocol.html has it
// (a sitemap, an index, a plain list of URLs, a feed), packed with gzip or not,
// and calls yield with each of its entries, in order. It asks nothing: the
// entries of an index are for the caller to follow.
//
// It is lenient where sites are careless: any namespace, declared charset,
// unescaped "&", control characters, end tags that are missing. Entities are
// not expanded. What comes before an error was given to yield: broken or cut
// XML, more than MaxSitemap bytes or MaxEntries entries. An error of yield
// ends the reading and is returned as it is.
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

// counted lets MaxEntries entries pass.
func counted(yield func(Entry) error) func(Entry) error {
	n := 0
	return func(e Entry) error {
		if n++; n > MaxEntries {
			return errManyEntries
		}
		return yield(e)
	}
}

// newDecoder reads tokens as leniently as encoding/xml can. Raw tokens: it
// keeps no stack of open elements, which a file of nothing but start tags would
// make 50 times its own size.
func newDecoder(r io.Reader) *xml.Decoder {
	d := xml.NewDecoder(r)
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	return d
}

// rootOf is the local name of the first element, in lower case, or "" when the
// beginning of the file shows none.
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

// broken gives what can still be given, and says where the file ends or breaks.
func (s *sitemap) broken(err error) error {
	line, _ := s.decoder.InputPos()
	s.text, s.loose = nil, nil // half an address, perhaps
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

// isLeaf reports whether an element holds no others, so that one that begins
// within it tells that its end tag is missing.
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
// never closed. An end tag of an element that is not open is passed over.
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

// flush gives the entry, if it names an address.
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
	return s.yield(s.entry)
}

// readList reads a plain list: a URL a line. Lines that are none are passed
// over, unless nothing but such lines comes.
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
		return fmt.Errorf("after %d addresses, a line is longer than %d KiB", found, maxLine>>10)
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
