// Package jsonlist reads lists of articles from JSON, as "load more" endpoints return
// them.
package jsonlist

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

const (
	// MaxBytes bounds a response in JSON, in bytes.
	MaxBytes = 10 << 20
	// maxNesting is the deepest nesting of objects and arrays. Real endpoints nest up
	// to 15 deep.
	maxNesting   = 100
	maxJSONLinks = 50_000
)

// Rules tell where the response of a "load more" endpoint holds the parts of a listing.
// A zero path is ignored.
type Rules struct {
	Links Path // links to articles
	HTML  Path // fragments of a page, which are searched for links
	Next  Path // the next page: a URL, or the value for {next} in NextURL
	// NextURL is the URL of the next page with {next} in it, for endpoints that
	// return a cursor or a number; "": Next is the URL itself.
	NextURL string
}

// Path leads from the root of a JSON text to values, as in data.items[].url: keys
// separated by dots, [] for every element of an array, and [0] for one of them. A key
// with characters other than letters, digits, _, $ and - is written as ["the key"]. The
// zero value leads nowhere.
type Path struct {
	Source string // as written
	steps  []step
}

// step is a key of an object, or elements of an array.
type step struct {
	key   string
	index int // of an array; each for all elements, inKey for a key
}

const (
	each  = -1
	inKey = -2
)

var (
	keyShape    = regexp.MustCompile(`^[\pL\pN_$-]+`)
	quotedShape = regexp.MustCompile(`^\["(?:[^"\\]|\\.)*"\]`)
	indexShape  = regexp.MustCompile(`^\[([0-9]{0,9})\]`)
)

// ParsePath parses a path.
func ParsePath(s string) (Path, error) {
	p := Path{Source: s}
	for rest := s; rest != ""; {
		if dotted, ok := strings.CutPrefix(rest, "."); ok && len(p.steps) > 0 {
			rest = dotted
		} else if len(p.steps) > 0 && rest[0] != '[' {
			return Path{}, pathError(s, rest)
		}
		key, quoted, index := keyShape.FindString(rest), quotedShape.FindString(rest), indexShape.FindStringSubmatch(rest)
		switch {
		case key != "":
			p.steps = append(p.steps, step{key, inKey})
			rest = rest[len(key):]
		case quoted != "":
			var name string
			if err := json.Unmarshal([]byte(quoted[1:len(quoted)-1]), &name); err != nil {
				return Path{}, pathError(s, rest)
			}
			p.steps = append(p.steps, step{name, inKey})
			rest = rest[len(quoted):]
		case index != nil:
			n := each
			if index[1] != "" {
				n, _ = strconv.Atoi(index[1])
			}
			p.steps = append(p.steps, step{"", n})
			rest = rest[len(index[0]):]
		default:
			return Path{}, pathError(s, rest)
		}
	}
	if len(p.steps) == 0 {
		return Path{}, errors.New("empty path: write one such as data.items[].url")
	}
	return p, nil
}

func pathError(s, rest string) error {
	return fmt.Errorf("path %.40q is invalid at %.40q: write one such as data.items[].url", s, rest)
}

// Page is the content of one response, in its order.
type Page struct {
	Links []string // as written; may be relative
	HTML  string   // all fragments, joined by line feeds
	Next  string   // URL of the next page, as written; "" when there is none
}

// Read reads a response in JSON by its rules; it keeps only the values that they name.
// An array at the end of a path stands for its elements; null, false, 0 and "" are
// ignored. Read returns an error for invalid JSON, for more than MaxBytes bytes or
// 50,000 links, and for an object at the end of a path.
func Read(body []byte, rules Rules) (Page, error) {
	if len(body) > MaxBytes {
		return Page{}, fmt.Errorf("larger than %d MiB", MaxBytes>>20)
	}
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	if len(body) > 0 && body[0] == '<' {
		return Page{}, errors.New("HTML or XML instead of JSON")
	}
	r := reader{decoder: json.NewDecoder(bytes.NewReader(body)), rules: rules}
	r.decoder.UseNumber()
	var all []trail
	for kind, p := range []Path{rules.Links, rules.HTML, rules.Next} {
		if len(p.steps) > 0 {
			all = append(all, trail{kind, p.steps})
		}
	}
	if err := r.value(all, 0); err != nil {
		return Page{}, r.broken(err)
	}
	if _, err := r.decoder.Token(); err != io.EOF {
		return Page{}, errors.New("not valid JSON: data after its end")
	}
	r.page.HTML = strings.Join(r.html, "\n")
	return r.page, nil
}

