package feed

import (
	"bytes"
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

// ErrHTML is returned by Read for an HTML page, which may name
// its feeds; see Links.
var ErrHTML = errors.New("it is an HTML page, not a feed")

// Info is what a feed says besides its entries.
type Info struct {
	// Next is the page with older entries, as written: rel=next or, in feeds
	// that are archived, rel=prev-archive (RFC 5005 sections 3 and 4), next_url
	// in JSON Feed. "" when there is none.
	Next string
}

// Read reads one page of an RSS, Atom or JSON feed, packed with gzip or not, and calls
// yield with each entry that has an address, in order. The feed is read as a
// whole, so that a broken one gives nothing; more than MaxFeed bytes are an
// error, and so are more than MaxEntries entries, of which the first were
// given. An error of yield ends the reading and is returned as it is.
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
	if err != nil {
		return Info{}, fmt.Errorf("the feed is broken: %w", err)
	}
	for _, x := range feed.Items {
		e := Entry{URL: strings.TrimSpace(x.Link), Title: x.Title, Published: feedDate(x.Published, x.PublishedParsed), LastMod: feedDate(x.Updated, x.UpdatedParsed)}
		if guid := strings.TrimSpace(x.GUID); e.URL == "" && isHTTP(guid) {
			e.URL = guid
		}
		if e.URL == "" {
			continue
		}
		if err := yield(e); err != nil {
			return Info{}, err
		}
	}
	return info, nil
}

// checkFeed refuses what is no feed, and elements so deeply nested that they
// would cost the parser many times their size. On its way it looks for the next
// page.
func checkFeed(body []byte) (Info, error) {
	if bytes.HasPrefix(body, []byte("{")) {
		var feed struct {
			Next string `json:"next_url"`
		}
		_ = json.Unmarshal(body, &feed) // the parser will say it; it has a limit of its own
		return Info{strings.TrimSpace(feed.Next)}, nil
	}
	switch root := rootOf(body); {
	case root == "html":
		return Info{}, ErrHTML
	case !isFeed(root):
		return Info{}, errors.New("it is none of RSS, Atom and JSON Feed")
	}
	d, depth := newDecoder(bytes.NewReader(body)), 0
	var info Info
	inEntry, older := false, ""
	for {
		t, err := d.RawToken()
		if err != nil { // the end, or what the parser will say
			if info.Next == "" {
				info.Next = older
			}
			return info, nil
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth++; depth > maxFeedNesting {
				return Info{}, fmt.Errorf("elements are nested more than %d deep", maxFeedNesting)
			}
			switch {
			case t.Name.Local == "item", t.Name.Local == "entry":
				inEntry = true
			case t.Name.Local != "link", inEntry:
			case attr(t, "rel") == "next" && info.Next == "":
				info.Next = attr(t, "href")
			case attr(t, "rel") == "prev-archive" && older == "":
				older = attr(t, "href")
			}
		case xml.EndElement:
			depth = max(0, depth-1)
			if t.Name.Local == "item" || t.Name.Local == "entry" {
				inEntry = false
			}
		}
	}
}

// attr is an attribute of an element, without the space around it.
func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// feedDate is a date of a feed: with its own zone where its form is known, else
// at the moment that the parser made of it.
func feedDate(raw string, t *time.Time) item.Date {
	if d := parseDate(raw); d.Zoned || t == nil {
		return d
	}
	return item.Date{Time: *t, Precision: item.Second, Zoned: true, Raw: raw}
}
