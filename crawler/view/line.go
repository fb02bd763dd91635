package view

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/newsonce/newsonce/crawler/item"
)

// Line is one line of the output.
type Line struct {
	Type     item.Type `json:"type"`
	ID       string    `json:"id"`
	Revision int       `json:"revision"` // from 1
	Site     string    `json:"site"`

	Raw []byte `json:"-"` // the JSON, with its newline
	End int64  `json:"-"` // where the line ends, in bytes of the segment's text
}

func (l *Line) key() key { return key{l.Type, l.ID, l.Revision} }

// parse reads the fields from Raw. The keys that it needs come first in lines that
// newsonce wrote, but lines of others are read, too.
func (l *Line) parse() error {
	l.Type, l.ID, l.Revision, l.Site = "", "", 0, ""
	if err := json.Unmarshal(l.Raw, l); err != nil {
		return fmt.Errorf("not an item: %w", err)
	}
	if l.Type == "" {
		return errors.New(`not an item: it has no "type"`)
	}
	l.Revision = max(1, l.Revision)
	return nil
}

// Decode reads the line into v, such as an *item.Article.
func (l *Line) Decode(v any) error {
	if err := json.Unmarshal(l.Raw, v); err != nil {
		return fmt.Errorf("read %s %s: %w", l.Type, l.ID, err)
	}
	return nil
}