// trail is the part of a path that is left below the current value. kind tells which
// path: 0 links, 1 HTML, 2 next.
type trail struct {
	kind int
	left []step
}

type reader struct {
	decoder *json.Decoder
	rules   Rules
	page    Page
	html    []string
}

// broken adds the position of a syntax error.
func (r *reader) broken(err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("not valid JSON: byte %d: %w", syntax.Offset, err)
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return errors.New("not valid JSON, or truncated: it ends too early")
	}
	return err
}

// value reads the next value, to which the trails lead.
func (r *reader) value(trails []trail, depth int) error {
	t, err := r.decoder.Token()
	if err != nil {
		return err
	}
	delim, _ := t.(json.Delim)
	if delim != 0 && depth == maxNesting {
		return fmt.Errorf("objects and arrays are nested more than %d deep", maxNesting)
	}
	switch delim {
	case '{':
		return r.object(trails, depth)
	case '[':
		return r.array(trails, depth)
	}
	for _, tr := range trails {
		if len(tr.left) > 0 {
			continue
		}
		if err := r.take(tr.kind, t); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) object(trails []trail, depth int) error {
	for _, tr := range trails {
		if len(tr.left) == 0 {
			return fmt.Errorf("%s is an object: name one of its keys", r.path(tr.kind))
		}
	}
	for r.decoder.More() {
		t, err := r.decoder.Token()
		if err != nil {
			return err
		}
		var below []trail
		for _, tr := range trails {
			if first := tr.left[0]; first.index == inKey && first.key == t {
				below = append(below, trail{tr.kind, tr.left[1:]})
			}
		}
		if err := r.value(below, depth+1); err != nil {
			return err
		}
	}
	_, err := r.decoder.Token()
	return err
}

func (r *reader) array(trails []trail, depth int) error {
	for i := 0; r.decoder.More(); i++ {
		var below []trail
		for _, tr := range trails {
			switch {
			case len(tr.left) == 0:
				below = append(below, tr)
			case tr.left[0].index == each || tr.left[0].index == i:
				below = append(below, trail{tr.kind, tr.left[1:]})
			}
		}
		if err := r.value(below, depth+1); err != nil {
			return err
		}
	}
	_, err := r.decoder.Token()
	return err
}

// path returns a path as it was written, for a message.
func (r *reader) path(kind int) string {
	return []string{r.rules.Links.Source, r.rules.HTML.Source, r.rules.Next.Source}[kind]
}

// take keeps a string or a number at the end of a path.
func (r *reader) take(kind int, t json.Token) error {
	var text string
	switch v := t.(type) {
	case string:
		text = v
	case json.Number:
		if text = v.String(); text == "0" {
			text = ""
		}
	case bool:
		if v {
			return fmt.Errorf("%s is true instead of a string or a number", r.path(kind))
		}
	}
	switch {
	case strings.TrimSpace(text) == "":
	case kind == 0:
		if len(r.page.Links) == maxJSONLinks {
			return fmt.Errorf("more than %d links", maxJSONLinks)
		}
		r.page.Links = append(r.page.Links, strings.TrimSpace(text))
	case kind == 1:
		r.html = append(r.html, text)
	case r.page.Next == "":
		r.page.Next = r.rules.next(strings.TrimSpace(text))
	}
	return nil
}

// NextPlaceholder is the part of Rules.NextURL that the value at Next replaces.
const NextPlaceholder = "{next}"

// next returns the URL of the next page from the value at Next.
func (r Rules) next(named string) string {
	if r.NextURL == "" {
		return named
	}
	escaped := strings.ReplaceAll(url.QueryEscape(named), "+", "%20") // correct in a path, too
	return strings.ReplaceAll(r.NextURL, NextPlaceholder, escaped)
}
