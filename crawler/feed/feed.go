package feed

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/newsonce/newsonce/crawler/item"
)

// maxFeedNesting is how many elements of a feed may be open at once. Articles
// in full with their mark-up come to 30.
const maxFeedNesting = 500

// ErrHTML is returned by Read for an HTML page. The page may name its feeds; see
// Links.
var ErrHTML = errors.New("it is an HTML page, not a feed")

// Info is what a page of a feed says besides its entries.
type Info struct {
	// Next is the URL of the page with older entries, as written: rel=next or, in
	// archived feeds, rel=prev-archive (RFC 5005 sections 3 and 4), or next_url of
	// JSON Feed. "" means there is none.
	Next string
}

// Read reads one page of an RSS, Atom or JSON feed, plain or gzipped, and calls
// yield with each entry that has a URL, in order. Of a page that was cut off it yields
// the entries before the cut, and then returns an error. More than MaxFeed bytes are an error, and so
// are more than MaxEntries entries, after the first of them. An error of yield
// stops Read and is returned as it is.
func Read(r io.Reader, yield func(Entry) error) (Info, error) {
	b, err := open(r, MaxFeed)
	if err != nil {
		return Info{}, err
	}
	return readFeed(b, counted(yield))
}

// readFeed reads a feed that has been unpacked and decoded.
func readFeed(r io.Reader, yield func(Entry) error) (Info, error) {
	body, err := io.ReadAll(&capped{r: r, left: MaxFeed, limit: MaxFeed})
	if err != nil {
		return Info{}, err
	}
	info, err := checkFeed(body)
	if err != nil {
		return Info{}, err
	}
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(body))
	var broken error
	if err != nil {
		broken = fmt.Errorf("the feed is broken: %w", err)
		if feed, err = gofeed.NewParser().Parse(bytes.NewReader(whole(body))); err != nil {
			return Info{}, broken
		}
	}
	for _, x := range feed.Items {
		e := Entry{
			URL:       strings.TrimSpace(x.Link),
			Title:     x.Title,
			Published: feedDate(x.Published, x.PublishedParsed),
			LastMod:   feedDate(x.Updated, x.UpdatedParsed),
		}
		if guid := strings.TrimSpace(x.GUID); e.URL == "" && isHTTP(guid) {
			e.URL = guid
		}
		if e.URL == "" {
			continue
		}
		e.URL = plainURL(e.URL)
		if err := yield(e); err != nil {
			return Info{}, err
		}
	}
	return info, broken
}

// whole returns a feed that was cut off up to the end of its last whole entry, with the
// ends of what was open there; nil if there is no whole entry.
func whole(body []byte) []byte {
	if bytes.HasPrefix(body, []byte("{")) {
		return wholeJSON(body)
	}
	d := newDecoder(bytes.NewReader(body))
	var open []string // elements, by their names as written
	var end int64     // of the last whole entry
	var tail string   // the ends of the elements that were open there
	for {
		t, err := d.RawToken()
		if err != nil {
			break
		}
		switch t := t.(type) {
		case xml.StartElement:
			open = append(open, written(t.Name))
		case xml.EndElement:
			open = open[:max(0, len(open)-1)]
			if isEntry(t.Name) {
				end, tail = d.InputOffset(), ""
				for _, name := range open {
					tail = "</" + name + ">" + tail
				}
			}
		}
	}
	if end == 0 {
		return nil
	}
	return append(bytes.Clone(body[:end]), tail...)
}

// written returns the name of an element as RawToken found it in the file.
func written(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

// wholeJSON is whole for a JSON Feed.
func wholeJSON(body []byte) []byte {
	d := json.NewDecoder(bytes.NewReader(body))
	if _, err := d.Token(); err != nil {
		return nil
	}
	for {
		key, err := d.Token()
		if err != nil {
			return nil
		}
		var value json.RawMessage
		if key != "items" {
			if err := d.Decode(&value); err != nil {
				return nil
			}
			continue
		}
		if _, err := d.Token(); err != nil {
			return nil
		}
		end := int64(0)
		for d.More() && d.Decode(&value) == nil {
			end = d.InputOffset()
		}
		if end == 0 {
			return nil
		}
		return append(bytes.Clone(body[:end]), "]}"...)
	}
}

// checkFeed refuses a file that is not a feed, and elements nested so deeply that
// they would cost the parser many times their size. It returns the next page.
func checkFeed(body []byte) (Info, error) {
	if bytes.HasPrefix(body, []byte("{")) {
		var feed struct {
			Next string `json:"next_url"`
		}
		_ = json.Unmarshal(body, &feed) // the parser reports errors, and limits nesting
		return Info{strings.TrimSpace(feed.Next)}, nil
	}
	switch root := rootOf(body); {
	case root == "html":
		return Info{}, ErrHTML
	case !isFeed(root):
		return Info{}, errors.New("it is none of RSS, Atom and JSON Feed")
	}
	d, depth := newDecoder(bytes.NewReader(body)), 0
	var links pageLinks
	for {
		t, err := d.RawToken()
		if err != nil { // the end, or an error that the parser reports
			return Info{cmp.Or(links.next, links.archive)}, nil
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth++; depth > maxFeedNesting {
				return Info{}, fmt.Errorf("elements are nested more than %d deep", maxFeedNesting)
			}
			links.start(t)
		case xml.EndElement:
			depth = max(0, depth-1)
			if isEntry(t.Name) {
				links.inEntry = false
			}
		}
	}
}

// pageLinks collects the links of a feed to its other pages. Entries have links
// of their own.
type pageLinks struct {
	next, archive string
	inEntry       bool
}

func (l *pageLinks) start(e xml.StartElement) {
	switch rel := attr(e, "rel"); {
	case isEntry(e.Name):
		l.inEntry = true
	case e.Name.Local != "link", l.inEntry:
	case rel == "next" && l.next == "":
		l.next = attr(e, "href")
	case rel == "prev-archive" && l.archive == "":
		l.archive = attr(e, "href")
	}
}

func isEntry(name xml.Name) bool { return name.Local == "item" || name.Local == "entry" }

// attr returns an attribute of an element, without the space around it.
func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// feedDate returns a date of a feed: with its own zone if parseDate knows its
// form, or the instant that the parser found.
func feedDate(raw string, t *time.Time) item.Date {
	if d := parseDate(raw); d.Zoned || t == nil {
		return d
	}
	return item.Date{Time: *t, Precision: item.Second, Zoned: true, Raw: raw}
}
