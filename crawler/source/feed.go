package source

import (
	"bytes"
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

// ReadFeed reads an RSS, Atom or JSON feed, packed with gzip or not, and calls
// yield with each entry that has an address, in order. The feed is read as a
// whole, so that a broken one gives nothing; more than MaxFeed bytes are an
// error, and so are more than MaxEntries entries, of which the first were
// given. An error of yield ends the reading and is returned as it is.
func ReadFeed(r io.Reader, yield func(Entry) error) error {
	b, err := open(r, MaxFeed)
	if err != nil {
		return err
	}
	return readFeed(b, counted(yield))
}

// readFeed reads a feed that has been unpacked and decoded.
func readFeed(r io.Reader, yield func(Entry) error) error {
	body, err := io.ReadAll(&capped{r: r, left: MaxFeed, limit: MaxFeed})
	if err != nil {
		return err
	}
	if err := checkFeed(body); err != nil {
		return err
	}
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("the feed is broken: %w", err)
	}
	for _, x := range feed.Items {
		e := Entry{URL: strings.TrimSpace(x.Link), Title: x.Title, Published: feedDate(x.Published, x.PublishedParsed), LastMod: feedDate(x.Updated, x.UpdatedParsed)}
		if guid := strings.TrimSpace(x.GUID); e.URL == "" && hasScheme(guid) {
			e.URL = guid
		}
		if e.URL == "" {
			continue
		}
		if err := yield(e); err != nil {
			return err
		}
	}
	return nil
}

// checkFeed refuses what is no feed, and elements so deeply nested that they
// would cost the parser many times their size.
func checkFeed(body []byte) error {
	if bytes.HasPrefix(body, []byte("{")) {
		return nil // encoding/json has a limit of its own
	}
	switch root := rootOf(body); {
	case root == "html":
		return errors.New("it is an HTML page, not a feed")
	case !isFeed(root):
		return errors.New("it is none of RSS, Atom and JSON Feed")
	}
	d, depth := newDecoder(bytes.NewReader(body)), 0
	for {
		t, err := d.RawToken()
		if err != nil {
			return nil // the parser will say it
		}
		switch t.(type) {
		case xml.StartElement:
			if depth++; depth > maxFeedNesting {
				return fmt.Errorf("elements are nested more than %d deep", maxFeedNesting)
			}
		case xml.EndElement:
			depth = max(0, depth-1)
		}
	}
}

// feedDate is a date of a feed: with its own zone where its form is known, else
// at the moment that the parser made of it.
func feedDate(raw string, t *time.Time) item.Date {
	if d := parseDate(raw); d.Zoned || t == nil {
		return d
	}
	return item.Date{Time: *t, Precision: item.Second, Zoned: true, Raw: raw}
}
